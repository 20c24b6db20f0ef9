/* translate.c: the phases in their order. */
#include "translate.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/stack.h"
#include "emit/emit.h"
#include "flow/flow.h"

const char *const translate_dumps[] = {"preprocess", "scan",  "parse", "view", "analyse", "ir",
                                       "check",      "lower", "flow",  "emit", NULL};

typedef struct Resolve {
    Arena *arena;
    const TranslateOptions *o;
    Source *source;
} Resolve;

/* Where the tokens of a line cannot be told apart (a string without an end), its text may be the user's own. */
static void column_as_written(const Resolve *r, Diag *d, size_t offset) {
    const char *text = r->source->text, *line;
    size_t start = offset, len, n = 1;
    while (start && text[start - 1] != '\n') start--;
    if (!diag_source_line(r->o->diags, d->place.file, d->place.line, &line, &len)) return;
    if (offset - start >= len || memcmp(line, text + start, offset - start + 1) != 0) return;
    while (offset + n < r->source->len && (isalnum((unsigned char)text[offset + n]) || text[offset + n] == '_')) n++;
    d->place.column = (unsigned)(offset - start) + 1;
    d->place.length = isalnum((unsigned char)text[offset]) ? (unsigned)n : 1;
}

/* A diagnostic's place is an offset (in length) until here: its exact line, column and token are looked up now, once. */
static void resolve(Diag *d, void *arg) {
    Resolve *r = arg;
    size_t offset = d->place.length;
    bool behind = d->place.column == 1; /* the place is behind the token that ends there */
    d->place.column = d->place.length = 0;
    size_t token = scan_token_index(r->arena, r->source, offset);
    if (behind && token) token--;
    Place exact, definition = {0};
    if (d->by_hand) {
        size_t at = scan_token_index(r->arena, r->source, d->by_hand - 1);
        bool hand = !r->o->columns || columns_by_hand(r->o->columns, at);
        diag_keep(r->o->diags, d);
        if (!hand) diag_drop(r->o->diags, d);
    }
    if (r->o->columns && columns_lookup(r->o->columns, token, &exact, &definition)) d->place = exact;
    if (!d->place.column && !behind) column_as_written(r, d, offset);
    if (behind && d->place.column && !definition.line) {
        d->place.column += d->place.length;
        d->place.length = 1;
    }
    if (definition.line && d->severity != DIAG_NOTE && !source_system_file(r->source, definition.file))
        diag_note(r->o->diags, d, definition, "in the definition of the macro");
}

/* Strings and characters without an end: each is said, and the text gets a 0 in its place, and what closes its line, so that only
 * what stands in the same declaration is lost for the phases behind. */
static void broken_tokens(Arena *a, Source *s, Diags *d) {
    char *text = arena_strndup(a, s->text, s->len);
    for (size_t i = 0; i < s->broken.len; i++) {
        size_t at = s->broken.data[i], end = (size_t)(source_broken_end(text + at) - text);
        diag_add(d, DIAG_ERROR, 1, NULL, sema_place(s, at), "missing terminating %c character",
                 text[at + strcspn(text + at, "\"'")]);
        for (size_t k = at; k < end; k++) text[k] = s->marked[k] = k == at ? '0' : ' ';
    }
    s->text = text;
}

static bool dump_is(const TranslateOptions *o, const char *phase) { return o->dump && !strcmp(o->dump, phase); }

static FILE *dump_begin(char **text, size_t *len) {
    FILE *f = open_memstream(text, len);
    if (!f) bug("out of memory");
    return f;
}

static bool run(Arena *arena, const TranslateOptions *o, const char *text, size_t len, StrBuf *out, bool *changed) {
    char *dumped = NULL;
    size_t dumped_len = 0;
    bool ok = false;
    Sema *sema = NULL;
#define DUMP(phase, call)                            \
    if (dump_is(o, phase)) {                         \
        FILE *to = dump_begin(&dumped, &dumped_len); \
        call;                                        \
        fclose(to);                                  \
        sb_addn(out, dumped, dumped_len);            \
        free(dumped);                                \
        *changed = ok = true;                        \
        goto end;                                    \
    }
    DUMP("preprocess", fwrite(text, 1, len, to))
    timing_phase(o->timing, "scan");
    Source *source = scan(arena, text, len);
    DUMP("scan", source_dump(source, to))
    *changed = source->dialect;
    if (!source->dialect) return true;
    Resolve where = {arena, o, source};
    Pragmas *pragmas = pragmas_read(arena, source);
    if (pragmas) diags_pragmas(o->diags, pragmas_say, pragmas);

    timing_phase(o->timing, "parse");
    const char *text_as_it_is = source->text;
    if (source->broken.len) broken_tokens(arena, source, o->diags);
    Tree *tree = parse(arena, source);
    DUMP("parse", tree_dump(tree, to))
    bool well_formed = sema_syntax(arena, tree, &o->clang_args, o->diags);
    source->text = text_as_it_is;
    if (!well_formed || source->broken.len) goto end;

    Map *async_captures = map_new(arena);
    size_t told = diags_mark(o->diags);
    timing_phase(o->timing, "view");
    View *view = view_make(arena, tree, async_captures);
    DUMP("view", fwrite(view->text, 1, view->len, to))
    timing_phase(o->timing, "analyse");
    sema = analyse(arena, tree, view, &o->clang_args, o->diags);
    for (int round = 0; round < 8 && sema_learnt(sema); round++) { /* a call in a call in a call */
        sema_close(sema);
        diags_forget(o->diags, told);
        view = view_make(arena, tree, async_captures);
        sema = analyse(arena, tree, view, &o->clang_args, o->diags);
    }
    DUMP("analyse", sema_dump(sema, to))

    timing_phase(o->timing, "ir");
    Unit *unit = ir_build(arena, tree, view, sema, o->diags);
    unit->no_tracebacks = o->no_tracebacks;
    DUMP("ir", ir_dump(unit, to))
#ifndef NDEBUG
    if (!diags_stop(o->diags)) ir_verify(unit, false);
#endif
    timing_phase(o->timing, "check");
    bool sound = ir_check(arena, unit);
    DUMP("check", fprintf(to, "%s\n", sound ? "no errors" : "errors"))
    if (!sound) goto end;

    timing_phase(o->timing, "lower");
    lower(arena, unit);
    DUMP("lower", ir_dump(unit, to))
#ifndef NDEBUG
    ir_verify(unit, true);
#endif
    timing_phase(o->timing, "flow");
    unit->few_passes = o->few_passes;
    unit->twice = o->twice;
    flow(arena, unit, o->many_awaits);
    DUMP("flow", ir_dump(unit, to))
#ifndef NDEBUG
    ir_verify(unit, true);
#endif
    if (diags_errors(o->diags)) goto end;
    timing_phase(o->timing, "emit");
    if (o->emit == EMIT_FRAMES) emit_frames(arena, unit, out);
    else if (o->emit == EMIT_STATES) emit_states(arena, unit, out);
    else if (o->directives && !o->dump) emit_readable(arena, unit, o->directives, out);
    else emit_c(unit, out); /* --dump=emit too: without the driver's hand on it */
    ok = true;
end:
    timing_phase(o->timing, "diagnostics");
    diags_settle(o->diags);
    diags_each(o->diags, resolve, &where);
    if (sema) sema_close(sema);
    return ok;
}

typedef struct Translation {
    Arena *arena;
    const TranslateOptions *options;
    const char *text;
    size_t len;
    StrBuf *out;
    bool *changed, good;
} Translation;

static void run_deep(void *data) {
    Translation *t = data;
    t->good = run(t->arena, t->options, t->text, t->len, t->out, t->changed);
}

bool translate(Arena *arena, const TranslateOptions *o, const char *text, size_t len, StrBuf *out, bool *changed) {
    Translation t = {arena, o, text, len, out, changed, false};
    stack_run(run_deep, &t);
    return t.good;
}
