/* text.c: an await as the user wrote it, for comments, labels and dumps.
 *
 * needs: the source; leaves: one line of text, without comments */
#include "emit.h"

typedef struct Reader {
    const Source *s;
    size_t at;
    StrBuf *out;
} Reader;

static char ahead(const Reader *r) { return r->at < r->s->len ? r->s->text[r->at] : '\0'; }

/* Over white space, comments and line markers. Was there any? */
static bool blanks(Reader *r) {
    size_t from = r->at;
    for (;;) {
        const char *t = r->s->text + r->at;
        if (*t && strchr(" \t\n\f\v", *t)) r->at++;
        else if (t[0] == '/' && t[1] == '*') {
            const char *e = strstr(t + 2, "*/");
            r->at = e ? (size_t)(e + 2 - r->s->text) : r->s->len;
        } else if ((t[0] == '/' && t[1] == '/') || (*t == '#' && r->at && t[-1] == '\n')) {
            while (ahead(r) && ahead(r) != '\n') r->at++;
        } else return r->at > from;
    }
}

static bool wordly(char c) {
    return c == '_' || c == '$' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (unsigned char)c >= 0x80;
}

static void take(Reader *r) { sb_addc(r->out, r->s->text[r->at++]); }

static void word(Reader *r) {
    while (wordly(ahead(r))) take(r);
}

bool in_number(const char *text, size_t n) {
    size_t i = n;
    while (i && (wordly(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '\'')) i--;
    while (i < n && text[i] == '\'') i++; /* of a character before it */
    return i < n && text[i] >= '0' && text[i] <= '9';
}

/* A bracket with all that it holds; strings too. */
static void group(Reader *r) {
    int depth = 0;
    do {
        char c = ahead(r);
        if (!c) return;
        if (c == '"' || (c == '\'' && !in_number(r->out->data, r->out->len))) {
            take(r);
            while (ahead(r) && ahead(r) != c) {
                if (ahead(r) == '\\') take(r);
                take(r);
            }
            take(r);
            continue;
        }
        if (blanks(r)) {
            if (ahead(r) != ')' && ahead(r) != ',' && r->out->data[r->out->len - 1] != '(') sb_addc(r->out, ' ');
            continue;
        }
        depth += strchr("([{", c) != NULL;
        depth -= strchr(")]}", c) != NULL;
        take(r);
    } while (depth);
}

const char *await_text(Arena *a, const Source *s, const Await *w, size_t most) {
    StrBuf out = {0};
    Reader r = {s, w->at, &out};
    sb_add(&out, "");
    bool head = !strncmp(s->text + w->at, "async", 5), prefix = head || !strncmp(s->text + w->at, "await", 5);
    word(&r);
    if (prefix) {
        blanks(&r);
        sb_addc(&out, ' ');
        while (ahead(&r) && strchr("*&", ahead(&r))) take(&r), blanks(&r);
        word(&r); /* the operand; of async, for or with */
        if (head && blanks(&r)) sb_addc(&out, ' ');
    }
    for (;;) { /* what follows it: calls, members, elements */
        Reader after = r;
        blanks(&after);
        char c = ahead(&after), next = c ? s->text[after.at + 1] : '\0';
        if (c == '(' || c == '[') {
            r.at = after.at;
            group(&r);
            if (head) break;
        } else if ((c == '.' && wordly(next)) || (c == '-' && next == '>')) {
            r.at = after.at;
            take(&r);
            if (c == '-') take(&r);
            blanks(&r);
            word(&r);
        } else break;
    }
    const char *text =
        out.len > most ? arena_printf(a, "%.*s...", (int)most - 3, out.data) : arena_strndup(a, out.data, out.len);
    for (char *c = (char *)text; *c; c++)
        if ((unsigned char)*c < ' ' || (c[0] == '*' && c[1] == '/')) *c = ' '; /* it may come to stand in a comment */
    sb_free(&out);
    return text;
}
