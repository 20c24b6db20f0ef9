/* build.c: from the concrete tree to the functions' small typed trees.
 *
 * needs: Tree, Sema
 * leaves: Unit: for each async function its variables with their scopes, every mention of them, its statements, and expression
 * trees where an expression suspends or throws; what does not is a span */
#include "ir.h"

#include <stdlib.h>

typedef struct Build {
    Arena *a;
    Unit *u;
    Func *f;
} Build;

Builtin ir_builtin(Unit *u, const Node *n) {
    if (n->kind == N_acc_new_expression)
        return node_is(u->source, node_field(n, F_name), "acc_future_new") ? B_FUTURE_NEW : B_QUEUE_NEW;
    if (n->kind != N_call_expression) return B_NONE;
    const BuiltinInfo *b = builtin_find(u->source, n);
    if (b) return b->builtin;
    const CallInfo *c = sema_call(u->sema, n);
    return c && c->function && c->function->throws ? B_CALL : B_NONE;
}

/* ---- marks: what suspends or throws, what has effects ---- */

static bool unevaluated(const Node *n, const Node *child) {
    switch (n->kind) {
        case N_sizeof_expression: return child->kind != N_type_descriptor; /* the size of int[n] is found at run time */
        case N_alignof_expression:
        case N_typeof_specifier:
        case N_offsetof_expression:
        case N_alignas_qualifier:
        case N_types_compatible_expression:
        case N_attribute_specifier:
        case N_acc_type_specifier:
        case N_static_assert_declaration: return true;
        case N_generic_expression: return child->as == F_value && child->kind != N_generic_association;
        default: return false;
    }
}

/* Of an async function, or of an ordinary one that is lowered as they are since something must be cleaned up in it. */
typedef enum Marking { MARK_ASYNC, MARK_GUARDED, MARK_PLAIN } Marking;

/* Is it an attribute that has an async function called when a variable's scope ends? */
static bool awaits_at_end(Arena *a, Unit *u, const Node *n) {
    if (n->kind != N_attribute_specifier && n->kind != N_attribute_declaration) return false;
    const char *name = ir_cleanup_attribute(a, u, n->start, n->end).function;
    const Decl *f = name ? sema_function(u->sema, name) : NULL;
    return f && f->type->async_function;
}

static void mark(Arena *a, Unit *u, Node *n, Marking how) {
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        mark(a, u, c, how);
        n->jumps |= c->jumps;
        if (how == MARK_ASYNC && awaits_at_end(a, u, c)) n->marked = true;
        if (unevaluated(n, c)) continue;
        n->marked |= c->marked;
        n->effects |= c->effects;
    }
    switch (n->kind) {
        case N_call_expression:
            n->effects = true;
            if (how != MARK_GUARDED && ir_builtin(u, n) != B_NONE) n->marked = true;
            break;
        case N_await_expression:
        case N_yield_expression:
        case N_acc_new_expression:
            n->effects = true;
            n->marked |= how != MARK_GUARDED;
            break;
        case N_throw_statement:
        case N_try_statement:
        case N_defer_statement:
        case N_async_for_statement:
        case N_async_with_statement: n->effects = n->marked = true; break;
        case N_return_statement:
        case N_goto_statement:
        case N_break_statement:
        case N_continue_statement: n->jumps = true; break;
        case N_statement_expression: /* a jump out of it must be seen: lower and flow have a say in each */
            n->effects = true;
            if (how != MARK_PLAIN && n->jumps) n->marked = true;
            break;
        case N_assignment_expression:
        case N_update_expression:
        case N_va_arg_expression:
        case N_gnu_asm_expression: n->effects = true; break;
        default: break;
    }
}

static bool stable(Unit *u, Node *n);

static bool is_expression(const Node *n) {
    size_t len = strlen(n->name);
    return (len > 11 && !strcmp(n->name + len - 11, "_expression")) || n->kind == N_argument_list ||
           n->kind == N_initializer_list || n->kind == N_initializer_pair;
}

/* An expression that holds an await is evaluated left to right in all its parts: those of its operands whose own operands could
 * change each other's values are marked too, although nothing suspends in them. True: n, or something in it, is such. */
static bool order(Unit *u, Node *n, bool inside) {
    bool expression = is_expression(n);
    if (n->kind == N_statement_expression || !expression)
        inside = false; /* its statements are full expressions of their own */
    if (expression && n->marked && n->kind != N_statement_expression) inside = true;
    bool any = false, effects = false;
    size_t operands = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (unevaluated(n, c)) continue;
        if (n->kind == N_argument_list && c->kind != N_TOKEN) {
            effects |= c->effects;
            operands += !stable(u, c);
        } else if (n->kind == N_binary_expression && c->kind != N_TOKEN) {
            effects |= c->effects;
            operands += !stable(u, c);
        }
        any |= order(u, c, inside);
    }
    any |= operands > 1 && effects;
    if (any && inside && expression && !n->marked && n->effects) n->marked = true;
    return any && expression && n->kind != N_statement_expression;
}

/* ---- variables and mentions ---- */

/* The alignment specifiers in a piece of a declaration. */
static void alignments(Build *b, const Node *n, StrBuf *to) {
    const char *text = arena_strndup(b->a, b->u->source->text + n->start, n->end - n->start);
    bool attribute = n->kind == N_attribute_specifier || n->kind == N_attribute_declaration;
    if (n->kind == N_alignas_qualifier || (attribute && strstr(text, "aligned")))
        sb_printf(to, "%s%s", to->len ? " " : "", text);
    else if (n->kind == N_type_qualifier || n->kind == N_attributed_declarator)
        for (uint32_t i = 0; i < n->count; i++) alignments(b, n->children[i], to);
}

/* Those of a declaration's declarator number i: among the specifiers, in it, and behind it. */
static const char *alignment(Build *b, const Node *n, uint32_t i) {
    StrBuf text = {0};
    const Node *declarator = n->children[i];
    for (uint32_t k = 0; k < n->count && n->children[k]->as != F_declarator; k++) alignments(b, n->children[k], &text);
    alignments(b, declarator, &text);
    for (uint32_t k = 0; declarator->kind == N_init_declarator && k < declarator->count; k++)
        if (declarator->children[k]->as != F_value) alignments(b, declarator->children[k], &text);
    for (uint32_t k = i + 1; k < n->count && n->children[k]->kind != N_TOKEN; k++) alignments(b, n->children[k], &text);
    char *all = text.len ? view_one_line(b->a, text.data) : NULL;
    sb_free(&text);
    return all;
}

static Var *new_var(Build *b, Decl *d, Node *name, size_t scope_start, size_t scope_end, bool param) {
    Var *v = NEW(b->a, Var);
    *v = (Var){.at = name->start,
               .type = d->type,
               .id = (int)b->f->vars.len,
               .param = param,
               .scope_start = scope_start,
               .scope_end = scope_end,
               .cleanup = d->cleanup};
    v->name = arena_strndup(b->a, b->u->source->text + name->start, name->end - name->start);
    v->declared = name;
    v->outcome = !param && type_is_outcome(type_element(d->type));
    vec_push(b->a, &b->f->vars, v);
    map_set_u64(b->f->var_of, (uint64_t)(uintptr_t)d, v);
    return v;
}

Var *ir_temp(Arena *a, Func *f, Type *type) {
    Var *v = NEW(a, Var);
    *v = (Var){.at = NOWHERE,
               .type = type,
               .id = (int)f->vars.len,
               .temp = true,
               .scope_start = f->body_start,
               .scope_end = f->body_end};
    v->name = arena_printf(a, "acc__%d", ++f->temps);
    vec_push(a, &f->vars, v);
    return v;
}

Var *ir_object(Arena *a, Func *f, const char *name, Type *type, size_t start, size_t end) {
    Var *v = NEW(a, Var);
    *v = (Var){.name = arena_printf(a, "%s_%d", name, ++f->temps),
               .at = NOWHERE,
               .type = type,
               .id = (int)f->vars.len,
               .scope_start = start,
               .scope_end = end,
               .address_taken = true};
    vec_push(a, &f->vars, v);
    return v;
}

bool ir_endless(const Unit *u, const Stmt *s) {
    const Code *test = s->code;
    if (!test) return s->kind == S_FOR;
    if (test->next || test->kind != CODE_SPAN) return false;
    size_t n = test->end - test->start;
    const char *text = u->source->text + test->start;
    return (n == 1 && *text == '1') || (n == 4 && !memcmp(text, "true", 4));
}

bool ir_specified(const Unit *u, const Node *n, const char *word) {
    for (uint32_t i = 0; i < n->count; i++) {
        const Node *c = n->children[i];
        if (c->as != F_declarator &&
            (node_is(u->source, c, word) || (c->kind == N_storage_class_specifier && ir_specified(u, c, word))))
            return true;
    }
    return false;
}

bool ir_inline(const Unit *u, const Node *n) {
    return ir_specified(u, n, "inline") || ir_specified(u, n, "__inline") || ir_specified(u, n, "__inline__");
}

bool ir_suspends(const Await *w) { return w->kind != AWAIT_THROW && w->kind != AWAIT_RAISE; }

const char *ir_text(Arena *a, Unit *u, const Node *n) {
    return arena_strndup(a, u->source->text + n->start, n->end - n->start);
}

/* Is the identifier assigned, and as a whole, or is its address taken? */
static void context(Build *b, Node *n, bool *written, bool *store, bool *address) {
    Node *p = n->parent, *c = n;
    while (p && p->kind == N_parenthesized_expression) c = p, p = p->parent;
    if (!p) return;
    if (p->kind == N_assignment_expression && c->as == F_left && node_is(b->u->source, node_field(p, F_operator), "="))
        *store = true;
    while (p && (p->kind == N_parenthesized_expression || p->kind == N_unary_expression || /* __real__ v */
                 (p->kind == N_field_expression && c->as == F_argument &&
                  node_is(b->u->source, node_field(p, F_operator), ".")) ||
                 (p->kind == N_subscript_expression && c->as == F_argument)))
        c = p, p = p->parent;
    *written = p && ((p->kind == N_assignment_expression && c->as == F_left) || p->kind == N_update_expression ||
                     c->as == F_target || !strcmp(p->name, "gnu_asm_output_operand"));
    if (p && p->kind == N_pointer_expression && node_is(b->u->source, node_field(p, F_operator), "&")) *address = true;
    if (p && p->kind == N_gnu_asm_expression) *address = true;
}

bool ir_creates_task(Unit *u, const Node *n) {
    n = node_stripped(n);
    const Node *callee = n->kind == N_call_expression ? node_field(n, F_function) : NULL;
    static const char *const makers[] = {"acc_create_task", "acc_create_task_eager", "acc_group_create_task"};
    for (size_t i = 0; callee && i < sizeof makers / sizeof *makers; i++)
        if (node_is(u->source, callee, makers[i])) return true;
    return false;
}

/* Does a mention of a handle leave the handle where it is? */
static bool stays(Unit *u, const Node *n) {
    const Node *p = n->parent, *c = n;
    while (p && p->kind == N_parenthesized_expression) c = p, p = p->parent;
    if (!p) return false;
    if (p->kind == N_await_expression) return true;
    if (p->kind == N_assignment_expression && c->as == F_left && node_is(u->source, node_field(p, F_operator), "="))
        return ir_creates_task(u, node_field(p, F_right)) && p->parent && p->parent->kind == N_expression_statement;
    if (p->kind != N_argument_list || !p->parent || p->parent->kind != N_call_expression) return false;
    static const char *const borrowers[] = {"acc_cancel",   "acc_cancel_msg", "acc_uncancel", "acc_cancelling",
                                            "acc_done",     "acc_cancelled",  "acc_result",   "acc_task_error",
                                            "acc_set_name", "acc_get_name",   "acc_detach",   "acc_add_done_callback",
                                            "acc_wait_for", "acc_shield",     "acc_gather"};
    const Node *callee = node_field(p->parent, F_function);
    for (size_t i = 0; callee && i < sizeof borrowers / sizeof *borrowers; i++)
        if (node_is(u->source, callee, borrowers[i])) return true;
    return false;
}

static void mentions(Build *b, Node *n) {
    if (n->kind == N_identifier || n->kind == N_type_identifier) {
        Decl *d = sema_ref(b->u->sema, n->start);
        Var *v = d ? map_get_u64(b->f->var_of, (uint64_t)(uintptr_t)d) : NULL;
        if (v) {
            bool written = false, store = false, address = false;
            context(b, n, &written, &store, &address);
            v->written |= written;
            v->address_taken |= address;
            v->copied |= v->type->handle == H_TASK && !stays(b->u, n);
            vec_push(b->a, &b->f->refs, (VarRef){n->start, v, store});
        }
    }
    for (uint32_t i = 0; i < n->count; i++) mentions(b, n->children[i]);
}

void ir_refs(const Func *f, size_t start, size_t end, size_t *first, size_t *last) {
    size_t lo = 0, hi = f->refs.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->refs.data[mid].offset < start) lo = mid + 1;
        else hi = mid;
    }
    *first = lo;
    hi = f->refs.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->refs.data[mid].offset < end) lo = mid + 1;
        else hi = mid;
    }
    *last = lo;
}

/* ---- expressions ---- */

static bool find_stable(Unit *u, Node *n) {
    switch (n->kind) {
        case N_number_literal:
        case N_char_literal:
        case N_string_literal:
        case N_concatenated_string:
        case N_sizeof_expression:
        case N_alignof_expression:
        case N_offsetof_expression:
        case N_types_compatible_expression:
        case N_label_address_expression: return true;
        case N_identifier: {
            Decl *d = sema_ref(u->sema, n->start);
            return !d || d->kind == D_FUNCTION || d->kind == D_OTHER || d->type->kind == TY_ARRAY;
        }
        case N_parenthesized_expression:
        case N_unary_expression:
        case N_binary_expression:
        case N_cast_expression:
        case N_extension_expression:
            for (uint32_t i = 0; i < n->count; i++)
                if (n->children[i]->kind != N_TOKEN && n->children[i]->kind != N_type_descriptor &&
                    !stable(u, n->children[i]))
                    return false;
            return true;
        default: return n->kind != N_OTHER && n->count == 0 && n->kind != N_identifier;
    }
}

/* Each node is asked once: what holds it asks it again. */
static bool stable(Unit *u, Node *n) {
    if (!n->stable) n->stable = find_stable(u, n) ? 2 : 1;
    return n->stable == 2;
}

static void add_arg(Build *b, Expr *e, Node *n, size_t *cap) {
    if (e->count == *cap) e->args = vec_grow(b->a, e->args, e->count, cap, sizeof *e->args);
    e->args[e->count++] = n ? ir_expr(b->a, b->u, b->f, n) : NULL;
}

static Stmt *block_of(Build *b, Node *n);

/* The awaiting sizes in the name of a type: of a cast, of sizeof. */
static void add_sizes(Build *b, Expr *e, Node *n, size_t *cap) {
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (!c->marked || c->kind == N_typeof_specifier) continue;
        if (c->as == F_size) add_arg(b, e, c, cap);
        else add_sizes(b, e, c, cap);
    }
}

/* The operands of asm, which stand in lists. */
static void add_asm(Build *b, Expr *e, Node *n, size_t *cap) {
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (c->as == F_value) add_arg(b, e, c, cap);
        else if (c->kind == N_OTHER) add_asm(b, e, c, cap);
    }
}

/* The operands below n, whatever stands between them (initialiser pairs, designators). */
static void add_operands(Build *b, Expr *e, Node *n, size_t *cap) {
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (c->kind == N_type_descriptor && c->marked) add_sizes(b, e, c, cap);
        if (!node_named(c) || c->kind == N_type_descriptor || c->as == F_designator) continue;
        if (c->kind == N_initializer_pair || c->kind == N_initializer_list || c->kind == N_argument_list)
            add_operands(b, e, c, cap);
        else add_arg(b, e, c, cap);
    }
}

Expr *ir_expr(Arena *a, Unit *u, Func *f, Node *n) {
    Build b = {.a = a, .u = u, .f = f};
    Expr *e = NEW(a, Expr);
    *e = (Expr){.kind = E_SPAN, .node = n, .start = n->start, .end = n->end, .marked = n->marked, .effects = n->effects};
    e->type = sema_type(u->sema, n);
    e->stable = stable(u, n);
    if (!n->marked) return e;
    size_t cap = 0;
    switch (n->kind) {
        case N_assignment_expression:
            e->kind = E_ASSIGN;
            add_arg(&b, e, node_field(n, F_left), &cap);
            add_arg(&b, e, node_field(n, F_right), &cap);
            return e;
        case N_binary_expression: {
            Node *op = node_field(n, F_operator);
            e->is_or = op && node_is(u->source, op, "||");
            e->kind = e->is_or || (op && node_is(u->source, op, "&&")) ? E_LOGICAL : E_OPERANDS;
            add_arg(&b, e, node_field(n, F_left), &cap);
            add_arg(&b, e, node_field(n, F_right), &cap);
            return e;
        }
        case N_update_expression:
            e->kind = E_UPDATE;
            add_arg(&b, e, node_field(n, F_argument), &cap);
            return e;
        case N_pointer_expression:
            e->kind = node_is(u->source, node_field(n, F_operator), "&") ? E_ADDRESS : E_OPERANDS;
            add_arg(&b, e, node_field(n, F_argument), &cap);
            return e;
        case N_conditional_expression:
            e->kind = E_COND;
            add_arg(&b, e, node_field(n, F_condition), &cap);
            add_arg(&b, e, node_field(n, F_consequence), &cap);
            add_arg(&b, e, node_field(n, F_alternative), &cap);
            return e;
        case N_comma_expression:
            e->kind = E_COMMA;
            add_arg(&b, e, node_field(n, F_left), &cap);
            add_arg(&b, e, node_field(n, F_right), &cap);
            return e;
        case N_field_expression:
            e->kind = E_MEMBER;
            add_arg(&b, e, node_field(n, F_argument), &cap);
            return e;
        case N_statement_expression:
            e->kind = E_STATEMENTS;
            e->block = block_of(&b, node_field(n, F_body) ? node_field(n, F_body) : node_child(n, N_compound_statement));
            return e;
        case N_await_expression:
            e->kind = E_AWAIT;
            add_arg(&b, e, node_field(n, F_argument), &cap);
            return e;
        case N_yield_expression:
            e->kind = E_YIELD;
            add_arg(&b, e, node_field(n, F_argument), &cap);
            return e;
        case N_generic_expression: {
            Node *chosen = sema_chosen(u->sema, n);
            if (!chosen) return e; /* clang has complained */
            e->kind = E_GENERIC;
            add_arg(&b, e, chosen, &cap);
            return e;
        }
        case N_acc_new_expression:
            e->kind = E_BUILTIN;
            e->builtin = ir_builtin(u, n);
            for (uint32_t i = 0; i < n->count; i++)
                if (n->children[i]->as == F_argument) add_arg(&b, e, n->children[i], &cap);
            return e;
        case N_call_expression: {
            e->builtin = ir_builtin(u, n);
            e->kind = e->builtin ? E_BUILTIN : E_CALL;
            if (e->kind == E_CALL || e->builtin == B_CALL) add_arg(&b, e, node_field(n, F_function), &cap);
            Node *args = node_field(n, F_arguments);
            for (uint32_t i = 0; args && i < args->count; i++)
                if (node_named(args->children[i])) add_arg(&b, e, args->children[i], &cap);
            return e;
        }
        case N_gnu_asm_expression:
            e->kind = E_OPERANDS;
            add_asm(&b, e, n, &cap);
            return e;
        default:
            e->kind = E_OPERANDS;
            add_operands(&b, e, n, &cap);
            return e;
    }
}

/* ---- statements ---- */

static Stmt *statement(Build *b, Node *n);

static Stmt *new_stmt(Build *b, StmtKind kind, Node *n) {
    Stmt *s = NEW(b->a, Stmt);
    s->kind = kind;
    s->node = n;
    s->start = n->start;
    s->end = n->end;
    s->suspends = n->marked;
    return s;
}

static Expr *expression(Build *b, Node *n) { return n ? ir_expr(b->a, b->u, b->f, n) : NULL; }

/* The expression in an if's, while's, switch's parentheses. */
static Expr *condition(Build *b, Node *n) {
    Node *c = node_field(n, F_condition);
    if (c && c->kind == N_parenthesized_expression) return expression(b, node_inner(c));
    return expression(b, c);
}

static Var *var_at(Build *b, const Node *name) {
    Decl *d = sema_decl(b->u->sema, name->start);
    return d ? map_get_u64(b->f->var_of, (uint64_t)(uintptr_t)d) : NULL;
}

static DeclItem item_of(Build *b, Node *name, Node *whole) {
    return (DeclItem){
        .start = whole->start, .end = whole->end, .name_start = name->start, .name_end = name->end, .var = var_at(b, name)};
}

static Stmt *declaration(Build *b, Node *n) {
    Stmt *s = new_stmt(b, S_DECL, n);
    bool any = false;
    s->specs_end = n->end;
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (c->as != F_declarator) continue;
        if (s->specs_end == n->end) s->specs_end = c->start;
        Node *inner = c->kind == N_init_declarator ? node_field(c, F_declarator) : c, *name = declared_name(inner);
        DeclItem item = {.start = c->start, .end = c->end};
        if (name) item = item_of(b, name, c);
        if (c->kind == N_init_declarator) {
            Node *value = node_field(c, F_value);
            item.end = value ? value->start : c->end;
            while (item.end > item.start && b->u->source->text[item.end - 1] != '=') item.end--;
            if (item.end > item.start) item.end--;
            item.init = expression(b, value);
            item.braces = value && value->kind == N_initializer_list;
        } else { /* an asm label or attributes stand behind the declarator */
            for (uint32_t k = i + 1; k < n->count && n->children[k]->kind != N_TOKEN; k++) item.end = n->children[k]->end;
        }
        if (item.var && item.var->type->variable) /* its name stands innermost: the sizes are those of its ancestors */
            for (Node *array = name->parent; array != n; array = array->parent) {
                Node *size = array->kind == N_array_declarator ? node_field(array, F_size) : NULL;
                if (size) vec_push(b->a, &item.sizes, expression(b, size));
            }
        any |= item.var != NULL;
        vec_push(b->a, &s->items, item);
    }
    if (!any) s->kind = S_OTHER;
    return s;
}

static Stmt *block_of(Build *b, Node *n) {
    Stmt *s = new_stmt(b, S_BLOCK, n);
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (!node_named(c)) continue;
        Stmt *child = statement(b, c);
        if (child) vec_push(b->a, &s->list, child);
    }
    return s;
}

/* A case swallows the statements behind it in the tree; here each stands for itself in the block. */
static Stmt *labelled(Build *b, Node *n, Stmt *label) {
    Stmt *s = new_stmt(b, S_BLOCK, n);
    s->made = true;
    vec_push(b->a, &s->list, label);
    return s;
}

/* The block around n that declares the label with __label__. */
static size_t label_scope(Build *b, const Node *n, const char *name) {
    for (; n; n = n->parent) {
        if (n->kind != N_compound_statement) continue;
        for (uint32_t i = 0; i < n->count; i++) { /* they stand first */
            const Node *c = n->children[i];
            if (c->kind == N_declaration || strstr(c->name, "_statement")) break;
            if (strcmp(c->name, "local_label_declaration")) continue;
            for (uint32_t k = 0; k < c->count; k++)
                if (node_is(b->u->source, c->children[k], name)) return n->start;
        }
    }
    return 0;
}

static Stmt *statement(Build *b, Node *n) {
    switch (n->kind) {
        case N_compound_statement: return block_of(b, n);
        case N_declaration:
        case N_type_definition: return declaration(b, n);
        case N_expression_statement: {
            Stmt *s = new_stmt(b, S_EXPR, n);
            for (uint32_t i = 0; i < n->count && !s->e; i++)
                if (node_named(n->children[i])) s->e = expression(b, n->children[i]);
            if (!s->e) s->kind = S_OTHER; /* ; alone */
            else if (s->e->node->kind == N_gnu_asm_expression && !s->e->marked) s->kind = S_OTHER;
            return s;
        }
        case N_if_statement: {
            Stmt *s = new_stmt(b, S_IF, n);
            s->e = condition(b, n);
            s->body = statement(b, node_field(n, F_consequence));
            Node *alt = node_field(n, F_alternative);
            if (alt && alt->kind == N_else_clause) {
                Node *inner = NULL;
                for (uint32_t i = 0; i < alt->count; i++)
                    if (node_named(alt->children[i])) inner = alt->children[i];
                alt = inner;
            }
            if (alt) s->alt = statement(b, alt);
            return s;
        }
        case N_while_statement:
        case N_switch_statement: {
            Stmt *s = new_stmt(b, n->kind == N_while_statement ? S_WHILE : S_SWITCH, n);
            s->e = condition(b, n);
            s->body = statement(b, node_field(n, F_body));
            return s;
        }
        case N_do_statement: {
            Stmt *s = new_stmt(b, S_DO, n);
            s->body = statement(b, node_field(n, F_body));
            s->e = condition(b, n);
            return s;
        }
        case N_for_statement: {
            Stmt *s = new_stmt(b, S_FOR, n);
            Node *init = node_field(n, F_initializer);
            if (init && init->kind == N_declaration) s->init = declaration(b, init);
            else if (init) {
                s->init = new_stmt(b, S_EXPR, init);
                s->init->e = expression(b, init);
            }
            s->e = expression(b, node_field(n, F_condition));
            s->step_e = expression(b, node_field(n, F_update));
            s->body = statement(b, node_field(n, F_body));
            return s;
        }
        case N_case_statement: {
            Stmt *label = new_stmt(b, S_CASE, n);
            Stmt *s = labelled(b, n, label);
            bool colon = false;
            for (uint32_t i = 0; i < n->count; i++) {
                Node *c = n->children[i];
                if (!colon) {
                    if (c->kind == N_TOKEN && node_is(b->u->source, c, ":")) colon = true, label->end = c->end;
                } else if (node_named(c)) {
                    Stmt *child = statement(b, c);
                    if (child) vec_push(b->a, &s->list, child);
                } else if (c->kind == N_TOKEN) vec_push(b->a, &s->list, new_stmt(b, S_OTHER, c));
            }
            return s;
        }
        case N_labeled_statement: {
            Stmt *label = new_stmt(b, S_LABEL, n);
            Stmt *s = labelled(b, n, label);
            bool colon = false;
            for (uint32_t i = 0; i < n->count; i++) {
                Node *c = n->children[i];
                if (c->as == F_label) {
                    label->name = arena_strndup(b->a, b->u->source->text + c->start, c->end - c->start);
                    label->label_scope = label_scope(b, n, label->name);
                }
                if (colon && c->kind == N_attributed_statement) { /* attributes of the label */
                    uint32_t k = 0;
                    while (k < c->count && c->children[k]->kind == N_attribute_specifier) label->end = c->children[k++]->end;
                    if (k) c = c->children[c->count - 1];
                }
                if (!colon) {
                    if (c->kind == N_TOKEN && node_is(b->u->source, c, ":")) colon = true, label->end = c->end;
                } else if (c->kind == N_attribute_specifier) label->end = c->end;
                else if (node_named(c)) {
                    Stmt *child = statement(b, c);
                    if (child) vec_push(b->a, &s->list, child);
                }
            }
            return s;
        }
        case N_goto_statement: {
            Stmt *s = new_stmt(b, S_GOTO, n);
            Node *label = node_field(n, F_label);
            if (label) {
                s->name = arena_strndup(b->a, b->u->source->text + label->start, label->end - label->start);
                s->label_scope = label_scope(b, n, s->name);
            } else s->e = expression(b, node_field(n, F_address));
            return s;
        }
        case N_break_statement: return new_stmt(b, S_BREAK, n);
        case N_continue_statement: return new_stmt(b, S_CONTINUE, n);
        case N_return_statement: {
            Stmt *s = new_stmt(b, S_RETURN, n);
            for (uint32_t i = 0; i < n->count && !s->e; i++)
                if (node_named(n->children[i])) s->e = expression(b, n->children[i]);
            return s;
        }
        case N_attributed_statement: {
            Node *inner = n->count ? n->children[n->count - 1] : NULL;
            if (inner && (inner->marked || inner->kind != N_expression_statement))
                return statement(b, inner); /* the attributes are about a statement that is taken apart */
            return new_stmt(b, S_OTHER, n);
        }
        case N_try_statement: {
            Stmt *s = new_stmt(b, S_TRY, n);
            s->body = statement(b, node_field(n, F_body));
            for (uint32_t i = 0; i < n->count; i++) {
                Node *c = n->children[i];
                if (c->kind == N_finally_clause) s->alt = statement(b, node_field(c, F_body));
                if (c->kind != N_catch_clause) continue;
                Stmt *clause = new_stmt(b, S_CATCH, c);
                clause->body = statement(b, node_field(c, F_body));
                Node *name = node_field(node_field(c, F_parameter), F_name);
                if (name) vec_push(b->a, &clause->items, item_of(b, name, c));
                vec_push(b->a, &s->list, clause);
            }
            return s;
        }
        case N_throw_statement: {
            Stmt *s = new_stmt(b, S_THROW, n);
            s->e = expression(b, node_field(n, F_value));
            return s;
        }
        case N_defer_statement: {
            Stmt *s = new_stmt(b, S_DEFER, n);
            s->body = statement(b, node_field(n, F_body));
            return s;
        }
        case N_async_for_statement:
        case N_async_with_statement: {
            bool with = n->kind == N_async_with_statement;
            Stmt *s = new_stmt(b, with ? S_WITH : S_EACH, n);
            Node *declared = node_field(n, F_declaration);
            if (declared) s->init = declaration(b, declared);
            if (!with) {
                s->e = expression(b, node_field(n, F_iterable));
                s->step_e = expression(b, node_field(n, F_target));
            } else if (!declared) s->e = expression(b, node_field(n, F_value));
            else if (s->init->items.len) s->e = s->init->items.data[0].init;
            s->body = statement(b, node_field(n, F_body));
            return s;
        }
        default: return new_stmt(b, S_OTHER, n);
    }
}

/* ---- functions ---- */

/* A compound literal's object lives to the end of the block, and its address may be known there: an array's always is, another's
 * where & or a member that is an array stands around it. */
static void literal(Build *b, Node *n, size_t scope_start, size_t scope_end) {
    Type *t = sema_inner_type(b->u->sema, n);
    if (!t || t->size < 0) return;
    Node *p = n->parent, *c = n;
    while (p && (p->kind == N_parenthesized_expression || (p->kind == N_field_expression && c->as == F_argument &&
                                                           node_is(b->u->source, node_field(p, F_operator), "."))))
        c = p, p = p->parent;
    bool known = t->kind == TY_ARRAY || t->has_array ||
                 (p && p->kind == N_pointer_expression && node_is(b->u->source, node_field(p, F_operator), "&"));
    if (p && p->kind == N_init_declarator && t->kind == TY_ARRAY) { /* int a[] = (int[]){1}: GNU C copies it */
        Node *name = declared_name(node_field(p, F_declarator));
        Decl *d = name ? sema_decl(b->u->sema, name->start) : NULL;
        if (d && d->type->kind == TY_ARRAY) known = false;
    }
    for (Node *up = n->parent; up && known; up = up->parent) {
        if (up->kind == N_sizeof_expression || up->kind == N_typeof_specifier || up->kind == N_alignof_expression)
            known = false;
        if (up->kind == N_declaration) {
            Node *name = up->count > 1 && node_field(up, F_declarator) ? declared_name(node_field(up, F_declarator)) : NULL;
            Decl *d = name ? sema_decl(b->u->sema, name->start) : NULL;
            if (d && !d->automatic) known = false;
        }
        if (up->kind == N_compound_statement) break;
    }
    if (!known) return;
    Var *v = NEW(b->a, Var);
    *v = (Var){.name = "acc__literal",
               .at = n->start,
               .type = t,
               .id = (int)b->f->vars.len,
               .scope_start = scope_start,
               .scope_end = scope_end,
               .address_taken = true,
               .literal = n};
    vec_push(b->a, &b->f->vars, v);
}

/* A name that is declared; the object it names, where that is an automatic one. */
static Var *variable(Build *b, Node *name, size_t scope_start, size_t scope_end, bool constant) {
    vec_push(b->a, &b->f->names, (Scoped){ir_text(b->a, b->u, name), scope_start, scope_end});
    Decl *d = sema_decl(b->u->sema, name->start);
    return d && d->automatic && d->kind == D_VAR && !constant ? new_var(b, d, name, scope_start, scope_end, false) : NULL;
}

/* Every automatic object below n, with the scope it lives in. */
static void variables(Build *b, Node *n, size_t scope_start, size_t scope_end) {
    switch (n->kind) {
        case N_compound_statement:
        case N_for_statement:
        case N_if_statement:
        case N_while_statement:
        case N_switch_statement:
        case N_async_for_statement:
        case N_async_with_statement:
        case N_do_statement: scope_start = n->start, scope_end = n->end; break;
        case N_catch_clause: {
            scope_start = n->start, scope_end = n->end;
            Node *name = node_field(node_field(n, F_parameter), F_name);
            if (name) variable(b, name, scope_start, scope_end, false);
            break;
        }
        case N_compound_literal_expression: literal(b, n, scope_start, scope_end); break;
        case N_function_definition: return; /* a nested function's own */
        case N_declaration: {
            bool constant = false; /* constexpr: no object of the call's; it is the same in all */
            for (uint32_t i = 0; i < n->count; i++) constant |= node_is(b->u->source, n->children[i], "constexpr");
            if (constant && n->parent->kind != N_for_statement && !node_child(n, N_storage_class_specifier))
                edit_insert(b->a, &b->u->edits, n->start, "static ");
            for (uint32_t i = 0; i < n->count; i++) {
                if (n->children[i]->as != F_declarator) continue;
                Node *name = declared_name(n->children[i]);
                Var *v = name ? variable(b, name, scope_start, scope_end, constant) : NULL;
                if (v) v->aligned = alignment(b, n, i);
            }
            break;
        }
        case N_type_definition:
            for (uint32_t i = 0; i < n->count; i++) {
                Node *name = n->children[i]->as == F_declarator ? declared_name(n->children[i]) : NULL;
                Decl *d = name ? sema_decl(b->u->sema, name->start) : NULL;
                if (d && d->type->variable) new_var(b, d, name, scope_start, scope_end, false)->type_name = true;
            }
            break;
        default: break;
    }
    for (uint32_t i = 0; i < n->count; i++) variables(b, n->children[i], scope_start, scope_end);
}

static Func *function(Build *b, Node *n, bool ordinary) {
    Func *f = NEW(b->a, Func);
    b->f = f;
    f->ordinary = ordinary;
    f->var_of = map_new(b->a);
    f->node = n;
    Node *declarator = node_field(n, F_declarator), *body = node_field(n, F_body),
         *name = declarator ? declared_name(declarator) : NULL;
    Node *fd = declarator ? async_declarator(declarator) : NULL, *params = fd ? node_field(fd, F_parameters) : NULL;
    if (!name || !body || !params) return NULL;
    f->name = arena_strndup(b->a, b->u->source->text + name->start, name->end - name->start);
    f->is_main = !ordinary && !strcmp(f->name, "main");
    f->symbol = f->is_main ? "acc__main" : f->name;
    f->decl = sema_decl(b->u->sema, name->start);
    if (!f->decl || f->decl->type->kind != TY_FUNCTION) return NULL;
    f->result = f->decl->type->result; /* the body's function returns T itself */
    if (!ordinary && generator_type(b->u->source, n)) {
        Decl *prototype = sema_function(b->u->sema, f->name);
        Type *made = prototype ? prototype->type->result : NULL;
        if (!made || made->handle != H_GENERATOR) return NULL;
        f->generator = true;
        f->yields = made->result;
        f->sent = made->sent;
    }
    f->body_start = body->start;
    f->body_end = body->end;
    mark(b->a, b->u, body, ordinary ? MARK_GUARDED : MARK_ASYNC);
    order(b->u, body, false);
    for (uint32_t i = 0; i < params->count; i++) {
        Node *p = params->children[i], *d = p->kind == N_parameter_declaration ? node_field(p, F_declarator) : NULL;
        Node *pname = d ? declared_name(d) : NULL;
        Decl *pd = pname ? sema_decl(b->u->sema, pname->start) : NULL;
        if (pd) new_var(b, pd, pname, body->start, body->end, true);
    }
    f->param_count = f->vars.len;
    variables(b, body, body->start, body->end);
    mentions(b, body);
    f->body = block_of(b, body);
    return f;
}

static bool defers(const Node *n) {
    if (n->kind == N_defer_statement) return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (defers(n->children[i])) return true;
    return false;
}

Unit *ir_build(Arena *a, Tree *t, View *v, Sema *s, Diags *d) {
    Unit *u = NEW(a, Unit);
    *u = (Unit){.source = t->source, .tree = t, .view = v, .sema = s, .diags = d, .methods = map_new(a)};
    for (size_t i = 0; i < t->regions.len; i++) {
        Node *r = t->regions.data[i];
        for (uint32_t k = 0; k < r->count; k++) {
            Node *n = r->children[k];
            if (n->kind != N_function_definition) continue;
            bool ordinary = !node_child(n, N_async_specifier);
            if (ordinary && !defers(n)) {
                mark(a, u, n, MARK_PLAIN);
                continue;
            }
            Build b = {.a = a, .u = u};
            Func *f = function(&b, n, ordinary);
            if (f) vec_push(a, &u->funcs, f);
        }
    }
    return u;
}

/* ---- dump and verify ---- */

static const char *const stmt_names[] = {"block", "decl",  "expr",  "if",    "while",    "do",     "for",   "switch",
                                         "case",  "label", "goto",  "break", "continue", "return", "other", "try",
                                         "catch", "throw", "defer", "with",  "each",     "code",   "await", "fail"};
static const char *const place_names[] = {"local", "saved", "resident"};

static void dump_code(Unit *u, const Code *c, FILE *to) {
    for (; c; c = c->next) {
        if (c->kind == CODE_TEXT) fputs(c->text, to);
        else if (c->kind == CODE_VAR) fputs(c->var->name, to);
        else fprintf(to, "‹%.*s›", (int)(c->end - c->start), u->source->text + c->start);
    }
}

static void dump_stmt(Unit *u, Func *f, Stmt *s, int depth, FILE *to) {
    if (!s) return;
    fprintf(to, "%*s%s", depth * 2, "", stmt_names[s->kind]);
    if (s->name) fprintf(to, " %s", s->name);
    if (s->suspends) fputs(" *", to);
    if (s->code) fputs(" ", to), dump_code(u, s->code, to);
    if (s->await) {
        Await *w = s->await;
        static const char *const kinds[] = {"call", "coroutine", "task", "gather", "yield", "queue", "throwing", "throw"};
        fprintf(to, " #%d %s ", w->site, kinds[w->kind]);
        dump_code(u, w->call, to);
        if (w->result) fprintf(to, " -> %s", w->result->name);
        if (w->live.words) {
            fputs(" live:", to);
            for (size_t i = 0; i < f->vars.len; i++)
                if (bitset_has(&w->live, i)) fprintf(to, " %s", f->vars.data[i]->name);
        }
    }
    fputc('\n', to);
    for (size_t i = 0; i < s->items.len; i++)
        if (s->items.data[i].var) fprintf(to, "%*s%s\n", depth * 2 + 2, "", s->items.data[i].var->name);
    dump_stmt(u, f, s->init, depth + 1, to);
    for (size_t i = 0; i < s->list.len; i++) dump_stmt(u, f, s->list.data[i], depth + 1, to);
    dump_stmt(u, f, s->body, depth + 1, to);
    if (s->alt) fprintf(to, "%*selse\n", depth * 2, "");
    dump_stmt(u, f, s->alt, depth + 1, to);
}

void ir_dump(Unit *u, FILE *to) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        fprintf(to, "%s%s %s\n", f->ordinary ? "" : "async ", f->result ? f->result->spelling : "?", f->name);
        for (size_t k = 0; k < f->vars.len; k++) {
            Var *v = f->vars.data[k];
            fprintf(to, "  var %s: %s%s%s %s%s%s\n", v->name, v->type ? v->type->spelling : "auto", v->param ? " param" : "",
                    v->address_taken ? " &" : "", place_names[v->place], v->why ? ", " : "", v->why ? v->why : "");
        }
        dump_stmt(u, f, f->body, 1, to);
    }
}

static void verify_stmt(Unit *u, Func *f, Stmt *s, bool lowered) {
    if (!s) return;
    if (lowered) {
        if (s->kind == S_AWAIT && (!s->await || s->await->site < 1 || (size_t)s->await->site > f->awaits.len))
            bug("ir: an await of %s has no site", f->name);
        if (s->kind == S_EXPR) bug("ir: a statement of %s was not lowered", f->name);
        if ((s->kind == S_BREAK || s->kind == S_CONTINUE) && !s->target) bug("ir: a jump of %s has no target", f->name);
    } else if (s->kind == S_CODE || s->kind == S_AWAIT) bug("ir: a statement of %s was lowered too early", f->name);
    if (s->start > s->end || s->end > u->source->len) bug("ir: a statement of %s lies outside the source", f->name);
    verify_stmt(u, f, s->init, lowered);
    for (size_t i = 0; i < s->list.len; i++) verify_stmt(u, f, s->list.data[i], lowered);
    verify_stmt(u, f, s->body, lowered);
    verify_stmt(u, f, s->alt, lowered);
}

void ir_verify(Unit *u, bool lowered) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        for (size_t k = 0; k < f->vars.len; k++)
            if (f->vars.data[k]->id != (int)k) bug("ir: a variable of %s lost its number", f->name);
        for (size_t k = 1; k < f->refs.len; k++)
            if (f->refs.data[k - 1].offset >= f->refs.data[k].offset) bug("ir: mentions of %s are out of order", f->name);
        verify_stmt(u, f, f->body, lowered);
    }
}
