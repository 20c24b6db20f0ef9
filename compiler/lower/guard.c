/* guard.c: the statements of a block, of which some guard all that follow them: defer, a local with a cleanup function, a
 * local task handle, which is detached when its scope is left and nobody else has the handle.
 *
 * needs: the statements of a block
 * leaves: them lowered; what follows a guard stands in a block of its own
 *
 * A cleanup attribute is left to the C compiler where nothing can suspend before the scope ends; otherwise it is taken out of
 * the declaration, since a suspension leaves the scope without ending it. */
#include "lower.h"

#include <ctype.h>

/* ---- cleanup attributes ---- */

static CleanupAttribute attribute_of(Lower *l, const Stmt *s, const DeclItem *item) {
    CleanupAttribute own = ir_cleanup_attribute(l->a, l->u, item->start, item->end);
    return own.function ? own : ir_cleanup_attribute(l->a, l->u, s->start, s->specs_end);
}

/* ---- task handles ---- */

/* Does a jump from elsewhere end in [start, end)? */
static bool jumped_into(Lower *l, size_t start, size_t end) {
    const Jumps *jumps = lower_jumps(l);
    for (size_t i = 0; i < jumps->gotos.len; i++) {
        const Node *from = jumps->gotos.data[i], *name = node_field(from, F_label);
        if (from->start >= start && from->start < end) continue;
        if (!name) return true;
        for (size_t k = 0; k < jumps->labels.len; k++) {
            const Node *label = jumps->labels.data[k];
            if (label->start >= start && label->end <= end && node_same(l->u->source, node_field(label, F_label), name))
                return true;
        }
    }
    for (size_t i = 0; i < jumps->cases.len; i++) {
        const Node *label = jumps->cases.data[i], *around = node_enclosing(label, N_switch_statement);
        if (label->start >= start && label->start < end && (!around || around->start < start)) return true;
    }
    return false;
}

/* A local that alone holds a task's handle from here to the end of its scope. */
static bool lone_task(Lower *l, const DeclItem *item) {
    Var *v = item->var;
    return v->type && v->type->handle == H_TASK && !v->type->is_volatile && !v->address_taken && !v->copied && item->init &&
           ir_creates_task(l->u, item->init->node) && !jumped_into(l, item->init->end, v->scope_end);
}

/* Where it is awaited it is not to be detached any more: a flag says so, which the C compiler sees through. */
static Var *open_flag(Lower *l, const Var *v) {
    static Type int_type = {.kind = TY_SCALAR, .size = 4, .align = 4, .before = "int ", .after = "", .spelling = "int"};
    const Jumps *jumps = lower_jumps(l);
    for (size_t i = 0; i < jumps->awaited.len; i++) {
        const Node *n = jumps->awaited.data[i];
        if (n->start < v->at || n->start >= v->scope_end || !node_is(l->u->source, n, v->name)) continue;
        Var *open = ir_temp(l->a, l->f, &int_type);
        open->name = arena_printf(l->a, "acc__open_%d", l->f->temps);
        return open;
    }
    return NULL;
}

Var *lower_open(Lower *l, const Node *operand) {
    Decl *d = operand->kind == N_identifier ? sema_ref(l->u->sema, operand->start) : NULL;
    Var *v = d ? map_get_u64(l->f->var_of, (uint64_t)(uintptr_t)d) : NULL;
    return v ? v->open : NULL;
}

/* ---- the statements ---- */

static void run_deferred(Lower *l, Cleanup *c) { lower_statement(l, c->stmt); }

static void run_function(Lower *l, Cleanup *c) {
    Code *call =
        code_join(code_text(l->a, "%s(acc__cx, &", c->function), code_join(code_var(l->a, c->object), code_text(l->a, ")")));
    Var *result = c->result && c->result->kind != TY_VOID ? ir_temp(l->a, l->f, c->result) : NULL;
    if (result) result->unused = true;
    lower_suspension(l, AWAIT_CALL, c->at, call, result);
}

static bool any_marked(Stmt **s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i]->suspends) return true;
    return false;
}

/* The statement with one of its declarators. */
static Stmt *single(Lower *l, const Stmt *s, size_t i) {
    Stmt *one = NEW(l->a, Stmt);
    *one = *s;
    one->items.data = NULL;
    one->items.len = one->items.cap = 0;
    vec_push(l->a, &one->items, s->items.data[i]);
    return one;
}

/* Is a variable of that name declared further in? Its guard must tell them apart. */
static void told_apart(Lower *l, Var *v) {
    for (size_t i = 0; i < l->f->names.len; i++) {
        const Scoped *n = &l->f->names.data[i];
        if (n->scope_start > v->scope_start && n->scope_end <= v->scope_end && !strcmp(n->name, v->name))
            v->address_taken = true;
    }
}

/* Does something that may suspend or throw follow a declarator before its scope ends? */
static bool followed(const Stmt *s, size_t i, Stmt **rest, size_t n) {
    for (size_t k = i + 1; k < s->items.len; k++)
        if (s->items.data[k].init && s->items.data[k].init->marked) return true;
    return any_marked(rest, n);
}

/* A declaration that begins a guard: lowered, with all that stands behind it. False: there is none in it. */
static bool guarding_declaration(Lower *l, Stmt *s, Stmt **rest, size_t n, size_t end, const Last *last) {
    for (size_t i = 0; i < s->items.len; i++) {
        DeclItem *item = &s->items.data[i];
        if (!item->var) continue;
        CleanupAttribute cleanup = {0};
        Decl *f = NULL;
        bool waits = false;
        if (item->var->cleanup) {
            cleanup = attribute_of(l, s, item);
            f = cleanup.function ? sema_function(l->u->sema, cleanup.function) : NULL;
            waits = f && f->type->async_function;
            item->var->native =
                !cleanup.function || l->f->ordinary || !(item->var->guarded || waits || followed(s, i, rest, n));
            if (item->var->native) continue;
            for (size_t k = i; k < s->items.len; k++) /* one attribute may be that of them all */
                if (s->items.data[k].var) s->items.data[k].var->guarded = true;
        } else if (l->f->ordinary || !lone_task(l, item) || !followed(s, i, rest, n)) continue;

        for (size_t k = 0; k <= i; k++) lower_statement(l, single(l, s, k));
        Var *open = item->var->open = cleanup.function ? NULL : open_flag(l, item->var);
        if (open) lower_set(l, s->end, open, "1");
        Cleanup *c = cleanup_begin(l, s->items.data[i].start, s->end, end);
        if (cleanup.function) {
            edit_replace(l->a, &l->u->edits, cleanup.start, cleanup.end, "");
            c->function = cleanup.function;
            c->object = item->var;
            item->var->address_taken = true;
            if (waits) {
                c->run = run_function;
                c->result = async_value(f->type);
            } else
                c->simple = code_join(code_text(l->a, "%s(&", cleanup.function),
                                      code_join(code_var(l->a, item->var), code_text(l->a, ");")));
        } else {
            told_apart(l, item->var);
            c->simple = code_join(code_text(l->a, "acc_detach((void *)"),
                                  code_join(code_var(l->a, item->var), code_text(l->a, ");")));
            if (open)
                c->simple = code_join(code_text(l->a, "if ("),
                                      code_join(code_var(l->a, open), code_join(code_text(l->a, ") "), c->simple)));
        }
        Stmt **all = NEW_ARRAY(l->a, Stmt *, n + s->items.len + 1);
        size_t count = 0;
        for (size_t k = i + 1; k < s->items.len; k++) all[count++] = single(l, s, k);
        for (size_t k = 0; k < n; k++) all[count++] = rest[k];
        lower_list(l, all, count, last);
        cleanup_end(l, c);
        return true;
    }
    return false;
}

bool lower_guards(Lower *l, Stmt *s, Stmt *next) {
    for (size_t i = 0; i < s->items.len; i++) {
        const DeclItem *item = &s->items.data[i];
        if (item->var && (s->suspends || next->suspends) && (item->var->cleanup || lone_task(l, item))) return true;
    }
    return false;
}

static void flatten(Lower *l, Stmt **s, size_t n, Stmt *into) {
    for (size_t i = 0; i < n; i++)
        if (s[i]->kind == S_BLOCK && s[i]->made) flatten(l, s[i]->list.data, s[i]->list.len, into);
        else vec_push(l->a, &into->list, s[i]);
}

void lower_list(Lower *l, Stmt **s, size_t n, const Last *last) {
    Stmt flat = {0};
    flatten(l, s, n, &flat); /* labels and what they label: parts of this block */
    s = flat.list.data;
    n = flat.list.len;
    size_t end = n ? s[n - 1]->end : 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i]->kind == S_DEFER) {
            Cleanup *c = cleanup_begin(l, s[i]->start, s[i]->end, end);
            c->run = run_deferred;
            c->stmt = s[i]->body;
            lower_list(l, s + i + 1, n - i - 1, last);
            cleanup_end(l, c);
            return;
        }
        if (s[i]->kind == S_DECL && guarding_declaration(l, s[i], s + i + 1, n - i - 1, end, last)) return;
        if (last && i + 1 == n && s[i]->kind == S_EXPR && (last->value || !s[i]->e->marked)) {
            Code *c = lower_value(l, s[i]->e);
            if (last->value)
                c = code_join(code_var(l->a, last->value),
                              code_join(code_text(l->a, " = "), code_join(c, code_text(l->a, ";"))));
            else c = code_join(code_text(l->a, "(void)("), code_join(c, code_text(l->a, ");")));
            lower_code(l, s[i]->start, c, last->value);
        } else lower_statement(l, s[i]);
    }
}
