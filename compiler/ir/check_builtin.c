/* check_builtin.c: the arguments of the functions of acc.h that C cannot type: how many, of which kind, and what a gather assigns.
 *
 * needs: a call; leaves: errors. What these leave for clang to say (the value of a future, an error) it says */
#include "check.h"

enum { ALL = -1, NONE = -2 };

static const struct Signature {
    Builtin builtin;
    int awaitable; /* which argument must be one; ALL, NONE */
    const char *what;
} signatures[] = {
    {B_CREATE_TASK, 0, "a coroutine"},
    {B_CREATE_TASK_EAGER, 0, "a coroutine"},
    {B_GROUP_CREATE_TASK, 1, "a coroutine"},
    {B_RUN, 0, "a coroutine"},
    {B_WAIT_FOR, 0, "a coroutine, a task or a future"},
    {B_SHIELD, 0, "a coroutine, a task or a future"},
    {B_RESULT, 0, "a task or a future"},
    {B_FUTURE_SET_RESULT, 0, "a future"},
    {B_FUTURE_TRY_SET_RESULT, 0, "a future"},
    {B_FUTURE_SET_ERROR, 0, "a future"},
    {B_ERROR_NEW, NONE, NULL},
    {B_AS_COMPLETED, NONE, NULL},
    {B_GATHER_ARRAY, NONE, NULL},
    {B_QUEUE_GET, 0, "a queue"},
    {B_QUEUE_PUT, 0, "a queue"},
    {B_QUEUE_GET_NOWAIT, 0, "a queue"},
    {B_QUEUE_PUT_NOWAIT, 0, "a queue"},
    {B_ANEXT, 0, "a generator"},
    {B_ASEND, 0, "a generator"},
    {B_ATHROW, 0, "a generator"},
    {B_ACLOSE, 0, "a generator"},
    {B_GATHER, ALL, "coroutines, tasks or futures"},
    {B_RUN_THREADSAFE, NONE, NULL},
    {B_THREAD_RESULT, NONE, NULL},
    {B_TO_THREAD, NONE, NULL},
    {B_RUN_IN_EXECUTOR, NONE, NULL},
};

/* May a T be assigned to an L? Only what is certain to be wrong is no. */
static bool assignable(const Type *to, const Type *from) {
    if (!to || !from || to->key == from->key || type_is_outcome(to)) return true;
    if (to->kind == TY_OTHER || from->kind == TY_OTHER) return true;
    if (to->kind == TY_SCALAR && from->kind == TY_SCALAR) return true;
    if (to->kind != TY_POINTER || from->kind != TY_POINTER || !to->result || !from->result) return false;
    return to->result->kind == TY_VOID || from->result->kind == TY_VOID || to->result->key == from->result->key ||
           to->result->kind == TY_FUNCTION;
}

static void gathered(Check *c, const Node *assignment) {
    const Node *left = node_field(assignment, F_left), *right = node_stripped(node_field(assignment, F_right));
    Type *handle, *to = sema_inner_type(c->u->sema, node_stripped((Node *)left));
    if (!sema_awaitable(c->u->sema, right, &handle) || !handle || !handle->result || assignable(to, handle->result)) return;
    diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, left->start),
             "'%s' of type '%s' cannot be assigned what '%s' gives, of type '%s'", check_text(c, left), to->spelling,
             check_text(c, right), handle->result->spelling);
}

/* The first argument of acc_queue_get and its kin; of put: has it a value? */
static void queue(Check *c, const Node *call, const Node *arg, bool value) {
    Type *t = sema_inner_type(c->u->sema, node_stripped((Node *)arg));
    bool put = ir_builtin(c->u, call) == B_QUEUE_PUT || ir_builtin(c->u, call) == B_QUEUE_PUT_NOWAIT;
    const char *name = check_text(c, check_callee(call));
    if (!t || t->spelling[0] == '<') return; /* clang has complained */
    if (t->handle != H_QUEUE)
        diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, arg->start), "'%s' wants a queue, not '%s', of type '%s'",
                 name, check_text(c, arg), t->spelling);
    else if (put && !value && t->result->kind != TY_VOID)
        diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, call->start), "'%s' wants the item to put, of type '%s'",
                 name, t->result->spelling);
}

/* The handle that acc_run_coroutine_threadsafe and acc_thread_result are given. */
static void of_thread(Check *c, const Node *call, const Node *arg, HandleKind wanted) {
    Type *t = sema_inner_type(c->u->sema, node_stripped((Node *)arg));
    if (!t || t->spelling[0] == '<' || t->handle == wanted) return;
    diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, arg->start), "'%s' wants a %s, not '%s', of type '%s'",
             check_text(c, check_callee(call)), wanted == H_CORO ? "coroutine" : "thread future", check_text(c, arg),
             t->spelling);
}

/* Who assigns the results is the function that awaits them. */
static void gather_place(Check *c, const Node *call) {
    const Node *p = call->parent;
    while (p && p->kind == N_parenthesized_expression) p = p->parent;
    while (p && p->kind == N_argument_list && ir_builtin(c->u, p->parent) == B_WAIT_FOR) {
        p = p->parent->parent;
        while (p && p->kind == N_parenthesized_expression) p = p->parent;
    }
    if (p && p->kind == N_await_expression) return;
    diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, call->start),
             "an 'acc_gather' that assigns stands under an 'await', alone or in 'acc_wait_for'");
}

/* acc_outcome(T) r = acc_try(e): the view gives e no place of T's type, since it cannot tell void from others. */
static void tried(Check *c, const Node *call) {
    static const char *const numbers[] = {"int",    "char",  "short",  "long", "unsigned",
                                          "signed", "float", "double", "bool", "size_t"};
    const Node *args = node_field(call, F_arguments), *e = args && args->count == 3 ? args->children[1] : NULL;
    bool element;
    const Node *target = try_target(c->u->source, call, &element);
    Decl *d = target && target->kind == N_identifier ? sema_decl(c->u->sema, target->start) : NULL;
    Type *outcome = d ? d->type : target ? sema_inner_type(c->u->sema, target) : NULL;
    if (outcome && element) outcome = outcome->result;
    Type *t = e ? sema_inner_type(c->u->sema, node_stripped((Node *)e)) : NULL;
    if (!outcome || !type_is_outcome(outcome) || type_is_empty_outcome(outcome) || !t || t->spelling[0] == '<') return;
    const char *open = strchr(outcome->spelling, '(');
    size_t n = open ? strlen(open) : 0;
    bool number = false, pointer = n > 2 && open[n - 2] == '*';
    for (size_t i = 0; open && i < sizeof numbers / sizeof *numbers; i++)
        number |= !strncmp(open + 1, numbers[i], strlen(numbers[i]));
    number &= !pointer;
    bool wrong = t->kind == TY_VOID || (number && t->kind != TY_SCALAR) ||
                 (pointer && t->kind != TY_POINTER && t->kind != TY_ARRAY && t->kind != TY_FUNCTION && check_number(c, e));
    if (wrong)
        diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, e->start),
                 "'%s' cannot hold what '%s' gives, of type '%s'", outcome->spelling, check_text(c, e), t->spelling);
}

/* Where a generator's step puts what it yields, and what is sent to it: nothing behind the call knows their types. */
static void stepped(Check *c, const Node *args, Builtin b) {
    const Node *named[3] = {NULL};
    size_t count = 0;
    for (uint32_t i = 0; i < args->count && count < 3; i++)
        if (node_named(args->children[i])) named[count++] = args->children[i];
    Type *g = count ? sema_inner_type(c->u->sema, node_stripped((Node *)named[0])) : NULL;
    const Node *place = count ? named[count - 1] : NULL;
    if (!g || g->handle != H_GENERATOR || count != (b == B_ANEXT ? 2 : 3)) return;
    Type *to = sema_inner_type(c->u->sema, node_stripped((Node *)place));
    if (to && (!(to->kind == TY_POINTER || to->kind == TY_ARRAY) || to->handle || !to->result ||
               (to->result->key != g->result->key && to->result->kind != TY_VOID)))
        diag_add(c->u->diags, DIAG_ERROR, 38, NULL, check_place(c, place->start),
                 "'%s' is of type '%s', and '%s' yields '%s'", check_text(c, place), to->spelling, check_text(c, named[0]),
                 g->result->spelling);
    Type *sent = b == B_ASEND ? sema_inner_type(c->u->sema, node_stripped((Node *)named[1])) : NULL;
    if (sent && sent->kind != TY_ARRAY && !assignable(g->sent, sent))
        diag_add(c->u->diags, DIAG_ERROR, 38, NULL, check_place(c, named[1]->start),
                 "'%s' of type '%s' is sent to '%s', which is sent '%s'", check_text(c, named[1]), sent->spelling,
                 check_text(c, named[0]), g->sent->spelling);
}

static bool makes_processes(Check *c, const Node *value) {
    const Node *call = value ? node_stripped((Node *)value) : NULL, *name = call ? node_field(call, F_function) : NULL;
    return call && call->kind == N_call_expression && name && node_is(c->u->source, name, "acc_process_pool_new");
}

/* How often the variable is given a pool of processes below n, and how often something else, or to somebody who may. */
static void pools_given(Check *c, const Node *n, const Decl *d, int *processes, int *others) {
    const Node *value = NULL, *left = NULL;
    if (n->kind == N_init_declarator) {
        const Node *name = declared_name(node_field(n, F_declarator));
        if (name && name->start == d->name) value = node_field(n, F_value);
    } else if (n->kind == N_assignment_expression) {
        left = node_stripped(node_field(n, F_left));
        if (left->kind == N_identifier && sema_ref(c->u->sema, left->start) == d) value = node_field(n, F_right);
    } else if (n->kind == N_pointer_expression && node_is(c->u->source, node_field(n, F_operator), "&")) {
        left = node_stripped(node_field(n, F_argument));
        *others += left->kind == N_identifier && sema_ref(c->u->sema, left->start) == d;
    }
    if (value) ++*(makes_processes(c, value) ? processes : others);
    for (uint32_t i = 0; i < n->count; i++) pools_given(c, n->children[i], d, processes, others);
}

/* Is it certain to be a pool of processes? */
static bool of_processes(Check *c, const Node *pool) {
    const Node *n = node_stripped((Node *)pool);
    if (makes_processes(c, n)) return true;
    const Decl *d = n->kind == N_identifier ? sema_ref(c->u->sema, n->start) : NULL;
    if (!d || d->kind != D_VAR || !d->automatic || !c->function) return false;
    int processes = 0, others = 0;
    pools_given(c, c->function, d, &processes, &others);
    return processes && !others;
}

/* What acc_to_thread and acc_run_in_executor have made elsewhere. */
static void captured(Check *c, const Node *builtin) {
    const char *name = check_text(c, check_callee(builtin));
    Captured x;
    if (!ir_captured(c->a, c->u, builtin, &x)) {
        const Node *args = node_field(builtin, F_arguments), *what = args->children[args->count - 2];
        Type *t = sema_inner_type(c->u->sema, node_stripped((Node *)what));
        if (!t || t->spelling[0] != '<')
            diag_add(c->u->diags, DIAG_ERROR, 45, NULL, check_place(c, what->start), "'%s' wants a call, f(args), not '%s'",
                     name, check_text(c, what));
        return;
    }
    const CallInfo *info = sema_call(c->u->sema, x.call);
    Builtin inner = ir_builtin(c->u, x.call);
    if ((inner != B_NONE && inner != B_CALL) || (info && info->generator))
        diag_add(c->u->diags, DIAG_ERROR, 45, NULL, check_place(c, x.call->start),
                 "'%s' cannot have '%s' made elsewhere: what it gives belongs to the loop that runs here", name,
                 check_text(c, x.call));
    else if (x.nameless)
        diag_add(c->u->diags, DIAG_ERROR, 45, NULL, check_place(c, x.nameless->start),
                 "'%s' cannot keep '%s', whose type has no name outside the function", name, check_text(c, x.nameless));
    else if (x.pool && x.value && x.value->has_pointer && of_processes(c, x.pool))
        diag_add(c->u->diags, DIAG_ERROR, 46, NULL, check_place(c, x.call->start),
                 "'%s' gives '%s', which is or holds a pointer: it means nothing outside the process where the call is made",
                 check_text(c, x.call), x.value->spelling);
}

static const Type *element(const Type *t) {
    return t && t->handle == H_NONE && (t->kind == TY_POINTER || t->kind == TY_ARRAY || t->kind == TY_VLA) ? t->result
                                                                                                           : NULL;
}

/* Where acc_gather_array puts what they give. */
static void results(Check *c, const Node *handles, const Node *out) {
    const Type *from = element(sema_inner_type(c->u->sema, node_stripped((Node *)handles)));
    const Type *t = sema_inner_type(c->u->sema, node_stripped((Node *)out)), *to = element(t);
    if (!from || !from->handle || !from->result || !to || to->kind == TY_VOID || type_is_outcome(to)) return;
    if (to->key == from->result->key && !to->is_const) return;
    diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, out->start),
             "'%s' is of type '%s', and each of '%s' gives '%s'", check_text(c, out), t->spelling, check_text(c, handles),
             from->result->spelling);
}

/* What stands where an array of coroutines, tasks or futures is wanted. */
static void array(Check *c, const Node *n, const char *name, bool coroutine_told) {
    const Type *t = sema_inner_type(c->u->sema, node_stripped((Node *)n));
    if (!t || t->spelling[0] == '<' || (coroutine_told && t->handle == H_CORO)) return; /* clang has complained */
    const Type *of = element(t);
    if (of && (of->handle == H_CORO || of->handle == H_TASK || of->handle == H_FUTURE)) return;
    diag_add(c->u->diags, DIAG_ERROR, 4, NULL, check_place(c, n->start),
             "'%s' needs an array of coroutines, tasks or futures, not '%s'", name, t->spelling);
}

/* acc_run makes the loop: what was made in another is not for it. */
static void runs(Check *c, const Node *n) {
    const Type *t = sema_inner_type(c->u->sema, node_stripped((Node *)n));
    if (t && (t->handle == H_TASK || t->handle == H_FUTURE))
        diag_add(c->u->diags, DIAG_ERROR, 4, NULL, check_place(c, n->start), "'acc_run' needs a coroutine, not '%s'",
                 t->spelling);
}

void check_builtin(Check *c, const Node *call) {
    Builtin b = ir_builtin(c->u, call);
    if (b == B_TRY) tried(c, call);
    const struct Signature *s = NULL;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (signatures[i].builtin == b) s = &signatures[i];
    const Node *args = s ? node_field(call, F_arguments) : NULL;
    if (!args || !check_callee(call)) return;
    const char *name = check_text(c, check_callee(call));
    size_t count = 0;
    const Node *first = NULL;
    bool assigns = false, of_queue = b >= B_QUEUE_GET && b <= B_QUEUE_PUT_NOWAIT;
    for (uint32_t i = 0; i < args->count; i++) {
        const Node *n = args->children[i];
        if (!node_named(n)) continue;
        bool assignment = b == B_GATHER && n->kind == N_assignment_expression;
        if (of_queue && !count) queue(c, call, n, args->count > 3);
        if (!of_queue && (s->awaitable == ALL || s->awaitable == (int)count))
            check_awaitable(c, node_stripped(assignment ? node_field(n, F_right) : (Node *)n), name, s->what);
        if (assignment) gathered(c, n);
        if (!count && (b == B_AS_COMPLETED || b == B_GATHER_ARRAY)) array(c, n, name, b == B_GATHER_ARRAY);
        if (!count && b == B_RUN) runs(c, n);
        if (count == 2 && b == B_GATHER_ARRAY) results(c, first, n);
        if (!count) first = n;
        if (b == B_RUN_THREADSAFE && count == 1) of_thread(c, call, n, H_CORO);
        if (b == B_THREAD_RESULT && !count) of_thread(c, call, n, H_THREAD_FUTURE);
        assigns |= assignment;
        count++;
    }
    const BuiltinInfo *info = builtin_info(b);
    if (!builtin_takes(info, call))
        diag_add(c->u->diags, DIAG_ERROR, 19, NULL, check_place(c, call->start), "too %s arguments for '%s': %zu, not %u",
                 count < info->min ? "few" : "many", name, count, count < info->min ? info->min : info->max);
    else if (b == B_TO_THREAD || b == B_RUN_IN_EXECUTOR) captured(c, call);
    if (assigns) gather_place(c, call);
    if (b >= B_ANEXT && b <= B_ATHROW) stepped(c, args, b);
}
