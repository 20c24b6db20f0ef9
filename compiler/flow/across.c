/* across.c: what must not last across an await, but does: a block of alloca's, a thread's lock; and the other way round a local
 * whose address a task has that nobody waits for.
 *
 * needs: the control-flow graph of a lowered function; leaves: diagnostics
 *
 * Each question is asked of one call at a time, and is a walk over the graph from the point where it stands. Few functions hold
 * such a call. */
#include "flow.h"

typedef struct Across {
    Arena *a;
    Unit *u;
    Func *f;
    Graph *g;
    VEC(const Node *) allocas, locks, tasks;
    VEC(size_t) waits; /* where the task at hand is waited for */
    VEC(size_t) given; /* awaits whose coroutine has the block at hand among its arguments */
} Across;

static const Node *callee(const Node *call) {
    Node *n = call->kind == N_call_expression ? node_field(call, F_function) : NULL;
    if (n) n = node_stripped(n);
    return n && n->kind == N_identifier ? n : NULL;
}

static bool among(const Source *s, const Node *name, const char *const *list) {
    for (; *list; list++)
        if (node_is(s, name, *list)) return true;
    return false;
}

static const char *const locking[] = {"pthread_mutex_lock",    "pthread_mutex_timedlock",
                                      "pthread_rwlock_rdlock", "pthread_rwlock_wrlock",
                                      "pthread_spin_lock",     "mtx_lock",
                                      "mtx_timedlock",         NULL};
static const char *const unlocking[] = {"pthread_mutex_unlock", "pthread_rwlock_unlock", "pthread_spin_unlock", "mtx_unlock",
                                        NULL};
static const char *const allocating[] = {"alloca", "__builtin_alloca", "__builtin_alloca_with_align", NULL};
/* What asks, names, cancels or lets a task go does not wait for it. */
static const char *const not_waiting[] = {
    "acc_done",     "acc_cancelled", "acc_cancel",     "acc_cancel_msg", "acc_uncancel",          "acc_cancelling",
    "acc_set_name", "acc_get_name",  "acc_task_error", "acc_detach",     "acc_add_done_callback", NULL};

static bool unevaluated(const Node *n) { return n->kind == N_sizeof_expression || n->kind == N_typeof_specifier; }

static void collect(Across *x, const Node *n) {
    if (unevaluated(n) || n->kind == N_function_definition) return;
    const Node *name = callee(n);
    if (name && among(x->u->source, name, allocating)) vec_push(x->a, &x->allocas, n);
    if (name && among(x->u->source, name, locking)) vec_push(x->a, &x->locks, n);
    if (name && ir_escaping(x->u, n)) vec_push(x->a, &x->tasks, n);
    for (uint32_t i = 0; i < n->count; i++) collect(x, n->children[i]);
}

/* ---- points and places ---- */

static bool holds(const Point *p, size_t offset) {
    for (size_t i = 0; i < p->codes.len; i++)
        for (const Code *c = p->codes.data[i]; c; c = c->next)
            if (c->kind == CODE_SPAN && offset >= c->start && offset < c->end) return true;
    const Stmt *s = p->stmt;
    return s && s->kind == S_OTHER && !p->codes.len && offset >= s->start && offset < s->end;
}

static int point_of(const Graph *g, size_t offset) {
    for (size_t i = 0; i < g->points.len; i++)
        if (holds(&g->points.data[i], offset)) return (int)i;
    return -1;
}

static const Await *await_at(const Point *p) {
    const Await *w = p->stmt && p->stmt->kind == S_AWAIT ? p->stmt->await : NULL;
    return w && ir_suspends(w) ? w : NULL;
}

static Place place_at(Across *x, size_t offset) { return sema_place(x->u->source, offset); }

/* Of two awaits the one that a person would name: the first behind the call. */
static bool nearer(size_t at, size_t than, size_t call) {
    if (than == NOWHERE) return true;
    if ((at > call) != (than > call)) return at > call;
    return at < than;
}

/* ---- walks ---- */

typedef bool (*StopFn)(Across *x, const Point *p, const void *arg);

/* Which points can be reached from behind `from` without passing one where stop is true. */
static BitSet reach(Across *x, int from, StopFn stop, const void *arg) {
    BitSet seen = bitset_new(x->a, x->g->points.len);
    VEC(int) work = {0};
    vec_push(x->a, &work, from);
    while (work.len) {
        const Point *p = &x->g->points.data[work.data[--work.len]];
        for (size_t i = 0; i < p->succs.len; i++) {
            int to = p->succs.data[i];
            if (bitset_has(&seen, (size_t)to)) continue;
            bitset_add(&seen, (size_t)to);
            if (!stop(x, &x->g->points.data[to], arg)) vec_push(x->a, &work, to);
        }
    }
    return seen;
}

/* ---- locks ---- */

static const Node *first_argument(const Node *call) {
    const Node *args = node_field(call, F_arguments);
    return args ? node_inner(args) : NULL;
}

static bool same_text(const Source *s, const Node *a, const Node *b) {
    size_t i = a->start, k = b->start;
    while (i < a->end && k < b->end) {
        if (s->text[i] == ' ' || s->text[i] == '\n') i++;
        else if (s->text[k] == ' ' || s->text[k] == '\n') k++;
        else if (s->text[i++] != s->text[k++]) return false;
    }
    return i == a->end && k == b->end;
}

typedef struct Unlocks {
    const Node *lock;
    VEC(const Node *) calls; /* that unlock the same */
} Unlocks;

static void find_unlocks(Across *x, const Node *n, Unlocks *to) {
    const Node *name = callee(n), *arg = name && among(x->u->source, name, unlocking) ? first_argument(n) : NULL;
    if (arg && same_text(x->u->source, arg, first_argument(to->lock))) vec_push(x->a, &to->calls, n);
    for (uint32_t i = 0; i < n->count; i++) find_unlocks(x, n->children[i], to);
}

static bool unlocks(Across *x, const Point *p, const void *arg) {
    const Unlocks *all = arg;
    (void)x;
    for (size_t i = 0; i < all->calls.len; i++)
        if (holds(p, all->calls.data[i]->start)) return true;
    return false;
}

static void lock(Across *x, const Node *call) {
    int at = point_of(x->g, call->start);
    const Node *arg = first_argument(call);
    if (at < 0 || !arg) return;
    Unlocks all = {.lock = call};
    find_unlocks(x, x->f->node, &all);
    BitSet seen = reach(x, at, unlocks, &all);
    size_t found = NOWHERE;
    for (size_t i = 0; i < x->g->points.len; i++) {
        const Await *w = bitset_has(&seen, i) ? await_at(&x->g->points.data[i]) : NULL;
        if (w && nearer(w->at, found, call->start)) found = w->at;
    }
    if (found == NOWHERE) return;
    Diag *d = diag_add(x->u->diags, DIAG_WARNING, 27, "lock-across-await", place_at(x, callee(call)->start),
                       "'%.*s' stays locked across an 'await': a task that wants it too blocks the whole thread",
                       (int)(arg->end - arg->start), x->u->source->text + arg->start);
    diag_note(x->u->diags, d, place_at(x, found), "it is suspended here; an acc_lock may be held across an 'await'");
}

/* ---- tasks ---- */

/* Where the value of an expression goes. */
typedef enum Goes { NOWHERE_SEEN, DROPPED, RETURNED, INTO } Goes;

/* The variable, local or not, whose storage a place belongs to, or through which it is found. */
static Decl *rooted(Unit *u, const Node *place) {
    for (const Node *n = place; n;) {
        n = node_stripped((Node *)n);
        if (n->kind == N_identifier) return sema_ref(u->sema, n->start);
        n = n->kind == N_field_expression || n->kind == N_subscript_expression || n->kind == N_pointer_expression
                ? node_field(n, F_argument)
                : NULL;
    }
    return NULL;
}

static Goes handle_goes(Unit *u, const Node *call, Decl **into) {
    const Node *c = call, *p = call->parent;
    while (p && (p->kind == N_parenthesized_expression || p->kind == N_cast_expression || p->kind == N_comma_expression))
        c = p, p = p->parent;
    if (!p) return NOWHERE_SEEN;
    switch (p->kind) {
        case N_expression_statement: return DROPPED;
        case N_return_statement: return RETURNED;
        case N_argument_list: {
            const Node *name = callee(p->parent);
            return name && node_is(u->source, name, "acc_detach") ? DROPPED : NOWHERE_SEEN;
        }
        case N_init_declarator: {
            Node *name = declared_name(node_field(p, F_declarator));
            *into = name ? sema_decl(u->sema, name->start) : NULL;
            return *into ? INTO : NOWHERE_SEEN;
        }
        case N_assignment_expression:
            if (c->as != F_right) return NOWHERE_SEEN;
            *into = rooted(u, node_field(p, F_left));
            return *into ? INTO : NOWHERE_SEEN;
        case N_initializer_list:
            for (; p && p->kind != N_init_declarator; p = p->parent)
                if (p->kind == N_compound_literal_expression || p->kind == N_compound_statement) return NOWHERE_SEEN;
            if (!p) return NOWHERE_SEEN;
            *into = sema_decl(u->sema, declared_name(node_field(p, F_declarator))->start);
            return *into ? INTO : NOWHERE_SEEN;
        default: return NOWHERE_SEEN;
    }
}

/* Where the handle in `d` is used otherwise than to be stored there, asked, named or let go. */
static void find_waits(Across *x, const Node *n, const Decl *d) {
    if (n->kind == N_identifier && sema_ref(x->u->sema, n->start) == d) {
        const Node *c = n, *p = n->parent;
        while (p &&
               (p->kind == N_parenthesized_expression || p->kind == N_subscript_expression || p->kind == N_field_expression))
            c = p, p = p->parent;
        if (!p || p->kind == N_return_statement || p->kind == N_expression_statement) return;
        if (p->kind == N_assignment_expression && c->as == F_left) return;
        const Node *name = p->kind == N_argument_list ? callee(p->parent) : NULL;
        if (name && among(x->u->source, name, not_waiting)) return;
        vec_push(x->a, &x->waits, n->start);
    }
    for (uint32_t i = 0; i < n->count; i++) find_waits(x, n->children[i], d);
}

static const Node *await_node(const Node *n, size_t at) {
    while (n) {
        if (n->start == at && n->kind == N_await_expression) return n;
        const Node *next = NULL;
        for (uint32_t i = 0; i < n->count && !next; i++)
            if (at >= n->children[i]->start && at < n->children[i]->end) next = n->children[i];
        n = next;
    }
    return NULL;
}

static bool waits(Across *x, const Point *p, const void *arg) {
    (void)arg;
    const Await *w = await_at(p);
    const Node *n = w ? await_node(x->f->node, w->at) : NULL;
    for (size_t i = 0; i < x->waits.len; i++)
        if (holds(p, x->waits.data[i]) || (n && x->waits.data[i] >= n->start && x->waits.data[i] < n->end)) return true;
    return false;
}

static void task(Across *x, const Node *call) {
    Decl *into = NULL;
    Goes goes = handle_goes(x->u, call, &into);
    if (goes == NOWHERE_SEEN) return;
    const Node *address = ir_escaping(x->u, call);
    int at = point_of(x->g, address->start);
    if (at < 0) return;
    x->waits.len = 0;
    if (goes == INTO) find_waits(x, x->f->node, into);
    BitSet seen = reach(x, at, waits, NULL);
    if (bitset_has(&seen, (size_t)x->g->exit)) ir_warn_escaping(x->u, address, call);
}

/* ---- alloca ---- */

/* Does the value of n become (part of) the value of p, its parent? */
static bool passes(Across *x, const Node *p, const Node *n) {
    switch (p->kind) {
        case N_parenthesized_expression:
        case N_cast_expression:
        case N_initializer_list:
        case N_initializer_pair:
        case N_compound_literal_expression:
        case N_extension_expression: return true;
        case N_comma_expression: return n->as == F_right;
        case N_conditional_expression: return n->as != F_condition;
        case N_assignment_expression: return n->as == F_right;
        case N_update_expression: return true;
        case N_binary_expression: {
            Type *t = sema_inner_type(x->u->sema, p);
            return t && t->kind == TY_POINTER;
        }
        case N_field_expression: /* a pointer in a local structure, but not what a pointer leads to */
            return node_is(x->u->source, node_field(p, F_operator), ".");
        case N_subscript_expression: {
            Type *t = n->as == F_argument ? sema_inner_type(x->u->sema, node_stripped((Node *)n)) : NULL;
            return t && t->kind == TY_ARRAY;
        }
        case N_pointer_expression: { /* &p[1], not *p */
            const Node *operand = node_stripped((Node *)n);
            return node_is(x->u->source, node_field(p, F_operator), "&") && operand->kind == N_subscript_expression;
        }
        case N_argument_list: { /* memcpy(p, ...) gives p back */
            Type *t = sema_inner_type(x->u->sema, p->parent);
            return t && (t->kind == TY_POINTER || t->handle != H_NONE);
        }
        case N_call_expression: return n->as == F_arguments;
        case N_statement_expression: return true;
        case N_compound_statement: return p->parent && p->parent->kind == N_statement_expression;
        case N_expression_statement: {
            const Node *block = p->parent;
            return block && block->parent && block->parent->kind == N_statement_expression && block->count > 1 &&
                   block->children[block->count - 2] == p;
        }
        default: return false;
    }
}

typedef struct Held {
    BitSet vars;
    bool elsewhere; /* where no variable of the function says so */
} Held;

static Var *var_of(Across *x, const Node *place) {
    Decl *d = rooted(x->u, place);
    return d ? map_get_u64(x->f->var_of, (uint64_t)(uintptr_t)d) : NULL;
}

/* Follows the value of n, which is (part of) the block's address, through the span that it stands in. */
static void follow(Across *x, const Point *point, const Node *n, size_t start, size_t end, Held *to) {
    for (const Node *p = n->parent; p; n = p, p = p->parent) {
        if (p->kind == N_subscript_expression && n->as == F_argument && p->parent &&
            p->parent->kind == N_pointer_expression) {
            n = p, p = p->parent;
            if (!node_is(x->u->source, node_field(p, F_operator), "&")) return;
        } else if (p->kind == N_init_declarator) {
            Node *name = declared_name(node_field(p, F_declarator));
            Var *v = name ? map_get_u64(x->f->var_of, (uint64_t)(uintptr_t)sema_decl(x->u->sema, name->start)) : NULL;
            if (v) bitset_add(&to->vars, (size_t)v->id);
            else to->elsewhere = true;
            return;
        } else if (p->kind == N_assignment_expression && n->as == F_right) {
            const Node *left = node_stripped(node_field(p, F_left));
            Var *v = var_of(x, left);
            bool through = left->kind == N_pointer_expression ||
                           (left->kind == N_field_expression && !node_is(x->u->source, node_field(left, F_operator), "."));
            if (v && !through) bitset_add(&to->vars, (size_t)v->id);
            else to->elsewhere = true;
        }
        if (p->kind == N_call_expression && n->as == F_arguments) {
            const CallInfo *call = sema_call(x->u->sema, p);
            if (call && call->async) { /* a coroutine keeps it; where that is awaited at once the await's point says so */
                const Node *up = p->parent;
                while (up && up->kind == N_parenthesized_expression) up = up->parent;
                if (up && up->kind == N_await_expression) vec_push(x->a, &x->given, up->start);
                else to->elsewhere = true;
                return;
            }
        }
        if (!passes(x, p, n)) return;
        if (p->start < start || p->end > end) { /* its piece of the code: a temporary's value */
            bool value = !(point->stmt && point->stmt->kind == S_AWAIT);
            for (size_t i = 0; value && i < point->kills.len; i++)
                if (point->kills.data[i]->temp) bitset_add(&to->vars, (size_t)point->kills.data[i]->id);
        }
    }
}

static const Node *identifier_at(const Node *n, size_t at) {
    while (n && !(n->kind == N_identifier && n->start == at)) {
        const Node *next = NULL;
        for (uint32_t i = 0; i < n->count && !next; i++)
            if (at >= n->children[i]->start && at < n->children[i]->end) next = n->children[i];
        n = next;
    }
    return n;
}

static bool killed(const Point *p, const Var *v) {
    for (size_t i = 0; i < p->kills.len; i++)
        if (p->kills.data[i] == v) return true;
    return false;
}

/* What holds the block behind a point, by what does before it. */
static void transfer(Across *x, const Point *p, const Node *call, const Held *in, Held *out) {
    BitSet before = bitset_new(x->a, x->f->vars.len); /* ({ ... }) has variables of its own: once more, with those */
again:
    bitset_copy(&before, &out->vars);
    for (size_t i = 0; i < p->codes.len; i++)
        for (const Code *c = p->codes.data[i]; c; c = c->next) {
            if (c->kind == CODE_VAR && bitset_has(&in->vars, (size_t)c->var->id))
                for (size_t k = 0; !await_at(p) && k < p->kills.len; k++)
                    if (p->kills.data[k] != c->var) bitset_add(&out->vars, (size_t)p->kills.data[k]->id);
            if (c->kind != CODE_SPAN) continue;
            if (call->start >= c->start && call->start < c->end) follow(x, p, call, c->start, c->end, out);
            size_t first, last;
            ir_refs(x->f, c->start, c->end, &first, &last);
            for (size_t k = first; k < last; k++) {
                const VarRef *r = &x->f->refs.data[k];
                bool own = bitset_has(&out->vars, (size_t)r->var->id) && /* ({ ... })'s, or int *p = ..., *q = p; */
                           (killed(p, r->var) || (r->var->scope_start >= c->start && r->var->scope_end <= c->end));
                if (r->store || !(own || bitset_has(&in->vars, (size_t)r->var->id))) continue;
                const Node *name = identifier_at(x->f->node, r->offset);
                if (name) follow(x, p, name, c->start, c->end, out);
            }
        }
    if (bitset_or(&before, &out->vars)) goto again;
    out->elsewhere |= in->elsewhere;
    BitSet kept = bitset_new(x->a, x->f->vars.len);
    bitset_copy(&kept, &in->vars);
    for (size_t i = 0; i < p->kills.len; i++) bitset_del(&kept, (size_t)p->kills.data[i]->id);
    bitset_or(&out->vars, &kept);
}

static bool uses(const Point *p, const Var *v) {
    for (size_t i = 0; i < p->uses.len; i++)
        if (p->uses.data[i] == v) return true;
    return false;
}

static bool ends(Across *x, const Point *p, const void *arg) {
    (void)x;
    return killed(p, arg) || uses(p, arg);
}

/* Is v read behind the point before it is assigned? */
static bool read_behind(Across *x, int point, const Var *v) {
    BitSet seen = reach(x, point, ends, v);
    for (size_t i = 0; i < x->g->points.len; i++)
        if (bitset_has(&seen, i) && uses(&x->g->points.data[i], v)) return true;
    return false;
}

static void block(Across *x, const Node *call) {
    int at = point_of(x->g, call->start);
    if (at < 0) return;
    size_t n = x->g->points.len;
    Held *held = NEW_ARRAY(x->a, Held, n); /* before each point */
    for (size_t i = 0; i < n; i++) held[i].vars = bitset_new(x->a, x->f->vars.len);
    VEC(int) work = {0};
    vec_push(x->a, &work, at);
    x->given.len = 0;
    while (work.len) {
        int p = work.data[--work.len];
        Held out = {.vars = bitset_new(x->a, x->f->vars.len)};
        transfer(x, &x->g->points.data[p], call, &held[p], &out);
        for (size_t i = 0; i < x->g->points.data[p].succs.len; i++) {
            int to = x->g->points.data[p].succs.data[i];
            bool more = bitset_or(&held[to].vars, &out.vars) || (out.elsewhere && !held[to].elsewhere);
            held[to].elsewhere |= out.elsewhere;
            if (more) vec_push(x->a, &work, to);
        }
    }
    size_t found = NOWHERE;
    for (size_t i = 0; i < x->given.len; i++)
        if (nearer(x->given.data[i], found, call->start)) found = x->given.data[i];
    for (size_t i = 0; i < n; i++) {
        const Point *p = &x->g->points.data[i];
        const Await *w = await_at(p);
        if (!w || !nearer(w->at, found, call->start)) continue;
        bool again = w->kind == AWAIT_GATHER; /* it is evaluated again on resuming */
        bool lasts = held[i].elsewhere;
        for (size_t k = 0; k < x->f->vars.len && !lasts; k++) {
            const Var *v = x->f->vars.data[k];
            lasts = bitset_has(&held[i].vars, k) && ((again && uses(p, v)) || read_behind(x, (int)i, v));
        }
        if (lasts) found = w->at;
    }
    if (found == NOWHERE) return;
    Diag *d = diag_add(x->u->diags, DIAG_ERROR, 21, NULL, place_at(x, call->start),
                       "a block of 'alloca' is used across an 'await', where the function leaves its stack");
    diag_note(x->u->diags, d, place_at(x, found), "the function may be suspended here");
}

/* Each question has memory of its own: there may be many. */
static void ask(Across *x, void (*question)(Across *x, const Node *call), const Node *call) {
    Across own = *x;
    own.a = arena_new();
    memset(&own.waits, 0, sizeof own.waits);
    memset(&own.given, 0, sizeof own.given);
    question(&own, call);
    arena_free(own.a);
}

void across(Arena *a, Unit *u, Func *f, Graph *g) {
    Across x = {.a = a, .u = u, .f = f, .g = g};
    collect(&x, node_field(f->node, F_body));
    if (!x.allocas.len && !x.locks.len && !x.tasks.len) return;
    if (!g) x.g = cfg_build(a, u, f);
    for (size_t i = 0; i < x.allocas.len; i++) ask(&x, block, x.allocas.data[i]);
    for (size_t i = 0; i < x.locks.len; i++) ask(&x, lock, x.locks.data[i]);
    for (size_t i = 0; i < x.tasks.len; i++) ask(&x, task, x.tasks.data[i]);
}
