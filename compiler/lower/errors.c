/* errors.c: throw, and try with its catches.
 *
 * needs: S_THROW, S_TRY
 * leaves: awaits whose errors go to labels; the chain of tests behind such a label; the way on for what no catch names
 *
 *         { the try's body }
 *         goto acc__tried_N;
 *     acc__caught_N:
 *         error = acc_abi_catch(cx);
 *         if (acc_error_is(error, &acc_error_type_A)) { const acc_error *e = error; ... drop the error }
 *         else { throw it again }
 *     acc__tried_N:
 */
#include "lower.h"

Code *lower_error_value(Lower *l, Expr *e) {
    Node *n = node_stripped(e->node), *name = error_type_name(l->u->source, n);
    if (!name) {
        Code *c = code_text(l->a, "acc_error_keep(");
        return code_join(c, code_join(lower_value(l, e), code_text(l->a, ")")));
    }
    Node *list = name == n ? NULL : node_field(n, F_arguments);
    Expr **parts = NEW_ARRAY(l->a, Expr *, (list ? list->count : 0) + 1);
    size_t count = 0;
    for (uint32_t i = 0; list && i < list->count; i++)
        if (node_named(list->children[i])) parts[count++] = ir_expr(l->a, l->u, l->f, list->children[i]);
    Code **values = NEW_ARRAY(l->a, Code *, count + 1);
    lower_operands(l, parts, count, values);
    Type *first = count ? sema_inner_type(l->u->sema, parts[0]->node) : NULL;
    bool format_first = first && (first->kind == TY_POINTER || first->kind == TY_ARRAY);
    Code *c = code_text(l->a, "acc_abi_error(&acc_error_type_%s, ", ir_text(l->a, l->u, name));
    if (!count || format_first) code_join(c, code_text(l->a, count ? "0, " : "0, 0"));
    for (size_t i = 0; i < count; i++) code_join(c, code_join(i ? code_text(l->a, ", ") : NULL, values[i]));
    return code_join(c, code_text(l->a, count == 1 && !format_first ? ", 0)" : ")"));
}

void lower_throw(Lower *l, Stmt *s) {
    if (s->e) {
        lower_suspension(l, AWAIT_RAISE, s->start, lower_error_value(l, s->e), NULL);
        return;
    }
    if (!l->caught) return; /* check has complained */
    lower_code(l, s->start,
               code_join(code_text(l->a, "acc_abi_throw(acc__cx, acc_error_keep("),
                         code_join(code_var(l->a, l->caught), code_text(l->a, "), 0, 0);"))),
               NULL);
    lower_fail(l, s->start);
}

/* What a clause names, as a test of the error; NULL: whatever it is. */
static Code *test(Lower *l, const Stmt *clause, Var *error) {
    Node *parameter = node_field(clause->node, F_parameter);
    Code *c = NULL;
    for (uint32_t i = 0; i < parameter->count; i++) {
        Node *n = parameter->children[i];
        if (n->as != F_type) continue;
        if (node_is(l->u->source, n, "BaseError")) return NULL;
        Code *one =
            code_join(code_text(l->a, c ? " || acc_error_is(" : "acc_error_is("),
                      code_join(code_var(l->a, error), code_text(l->a, ", &acc_error_type_%s)", ir_text(l->a, l->u, n))));
        c = code_join(c, one);
    }
    return c;
}

static void clause(Lower *l, Stmt *s, Var *error) {
    Var *outer = l->caught;
    Handled handled = {error, l->handled};
    l->caught = error;
    l->handled = &handled;
    Cleanup *c = cleanup_begin(l, s->start, s->start, s->end);
    c->simple = code_join(code_text(l->a, "acc_error_drop("), code_join(code_var(l->a, error), code_text(l->a, ");")));
    c->on_error =
        code_join(code_text(l->a, "acc_abi_chain(acc__cx, "), code_join(code_var(l->a, error), code_text(l->a, ");")));
    Var *v = s->items.len ? s->items.data[0].var : NULL;
    if (v)
        lower_code(l, s->items.data[0].name_start,
                   code_join(code_text(l->a, " = "), code_join(code_var(l->a, error), code_text(l->a, ";"))), v)
            ->declares = true;
    lower_statement(l, s->body);
    cleanup_end(l, c);
    l->caught = outer;
    l->handled = handled.outer;
}

static void try_and_catch(Lower *l, Stmt *s) {
    if (!s->list.len) {
        lower_statement(l, s->body);
        return;
    }
    int id = ++l->f->temps;
    Var *error = lower_error_temp(l);
    const char *tried = arena_printf(l->a, "acc__tried_%d", id);
    Handler handler = {.label = arena_printf(l->a, "acc__caught_%d", id)}, *outer = l->handler;
    lower_code(l, s->start, NULL, error);
    Stmt *block = lower_nested(l, s->body->start), *before = lower_begin(l, block);
    l->handler = &handler;
    lower_statement(l, s->body);
    l->handler = outer;
    lower_begin(l, before);
    vec_push(l->a, &l->block->list, block);
    bool falls = lower_falls(l, block);
    if (falls) lower_goto(l, s->start, tried);
    lower_label(l, s->start, handler.label);
    l->block->list.data[l->block->list.len - 1]->unused = !handler.used;
    lower_caught(l, s->start, error);
    Stmt *start = l->block;
    for (size_t i = 0; i < s->list.len; i++) {
        Code *named = test(l, s->list.data[i], error);
        if (!named) { /* what stands behind it is never reached */
            clause(l, s->list.data[i], error);
            goto end;
        }
        Stmt *branch = lower_append(l, S_IF, s->list.data[i]->start);
        branch->code = named;
        branch->body = lower_nested(l, branch->start);
        lower_begin(l, branch->body);
        clause(l, s->list.data[i], error);
        branch->alt = lower_nested(l, branch->start);
        lower_begin(l, branch->alt);
    }
    lower_append(l, S_CODE, s->start)->code =
        code_join(code_text(l->a, "acc_abi_throw(acc__cx, "), code_join(code_var(l->a, error), code_text(l->a, ", 0, 0);")));
    lower_fail(l, s->start);
end:
    lower_begin(l, start);
    if (falls) lower_label(l, s->start, tried);
}

static void run_finally(Lower *l, Cleanup *c) { lower_statement(l, c->stmt); }

void lower_try_statement(Lower *l, Stmt *s) {
    if (!s->alt) {
        try_and_catch(l, s);
        return;
    }
    Cleanup *c = cleanup_begin(l, s->alt->start, s->start, s->alt->start);
    c->run = run_finally;
    c->stmt = s->alt;
    try_and_catch(l, s);
    cleanup_end(l, c);
}
