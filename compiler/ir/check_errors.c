/* check_errors.c: throw, try, catch, async with, async for: are the names known, does each have its place, can it be reached?
 *
 * needs: the trees, Sema
 * leaves: diagnostics */
#include "check.h"

/* ---- error types ---- */

/* The parents of the error types of acc.h, which its declarations do not show. */
static const struct {
    const char *name, *parent;
} families[] = {
    {"Error", "BaseError"},         {"CancelledError", "BaseError"},  {"ConnectionError", "OSError"},
    {"TimeoutError", "OSError"},    {"FileNotFoundError", "OSError"}, {"PermissionError", "OSError"},
    {"OSError", "Error"},           {"ValueError", "Error"},          {"InvalidStateError", "Error"},
    {"MemoryError", "Error"},       {"QueueFull", "Error"},           {"QueueEmpty", "Error"},
    {"QueueShutDown", "Error"},     {"BrokenBarrierError", "Error"},  {"IncompleteReadError", "Error"},
    {"LimitOverrunError", "Error"}, {"BrokenExecutorError", "Error"}, {"ErrorGroup", "Error"},
};

/* Where the type is declared, plus 1; 0: nowhere. */
static size_t declared(Check *c, const Node *n) {
    return (uintptr_t)map_get(c->u->source->error_types, c->u->source->text + n->start, n->end - n->start);
}
static bool known(Check *c, const Node *n) {
    size_t at = declared(c, n);
    return at && at - 1 < n->start;
}

/* The parent of a type, where it is to be known: acc.h's, or one that this file defines. */
static const char *parent_of(Check *c, const char *name) {
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (!strcmp(families[i].name, name)) return families[i].parent;
    const char *definition = arena_printf(c->a, "acc_error_type_%s = {\"%s\", &acc_error_type_", name, name);
    const char *p = strstr(c->u->source->text, definition);
    if (!p) return NULL;
    p += strlen(definition);
    return arena_strndup(c->a, p, strcspn(p, "}, \n"));
}

static bool descends(Check *c, const char *name, const char *ancestor) {
    for (int depth = 0; name && depth < 100; depth++, name = parent_of(c, name))
        if (!strcmp(name, ancestor)) return true;
    return !strcmp(ancestor, "BaseError");
}

static void unknown_type(Check *c, const Node *n) {
    const char *name = check_text(c, n);
    Diag *d = diag_add(c->u->diags, DIAG_ERROR, 30, NULL, check_place(c, n->start), "unknown error type '%s'", name);
    size_t at = declared(c, n);
    if (at) diag_note(c->u->diags, d, check_place(c, at - 1), "it is known from here on");
}

void check_thrown(Check *c, const Node *n) {
    const Node *value = node_field(n, F_value);
    if (!c->async) {
        diag_add(c->u->diags, DIAG_ERROR, 31, NULL, check_place(c, n->start), "'throw' outside an async function");
        return;
    }
    if (value) {
        const Node *name = node_stripped(value);
        if (name->kind == N_call_expression) name = node_field(name, F_function);
        if (!name || name->kind != N_identifier || known(c, name)) return;
        Decl *d = sema_ref(c->u->sema, name->start);
        if (!d || d->name == name->start) unknown_type(c, name); /* a call declares what nothing else has */
        return;
    }
    for (const Node *p = n->parent; p && p->kind != N_function_definition; p = p->parent)
        if (p->kind == N_catch_clause) return;
    diag_add(c->u->diags, DIAG_ERROR, 32, NULL, check_place(c, n->start),
             "'throw;' outside a catch: there is no error to throw again");
}

/* Does a clause before this one take what `name` names? */
static const Node *taken_before(Check *c, const Node *clause, const char *name) {
    const Node *statement = clause->parent;
    for (uint32_t i = 0; i < statement->count && statement->children[i] != clause; i++) {
        const Node *parameter =
            statement->children[i]->kind == N_catch_clause ? node_field(statement->children[i], F_parameter) : NULL;
        for (uint32_t k = 0; parameter && k < parameter->count; k++)
            if (parameter->children[k]->as == F_type && descends(c, name, check_text(c, parameter->children[k])))
                return parameter->children[k];
    }
    return NULL;
}

static void catches(Check *c, const Node *clause) {
    const Node *parameter = node_field(clause, F_parameter), *by = NULL, *first = NULL;
    bool reached = false, sound = true;
    for (uint32_t i = 0; parameter && i < parameter->count; i++) {
        const Node *type = parameter->children[i];
        if (type->as != F_type) continue;
        if (!first) first = type;
        if (!known(c, type)) {
            unknown_type(c, type);
            sound = false;
            continue;
        }
        const Node *taken = taken_before(c, clause, check_text(c, type));
        if (taken) by = taken;
        else reached = true;
    }
    if (reached || !by || !sound) return;
    Diag *d = diag_add(c->u->diags, DIAG_WARNING, 35, "unreachable-catch", check_place(c, first->start),
                       "this catch is never reached: what it names is caught before");
    if (d) diag_note(c->u->diags, d, check_place(c, by->start), "by '%s'", check_text(c, by));
}

void check_try(Check *c, const Node *n) {
    if (!c->async) {
        diag_add(c->u->diags, DIAG_ERROR, 31, NULL, check_place(c, n->start),
                 "'try' outside an async function: acc_try(...) gives an error as a value");
        return;
    }
    bool any = node_child(n, N_finally_clause) != NULL;
    for (uint32_t i = 0; i < n->count; i++) {
        if (n->children[i]->kind != N_catch_clause) continue;
        any = true;
        catches(c, n->children[i]);
    }
    if (!any)
        diag_add(c->u->diags, DIAG_ERROR, 1, NULL, check_place(c, n->start), "'try' without 'catch' or 'finally' behind it");
}

/* ---- generators ---- */

void check_yield(Check *c, const Node *n) {
    const Node *function = c->async;
    if (!function || !generator_type(c->u->source, function)) {
        Diag *d = diag_add(c->u->diags, DIAG_ERROR, 39, NULL, check_place(c, n->start), "'yield' outside a generator");
        if (function) {
            const Node *type = node_field(function, F_type);
            diag_note(c->u->diags, d, check_place(c, type ? type->start : function->start),
                      "an async function whose result is declared as acc_generator(T) is one");
        }
    } else if (!node_field(n, F_argument))
        diag_add(c->u->diags, DIAG_ERROR, 39, NULL, check_place(c, n->start), "'yield' without a value");
}

/* ---- async with, async for ---- */

static bool method(Check *c, const Node *value, const char *suffix, const char *signature, const char *what, Decl **found) {
    Type *t = sema_type(c->u->sema, value);
    if (!t) t = sema_inner_type(c->u->sema, value);
    if (!t || t->spelling[0] == '<') return false; /* clang has complained */
    const char *name = NULL;
    *found = sema_method(c->u->sema, t, suffix, &name);
    if (*found) return true;
    if (!name)
        diag_add(c->u->diags, DIAG_ERROR, 37, NULL, check_place(c, value->start), "'%s' is not %s, and no pointer to one",
                 t->spelling, what);
    else {
        char *type = arena_strndup(c->a, name, strlen(name) - strlen(suffix) - 1);
        diag_add(c->u->diags, DIAG_ERROR, 37, NULL, check_place(c, value->start),
                 "'%s' is not %s: no function '%s' is declared; it would be '%s'", type, what, name,
                 arena_printf(c->a, signature, name, t->result->spelling));
    }
    return false;
}

void check_with(Check *c, const Node *n) {
    const Node *declaration = node_field(n, F_declaration), *value = node_field(n, F_value);
    const Node *d = declaration ? node_field(declaration, F_declarator) : NULL;
    if (d) value = node_field(d, F_value);
    Decl *in = NULL, *out = NULL;
    if (!value || !method(c, value, "aenter", "async R %s(%s *self)", "an async context manager", &in) ||
        !method(c, value, "aexit", "async void %s(%s *self, const acc_error *error)", "an async context manager", &out) ||
        !d)
        return;
    const Node *name = declared_name((Node *)d);
    Decl *v = name ? sema_decl(c->u->sema, name->start) : NULL;
    Type *entered = in->type->result ? in->type->result->result : NULL;
    if (!v || !entered) return;
    bool pointers = entered->kind == TY_POINTER && v->type->kind == TY_POINTER;
    bool numbers = entered->kind == TY_SCALAR && v->type->kind == TY_SCALAR;
    bool any = pointers && ((v->type->result && v->type->result->kind == TY_VOID) ||
                            (entered->result && entered->result->kind == TY_VOID) ||
                            (v->type->result && entered->result && v->type->result->key == entered->result->key));
    if (v->type->key != entered->key && !numbers && !any)
        diag_add(c->u->diags, DIAG_ERROR, 38, NULL, check_place(c, name->start),
                 "'%.*s' is declared as '%s', and '%s' gives '%s'", (int)(name->end - name->start),
                 c->u->source->text + name->start, v->type->spelling, in->spelling, entered->spelling);
}

/* Can the variable of an async for be given a T? */
static void each_type(Check *c, const Node *n, const Type *t, const char *what) {
    const Node *declaration = node_field(n, F_declaration), *target = node_field(n, F_target);
    const Node *d = declaration ? node_field(declaration, F_declarator) : NULL, *name = d ? declared_name((Node *)d) : NULL;
    Decl *v = name ? sema_decl(c->u->sema, name->start) : NULL;
    Type *own = v ? v->type : target ? sema_inner_type(c->u->sema, target) : NULL;
    if (!own || !t || own->key == t->key || (own->kind == TY_SCALAR && t->kind == TY_SCALAR)) return;
    if (own->kind == TY_POINTER && t->kind == TY_POINTER && own->result && t->result &&
        (own->result->key == t->result->key || own->result->kind == TY_VOID || t->result->kind == TY_VOID))
        return;
    const Node *at = name ? name : target;
    diag_add(c->u->diags, DIAG_ERROR, 38, NULL, check_place(c, at->start), "'%s' is of type '%s', and %s gives '%s'",
             check_text(c, at), own->spelling, what, t->spelling);
}

void check_each(Check *c, const Node *n) {
    const Node *value = node_field(n, F_iterable);
    Decl *next = NULL;
    Type *t = value ? sema_inner_type(c->u->sema, value) : NULL;
    if (t && t->handle == H_GENERATOR) {
        each_type(c, n, t->result, "the generator");
        return;
    }
    if (value) method(c, value, "anext", "async bool %s(%s *self, T *out)", "an async iterator", &next);
}

/* An ordinary function cannot wait for the cleanup of its locals. */
void check_cleanup(Check *c, const Node *attribute) {
    if (c->async || !c->function) return;
    const char *text = check_text(c, attribute), *p = strstr(text, "cleanup");
    const char *open = p ? strchr(p, '(') : NULL;
    if (!open) return;
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";
    open += 1 + strspn(open + 1, " \t\n");
    const char *name = arena_strndup(c->a, open, strspn(open, word));
    Decl *d = sema_function(c->u->sema, name);
    if (d && d->type->async_function)
        diag_add(c->u->diags, DIAG_ERROR, 2, NULL, check_place(c, attribute->start + (size_t)(open - text)),
                 "the cleanup function '%s' is async: an ordinary function cannot wait for it", name);
}

/* ---- jumps ---- */

static bool guards(const Node *n) {
    switch (n->kind) {
        case N_try_statement:
        case N_catch_clause:
        case N_finally_clause:
        case N_async_for_statement:
        case N_async_with_statement: return true;
        default: return false;
    }
}

static const char *word_of(const Node *n) {
    switch (n->kind) {
        case N_try_statement: return "try";
        case N_catch_clause: return "catch";
        case N_finally_clause: return "finally";
        case N_async_for_statement: return "async for";
        case N_async_with_statement: return "async with";
        default: return "defer";
    }
}

static void find_labels(Check *c, Map *labels, const Node *n) {
    const Node *label = n->kind == N_labeled_statement ? node_field(n, F_label) : NULL;
    const char *text = c->u->source->text;
    if (label && !map_get(labels, text + label->start, label->end - label->start))
        map_set(labels, text + label->start, label->end - label->start, (void *)n);
    for (uint32_t i = 0; i < n->count; i++) find_labels(c, labels, n->children[i]);
}

/* The statement of the function around that has this label. */
static const Node *label_named(Check *c, const Node *name) {
    uint64_t key = (uint64_t)(uintptr_t)c->function;
    Map *labels = map_get_u64(c->labels, key);
    if (!labels) {
        labels = map_new(c->a);
        find_labels(c, labels, c->function);
        map_set_u64(c->labels, key, labels);
    }
    return map_get(labels, c->u->source->text + name->start, name->end - name->start);
}

static bool within(const Node *n, const Node *outer) { return n->start >= outer->start && n->end <= outer->end; }

/* The defer that a statement of a block is or, behind its labels, holds. */
static const Node *deferred(const Node *n) {
    if (n->kind == N_defer_statement) return n;
    if (n->kind != N_labeled_statement && n->kind != N_case_statement) return NULL;
    for (uint32_t i = 0; i < n->count; i++) {
        const Node *d = deferred(n->children[i]);
        if (d) return d;
    }
    return NULL;
}

typedef VEC(const Node *) Defers;

/* Those of a block, in their order. */
static const Defers *defers_of(Check *c, const Node *block) {
    uint64_t key = (uint64_t)(uintptr_t)block;
    Defers *all = map_get_u64(c->defers, key);
    if (all) return all;
    all = NEW(c->a, Defers);
    map_set_u64(c->defers, key, all);
    for (uint32_t i = 0; i < block->count; i++) {
        const Node *d = deferred(block->children[i]);
        if (d) vec_push(c->a, all, d);
    }
    return all;
}

/* The statement of the tree that a jump enters: what holds its target and not the jump. */
static void entered(Check *c, const Node *from, const Node *to, const char *what) {
    for (const Node *p = to->parent, *child = to; p && p->kind != N_function_definition; child = p, p = p->parent) {
        if (guards(p) && !within(from, child) && !(p->kind == N_try_statement && within(from, p) && child->as == F_body) &&
            !within(from, p)) {
            Diag *d =
                diag_add(c->u->diags, DIAG_ERROR, 34, NULL, check_place(c, from->start), "%s into '%s'", what, word_of(p));
            diag_note(c->u->diags, d, check_place(c, to->start), "the jump ends here");
            return;
        }
        if (p->kind == N_try_statement && child->as == F_body && !within(from, child)) { /* from a catch into its try */
            Diag *d = diag_add(c->u->diags, DIAG_ERROR, 34, NULL, check_place(c, from->start), "%s into 'try'", what);
            diag_note(c->u->diags, d, check_place(c, to->start), "the jump ends here");
            return;
        }
        if (p->kind != N_compound_statement && p->kind != N_case_statement && p->kind != N_labeled_statement) continue;
        const Defers *defers = defers_of(c, p);
        for (size_t i = 0; i < defers->len && defers->data[i]->start < child->start; i++) {
            const Node *d = defers->data[i];
            if (within(from, d) || (from->start > d->end && within(from, p))) continue;
            Diag *x = diag_add(c->u->diags, DIAG_ERROR, 34, NULL, check_place(c, from->start), "%s passes a 'defer'", what);
            diag_note(c->u->diags, x, check_place(c, d->start), "this one");
            return;
        }
    }
}

/* The finally or defer whose statements hold n, and that a jump to `to` (NULL: out of the function) leaves. */
static void left(Check *c, const Node *n, const Node *to, const char *what) {
    for (const Node *p = n->parent; p && p->kind != N_function_definition; p = p->parent) {
        if ((p->kind != N_finally_clause && p->kind != N_defer_statement) || (to && within(to, p))) continue;
        diag_add(c->u->diags, DIAG_ERROR, 33, NULL, check_place(c, n->start), "%s out of '%s'", what, word_of(p));
        return;
    }
}

static bool skips(Check *c, const Node *n) { /* is cleanup pending here that a computed goto would not run? */
    for (const Node *p = n->parent, *child = n; p && p->kind != N_function_definition; child = p, p = p->parent) {
        if (p->kind == N_try_statement && child->as == F_body && node_child(p, N_finally_clause)) return true;
        if (p->kind == N_catch_clause || p->kind == N_finally_clause || p->kind == N_async_with_statement) return true;
        if (p->kind != N_compound_statement) continue;
        const Defers *defers = defers_of(c, p);
        if (defers->len && defers->data[0]->start < child->start) return true;
    }
    return false;
}

void check_jump(Check *c, const Node *n) {
    if (!c->function) return;
    switch (n->kind) {
        case N_return_statement: left(c, n, NULL, "'return'"); return;
        case N_goto_statement: {
            const Node *name = node_field(n, F_label);
            if (!name) {
                if (skips(c, n))
                    diag_add(c->u->diags, DIAG_ERROR, 36, NULL, check_place(c, n->start),
                             "a computed goto where cleanup is pending: it would be skipped");
                return;
            }
            const Node *to = label_named(c, name);
            if (!to) return;
            left(c, n, to, "a 'goto'");
            entered(c, n, to, "a 'goto'");
            return;
        }
        case N_break_statement:
        case N_continue_statement:
            for (const Node *p = n->parent; p && p->kind != N_function_definition; p = p->parent) {
                if (p->kind == N_while_statement || p->kind == N_do_statement || p->kind == N_for_statement ||
                    p->kind == N_async_for_statement || (p->kind == N_switch_statement && n->kind == N_break_statement))
                    return;
                if (p->kind == N_finally_clause || p->kind == N_defer_statement) {
                    left(c, n, NULL, n->kind == N_break_statement ? "'break'" : "'continue'");
                    return;
                }
            }
            return;
        case N_case_statement: {
            const Node *s = node_enclosing(n, N_switch_statement);
            if (s) entered(c, s, n, "a case label");
            return;
        }
        default: return;
    }
}
