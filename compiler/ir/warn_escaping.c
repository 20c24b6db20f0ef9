/* warn_escaping.c: -Wescaping-local: which address a task is given that may be gone before the task is.
 *
 * needs: a call; leaves: what stands in its arguments, and the words of the warning. Who may wait for the task in time is found
 * in flow/across.c; an ordinary function cannot wait at all */
#include "check.h"

static Decl *local(Unit *u, const Node *n) {
    Decl *d = n->kind == N_identifier ? sema_ref(u->sema, n->start) : NULL;
    return d && d->automatic ? d : NULL;
}

/* The local whose storage the place is part of: x, x.member, x[i] of an array. */
static Decl *base(Unit *u, const Node *n) {
    n = node_stripped((Node *)n);
    if (n->kind == N_identifier) return local(u, n);
    const Node *inner = node_field(n, F_argument);
    if (!inner) return NULL;
    if (n->kind == N_field_expression) return node_is(u->source, node_field(n, F_operator), ".") ? base(u, inner) : NULL;
    if (n->kind != N_subscript_expression) return NULL;
    Type *t = sema_inner_type(u->sema, node_stripped((Node *)inner));
    return t && (t->kind == TY_ARRAY || t->kind == TY_VLA) ? base(u, inner) : NULL;
}

static const Node *address(Unit *u, const Node *n) {
    switch (n->kind) {
        case N_sizeof_expression:
        case N_alignof_expression:
        case N_typeof_specifier:
        case N_await_expression: return NULL;
        case N_call_expression: {
            const CallInfo *call = sema_call(u->sema, n);
            Builtin b = ir_builtin(u, n);
            bool wraps = b == B_WAIT_FOR || b == B_SHIELD || b == B_GATHER; /* they hand on what they are given */
            if (b == B_TO_THREAD || b == B_RUN_IN_EXECUTOR) {               /* and these a call's arguments */
                const Node *made = captured_call(n);
                n = made ? node_field(made, F_arguments) : n;
                wraps = true;
            }
            if (!wraps && !(call && call->async)) return NULL; /* an ordinary function's affair, and over by then */
            break;
        }
        case N_pointer_expression: {
            const Node *operand = node_field(n, F_argument);
            if (!operand || !node_is(u->source, node_field(n, F_operator), "&")) break;
            if (node_stripped((Node *)operand)->kind == N_compound_literal_expression) return n;
            return base(u, operand) ? n : NULL;
        }
        case N_compound_literal_expression:
        case N_identifier:
        case N_field_expression: {
            Type *t = sema_inner_type(u->sema, n);
            bool array = t && (t->kind == TY_ARRAY || t->kind == TY_VLA);
            if (array && (n->kind == N_compound_literal_expression || base(u, n))) return n;
            break;
        }
        case N_subscript_expression: {
            Type *t = sema_inner_type(u->sema, n);
            if (t && t->kind == TY_ARRAY && base(u, n)) return n; /* a row of a matrix */
            return NULL;
        }
        default: break;
    }
    for (uint32_t i = 0; i < n->count; i++) {
        const Node *found = address(u, n->children[i]);
        if (found) return found;
    }
    return NULL;
}

const Node *ir_escaping(Unit *u, const Node *call) {
    Builtin b = call->kind == N_call_expression ? ir_builtin(u, call) : B_NONE;
    const Node *args = b == B_CREATE_TASK || b == B_CREATE_TASK_EAGER ? node_field(call, F_arguments) : NULL;
    return args ? address(u, args) : NULL;
}

void ir_warn_escaping(Unit *u, const Node *address, const Node *call) {
    const char *text = u->source->text + address->start;
    int n = (int)(address->end - address->start > 40 ? 40 : address->end - address->start);
    Diag *d = diag_add(u->diags, DIAG_WARNING, 26, "escaping-local", sema_place(u->source, address->start),
                       address->kind == N_compound_literal_expression || memchr(text, '{', (size_t)n)
                           ? "the task may outlive this compound literal"
                           : "the task may outlive the local that '%.*s' points to",
                       n, text);
    diag_note(u->diags, d, sema_place(u->source, call->start), "the task is started here; nothing is sure to wait for it");
}
