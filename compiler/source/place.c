/* place.c: from offsets to the user's files and lines.
 *
 * needs: the line map that scan left; leaves: nothing. */
#include "source.h"

#include <stdlib.h>

static const LineMark *mark_of(const Source *s, size_t offset) {
    size_t lo = 0, hi = s->lines.len;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->lines.data[mid].offset <= offset) lo = mid;
        else hi = mid;
    }
    return &s->lines.data[lo];
}

static size_t row_of(const Source *s, size_t offset) {
    size_t lo = 0, hi = s->rows.len;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->rows.data[mid] <= offset) lo = mid;
        else hi = mid;
    }
    return lo;
}

Place source_place(const Source *s, size_t offset) {
    const LineMark *m = mark_of(s, offset);
    size_t row = row_of(s, offset < s->len ? offset : s->len);
    return (Place){.file = m->file, .line = m->line + (unsigned)(row > m->row ? row - m->row : 0)};
}

size_t source_row_start(const Source *s, size_t offset) { return s->rows.data[row_of(s, offset)]; }

bool source_in_system_header(const Source *s, size_t offset) { return mark_of(s, offset)->system; }

bool source_system_file(const Source *s, const char *file) {
    for (size_t i = 0; i < s->lines.len; i++)
        if (s->lines.data[i].system && !strcmp(s->lines.data[i].file, file)) return true;
    return false;
}

void source_dump(const Source *s, FILE *to) {
    fprintf(to, "dialect: %s\n", s->dialect ? "yes" : "no");
    for (size_t i = 0; i < s->regions.len; i++) {
        const Region *r = &s->regions.data[i];
        size_t at = r->start;
        while (at < r->end && (s->marked[at] == ' ' || s->marked[at] == '\n')) at++;
        Place p = source_place(s, at);
        fprintf(to, "region %s:%u %s%s\n", p.file, p.line, r->function ? "function" : "declaration",
                r->dialect ? " dialect" : "");
        char *line = strndup(s->marked + at, r->end - at);
        for (char *c = line; *c; c++) {
            if (*c == 1) fputs("\\1", to);
            else if (*c == 2) fputs("\\2", to);
            else fputc(*c, to);
        }
        fputc('\n', to);
        free(line);
    }
}

const char *source_broken_end(const char *broken) {
    const char *end = broken + strcspn(broken, "\n");
    while (end > broken + 1 && strchr(" \t\r);}", end[-1])) end--;
    return end;
}
