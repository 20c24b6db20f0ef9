/* await.c: awaits, and the functions of acc.h that throw without waiting, become statements.
 *
 * needs: E_AWAIT and E_BUILTIN
 * leaves: S_AWAIT, each with its site; the value in a temporary */
#include "lower.h"

static bool unnamed(const Var *v) { return v && v->type && !v->type->before && !v->like; }

static Code *called(Lower *l, const Code *handle) { /* as the view has it: a handle's type is that of a function */
    return code_join(code_text(l->a, "("), code_join(code_copy(l->a, handle), code_text(l->a, ")(0)")));
}

void lower_like_value(Lower *l, Var *v, const Code *handle) {
    if (unnamed(v)) v->like = called(l, handle);
}

void lower_like_handle(Lower *l, Var *v, const Code *handle, const char *tag) {
    if (!unnamed(v)) return;
    v->like = code_join(code_text(l->a, "(__typeof__("),
                        code_join(called(l, handle), code_text(l->a, ") (*)(struct acc__%s *))0", tag)));
}

Await *lower_suspension(Lower *l, AwaitKind kind, size_t at, Code *call, Var *result) {
    Await *w = NEW(l->a, Await);
    vec_push(l->a, &l->f->awaits, w);
    *w = (Await){
        .kind = kind, .site = (int)l->f->awaits.len, .at = at, .call = call, .result = result, .handler = lower_handler(l)};
    if (result && ir_suspends(w)) result->result = true;
    if (kind == AWAIT_TASK || kind == AWAIT_CORO) lower_like_value(l, result, call);
    Stmt *s = lower_append(l, S_AWAIT, at);
    s->await = w;
    s->suspends = true;
    return w;
}

static Code *value_of(Lower *l, Var *v) { return v ? code_var(l->a, v) : code_text(l->a, "((void)0)"); }

static Var *result_var(Lower *l, Type *t) { return t && t->kind == TY_VOID ? NULL : ir_temp(l->a, l->f, t); }

static Code *assignment(Lower *l, Var *v, Code *value) {
    return code_join(code_var(l->a, v), code_join(code_text(l->a, " = "), code_join(value, code_text(l->a, ";"))));
}

static Expr *stripped(Expr *e) {
    while (e->node->kind == N_parenthesized_expression && e->kind == E_OPERANDS && e->count == 1) e = e->args[0];
    return e;
}

/* f(args) with a context in front of the arguments. */
static Code *call_with_context(Lower *l, Node *call, Code *callee, Code **args, const char *context) {
    Node *list = node_field(call, F_arguments), *function = node_field(call, F_function);
    Code *c = code_join(callee, code_span(l->a, function->end, list->start + 1));
    Code *last = c;
    while (last->next) last = last->next;
    bool any = false;
    size_t at = list->start + 1, k = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        Node *n = list->children[i];
        if (!node_named(n)) continue;
        if (!any) last = last->next = code_text(l->a, "%s, ", context);
        any = true;
        if (n->start > at) last = last->next = code_span(l->a, at, n->start);
        last->next = args[k++];
        while (last->next) last = last->next;
        at = n->end;
    }
    if (!any) last = last->next = code_text(l->a, "%s", context);
    last->next = code_span(l->a, at, call->end);
    return c;
}

static Code *lowered_call(Lower *l, Node *call, const char *context) {
    call->lowered = true;
    Node *function = node_field(call, F_function), *list = node_field(call, F_arguments);
    Expr **parts = NEW_ARRAY(l->a, Expr *, list->count + 1);
    size_t n = 0;
    parts[n++] = ir_expr(l->a, l->u, l->f, function);
    for (uint32_t i = 0; i < list->count; i++)
        if (node_named(list->children[i])) parts[n++] = ir_expr(l->a, l->u, l->f, list->children[i]);
    Code **out = NEW_ARRAY(l->a, Code *, n);
    bool marked = call->marked; /* its operands may change each other, although none suspends */
    for (size_t i = 0; i < n; i++) marked |= parts[i]->marked;
    if (marked) lower_operands(l, parts, n, out);
    else
        for (size_t i = 0; i < n; i++) out[i] = code_span(l->a, parts[i]->start, parts[i]->end);
    return call_with_context(l, call, out[0], out + 1, context);
}

/* ---- gather ---- */

static bool is_assignment(Lower *l, Node *n) {
    return n->kind == N_assignment_expression && node_is(l->u->source, node_field(n, F_operator), "=");
}

typedef struct Child {
    Code *place, *value;
    Type *type; /* of the value */
    Var *handle;
    bool outcome;
} Child;

/* The future of a gather, in a temporary; children[i].place where its value is wanted. */
static Var *gather(Lower *l, Expr *e, Child *children) {
    size_t n = e->count;
    bool outcomes = false;
    for (size_t i = 0; i < n; i++) {
        Expr *arg = e->args[i];
        Node *value = arg->node;
        if (is_assignment(l, value)) {
            Node *left = node_field(value, F_left);
            children[i].place = lower_place(l, ir_expr(l->a, l->u, l->f, left), true);
            Type *t = sema_inner_type(l->u->sema, left);
            if (type_is_outcome(t)) {
                children[i].outcome = outcomes = true;
                children[i].type = t;
            }
            value = node_field(value, F_right);
        }
        Expr *child = ir_expr(l->a, l->u, l->f, value);
        Type *handle = sema_inner_type(l->u->sema, value);
        if (!children[i].type && handle && handle->handle) children[i].type = handle->result;
        Code *v = lower_value(l, child);
        Var *t = ir_temp(l->a, l->f, handle);
        lower_code(l, child->start,
                   code_join(code_var(l->a, t), code_join(code_text(l->a, " = "), code_join(v, code_text(l->a, ";")))), t);
        children[i].value = code_var(l->a, t);
        children[i].handle = t;
    }
    Code *call = code_text(l->a, "acc_abi_gather(acc__cx, %zu, ", n);
    if (n) {
        code_join(call, code_text(l->a, "(void *[]){"));
        for (size_t i = 0; i < n; i++)
            code_join(call, code_join(code_text(l->a, i ? ", (void *)" : "(void *)"), children[i].value));
        code_join(call, code_text(l->a, "}, "));
    } else code_join(call, code_text(l->a, "0, "));
    if (outcomes) {
        code_join(call, code_text(l->a, "(const _Bool[]){"));
        for (size_t i = 0; i < n; i++) code_join(call, code_text(l->a, "%s%d", i ? ", " : "", children[i].outcome));
        code_join(call, code_text(l->a, "})"));
    } else code_join(call, code_text(l->a, "0)"));
    Var *g = ir_temp(l->a, l->f, e->type ? e->type : sema_inner_type(l->u->sema, e->node));
    lower_suspension(l, AWAIT_THROW, e->start, call, g);
    return g;
}

static bool has_assignments(Lower *l, Expr *e) {
    for (size_t i = 0; i < e->count; i++)
        if (is_assignment(l, e->args[i]->node)) return true;
    return false;
}

static Code *nameless(Lower *l, Code *handle) {
    return code_join(code_text(l->a, "acc_abi_nameless((void *)"), code_join(handle, code_text(l->a, ")")));
}

/* Is nobody but what this stands in to have the handle that e gives? */
static bool consumed(Lower *l, const Expr *e) {
    const Node *p = e->node->parent;
    while (p && p->kind == N_parenthesized_expression) p = p->parent;
    if (p && p->kind == N_await_expression) return true;
    if (!p || p->kind != N_argument_list || !p->parent || p->parent->kind != N_call_expression) return false;
    switch (ir_builtin(l->u, p->parent)) {
        case B_CREATE_TASK:
        case B_CREATE_TASK_EAGER:
        case B_GROUP_CREATE_TASK:
        case B_WAIT_FOR:
        case B_SHIELD:
        case B_GATHER: return true;
        default: return false;
    }
}

/* acc_wait_for of a handle: a coroutine, in a temporary. look: see acc_abi_wait_for. */
static Var *wait_for(Lower *l, Expr *e, Code *handle, Code *seconds, bool look) {
    Var *v = ir_temp(l->a, l->f, sema_inner_type(l->u->sema, e->node));
    lower_like_handle(l, v, handle, "coro");
    Code *c = code_join(code_var(l->a, v), code_text(l->a, " = acc_abi_wait_for(acc__cx, (void *)("));
    code_join(c, code_join(handle, code_text(l->a, "), ")));
    code_join(c, code_join(seconds, code_text(l->a, ", %d);", look)));
    lower_code(l, e->start, c, v);
    return v;
}

/* A gather, or acc_wait_for of one (e), whose values the awaiting function assigns. */
static Code *await_gather(Lower *l, Expr *e, size_t at) {
    Expr *waits[16]; /* acc_wait_for(acc_wait_for(...)), outermost first */
    size_t depth = 0;
    for (; e->builtin == B_WAIT_FOR; e = stripped(e->args[0])) waits[depth++] = e;
    Child *children = NEW_ARRAY(l->a, Child, e->count + 1);
    Var *g = gather(l, e, children), *w = NULL;
    while (depth-- > 0) {
        Code *seconds = lower_value(l, waits[depth]->args[1]);
        w = wait_for(l, waits[depth], w ? code_var(l->a, w) : nameless(l, code_var(l->a, g)), seconds, !w);
    }
    if (w) lower_suspension(l, AWAIT_CORO, at, code_var(l->a, w), NULL);
    Var **values = NEW_ARRAY(l->a, Var *, e->count + 1);
    bool any = has_assignments(l, e);
    Code *dests = code_text(l->a, any ? "(acc_dest[]){" : "0");
    for (size_t i = 0; any && i < e->count; i++) {
        const char *comma = i ? ", " : "";
        if (!children[i].place) {
            code_join(dests, code_text(l->a, "%s{0, 0}", comma));
            continue;
        }
        Var *v = values[i] = ir_temp(l->a, l->f, children[i].type);
        if (!children[i].outcome) lower_like_value(l, v, code_var(l->a, children[i].handle));
        lower_code(l, at, NULL, v);
        if (!children[i].outcome)
            code_join(dests,
                      code_join(code_text(l->a, "%s{&", comma), code_join(code_var(l->a, v), code_text(l->a, ", 0}"))));
        else if (type_is_empty_outcome(v->type))
            code_join(dests, code_join(code_text(l->a, "%s{0, &", comma),
                                       code_join(code_var(l->a, v), code_text(l->a, ".error}"))));
        else
            code_join(dests, code_join(code_join(code_text(l->a, "%s{&", comma),
                                                 code_join(code_var(l->a, v), code_text(l->a, ".value, &"))),
                                       code_join(code_var(l->a, v), code_text(l->a, ".error}"))));
    }
    if (any) code_join(dests, code_text(l->a, "}"));
    lower_suspension(l, AWAIT_GATHER, at, code_var(l->a, g), NULL)->dests = dests;
    for (size_t i = 0; i < e->count; i++) {
        if (!values[i]) continue;
        if (children[i].outcome && lower_is_outcome(l, node_field(e->args[i]->node, F_left)))
            lower_code(l, at,
                       code_join(code_text(l->a, "acc_error_drop(("),
                                 code_join(code_copy(l->a, children[i].place), code_text(l->a, ").error);"))),
                       NULL);
        lower_code(l, at,
                   code_join(children[i].place,
                             code_join(code_text(l->a, " = "), code_join(code_var(l->a, values[i]), code_text(l->a, ";")))),
                   NULL);
    }
    return code_text(l->a, "((void)0)");
}

/* A call that makes a coroutine, with awaits among its arguments. */
Code *lower_cold_call(Lower *l, Expr *e) {
    Type *value = async_value(sema_call(l->u->sema, e->node)->callee);
    Code *c = code_join(code_text(l->a, value && value->kind == TY_VOID ? "(" : "((void)"),
                        lowered_call(l, e->node, "acc__cx->cold"));
    const char *take = lower_take(l->a, l->u, "acc__cx", e->start);
    if (value && value->before)
        return code_join(c, code_text(l->a, ", (%s(*)(struct acc__coro *)%s)%s)", value->before, value->after, take));
    return code_join(c, code_text(l->a, ", %s)", take));
}

static Code *handle_arg(Lower *l, Expr *e, Code *value) {
    (void)e;
    return code_join(code_text(l->a, "(void *)("), code_join(value, code_text(l->a, ")")));
}

/* ---- generators ---- */

/* A call that makes a generator, with awaits among its arguments. */
Code *lower_generator_call(Lower *l, Expr *e) { return lowered_call(l, e->node, "acc__cx"); }

Code *lower_yield(Lower *l, Expr *e) {
    Code *value = lower_value(l, e->args[0]);
    Var *result = result_var(l, l->f->sent);
    lower_suspension(l, AWAIT_YIELD, e->start, value, result);
    if (result) result->result = false; /* nobody stores it while this is suspended */
    return value_of(l, result);
}

static bool steps_generator(const Expr *e) {
    return e->kind == E_BUILTIN && e->builtin >= B_ANEXT && e->builtin <= B_ACLOSE;
}

int lower_generator_place(const Lower *l) {
    enum { LATEST = 4 }; /* ACC_LATEST */
    return (int)(l->f->awaits.len % LATEST);
}

/* acc_anext(g, &v) and its kin, as calls in C with that context. */
static Code *generator_step(Lower *l, Expr *e, const char *context) {
    static const char *const names[] = {"anext", "asend", "athrow", "aclose"};
    Code **out = NEW_ARRAY(l->a, Code *, e->count + 1);
    if (e->builtin != B_ATHROW) lower_operands(l, e->args, e->count, out);
    else {
        out[0] = lower_value(l, e->args[0]);
        if (!e->args[0]->stable) out[0] = lower_keep(l, e->args[0], out[0]);
        out[1] = lower_error_value(l, e->args[1]);
        if (e->count > 2 && e->args[2]->marked) {
            Var *error = lower_error_temp(l);
            lower_code(l, e->start, assignment(l, error, out[1]), error);
            out[1] = code_var(l->a, error);
        }
        if (e->count > 2) out[2] = lower_value(l, e->args[2]);
    }
    Type *generator = sema_inner_type(l->u->sema, node_stripped(e->args[0]->node));
    if (e->builtin == B_ASEND && generator && generator->sent) {
        Var *value = ir_temp(l->a, l->f, generator->sent);
        lower_code(l, e->start, assignment(l, value, out[1]), value);
        out[1] = code_join(code_join(code_text(l->a, "&"), code_var(l->a, value)),
                           code_join(code_text(l->a, ", sizeof "), code_var(l->a, value)));
    }
    bool quick = e->builtin == B_ANEXT && !strcmp(context, "acc__cx");
    Code *c = code_text(l->a, "acc_%s_%s(%s, ", quick ? "quick" : "abi", names[e->builtin - B_ANEXT], context);
    code_join(c, handle_arg(l, e->args[0], out[0]));
    for (size_t i = 1; i < e->count; i++) code_join(c, code_join(code_text(l->a, ", "), out[i]));
    if (quick) code_join(c, code_text(l->a, ", %d", lower_generator_place(l)));
    return code_join(c, code_text(l->a, ")"));
}

/* ---- the two entries ---- */

/* Is it for await_gather? */
static bool is_gather(Lower *l, Expr *e) {
    size_t depth = 0;
    while (e->kind == E_BUILTIN && e->builtin == B_WAIT_FOR && e->count == 2 && depth++ < 16) e = stripped(e->args[0]);
    return e->kind == E_BUILTIN && e->builtin == B_GATHER && (!depth || (depth <= 16 && has_assignments(l, e)));
}

/* Is it acc_sleep(0)? */
static bool only_yields(Lower *l, Node *call) {
    const char *text = l->u->source->text;
    Node *function = node_field(call, F_function), *list = node_field(call, F_arguments);
    Decl *d = function->kind == N_identifier ? sema_ref(l->u->sema, function->start) : NULL;
    if (!d || d->kind != D_FUNCTION || strcmp(d->spelling, "acc_sleep")) return false;
    for (size_t i = list->start + 1; i + 1 < list->end; i++)
        if (!memchr("0. ", text[i], 3)) return false;
    return true;
}

Code *lower_await(Lower *l, Expr *e) {
    Node *operand = node_stripped(e->args[0]->node);
    Type *type = sema_inner_type(l->u->sema, e->node);
    const CallInfo *call = operand->kind == N_call_expression ? sema_call(l->u->sema, operand) : NULL;
    if (call && call->async) {
        e->node->lowered = true;
        bool certain = only_yields(l, operand);
        Code *c = certain ? code_text(l->a, "acc_yield(acc__cx)") : lowered_call(l, operand, "acc__cx");
        Var *result = result_var(l, type);
        lower_suspension(l, AWAIT_CALL, e->start, c, result)->certain = certain;
        return value_of(l, result);
    }
    e->node->lowered = true;
    Expr *inner = stripped(e->args[0]);
    if (steps_generator(inner)) {
        Code *c = generator_step(l, inner, "acc__cx");
        Var *result = result_var(l, type);
        lower_suspension(l, AWAIT_CALL, e->start, c, result);
        return value_of(l, result);
    }
    if (inner->builtin == B_QUEUE_GET || inner->builtin == B_QUEUE_PUT) return lower_queue_await(l, inner, type, e->start);
    if (inner->builtin == B_TO_THREAD || inner->builtin == B_RUN_IN_EXECUTOR)
        return lower_captured_await(l, inner, type, e->start);
    if (is_gather(l, inner)) return await_gather(l, inner, e->start);
    Type *handle = sema_inner_type(l->u->sema, operand);
    Code *v = lower_value(l, e->args[0]);
    Var *open = lower_open(l, operand);
    if (!open) v = lower_keep(l, e->args[0], v); /* else it is kept itself: its scope's end asks for it */
    Var *result = result_var(l, type);
    lower_suspension(l, handle && handle->handle == H_CORO ? AWAIT_CORO : AWAIT_TASK, e->start, v, result);
    if (open) lower_set(l, e->start, open, "0");
    return value_of(l, result);
}

/* A coroutine for what takes one: a task or a future is wrapped. */
static Code *coroutine_arg(Lower *l, Expr *e, Code *value) {
    Type *t = sema_inner_type(l->u->sema, node_stripped(e->node));
    if (!t || t->handle == H_CORO) return handle_arg(l, e, value);
    return code_join(code_text(l->a, "acc_abi_as_coro(acc__cx, "), code_join(handle_arg(l, e, value), code_text(l->a, ")")));
}

/* Is the coroutine that acc_create_task is given made there, by a call? */
static bool called_at_once(Lower *l, Expr *e) {
    const Node *n = e->count == 1 ? node_stripped(e->args[0]->node) : NULL;
    const CallInfo *call = n && n->kind == N_call_expression ? sema_call(l->u->sema, n) : NULL;
    return call && call->async && !call->generator && ir_builtin(l->u, n) == B_NONE;
}

/* A task that the call itself makes, and there never was a coroutine. type: NULL: nobody wants the handle. */
static Code *started(Lower *l, Expr *e, Type *type) {
    Node *call = node_stripped(e->args[0]->node);
    Type *value = async_value(sema_call(l->u->sema, call)->callee);
    Code *c = code_join(code_text(l->a, value && value->kind == TY_VOID ? "(" : "((void)"),
                        lowered_call(l, call, "acc__cx->starts"));
    StrBuf at = {0};
    Place place = source_place(l->u->source, e->start);
    if (l->u->no_tracebacks) sb_add(&at, "0, 0");
    else sb_quote(&at, place.file), sb_printf(&at, ", %u", place.line);
    code_join(c, code_text(l->a, ", acc_%s(acc__cx, %s))", type ? "started" : "abi_started_detached", at.data));
    sb_free(&at);
    Var *result = type ? ir_temp(l->a, l->f, type) : NULL;
    lower_suspension(l, AWAIT_THROW, e->start, c, result);
    return value_of(l, result);
}

Code *lower_builtin(Lower *l, Expr *e) {
    size_t n = e->count;
    Code **out = NEW_ARRAY(l->a, Code *, n + 1);
    Type *type = sema_inner_type(l->u->sema, e->node);
    Code *call;
    switch (e->builtin) {
        case B_CALL: {
            Code *c = lowered_call(l, e->node, "acc__cx");
            Var *result = result_var(l, type);
            lower_suspension(l, AWAIT_THROW, e->start, c, result);
            return value_of(l, result);
        }
        case B_CREATE_TASK:
        case B_CREATE_TASK_EAGER: {
            Node *p = e->node->parent;
            bool statement = p && p->kind == N_expression_statement && e->builtin == B_CREATE_TASK;
            if (e->builtin == B_CREATE_TASK && called_at_once(l, e)) return started(l, e, statement ? NULL : type);
            lower_operands(l, e->args, n, out);
            call = code_text(l->a, "acc_abi_create_task%s(acc__cx, ",
                             statement                           ? "_detached"
                             : e->builtin == B_CREATE_TASK_EAGER ? "_eager"
                                                                 : "");
            code_join(call, code_join(coroutine_arg(l, e->args[0], out[0]), code_text(l->a, ")")));
            Var *result = statement ? NULL : ir_temp(l->a, l->f, type);
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_GROUP_CREATE_TASK: {
            if (n != 2) return code_span(l->a, e->start, e->end);
            lower_operands(l, e->args, n, out);
            bool statement = e->node->parent && e->node->parent->kind == N_expression_statement;
            call = code_join(code_text(l->a, "acc_abi_group_create_task(acc__cx, "), out[0]);
            code_join(call, code_join(code_text(l->a, ", "), coroutine_arg(l, e->args[1], out[1])));
            code_join(call, code_text(l->a, ", %d)", statement));
            Var *result = statement ? NULL : ir_temp(l->a, l->f, type);
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_WAIT_FOR: {
            if (n != 2) return code_span(l->a, e->start, e->end);
            lower_operands(l, e->args, n, out);
            return code_var(l->a, wait_for(l, e, out[0], out[1], false));
        }
        case B_SHIELD: {
            if (n != 1) return code_span(l->a, e->start, e->end);
            lower_operands(l, e->args, n, out);
            Var *result = ir_temp(l->a, l->f, type);
            lower_like_handle(l, result, out[0], "future");
            call = code_join(code_text(l->a, "acc_abi_shield(acc__cx, "), handle_arg(l, e->args[0], out[0]));
            code_join(call, code_text(l->a, ")"));
            if (consumed(l, e)) call = nameless(l, call);
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_ANEXT:
        case B_ASEND:
        case B_ATHROW:
        case B_ACLOSE: {
            lower_append(l, S_CODE, e->start)->code =
                code_join(code_text(l->a, "(void)"), code_join(generator_step(l, e, "acc__cx->cold"), code_text(l->a, ";")));
            Var *made = ir_temp(l->a, l->f, type);
            lower_code(l, e->start,
                       assignment(l, made,
                                  code_text(l->a, "(%s (*)(struct acc__coro *))acc_take(acc__cx->cold)",
                                            e->builtin == B_ACLOSE ? "void" : "_Bool")),
                       made);
            return code_var(l->a, made);
        }
        case B_RESULT: {
            lower_operands(l, e->args, n, out);
            Var *result = result_var(l, type);
            lower_like_value(l, result, out[0]);
            call = code_join(code_text(l->a, "acc_abi_result(acc__cx, "), handle_arg(l, e->args[0], out[0]));
            if (result)
                code_join(call, code_join(code_text(l->a, ", &"), code_join(code_var(l->a, result), code_text(l->a, ")"))));
            else code_join(call, code_text(l->a, ", 0)"));
            lower_suspension(l, AWAIT_THROW, e->start, call, result)->by_address = true;
            return value_of(l, result);
        }
        case B_RUN_THREADSAFE: {
            if (n != 2) return code_span(l->a, e->start, e->end);
            lower_operands(l, e->args, n, out);
            bool statement = e->node->parent && e->node->parent->kind == N_expression_statement;
            call = code_join(code_text(l->a, "acc_abi_run_coroutine_threadsafe(acc__cx, "), out[0]);
            code_join(call, code_join(code_text(l->a, ", "), handle_arg(l, e->args[1], out[1])));
            code_join(call, code_text(l->a, ", %d)", statement));
            Var *result = statement ? NULL : ir_temp(l->a, l->f, type);
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_THREAD_RESULT: {
            if (n != 2) return code_span(l->a, e->start, e->end);
            lower_operands(l, e->args, n, out);
            Var *result = result_var(l, type);
            lower_like_value(l, result, out[0]);
            call = code_join(code_text(l->a, "acc_abi_thread_result(acc__cx, "), handle_arg(l, e->args[0], out[0]));
            code_join(call, code_join(code_text(l->a, ", "), out[1]));
            if (result)
                code_join(call, code_join(code_text(l->a, ", &"), code_join(code_var(l->a, result), code_text(l->a, ")"))));
            else code_join(call, code_text(l->a, ", 0)"));
            lower_suspension(l, AWAIT_THROW, e->start, call, result)->by_address = true;
            return value_of(l, result);
        }
        case B_FUTURE_NEW: {
            Node *t = node_field(e->node, F_type);
            Var *result = ir_temp(l->a, l->f, type);
            bool is_void = type && type->result && type->result->kind == TY_VOID;
            call = is_void ? code_text(l->a, "acc_abi_future_new(acc__cx, 0)")
                           : code_join(code_text(l->a, "acc_abi_future_new(acc__cx, sizeof("),
                                       code_join(code_span(l->a, t->start, t->end), code_text(l->a, "))")));
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_FUTURE_SET_RESULT:
        case B_FUTURE_TRY_SET_RESULT: {
            lower_operands(l, e->args, n, out);
            bool is_try = e->builtin == B_FUTURE_TRY_SET_RESULT;
            Type *future = sema_inner_type(l->u->sema, node_stripped(e->args[0]->node));
            call = code_text(l->a, "acc_abi_future_%sset_result(acc__cx, ", is_try ? "try_" : "");
            if (n > 1) {
                Code *h = lower_keep(l, e->args[0], out[0]);
                Var *v = ir_temp(l->a, l->f, future ? future->result : NULL);
                lower_like_value(l, v, h);
                lower_code(
                    l, e->start,
                    code_join(code_var(l->a, v), code_join(code_text(l->a, " = "), code_join(out[1], code_text(l->a, ";")))),
                    v);
                code_join(call,
                          code_join(handle_arg(l, e->args[0], h),
                                    code_join(code_text(l->a, ", &"), code_join(code_var(l->a, v), code_text(l->a, ")")))));
            } else code_join(call, code_join(handle_arg(l, e->args[0], out[0]), code_text(l->a, ", 0)")));
            Var *result = is_try ? ir_temp(l->a, l->f, type) : NULL;
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_QUEUE_NEW:
        case B_QUEUE_GET:
        case B_QUEUE_PUT:
        case B_QUEUE_GET_NOWAIT:
        case B_QUEUE_PUT_NOWAIT: return lower_queue(l, e);
        case B_TO_THREAD:
        case B_RUN_IN_EXECUTOR: return lower_captured_coroutine(l, e);
        case B_TRY: return lower_try(l, e);
        case B_FUTURE_SET_ERROR: {
            if (n != 2) return code_span(l->a, e->start, e->end);
            Code *future = lower_value(l, e->args[0]);
            if (!e->args[0]->stable) future = lower_keep(l, e->args[0], future);
            Code *error = lower_error_value(l, e->args[1]);
            call = code_join(code_text(l->a, "acc_abi_future_set_error(acc__cx, "), handle_arg(l, e->args[0], future));
            code_join(call, code_join(code_text(l->a, ", "), code_join(error, code_text(l->a, ")"))));
            lower_suspension(l, AWAIT_THROW, e->start, call, NULL);
            return code_text(l->a, "((void)0)");
        }
        case B_ERROR_NEW: return n == 1 ? lower_error_value(l, e->args[0]) : code_span(l->a, e->start, e->end);
        case B_GATHER: {
            Child *children = NEW_ARRAY(l->a, Child, n + 1);
            Var *g = gather(l, e, children);
            if (consumed(l, e))
                lower_code(l, e->start, code_join(nameless(l, code_var(l->a, g)), code_text(l->a, ";")), NULL);
            return code_var(l->a, g);
        }
        case B_AS_COMPLETED: {
            if (n != 2) return code_span(l->a, e->start, e->end);
            e->args[0]->type = NULL;
            lower_operands(l, e->args, n, out);
            call = code_join(code_text(l->a, "acc_abi_as_completed(acc__cx, (void *const *)("), out[0]);
            code_join(call, code_join(code_text(l->a, "), "), code_join(out[1], code_text(l->a, ")"))));
            Var *result = ir_temp(l->a, l->f, type);
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        case B_GATHER_ARRAY: {
            lower_operands(l, e->args, n, out);
            Type *to = n > 2 ? sema_inner_type(l->u->sema, node_stripped(e->args[2]->node)) : NULL;
            bool many = to && (to->kind == TY_POINTER || to->kind == TY_ARRAY || to->kind == TY_VLA) && !to->handle;
            Type *element = many ? to->result : NULL;
            if (element && element->kind == TY_VOID) element = NULL;
            bool outcome = type_is_outcome(element);
            bool has_value = outcome && !type_is_empty_outcome(element);
            for (size_t i = 0; i < n; i++) {
                if (i == 2 && !element) continue;
                if (i != 1) e->args[i]->type = NULL; /* its own type, not the void * that the view converts it to */
                out[i] = lower_keep(l, e->args[i], out[i]);
            }
            call = code_join(code_text(l->a, "acc_abi_gather_array(acc__cx, (void *const *)("), out[0]);
            code_join(call, code_join(code_text(l->a, "), "), code_join(out[1], code_text(l->a, ", "))));
            if (element) {
                code_join(call, code_join(code_copy(l->a, out[2]), code_text(l->a, ", sizeof *")));
                code_join(call, code_copy(l->a, out[2]));
                if (has_value)
                    code_join(call, code_join(code_text(l->a, ", __builtin_offsetof(__typeof__(*"),
                                              code_join(code_copy(l->a, out[2]), code_text(l->a, "), value)"))));
                else code_join(call, code_text(l->a, ", 0"));
                code_join(call, code_text(l->a, ", %d)", outcome));
            } else code_join(call, code_text(l->a, "0, 0, 0, 0)"));
            if (consumed(l, e)) call = nameless(l, call);
            Var *result = ir_temp(l->a, l->f, type);
            lower_suspension(l, AWAIT_THROW, e->start, call, result);
            return value_of(l, result);
        }
        default: return code_span(l->a, e->start, e->end); /* diagnosed by check */
    }
}
