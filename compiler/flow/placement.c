/* placement.c: where each variable lives.
 *
 * needs: live sets
 * leaves: Var.place and why; Func.resident
 *
 * A variable whose address may be known across a suspension, or which cannot be copied away and back, is resident: it lives in
 * the frame from the start. Of the others those that are live across an await are saved there when it suspends. */
#include "flow.h"

#include <stdlib.h>

enum { BIG = 64 }; /* bytes: a larger structure is not copied at every suspension */

typedef VEC(size_t) Offsets;

/* Where the awaits stand, and the names that are declared more than once; both by offset. */
typedef struct Places {
    Offsets awaits;
    Map *named; /* name -> Offsets: numbers in Func.names */
} Places;

static int by_offset(const void *pa, const void *pb) {
    const size_t *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

static Places places_of(Arena *a, const Func *f) {
    Places p = {.named = map_new(a)};
    for (size_t i = 0; i < f->awaits.len; i++)
        if (ir_suspends(f->awaits.data[i])) vec_push(a, &p.awaits, f->awaits.data[i]->at);
    if (p.awaits.len) qsort(p.awaits.data, p.awaits.len, sizeof *p.awaits.data, by_offset);
    for (size_t i = 0; i < f->names.len; i++) {
        const char *name = f->names.data[i].name;
        Offsets *same = map_get(p.named, name, strlen(name));
        if (!same) map_set(p.named, name, strlen(name), same = NEW(a, Offsets));
        vec_push(a, same, i);
    }
    return p;
}

static bool suspends_within(const Places *p, size_t start, size_t end) {
    size_t lo = 0, hi = p->awaits.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->awaits.data[mid] < start) lo = mid + 1;
        else hi = mid;
    }
    return lo < p->awaits.len && p->awaits.data[lo] < end;
}

static const char *must_reside(const Func *f, const Var *v, bool many) {
    const Type *t = v->type;
    if (!t) return NULL;
    if (v->outcome) return "an outcome: its error goes when the call ends";
    if (v->holds) return "a deadline or a group: it goes when the call ends";
    if (v->literal) return "a compound literal's object";
    if (t->kind == TY_ARRAY) return "an array";
    if (v->type_name) return "a type of variable size";
    if (t->kind == TY_VLA) return "a variable-length array";
    if (t->variable) return "of a type of variable size";
    if (v->guarded) return "has a cleanup function";
    if (v->address_taken) return "its address is taken";
    if (t->has_array) return "holds an array";
    if (t->kind == TY_RECORD && t->size > BIG) return "a big structure";
    if (t->is_volatile) return "volatile";
    if (t->is_atomic) return "atomic";
    (void)f;
    return many ? "many awaits" : NULL;
}

/* Is there an await at which another declaration hides v's name? It could not be saved there by that name. */
static bool hidden(const Func *f, const Places *p, const Var *v) {
    const Offsets *same = map_get(p->named, v->name, strlen(v->name));
    for (size_t i = 0; same && i < same->len; i++) {
        const Scoped *n = &f->names.data[same->data[i]];
        if (n->scope_start > v->scope_start && n->scope_end <= v->scope_end &&
            suspends_within(p, n->scope_start, n->scope_end))
            return true;
    }
    return false;
}

void place(Arena *a, Unit *u, Func *f) {
    bool many = f->many;
    Places places = places_of(a, f);
    f->resident = f->generator || many; /* where awaits are many, all of them count on the frame */
    for (size_t i = 0; i < f->awaits.len && !many; i++) {
        Await *w = f->awaits.data[i];
        if (!ir_suspends(w)) continue;
        for (size_t k = 0; k < f->vars.len; k++) {
            Var *v = f->vars.data[k];
            if (!bitset_has(&w->live, k)) continue;
            if (v->at != NOWHERE && !v->param) {
                if (w->at < v->scope_start ||
                    w->at >= v->scope_end) { /* some way leads into its scope past its declaration */
                    bitset_del(&w->live, k);
                    continue;
                }
                v->early |= w->at < v->at;
            }
            v->across = true;
            v->kept_by = w;
        }
    }
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        v->place = PLACE_LOCAL;
        const char *why = v->temp || v->native ? NULL : must_reside(f, v, many);
        if (why && (v->outcome || v->holds || suspends_within(&places, v->scope_start, v->scope_end))) {
            v->place = PLACE_RESIDENT;
            v->why = why;
            f->resident = true;
        } else if (v->across) {
            v->place = PLACE_SAVED;
            v->why = "live across an await";
            if (v->past && !v->temp) {
                v->place = PLACE_RESIDENT;
                v->why = "live across an await, and its declaration may be jumped past";
                f->resident = true;
            } else if (v->early) {
                v->place = PLACE_RESIDENT;
                v->why = "live across an await that stands before its declaration";
                f->resident = true;
            } else if (!v->temp && hidden(f, &places, v)) {
                v->place = PLACE_RESIDENT;
                v->why = "live across an await where another of its name hides it";
                f->resident = true;
            } else if (!v->temp && v->type && v->type->is_const && !v->param &&
                       !const_dropped(a, u, v)) { /* a const local cannot be restored */
                v->place = PLACE_RESIDENT;
                v->why = "const, and live across an await";
                f->resident = true;
            }
        } else if (v->assigned && (v->type->const_member || (v->type->is_const && !const_dropped(a, u, v)))) {
            v->place = PLACE_RESIDENT;
            v->why = "const, and spoken of by its own initialiser";
            f->resident = true;
        }
        if (v->param && v->type->is_const) const_dropped(a, u, v); /* a cold start assigns it */
    }
}
