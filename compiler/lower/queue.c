/* queue.c: the functions of acc_queue(T), whose items C cannot type.
 *
 * needs: E_BUILTIN of B_QUEUE_NEW to B_QUEUE_PUT_NOWAIT
 * leaves: S_AWAIT for what waits or throws; an item that is put has a temporary of type T */
#include "lower.h"

static Code *handle_arg(Lower *l, Code *value) {
    return code_join(code_text(l->a, "(void *)("), code_join(value, code_text(l->a, ")")));
}

static void set(Lower *l, size_t at, Var *v, Code *value) {
    lower_code(l, at,
               code_join(code_var(l->a, v), code_join(code_text(l->a, " = "), code_join(value, code_text(l->a, ";")))), v);
}

static Code *value_of(Lower *l, Var *v) { return v ? code_var(l->a, v) : code_text(l->a, "((void)0)"); }

/* `acc_abi_NAME(context, the queue, ` and, of a put, the item's address and `)`; the queue's handle. quick: what puts or gets in
 * the caller's code where it need not wait, and wants an item's size too. */
static Code *call_on(Lower *l, Expr *e, const char *context, bool quick, Code **queue_handle) {
    Code **out = NEW_ARRAY(l->a, Code *, e->count + 1);
    Node *name = node_field(e->node, F_function);
    bool put = e->builtin == B_QUEUE_PUT || e->builtin == B_QUEUE_PUT_NOWAIT;
    lower_operands(l, e->args, e->count, out);
    *queue_handle = code_copy(l->a, out[0]);
    const char *function = ir_text(l->a, l->u, name) + strlen("acc_");
    if (quick) function += strlen("queue_");
    Code *c = code_text(l->a, "acc_%s_%s(%s, ", quick ? "quick" : "abi", function, context);
    if (!put) return code_join(c, code_join(handle_arg(l, out[0]), code_text(l->a, ", ")));
    if (e->count < 2) return code_join(c, code_join(handle_arg(l, out[0]), code_text(l->a, ", 0)")));
    Type *queue = sema_inner_type(l->u->sema, node_stripped(e->args[0]->node));
    Code *handle = lower_keep(l, e->args[0], out[0]);
    Var *item = ir_temp(l->a, l->f, queue && queue->handle == H_QUEUE ? queue->result : NULL);
    lower_like_value(l, item, handle);
    set(l, e->start, item, out[1]);
    code_join(c, code_join(handle_arg(l, handle), code_text(l->a, ", &")));
    code_join(c, code_var(l->a, item));
    if (quick) code_join(c, code_join(code_text(l->a, ", sizeof "), code_var(l->a, item)));
    return code_join(c, code_text(l->a, ")"));
}

Code *lower_queue_await(Lower *l, Expr *e, Type *type, size_t at) {
    if (!e->count) return code_span(l->a, e->start, e->end); /* check has complained */
    bool put = e->builtin == B_QUEUE_PUT, item = put ? e->count == 2 : type && type->kind != TY_VOID;
    Code *handle, *c = call_on(l, e, "acc__cx", item, &handle);
    if (put) {
        lower_suspension(l, AWAIT_CALL, at, c, NULL);
        return value_of(l, NULL);
    }
    Var *result = type && type->kind == TY_VOID ? NULL : ir_temp(l->a, l->f, type);
    lower_like_value(l, result, handle);
    lower_suspension(l, item ? AWAIT_INTO_SIZED : AWAIT_INTO, at, c, result);
    return value_of(l, result);
}

/* acc_queue_new(T, maxsize) and its kin. */
static Code *queue_new(Lower *l, Expr *e, Type *type) {
    Node *t = node_field(e->node, F_type);
    Code **out = NEW_ARRAY(l->a, Code *, e->count + 1);
    bool nothing = type && type->result && type->result->kind == TY_VOID;
    lower_operands(l, e->args, e->count, out);
    Code *c = code_text(l->a, "acc_abi_%s(acc__cx, ", ir_text(l->a, l->u, node_field(e->node, F_name)) + 4);
    if (nothing) code_join(c, code_text(l->a, "0, 1"));
    else {
        code_join(c, code_join(code_text(l->a, "sizeof("), code_span(l->a, t->start, t->end)));
        code_join(c, code_join(code_text(l->a, "), _Alignof("), code_span(l->a, t->start, t->end)));
        code_join(c, code_text(l->a, ")"));
    }
    for (size_t i = 0; i < e->count; i++) code_join(c, code_join(code_text(l->a, ", "), out[i]));
    Var *result = ir_temp(l->a, l->f, type);
    lower_suspension(l, AWAIT_THROW, e->start, code_join(c, code_text(l->a, ")")), result);
    return value_of(l, result);
}

Code *lower_queue(Lower *l, Expr *e) {
    Type *type = sema_inner_type(l->u->sema, e->node);
    if (e->builtin == B_QUEUE_NEW) return queue_new(l, e, type);
    if (!e->count) return code_span(l->a, e->start, e->end); /* check has complained */
    bool waits = e->builtin == B_QUEUE_GET || e->builtin == B_QUEUE_PUT;
    Code *handle, *c = call_on(l, e, waits ? "acc__cx->cold" : "acc__cx", false, &handle);
    if (waits) { /* a coroutine */
        Var *made = ir_temp(l->a, l->f, type);
        if (e->builtin == B_QUEUE_GET) lower_like_handle(l, made, handle, "coro");
        if (e->builtin == B_QUEUE_GET) code_join(c, code_text(l->a, "0)"));
        lower_append(l, S_CODE, e->start)->code = code_join(c, code_text(l->a, ";"));
        set(l, e->start, made, code_text(l->a, "acc_take(acc__cx->cold)"));
        return value_of(l, made);
    }
    if (e->builtin == B_QUEUE_PUT_NOWAIT) {
        lower_suspension(l, AWAIT_THROW, e->start, c, NULL);
        return value_of(l, NULL);
    }
    Var *result = type && type->kind == TY_VOID ? NULL : ir_temp(l->a, l->f, type);
    lower_like_value(l, result, handle);
    code_join(c, result ? code_join(code_text(l->a, "&"), code_join(code_var(l->a, result), code_text(l->a, ")")))
                        : code_text(l->a, "0)"));
    lower_suspension(l, AWAIT_THROW, e->start, c, result)->by_address = true;
    return value_of(l, result);
}
