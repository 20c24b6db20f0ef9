/* prelude.c: of the prelude (before.h, preprocessed when this is built) what an input needs, so that not each input pays for
 * all of it. A declaration is needed whose name the input has, or a needed declaration has, and the few that the compiler itself
 * goes by. */
#include "prelude.h"

#include <ctype.h>

extern const char prelude[], prelude_end[];
__asm__(".section .rodata\n"
        "prelude: .incbin \"" PRELUDE_FILE "\"\n"
        "prelude_end: .byte 0\n"
        ".previous\n");

typedef struct Declaration {
    const char *text;
    size_t len;
    bool always;
    unsigned wanted; /* by the input of this number */
} Declaration;

typedef struct Name { /* what declares it, in a list */
    size_t declaration;
    struct Name *next;
} Name;

static VEC(Declaration) declarations;
static Map *names;
static Arena *arena;
static unsigned input;

static bool word_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The next token from p on; false: there is none. */
static bool token(const char **p, const char *end, const char **at, size_t *len) {
    const char *s = *p;
    while (s < end && isspace((unsigned char)*s)) s++;
    if (s == end) return false;
    *at = s;
    if (*s == '"' || *s == '\'') {
        char quote = *s++;
        while (s < end && *s != quote && *s != '\n') s += *s == '\\' && s + 1 < end ? 2 : 1;
        if (s < end) s++;
    } else if (word_char(*s)) {
        while (s < end && word_char(*s)) s++;
    } else s++;
    *len = (size_t)(s - *at);
    *p = s;
    return true;
}

static void declares(const char *word, size_t len, size_t declaration) {
    static const char *const none[] = {"acc_task",   "acc_coro", "acc_future", "acc_queue", "acc_generator", "__attribute__",
                                       "__typeof__", "void",     "int",        "char",      "long",          "unsigned",
                                       "double",     "bool",     "struct",     "union",     "enum",          "_Alignas",
                                       "return",     "if",       "while",      "for",       "sizeof"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strlen(none[i]) == len && !memcmp(none[i], word, len)) return;
    Name *n = NEW(arena, Name);
    *n = (Name){declaration, map_get(names, word, len)};
    map_set(names, word, len, n);
    if (len > 15 && !memcmp(word, "acc_error_type_", 15)) declares(word + 15, len - 15, declaration);
}

static void add(const char *text, size_t len) {
    vec_push(arena, &declarations, ((Declaration){text, len, false, 0}));
    size_t number = declarations.len - 1;
    Declaration *d = &declarations.data[number];
    /* a handle's type, and an error's, have no name of their own in many an input */
    d->always = (len > 18 && !memcmp(text, "struct acc_error {", 18)) ||
                (len > 7 && !memcmp(text, "typedef", 7) && memmem(text, len, " acc__any_", 10)) ||
                (len < 24 && len > 12 && !memcmp(text, "struct acc__", 12));
    const char *p = text, *at, *word = NULL, *before = "", *ahead = "";
    size_t n, word_len = 0;
    int parens = 0, braces = 0;
    bool enumerators = false;
    while (token(&p, text + len, &at, &n)) {
        if (n == 4 && !memcmp(at, "enum", 4)) enumerators = true;
        if (word_char(*at)) {
            if (braces && enumerators && strchr("{,", *before)) declares(at, n, number);
            if (!braces && parens == 1 && *before == '*' && *ahead == '(') declares(at, n, number); /* (*name) */
            word = at;
            word_len = n;
        } else {
            if (!parens && !braces && word && strchr("(,;=[{", *at)) declares(word, word_len, number);
            parens += (*at == '(') - (*at == ')');
            braces += (*at == '{') - (*at == '}');
            word = NULL;
        }
        ahead = before;
        before = at;
    }
}

static void read_prelude(void) {
    arena = arena_new();
    names = map_new(arena);
    int depth = 0;
    bool body = false;
    char last = 0;
    const char *start = NULL;
    StrBuf kept = {0}; /* without line markers */
    for (const char *line = prelude; line < prelude_end;) {
        size_t n = strcspn(line, "\n") + 1;
        if (*line != '#') sb_addn(&kept, line, n);
        line += n;
    }
    char *text = arena_strndup(arena, kept.data, kept.len);
    const char *p = text, *end = text + kept.len, *at;
    sb_free(&kept);
    size_t n;
    while (token(&p, end, &at, &n)) {
        if (!start) start = at;
        if (*at == '{' && !depth) body = last == ')';
        depth += (strchr("([{", *at) != NULL) - (strchr(")]}", *at) != NULL);
        last = *at;
        if (depth || (*at != ';' && !(*at == '}' && body))) continue;
        add(start, (size_t)(p - start));
        start = NULL;
        body = false;
    }
}

static void want(const char *text, size_t len);

static void want_name(const char *word, size_t len) {
    static const char *const methods[] = {"_aenter", "_aexit", "_anext"};
    for (Name *name = map_get(names, word, len); name; name = name->next) {
        Declaration *d = &declarations.data[name->declaration];
        if (d->wanted == input) continue;
        d->wanted = input;
        want(d->text, d->len);
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) { /* if it is a type */
            char method[100];
            int n = snprintf(method, sizeof method, "%.*s%s", (int)len, word, methods[i]);
            if (n < (int)sizeof method) want_name(method, (size_t)n);
        }
    }
}

static void want(const char *text, size_t len) {
    const char *p = text, *at;
    size_t n;
    while (token(&p, text + len, &at, &n))
        if (word_char(*at)) want_name(at, n);
}

void prelude_add(StrBuf *to, const char *text, size_t len) {
    if (!arena) read_prelude();
    input++;
    want(text, len);
    for (size_t i = 0; i < declarations.len; i++) {
        Declaration *d = &declarations.data[i];
        if (!d->always || d->wanted == input) continue;
        d->wanted = input;
        want(d->text, d->len);
    }
    for (size_t i = 0; i < declarations.len; i++) {
        Declaration *d = &declarations.data[i];
        if (d->wanted != input) continue;
        sb_addn(to, d->text, d->len);
        sb_addc(to, '\n');
    }
}

void prelude_whole(StrBuf *to) {
    if (!arena) read_prelude();
    for (size_t i = 0; i < declarations.len; i++) {
        sb_addn(to, declarations.data[i].text, declarations.data[i].len);
        sb_addc(to, '\n');
    }
}

bool prelude_declares(const char *name, size_t len) {
    if (!arena) read_prelude();
    return map_get(names, name, len);
}
