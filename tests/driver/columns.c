/* columns.c: prints where each token of a preprocessed file comes from, for the test beside it.
 * usage: columns CC FILE [option...]: lines "token  line:column[+length] [<- definition's line:column]". */
#include <stdio.h>

#include "base/base.h"
#include "source/columns.h"

int main(int argc, char **argv) {
    Arena *a = arena_new();
    PreprocessOptions o = {.clang = strstr(argv[1], "clang") != NULL};
    vec_push(a, &o.cc, argv[1]);
    for (int i = 3; i < argc; i++) vec_push(a, &o.args, argv[i]);
    Columns *c = columns_new(a, &o, argv[2]);
    StrBuf text = {0};
    if (preprocess(a, &o, argv[2], &text, NULL) != 0) return 1;
    /* Words and single characters are enough to tell tokens apart here: the inputs have no longer operators. */
    size_t k = 0;
    for (const char *p = text.data; *p;) {
        size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (*p == '"') n = strcspn(p + 1, "\"") + 2;
        if (*p == '#') p += strcspn(p, "\n");
        else if (strncmp(p, "/*", 2) == 0) p = strstr(p, "*/") + 2;
        else if (strchr(" \t\n", *p)) p++;
        else {
            Place at, definition;
            bool known = columns_lookup(c, k++, &at, &definition);
            n = n ? n : (unsigned char)*p >= 0x80 ? 2 : 1;
            printf("%-10.*s %s:%u:%u+%u", (int)n, p, at.file ? at.file : "?", at.line, at.column, at.length);
            if (definition.line)
                printf(" <- %s:%u:%u+%u", definition.file, definition.line, definition.column, definition.length);
            puts(known ? "" : " ?");
            p += n;
        }
    }
    sb_free(&text);
    arena_free(a);
    return 0;
}
