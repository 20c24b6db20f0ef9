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
        if (!ir_suspends(w)) continue;
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

/* How a resident variable is mentioned. */
const char *frame_place(Arena *a, const Var *v) {
    if (v->type_name) return arena_printf(a, "__typeof__(%s)", v->vla);
    if (v->vla) return arena_printf(a, "(*(%s)%sacc__f->%s)", v->vla_to, v->heap ? "" : "(void *)", v->field);
    if (v->raw) return arena_printf(a, "(*(__typeof__(%s%s))(void *)acc__f->%s)", v->param ? "&" : "", v->name, v->field);
    return arena_printf(a, "acc__f->%s", v->field);
}

/* A piece of the source in which the resident variables are mentioned as they must be. */
static void piece(Arena *a, Unit *u, Func *f, StrBuf *to, size_t start, size_t end) {
    const char *text = u->source->text;
    size_t i, last;
    ir_refs(f, start, end, &i, &last);
    for (size_t at = start; at < end;) {
        while (i < last && (f->refs.data[i].offset < at || !f->refs.data[i].var->field)) i++;
        if (i < last && f->refs.data[i].offset == at && f->refs.data[i].var->place == PLACE_RESIDENT) {
            sb_add(to, frame_place(a, f->refs.data[i].var));
            at += strlen(f->refs.data[i].var->name);
        } else sb_addc(to, text[at++]);
    }
}

/* The type of v, with `inner` for its name, and its sizes in the frame. skip: of a parameter, what stands for a pointer. */
static const char *variable_declarator(Arena *a, Unit *u, Func *f, Var *v, Node *top, const char *specs, const char *inner) {
    StrBuf b = {0};
    sb_printf(&b, "%s ", specs);
    size_t name_end = v->declared->end, at;
    Node *array = v->declared->parent;
    if (v->param && array->kind == N_array_declarator && v->declared != top) { /* a pointer to its elements */
        inner = arena_printf(a, "(*%s)", inner);
        name_end = array->end;
    }
    piece(a, u, f, &b, top->start, v->declared->start);
    sb_add(&b, inner);
    at = name_end;
    int n = 0;
    for (Node *x = v->declared; x != top; x = x->parent) {
        Node *size = x->parent->kind == N_array_declarator ? node_field(x->parent, F_size) : NULL;
        if (!size) continue;
        n++;
        if (size->end <= name_end) continue;
        for (uint32_t i = 0; i < x->parent->count; i++) /* [static const n] */
            if (x->parent->children[i]->start >= at && node_is(u->source, x->parent->children[i], "["))
                piece(a, u, f, &b, at, x->parent->children[i]->end);
        sb_printf(&b, "acc__f->%s_size_%d", v->field, n);
        at = size->end;
    }
    piece(a, u, f, &b, at, top->end);
    char *text = view_one_line(a, b.data);
    sb_free(&b);
    v->dimensions = n;
    return text;
}

/* A type of variable size is one of C's for a moment only, where it is mentioned, its sizes being fields of the frame; so no
 * jump of the generated function enters the scope of such a type. An array lies in memory of its own, and the frame holds
 * where; anything else, a pointer to an array, is bytes of the frame. What the specifiers name may be hidden where the variable
 * is mentioned; so they declare something, of which they are the type. */
static void variable_type(Arena *a, Unit *u, Func *f, Var *v, Map *names) {
    Node *top = v->declared, *d;
    while (top->as != F_declarator || top->parent->kind == N_init_declarator || strstr(top->parent->name, "_declarator"))
        top = top->parent;
    d = top->parent;
    if (top->kind == N_init_declarator) top = node_field(top, F_declarator);
    v->field = unique(a, names, v->name);
    v->heap = v->type->kind == TY_VLA && !v->type_name;
    StrBuf b = {0};
    bool variable = v->param, named = false;
    for (uint32_t i = 0; i < d->count && d->children[i] != top && d->children[i]->as != F_declarator; i++) {
        Node *c = d->children[i];
        size_t first, last;
        ir_refs(f, c->start, c->end, &first, &last);
        variable |= last > first;
        named |= c->as == F_type && c->kind != N_primitive_type && c->kind != N_sized_type_specifier;
        if (c->kind != N_type_qualifier && c->as != F_type) continue;
        if (b.len) sb_addc(&b, ' ');
        piece(a, u, f, &b, c->start, c->end);
    }
    const char *specs = arena_strndup(a, b.data ? b.data : "", b.len);
    sb_free(&b);
    if (!variable && named) {
        v->specs = arena_printf(a, "acc__specs_%d", v->id);
        specs = v->type_name ? v->specs : arena_printf(a, "__typeof__(*%s)", v->specs);
    }
    v->vla = variable_declarator(a, u, f, v, top, specs, "");
    v->vla_to = variable_declarator(a, u, f, v, top, specs, "(*)");
}

void frame_layout(Arena *a, Unit *u, Func *f) {
    Map *names = map_new(a), *shared = map_new(a);
    bool many = f->many;
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        bool result = v->result && v->place == PLACE_LOCAL;
        if (v->place == PLACE_LOCAL && !result && !v->param) continue;
        if (v->type && v->type->variable && v->place == PLACE_RESIDENT && v->declared) {
            variable_type(a, u, f, v, names);
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
        if (v->raw) { /* the type may be defined in it, and must be so once */
            edit_replace(a, &u->edits, v->literal->start, v->literal->start + 1,
                         arena_printf(a, "(*({ __auto_type acc__literal_%d = &(", v->id));
            edit_replace(a, &u->edits, v->literal->end - 1, v->literal->end,
                         arena_printf(a,
                                      "}; __builtin_memcpy((void *)acc__f->%s, (const void *)acc__literal_%d, "
                                      "sizeof *acc__literal_%d); (__typeof__(acc__literal_%d))(void *)acc__f->%s; }))",
                                      field, v->id, v->id, v->id, field));
            continue;
        }
        edit_replace(
            a, &u->edits, v->literal->start, v->literal->start + 1,
            array ? arena_printf(a, "(*(__typeof__(acc__f->%s) *)__builtin_memcpy((void *)&acc__f->%s, (const void *)(",
                                 field, field)
                  : arena_printf(a, "(*(acc__f->%s = (", field));
        edit_replace(a, &u->edits, v->literal->end - 1, v->literal->end,
                     array ? arena_printf(a, "}, sizeof acc__f->%s))", field) : arena_printf(a, "}, &acc__f->%s))", field));
    }
    for (size_t i = 0; i < f->refs.len; i++) {
        Var *v = f->refs.data[i].var;
        if (v->place != PLACE_RESIDENT || !v->field) continue;
        size_t at = f->refs.data[i].offset;
        edit_replace(a, &u->edits, at, at + strlen(v->name), frame_place(a, v));
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
            if (many ? ir_suspends(w) && w->result != v : bitset_has(&w->live, i)) vec_push(a, &w->kept, v);
        }
    }
}

void flow(Arena *a, Unit *u, size_t many) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        if (f->ordinary) continue; /* never suspended */
        f->many = f->awaits.len > many;
        Graph *g = f->many ? NULL : cfg_build(a, u, f);
        if (f->many) live_order(a, u, f);
        else live_solve(a, f, g);
        across(a, u, f, g);
        place(a, u, f);
        frame_layout(a, u, f);
        keep(a, f, f->many);
    }
    frame_sizes(u);
    u->aliased = bitset_new(a, u->sema->aliases.len + 1);
    edits_sort(&u->edits);
}
