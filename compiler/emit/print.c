/* print.c: text goes out here, and with it the knowledge of the user's line that it stands for.
 *
 * Generated text is attributed to the place of what it was made from. A piece of the source that begins on another line than
 * the last one gets a line marker, or a few line ends where that is shorter. */
#include "emit.h"

static void newline(Printer *p) {
    sb_addc(p->out, '\n');
    p->line++;
    p->fresh = true;
}

static void marker(Printer *p, Place at, bool system) {
    if (!p->fresh) sb_addc(p->out, '\n');
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

void print_at(Printer *p, size_t offset) {
    Place at = source_place(p->source, offset);
    bool same = p->file && (p->file == at.file || !strcmp(p->file, at.file));
    if (same && at.line == p->line) return;
    if (same && at.line > p->line && at.line - p->line < 4) {
        while (p->line < at.line) newline(p);
    } else marker(p, at, source_in_system_header(p->source, offset));
    size_t begin = offset; /* indent as the user did */
    while (begin > 0 && p->source->text[begin - 1] != '\n') begin--;
    size_t end = begin;
    while (end < offset && (p->source->text[end] == ' ' || p->source->text[end] == '\t')) end++;
    sb_addn(p->out, p->source->text + begin, end - begin);
}

/* Where in its line the next character will stand. */
static size_t column(const Printer *p) {
    size_t i = p->out->len;
    while (i > 0 && p->out->data[i - 1] != '\n') i--;
    return p->out->len - i;
}

void print_statement_at(Printer *p, size_t offset) {
    size_t begin = offset;
    while (begin > 0 && p->source->text[begin - 1] != '\n') begin--;
    size_t wanted = offset - begin;
    print_at(p, offset);
    if (column(p) > wanted) marker(p, source_place(p->source, offset), source_in_system_header(p->source, offset));
    for (size_t i = column(p); i < wanted; i++) sb_addc(p->out, p->source->text[begin + i] == '\t' ? '\t' : ' ');
}

void print_text(Printer *p, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    sb_vprintf(p->out, fmt, ap);
    va_end(ap);
    p->fresh = false;
}

/* A piece of the source without edits in it. */
static void raw(Printer *p, size_t start, size_t end) {
    const char *text = p->source->text;
    while (start < end) {
        const char *nl = memchr(text + start, '\n', end - start);
        size_t stop = nl ? (size_t)(nl - text) : end;
        bool line_start = start == 0 || text[start - 1] == '\n';
        if (line_start && start < stop && text[start] == '#') { /* a directive */
            size_t i = start + 1;
            while (i < stop && text[i] == ' ') i++;
            bool is_marker = i < stop && text[i] >= '0' && text[i] <= '9';
            if (!is_marker && strncmp(text + i, "line", 4)) {
                print_at(p, start);
                if (!p->fresh) {
                    sb_addc(p->out, '\n');
                    p->line++;
                }
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
                    if (p->line == before && p->out->len == len) sb_addc(p->out, ' ');
                    start = s;
                }
                sb_addn(p->out, text + start, stop - start);
                p->fresh = false;
            } else if (!line_start || stop == end) sb_addn(p->out, " ", start < stop);
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
        if (*x->text) {
            sb_add(p->out, x->text);
            p->fresh = false;
        }
        at = x->end;
    }
    raw(p, at, end);
}

void print_directives(Printer *p, size_t until) {
    const Source *s = p->source;
    while (p->directive < s->directives.len && s->directives.data[p->directive] < until) {
        size_t at = s->directives.data[p->directive++];
        const char *end = strchr(s->text + at, '\n');
        if (at >= p->directives_from) raw(p, at, end ? (size_t)(end - s->text) : s->len);
    }
}

void print_code(Printer *p, const Code *c) {
    for (; c; c = c->next) switch (c->kind) {
            case CODE_TEXT: print_text(p, "%s", c->text); break;
            case CODE_VAR: print_text(p, "%s", c->var->name); break;
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
