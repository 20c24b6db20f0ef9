/* folds.c: which #include lines of a page stand for the text that came from them.
 *
 * needs: the preprocessed text with its line markers, the directives
 * leaves: the tree of included files; of each, whether its line stands for it
 *
 * A file is folded into its #include line unless something in it was translated, or its text is no sequence of whole
 * declarations. acc's own headers are: without __ACC__ they declare what plain C needs, but for the functions that wait or
 * throw, which readable.c declares. */
#include "readable.h"

#include <stdlib.h>

/* ---- where declarations end ---- */

/* One pass over the text: is each line begun between declarations? Needs offsets that ascend. */
static void follow(Walk *w, size_t until) {
    const char *text = w->source->text;
    while (w->at < until) {
        const char *p = text + w->at;
        bool line_start = !w->at || p[-1] == '\n';
        if (line_start && *p == '#') {
            while (w->at < w->source->len && text[w->at] != '\n') w->at++;
            continue;
        }
        if (p[0] == '/' && p[1] == '*') {
            const char *e = strstr(p + 2, "*/");
            w->at = e ? (size_t)(e + 2 - text) : w->source->len;
            continue;
        }
        if (p[0] == '/' && p[1] == '/') {
            while (w->at < w->source->len && text[w->at] != '\n') w->at++;
            continue;
        }
        if (*p == '"' || *p == '\'') {
            for (w->at++; w->at < w->source->len && text[w->at] != *p && text[w->at] != '\n'; w->at++)
                if (text[w->at] == '\\') w->at++;
            w->at++;
            w->last = '"';
            continue;
        }
        if (strchr("([{", *p)) w->depth++;
        if (strchr(")]}", *p) && w->depth) w->depth--;
        if (!strchr(" \t\n\v\f", *p)) w->last = *p;
        w->at++;
    }
}

bool between_declarations(Walk *w, size_t offset) {
    follow(w, offset);
    return w->at == offset && !w->depth && (w->last == ';' || w->last == '}' || !w->last);
}

/* ---- the included files ---- */

static bool own_header(const Page *page, const char *path) {
    const char *dir = page->directives->options->include_dir;
    size_t n = dir ? strlen(dir) : 0;
    if (!n || strncmp(path, dir, n) || path[n] != '/') return false;
    return !strcmp(path + n, "/acc.h") || !strncmp(path + n, "/acc/", 5);
}

bool command_line(const char *path) { return !strcmp(path, "<command-line>") || !strcmp(path, "<command line>"); }

bool made_up(const char *path) { return !strcmp(path, "<built-in>") || command_line(path); }

/* The #include that stands between `from` and `to`, nothing else being there. */
static const Directive *include_between(const Page *page, size_t from, size_t to) {
    const Directive *found = NULL;
    for (size_t i = directives_from(page, from); i < page->directives->list.len; i++) {
        const Directive *d = &page->directives->list.data[i];
        if (d->offset >= to) break;
        if (d->include) found = d;
    }
    for (size_t i = found ? found->offset : to; i < to; i++) {
        const char *p = page->unit->source->text + i;
        if (*p == '#')
            while (i + 1 < to && page->unit->source->text[i] != '\n') i++;
        else if (*p != ' ' && *p != '\n') return NULL;
    }
    return found;
}

static bool translated_in(const Page *page, size_t start, size_t end) {
    const Source *s = page->unit->source;
    for (size_t i = 0; i < s->regions.len; i++)
        if (s->regions.data[i].dialect && s->regions.data[i].end > start && s->regions.data[i].end <= end) return true;
    return false;
}

static void leave(Page *page, Walk *w, Included *f, size_t at) {
    f->end = at;
    bool whole = f->whole && between_declarations(w, at), named = *f->path != '<';
    if (named && !whole) { /* a part of something: it is text like what is around it */
        f->parent->inner.len--;
        return;
    }
    f->folded =
        named && (f->own || !translated_in(page, f->start, at)) && (f->line || (f->parent && made_up(f->parent->path)));
}

void find_includes(Arena *a, Page *page) {
    const Source *s = page->unit->source;
    Walk w = {.source = s};
    Included *now = NEW(a, Included);
    *now = (Included){.path = "", .end = s->len};
    page->root = now;
    size_t behind = 0; /* the last text that is no marker */
    for (size_t at = 0; at < s->len;) {
        const char *nl = memchr(s->text + at, '\n', s->len - at);
        size_t next = nl ? (size_t)(nl + 1 - s->text) : s->len;
        follow(&w, at);
        if (w.at > at || s->text[at] != '#') { /* inside a comment, or no marker */
            at = next;
            continue;
        }
        char *p;
        strtoul(s->text + at + 1, &p, 10);
        if (p == s->text + at + 1 || p == s->text + at + 2) { /* #pragma */
            at = next;
            continue;
        }
        const char *flags = memchr(p, '"', (size_t)(s->text + next - p));
        for (flags = flags ? flags + 1 : s->text + next; flags < s->text + next && *flags != '"'; flags++)
            flags += *flags == '\\';
        bool enter = memmem(flags, (size_t)(s->text + next - flags), " 1", 2),
             back = memmem(flags, (size_t)(s->text + next - flags), " 2", 2);
        const char *file = source_place(s, next).file;
        if (enter && now->path[0]) {
            Included *f = NEW(a, Included);
            *f = (Included){.start = next, .path = file, .parent = now, .own = own_header(page, file)};
            f->line = include_between(page, behind, at);
            f->whole = between_declarations(&w, at);
            vec_push(a, &now->inner, f);
            now = f;
            behind = next;
        } else if (back && now->parent) {
            leave(page, &w, now, at);
            now->behind = next;
            now = now->parent;
            behind = next;
        } else if (!now->parent) now->path = file;
        at = next;
    }
    for (; now->parent; now = now->parent) leave(page, &w, now, s->len), now->behind = s->len;
}
