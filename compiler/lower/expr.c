/* expr.c: expressions that hold an await are evaluated left to right, each operand once.
 *
 * needs: Expr trees
 * leaves: awaits, and operands that come before one, as statements of their own; Code for what remains
 *
 * The value of an operand is kept in a temporary where something behind it could change it or be changed by it; a place (the
 * left side of an assignment, the operand of & and ++) is found where it stands, its value read or written later. */
#include "lower.h"

/* The text of e in which the operands are replaced. */
Code *lower_rest(Lower *l, Expr *e, Code **args) {
    Code *all = NULL;
    size_t at = e->start;
    for (size_t i = 0; i <= e->count; i++) {
        if (i < e->count && !e->args[i]) continue;
        size_t until = i < e->count ? e->args[i]->start : e->end;
        Code *piece = until > at ? code_span(l->a, at, until) : NULL;
        if (i < e->count) {
            piece = code_join(piece, args[i]);
            at = e->args[i]->end;
        }
        if (piece) all = code_join(all, piece);
    }
    return all;
}

/* A pointer to a type of variable size: no temporary has such a type, since none may be jumped past. */
static Code *keep_variable(Lower *l, Expr *e, Code *value) {
    static Type pointer = {.kind = TY_POINTER, .size = 8, .align = 8, .before = "void *", .after = "", .spelling = "void *"};
    pointer.key = &pointer;
    Node *n = e->node; /* what has its type and no effects: in typeof it would be evaluated */
    for (Node *inner = n; inner; n = inner, inner = NULL) {
        if (n->kind == N_parenthesized_expression) inner = node_inner(n);
        else if (n->kind == N_update_expression) inner = node_field(n, F_argument);
        else if (n->kind == N_assignment_expression) inner = node_field(n, F_left);
        if (!inner) break;
    }
    Code *same = n == e->node ? code_copy(l->a, value) : code_span(l->a, n->start, n->end);
    Var *t = ir_temp(l->a, l->f, &pointer);
    lower_code(
        l, e->start,
        code_join(code_join(code_var(l->a, t), code_text(l->a, " = (void *)(")), code_join(value, code_text(l->a, ");"))), t)
        ->made = true;
    return code_join(code_text(l->a, "((__typeof__(&*("),
                     code_join(same, code_join(code_text(l->a, ")))"), code_join(code_var(l->a, t), code_text(l->a, ")")))));
}

Code *lower_keep(Lower *l, Expr *e, Code *value) {
    if (!value->next && value->kind == CODE_VAR) return value; /* in a temporary already: none is assigned twice */
    Type *type = e->type;
    if (type && type->variable) return keep_variable(l, e, value);
    if (type && type->kind == TY_ARRAY) type = sema_pointer_to(l->u->sema, type->result); /* a literal: it decays here */
    Var *t = ir_temp(l->a, l->f, type && type->kind != TY_VLA ? type : NULL);
    Stmt *s = lower_code(
        l, e->start, code_join(code_join(code_var(l->a, t), code_text(l->a, " = ")), code_join(value, code_text(l->a, ";"))),
        t);
    s->made = true;
    return code_var(l->a, t);
}

void lower_operands(Lower *l, Expr **args, size_t n, Code **out) {
    bool *keep = NEW_ARRAY(l->a, bool, n);
    bool unstable = false, active = false; /* is something behind it, which does something? */
    for (size_t i = n; i-- > 0;) {
        if (!args[i] || args[i]->stable) continue;
        keep[i] = active || (unstable && args[i]->effects);
        unstable = true;
        active |= args[i]->effects || args[i]->marked;
    }
    for (size_t i = 0; i < n; i++) {
        if (!args[i]) continue;
        out[i] = lower_value(l, args[i]);
        if (keep[i]) out[i] = lower_keep(l, args[i], out[i]);
    }
}

static Code *operator_value(Lower *l, Expr *e) {
    Code **out = NEW_ARRAY(l->a, Code *, e->count + 1);
    lower_operands(l, e->args, e->count, out);
    return lower_rest(l, e, out);
}

Code *lower_place(Lower *l, Expr *e, bool keep) {
    Node *n = e->node;
    if (!keep && !e->marked) return code_span(l->a, e->start, e->end);
    Func *f = l->f;
    switch (n->kind) {
        case N_identifier: return code_span(l->a, e->start, e->end);
        case N_parenthesized_expression:
        case N_extension_expression: {
            Node *inner = NULL;
            for (uint32_t i = 0; i < n->count; i++)
                if (node_named(n->children[i])) inner = n->children[i];
            if (!inner || inner->kind == N_comma_expression) break;
            Code *c = lower_place(l, ir_expr(l->a, l->u, f, inner), keep);
            return code_join(code_text(l->a, "("), code_join(c, code_text(l->a, ")")));
        }
        case N_field_expression: {
            Expr *object = ir_expr(l->a, l->u, f, node_field(n, F_argument));
            bool arrow = node_is(l->u->source, node_field(n, F_operator), "->");
            Code *c = arrow ? lower_value(l, object) : lower_place(l, object, keep);
            if (arrow && keep && !object->stable) c = lower_keep(l, object, c);
            return code_join(c, code_span(l->a, object->end, e->end));
        }
        case N_subscript_expression: {
            Expr *object = ir_expr(l->a, l->u, f, node_field(n, F_argument)),
                 *index = ir_expr(l->a, l->u, f, node_field(n, F_index));
            Type *t = sema_inner_type(l->u->sema, object->node);
            /* An array may be a member of a value that a call gave: the whole value is kept then, no pointer into it. */
            bool inside = t && (t->kind == TY_VECTOR || t->kind == TY_ARRAY || t->kind == TY_VLA),
                 first = keep || index->effects || index->marked;
            Code *o = inside ? lower_place(l, object, first) : lower_value(l, object);
            if (!inside && !object->stable && first) o = lower_keep(l, object, o);
            Code *i = lower_value(l, index);
            if (keep && !index->stable) i = lower_keep(l, index, i);
            return code_join(code_join(o, code_span(l->a, object->end, index->start)),
                             code_join(i, code_span(l->a, index->end, e->end)));
        }
        case N_pointer_expression: {
            if (node_is(l->u->source, node_field(n, F_operator), "&")) break;
            Expr *pointer = ir_expr(l->a, l->u, f, node_field(n, F_argument));
            Code *p = lower_value(l, pointer);
            if (keep && !pointer->stable) p = lower_keep(l, pointer, p);
            return code_join(code_span(l->a, e->start, pointer->start), p);
        }
        case N_unary_expression: { /* __real__, __imag__ */
            Expr *object = ir_expr(l->a, l->u, f, node_field(n, F_argument));
            return code_join(code_span(l->a, e->start, object->start), lower_place(l, object, keep));
        }
        default: break;
    }
    Code *value = lower_value(l, e);
    return keep && !e->stable ? lower_keep(l, e, value)
                              : value; /* a structure's value, or the address of a compound literal */
}

/* An int that is 0 or 1: the truth of a value. */
static Code *truth(Lower *l, Code *value) {
    return code_join(code_text(l->a, "!!("), code_join(value, code_text(l->a, ")")));
}

static Code *assign(Lower *l, Var *t, Code *value) {
    return code_join(code_var(l->a, t), code_join(code_text(l->a, " = "), code_join(value, code_text(l->a, ";"))));
}

static Code *logical(Lower *l, Expr *e, bool wanted) {
    if (!wanted) {
        Code *c = lower_value(l, e->args[0]);
        Stmt *s = lower_append(l, S_IF, e->args[1]->start);
        s->code = e->is_or ? code_join(code_text(l->a, "!("), code_join(c, code_text(l->a, ")"))) : c;
        s->body = lower_nested(l, e->args[1]->start);
        Stmt *before = lower_begin(l, s->body);
        lower_discard(l, e->args[1]);
        lower_begin(l, before);
        return NULL;
    }
    Var *t = ir_temp(l->a, l->f, e->type);
    lower_code(l, e->start, assign(l, t, truth(l, lower_value(l, e->args[0]))), t);
    Stmt *s = lower_append(l, S_IF, e->args[1]->start);
    s->code = e->is_or ? code_join(code_text(l->a, "!"), code_var(l->a, t)) : code_var(l->a, t);
    s->body = lower_nested(l, e->args[1]->start);
    Stmt *before = lower_begin(l, s->body);
    lower_code(l, e->args[1]->start, assign(l, t, truth(l, lower_value(l, e->args[1]))), t);
    lower_begin(l, before);
    return code_var(l->a, t);
}

/* What has e's type and needs no await; NULL: nothing does. */
static Code *like(Lower *l, const Expr *e, size_t outside) {
    Type *t = sema_inner_type(l->u->sema, e->node);
    if (t && t->kind == TY_POINTER && t->result->kind == TY_VOID) return NULL; /* NULL */
    if (!e->marked && !outside) return code_span(l->a, e->start, e->end);
    if (!e->marked && e->node->kind == N_identifier) { /* of what is known outside a block */
        Decl *d = sema_ref(l->u->sema, e->start);
        return d && d->name < outside ? code_span(l->a, e->start, e->end) : NULL;
    }
    Code *c = NULL;
    if (e->kind == E_COND && e->args[1]) c = like(l, e->args[1], outside);
    if (e->kind == E_COND && !c) c = like(l, e->args[2], outside);
    if (e->kind == E_COMMA) c = like(l, e->args[e->count - 1], outside);
    if (e->kind == E_ASSIGN) c = like(l, e->args[0], outside);
    if (e->kind == E_OPERANDS && e->count == 1 && e->node->kind == N_parenthesized_expression)
        c = like(l, e->args[0], outside);
    if (e->kind == E_MEMBER) {
        Type *object = sema_inner_type(l->u->sema, e->args[0]->node);
        if (object && object->before)
            c = code_join(code_text(l->a, "(*(__typeof__(%s%s) *)0)", object->before, object->after),
                          code_span(l->a, e->args[0]->end, e->end));
    }
    if (e->kind == E_STATEMENTS && e->block->list.len) {
        const Stmt *last = e->block->list.data[e->block->list.len - 1];
        if (last->e) c = like(l, last->e, outside ? outside : e->start);
    }
    return c;
}

/* A temporary of that type, for e, that is declared ahead of what gives its value. */
static Var *declared_ahead(Lower *l, Expr *e, Type *type) {
    Var *t = ir_temp(l->a, l->f, type);
    if (type->before || type->local) return t;
    t->like = like(l, e, 0);
    if (!t->like) {
        Place p = source_place(l->u->source, e->start);
        p.length = (unsigned)(e->end - e->start);
        diag_add(
            l->u->diags, DIAG_ERROR, 9, NULL, p,
            "sorry: the type of this value has no name outside the block in which it is defined, and an 'await' is in it");
    }
    return t;
}

/* The type that both of its values are converted to, before its place converts that. */
static Type *chosen_type(Lower *l, const Expr *e) {
    Type *own = sema_inner_type(l->u->sema, e->node);
    return own ? own : e->type;
}

static void choose(Lower *l, Expr *e, Var *t, bool declares);

static void arm(Lower *l, Stmt **block, Expr *e, Var *t) {
    *block = lower_nested(l, e->start);
    Stmt *before = lower_begin(l, *block);
    if (!t) lower_discard(l, e);
    else if (e->marked && e->kind == E_COND && t->type->before && chosen_type(l, e)->key == t->type->key)
        choose(l, e, t, false); /* the next of a chain: into the same variable */
    else lower_code(l, e->start, assign(l, t, lower_value(l, e)), t);
    lower_begin(l, before);
}

/* t = e, a conditional. */
static void choose(Lower *l, Expr *e, Var *t, bool declares) {
    Code *c = lower_value(l, e->args[0]);
    if (!e->args[1]) c = lower_keep(l, e->args[0], c); /* a ?: b */
    if (declares) lower_code(l, e->start, NULL, t);    /* its declaration, ahead of both arms */
    Stmt *s = lower_append(l, S_IF, e->start);
    s->code = code_copy(l->a, c);
    if (e->args[1]) arm(l, &s->body, e->args[1], t);
    else {
        s->body = lower_nested(l, e->start);
        Stmt *before = lower_begin(l, s->body);
        if (t) lower_code(l, e->start, assign(l, t, c), t);
        lower_begin(l, before);
    }
    arm(l, &s->alt, e->args[2], t);
}

static Code *conditional(Lower *l, Expr *e, bool wanted) {
    Type *type = chosen_type(l, e);
    bool value = wanted && type && type->kind != TY_VOID;
    Var *t = value ? declared_ahead(l, e, type) : NULL;
    choose(l, e, t, t != NULL);
    return t ? code_var(l->a, t) : code_text(l->a, "((void)0)");
}

static Code *statements(Lower *l, Expr *e, bool wanted) {
    bool value = wanted && e->type && e->type->kind != TY_VOID;
    Var *t = value ? declared_ahead(l, e, e->type) : NULL;
    if (t) lower_code(l, e->start, NULL, t);
    Stmt *block = lower_append(l, S_BLOCK, e->start);
    block->made = true;
    Stmt *before = lower_begin(l, block);
    lower_list(l, e->block->list.data, e->block->list.len, &(Last){t});
    lower_begin(l, before);
    return t ? code_var(l->a, t) : code_text(l->a, "((void)0)");
}

/* What asm writes, and what it has in memory, are places. */
static Code *assembly(Lower *l, Expr *e) {
    Code **out = NEW_ARRAY(l->a, Code *, e->count + 1);
    for (size_t i = 0; i < e->count; i++) {
        const Node *operand = e->args[i]->node->parent;
        bool place = !strcmp(operand->name, "gnu_asm_output_operand"), later = false;
        for (size_t k = operand->start; k < e->args[i]->start; k++)
            place |= l->u->source->text[k] == 'm'; /* its constraint */
        for (size_t k = i + 1; k < e->count; k++) later |= e->args[k]->marked;
        if (place) out[i] = lower_place(l, e->args[i], later);
        else {
            out[i] = lower_value(l, e->args[i]);
            if (later && !e->args[i]->stable) out[i] = lower_keep(l, e->args[i], out[i]);
        }
    }
    return lower_rest(l, e, out);
}

static Code *marked_value(Lower *l, Expr *e) {
    switch (e->kind) {
        case E_SPAN: return code_span(l->a, e->start, e->end);
        case E_CALL: {
            const CallInfo *call = sema_call(l->u->sema, e->node);
            if (call && call->async) return lower_cold_call(l, e);
            if (call && call->generator) return lower_generator_call(l, e);
            return operator_value(l, e);
        }
        case E_OPERANDS:
        case E_MEMBER:
            if (e->node->kind == N_subscript_expression) return lower_place(l, e, false);
            if (e->node->kind == N_gnu_asm_expression) return assembly(l, e);
            return operator_value(l, e);
        case E_ASSIGN: {
            Code *out[2];
            out[0] = lower_place(l, e->args[0], e->args[1]->marked || (e->args[0]->marked && e->args[1]->effects));
            out[1] = lower_value(l, e->args[1]);
            if (e->args[1]->kind == E_BUILTIN && e->args[1]->builtin == B_TRY && lower_is_outcome(l, e->args[0]->node))
                lower_code(l, e->start,
                           code_join(code_text(l->a, "acc_error_drop(("),
                                     code_join(code_copy(l->a, out[0]), code_text(l->a, ").error);"))),
                           NULL);
            return lower_rest(l, e, out);
        }
        case E_UPDATE:
        case E_ADDRESS: {
            Code *out = lower_place(l, e->args[0], false);
            return lower_rest(l, e, &out);
        }
        case E_LOGICAL: return logical(l, e, true);
        case E_COND: return conditional(l, e, true);
        case E_COMMA: lower_discard(l, e->args[0]); return lower_value(l, e->args[1]);
        case E_STATEMENTS: return statements(l, e, true);
        case E_GENERIC: return code_join(code_text(l->a, "("), code_join(lower_value(l, e->args[0]), code_text(l->a, ")")));
        case E_AWAIT: return lower_await(l, e);
        case E_YIELD: return lower_yield(l, e);
        case E_BUILTIN: return lower_builtin(l, e);
    }
    bug("lower: an expression of a kind that is not known (%d)", e->kind);
}

Code *lower_value(Lower *l, Expr *e) {
    if (!e->marked) return code_span(l->a, e->start, e->end);
    Code *c = marked_value(l, e);
    const Conversion *x = sema_conversion(l->u->sema, e->start, e->end);
    if (x) c = code_join(code_text(l->a, "%s(", x->type), code_join(c, code_text(l->a, ")")));
    return c;
}

void lower_discard(Lower *l, Expr *e) {
    while (e->kind == E_OPERANDS && e->count == 1 &&
           (e->node->kind == N_parenthesized_expression ||
            (e->node->kind == N_cast_expression && e->args[0]->marked && e->type && e->type->kind == TY_VOID)))
        e = e->args[0];
    switch (e->marked ? e->kind : E_SPAN) {
        case E_COMMA:
            lower_discard(l, e->args[0]);
            lower_discard(l, e->args[1]);
            return;
        case E_LOGICAL: logical(l, e, false); return;
        case E_COND: conditional(l, e, false); return;
        case E_STATEMENTS: statements(l, e, false); return;
        default: break;
    }
    Code *c = lower_value(l, e);
    if (!e->marked && e->kind == E_SPAN && e->node->kind != N_assignment_expression &&
        e->node->kind != N_update_expression && e->node->kind != N_call_expression)
        c = code_join(code_text(l->a, "(void)("), code_join(c, code_text(l->a, ")")));
    if (!c->next && c->kind == CODE_VAR) { /* a value that nobody wants */
        c->var->unused = true;
        return;
    }
    if (!c->next && c->kind == CODE_TEXT && c->text[0] == '(') return; /* ((void)0) */
    Var *kill = NULL;
    if (e->node->kind == N_assignment_expression && node_is(l->u->source, node_field(e->node, F_operator), "=")) {
        Node *left = node_field(e->node, F_left);
        size_t first, last;
        ir_refs(l->f, left->start, left->end, &first, &last);
        if (left->kind == N_identifier && last > first) kill = l->f->refs.data[first].var;
    }
    Stmt *s = lower_code(l, e->start, code_join(c, code_text(l->a, ";")), kill);
    s->made = false; /* the user's own statement */
    if (e->node->kind == N_gnu_asm_expression) s->node = e->node, s->end = e->end;
}
