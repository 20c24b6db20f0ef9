/* cleanup.c: what must run on every way out of a piece of the code, exactly once: finally, defer, cleanup attributes, aexit.
 *
 * needs: cleanup_begin before the statements that are guarded, cleanup_end behind them
 * leaves: labels and gotos. The cleanup's statements stand there once:
 *
 *         { guarded statements }                    a way out of them sets acc__way and goes to acc__cleanup_N
 *         error = 0; way = 0; goto acc__cleanup_N;  the end
 *     acc__failed_N:                                where errors of the guarded statements go
 *         error = acc_abi_catch(cx); way = 0;
 *     acc__cleanup_N:
 *         { the cleanup }                           an error of its own goes to acc__unclean_N
 *         if (error) { throw it again }
 *         if (way == 1) ...                         the ways go on, through the next cleanup around if there is one
 *
 * A simple cleanup, which can neither fail nor wait, stands at each way out instead. */
#include "lower.h"

static Type error_type = {.kind = TY_POINTER, .size = 8, .align = 8, .before = "const struct acc_error *", .after = ""};
static Type int_type = {.kind = TY_SCALAR, .size = 4, .align = 4, .before = "int ", .after = ""};

Var *lower_error_temp(Lower *l) {
    error_type.spelling = "const acc_error *";
    Var *v = ir_temp(l->a, l->f, &error_type);
    v->name = arena_printf(l->a, "acc__error_%d", l->f->temps);
    return v;
}

void lower_set(Lower *l, size_t at, Var *v, const char *value) {
    lower_code(l, at, code_join(code_var(l->a, v), code_text(l->a, " = %s;", value)), v);
}

void lower_context(Lower *l, size_t at) {
    for (const Handled *h = l->handled; h; h = h->outer)
        lower_append(l, S_CODE, at)->code = code_join(code_text(l->a, "acc_abi_chain(acc__cx, acc_error_keep("),
                                                      code_join(code_var(l->a, h->error), code_text(l->a, "));")));
}

void lower_caught(Lower *l, size_t at, Var *error) {
    lower_context(l, at);
    lower_set(l, at, error, "acc_abi_catch(acc__cx)");
}

void lower_label(Lower *l, size_t at, const char *name) { lower_append(l, S_LABEL, at)->name = name; }

void lower_goto(Lower *l, size_t at, const char *name) { lower_append(l, S_GOTO, at)->name = name; }

const char *lower_handler(Lower *l) {
    if (!l->handler) return NULL;
    l->handler->used = true;
    return l->handler->label;
}

void lower_fail(Lower *l, size_t at) { lower_append(l, S_FAIL, at)->name = lower_handler(l); }

/* ---- does control reach a statement's end? ---- */

static bool breaks(const Stmt *s, const Stmt *loop) {
    if (!s) return false;
    if (s->kind == S_BREAK) return s->target == loop;
    for (size_t i = 0; i < s->list.len; i++)
        if (breaks(s->list.data[i], loop)) return true;
    return breaks(s->body, loop) || breaks(s->alt, loop);
}

static bool labelled(const Stmt *s) {
    if (!s) return false;
    if (s->kind == S_LABEL || s->kind == S_CASE) return true;
    for (size_t i = 0; i < s->list.len; i++)
        if (labelled(s->list.data[i])) return true;
    return labelled(s->body) || labelled(s->alt);
}

bool lower_falls(Lower *l, Stmt *s) {
    switch (s->kind) {
        case S_BLOCK: /* a block in another is asked again with that; it has not changed but at its end */
            if (s->asked == s->list.len + 1) return s->falls;
            s->asked = s->list.len + 1;
            s->falls = true;
            for (size_t i = 0; i < s->list.len; i++)
                s->falls = (s->falls || labelled(s->list.data[i])) && lower_falls(l, s->list.data[i]);
            return s->falls;
        case S_IF: return !s->alt || lower_falls(l, s->body) || lower_falls(l, s->alt);
        case S_WHILE:
        case S_DO:
        case S_FOR: return !ir_endless(l->u, s) || breaks(s->body, s);
        case S_GOTO:
        case S_BREAK:
        case S_CONTINUE:
        case S_RETURN:
        case S_FAIL: return false;
        case S_AWAIT: return s->await->kind != AWAIT_RAISE;
        default: return true;
    }
}

/* ---- ways out ---- */

static void find_jumps(Lower *l, const Node *n) {
    switch (n->kind) {
        case N_goto_statement: vec_push(l->a, &l->jumps->gotos, n); break;
        case N_labeled_statement: vec_push(l->a, &l->jumps->labels, n); break;
        case N_case_statement: vec_push(l->a, &l->jumps->cases, n); break;
        case N_await_expression: {
            const Node *operand = node_stripped(n->children[n->count - 1]);
            if (operand->kind == N_identifier) vec_push(l->a, &l->jumps->awaited, operand);
            break;
        }
        default: break;
    }
    for (uint32_t i = 0; i < n->count; i++) find_jumps(l, n->children[i]);
}

const Jumps *lower_jumps(Lower *l) {
    if (!l->jumps) {
        l->jumps = NEW(l->a, Jumps);
        find_jumps(l, l->f->node);
    }
    return l->jumps;
}

static size_t label_place(Lower *l, const char *name) {
    const Jumps *jumps = lower_jumps(l);
    for (size_t i = 0; i < jumps->labels.len; i++)
        if (node_is(l->u->source, node_field(jumps->labels.data[i], F_label), name)) return jumps->labels.data[i]->start;
    return NOWHERE;
}

static bool crosses(const Cleanup *c, const Way *w) {
    if (w->kind == S_RETURN) return true;
    if (w->kind == S_GOTO) return w->place == NOWHERE || w->place < c->start || w->place >= c->end;
    return w->target && w->target->cleanup != c;
}

static void jump(Lower *l, size_t at, const Way *w) {
    Cleanup *c = l->cleanup;
    for (; c && crosses(c, w); c = c->outer) {
        if (c->simple) {
            lower_append(l, S_CODE, at)->code = code_copy(l->a, c->simple);
            continue;
        }
        size_t i = 0;
        while (i < c->ways.len && (c->ways.data[i].kind != w->kind || c->ways.data[i].target != w->target ||
                                   (w->name && strcmp(c->ways.data[i].name, w->name))))
            i++;
        if (i == c->ways.len) vec_push(l->a, &c->ways, *w);
        Exit x = {lower_code(l, at, code_text(l->a, "%s", ""), NULL), lower_code(l, at, code_text(l->a, "%s", ""), NULL), i};
        vec_push(l->a, &c->exits, x);
        lower_goto(l, at, c->label);
        return;
    }
    switch (w->kind) {
        case S_RETURN:
            lower_append(l, S_RETURN, at)->code = l->f->result->kind == TY_VOID ? NULL : code_var(l->a, l->value);
            break;
        case S_GOTO: lower_goto(l, at, w->name); break;
        case S_CONTINUE:
            if (w->target && w->target->needs_label) {
                lower_goto(l, at, w->target->name);
                w->target->label_used = true;
                break;
            }
            /* fall through */
        default: lower_append(l, w->kind, at)->target = w->target;
    }
}

void lower_return(Lower *l, size_t at, Code *value) {
    Type *result = l->f->result;
    if (result->kind != TY_VOID) {
        if (!l->value) {
            l->value = ir_temp(l->a, l->f, result);
            l->value->name = "acc__returned";
            l->value->zero = true;
        }
        if (value && result->const_member) { /* it cannot be assigned */
            Code *c = code_join(code_text(l->a, "__builtin_memcpy((void *)&"), code_var(l->a, l->value));
            code_join(c, code_join(code_text(l->a, ", (__typeof__("), code_var(l->a, l->value)));
            code_join(c, code_join(code_text(l->a, ")[1]){("), value));
            code_join(c,
                      code_join(code_text(l->a, ")}, sizeof "), code_join(code_var(l->a, l->value), code_text(l->a, ");"))));
            lower_code(l, at, c, l->value);
        } else if (value)
            lower_code(l, at,
                       code_join(code_var(l->a, l->value),
                                 code_join(code_text(l->a, " = "), code_join(value, code_text(l->a, ";")))),
                       l->value);
    }
    jump(l, at, &(Way){.kind = S_RETURN});
}

void lower_jump(Lower *l, size_t at, StmtKind kind, const char *name, Stmt *target) {
    Way w = {.kind = kind, .name = name, .target = target, .place = NOWHERE};
    if (name) w.place = label_place(l, name);
    jump(l, at, &w);
}

/* ---- the guarded piece ---- */

Cleanup *cleanup_begin(Lower *l, size_t at, size_t start, size_t end) {
    Cleanup *c = NEW(l->a, Cleanup);
    int id = ++l->f->temps;
    *c = (Cleanup){.outer = l->cleanup, .outer_handler = l->handler, .at = at, .start = start, .end = end};
    c->handler.label = arena_printf(l->a, "acc__failed_%d", id);
    c->label = arena_printf(l->a, "acc__cleanup_%d", id);
    c->after = arena_printf(l->a, "acc__clean_%d", id);
    c->unclean = arena_printf(l->a, "acc__unclean_%d", id);
    c->error = lower_error_temp(l);
    int_type.spelling = "int";
    c->way = ir_temp(l->a, l->f, &int_type);
    c->way->name = arena_printf(l->a, "acc__way_%d", id);
    c->block = lower_nested(l, at);
    c->outer_block = lower_begin(l, c->block);
    l->cleanup = c;
    l->handler = &c->handler;
    return c;
}

static void back(Lower *l, Cleanup *c) {
    lower_begin(l, c->outer_block);
    l->cleanup = c->outer;
    l->handler = c->outer_handler;
}

static void append(Lower *l, Stmt *s) { vec_push(l->a, &l->block->list, s); }

static void end_simple(Lower *l, Cleanup *c) {
    bool falls = lower_falls(l, c->block), fails = c->handler.used;
    back(l, c);
    append(l, c->block);
    if (falls) lower_append(l, S_CODE, c->at)->code = code_copy(l->a, c->simple);
    if (!fails) return;
    if (falls) lower_goto(l, c->at, c->after);
    lower_label(l, c->at, c->handler.label);
    lower_append(l, S_CODE, c->at)->code = code_copy(l->a, c->on_error ? c->on_error : c->simple);
    lower_fail(l, c->at);
    if (falls) lower_label(l, c->at, c->after);
}

static bool returns(const Cleanup *c) {
    for (size_t i = 0; i < c->ways.len; i++)
        if (c->ways.data[i].kind == S_RETURN) return true;
    return false;
}

/* The value that return gave is of no interest on the other ways: it need not be kept across what comes before them. It is
 * zero there, since the cleanup may save it. */
static Code *no_value(Lower *l) {
    TypeKind kind = l->value->type->kind;
    if (l->value->type->const_member)
        return code_join(code_text(l->a, "__builtin_memset((void *)&"),
                         code_join(code_var(l->a, l->value), code_text(l->a, ", 0, sizeof %s);", l->value->name)));
    bool braces = kind == TY_RECORD || kind == TY_VECTOR;
    return code_join(code_var(l->a, l->value), code_text(l->a, braces ? " = (__typeof__(%s)){};" : " = 0;", l->value->name));
}

static void forget_value(Lower *l, Cleanup *c) {
    if (returns(c) && l->value) lower_code(l, c->at, no_value(l), l->value);
}

void cleanup_end(Lower *l, Cleanup *c) {
    if (c->simple) {
        end_simple(l, c);
        return;
    }
    bool falls = lower_falls(l, c->block), fails = c->handler.used;
    bool ends = falls || (c->swallows && fails); /* does control reach the end? */
    bool ways = c->ways.len > 1 || (c->ways.len && ends), jumps = c->ways.len > 0;
    back(l, c);
    c->fails = fails;
    if (fails) lower_code(l, c->at, NULL, c->error);
    if (ways) lower_code(l, c->at, NULL, c->way);
    append(l, c->block);
    Stmt *outer = l->block;
    for (size_t i = 0; i < c->exits.len; i++) {
        Exit *x = &c->exits.data[i];
        if (fails) {
            x->error->code = code_join(code_var(l->a, c->error), code_text(l->a, " = 0;"));
            vec_push(l->a, &x->error->kills, c->error);
        }
        if (ways) {
            x->way->code = code_join(code_var(l->a, c->way), code_text(l->a, " = %zu;", x->number + 1));
            vec_push(l->a, &x->way->kills, c->way);
        }
        if (c->ways.data[x->number].kind != S_RETURN && returns(c) && l->value) {
            x->way->code = ways ? code_join(x->way->code, code_join(code_text(l->a, " "), no_value(l))) : no_value(l);
            vec_push(l->a, &x->way->kills, l->value);
        }
    }
    if (falls) {
        if (fails) lower_set(l, c->at, c->error, "0");
        if (ways) lower_set(l, c->at, c->way, "0");
        forget_value(l, c);
        if (fails) lower_goto(l, c->at, c->label);
    }
    if (fails) {
        lower_label(l, c->at, c->handler.label);
        lower_caught(l, c->at, c->error);
        if (ways) lower_set(l, c->at, c->way, "0");
        forget_value(l, c);
    }
    if (jumps || (falls && fails)) lower_label(l, c->at, c->label);

    Handler inner = {.label = c->unclean};
    Handled handled = {c->error, l->handled};
    if (fails) {
        l->handler = &inner;
        l->handled = &handled;
    }
    Stmt *block = lower_nested(l, c->at);
    lower_begin(l, block);
    c->run(l, c);
    l->handled = handled.outer;
    lower_begin(l, outer);
    append(l, block);
    l->handler = c->outer_handler;
    if (fails) {
        Stmt *s = lower_append(l, S_IF, c->at);
        s->code = code_var(l->a, c->error);
        s->body = lower_nested(l, c->at);
        lower_begin(l, s->body);
        lower_append(l, S_CODE, c->at)->code = code_join(code_text(l->a, "acc_abi_throw(acc__cx, "),
                                                         code_join(code_var(l->a, c->error), code_text(l->a, ", 0, 0);")));
        lower_fail(l, c->at);
        lower_begin(l, outer);
    }
    for (size_t i = 0; i < c->ways.len; i++) {
        if (i + 1 == c->ways.len && !ends) {
            jump(l, c->at, &c->ways.data[i]);
            break;
        }
        Stmt *s = lower_append(l, S_IF, c->at);
        s->code = code_join(code_var(l->a, c->way), code_text(l->a, " == %zu", i + 1));
        s->body = lower_nested(l, c->at);
        lower_begin(l, s->body);
        jump(l, c->at, &c->ways.data[i]);
        lower_begin(l, outer);
    }
    if (!jumps && !ends && fails) lower_fail(l, c->at); /* not reached: the error has been thrown */
    if (!inner.used) return;
    if (ends) lower_goto(l, c->at, c->after);
    lower_label(l, c->at, inner.label);
    lower_append(l, S_CODE, c->at)->code =
        code_join(code_text(l->a, "acc_abi_chain(acc__cx, "), code_join(code_var(l->a, c->error), code_text(l->a, ");")));
    lower_fail(l, c->at);
    if (ends) lower_label(l, c->at, c->after);
}
