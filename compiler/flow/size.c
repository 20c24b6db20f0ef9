/* size.c: where the C compiler will put each field of a frame, and whether the frame is too large for its budget.
 *
 * needs: frames laid out (frame.c)
 * leaves: Var.offset and size, Func.frame_size and frame_known; -Wframe-size= */
#include <stdlib.h>

#include "flow.h"

enum { HEAD = 24, GENERATION = 32 }; /* sizeof(acc_frame), sizeof(acc_generation) */

static size_t rounded(size_t at, size_t align) { return (at + align - 1) / align * align; }

/* What _Alignas and aligned attributes say, where they say it in figures; 0: nobody knows here. */
static size_t asked_alignment(const char *text) {
    size_t most = 0;
    for (const char *p = text; (p = strchr(p, '(')); p++) {
        char *end;
        size_t n = strtoul(p + 1, &end, 0);
        if (end > p + 1 && *end == ')' && n > most) most = n;
        else if (end > p + 1 && *end != ')') return 0;
    }
    return most;
}

static size_t own_align(const Var *v) { return v->vla ? 8 : !v->type || v->type->align <= 0 ? 1 : (size_t)v->type->align; }

/* What its declaration asks for; an array that lies elsewhere has it there. */
static size_t asked_align(const Var *v) { return v->aligned && !v->heap ? asked_alignment(v->aligned) : 1; }

/* One field at or behind `at`; where the next one may begin. */
static size_t field(Func *f, Var *v, size_t at, size_t *align) {
    size_t own = own_align(v), asked = asked_align(v);
    v->size = v->type && v->type->size > 0 ? (size_t)v->type->size : 0;
    if (v->vla) /* where it lies, or what it is, and its sizes */
        v->size = (v->type_name ? 0 : v->heap ? 8 : v->size) + 8 * (size_t)v->dimensions;
    if (v->vla && !v->size) return v->offset = at; /* made of another alone */
    f->frame_known &= v->size > 0 && asked;
    if (asked > own) own = asked;
    if (own > *align) *align = own;
    v->offset = rounded(at, own);
    return v->offset + v->size;
}

static size_t strictest(const FramePart *p) {
    if (p->kind == PART_FIELD) {
        size_t asked = asked_align(p->var), own = own_align(p->var);
        return asked > own ? asked : own;
    }
    size_t most = 1;
    for (size_t i = 0; i < p->parts.len; i++) {
        size_t align = strictest(p->parts.data[i]);
        if (align > most) most = align;
    }
    return most;
}

/* What a structure or union holds, from `at` on; where that ends. */
static size_t lay_out_parts(Func *f, FramePart *p, size_t at, size_t *align) {
    size_t end = at;
    for (size_t i = 0; i < p->parts.len; i++) {
        FramePart *in = p->parts.data[i];
        size_t start = p->kind == PART_UNION ? at : end, behind;
        if (in->kind == PART_FIELD) behind = field(f, in->var, start, align);
        else {
            size_t strict = strictest(in);
            behind = rounded(lay_out_parts(f, in, rounded(start, strict), align), strict);
        }
        if (behind > end) end = behind;
    }
    return end;
}

static void lay_out(Func *f) {
    size_t at = HEAD, align = 8;
    f->frame_known = true;
    if (f->generator) {
        at += GENERATION;
        if (f->sent->size > 0) at = rounded(at, (size_t)f->sent->align) + (size_t)f->sent->size;
        f->frame_known = f->sent->size >= 0;
    }
    at = lay_out_parts(f, f->frame, at, &align);
    f->frame_size = rounded(at, align);
}

/* An await that keeps it: it is live across it, or its address may be known to somebody meanwhile. */
static const Await *keeper(const Func *f, const Var *v) {
    if (v->kept_by) return v->kept_by;
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (ir_suspends(w) && w->at >= v->scope_start && w->at < v->scope_end) return w;
    }
    return NULL;
}

static const Var *larger_than(const Func *f, const Var *than) {
    const Var *best = NULL;
    for (size_t i = 0; i < f->vars.len; i++) {
        const Var *v = f->vars.data[i];
        if (!v->field || v->temp || v->at == NOWHERE || v == than) continue;
        if (than && (v->size > than->size || (v->size == than->size && v->id <= than->id))) continue;
        if (!best || v->size > best->size) best = v;
    }
    return best;
}

static void budget(Unit *u, const Func *f) {
    size_t most = diags_frame_size(u->diags);
    if (!most || f->frame_size <= most) return;
    Node *name = declared_name(node_field(f->node, F_declarator));
    Diag *d = diag_add(u->diags, DIAG_WARNING, 28, "frame-size", sema_place(u->source, name ? name->start : f->node->start),
                       "the frame of '%s' takes %zu bytes, more than %zu", f->name, f->frame_size, most);
    const Var *first = larger_than(f, NULL);
    size_t said = 0;
    for (const Var *v = first; v && said < 3 && v->size * 2 >= first->size; v = larger_than(f, v), said++) {
        const Await *w = keeper(f, v);
        bool live = v->place == PLACE_SAVED || !v->why;
        diag_note(u->diags, d, sema_place(u->source, v->at), "'%s' takes %zu of them%s%s", v->name, v->size,
                  live ? "" : ": ", live ? "" : v->why);
        if (w) diag_note(u->diags, d, sema_place(u->source, w->at), "'%s' is kept across this 'await'", v->name);
    }
}

void frame_sizes(Unit *u) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        if (u->funcs.data[i]->ordinary) continue;
        lay_out(u->funcs.data[i]);
        budget(u, u->funcs.data[i]);
    }
}
