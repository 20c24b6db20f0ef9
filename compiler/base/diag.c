/* diag.c: diagnostics are collected here, with the -W options that decide which count; sorted and handed to a printer at the end
 * of a translation. Needs an arena that outlives them; leaves the order of printing. */
#include "diag.h"

#include <stdlib.h>

#include "diag_print.h"

/* acc's own warnings. All are on unless a -Wno- turns them off; frame-size only once it was given its bytes. */
static const char *const own_warnings[] = {
    "blocking-call", "escaping-local", "frame-size",        "lock-across-await", "may-throw",
    "throw-format",  "unawaited",      "unevaluated-await", "unreachable-catch",
};
enum { OWN_WARNINGS = sizeof own_warnings / sizeof *own_warnings };

typedef struct SourceFile {
    char *text; /* NULL: cannot be read */
    size_t len;
    size_t *lines; /* where each begins; lines[count] is one past the end of the last */
    size_t count;
} SourceFile;

struct Diags {
    Arena *arena;
    VEC(Diag *) list;
    Map *files;              /* name -> SourceFile */
    size_t errors, promoted; /* of which were warnings */
    bool off[OWN_WARNINGS];
    signed char error[OWN_WARNINGS]; /* 1: -Werror=x, -1: -Wno-error=x, 0: as -Werror says */
    bool all_errors, quiet;
    size_t frame_size; /* the most that a frame may take; 0: anything */
    DiagPragma (*pragma)(const char *option, Place at, void *arg);
    void *pragma_arg;
};

Diags *diags_new(Arena *a) {
    Diags *d = NEW(a, Diags);
    d->arena = a;
    d->files = map_new(a);
    return d;
}

static int own_warning(const char *name) {
    for (int i = 0; i < OWN_WARNINGS; i++)
        if (strcmp(own_warnings[i], name) == 0) return i;
    return -1;
}

bool diag_own_option(const char *w, size_t len) {
    if (len < 2 || strncmp(w, "-W", 2) != 0) return false;
    for (int i = 0; i < OWN_WARNINGS; i++)
        if (strlen(own_warnings[i]) == len - 2 && memcmp(own_warnings[i], w + 2, len - 2) == 0) return true;
    return false;
}

void diags_pragmas(Diags *d, DiagPragma (*fn)(const char *option, Place at, void *arg), void *arg) {
    d->pragma = fn;
    d->pragma_arg = arg;
}

bool diags_option(Diags *d, const char *w) {
    if (strcmp(w, "error") == 0 || strcmp(w, "no-error") == 0) {
        d->all_errors = *w == 'e';
        return true;
    }
    if (strcmp(w, "w") == 0) { /* -w: no warning at all */
        d->quiet = true;
        return true;
    }
    static const struct {
        const char *prefix;
        bool sets_off, off;
        signed char error;
    } forms[] = {{"error=", true, false, 1}, {"no-error=", false, false, -1}, {"no-", true, true, 0}, {"", true, false, 0}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t n = strlen(forms[i].prefix);
        if (strncmp(w, forms[i].prefix, n) != 0) continue;
        const char *budget = strncmp(w + n, "frame-size=", 11) ? NULL : w + n + 11;
        int which = own_warning(budget ? "frame-size" : w + n);
        if (which < 0) continue;
        if (budget) {
            char *end;
            unsigned long bytes = strtoul(budget, &end, 10);
            if (*budget < '0' || *budget > '9' || *end || forms[i].off) return false;
            d->frame_size = bytes;
        }
        if (forms[i].sets_off) d->off[which] = forms[i].off;
        if (forms[i].error) d->error[which] = forms[i].error;
        return true;
    }
    return false;
}

size_t diags_frame_size(const Diags *d) { return d->frame_size; }

static Diag *diag_make(Diags *d, Severity s, Place at, const char *fmt, va_list ap) {
    StrBuf text = {0};
    sb_vprintf(&text, fmt, ap);
    Diag *diag = NEW(d->arena, Diag);
    diag->severity = s;
    diag->place = at;
    diag->message = arena_strndup(d->arena, text.data, text.len);
    sb_free(&text);
    return diag;
}

static void counts(Diags *d, const Diag *diag, int by) {
    if (diag->dropped || diag->severity != DIAG_ERROR) return;
    d->errors += (size_t)by;
    if (diag->promoted) d->promoted += (size_t)by;
}

Diag *diag_add(Diags *d, Severity s, int number, const char *option, Place at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Diag *diag = diag_make(d, s, at, fmt, ap);
    va_end(ap);
    diag->number = number;
    diag->option = option;
    if (s == DIAG_WARNING) {
        int own = option ? own_warning(option) : -1;
        DiagPragma pragma = own >= 0 && d->pragma ? d->pragma(option, at, d->pragma_arg) : PRAGMA_NONE;
        bool off = d->quiet || pragma == PRAGMA_IGNORED || (pragma == PRAGMA_NONE && own >= 0 && d->off[own]);
        bool error = pragma == PRAGMA_ERROR || (own >= 0 && d->error[own] ? d->error[own] > 0 : d->all_errors);
        diag->dropped = off;
        if (off) return diag; /* kept out of the list: who made it may still add notes */
        if (error) diag_promote(d, diag);
    } else counts(d, diag, 1);
    vec_push(d->arena, &d->list, diag);
    return diag;
}

Diag *diag_note(Diags *d, Diag *of, Place at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Diag *note = diag_make(d, DIAG_NOTE, at, fmt, ap);
    va_end(ap);
    Diag **end = &of->notes;
    while (*end) end = &(*end)->next;
    *end = note;
    return note;
}

size_t diags_mark(const Diags *d) { return d->list.len; }

void diags_forget(Diags *d, size_t mark) {
    while (d->list.len > mark) diag_drop(d, d->list.data[--d->list.len]);
}

void diags_each(Diags *d, void (*fn)(Diag *diag, void *arg), void *arg) {
    for (size_t i = 0; i < d->list.len; i++) {
        if (d->list.data[i]->dropped) continue;
        for (Diag *n = d->list.data[i]->notes; n; n = n->next) fn(n, arg);
        fn(d->list.data[i], arg); /* last: it may add notes, which are none of those */
    }
}

void diag_drop(Diags *d, Diag *diag) {
    counts(d, diag, -1);
    diag->dropped = true;
}

void diag_by_hand(Diags *d, Diag *diag, size_t offset) {
    counts(d, diag, -1);
    diag->by_hand = offset + 1;
}

void diag_keep(Diags *d, Diag *diag) {
    diag->by_hand = 0;
    counts(d, diag, 1);
}

void diag_promote(Diags *d, Diag *diag) {
    if (diag->severity == DIAG_ERROR) return;
    diag->severity = DIAG_ERROR;
    diag->promoted = true;
    counts(d, diag, 1);
}

void diag_soften(Diags *d, Diag *diag) {
    counts(d, diag, -1);
    diag->severity = DIAG_WARNING;
}

void diag_leave(Diags *d, Diag *diag) {
    diag_drop(d, diag);
    diag->left = true;
}

void diags_settle(Diags *d) {
    if (!d->errors) return;
    for (size_t i = 0; i < d->list.len; i++) {
        Diag *diag = d->list.data[i];
        if (!diag->left) continue;
        diag->left = diag->dropped = false;
        counts(d, diag, 1);
    }
}

size_t diags_errors(const Diags *d) { return d->errors; }

bool diags_stop(const Diags *d) { return d->errors > d->promoted; }

bool diags_any(const Diags *d) {
    for (size_t i = 0; i < d->list.len; i++)
        if (!d->list.data[i]->dropped) return true;
    return false;
}

bool diag_fix_inserts(const Diag *diag) {
    size_t n = strlen(diag->fixit);
    return n && diag->fixit[n - 1] == ' ';
}

const char *diag_number(char buf[16], int number) {
    snprintf(buf, 16, "ACC%03d", number);
    return buf;
}

void diag_option_text(StrBuf *b, const Diag *diag) {
    bool promoted = diag->severity == DIAG_ERROR;
    sb_printf(b, "-W%s%s", promoted ? "error=" : "", diag->option);
}

/* ---- the user's files ---- */

static SourceFile *source_file(Diags *d, const char *name) {
    SourceFile *f = map_get(d->files, name, strlen(name));
    if (f) return f;
    f = NEW(d->arena, SourceFile);
    map_set(d->files, name, strlen(name), f);
    FILE *in = *name == '<' || strcmp(name, "-") == 0 ? NULL : fopen(name, "rb");
    if (!in) return f;
    StrBuf text = {0};
    char buf[1 << 14];
    for (size_t n; (n = fread(buf, 1, sizeof buf, in)) > 0;) sb_addn(&text, buf, n);
    bool bad = ferror(in);
    fclose(in);
    if (!bad && text.len) {
        f->text = arena_strndup(d->arena, text.data, text.len);
        f->len = text.len;
        VEC(size_t) lines = {0};
        vec_push(d->arena, &lines, 0);
        for (size_t i = 0; i < f->len; i++)
            if (f->text[i] == '\n') vec_push(d->arena, &lines, i + 1);
        if (f->text[f->len - 1] != '\n') vec_push(d->arena, &lines, f->len + 1);
        f->lines = lines.data;
        f->count = lines.len - 1;
    }
    sb_free(&text);
    return f;
}

bool diag_source_line(Diags *d, const char *file, unsigned line, const char **text, size_t *len) {
    if (!file || !line) return false;
    SourceFile *f = source_file(d, file);
    if (!f->text || line > f->count) return false;
    *text = f->text + f->lines[line - 1];
    *len = f->lines[line] - f->lines[line - 1] - 1;
    if (*len && (*text)[*len - 1] == '\r') --*len;
    return true;
}

/* ---- printing ---- */

typedef struct Sortable {
    Diag *diag;
    size_t file, index; /* index of the first diagnostic in that file; its own */
} Sortable;

static int by_place(const void *va, const void *vb) {
    const Sortable *a = va, *b = vb;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    const Place *p = &a->diag->place, *q = &b->diag->place;
    if (p->line != q->line) return p->line < q->line ? -1 : 1;
    if (p->column != q->column) return p->column < q->column ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool same(const Diag *a, const Diag *b) {
    return a->severity == b->severity && a->place.line == b->place.line && a->place.column == b->place.column &&
           ((a->number && a->number == b->number) || strcmp(a->message, b->message) == 0);
}

void diags_print(Diags *d, FILE *to, DiagFormat format, DiagColor color) {
    size_t n = d->list.len;
    Sortable *order = NEW_ARRAY(d->arena, Sortable, n);
    Map *first = map_new(d->arena);
    for (size_t i = 0; i < n; i++) {
        Diag *diag = d->list.data[i];
        const char *file = diag->place.file ? diag->place.file : "";
        uintptr_t at = (uintptr_t)map_get(first, file, strlen(file));
        if (!at) map_set(first, file, strlen(file), (void *)(at = i + 1));
        order[i] = (Sortable){diag, at, i};
    }
    if (n) qsort(order, n, sizeof *order, by_place);
    Diag **list = NEW_ARRAY(d->arena, Diag *, n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool seen = order[i].diag->dropped;
        for (size_t j = i; !seen && j-- > 0 && order[j].file == order[i].file;) {
            const Place *p = &order[j].diag->place, *q = &order[i].diag->place;
            if (p->line != q->line || p->column != q->column) break;
            seen = !order[j].diag->dropped && same(order[j].diag, order[i].diag);
        }
        if (!seen) list[kept++] = order[i].diag;
    }
    if (format == DIAG_JSON) diag_print_json(d, list, kept, to);
    else if (format == DIAG_SARIF) diag_print_sarif(d, list, kept, to);
    else diag_print_text(d, list, kept, to, color);
    fflush(to);
}
