/* captured.c: a call that acc_to_thread or acc_run_in_executor has made elsewhere: what must be kept of it until then.
 *
 * needs: Sema; leaves: Captured, for check and lower. A function that stands at file scope at that place may be called by its name
 * where its type cannot be written there; all others are kept as pointers. */
#include "ir.h"

Type *ir_captured_type(Unit *u, const Node *arg) {
    Type *t = sema_type(u->sema, arg);
    if (t && t->kind == TY_ARRAY) t = sema_pointer_to(u->sema, t->result); /* a literal: it decays there */
    return t;
}

/* The function of that name at file scope; NULL: it is none, or declared around the call only. */
static Decl *at_file_scope(Unit *u, const Node *function) {
    const Node *name = node_stripped((Node *)function), *around = node_enclosing(name, N_function_definition);
    Decl *d = name->kind == N_identifier ? sema_ref(u->sema, name->start) : NULL;
    if (!d || d->kind != D_FUNCTION || node_is(u->source, name, "main")) return NULL;
    if (!strncmp(d->spelling, "__builtin_", 10)) return d;
    return around && d->name != NOWHERE && d->name >= around->start && d->name < around->end ? NULL : d;
}

bool ir_captured(Arena *a, Unit *u, const Node *builtin, Captured *c) {
    *c = (Captured){.call = captured_call(builtin)};
    if (!c->call) return false;
    if (ir_builtin(u, builtin) == B_RUN_IN_EXECUTOR) c->pool = captured_pool(builtin);
    c->function = node_field(c->call, F_function);
    const CallInfo *info = sema_call(u->sema, c->call);
    c->async = info && info->async;
    c->throws = info && info->function && info->function->throws;
    c->value = c->async ? async_value(info->callee) : sema_inner_type(u->sema, c->call);
    Node *args = node_field(c->call, F_arguments);
    c->args = NEW_ARRAY(a, Node *, args->count + 1);
    for (uint32_t i = 0; i < args->count; i++) {
        if (!node_named(args->children[i])) continue;
        Node *arg = c->args[c->count++] = args->children[i];
        Type *t = ir_captured_type(u, arg), *own = sema_inner_type(u->sema, node_stripped(arg));
        if (t && t->has_memory) c->memory = true;
        if (t && own && own->kind == TY_POINTER && t->kind == TY_RECORD) c->memory = true; /* a transparent union */
        if (t && !t->before && !(t->kind == TY_POINTER) && !c->nameless) c->nameless = arg;
    }
    Type *f = sema_type(u->sema, c->function);
    Decl *d = at_file_scope(u, c->function);
    bool built_in = d && !strncmp(d->spelling, "__builtin_", 10); /* it has no address */
    if (f && f->kind == TY_POINTER && f->before && !c->throws && !built_in) c->pointer = f;
    else if (d) c->name = d->spelling;
    else if (f && f->kind == TY_POINTER && !c->nameless) c->nameless = c->function;
    if (c->value && c->value->spelling[0] == '<') c->value = NULL;
    if (c->value && c->value->kind != TY_VOID && !c->value->before && !c->nameless) c->nameless = c->call;
    return true;
}
