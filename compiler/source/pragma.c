/* pragma.c: #pragma GCC diagnostic, for acc's own warnings.
 *
 * needs: the offsets of the directives that scan left
 *        (ACC for GCC: what driver/pragmas.c makes of those that clang would drop)
 * leaves: Pragmas, to be asked what holds at a place; the lines that name one of acc's warnings are blank in the text from
 * here on: the C compiler would not know the name */
#include <ctype.h>

#include "source.h"

typedef enum PragmaKind { SET, PUSH, POP } PragmaKind;

typedef struct Pragma {
    size_t offset;
    PragmaKind kind;
    DiagPragma says;
    const char *option; /* without -W */
} Pragma;

struct Pragmas {
    VEC(Pragma) list;
    VEC(DiagPragma) stack; /* what each push found; kept for its memory */
    Arena *arena;
};

static bool word(const char **p, const char *end, const char *w) {
    const char *at = *p;
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    size_t n = strlen(w);
    if ((size_t)(end - at) < n || memcmp(at, w, n) != 0 ||
        (isalnum((unsigned char)*w) && at + n < end && isalnum((unsigned char)at[n])))
        return false;
    *p = at + n;
    return true;
}

/* Is the line one that says something of diagnostics? Then *to is what. */
static bool read_line(Arena *a, const char *p, const char *end, Pragma *to, bool *own) {
    if (!word(&p, end, "#") || !word(&p, end, "pragma") ||
        !(word(&p, end, "GCC") || word(&p, end, "clang") || word(&p, end, "ACC")) || !word(&p, end, "diagnostic"))
        return false;
    *own = false;
    if (word(&p, end, "push")) to->kind = PUSH;
    else if (word(&p, end, "pop")) to->kind = POP;
    else {
        to->kind = SET;
        if (word(&p, end, "ignored")) to->says = PRAGMA_IGNORED;
        else if (word(&p, end, "warning")) to->says = PRAGMA_WARNING;
        else if (word(&p, end, "error") || word(&p, end, "fatal")) to->says = PRAGMA_ERROR;
        else return false;
        const char *open = memchr(p, '"', (size_t)(end - p));
        const char *close = open ? memchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;
        if (!close || !diag_own_option(open + 1, (size_t)(close - open - 1))) return false;
        to->option = arena_strndup(a, open + 3, (size_t)(close - open - 3));
        *own = true;
    }
    return true;
}

Pragmas *pragmas_read(Arena *a, Source *s) {
    Pragmas *all = NULL;
    char *text = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < s->directives.len; i++) {
        size_t at = s->directives.data[i];
        const char *line = s->text + at, *end = memchr(line, '\n', s->len - at);
        if (!end) end = s->text + s->len;
        Pragma p = {.offset = at};
        bool own = false;
        if (read_line(a, line, end, &p, &own)) {
            if (!all) {
                all = NEW(a, Pragmas);
                all->arena = a;
            }
            vec_push(a, &all->list, p);
        }
        if (own) {
            if (!text) text = arena_strndup(a, s->text, s->len);
            memset(text + at, ' ', (size_t)(end - line));
        } else s->directives.data[kept++] = at;
    }
    s->directives.len = kept;
    if (text) s->text = text;
    return text ? all : NULL; /* none is about acc's own */
}

DiagPragma pragmas_say(const char *option, Place at, void *arg) {
    Pragmas *all = arg;
    DiagPragma now = PRAGMA_NONE;
    all->stack.len = 0;
    for (size_t i = 0; i < all->list.len && all->list.data[i].offset < at.length; i++) {
        const Pragma *p = &all->list.data[i];
        if (p->kind == PUSH) vec_push(all->arena, &all->stack, now);
        else if (p->kind == POP) now = all->stack.len ? all->stack.data[--all->stack.len] : PRAGMA_NONE;
        else if (!strcmp(p->option, option)) now = p->says;
    }
    return now;
}
