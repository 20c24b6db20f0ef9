/* check.c: the dialect's own diagnostics, all of them here but those that clang finds in the view (sema/analyse.c).
 *
 * needs: the trees, Unit before lower
 * leaves: diagnostics. Each kind has a number, explained by `acc --explain` */
#include "ir.h"

typedef struct Check {
    Arena *a;
    Unit *u;
    const Node *async; /* the async function around, or NULL */
    bool dialect;      /* the region holds dialect words */
} Check;

/* Its column is found later, from the offset (translate.c). */
static Place place_of(Check *c, size_t offset) {
    Place p = source_place(c->u->source, offset);
    p.length = (unsigned)offset;
    return p;
}

static void syntax_error(Check *c, const Node *n) {
    if (n->missing || n->start == n->end) {
        diag_add(c->u->diags, DIAG_ERROR, 1, NULL, place_of(c, n->start), "expected '%s'", n->name);
        return;
    }
    size_t at = n->start, len = 0;
    const char *text = c->u->source->text;
    while (at < n->end && (text[at] == ' ' || text[at] == '\n')) at++;
    while (at + len < n->end && len < 24 && text[at + len] != ' ' && text[at + len] != '\n') len++;
    diag_add(c->u->diags, DIAG_ERROR, 1, NULL, place_of(c, at), "syntax error at '%.*s'", (int)len, text + at);
}

/* Reports the outermost errors; clang tells more exactly what is plain C. */
static bool syntax(Check *c, const Node *n) {
    bool absent = n->error && n->start == n->end && n->kind == N_identifier;
    if (!n->error && !n->missing && n->kind != N_ERROR) return false;
    if (n->missing || absent || n->kind == N_ERROR) {
        syntax_error(c, n);
        return true;
    }
    bool any = false;
    for (uint32_t i = 0; i < n->count; i++) any |= syntax(c, n->children[i]);
    return any;
}

static Type *type_of(Check *c, const Node *n) { return sema_inner_type(c->u->sema, n); }

static const Node *stripped(const Node *n) {
    while (n->kind == N_parenthesized_expression) {
        const Node *inner = NULL;
        for (uint32_t i = 0; i < n->count; i++)
            if (n->children[i]->kind != N_TOKEN && n->children[i]->kind != N_comment) inner = n->children[i];
        if (!inner) break;
        n = inner;
    }
    return n;
}

static void await(Check *c, const Node *n) {
    if (!c->async) {
        diag_add(c->u->diags, DIAG_ERROR, 2, NULL, place_of(c, n->start), "'await' outside an async function");
        return;
    }
    const Node *operand = node_field(n, F_argument);
    Type *t = operand ? type_of(c, stripped(operand)) : NULL;
    if (t && t->handle == H_NONE)
        diag_add(c->u->diags, DIAG_ERROR, 4, NULL, place_of(c, operand->start), "'await' needs a coroutine, a task or a future, not '%s'", t->spelling);
    for (const Node *p = n->parent, *child = n; p; child = p, p = p->parent) {
        if (p->kind == N_case_statement && (child->as == F_value || child->kind == N_case_range)) {
            diag_add(c->u->diags, DIAG_ERROR, 6, NULL, place_of(c, n->start), "'await' in a case label");
            return;
        }
        if (p->kind == N_init_declarator && child->as == F_value) {
            Node *name = declared_name(node_field(p, F_declarator));
            Decl *d = name ? sema_decl(c->u->sema, name->start) : NULL;
            if (d && !d->automatic) {
                diag_add(c->u->diags, DIAG_ERROR, 6, NULL, place_of(c, n->start), "'await' in a static initialiser");
                return;
            }
        }
        if (p->kind == N_statement_expression || p->kind == N_compound_statement) break;
    }
}

/* A coroutine that nobody can ever run: the value of a statement, or of a comma's left side. */
static void dropped(Check *c, const Node *value) {
    const Node *n = stripped(value);
    if (n->kind == N_comma_expression) {
        if (node_field(n, F_left)) dropped(c, node_field(n, F_left));
        if (node_field(n, F_right)) dropped(c, node_field(n, F_right));
        return;
    }
    if (n->kind == N_assignment_expression || n->kind == N_update_expression) return;
    Type *t = type_of(c, n);
    if (!t || t->handle != H_CORO) return;
    Diag *d = diag_add(c->u->diags, DIAG_WARNING, 5, "unawaited", place_of(c, n->start), "the coroutine is never awaited: nothing of '%.*s' will run",
                       (int)(n->end - n->start > 40 ? 40 : n->end - n->start), c->u->source->text + n->start);
    if (c->async) d->fixit = "await ";
}

static void later(Check *c, const Node *n, const char *what) {
    diag_add(c->u->diags, DIAG_ERROR, 9, NULL, place_of(c, n->start), "sorry: %s is not supported yet", what);
}

static bool variadic(const Node *params) {
    for (uint32_t i = 0; i < params->count; i++)
        if (params->children[i]->kind == N_variadic_parameter || (params->children[i]->kind == N_TOKEN && params->children[i]->end - params->children[i]->start == 3)) return true;
    return false;
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
            diag_add(c->u->diags, DIAG_ERROR, 7, NULL, place_of(c, f->start), "an async function needs a prototype, not an old-style parameter list");
    }
    if (!any && n->kind != N_type_descriptor && n->kind != N_parameter_declaration)
        diag_add(c->u->diags, DIAG_ERROR, 7, NULL, place_of(c, word->start), "'async' on what is not a function");
}

static void walk(Check *c, const Node *n) {
    const Node *outer = c->async;
    if (n->kind == N_function_definition) c->async = node_child(n, N_async_specifier) ? n : NULL;
    if (node_child(n, N_async_specifier)) async_declaration(c, n);
    switch (n->kind) {
    case N_function_definition:
        if (outer && c->async) later(c, n, "an async function inside another");
        break;
    case N_await_expression: await(c, n); break;
    case N_expression_statement:
        for (uint32_t i = 0; i < n->count; i++)
            if (n->children[i]->kind != N_TOKEN && n->children[i]->kind != N_comment) {
                /* the value of a statement expression's last statement is not dropped */
                const Node *p = n->parent, *last = p && p->count > 1 ? p->children[p->count - 2] : NULL;
                if (!(p && p->parent && p->parent->kind == N_statement_expression && last == n)) dropped(c, n->children[i]);
            }
        break;
    case N_call_expression:
        if (c->async && ir_builtin(c->u, n) == B_RUN)
            diag_add(c->u->diags, DIAG_ERROR, 8, NULL, place_of(c, n->start), "'acc_run' in an async function: its loop runs already; use 'await'");
        break;
    case N_try_statement: later(c, n, "'try'"); break;
    case N_throw_statement: later(c, n, "'throw'"); break;
    case N_defer_statement: later(c, n, "'defer'"); break;
    case N_async_for_statement: later(c, n, "'async for'"); break;
    case N_async_with_statement: later(c, n, "'async with'"); break;
    case N_yield_expression: later(c, n, "'yield'"); break;
    case N_acc_type_specifier: {
        const Node *name = node_field(n, F_name);
        static const char *const known[] = {"acc_coro", "acc_task", "acc_future", "acc_outcome"};
        bool ok = false;
        for (size_t i = 0; name && i < sizeof known / sizeof *known; i++) ok |= node_is(c->u->source, name, known[i]);
        if (!ok && name) later(c, n, arena_strndup(c->a, c->u->source->text + name->start, name->end - name->start));
        break;
    }
    case N_gnu_asm_expression:
        if (n->marked) later(c, n, "an 'await' among the operands of asm");
        break;
    default: break;
    }
    for (uint32_t i = 0; i < n->count; i++) walk(c, n->children[i]);
    c->async = outer;
}

bool ir_check_syntax(Arena *a, const Tree *t, Diags *d) {
    Unit u = {.source = t->source, .diags = d};
    Check c = {.a = a, .u = &u};
    bool any = false;
    for (size_t i = 0; i < t->regions.len; i++)
        if (t->source->regions.data[i].dialect && !source_in_system_header(t->source, t->regions.data[i]->start)) any |= syntax(&c, t->regions.data[i]);
    return !any;
}

bool ir_check(Arena *a, Unit *u) {
    Check c = {.a = a, .u = u};
    for (size_t i = 0; i < u->tree->regions.len; i++) {
        c.dialect = u->source->regions.data[i].dialect;
        walk(&c, u->tree->regions.data[i]);
    }
    return diags_errors(u->diags) == 0;
}
