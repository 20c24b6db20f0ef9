/* frame.c: what the frame holds.
 *
 *     acc_frame acc__head                     24 bytes: function, parent, result's place, state
 *     resident variables                      from the start of the call
 *     saved parameters                        from a cold start on
 *     union {
 *         struct { the other parameters }     from a cold start until the body begins
 *         struct {
 *             saved variables                 from a suspension to its resumption
 *             union { results }               the one of the await where it is suspended
 *         }
 *     }
 *
 * needs: placements
 * leaves: Func.fields, late, early, results, each variable's field; what each await keeps; edits that turn the name of a
 * resident variable into its place in the frame
 *
 * Two temporaries may share a field when they are of one type and no suspension finds both alive, or stores the one while it
 * keeps the other. */
#include "flow.h"

#include <stdlib.h>

static const char *unique(Arena *a, Map *names, const char *name) {
    size_t n = (size_t)map_get(names, name, strlen(name));
    map_set(names, name, strlen(name), (void *)(n + 1));
    if (!n) return name;
    const char *numbered = arena_printf(a, "%s_%zu", name, n + 1);
    return unique(a, names, numbered);
}

static bool same_type(const Var *x, const Var *y) {
    return x->type && y->type && x->type->before && y->type->before && !strcmp(x->type->before, y->type->before) &&
           !strcmp(x->type->after, y->type->after);
}

static bool interfere(const Func *f, const Var *x, const Var *y, bool many) {
    if (many) return x->first <= y->last && y->first <= x->last;
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (w->kind == AWAIT_THROW) continue;
        bool lx = bitset_has(&w->live, (size_t)x->id) || w->result == x,
             ly = bitset_has(&w->live, (size_t)y->id) || w->result == y;
        if (lx && ly) return true;
    }
    return false;
}

/* The temporaries that a field serves, and from where to where in the order of the code they do. */
typedef struct Shared {
    VEC(Var *) users;
    int first, last;
} Shared;

static void serve(Arena *a, Map *shared, Var *v) {
    Shared *s = map_get(shared, v->field, strlen(v->field));
    if (!s) {
        s = NEW(a, Shared);
        *s = (Shared){.first = v->first, .last = v->last};
        map_set(shared, v->field, strlen(v->field), s);
    }
    vec_push(a, &s->users, v);
    if (v->first < s->first) s->first = v->first;
    if (v->last > s->last) s->last = v->last;
}

/* A field for a temporary: one that serves others of its type already, if none of them is in its way. */
static void share(Arena *a, Func *f, Map *names, Map *shared, Var *v, bool many) {
    int tries = 0;
    for (size_t i = f->late.len; i-- > 0 && tries < 64;) {
        Var *owner = f->late.data[i];
        if (!owner->temp || !same_type(owner, v)) continue;
        tries++;
        const Shared *s = map_get(shared, owner->field, strlen(owner->field));
        bool free = true, apart = many && (v->first > s->last || v->last < s->first);
        for (size_t k = 0; !apart && free && k < s->users.len; k++) free = !interfere(f, s->users.data[k], v, many);
        if (free) {
            v->field = owner->field;
            serve(a, shared, v);
            return;
        }
    }
    v->field = unique(a, names, v->name);
    vec_push(a, &f->late, v);
    serve(a, shared, v);
}

static void result_field(Arena *a, Func *f, Map *names, Var *v) {
    for (size_t i = 0; i < f->results.len; i++)
        if (same_type(f->results.data[i], v)) {
            v->field = f->results.data[i]->field;
            return;
        }
    v->field = unique(a, names, arena_printf(a, "acc__result_%zu", f->results.len + 1));
    vec_push(a, &f->results, v);
}

/* A const variable cannot be restored. Its own const goes, where it stands as a word of its declaration and speaks of no
 * other; what the user may do with the variable was checked before. False: it cannot be taken out. */
bool const_dropped(Arena *a, Unit *u, Var *v) {
    Node *holder = v->declared ? v->declared->parent : NULL;
    if (!holder) return false;
    if (holder->kind == N_init_declarator) holder = holder->parent;
    if (holder->kind == N_declaration) {
        size_t declarators = 0;
        for (uint32_t i = 0; i < holder->count; i++) declarators += holder->children[i]->as == F_declarator;
        if (declarators > 1) return false;
    } else if (holder->kind != N_pointer_declarator && holder->kind != N_parameter_declaration) return false;
    bool any = false;
    for (uint32_t i = 0; i < holder->count; i++) {
        Node *c = holder->children[i];
        if (c->kind != N_type_qualifier ||
            !(node_is(u->source, c, "const") || node_is(u->source, c, "__const") || node_is(u->source, c, "__const__")))
            continue;
        edit_replace(a, &u->edits, c->start, c->end, "");
        any = true;
    }
    return any;
}

/* A variable-length array lies in memory of its own, and the frame holds where, and its sizes; so no jump of the generated
 * function enters the scope of a variable-length type. False: its element's type has no name at file scope, or its elements
 * are pointers to such arrays. */
static bool variable_length(Arena *a, Var *v, Map *names) {
    const Type *element = v->type;
    const char *sizes = "";
    v->field = unique(a, names, v->name);
    int n = 0;
    for (; element->kind == TY_VLA || element->kind == TY_ARRAY; element = element->result) {
        n++;
        if (element->kind == TY_ARRAY)
            sizes = arena_printf(a, "%s[%lld]", sizes, (long long)(element->size / element->result->size));
        else sizes = arena_printf(a, "%s[acc__f->%s_size_%d]", sizes, v->field, n);
    }
    if (!element->before || element->variable) return false;
    v->dimensions = n;
    v->vla = arena_printf(a, "%s(*)%s%s", element->before, sizes, element->after);
    v->vla_type = arena_printf(a, "%s%s%s", element->before, sizes, element->after);
    return true;
}

void frame_layout(Arena *a, Unit *u, Func *f) {
    Map *names = map_new(a), *shared = map_new(a);
    bool many = f->awaits.len > MANY_AWAITS;
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        bool result = v->result && v->place == PLACE_LOCAL;
        if (v->cleanup && v->place == PLACE_RESIDENT) {
            Place p = source_place(u->source, v->at);
            p.length = (unsigned)v->at;
            diag_add(u->diags, DIAG_ERROR, 9, NULL, p,
                     "sorry: the cleanup function of '%s' cannot be kept across an 'await' yet", v->name);
        }
        if (v->place == PLACE_LOCAL && !result && !v->param) continue;
        if (v->type && v->type->kind == TY_VLA && v->place == PLACE_RESIDENT && variable_length(a, v, names)) {
            vec_push(a, &f->fields, v);
            continue;
        }
        v->raw = v->type && !v->type->before;
        if (!v->type || v->type->size < 0) {
            size_t at = v->at == NOWHERE ? f->node->start : v->at;
            Place p = source_place(u->source, at);
            p.length = (unsigned)at;
            if (v->temp)
                diag_add(u->diags, DIAG_ERROR, 9, NULL, p,
                         "sorry: a value of a type that has no name must be kept across an 'await' in '%s'", f->name);
            else
                diag_add(u->diags, DIAG_ERROR, 9, NULL, p,
                         "sorry: '%s' of the variable type '%s' cannot be kept across an 'await' yet", v->name,
                         v->type ? v->type->spelling : "?");
            continue;
        }
        if (result) result_field(a, f, names, v);
        else if (v->place == PLACE_LOCAL) {
            v->field = unique(a, names, v->name);
            vec_push(a, &f->early, v);
        } else if (v->temp) share(a, f, names, shared, v, many);
        else {
            v->field = unique(a, names, v->name);
            if (v->place == PLACE_RESIDENT || v->param) vec_push(a, &f->fields, v);
            else vec_push(a, &f->late, v);
        }
    }
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        if (!v->literal || v->place != PLACE_RESIDENT || !v->field) continue;
        const char *field = v->field;
        bool array = v->type->kind == TY_ARRAY;
        edit_replace(a, &u->edits, v->literal->start, v->literal->start + 1,
                     array ? arena_printf(a, "(*(__typeof__(acc__f->%s) *)__builtin_memcpy(&acc__f->%s, (", field, field)
                           : arena_printf(a, "(*(acc__f->%s = (", field));
        edit_replace(a, &u->edits, v->literal->end - 1, v->literal->end,
                     array ? arena_printf(a, "}, sizeof acc__f->%s))", field) : arena_printf(a, "}, &acc__f->%s))", field));
    }
    for (size_t i = 0; i < f->refs.len; i++) {
        Var *v = f->refs.data[i].var;
        if (v->place != PLACE_RESIDENT || !v->field) continue;
        size_t at = f->refs.data[i].offset;
        if (v->vla) {
            edit_replace(a, &u->edits, at, at + strlen(v->name), arena_printf(a, "(*(%s)acc__f->%s)", v->vla, v->field));
            continue;
        }
        edit_replace(a, &u->edits, at, at + strlen(v->name),
                     v->raw ? arena_printf(a, "(*%s)", v->name) : arena_printf(a, "acc__f->%s", v->field));
    }
}

static int by_order(const void *pa, const void *pb) {
    const Await *const *a = pa, *const *b = pb;
    return ((*a)->order > (*b)->order) - ((*a)->order < (*b)->order);
}

/* At each await, what of the saved variables it keeps. Where awaits are many, that goes by the order of the code alone. */
static void keep(Arena *a, Func *f, bool many) {
    size_t count = f->awaits.len;
    Await **order = NEW_ARRAY(a, Await *, count);
    if (count) memcpy(order, f->awaits.data, count * sizeof *order);
    if (count) qsort(order, count, sizeof *order, by_order);
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        if (v->place != PLACE_SAVED || !v->field || (many && !v->temp)) continue;
        size_t lo = 0, hi = many ? count : 0; /* the first behind where it is assigned */
        while (lo < hi) {
            size_t mid = lo + (hi - lo) / 2;
            if (order[mid]->order <= v->first) lo = mid + 1;
            else hi = mid;
        }
        for (size_t k = lo; k < count; k++) {
            Await *w = order[k];
            if (many && w->order > v->last) break;
            if (many ? w->kind != AWAIT_THROW && w->result != v : bitset_has(&w->live, i)) vec_push(a, &w->kept, v);
        }
    }
}

void flow(Arena *a, Unit *u) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        bool many = f->awaits.len > MANY_AWAITS;
        Graph *g = many ? NULL : cfg_build(a, u, f);
        if (many) live_order(a, u, f);
        else live_solve(a, f, g);
        across(a, u, f, g);
        place(a, u, f, many);
        frame_layout(a, u, f);
        keep(a, f, many);
    }
    frame_sizes(u);
    edits_sort(&u->edits);
}
