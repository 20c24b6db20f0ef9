/* directives.c: takes the directives that -dD and -dI leave in preprocessed text out of it again.
 *
 * needs: preprocessed text; leaves: the text as it would be without -dD and -dI, and the directives with their places */
#include "directives.h"

const char *const directives_kept[2] = {"-dD", "-dI"};

static bool is_word(const char *s, const char *word) {
    size_t n = strlen(word);
    return !strncmp(s, word, n) && (s[n] == ' ' || s[n] == '\t' || s[n] == '"' || s[n] == '<' || s[n] == '\n' || !s[n]);
}

/* Behind a string or character constant that begins at p; a line's end ends it too. */
static const char *behind_quote(const char *p) {
    char quote = *p++;
    while (*p && *p != quote && *p != '\n') p += *p == '\\' && p[1] ? 2 : 1;
    return *p == quote ? p + 1 : p;
}

Directives *directives_split(Arena *a, const PreprocessOptions *o, const char *file, const char *text, size_t len,
                             StrBuf *clean) {
    Directives *d = NEW(a, Directives);
    d->options = o;
    d->file = file;
    const char *p = text, *from = text, *end = text + len;
    bool line_start = true;
    sb_addn(clean, "", 0);
    while (p < end) {
        if (line_start && *p == '#') {
            const char *nl = memchr(p, '\n', (size_t)(end - p)), *word = p + 1;
            if (!nl) nl = end;
            while (*word == ' ' || *word == '\t') word++;
            bool include = is_word(word, "include") || is_word(word, "include_next") || is_word(word, "import");
            if (include || is_word(word, "define") || is_word(word, "undef")) {
                sb_addn(clean, from, (size_t)(p - from));
                const char *stop = nl, *clangs = include ? memmem(p, (size_t)(nl - p), " /* clang -E", 12) : NULL;
                if (clangs) stop = clangs;
                vec_push(a, &d->list, (Directive){clean->len, arena_strndup(a, p, (size_t)(stop - p)), include});
                from = nl;
            }
            p = nl;
            continue;
        }
        line_start = *p == '\n' || (line_start && (*p == ' ' || *p == '\t'));
        if (p[0] == '/' && p[1] == '*') {
            const char *e = strstr(p + 2, "*/");
            p = e ? e + 2 : end;
        } else if (p[0] == '/' && p[1] == '/') {
            const char *e = memchr(p, '\n', (size_t)(end - p));
            p = e ? e : end;
        } else if (*p == '"' || *p == '\'') p = behind_quote(p);
        else p++;
    }
    sb_addn(clean, from, (size_t)(end - from));
    return d;
}
