/* trying.c: acc_try(e) in an async function: what is thrown in e goes to a label behind it.
 *
 * needs: E_BUILTIN of acc_try
 * leaves: e's statements, whose awaits know the label; the outcome in a temporary */
#include "lower.h"

bool lower_is_outcome(Lower *l, Node *n) {
    for (;;) {
        Node *inner = n->kind == N_subscript_expression || n->kind == N_field_expression ? node_field(n, F_argument) : NULL;
        if (n->kind == N_parenthesized_expression) inner = node_inner(n);
        if (!inner) break;
        n = inner;
    }
    if (n->kind != N_identifier) return false;
    size_t first, last;
    ir_refs(l->f, n->start, n->end, &first, &last);
    return last > first && l->f->refs.data[first].var->outcome;
}

Code *lower_try(Lower *l, Expr *e) {
    Type *type = sema_inner_type(l->u->sema, e->node);
    const char *before = type ? type->before : NULL, *after = before ? type->after : "";
    if (!before && type) before = type->local;
    if (e->count != 1 || !before) return code_span(l->a, e->start, e->end);
    Var *outcome = ir_temp(l->a, l->f, type);
    lower_code(l, e->start, NULL, outcome);
    int id = ++l->f->temps; /* as in errors.c: each label is made once */
    const char *tried = arena_printf(l->a, "acc__tried_%d", id);
    Handler handler = {.label = arena_printf(l->a, "acc__caught_%d", id)}, *outer = l->handler;
    l->handler = &handler;
    bool value = !type_is_empty_outcome(type);
    if (value) {
        Code *c = lower_value(l, e->args[0]);
        lower_code(l, e->start,
                   code_join(code_var(l->a, outcome), code_join(code_text(l->a, " = (%s%s){.value = ", before, after),
                                                                code_join(c, code_text(l->a, "};")))),
                   outcome);
    } else {
        lower_discard(l, e->args[0]);
        lower_code(l, e->start, code_join(code_var(l->a, outcome), code_text(l->a, " = (%s%s){};", before, after)), outcome);
    }
    l->handler = outer;
    if (handler.used) { /* something in it can throw */
        lower_goto(l, e->start, tried);
        lower_label(l, e->start, handler.label);
        lower_context(l, e->start);
        lower_code(l, e->start,
                   code_join(code_var(l->a, outcome),
                             code_text(l->a, " = (%s%s){.error = acc_abi_catch(acc__cx)};", before, after)),
                   outcome);
        lower_label(l, e->start, tried);
    }
    return code_var(l->a, outcome);
}
