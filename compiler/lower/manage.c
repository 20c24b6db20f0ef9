/* manage.c: async with and async for, over types whose functions are found by the type's own name.
 *
 * needs: S_WITH, S_EACH
 * leaves: awaits of M_aenter and M_aexit around the body, which is guarded; of M_anext at each turn of a loop */
#include "lower.h"

/* The value of e in a temporary. */
static Var *kept_value(Lower *l, Expr *e, Type *type) {
    Code *value = lower_value(l, e);
    Var *v = ir_temp(l->a, l->f, type);
    lower_code(l, e->start,
               code_join(code_var(l->a, v), code_join(code_text(l->a, " = "), code_join(value, code_text(l->a, ";")))), v);
    return v;
}

/* The user's declaration, its variable given the value of v. */
static void declare(Lower *l, Stmt *s, Var *v) {
    Stmt *d = lower_append(l, S_DECL, s->start);
    d->end = s->end;
    d->node = s->node;
    d->specs_end = s->specs_end;
    DeclItem item = s->items.data[0];
    Expr *init = NEW(l->a, Expr);
    *init = (Expr){.kind = E_SPAN, .start = item.start, .end = item.start, .marked = true};
    item.init = init;
    item.init_code = code_var(l->a, v);
    item.braces = false;
    vec_push(l->a, &d->items, item);
    if (item.var) vec_push(l->a, &d->kills, item.var);
}

static Await *call(Lower *l, size_t at, const char *function, Var *object, Code *more, Var *result) {
    map_set(l->u->methods, function, strlen(function), object);
    Code *c = code_join(code_text(l->a, "%s(acc__cx, ", function), code_var(l->a, object));
    if (more) code_join(c, code_join(code_text(l->a, ", "), more));
    return lower_suspension(l, AWAIT_CALL, at, code_join(c, code_text(l->a, ")")), result);
}

static void run_exit(Lower *l, Cleanup *c) {
    bool swallows = c->swallows;
    Var *result = c->result->kind != TY_VOID ? ir_temp(l->a, l->f, c->result) : NULL;
    call(l, c->at, c->function, c->object, c->fails ? code_var(l->a, c->error) : code_text(l->a, "0"), result);
    if (!swallows || !c->fails) {
        if (result) result->unused = true;
        return;
    }
    Stmt *s = lower_append(l, S_IF, c->at), *before = l->block;
    s->code = code_var(l->a, result);
    s->body = lower_nested(l, c->at);
    lower_begin(l, s->body);
    lower_append(l, S_CODE, c->at)->code =
        code_join(code_text(l->a, "acc_error_drop("), code_join(code_var(l->a, c->error), code_text(l->a, ");")));
    lower_set(l, c->at, c->error, "0");
    lower_begin(l, before);
}

static Type pointer_type = {
    .kind = TY_POINTER, .size = 8, .align = 8, .before = "void *", .after = "", .spelling = "void *"};

/* A deadline's or group's object is asked behind the statement, in a catch too: it lives until the call ends, or the statement is
 * executed again. */
static bool ours(const char *enter) {
    return !strcmp(enter, "acc_timeout_scope_aenter") || !strcmp(enter, "acc_task_group_aenter");
}

static void hold(Lower *l, Stmt *s, Var *manager) {
    Var *held = ir_object(l->a, l->f, "acc__scope", &pointer_type, l->f->body_start, l->f->body_end);
    held->holds = true;
    lower_append(l, S_CODE, s->start)->code =
        code_join(code_join(code_text(l->a, "acc_abi_hold(&"), code_var(l->a, held)),
                  code_join(code_text(l->a, ", "), code_join(code_var(l->a, manager), code_text(l->a, ");"))));
}

void lower_with(Lower *l, Stmt *s) {
    Stmt *scope = lower_append(l, S_BLOCK, s->start), *before = lower_begin(l, scope);
    const char *enter = NULL, *leave = NULL;
    Type *type = sema_type(l->u->sema, s->e->node);
    Decl *in = sema_method(l->u->sema, type, "aenter", &enter), *out = sema_method(l->u->sema, type, "aexit", &leave);
    if (!in || !out) return; /* check has complained */
    Var *manager = kept_value(l, s->e, type);
    if (ours(enter)) hold(l, s, manager);
    Type *entered = async_value(in->type);
    Var *result = entered && entered->kind != TY_VOID ? ir_temp(l->a, l->f, entered) : NULL;
    call(l, s->start, enter, manager, NULL, result);
    if (s->init && result) declare(l, s->init, result);
    else if (result) result->unused = true;
    Cleanup *c = cleanup_begin(l, s->start, s->body->start, s->body->end);
    c->run = run_exit;
    c->function = leave;
    c->object = manager;
    c->result = async_value(out->type);
    c->swallows = c->result->kind != TY_VOID && !ours(enter); /* what aexit of ours gives is never true */
    lower_list(l, &s->body, 1, NULL);
    cleanup_end(l, c);
    lower_begin(l, before);
}

static void run_close(Lower *l, Cleanup *c) {
    lower_suspension(l, AWAIT_CALL, c->at,
                     code_join(code_text(l->a, "acc_abi_aclose(acc__cx, (void *)"),
                               code_join(code_var(l->a, c->object), code_text(l->a, ")"))),
                     NULL);
}

/* One turn's item: in `value`, whether there was one in a temporary. */
static Var *next_item(Lower *l, Stmt *s, const char *function, Var *from, Var *value, Type *more) {
    Var *result = ir_temp(l->a, l->f, more);
    Code *place = code_join(code_text(l->a, "&"), code_var(l->a, value));
    if (function) call(l, s->start, function, from, place, result);
    else
        lower_suspension(l, AWAIT_CALL, s->start,
                         code_join(code_join(code_text(l->a, "acc_quick_anext(acc__cx, (void *)"), code_var(l->a, from)),
                                   code_join(code_text(l->a, ", "),
                                             code_join(place, code_text(l->a, ", %d)", lower_generator_place(l))))),
                         result);
    return result;
}

void lower_each(Lower *l, Stmt *s) {
    static Type bool_type = {.kind = TY_SCALAR, .size = 1, .align = 1, .before = "_Bool ", .after = "", .spelling = "bool"};
    Stmt *scope = lower_append(l, S_BLOCK, s->start), *before = lower_begin(l, scope);
    const char *next = NULL;
    Type *type = sema_type(l->u->sema, s->e->node), *more = &bool_type;
    bool generator = type && type->handle == H_GENERATOR;
    if (!generator) {
        Decl *anext = sema_method(l->u->sema, type, "anext", &next);
        if (!anext) return; /* check has complained */
        more = async_value(anext->type);
    }
    Var *iterator = kept_value(l, s->e, type);
    Var *declared = s->init && s->init->items.len ? s->init->items.data[0].var : NULL;
    Type *item = generator   ? type->result
                 : declared  ? declared->type
                 : s->step_e ? sema_inner_type(l->u->sema, s->step_e->node)
                             : NULL;
    if (!item) return;
    Var *value = ir_object(l->a, l->f, "acc__item", item, s->start, s->end);
    lower_code(l, s->start, NULL, value)->declares = true;
    Cleanup *c = NULL;
    if (generator && node_stripped(s->e->node)->kind == N_call_expression) { /* nobody else has it: it is closed when left */
        c = cleanup_begin(l, s->start, s->start, s->end);
        c->run = run_close;
        c->object = iterator;
    }
    Stmt *loop = lower_append(l, S_FOR, s->start), *outer_loop = l->loop, *outer_breakable = l->breakable, *outer = l->block;
    loop->suspends = true;
    loop->cleanup = l->cleanup;
    l->loop = l->breakable = loop;
    loop->body = lower_nested(l, s->start);
    lower_begin(l, loop->body);
    Var *any = next_item(l, s, next, iterator, value, more);
    Stmt *test = lower_append(l, S_IF, s->start);
    test->code = code_join(code_text(l->a, "!"), code_var(l->a, any));
    test->body = lower_nested(l, s->start);
    lower_begin(l, test->body);
    lower_append(l, S_BREAK, s->start)->target = loop;
    lower_begin(l, loop->body);
    if (declared) declare(l, s->init, value);
    else
        lower_code(l, s->start,
                   code_join(lower_place(l, s->step_e, false),
                             code_join(code_text(l->a, " = "), code_join(code_var(l->a, value), code_text(l->a, ";")))),
                   NULL);
    lower_list(l, &s->body, 1, NULL);
    lower_begin(l, outer);
    l->loop = outer_loop;
    l->breakable = outer_breakable;
    if (c) cleanup_end(l, c);
    lower_begin(l, before);
}
