/* captured.c: a call that is made elsewhere: acc_to_thread(f(a, b)).
 *
 *     struct acc__call_1 { int (*acc__f)(int, char *); int acc__1; char *acc__2; };       what is captured
 *     static void acc__run_1(acc_ctx *, void *, void *) { ... }                           makes the call
 *     static const acc_call acc__called_1 = {acc__run_1, "f", ...};
 *     ... acc_abi_run_in_executor(acc__cx, 0, &acc__called_1, &(struct acc__call_1){f, a, b}, &result)
 *
 * needs: what ir/captured.c found
 * leaves: the declarations, to stand before the function around; the call */
#include "lower.h"

/* The declarations for one call. */
static const char *declarations(Arena *a, Unit *u, const Captured *c, int n) {
    StrBuf b = {0}, call = {0};
    const char *name = c->name;
    if (c->pointer) name = "acc__c->acc__f";
    sb_printf(&call, "%s(%s", name, c->async || c->throws ? "acc__cx" : "");
    bool kept = c->pointer || c->count;
    if (kept) sb_printf(&b, "struct acc__call_%d {", n);
    if (c->pointer) sb_printf(&b, " %sacc__f%s;", c->pointer->before, c->pointer->after);
    for (size_t i = 0; i < c->count; i++) {
        Type *t = ir_captured_type(u, c->args[i]);
        if (t && t->before) sb_printf(&b, " %sacc__%zu%s;", t->before, i + 1, t->after);
        else sb_printf(&b, " void *acc__%zu;", i + 1); /* a pointer, to what has no name here */
        sb_printf(&call, "%sacc__c->acc__%zu", i || c->async || c->throws ? ", " : "", i + 1);
    }
    sb_addc(&call, ')');
    if (kept) sb_add(&b, " }; ");
    bool value = c->value && c->value->kind != TY_VOID;
    sb_printf(&b, "static void acc__run_%d(acc_ctx *acc__cx, void *acc__p, void *acc__r) { ", n);
    if (kept) sb_printf(&b, "struct acc__call_%d *acc__c = acc__p; ", n);
    else sb_add(&b, "(void)acc__p; ");
    if (!c->async && !c->throws) sb_add(&b, "(void)acc__cx; ");
    if (c->async || !value) sb_printf(&b, "(void)acc__r; %s%s; } ", value ? "(void)" : "", call.data);
    else
        sb_printf(&b, "%sacc__v%s = %s; __builtin_memcpy(acc__r, &acc__v, sizeof acc__v); } ", c->value->before,
                  c->value->after, call.data);
    const char *size = value ? arena_printf(a, "sizeof(%s%s), _Alignof(%s%s)", c->value->before, c->value->after,
                                            c->value->before, c->value->after)
                             : "0, 1";
    sb_printf(&b, "static const acc_call acc__called_%d = {acc__run_%d, \"", n, n);
    for (const char *s = ir_text(a, u, c->function); *s; s++) {
        if (*s == '"' || *s == '\\') sb_addc(&b, '\\');
        if (*s != '\n') sb_addc(&b, *s);
    }
    if (kept) sb_printf(&b, "\", sizeof(struct acc__call_%d), _Alignof(struct acc__call_%d), %s, ", n, n, size);
    else sb_printf(&b, "\", 0, 1, %s, ", size);
    sb_printf(&b, "%d}; ",
              (c->async ? 1 : 0) | (c->memory ? 2 : 0) | (c->value && c->value->has_pointer ? 4 : 0)); /* ACC_CALL_... */
    char *text = arena_strndup(a, b.data, b.len);
    sb_free(&b);
    sb_free(&call);
    return text;
}

/* The call in C; where its value goes ends it. */
static Code *captured(Lower *l, Expr *e, const char *context) {
    Captured c;
    if (!ir_captured(l->a, l->u, e->node, &c)) return code_span(l->a, e->start, e->end); /* check has complained */
    int n = ++l->u->captures;
    vec_push(l->a, &l->f->elsewhere, declarations(l->a, l->u, &c, n));
    c.call->lowered = true;
    Expr **parts = NEW_ARRAY(l->a, Expr *, c.count + 2);
    size_t k = 0;
    if (c.pool) parts[k++] = ir_expr(l->a, l->u, l->f, c.pool);
    if (c.pointer) parts[k++] = ir_expr(l->a, l->u, l->f, c.function);
    for (size_t i = 0; i < c.count; i++) parts[k++] = ir_expr(l->a, l->u, l->f, c.args[i]);
    Code **out = NEW_ARRAY(l->a, Code *, k + 1);
    lower_operands(l, parts, k, out);
    Code *all = code_text(l->a, "acc_abi_run_in_executor(%s, ", context);
    code_join(all, c.pool ? out[0] : code_text(l->a, "0"));
    code_join(all, code_text(l->a, ", &acc__called_%d, ", n));
    size_t first = c.pool ? 1 : 0;
    if (first == k) return code_join(all, code_text(l->a, "0, "));
    code_join(all, code_text(l->a, "&(struct acc__call_%d){", n));
    for (size_t i = first; i < k; i++) {
        if (i > first) code_join(all, code_text(l->a, ", "));
        code_join(all, out[i]);
    }
    return code_join(all, code_text(l->a, "}, "));
}

Code *lower_captured_await(Lower *l, Expr *e, Type *type, size_t at) {
    Code *c = captured(l, e, "acc__cx");
    Var *result = type && type->kind == TY_VOID ? NULL : ir_temp(l->a, l->f, type);
    lower_suspension(l, AWAIT_INTO, at, c, result);
    return result ? code_var(l->a, result) : code_text(l->a, "((void)0)");
}

/* Not awaited: a coroutine. */
Code *lower_captured_coroutine(Lower *l, Expr *e) {
    Var *made = ir_temp(l->a, l->f, sema_inner_type(l->u->sema, e->node));
    Code *c = captured(l, e, "acc__cx->cold");
    lower_append(l, S_CODE, e->start)->code = code_join(c, code_text(l->a, "0);"));
    lower_code(l, e->start, code_join(code_var(l->a, made), code_text(l->a, " = acc_take(acc__cx->cold);")), made);
    return code_var(l->a, made);
}

/* In an ordinary function, by edits. `before`: the function around, where the declarations go. */
void lower_captured_plain(Arena *a, Unit *u, Node *n, Edits *e) {
    static const char cold[] = "acc_thread_ctx()->cold";
    Captured c;
    const Node *around = node_enclosing(n, N_function_definition);
    if (!around || !ir_captured(a, u, n, &c)) return;
    int k = ++u->captures;
    edit_insert(a, e, around->start, declarations(a, u, &c, k));
    c.call->lowered = true;
    bool kept = c.pointer || c.count;
    const Node *list = node_field(c.call, F_arguments), *first = c.pool ? c.pool : c.function;
    edit_replace(a, e, n->start, first->start,
                 arena_printf(a, "__extension__({ struct acc_executor *acc__x = (%s", c.pool ? "" : "0); "));
    const char *captured = kept ? arena_printf(a, "struct acc__call_%d acc__c = {", k) : "";
    if (c.pool) edit_replace(a, e, c.pool->end, c.function->start, arena_printf(a, "); %s", captured));
    else edit_insert(a, e, c.function->start, captured);
    if (c.pointer) edit_replace(a, e, c.function->end, list->start + 1, c.count ? ", " : "");
    else edit_replace(a, e, c.function->start, list->start + 1, "");
    const char *cast = c.value
                           ? arena_printf(a, "(%s(*)(struct acc__coro *)%s)", c.value->before ? c.value->before : "void ",
                                          c.value->before ? c.value->after : "")
                           : "";
    edit_replace(a, e, c.call->end - 1, n->end,
                 arena_printf(a, "%s acc_abi_run_in_executor(%s, acc__x, &acc__called_%d, %s, 0); %sacc_take(%s); })",
                              kept ? "};" : "", cold, k, kept ? "&acc__c" : "0", cast, cold));
}
