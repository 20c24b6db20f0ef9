/* frame.c: what the frame holds.
 *
 *     acc_frame acc__head                     24 bytes: function, parent, result's place, state
 *     resident variables                      from the start of the call, or as long as their block is executed:
 *     union {
 *         struct { a block's, and a union of those of the blocks in it }
 *         struct { another block's }
 *     }
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
 * leaves: Func.frame, each variable's field; what each await keeps; edits that turn the name of a resident variable into its
 * place in the frame
 *
 * Two saved variables may share a place when no suspension finds both alive, or stores the one while it keeps the other: a
 * field, where they are temporaries of one type, else a union. */
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

/* A place for saved variables, one at a time; and from where to where in the order of the code it is needed. */
typedef struct Slot {
    VEC(Var *) users;
    VEC(Var *) fields; /* those of them that have a field of their own */
    long long size;
    int first, last;
} Slot;

typedef struct Label {
    size_t at, from; /* where a jump to it comes from: anywhere behind that place */
} Label;

typedef struct Layout {
    Arena *a;
    Func *f;
    Map *names;         /* of fields */
    VEC(Var *) lasting; /* for the whole call; */
    VEC(Var *) scoped;  /* as long as their block is executed; */
    VEC(Var *) params;  /* from a cold start on; */
    VEC(Var *) early;   /* until the body begins; */
    VEC(Slot *) late;   /* from a suspension to its resumption; */
    VEC(Var *) results; /* results of awaits, one at a time */
    VEC(Label) labels;  /* of the function, in its order */
} Layout;

static void find_labels(Layout *l, const Node *n, size_t from) {
    if (n->kind == N_switch_statement) from = n->start;
    if (n->kind == N_labeled_statement) vec_push(l->a, &l->labels, ((Label){n->start, 0}));
    if (n->kind == N_case_statement) vec_push(l->a, &l->labels, ((Label){n->start, from}));
    for (uint32_t i = 0; i < n->count; i++) find_labels(l, n->children[i], from);
}

/* May a jump lead past its declaration into its scope? */
static bool jumped_past(const Layout *l, const Var *v) {
    size_t lo = 0, hi = l->labels.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->labels.data[mid].at <= v->at) lo = mid + 1;
        else hi = mid;
    }
    for (; v->at != NOWHERE && lo < l->labels.len && l->labels.data[lo].at < v->scope_end; lo++)
        if (l->labels.data[lo].from < v->scope_start) return true;
    return false;
}

/* The name of a field that serves temporaries of v's type already. */
static const char *field_of_type(const Slot *s, const Var *v) {
    for (size_t i = 0; v->temp && i < s->fields.len; i++)
        if (s->fields.data[i]->temp && same_type(s->fields.data[i], v)) return s->fields.data[i]->field;
    return NULL;
}

static bool slot_free(const Func *f, const Slot *s, const Var *v) {
    if (f->many && (v->first > s->last || v->last < s->first)) return true;
    for (size_t i = s->users.len; i-- > 0;) /* the last one is in its way most often */
        if (interfere(f, s->users.data[i], v, f->many)) return false;
    return true;
}

static long long difference(const Slot *s, const Var *v) { return llabs(s->size - v->type->size); }

/* A place for a saved variable: one that others have, of whom none is in its way, best one of its size; else a new one. */
static void share(Layout *l, Var *v) {
    enum { TRIES = 64 };
    Slot *best = NULL;
    int tries = 0;
    for (size_t i = l->late.len; i-- > 0 && tries < TRIES;) {
        Slot *s = l->late.data[i];
        if (l->f->many && !field_of_type(s, v)) continue;
        tries++;
        if ((!best || difference(s, v) < difference(best, v)) && slot_free(l->f, s, v)) best = s;
        if (best == s && !difference(s, v)) break;
    }
    if (!best) {
        best = NEW(l->a, Slot);
        *best = (Slot){.size = v->type->size, .first = v->first, .last = v->last};
        vec_push(l->a, &l->late, best);
    }
    v->field = field_of_type(best, v);
    if (!v->field) {
        v->field = unique(l->a, l->names, v->name);
        vec_push(l->a, &best->fields, v);
    }
    vec_push(l->a, &best->users, v);
    if (v->type->size > best->size) best->size = v->type->size;
    if (v->first < best->first) best->first = v->first;
    if (v->last > best->last) best->last = v->last;
}

static void result_field(Layout *l, Var *v) {
    for (size_t i = 0; i < l->results.len; i++)
        if (same_type(l->results.data[i], v)) {
            v->field = l->results.data[i]->field;
            return;
        }
    v->field = unique(l->a, l->names, arena_printf(l->a, "acc__result_%zu", l->results.len + 1));
    vec_push(l->a, &l->results, v);
}

/* ---- the frame's structure ---- */

static FramePart *part(Layout *l, FramePart *in, int kind) {
    FramePart *p = NEW(l->a, FramePart);
    p->kind = kind;
    if (in) vec_push(l->a, &in->parts, p);
    return p;
}

static void parts(Layout *l, FramePart *in, Var *const *list, size_t n) {
    for (size_t i = 0; i < n; i++) part(l, in, PART_FIELD)->var = list[i];
}

static int by_scope(const void *pa, const void *pb) {
    const Var *a = *(Var *const *)pa, *b = *(Var *const *)pb;
    if (a->scope_start != b->scope_start) return a->scope_start < b->scope_start ? -1 : 1;
    if (a->scope_end != b->scope_end) return a->scope_end > b->scope_end ? -1 : 1;
    return a->id - b->id;
}

/* The variables of a scope, in the order of their own scopes: first those of the whole, then those of the scopes in it. Of two
 * scopes side by side one is left before the other is entered, so their variables share one place. */
static void blocks(Layout *l, FramePart *in, Var *const *list, size_t n, size_t start, size_t end) {
    size_t own = 0;
    while (own < n && list[own]->scope_start == start && list[own]->scope_end == end) own++;
    for (size_t i = own; i < n; i++)
        if (list[i]->scope_end > end) own = n; /* none that is nested in others */
    parts(l, in, list, own);
    FramePart *all = NULL;
    for (size_t first = own, behind; first < n; first = behind) {
        size_t from = list[first]->scope_start, to = list[first]->scope_end;
        behind = first + 1;
        while (behind < n && list[behind]->scope_start < to) behind++;
        if (!all && behind < n) {
            all = part(l, in, PART_UNION);
            all->blocks = true;
        }
        for (size_t i = first; i < behind; i++) list[i]->shares = all != NULL;
        bool several = all && behind - first > 1;
        blocks(l, several ? part(l, all, PART_STRUCT) : all ? all : in, list + first, behind - first, from, to);
    }
}

static FramePart *structure(Layout *l) {
    FramePart *frame = part(l, NULL, PART_STRUCT), *copies = frame, *late;
    parts(l, frame, l->lasting.data, l->lasting.len);
    if (l->scoped.len) qsort(l->scoped.data, l->scoped.len, sizeof *l->scoped.data, by_scope);
    blocks(l, frame, l->scoped.data, l->scoped.len, l->f->body_start, l->f->body_end);
    parts(l, frame, l->params.data, l->params.len);
    bool apart = false; /* a debugger knows by it what is a copy, not the local itself */
    for (size_t i = 0; i < l->late.len; i++)
        for (size_t k = 0; k < l->late.data[i]->fields.len; k++) apart |= l->late.data[i]->fields.data[k]->raw;
    for (size_t i = 0; i < l->early.len; i++) apart |= l->early.data[i]->raw;
    bool both = l->early.len && (l->late.len || l->results.len);
    if (both) copies = part(l, frame, PART_UNION);
    else if (apart) copies = part(l, frame, PART_STRUCT);
    parts(l, both ? part(l, copies, PART_STRUCT) : copies, l->early.data, l->early.len);
    late = both ? part(l, copies, PART_STRUCT) : copies;
    for (size_t i = 0; i < l->late.len; i++) {
        const Slot *s = l->late.data[i];
        parts(l, s->fields.len > 1 ? part(l, late, PART_UNION) : late, s->fields.data, s->fields.len);
    }
    parts(l, l->results.len > 1 ? part(l, late, PART_UNION) : late, l->results.data, l->results.len);
    return frame;
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
        if ((c->kind != N_type_qualifier && c->as != F_type) || node_child(c, N_alignas_qualifier)) continue;
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
    Layout l = {.a = a, .f = f, .names = map_new(a)};
    Map *names = l.names;
    find_labels(&l, f->node, 0);
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        bool result = v->result && v->place == PLACE_LOCAL;
        if (v->place == PLACE_LOCAL && !result && !v->param) continue;
        if (v->type && v->type->variable && v->place == PLACE_RESIDENT && v->declared) {
            variable_type(a, u, f, v, names);
            if (v->heap || jumped_past(&l, v)) vec_push(a, &l.lasting, v); /* its memory goes with the call */
            else vec_push(a, &l.scoped, v);
            continue;
        }
        v->raw = v->type && (!v->type->before || v->type->flexible);
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
        if (result) result_field(&l, v);
        else if (v->place == PLACE_SAVED && !v->param) share(&l, v);
        else {
            v->field = unique(a, names, v->name);
            if (v->place == PLACE_LOCAL) vec_push(a, &l.early, v);
            else if (v->outcome || v->holds || (v->place == PLACE_RESIDENT && jumped_past(&l, v)))
                vec_push(a, &l.lasting, v);
            else if (v->place == PLACE_RESIDENT) vec_push(a, &l.scoped, v);
            else vec_push(a, &l.params, v);
        }
    }
    f->frame = structure(&l);
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

static const Var *var_at(const Func *f, size_t at) {
    for (size_t i = 0; i < f->vars.len; i++)
        if (f->vars.data[i]->at == at) return f->vars.data[i];
    return NULL;
}

/* Warnings about variables that the C compiler will see are left to it. */
static void said(Unit *u, const Func *f) {
    for (size_t i = 0; i < u->sema->unsaid.len; i++) {
        const Unsaid *x = &u->sema->unsaid.data[i];
        if (x->at < f->node->start || x->at >= f->node->end) continue;
        const Var *v = var_at(f, x->at), *other = var_at(f, x->other);
        bool hides = x->other != x->at;
        bool unseen = (v && v->place == PLACE_RESIDENT && !(hides && v->raw)) ||
                      (hides && other && other->place == PLACE_RESIDENT && !other->raw && !other->param) ||
                      (!hides && v && ((v->place == PLACE_SAVED && v->field) || v->guarded)); /* generated code uses it */
        if (!unseen) diag_leave(u->diags, x->diag);
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
        said(u, f);
    }
    frame_sizes(u);
    u->aliased = bitset_new(a, u->sema->aliases.len + 1);
    edits_sort(&u->edits);
}
