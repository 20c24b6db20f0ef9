/* layout.c: how what is printed stands on the page in --emit=readable.
 *
 * The user's text comes with its own lines and indentation and passes through. Generated text comes in long lines: it is
 * broken behind statements and at the braces of blocks, and indented from where the user's text before it stands. To know
 * where it may be broken, brackets, strings and comments are followed in all that passes.
 *
 * needs: pieces of text in the order of the page; leaves: the page */
#include "emit.h"

enum { WIDTH = 100, TAB = 8 };

Layout *layout_new(Arena *a, StrBuf *out) {
    Layout *l = NEW(a, Layout);
    l->arena = a;
    l->out = out;
    l->unit = 4;
    return l;
}

static size_t line_start(const Layout *l) {
    size_t i = l->out->len;
    while (i && l->out->data[i - 1] != '\n') i--;
    return i;
}

/* Is there nothing but blanks on the line? */
static bool fresh(const Layout *l) {
    for (size_t i = l->out->len; i && l->out->data[i - 1] != '\n'; i--)
        if (l->out->data[i - 1] != ' ' && l->out->data[i - 1] != '\t') return false;
    return true;
}

static void trim(Layout *l) {
    while (l->out->len && (l->out->data[l->out->len - 1] == ' ' || l->out->data[l->out->len - 1] == '\t')) l->out->len--;
    if (l->out->data) l->out->data[l->out->len] = '\0';
}

static int blocks(const Layout *l) {
    int n = 0;
    for (size_t i = 0; i < l->open.len; i++) n += l->open.data[i] == 'b';
    return n;
}

static void end_line(Layout *l) {
    trim(l);
    if (l->out->len && l->out->data[l->out->len - 1] != '\n') sb_addc(l->out, '\n');
    l->pending = l->soft = l->adjacent = false;
    if (l->comment == '/') l->comment = 0;
}

/* How far white space reaches. */
static size_t columns(const char *s, size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < n; i++) at = s[i] == '\t' ? (at / TAB + 1) * TAB : at + 1;
    return at;
}

static void indent(Layout *l, long n) {
    for (; l->tabs && n >= TAB; n -= TAB) sb_addc(l->out, '\t');
    for (; n > 0; n--) sb_addc(l->out, ' ');
}

void layout_line(Layout *l, const char *indent, size_t n, bool blank) {
    end_line(l);
    if (blank && l->out->len > 1 && l->out->data[l->out->len - 2] != '\n') sb_addc(l->out, '\n');
    sb_addn(l->out, indent, n);
    l->base = columns(indent, n);
    l->base_blocks = blocks(l);
    l->begun = true;
    l->last_own = false;
}

void layout_unit(Layout *l, const char *indent, size_t n) {
    l->tabs = n && *indent == '\t';
    l->unit = l->tabs ? TAB : n >= 2 && n <= 8 ? (int)n : 4;
}

/* A line of generated text. */
static void own_line(Layout *l, int outward) {
    end_line(l);
    l->begun = false;
    int depth = blocks(l) - outward;
    long in = (long)l->base + (long)l->unit * (depth - l->base_blocks), least = (long)l->unit * depth;
    if (in < least) in = least; /* the user's line stands in blocks that are not the user's */
    indent(l, in);
}

bool layout_own(Layout *l, bool own) {
    bool was = l->own;
    if (was != own && !fresh(l)) l->pending = true, l->soft = false, l->switched = own;
    l->own = own;
    return was;
}

void layout_note(Layout *l, const char *text, bool line) {
    bool apart = line || fresh(l) || !l->last_own;
    trim(l);
    if (apart) own_line(l, 0);
    sb_printf(l->out, "%s/* %s */", apart ? "" : " ", text);
    l->pending = l->last_own = true;
    l->soft = l->switched = false;
}

/* One character of code: brackets, strings, comments. True: it ends a line of generated text. */
static bool follow(Layout *l, char c, bool generated) {
    bool ends = false;
    if (l->comment) {
        if (l->comment == '/' ? c == '\n' : c == '/' && l->last == '*') l->comment = 0;
        l->last = l->comment ? c : ' ';
        return false;
    }
    if (l->quote) {
        if (l->escaped) l->escaped = false;
        else if (c == '\\') l->escaped = true;
        else if (c == l->quote) l->quote = 0;
        return false;
    }
    char top = l->open.len ? l->open.data[l->open.len - 1] : 'b';
    switch (c) {
        case '\'':
            if (l->adjacent && in_number(l->out->data, l->out->len)) break;
            /* fall through */
        case '"': l->quote = c; break;
        case '/':
        case '*':
            if (l->last == '/' && l->adjacent) l->comment = c, c = ' ';
            break;
        case '(':
        case '[': vec_push(l->arena, &l->open, c); break;
        case ')':
        case ']':
            if (l->open.len && top != 'b') l->open.len--;
            break;
        case '{': {
            /* statements are printed one by one: a brace in a piece of the user's text begins a list, or what stays as it is */
            bool list = !generated || top != 'b' || l->last == '=' || l->adjacent;
            vec_push(l->arena, &l->open, list ? 'l' : 'b');
            ends = !list;
            break;
        }
        case '}':
            if (l->open.len) l->open.len--;
            ends = top == 'b';
            break;
        case ';': ends = top == 'b'; break;
        default: break;
    }
    if (c != ' ' && c != '\t' && c != '\n') l->last = c;
    return ends;
}

/* Is the line so far a label? 2: of a switch. */
static int label(const Layout *l) {
    const char *s = l->out->data + line_start(l);
    s += strspn(s, " \t");
    if (!strncmp(s, "case ", 5)) return 2;
    while (*s == '_' || (*s >= '0' && *s <= '9') || ((*s | 32) >= 'a' && (*s | 32) <= 'z')) s++;
    return !*s;
}

/* A label stands further out than what it is before. */
static void outward(Layout *l) {
    size_t at = line_start(l), n = 0;
    while (n < (size_t)(l->tabs ? 1 : l->unit) && l->out->data[at + n] == (l->tabs ? '\t' : ' ')) n++;
    memmove(l->out->data + at, l->out->data + at + n, l->out->len - at - n + 1);
    l->out->len -= n;
}

static bool begins(const char *s, size_t n, const char *word) {
    return n >= strlen(word) && !strncmp(s, word, strlen(word));
}

void layout_put(Layout *l, const char *s, size_t n, bool generated) {
    bool own = generated && l->own;
    if (n && l->comment == '/') l->pending = true; /* nothing may stand behind it */
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool blank = c == ' ' || c == '\t' || c == '\n', code = !l->comment && !l->quote;
        if (code || l->comment == '/') {
            if (blank && (l->pending || fresh(l) || (own && l->out->data[l->out->len - 1] == ' '))) {
                l->adjacent = false;
                continue;
            }
            if (c == '\n') c = ' ', blank = true;
            if (l->pending && l->soft &&
                (c == ';' || c == ',' || begins(s + i, n - i, "else") || begins(s + i, n - i, "while ("))) {
                l->pending = l->soft = false;
                if (c != ';' && c != ',') sb_addc(l->out, ' ');
            }
            if (l->pending && l->switched && l->last == ')' && c == '{') { /* the brace that a function's body begins with */
                trim(l);
                l->pending = false;
                sb_addc(l->out, ' ');
            }
            if (l->pending) own_line(l, c == '}');
            else if (own && c == '}' && l->open.len && l->open.data[l->open.len - 1] == 'b' && !fresh(l)) own_line(l, 1);
            if (own && blank && l->out->len - line_start(l) > WIDTH && (l->last == ',' || l->last == '=') &&
                !(l->open.len > 1 && l->open.data[l->open.len - 1] == 'l' && l->open.data[l->open.len - 2] == 'l')) {
                trim(l);
                sb_addc(l->out, '\n');
                long in = (long)l->base + (long)l->unit * (blocks(l) - l->base_blocks + 1);
                indent(l, in);
                continue;
            }
        }
        bool ends = follow(l, c, generated);
        if (l->begun && !blank) {
            if (c == '}') l->base_blocks = blocks(l);
            l->begun = false;
        }
        l->switched = false;
        l->last_own = own;
        l->adjacent = !blank;
        bool block = !l->open.len || l->open.data[l->open.len - 1] == 'b';
        int is_label = own && code && c == ':' && block ? label(l) : 0;
        sb_addc(l->out, c);
        if (is_label) outward(l);
        if (own && (ends || is_label == 1)) l->pending = true, l->soft = c == '}';
    }
}
