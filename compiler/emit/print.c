/* print.c: text goes out here, and with it the knowledge of the user's line that it stands for.
 *
 * Generated text is attributed to the place of what it was made from. A piece of the source that begins on another line than
 * the last one gets a line marker, or a few line ends where that is shorter. */
#include "emit.h"

static void put(Printer *p, const char *text, size_t n) {
    if (p->layout) layout_put(p->layout, text, n, false);
    else sb_addn(p->out, text, n);
}

static void newline(Printer *p) {
    sb_addc(p->out, '\n');
    p->line++;
    p->fresh = true;
}

static void marker(Printer *p, Place at, bool system) {
    if (p->out->len && p->out->data[p->out->len - 1] != '\n') sb_addc(p->out, '\n'); /* behind an indentation too */
    sb_printf(p->out, "# %u \"", at.line);
    for (const char *c = at.file; *c; c++) {
        if (*c == '"' || *c == '\\') sb_addc(p->out, '\\');
        sb_addc(p->out, *c);
    }
    sb_add(p->out, system ? "\" 3\n" : "\"\n");
    p->file = at.file;
    p->line = at.line;
    p->fresh = true;
}

/* The white space that the user's line begins with. */
static void indentation(const Printer *p, size_t offset, size_t *begin, size_t *end) {
    *begin = source_row_start(p->source, offset);
    *end = *begin;
    while (*end < offset && (p->source->text[*end] == ' ' || p->source->text[*end] == '\t')) ++*end;
}

/* The same as the user wrote it: the preprocessor makes a blank of each tab. */
static const char *written(const Printer *p, size_t offset, size_t *n) {
    size_t begin, end, len;
    const char *line;
    indentation(p, offset, &begin, &end);
    *n = end - begin;
    Place at = source_place(p->source, begin);
    if (p->files && *n && diag_source_line(p->files, at.file, at.line, &line, &len)) {
        size_t blanks = 0;
        while (blanks < len && (line[blanks] == ' ' || line[blanks] == '\t')) blanks++;
        if (blanks == *n) return line;
    }
    return p->source->text + begin;
}

void print_unit(Printer *p, size_t statement) {
    size_t n = 0, start = source_row_start(p->source, statement);
    const char *indent = written(p, statement, &n);
    if (p->layout) layout_unit(p->layout, indent, start + n == statement ? n : 0);
}

/* Begins the line of the page where the user's line `at` stands. */
static void page_line(Printer *p, Place at, size_t offset) {
    bool same = p->file && (p->file == at.file || !strcmp(p->file, at.file));
    if (same && at.line == p->line) return;
    size_t begin = source_row_start(p->source, offset), n;
    bool blank = same && at.line > p->line && begin > 1 && p->source->text[begin - 2] == '\n';
    const char *indent = written(p, offset, &n);
    layout_line(p->layout, indent, n, blank);
    p->file = at.file;
    p->line = at.line;
    p->fresh = true;
}

void print_comments(Printer *p, size_t until) {
    for (size_t i = 0; p->layout && i < p->comments.len && p->comments.data[i].start < until; i++) {
        Comment *c = &p->comments.data[i];
        if (c->printed) continue;
        c->printed = true;
        Place at = source_place(p->source, c->start);
        if (at.line == p->line && !p->layout->last_own) {
            bool begun = p->layout->begun; /* the line is empty */
            p->layout->pending = false;
            if (!begun) sb_addc(p->out, ' ');
        } else {
            bool own = p->layout->own;
            p->layout->own = false;
            if (at.line == p->line) p->file = NULL;
            page_line(p, at, c->start);
            p->layout->own = own;
        }
        sb_addn(p->out, p->source->text + c->start, c->end - c->start);
        p->line = source_place(p->source, c->end).line;
        p->layout->pending = true;
        p->layout->soft = false;
    }
}

bool print_own(Printer *p, bool own) { return p->layout && layout_own(p->layout, own); }

static void note(Printer *p, bool line, const char *fmt, va_list ap) {
    if (!p->layout) return;
    StrBuf text = {0};
    sb_vprintf(&text, fmt, ap);
    layout_note(p->layout, text.data, line);
    sb_free(&text);
}

void print_note(Printer *p, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    note(p, false, fmt, ap);
    va_end(ap);
}

void print_heading(Printer *p, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    note(p, true, fmt, ap);
    va_end(ap);
}

void print_at(Printer *p, size_t offset) {
    if (p->layout) {
        print_comments(p, offset);
        page_line(p, source_place(p->source, offset), offset);
        return;
    }
    Place at = source_place(p->source, offset);
    bool same = p->file && (p->file == at.file || !strcmp(p->file, at.file));
    if (same && at.line == p->line) return;
    if (same && at.line > p->line && at.line - p->line < 4) {
        while (p->line < at.line) newline(p);
    } else marker(p, at, source_in_system_header(p->source, offset));
    size_t begin, end; /* indent as the user did */
    indentation(p, offset, &begin, &end);
    sb_addn(p->out, p->source->text + begin, end - begin);
}

/* Where in its line the next character will stand; some column behind `limit` where it stands behind that. */
static size_t column(const Printer *p, size_t limit) {
    size_t i = p->out->len;
    while (i > 0 && p->out->len - i <= limit && p->out->data[i - 1] != '\n') i--;
    return p->out->len - i;
}

/* At the column where the user has it; but where a line is endless, each statement of it would cost a line as long. */
void print_statement_at(Printer *p, size_t offset) {
    enum { FAR = 2000 };
    size_t begin = source_row_start(p->source, offset);
    size_t wanted = offset - begin;
    print_at(p, offset);
    if (p->layout || wanted > FAR) return;
    if (column(p, wanted) > wanted) marker(p, source_place(p->source, offset), source_in_system_header(p->source, offset));
    for (size_t i = column(p, wanted); i < wanted; i++) sb_addc(p->out, p->source->text[begin + i] == '\t' ? '\t' : ' ');
}

void print_text(Printer *p, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    if (p->layout) {
        StrBuf text = {0};
        sb_vprintf(&text, fmt, ap);
        layout_put(p->layout, text.data, text.len, true);
        sb_free(&text);
    } else sb_vprintf(p->out, fmt, ap);
    va_end(ap);
    p->fresh = false;
}

/* A pragma that means nothing where a header's text stands in a file of its own. */
static bool about_header(const char *directive) {
    if (strncmp(directive, "pragma", 6)) return false;
    directive += 6 + strspn(directive + 6, " \t");
    if (!strncmp(directive, "GCC ", 4) || !strncmp(directive, "clang ", 6)) directive = strchr(directive, ' ') + 1;
    return !strncmp(directive, "once", 4) || !strncmp(directive, "system_header", 13);
}

/* A piece of the source without edits in it. */
static void raw(Printer *p, size_t start, size_t end) {
    const char *text = p->source->text;
    for (size_t i = 0; i < p->comments.len; i++)
        if (p->comments.data[i].start >= start && p->comments.data[i].start < end) p->comments.data[i].printed = true;
    while (start < end) {
        const char *nl = memchr(text + start, '\n', end - start);
        size_t stop = nl ? (size_t)(nl - text) : end;
        bool line_start = start == 0 || text[start - 1] == '\n';
        if (line_start && start < stop && text[start] == '#') { /* a directive */
            size_t i = start + 1;
            while (i < stop && text[i] == ' ') i++;
            bool is_marker = i < stop && text[i] >= '0' && text[i] <= '9';
            if (p->layout && about_header(text + i)) {
                start = stop < end ? stop + 1 : end;
                continue;
            }
            if (!is_marker && strncmp(text + i, "line", 4)) {
                print_at(p, start);
                if (!p->fresh && !p->layout) {
                    sb_addc(p->out, '\n');
                    p->line++;
                }
                if (p->layout) layout_line(p->layout, "", 0, false);
                sb_addn(p->out, text + start, stop - start);
                newline(p);
                while (p->directive < p->source->directives.len && p->source->directives.data[p->directive] <= start)
                    p->directive++;
            }
        } else {
            size_t s = start;
            while (s < stop && (text[s] == ' ' || text[s] == '\t')) s++;
            if (s < stop) {
                if (line_start) {
                    unsigned before = p->line;
                    size_t len = p->out->len;
                    print_at(p, s);
                    if (p->line == before && p->out->len == len) put(p, " ", 1);
                    start = s;
                }
                put(p, text + start, stop - start);
                p->fresh = false;
            } else if (!line_start || stop == end) put(p, " ", start < stop);
        }
        start = nl && stop < end ? stop + 1 : end;
    }
}

void print_span(Printer *p, size_t start, size_t end) {
    const Edits *e = p->edits;
    size_t at = start;
    if (start < end) print_at(p, start);
    for (size_t i = edits_find(e, start); i < e->list.len; i++) {
        const Edit *x = &e->list.data[i];
        if (x->start > end || (x->start == end && !x->closing)) break;
        if (x->start < at) continue;
        if (x->closing && (x->origin < start || x->start == start)) continue;
        raw(p, at, x->start);
        if (p->layout && !x->closing) page_line(p, source_place(p->source, x->start), x->start);
        if (*x->text) {
            put(p, x->text, strlen(x->text));
            p->fresh = false;
        }
        at = x->end;
        if (p->layout && at < end) page_line(p, source_place(p->source, at), at);
    }
    raw(p, at, end);
}

void print_directives(Printer *p, size_t until) {
    const Source *s = p->source;
    while (p->directive < s->directives.len && s->directives.data[p->directive] < until) {
        size_t at = s->directives.data[p->directive++];
        const char *end = strchr(s->text + at, '\n');
        size_t n = end ? (size_t)(end - s->text) - at : s->len - at;
        bool hint = n > 11 && !strncmp(s->text + at, "#pragma GCC", 11) &&
                    (memmem(s->text + at, n, "unroll", 6) || memmem(s->text + at, n, "ivdep", 5));
        if (hint && p->no_hints) continue;
        if (at >= p->directives_from) raw(p, at, end ? (size_t)(end - s->text) : s->len);
    }
}

void print_code(Printer *p, const Code *c) {
    for (; c; c = c->next) switch (c->kind) {
            case CODE_TEXT: print_text(p, "%s", c->text); break;
            case CODE_VAR:
                if (c->var->direct || (c->var->place == PLACE_RESIDENT && c->var->field))
                    print_text(p, c->var->raw ? "(*%s)" : "acc__f->%s", c->var->raw ? c->var->name : c->var->field);
                else print_text(p, "%s", c->var->name);
                break;
            case CODE_SPAN: print_span(p, c->start, c->end); break;
        }
}

void print_verbatim(Printer *p, size_t start, size_t end) {
    if (start >= end) return;
    size_t first = start; /* the text's own markers speak for what is behind them; for what is before them, one is made */
    while (first < end && (p->source->text[first] == ' ' || p->source->text[first] == '\n')) first++;
    if (p->file && first < end && p->source->text[first] != '#') {
        print_at(p, first);
        start = first;
    } else if (!p->fresh && first < end) newline(p), start = first;
    edits_apply(p->edits, p->source->text, start, end, p->out);
    p->fresh = p->out->len ? p->out->data[p->out->len - 1] == '\n' : true;
    Place at = source_place(p->source, end);
    p->file = at.file;
    p->line = at.line;
}
