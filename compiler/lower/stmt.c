/* stmt.c: statements around the awaits that were taken out of their expressions.
 *
 * needs: Unit as built and checked
 * leaves: every function's body lowered: no Expr is looked at again
 *
 * A loop whose condition or step awaits becomes `for (;;)` with the test where it belongs; break goes on to mean what it
 * meant, and a continue that must reach the test or the step jumps to a label before it. */
#include "lower.h"

Stmt *lower_append(Lower *l, StmtKind kind, size_t at) {
    Stmt *s = NEW(l->a, Stmt);
    s->kind = kind;
    s->start = s->end = at;
    s->made = true;
    vec_push(l->a, &l->block->list, s);
    return s;
}

Stmt *lower_code(Lower *l, size_t at, Code *c, Var *kill) {
    Stmt *s = lower_append(l, S_CODE, at);
    s->code = c;
    if (kill) vec_push(l->a, &s->kills, kill);
    return s;
}

Stmt *lower_nested(Lower *l, size_t at) {
    Stmt *s = NEW(l->a, Stmt);
    s->kind = S_BLOCK;
    s->start = s->end = at;
    s->made = true;
    return s;
}

Stmt *lower_begin(Lower *l, Stmt *block) {
    Stmt *before = l->block;
    l->block = block;
    return before;
}

static Code *span_of(Lower *l, Expr *e) { return e ? code_span(l->a, e->start, e->end) : NULL; }

/* A loop's or if's body as a block of its own. */
static Stmt *body(Lower *l, Stmt *s) {
    Stmt *block = lower_nested(l, s->start);
    if (s->kind == S_BLOCK && !s->made) {
        block->made = false;
        block->start = s->start;
        block->end = s->end;
    }
    Stmt *before = lower_begin(l, block);
    if (s->kind == S_BLOCK) lower_list(l, s->list.data, s->list.len, NULL);
    else lower_list(l, &s, 1, NULL);
    lower_begin(l, before);
    return block;
}

static Stmt *kept(Lower *l, Stmt *s, StmtKind kind) {
    Stmt *k = lower_append(l, kind, s->start);
    k->end = s->end;
    k->name = s->name;
    k->label_scope = s->label_scope;
    k->node = s->node;
    k->suspends = s->suspends;
    return k;
}

static bool mentions(Lower *l, const Node *n, const Var *v) {
    if (n->kind == N_identifier && node_is(l->u->source, n, v->name)) {
        Decl *d = sema_ref(l->u->sema, n->start); /* another may hide it */
        return d && d->name == v->at;
    }
    for (uint32_t i = 0; i < n->count; i++)
        if (mentions(l, n->children[i], v)) return true;
    return false;
}

static void declaration(Lower *l, Stmt *s) {
    Stmt *d = NULL;
    const Node *type;
    bool awaits = false;
    for (size_t i = 0; i < s->items.len; i++) awaits |= s->items.data[i].init && s->items.data[i].init->marked;
    bool apart = awaits && ir_type_body(s->node, &type); /* what the initialisers await may need its names */
    if (apart) {
        Stmt *t = kept(l, s, S_DECL);
        t->specs_end = s->specs_end;
        t->type_only = true;
    }
    for (size_t i = 0; i < s->items.len; i++) {
        DeclItem item = s->items.data[i];
        /* does the initialiser speak of the variable itself? */
        bool own_name = item.init && item.init->marked && item.var && mentions(l, item.init->node, item.var);
        for (size_t k = 0; k < item.sizes.len; k++) vec_push(l->a, &item.size_codes, lower_value(l, item.sizes.data[k]));
        Code *init = NULL;
        if (item.init && !own_name) init = lower_value(l, item.init);
        if (!d || item.sizes.len || (item.init && item.init->marked)) {
            d = kept(l, s, S_DECL);
            d->specs_end = s->specs_end;
            d->type_apart = apart;
        }
        item.init_code = init;
        vec_push(l->a, &d->items, item);
        if (item.var) vec_push(l->a, &d->kills, item.var);
        if (own_name) { /* declared first, then assigned */
            d->items.data[d->items.len - 1].init = NULL;
            d->items.data[d->items.len - 1].split = true;
            init = lower_value(l, item.init);
            Stmt *c = lower_code(l, item.init->start, init, item.var);
            c->declared_first = true;
            c->braces = item.braces;
            item.var->assigned = true;
            d = NULL;
        }
    }
}

static Stmt *test(Lower *l, Expr *e) { /* if (!(e)) break; */
    Code *c = lower_value(l, e);
    Stmt *s = lower_append(l, S_IF, e->start);
    s->code = code_join(code_text(l->a, "!("), code_join(c, code_text(l->a, ")")));
    s->body = lower_nested(l, e->start);
    Stmt *before = lower_begin(l, s->body);
    Stmt *b = lower_append(l, S_BREAK, e->start);
    lower_begin(l, before);
    return b;
}

static void loop(Lower *l, Stmt *s) {
    if (s->init && s->init->kind == S_DECL && lower_guards(l, s->init, s)) { /* it guards the loop: a block of its own */
        Stmt *scope = lower_append(l, S_BLOCK, s->start), *before = lower_begin(l, scope), rest = *s;
        rest.init = NULL;
        Stmt *both[] = {s->init, NEW(l->a, Stmt)};
        *both[1] = rest;
        lower_list(l, both, 2, NULL);
        lower_begin(l, before);
        return;
    }
    bool test_awaits = s->e && s->e->marked, step_awaits = s->step_e && s->step_e->marked;
    Stmt *outer_loop = l->loop, *outer_breakable = l->breakable, *outer_block = l->block;
    if (s->init && (s->init->kind == S_DECL || s->init->kind == S_OTHER) &&
        (s->init->suspends || test_awaits || step_awaits)) {
        Stmt *scope = lower_append(l, S_BLOCK, s->start); /* what the initialiser declares ends with the loop */
        lower_begin(l, scope);
    }
    bool init_apart = s->init && (s->init->suspends || test_awaits || step_awaits);
    if (init_apart) lower_statement(l, s->init);
    StmtKind kind = s->kind;
    if (test_awaits || step_awaits) kind = kind == S_WHILE || kind == S_DO ? S_FOR : kind;
    Stmt *k = kept(l, s, kind);
    if (s->init && !init_apart) {
        Stmt *holder = lower_nested(l, s->init->start), *before = lower_begin(l, holder);
        lower_statement(l, s->init);
        lower_begin(l, before);
        if (holder->list.len > 1) bug("lower: a plain initialiser of a loop became several statements");
        k->init = holder->list.len ? holder->list.data[0] : NULL;
    }
    k->made = test_awaits || step_awaits;
    if (!test_awaits) k->code = span_of(l, s->e);
    if (!step_awaits && s->step_e) k->step = span_of(l, s->step_e);
    l->loop = l->breakable = k;
    k->cleanup = l->cleanup;
    k->needs_label = (s->kind == S_DO && test_awaits) || step_awaits;
    if (k->needs_label) k->name = arena_printf(l->a, "acc__continue_%d", ++l->f->temps);
    Stmt *block = lower_nested(l, s->body->start);
    lower_begin(l, block);
    Stmt *first_test = NULL;
    if (test_awaits && s->kind != S_DO) first_test = test(l, s->e);
    Stmt *inner;
    if (k->made) {
        inner = body(l, s->body);
        vec_push(l->a, &block->list, inner);
        if (k->label_used) lower_append(l, S_LABEL, s->body->start)->name = k->name;
        if (s->kind == S_DO && test_awaits) first_test = test(l, s->e);
        if (step_awaits) lower_discard(l, s->step_e);
    } else {
        lower_begin(l, block);
        block = body(l, s->body);
    }
    if (first_test) first_test->target = k;
    k->body = block;
    lower_begin(l, outer_block);
    l->loop = outer_loop;
    l->breakable = outer_breakable;
}

void lower_statement(Lower *l, Stmt *s) {
    switch (s->kind) {
        case S_BLOCK: {
            if (s->made) { /* a label and what it labels: part of the block they stand in */
                lower_list(l, s->list.data, s->list.len, NULL);
                return;
            }
            Stmt *b = body(l, s);
            vec_push(l->a, &l->block->list, b);
            return;
        }
        case S_DECL: declaration(l, s); return;
        case S_EXPR:
            if (s->e->marked) lower_discard(l, s->e);
            else {
                Stmt *c = kept(l, s, S_CODE);
                c->made = false;
                c->code = code_span(l->a, s->start, s->end);
                if (s->end > s->start && l->u->source->text[s->end - 1] != ';') c->bare = true; /* a for's initialiser */
                Node *n = s->e->node;
                if (n->kind == N_assignment_expression && node_is(l->u->source, node_field(n, F_operator), "=")) {
                    Node *left = node_field(n, F_left);
                    size_t first, last;
                    ir_refs(l->f, left->start, left->end, &first, &last);
                    if (left->kind == N_identifier && last > first) vec_push(l->a, &c->kills, l->f->refs.data[first].var);
                }
            }
            return;
        case S_IF: {
            Code *c = lower_value(l, s->e);
            Stmt *k = kept(l, s, S_IF);
            k->code = c;
            k->body = body(l, s->body);
            if (s->alt) k->alt = body(l, s->alt);
            return;
        }
        case S_WHILE:
        case S_DO:
        case S_FOR: loop(l, s); return;
        case S_SWITCH: {
            Code *c = lower_value(l, s->e);
            Stmt *k = kept(l, s, S_SWITCH), *outer = l->breakable;
            k->code = c;
            k->cleanup = l->cleanup;
            l->breakable = k;
            k->body = body(l, s->body);
            l->breakable = outer;
            return;
        }
        case S_CASE: kept(l, s, S_CASE)->code = code_span(l->a, s->start, s->end); return;
        case S_LABEL: kept(l, s, S_LABEL); return;
        case S_GOTO:
            if (s->e) {
                Code *c = lower_value(l, s->e);
                kept(l, s, S_GOTO)->code = c;
            } else if (l->cleanup) lower_jump(l, s->start, S_GOTO, s->name, NULL);
            else kept(l, s, S_GOTO);
            return;
        case S_BREAK:
        case S_CONTINUE: {
            Stmt *target = s->kind == S_BREAK ? l->breakable : l->loop;
            if (l->cleanup && target && target->cleanup != l->cleanup) {
                lower_jump(l, s->start, s->kind, NULL, target);
                return;
            }
            if (s->kind == S_CONTINUE && target && target->needs_label) {
                kept(l, s, S_GOTO)->name = target->name;
                target->label_used = true;
                return;
            }
            kept(l, s, s->kind)->target = target;
            return;
        }
        case S_RETURN: {
            Code *c = NULL;
            bool is_void = l->f->result->kind == TY_VOID;
            if (s->e && is_void) lower_discard(l, s->e);
            else if (s->e) c = lower_value(l, s->e);
            if (l->cleanup) lower_return(l, s->start, c);
            else kept(l, s, S_RETURN)->code = c;
            return;
        }
        case S_TRY: lower_try_statement(l, s); return;
        case S_THROW: lower_throw(l, s); return;
        case S_WITH: lower_with(l, s); return;
        case S_EACH: lower_each(l, s); return;
        case S_DEFER: lower_list(l, &s, 1, NULL); return; /* the body of an if: it guards nothing more */
        default: {
            Stmt *k = kept(l, s, S_OTHER);
            k->code = code_span(l->a, s->start, s->end);
            return;
        }
    }
}

/* Their numbers stand in the 16 bits of a frame's state. */
static void limit(Unit *u, const Func *f) {
    size_t most = f->generator ? 0x7ffe : 0xfffe;
    if (f->awaits.len <= most) return;
    Place p = sema_place(u->source, f->awaits.data[most]->at);
    diag_add(u->diags, DIAG_ERROR, 9, NULL, p, "sorry: more than %zu awaits in a function%s are not supported", most,
             f->generator ? " that yields" : "");
}

void lower(Arena *a, Unit *u) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        Lower l = {.a = a, .u = u, .f = f};
        f->body = body(&l, f->body);
        f->returned = l.value;
        limit(u, f);
    }
    lower_plain(a, u);
}
