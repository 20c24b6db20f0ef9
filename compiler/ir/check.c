/* check.c: the dialect's own diagnostics, all of them here but syntax (sema/syntax.c) and what clang finds in the view (sema/analyse.c).
 *
 * needs: the trees, Unit before lower
 * leaves: diagnostics. Each kind has a number, explained by `acc --explain` (base/pages.c). Warnings that need more than a look
 * have a file each, warn_*.c; what needs the control-flow graph is found in flow/across.c */
#include "check.h"

static Place place_of(Check *c, size_t offset) { return sema_place(c->u->source, offset); }
Place check_place(Check *c, size_t offset) { return place_of(c, offset); }

Node *check_callee(const Node *call) {
    Node *callee = node_field(call, F_function);
    if (callee) callee = node_stripped(callee);
    return callee && callee->kind == N_identifier ? callee : NULL;
}

char *check_text(Check *c, const Node *n) { return arena_strndup(c->a, c->u->source->text + n->start, n->end - n->start); }

bool check_named(Check *c, const Node *call, const char *const *names) {
    const Node *callee = check_callee(call);
    for (size_t i = 0; callee && names[i]; i++)
        if (node_is(c->u->source, callee, names[i])) return true;
    return false;
}

static Type *type_of(Check *c, const Node *n) { return sema_inner_type(c->u->sema, n); }

/* An operand of `await`, or an argument, that is to be something awaitable. */
void check_awaitable(Check *c, const Node *operand, const char *who, const char *what) {
    Type *t;
    bool generator = !strcmp(what, "a generator"), ok = sema_awaitable(c->u->sema, operand, &t);
    if (generator) ok = t && (t->handle == H_GENERATOR || t->spelling[0] == '<');
    if (ok || !t || sema_implicit(c->u->sema, operand)) return;
    Builtin b = operand->kind == N_call_expression ? ir_builtin(c->u, operand) : B_NONE;
    if (b == B_WAIT_FOR || b == B_SHIELD || b == B_CREATE_TASK || b == B_GATHER) return; /* it is told of their arguments */
    if (!t->async_function) {
        diag_add(c->u->diags, DIAG_ERROR, 4, NULL, place_of(c, operand->start), "'%s' needs %s, not '%s'", who, what,
                 t->spelling);
        return;
    }
    Diag *d = diag_add(c->u->diags, DIAG_ERROR, 4, NULL, place_of(c, operand->start),
                       "'%s' is an async function, not a coroutine: call it", check_text(c, operand));
    size_t n = strlen(t->spelling);
    if (operand->kind == N_identifier && n > 6 && !strcmp(t->spelling + n - 6, "(void)"))
        d->fixit = arena_printf(c->a, "%s()", check_text(c, operand));
}

static void await(Check *c, const Node *n) {
    if (!c->async) {
        Diag *d = diag_add(c->u->diags, DIAG_ERROR, 2, NULL, place_of(c, n->start), "'await' outside an async function");
        if (c->function && !c->nested && c->function != c->told) { /* once a function */
            c->told = c->function;
            const Node *name = declared_name(node_field(c->function, F_declarator));
            Diag *note = diag_note(c->u->diags, d, place_of(c, c->function->start), "'%s' is not async",
                                   name ? check_text(c, name) : "the function");
            note->fixit = "async ";
        }
        return;
    }
    const Node *operand = node_field(n, F_argument);
    if (operand) check_awaitable(c, node_stripped((Node *)operand), "await", "a coroutine, a task or a future");
    check_evaluated(c, n);
    if (c->around.no_await)
        diag_add(c->u->diags, DIAG_ERROR, 6, NULL, place_of(c, n->start), "'await' in %s", c->around.no_await);
}

/* The walk goes down from n, in an async function, to its child. */
static void down(Check *c, const Node *n, const Node *child) {
    check_operand(c, n, child);
    switch (n->kind) {
        case N_statement_expression:
        case N_compound_statement: c->around.no_await = NULL; break;
        case N_case_statement:
            if (child->as == F_value || child->kind == N_case_range) c->around.no_await = "a case label";
            break;
        case N_parameter_declaration: c->around.no_await = "the type of a parameter"; break;
        case N_init_declarator:
            if (child->as == F_value) {
                Node *name = declared_name(node_field(n, F_declarator));
                Decl *d = name ? sema_decl(c->u->sema, name->start) : NULL;
                if (d && !d->automatic) c->around.no_await = "a static initialiser";
            }
            break;
        default: break;
    }
}

/* A coroutine that nobody can ever run: the value of a statement, or of a comma's left side. */
static void dropped(Check *c, const Node *value) {
    const Node *n = node_stripped(value);
    if (n->kind == N_comma_expression) {
        if (node_field(n, F_left)) dropped(c, node_field(n, F_left));
        if (node_field(n, F_right)) dropped(c, node_field(n, F_right));
        return;
    }
    if (n->kind == N_assignment_expression || n->kind == N_update_expression) return;
    Type *t = type_of(c, n), *operand;
    if (!t || t->handle != H_CORO) return;
    if (n->kind == N_await_expression && node_field(n, F_argument) &&
        !sema_awaitable(c->u->sema, node_field(n, F_argument), &operand))
        return; /* await f: another mistake */
    Diag *d = diag_add(c->u->diags, DIAG_WARNING, 5, "unawaited", place_of(c, n->start),
                       "the coroutine is never awaited: nothing of '%.*s' will run",
                       (int)(n->end - n->start > 40 ? 40 : n->end - n->start), c->u->source->text + n->start);
    if (c->async) d->fixit = "await ";
}

/* A handle as a condition or an operand, or converted to what none is. */
static void value_meant(Check *c, const Node *value, bool any) {
    const Node *n = node_stripped((Node *)value);
    Type *t = type_of(c, n);
    if (!t || !(t->handle == H_CORO || (any && t->handle != H_NONE))) return;
    if (n->kind == N_await_expression) { /* await f, where f is an async function: it is said */
        Type *operand;
        if (node_field(n, F_argument) && !sema_awaitable(c->u->sema, node_field(n, F_argument), &operand)) return;
    }
    Builtin b = ir_builtin(c->u, n);
    if (b == B_RUN || b == B_RESULT) { /* the same */
        Type *operand;
        const Node *args = node_field(n, F_arguments);
        if (args->count > 2 && !sema_awaitable(c->u->sema, args->children[1], &operand)) return;
    }
    if (n->kind == N_conditional_expression) {
        if (node_field(n, F_consequence)) value_meant(c, node_field(n, F_consequence), any);
        if (node_field(n, F_alternative)) value_meant(c, node_field(n, F_alternative), any);
        return;
    }
    if (n->kind == N_comma_expression ||
        n->kind == N_binary_expression) { /* f() + 1 is arithmetic with a pointer for clang */
        if (n->kind == N_binary_expression && node_field(n, F_left)) value_meant(c, node_field(n, F_left), any);
        if (node_field(n, F_right)) value_meant(c, node_field(n, F_right), any);
        return;
    }
    sema_value_meant(c->u->diags, c->u->source, n->start, c->async != NULL, t->handle);
}

bool check_number(Check *c, const Node *n) { /* 0 is a null pointer */
    n = node_stripped((Node *)n);
    Type *t = type_of(c, n);
    return t && t->kind == TY_SCALAR && !node_is(c->u->source, n, "0");
}

/* Arithmetic with a handle: for C it is one with a pointer. */
static void arithmetic(Check *c, const Node *n, const Node *op) {
    const Node *left = node_field(n, F_left), *right = node_field(n, F_right);
    if (n->kind == N_binary_expression && op && left && right) {
        static const char *const comparisons[] = {"==", "!=", "<", ">", "<=", ">="};
        bool compares = false;
        for (size_t i = 0; i < 6; i++) compares |= node_is(c->u->source, op, comparisons[i]);
        if (!compares || check_number(c, right)) value_meant(c, left, true);
        if (!compares || check_number(c, left)) value_meant(c, right, true);
    } else if (n->kind == N_assignment_expression && op && left && !node_is(c->u->source, op, "=")) {
        value_meant(c, left, true);
    } else if (n->kind == N_update_expression && node_field(n, F_argument)) {
        value_meant(c, node_field(n, F_argument), true);
    } else if (n->kind == N_pointer_expression && op && node_is(c->u->source, op, "*") && node_field(n, F_argument)) {
        value_meant(c, node_field(n, F_argument), true);
    }
}

static void conversion(Check *c, const Node *n) {
    Type *inner = sema_inner_type(c->u->sema, n),
         *outer = inner && inner->handle == H_CORO ? sema_type(c->u->sema, n) : NULL;
    if (!outer || outer->handle != H_NONE || (outer->kind != TY_POINTER && outer->kind != TY_SCALAR)) return;
    const Node *p = n->parent;
    while (p && p->kind == N_parenthesized_expression) p = p->parent;
    if (p && (p->kind == N_binary_expression || p->kind == N_cast_expression)) return; /* compared, or it says so */
    value_meant(c, n, false);
}

static void conditions(Check *c, const Node *n) {
    const Node *condition = node_field(n, F_condition), *op = node_field(n, F_operator);
    switch (n->kind) {
        case N_if_statement:
        case N_while_statement:
        case N_do_statement:
        case N_for_statement:
        case N_switch_statement:
        case N_conditional_expression:
            if (condition) value_meant(c, condition, false);
            break;
        case N_unary_expression:
            if (op && node_is(c->u->source, op, "!") && node_field(n, F_argument))
                value_meant(c, node_field(n, F_argument), false);
            break;
        case N_binary_expression:
            if (!op || !(node_is(c->u->source, op, "&&") || node_is(c->u->source, op, "||"))) {
                arithmetic(c, n, op);
                break;
            }
            if (node_field(n, F_left)) value_meant(c, node_field(n, F_left), false);
            if (node_field(n, F_right)) value_meant(c, node_field(n, F_right), false);
            break;
        case N_assignment_expression:
        case N_update_expression:
        case N_pointer_expression: arithmetic(c, n, op); break;
        default: break;
    }
}

static void later(Check *c, const Node *n, const char *what) {
    diag_add(c->u->diags, DIAG_ERROR, 9, NULL, place_of(c, n->start), "sorry: %s is not supported yet", what);
}

static bool variadic(const Node *params) {
    for (uint32_t i = 0; i < params->count; i++)
        if (params->children[i]->kind == N_variadic_parameter ||
            (params->children[i]->kind == N_TOKEN && params->children[i]->end - params->children[i]->start == 3))
            return true;
    return false;
}

/* (void), (), or (int, char **)? */
static bool parameters_of_main(Check *c, const Node *params) {
    Type *types[3] = {0};
    size_t count = 0;
    for (uint32_t i = 0; i < params->count; i++) {
        const Node *p = params->children[i];
        if (p->kind != N_parameter_declaration) continue;
        const Node *name = node_field(p, F_declarator) ? declared_name(node_field(p, F_declarator)) : NULL;
        if (!name) return params->count == 3 && node_is(c->u->source, p, "void");
        Decl *d = sema_decl(c->u->sema, name->start);
        if (!d || count == 3) return false;
        types[count++] = d->type;
    }
    if (count < 2) return !count;
    for (size_t i = 1; i < count; i++)
        if (types[i]->kind != TY_POINTER || !types[i]->result || types[i]->result->kind != TY_POINTER) return false;
    return types[0]->kind == TY_SCALAR && !strcmp(types[0]->spelling, "int") && count == 2;
}

static void async_main(Check *c, const Node *n) {
    Node *declarator = node_field(n, F_declarator), *name = declarator ? declared_name(declarator) : NULL;
    if (!name || !node_is(c->u->source, name, "main")) return;
    Decl *d = sema_decl(c->u->sema, name->start);
    Type *result = d && d->type->kind == TY_FUNCTION ? d->type->result : NULL;
    const Node *f = async_declarator(declarator), *params = f ? node_field(f, F_parameters) : NULL;
    if (result && (result->kind != TY_SCALAR || strcmp(result->spelling, "int") != 0))
        diag_add(c->u->diags, DIAG_ERROR, 22, NULL, place_of(c, name->start), "an async 'main' returns 'int', not '%s'",
                 result->spelling);
    else if (params && !parameters_of_main(c, params))
        diag_add(c->u->diags, DIAG_ERROR, 22, NULL, place_of(c, params->start),
                 "an async 'main' takes '(void)' or '(int argc, char **argv)'");
}

static void async_declaration(Check *c, const Node *n) {
    const Node *word = node_child(n, N_async_specifier);
    bool any = false;
    for (uint32_t i = 0; i < n->count; i++) {
        if (n->children[i]->as != F_declarator) continue;
        any = true;
        Node *f = async_declarator(n->children[i]);
        if (!f) diag_add(c->u->diags, DIAG_ERROR, 7, NULL, place_of(c, word->start), "'async' on what is not a function");
        else if (node_field(f, F_parameters) && variadic(node_field(f, F_parameters)))
            diag_add(c->u->diags, DIAG_ERROR, 7, NULL, place_of(c, f->start), "an async function cannot be variadic");
        else if (n->kind == N_function_definition && node_child(n, N_declaration))
            diag_add(c->u->diags, DIAG_ERROR, 7, NULL, place_of(c, f->start),
                     "an async function needs a prototype, not an old-style parameter list");
    }
    if (!any && n->kind != N_type_descriptor && n->kind != N_parameter_declaration)
        diag_add(c->u->diags, DIAG_ERROR, 7, NULL, place_of(c, word->start), "'async' on what is not a function");
}

/* A call by name. */
static void call(Check *c, const Node *n) {
    static const char *const jumps[] = {"setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp", "__builtin_setjmp", NULL};
    if (c->async && ir_builtin(c->u, n) == B_RUN)
        diag_add(c->u->diags, DIAG_ERROR, 8, NULL, place_of(c, n->start),
                 "'acc_run' in an async function: its loop runs already; use 'await'");
    if (c->async && check_named(c, n, jumps))
        diag_add(c->u->diags, DIAG_ERROR, 20, NULL, place_of(c, n->start),
                 "'%s' in an async function, which leaves its stack when it suspends",
                 strstr(check_text(c, check_callee(n)), "sigsetjmp") ? "sigsetjmp" : "setjmp");
    check_builtin(c, n);
    check_throws(c, n);
    check_blocks(c, n);
    const Node *address = c->function && !c->async ? ir_escaping(c->u, n) : NULL;
    if (address) ir_warn_escaping(c->u, address, n); /* in an async function it may be waited for: flow/across.c */
}

static void walk(Check *c, const Node *n) {
    const Node *outer = c->async, *outer_function = c->function;
    bool outer_nested = c->nested;
    if (n->kind == N_function_definition) {
        c->nested = c->function != NULL;
        c->async = node_child(n, N_async_specifier) ? n : NULL;
        c->function = n;
    }
    if (n->parent && sema_silent(c->u->sema, n->start)) goto end;
    if (node_child(n, N_async_specifier)) async_declaration(c, n);
    conditions(c, n);
    if (n->kind != N_parenthesized_expression && n->kind != N_argument_list && n->kind != N_TOKEN) conversion(c, n);
    switch (n->kind) {
        case N_function_definition:
            if (c->async && !outer) async_main(c, n);
            break;
        case N_await_expression: await(c, n); break;
        case N_expression_statement:
            for (uint32_t i = 0; i < n->count; i++)
                if (node_named(n->children[i])) {
                    /* the value of a statement expression's last statement is not dropped */
                    const Node *p = n->parent, *last = p && p->count > 1 ? p->children[p->count - 2] : NULL;
                    if (!(p && p->parent && p->parent->kind == N_statement_expression && last == n))
                        dropped(c, n->children[i]);
                }
            break;
        case N_for_statement:
            if (node_field(n, F_initializer) && node_field(n, F_initializer)->kind != N_declaration)
                dropped(c, node_field(n, F_initializer));
            if (node_field(n, F_update)) dropped(c, node_field(n, F_update));
            break;
        case N_comma_expression:
            if (node_field(n, F_left)) dropped(c, node_field(n, F_left));
            break;
        case N_call_expression: call(c, n); break;
        case N_throw_statement: check_thrown(c, n); break;
        case N_attribute_specifier: check_cleanup(c, n); break;
        case N_try_statement: check_try(c, n); break;
        case N_async_with_statement: check_with(c, n); break;
        case N_async_for_statement: check_each(c, n); break;
        case N_return_statement:
        case N_goto_statement:
        case N_break_statement:
        case N_continue_statement:
        case N_case_statement: check_jump(c, n); break;
        case N_yield_expression: check_yield(c, n); break;
        case N_acc_type_specifier: {
            const Node *name = node_field(n, F_name);
            static const char *const known[] = {"acc_coro",      "acc_task",  "acc_future",       "acc_outcome",
                                                "acc_generator", "acc_queue", "acc_thread_future"};
            bool ok = false;
            for (size_t i = 0; name && i < sizeof known / sizeof *known; i++) ok |= node_is(c->u->source, name, known[i]);
            if (!ok && name) later(c, n, arena_strndup(c->a, c->u->source->text + name->start, name->end - name->start));
            break;
        }
        default: break;
    }
    Around around = c->around;
    for (uint32_t i = 0; i < n->count; i++) {
        if (c->async) down(c, n, n->children[i]);
        walk(c, n->children[i]);
        c->around = around;
    }
end:
    c->async = outer;
    c->function = outer_function;
    c->nested = outer_nested;
}

bool ir_check(Arena *a, Unit *u) {
    Check c = {.a = a, .u = u, .functions = map_new(a), .blocks = map_new(a), .labels = map_new(a), .defers = map_new(a)};
    for (size_t i = 0; i < u->tree->regions.len; i++) {
        const Node *r = u->tree->regions.data[i];
        for (uint32_t k = 0; k < r->count; k++) {
            const Node *n = r->children[k], *declarator = node_field(n, F_declarator);
            Node *name = n->kind == N_function_definition && declarator ? declared_name(node_field(n, F_declarator)) : NULL;
            if (name) map_set(c.functions, u->source->text + name->start, name->end - name->start, (void *)n);
        }
    }
    for (size_t i = 0; i < u->tree->regions.len; i++) {
        c.dialect = u->source->regions.data[i].dialect;
        walk(&c, u->tree->regions.data[i]);
    }
    if (u->funcs.len && !strstr(u->source->text, "acc__any_task"))
        diag_add(u->diags, DIAG_ERROR, 0, NULL, place_of(&c, u->funcs.data[0]->node->start),
                 "an async function needs the header <acc.h>: include it");
    return !diags_stop(u->diags);
}
