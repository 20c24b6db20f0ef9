/* readable.c: --emit=readable: the translated C as a person would have written it.
 *
 *     #include                        stands for what came from it (folds.c)
 *     what needs no translation       as the user wrote it, where that still means the same (written.c), else preprocessed
 *     async functions, handles, ...   translated, from preprocessed text; laid out by layout.c
 *
 * The page must compile by itself. So a macro of which a translated piece speaks by a name that would expand once more is
 * put aside around that piece.
 *
 * needs: the Unit behind flow, the directives of the user's files; leaves: C */
#include "readable.h"

size_t directives_from(const Page *page, size_t offset) {
    size_t lo = 0, hi = page->directives->list.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (page->directives->list.data[mid].offset < offset) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

typedef struct Writer {
    Page *page;
    Arena *a;
    Printer p;
    StrBuf *out;
    Map *macros;    /* name -> its #define */
    size_t defined; /* the directives so far are in it */
    size_t piece, outcome, region, func;
    size_t at; /* the source is written up to here */
} Writer;

/* ---- macros ---- */

static bool wordly(char c) {
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '$' ||
           (unsigned char)c >= 0x80;
}

static const char *macro_name(const Directive *d, size_t *n) {
    const char *name = d->text + 1;
    while (*name == ' ') name++;
    if (d->include) return NULL;
    name += strcspn(name, " \t");
    while (*name == ' ' || *name == '\t') name++;
    for (*n = 0; wordly(name[*n]); ++*n) {
    }
    return name;
}

static void define_until(Writer *w, size_t offset) {
    const Directives *d = w->page->directives;
    for (; w->defined < d->list.len && d->list.data[w->defined].offset < offset; w->defined++) {
        size_t n;
        const char *name = macro_name(&d->list.data[w->defined], &n);
        const char *word = d->list.data[w->defined].text + 1;
        while (*word == ' ') word++;
        if (name) map_set(w->macros, name, n, *word == 'u' ? NULL : (void *)name);
    }
}

/* Would that word, behind which `after` stands, be replaced? */
static bool expands(Writer *w, const char *word, size_t n, const char *after) {
    const char *name = map_get(w->macros, word, n);
    if (!name) return false;
    if (name[n] == '(') {
        while (*after == ' ' || *after == '\n') after++;
        return *after == '(';
    }
    const char *body = name + n;
    while (*body == ' ') body++;
    return strlen(body) != n || strncmp(body, word, n);
}

/* The macros that would expand a second time in that piece. */
static CStrVec put_aside(Writer *w, size_t start, size_t end) {
    static const char *const ours[] = {"if",     "else",     "switch", "case", "goto",  "return",
                                       "break",  "struct",   "union",  "void", "const", "static",
                                       "sizeof", "unsigned", "char",   "int",  "for",   "while"};
    CStrVec names = {0};
    const char *text = w->page->unit->source->text;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (map_get(w->macros, ours[i], strlen(ours[i]))) vec_push(w->a, &names, ours[i]);
    for (size_t i = start; i < end;) {
        if (!wordly(text[i]) || (text[i] >= '0' && text[i] <= '9')) {
            i++;
            while (i < end && text[i - 1] >= '0' && text[i - 1] <= '9' && wordly(text[i])) i++;
            continue;
        }
        size_t n = 0;
        while (i + n < end && wordly(text[i + n])) n++;
        if (expands(w, text + i, n, text + i + n)) {
            const char *name = arena_strndup(w->a, text + i, n);
            bool there = false;
            for (size_t k = 0; k < names.len; k++) there |= !strcmp(names.data[k], name);
            if (!there) vec_push(w->a, &names, name);
        }
        i += n;
    }
    return names;
}

/* ---- lines that are not the user's code ---- */

static void line(Writer *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void line(Writer *w, const char *fmt, ...) {
    va_list ap;
    layout_line(w->p.layout, "", 0, false);
    va_start(ap, fmt);
    sb_vprintf(w->out, fmt, ap);
    va_end(ap);
    sb_addc(w->out, '\n');
    w->p.line = 0;
}

static void blank_line(Writer *w) {
    layout_line(w->p.layout, "", 0, true);
    w->p.line = 0;
}

static void directives(Writer *w, size_t from, size_t to) {
    const Directives *d = w->page->directives;
    for (size_t i = directives_from(w->page, from); i < d->list.len && d->list.data[i].offset < to; i++)
        if (!d->list.data[i].include) line(w, "%s", d->list.data[i].text);
}

static void aside(Writer *w, const CStrVec *names, bool begin) {
    for (size_t i = 0; i < names->len; i++) {
        line(w, "#pragma %s_macro(\"%s\")", begin ? "push" : "pop", names->data[i]);
        if (begin) line(w, "#undef %s", names->data[i]);
    }
}

/* Outcome structures stand ahead of what first speaks of them. */
static void outcomes(Writer *w, size_t end) {
    View *v = w->page->unit->view;
    for (; w->outcome < v->outcome_texts.len && v->outcome_texts.data[w->outcome].start < end; w->outcome++) {
        bool was = layout_own(w->p.layout, true);
        layout_line(w->p.layout, "", 0, false);
        print_text(&w->p, "%s", v->outcome_texts.data[w->outcome].text);
        layout_own(w->p.layout, was);
    }
}

/* ---- the user's text ---- */

/* As it was preprocessed, edits applied, with the #defines that were in it. */
static void preprocessed(Writer *w, size_t start, size_t end, bool with_directives) {
    const Directives *d = w->page->directives;
    CStrVec names = put_aside(w, start, end);
    aside(w, &names, true);
    size_t at = start;
    for (size_t i = directives_from(w->page, start); with_directives && i < d->list.len && d->list.data[i].offset < end;
         i++) {
        if (d->list.data[i].include) continue;
        print_span(&w->p, at, d->list.data[i].offset);
        at = d->list.data[i].offset;
        Place p = source_place(w->page->unit->source, at);
        line(w, "%s", d->list.data[i].text);
        w->p.file = p.file;
        w->p.line = p.line;
    }
    print_span(&w->p, at, end);
    aside(w, &names, false);
}

static size_t skip_blank(const Source *s, size_t at, size_t end) {
    while (at < end) {
        bool line_start = !at || s->text[at - 1] == '\n';
        if (line_start && s->text[at] == '#') {
            size_t i = at + 1;
            while (i < end && s->text[i] == ' ') i++;
            if (s->text[i] < '0' || s->text[i] > '9') return at;
            while (at < end && s->text[at] != '\n') at++;
        } else if (strchr(" \t\n\v\f", s->text[at])) at++;
        else break;
    }
    return at;
}

static unsigned line_of(Writer *w, size_t offset) { return source_place(w->page->unit->source, offset).line; }

/* The user's own lines. */
static void written(Writer *w, size_t number) {
    const Piece *p = &w->page->pieces.data[number];
    if (w->page->marked) line(w, "#pragma acc__piece %zu", number);
    layout_line(w->p.layout, "", 0, false);
    bool blank = w->out->len > 1 && w->out->data[w->out->len - 2] == '\n' && *p->written == '\n'; /* there is one */
    sb_addn(w->out, p->written + blank, p->written_len - blank);
    if (w->page->marked) line(w, "#pragma acc__end");
    w->p.line = 0;
}

/* The next piece; the first time it is made. */
static Piece *next_piece(Writer *w, size_t start, size_t end, bool *made) {
    *made = w->piece == w->page->pieces.len;
    if (*made) {
        Piece p = {.start = start, .end = end};
        p.first = directives_from(w->page, start);
        p.last = directives_from(w->page, end);
        vec_push(w->a, &w->page->pieces, p);
    }
    Piece *p = &w->page->pieces.data[w->piece++];
    if (p->start != start || p->end != end) bug("readable: the page is not the same twice");
    return p;
}

/* What needs no translation, of one file: lines from to to (to not among them; 0: to its end). */
static void piece(Writer *w, size_t start, size_t end, unsigned from, unsigned to, const char *path) {
    const Source *s = w->page->unit->source;
    bool made;
    size_t number = w->piece;
    Piece *p = next_piece(w, start, end, &made);
    if (made) {
        size_t first = skip_blank(s, start, end), last = end;
        while (last > first && strchr(" \t\n", s->text[last - 1])) last--;
        bool lines = path && *path != '<' && (first == end || line_of(w, first) >= from) &&
                     (last <= first || !to || line_of(w, last - 1) < to);
        if (lines) written_find(w->page, p, from, to, path);
    }
    if (p->written) {
        written(w, number);
        return;
    }
    size_t first = skip_blank(s, start, end);
    for (size_t i = start; i + 1 < first; i++)
        if (s->text[i] == '\n' && s->text[i + 1] == '\n') {
            blank_line(w);
            break;
        }
    preprocessed(w, start, end, true);
}

/* Divides what needs no translation at blank lines between declarations, so that what cannot be kept as it was written is little. */
static void plain(Writer *w, size_t start, size_t end, unsigned from, unsigned to, const char *path) {
    const Source *s = w->page->unit->source;
    outcomes(w, end);
    size_t at = start;
    unsigned here = from;
    Walk walk = {.source = s, .at = start};
    while (*path != '<' && at < end) {
        size_t cut = 0;
        unsigned cut_line = 0;
        for (size_t i = at; i + 2 < end && !cut; i++) {
            if (s->text[i] != '\n' || s->text[i + 1] != '\n') continue;
            size_t next = skip_blank(s, i + 1, end);
            if (next == end) break;
            while (s->text[next - 1] != '\n') next--;
            if (next > at && between_declarations(&walk, next) && skip_blank(s, at, next) < next) {
                unsigned l = line_of(w, next);
                if (l > here && (!to || l < to)) cut = next, cut_line = l;
            }
            i = next - 1;
        }
        if (!cut) break;
        piece(w, at, cut, here, cut_line, path);
        at = cut;
        here = cut_line;
    }
    piece(w, at, end, here, to, path);
}

/* ---- what was translated ---- */

typedef struct Fixed {
    size_t start, end;
    size_t comment; /* where a comment on it begins, else start */
    Func *f;        /* NULL: a declaration, or a function that is not async */
} Fixed;

static bool edited(const Unit *u, size_t start, size_t end) {
    size_t i = edits_find(&u->edits, start);
    return i < u->edits.list.len && u->edits.list.data[i].start < end;
}

static size_t first_token(const Source *s, size_t at, size_t end) {
    for (;;) {
        at = skip_blank(s, at, end);
        if (at + 1 >= end) return at;
        if (s->text[at] == '/' && s->text[at + 1] == '*') {
            const char *e = strstr(s->text + at + 2, "*/");
            at = e ? (size_t)(e + 2 - s->text) : end;
        } else if ((s->text[at] == '/' && s->text[at + 1] == '/') || s->text[at] == '#')
            while (at < end && s->text[at] != '\n') at++;
        else return at;
    }
}

/* The next one from `at` on. */
static bool next_fixed(Writer *w, size_t at, size_t end, Fixed *found) {
    Unit *u = w->page->unit;
    while (w->func < u->funcs.len && u->funcs.data[w->func]->node->start < at) w->func++;
    Func *f = w->func < u->funcs.len ? u->funcs.data[w->func] : NULL;
    *found =
        f && f->node->start < end ? (Fixed){f->node->start, f->node->end, f->node->start, f} : (Fixed){end, end, end, NULL};
    for (; w->region < u->source->regions.len; w->region++) {
        const Region *r = &u->source->regions.data[w->region];
        if (r->end <= at) continue;
        size_t start = first_token(u->source, r->start > at ? r->start : at, r->end);
        if (start >= found->start || start >= end) break;
        size_t stop = r->end < found->start ? r->end : found->start; /* an async function of which only a part is its node */
        if (!edited(u, start, stop)) {
            if (stop == found->start) break;
            continue;
        }
        *found = (Fixed){start, stop, start, NULL};
        break;
    }
    return found->start < end;
}

static void collect_comments(Writer *w, const Func *f, size_t from_here) {
    const char *text = w->page->unit->source->text;
    w->p.comments.len = 0;
    for (size_t i = from_here; i < f->node->end;) {
        char c = text[i];
        size_t from = i++;
        if (c == '"' || c == '\'') {
            for (; i < f->node->end && text[i] != c && text[i] != '\n'; i++) i += text[i] == '\\';
            i++;
        } else if (c == '/' && text[i] == '*') {
            const char *e = strstr(text + i + 1, "*/");
            i = e ? (size_t)(e + 2 - text) : f->node->end;
            vec_push(w->a, &w->p.comments, (Comment){from, i, false});
        } else if (c == '/' && text[i] == '/') {
            while (i < f->node->end && text[i] != '\n') i++;
            vec_push(w->a, &w->p.comments, (Comment){from, i, false});
        }
    }
}

static void fixed(Writer *w, const Fixed *x) {
    outcomes(w, x->end);
    define_until(w, x->start);
    if (!x->f) {
        emit_aliases_of(&w->p, w->page->unit, x->start, x->end);
        preprocessed(w, x->start, x->end, false);
    } else {
        CStrVec names = put_aside(w, x->start, x->end);
        aside(w, &names, true);
        collect_comments(w, x->f, x->comment);
        emit_function(&w->p, w->page->unit, x->f);
        w->p.comments.len = 0;
        if (x->f->is_main) {
            bool was = layout_own(w->p.layout, true);
            emit_entry(&w->p, x->f);
            layout_own(w->p.layout, was);
        }
        aside(w, &names, false);
    }
    directives(w, x->start, x->end);
    const Source *s = w->page->unit->source;
    Place p = source_place(s, x->end);
    w->p.file = p.file;
    w->p.line = p.line;
}

/* A comment behind what was translated, on its line. */
static size_t trailing(Writer *w, size_t at, size_t end) {
    const char *text = w->page->unit->source->text;
    size_t i = at;
    while (i < end && text[i] == ' ') i++;
    if (i + 1 >= end || text[i] != '/' || (text[i + 1] != '/' && text[i + 1] != '*')) return at;
    const char *e = text[i + 1] == '/' ? memchr(text + i, '\n', end - i) : strstr(text + i + 2, "*/");
    size_t stop = e ? (size_t)(e - text) + (text[i + 1] == '*' ? 2 : 0) : end;
    if (stop > end || line_of(w, stop) != line_of(w, at)) return at;
    layout_own(w->p.layout, false);
    w->p.layout->pending = false;
    sb_addc(w->out, ' ');
    sb_addn(w->out, text + i, stop - i);
    return stop;
}

/* A comment right above a function belongs behind its frame. */
static void comment_of(const Source *s, size_t from, Fixed *x) {
    size_t at = x->start;
    for (;;) {
        size_t i = at;
        while (i > from && strchr(" \t", s->text[i - 1])) i--;
        if (i > from && s->text[i - 1] == '\n') i--;
        if (i < from + 2) break;
        size_t line = i;
        while (line > from && s->text[line - 1] != '\n') line--;
        if (s->text[i - 1] == '/' && s->text[i - 2] == '*') {
            size_t k = i - 2;
            while (k > from && (s->text[k - 1] != '/' || s->text[k] != '*')) k--;
            if (k <= from) break;
            for (line = k - 1; line > from && strchr(" \t", s->text[line - 1]);) line--;
            if (line > from && s->text[line - 1] != '\n') break;
            x->comment = at = k - 1;
        } else {
            size_t k = line;
            while (k < i && strchr(" \t", s->text[k])) k++;
            if (k + 1 >= i || s->text[k] != '/' || s->text[k + 1] != '/') break;
            x->comment = at = k;
        }
        at = line;
    }
}

/* ---- files ---- */

static bool mentioned(const Source *s, size_t start, size_t end, const char *name, size_t n) {
    const char *from = s->text + start;
    for (const char *p; (p = memmem(from, (size_t)(s->text + end - from), name, n)); from = p + 1)
        if (p > s->text && !wordly(p[-1]) && !wordly(p[n])) return true;
    return false;
}

/* The functions of one of acc's headers that are called otherwise than it says to plain C. */
static void own_declarations(Writer *w, const Included *f) {
    const Source *s = w->page->unit->source;
    bool any = false;
    for (size_t i = 0; i < s->regions.len; i++) {
        const Region *r = &s->regions.data[i];
        if (!r->dialect || r->end <= f->start || r->end > f->end) continue;
        size_t start = first_token(s, r->start > f->start ? r->start : f->start, r->end), open = start;
        while (open < r->end && s->text[open] != '(') open++;
        size_t name = open;
        while (name > start && s->text[name - 1] == ' ') name--;
        size_t stop = name;
        while (name > start && wordly(s->text[name - 1])) name--;
        if (name == stop || !strncmp(s->text + start, "typedef", 7) ||
            (!mentioned(s, f->end, s->len, s->text + name, stop - name) &&
             !map_get(w->page->unit->methods, s->text + name, stop - name)))
            continue;
        if (!any) line(w, "/* of which these wait or throw: */");
        any = true;
        w->p.line = 0;
        print_span(&w->p, start, r->end);
    }
    if (any) blank_line(w);
}

static void file(Writer *w, Included *f);

static void include(Writer *w, Included *f) {
    if (f->folded) {
        bool made;
        size_t number = w->piece;
        Piece *p = next_piece(w, f->start, f->end, &made);
        if (made && (f->line || !strstr(f->path, "/stdc-predef.h"))) {
            p->written = f->line ? written_include(w->page, f->line) : arena_printf(w->a, "#include \"%s\"\n", f->path);
            p->written_len = strlen(p->written);
            p->included = f;
        }
        if (p->written) written(w, number);
        if (f->own) own_declarations(w, f);
        outcomes(w, f->end);
        return;
    }
    if (f->line) {
        blank_line(w);
        line(w, "/* from %s: */", f->line->text);
    }
    file(w, f);
    if (f->line) {
        line(w, "/* end of %s */", f->line->text);
        blank_line(w);
    }
}

/* The text of one file, from `start` to `end`, that includes nothing. The line where it begins in the file. */
static void stretch(Writer *w, size_t start, size_t end, unsigned from, unsigned to, const char *path) {
    size_t at = start;
    Fixed x;
    while (next_fixed(w, at, end, &x)) {
        if (x.f) comment_of(w->page->unit->source, at, &x);
        if (x.comment > at) plain(w, at, x.comment, from, line_of(w, x.comment), path);
        define_until(w, x.start);
        if (x.f) blank_line(w);
        fixed(w, &x);
        at = trailing(w, x.end, end);
        from = line_of(w, at) + 1;
    }
    define_until(w, at);
    plain(w, at, end, from, to, path);
    define_until(w, end);
}

static void file(Writer *w, Included *f) {
    const Source *s = w->page->unit->source;
    size_t at = f->start;
    unsigned from = 1;
    for (size_t i = 0; i <= f->inner.len; i++) {
        Included *x = i < f->inner.len ? f->inner.data[i] : NULL;
        size_t end = x ? (x->line ? x->line->offset : x->start) : f->end;
        if (x) /* markers are no text */
            while (!x->line && end > at && s->text[end - 1] != '#') end--;
        if (x && !x->line && end > at) end--;
        const char *path = source_place(s, at).file;
        if ((!f->parent && !at) || made_up(path)) { /* what the command line defines; nothing of what the compiler does */
            const Directives *d = w->page->directives;
            size_t begin = at; /* where the user's file begins */
            for (size_t k = 0; k < s->lines.len && s->lines.data[k].offset < end; k++)
                if (s->lines.data[k].offset >= at && made_up(s->lines.data[k].file))
                    begin = k + 1 < s->lines.len ? s->lines.data[k + 1].offset : end;
            if (begin > end) begin = end;
            for (size_t k = directives_from(w->page, at); k < d->list.len && d->list.data[k].offset < begin; k++)
                if (command_line(source_place(s, d->list.data[k].offset).file) && !strstr(d->list.data[k].text, "define __"))
                    line(w, "%s", d->list.data[k].text);
            define_until(w, begin);
            at = begin;
            from = line_of(w, at);
            path = source_place(s, at).file;
        }
        if (at < end) stretch(w, at, end, from, x ? line_of(w, end) : 0, path);
        define_until(w, x ? x->start : f->end);
        if (!x) break;
        include(w, x);
        define_until(w, x->behind);
        at = x->behind;
        from = line_of(w, at);
    }
}

/* What is a macro from the start for some C compilers, but was a name for the user's (with -std=c11, say). */
static void predefined(Writer *w) {
    static const char *const names[] = {"linux", "unix", "i386"};
    const Page *page = w->page;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool macro = false;
        for (size_t k = 0; k < page->directives->list.len && !macro; k++) {
            size_t n;
            const char *name = macro_name(&page->directives->list.data[k], &n);
            macro = name && n == strlen(names[i]) && !strncmp(name, names[i], n);
        }
        bool named = false;
        const Source *s = page->unit->source;
        for (size_t k = 0; k < s->regions.len && !macro && !named; k++)
            named = mentioned(s, s->regions.data[k].start, s->regions.data[k].end, names[i], strlen(names[i]));
        if (named) line(w, "#undef %s", names[i]);
    }
}

static void write_page(Arena *a, Page *page, StrBuf *out) {
    memset(page->unit->aliased.words, 0, page->unit->aliased.n * sizeof *page->unit->aliased.words);
    Writer w = {.page = page, .a = a, .out = out, .macros = map_new(a)};
    w.p = (Printer){.source = page->unit->source, .edits = &page->unit->edits, .out = out, .fresh = true};
    w.p.files = page->unit->diags;
    w.p.layout = layout_new(a, out);
    const char *name = page->directives->file, *slash = strrchr(name, '/');
    line(&w, "/* The C of %s, translated by acc. Compile it with acc's include folder, link it with libacc. */",
         strcmp(name, "-") ? slash ? slash + 1 : name : "standard input");
    predefined(&w);
    file(&w, page->root);
    layout_line(w.p.layout, "", 0, false);
    while (out->len > 1 && out->data[out->len - 2] == '\n') out->data[--out->len] = '\0';
}

void emit_readable(Arena *a, Unit *u, const Directives *d, StrBuf *out) {
    Page page = {.arena = a, .unit = u, .directives = d, .marked = true};
    find_includes(a, &page);
    for (int tries = 0;; tries++) {
        StrBuf tried = {0};
        write_page(a, &page, &tried);
        bool unfolded = false, good = written_check(&page, &tried, &unfolded);
        sb_free(&tried);
        if (good) break;
        if (unfolded) page.pieces.len = 0; /* the pieces are others now */
        else if (tries >= 3) {             /* it cannot be told what is wrong with it */
            for (size_t i = 0; i < page.pieces.len; i++)
                if (!page.pieces.data[i].included) page.pieces.data[i].written = NULL;
            break;
        }
    }
    page.marked = false;
    write_page(a, &page, out);
}
