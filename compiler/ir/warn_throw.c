/* warn_throw.c: -Wmay-throw: what throws without waiting, called where an error has nowhere to go.
 *
 * needs: a call or `acc_future_new` in an ordinary function; leaves: the warning */
#include "check.h"

/* For want of memory only, or not at all where the loop runs: scheduling and cancelling. */
static const char *const scheduling[] = {"acc_call_soon",
                                         "acc_call_later",
                                         "acc_call_at",
                                         "acc_call_soon_threadsafe",
                                         "acc_run_coroutine_threadsafe",
                                         "acc_add_reader",
                                         "acc_add_writer",
                                         "acc_add_signal_handler",
                                         "acc_add_done_callback",
                                         "acc_cancel",
                                         "acc_cancel_msg",
                                         "acc_group_create_task",
                                         NULL};

/* Does it stand in acc_try(...), or in what is not evaluated? */
static bool tried(Check *c, const Node *n) {
    for (const Node *p = n->parent; p && p->kind != N_function_definition; p = p->parent) {
        if (p->kind == N_sizeof_expression || p->kind == N_typeof_specifier || p->kind == N_alignof_expression) return true;
        if (ir_builtin(c->u, p) == B_TRY) return true;
    }
    return false;
}

void check_throws(Check *c, const Node *n) {
    if (c->async || !c->function || n->kind != N_call_expression) return;
    Builtin b = ir_builtin(c->u, n);
    switch (b) {
        case B_NONE:
        case B_RUN:
        case B_TRY:
        case B_CREATE_TASK:
        case B_CREATE_TASK_EAGER:
        case B_FUTURE_NEW:
        case B_QUEUE_NEW:
        case B_QUEUE_GET:
        case B_QUEUE_PUT:
        case B_GROUP_CREATE_TASK:
        case B_WAIT_FOR:
        case B_SHIELD:
        case B_ERROR_NEW:
        case B_GATHER:
        case B_GATHER_ARRAY:
        case B_RUN_THREADSAFE:
        case B_TO_THREAD:
        case B_RUN_IN_EXECUTOR:
        case B_FUTURE_TRY_SET_RESULT: return;
        default: break;
    }
    const Node *callee = check_callee(n);
    if (!callee || check_named(c, n, scheduling) || tried(c, n)) return;
    diag_add(c->u->diags, DIAG_WARNING, 24, "may-throw", check_place(c, n->start),
             "an error that '%s' throws in an ordinary function ends the process; acc_try(...) gives it as a value",
             check_text(c, callee));
}
