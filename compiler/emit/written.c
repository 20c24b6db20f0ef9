/* written.c: the pieces of a page that may stand as the user wrote them.
 *
 * needs: pieces of the source, with the lines of the user's file that they came from
 * leaves: those lines, where the preprocessor makes the same of them on the page as it made of them in the user's file: the
 * same tokens, the same macros. Then comments, macros' uses and conditionals may stand; where __LINE__ or __ACC__ matter
 * they may not. The preprocessor itself is asked. */
#include <stdlib.h>

#include "readable.h"

static char *read_file(Arena *a, const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    StrBuf text = {0};
    char buf[1 << 14];
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;) sb_addn(&text, buf, n);
    bool bad = ferror(f);
    fclose(f);
    *len = text.len;
    char *copy = bad || !text.len ? NULL : arena_strndup(a, text.data, text.len);
    sb_free(&text);
    return copy;
}

static const char *line_end(const char *p, const char *end) {
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    return nl ? nl + 1 : end;
}

static bool first_word(const char *p, const char *word) {
    while (*p == ' ' || *p == '\t') p++;
    if (*p != '#') return false;
    for (p++; *p == ' ' || *p == '\t';) p++;
    return !strncmp(p, word, strlen(word));
}

/* Do conditionals, brackets and comments that begin there end there? */
static bool complete(const char *p, const char *end) {
    int conditionals = 0, depth = 0;
    for (bool line_start = true; p < end;) {
        if (line_start && (first_word(p, "if") || first_word(p, "endif") || first_word(p, "el"))) {
            if (first_word(p, "if")) conditionals++;
            if (first_word(p, "endif")) conditionals--;
            if (conditionals < 0 || (first_word(p, "el") && !conditionals)) return false;
        }
        if (line_start && first_word(p, "pragma") &&
            (memmem(p, strcspn(p, "\n"), "once", 4) || memmem(p, strcspn(p, "\n"), "system_header", 13)))
            return false; /* on a page they mean nothing */
        line_start = *p == '\n';
        if (p[0] == '/' && p[1] == '*') {
            const char *e = strstr(p + 2, "*/");
            if (!e || e >= end) return false;
            p = e + 2;
        } else if (p[0] == '/' && p[1] == '/') {
            while (p < end && *p != '\n') p++;
        } else if (*p == '"' || *p == '\'') {
            char quote = *p++;
            while (p < end && *p != quote && *p != '\n') p += *p == '\\' && p[1] ? 2 : 1;
            if (p < end && *p == quote) p++;
        } else {
            depth += *p == '(' || *p == '{';
            depth -= *p == ')' || *p == '}';
            if (depth < 0) return false;
            p++;
        }
    }
    return !conditionals && !depth && (end[-1] == '\n');
}

/* An #include that is carried out without giving text was there before: on a page it may be text that is not to come twice. */
static bool includes(const Page *page, const Piece *piece) {
    for (size_t i = piece->first; i < piece->last; i++)
        if (page->directives->list.data[i].include && strchr(page->directives->list.data[i].text, '"')) return true;
    return false;
}

void written_find(Page *page, Piece *piece, unsigned from, unsigned to, const char *path) {
    size_t len = 0;
    const char *text = read_file(page->arena, path, &len), *end = text + len, *p = text;
    if (!text || strlen(text) != len || includes(page, piece)) return;
    for (unsigned i = 1; i < from && p < end; i++) p = line_end(p, end);
    const char *begin = p;
    for (unsigned i = from; (!to || i < to) && p < end; i++) p = line_end(p, end);
    if (p == begin || !complete(begin, p)) return;
    while (begin < p && (*begin == '\n')) begin++; /* one blank line of those before it is enough */
    bool blank = begin > text && begin[-1] == '\n' && begin - text >= 2 && begin[-2] == '\n';
    piece->written = begin - blank;
    piece->written_len = (size_t)(p - begin) + blank;
}

const char *written_include(const Page *page, const Directive *d) {
    Place at = source_place(page->unit->source, d->offset);
    size_t len = 0, n = 0;
    const char *text = *at.file == '<' ? NULL : read_file(page->arena, at.file, &len), *p = text, *end = text + len;
    for (unsigned i = 1; text && i < at.line && p < end; i++) p = line_end(p, end);
    const char *name = d->text + strcspn(d->text, "<\"");
    char close = *name == '<' ? '>' : '"';
    while (*name && name[n] && (!n || name[n] != close)) n++;
    const char *stop = text ? p + strcspn(p, "\n") : NULL;
    bool same = text && first_word(p, "include") && memmem(p, (size_t)(stop - p), name, n);
    const char *comment = same ? memmem(p, (size_t)(stop - p), "/*", 2) : NULL;
    if (!same || stop[-1] == '\\' || (comment && !memmem(comment, (size_t)(stop - comment), "*/", 2)))
        return arena_printf(page->arena, "%s\n", d->text);
    return arena_printf(page->arena, "%.*s\n", (int)(stop - p), p);
}

/* ---- the same tokens? ---- */

static bool wordly(char c) {
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '$' ||
           (unsigned char)c >= 0x80;
}

/* Adds the tokens of a preprocessed text, one space between any two; line markers and comments are none. */
static void tokens(StrBuf *out, const char *p, const char *end) {
    bool line_start = true;
    while (p < end) {
        if (line_start && *p == '#') {
            const char *word = p + 1;
            while (*word == ' ') word++;
            if ((*word >= '0' && *word <= '9') || !strncmp(word, "line", 4)) {
                while (p < end && *p != '\n') p++;
                continue;
            }
        }
        const char *from = p;
        if (strchr(" \t\n\v\f\r", *p)) {
            line_start = *p++ == '\n';
            continue;
        }
        line_start = false;
        if (p[0] == '/' && p[1] == '*') {
            const char *e = strstr(p + 2, "*/");
            p = e ? e + 2 : end;
            continue;
        }
        if (p[0] == '/' && p[1] == '/') {
            while (p < end && *p != '\n') p++;
            continue;
        }
        if (*p == '"' || *p == '\'') {
            char quote = *p++;
            while (p < end && *p != quote && *p != '\n') p += *p == '\\' && p[1] ? 2 : 1;
            if (p < end) p++;
        } else if (wordly(*p)) {
            while (p < end && wordly(*p)) p++;
        } else p++;
        sb_addn(out, from, (size_t)((p < end ? p : end) - from));
        sb_addc(out, ' ');
    }
}

static bool same(const Page *page, const Piece *piece, const char *begin, const char *end) {
    StrBuf was = {0}, is = {0};
    const char *text = page->unit->source->text;
    size_t at = piece->start;
    for (size_t i = piece->first; i < piece->last; i++) {
        const Directive *d = &page->directives->list.data[i];
        tokens(&was, text + at, text + d->offset);
        if (!d->include) tokens(&was, d->text, d->text + strlen(d->text));
        at = d->offset;
    }
    tokens(&was, text + at, text + piece->end);
    tokens(&is, begin, end);
    bool equal = was.len == is.len && (!was.len || !memcmp(was.data, is.data, was.len));
    sb_free(&was);
    sb_free(&is);
    return equal;
}

bool written_check(Page *page, const StrBuf *tried, bool *unfolded) {
    bool any = false;
    for (size_t i = 0; i < page->pieces.len; i++) any |= page->pieces.data[i].written != NULL;
    if (!any) return true;
    StrBuf text = {0}, messages = {0};
    int status = preprocess_again(page->arena, page->directives->options, page->directives->file, tried->data, tried->len,
                                  &text, &messages);
    static const char mark[] = "#pragma acc__piece ", stop[] = "#pragma acc__end";
    bool *found = NEW_ARRAY(page->arena, bool, page->pieces.len + 1), good = status == 0;
    for (char *p = text.data; p && (p = strstr(p, mark));) {
        size_t number = strtoul(p + strlen(mark), &p, 10);
        char *end = strstr(p, stop);
        if (!end || number >= page->pieces.len) break;
        found[number] = same(page, &page->pieces.data[number], p, end);
        p = end;
    }
    for (size_t i = 0; i < page->pieces.len; i++) {
        Piece *piece = &page->pieces.data[i];
        if (!piece->written || found[i] || (piece->included && piece->included->own)) continue;
        piece->written = NULL;
        if (piece->included) piece->included->folded = false, *unfolded = true;
        good = false;
    }
    sb_free(&text);
    sb_free(&messages);
    return good;
}
