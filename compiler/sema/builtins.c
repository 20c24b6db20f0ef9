/* builtins.c: the functions of acc.h that C cannot type, one row each: how the view writes a call (sema/view.c), and what it is
 * in an ordinary function (lower/plain.c). What it is in an async one, where its operands may await, is lower/await.c's.
 *
 * A call's name and opening parenthesis, its commas and its closing parenthesis become `open`, `comma` and `close`; the view
 * changes the first comma only. In an ordinary function `@` is the check of what it threw. */
#include "sema.h"

#define OPEN "({ __auto_type acc__e = ("
#define OPENS "__extension__" OPEN
#define HANDLE(kind) "(__typeof__(acc__e(0)) (*)(struct acc__" kind " *))"
#define TASKS "(__typeof__(" HANDLE("task") "0) (*)(struct acc__generator *(*)(__typeof__(" HANDLE("task") "0))))"
#define BOOL_CORO "(_Bool (*)(struct acc__coro *))"
#define CX "acc_thread_ctx()"
#define CORO "acc_abi_as_coro(" CX ", (void *)acc__e)"

#define ITEM "); __typeof__(acc__e(0)) acc__v = ("
#define VOID_CORO "(void (*)(struct acc__coro *))acc_take(" CX "->cold); })"

static const BuiltinInfo builtins[] = {
    {
        "acc_create_task",
        B_CREATE_TASK,
        1,
        1,
        .view = {OPEN, ",", "); " HANDLE("task") "0; })"},
        .plain = {OPENS, NULL, "); void *acc__t = acc_abi_create_task(" CX ", " CORO "); @ " HANDLE("task") "acc__t; })"},
        .statement = "); acc_abi_create_task_detached(" CX ", " CORO "); @ })",
    },
    {
        "acc_create_task_eager",
        B_CREATE_TASK_EAGER,
        1,
        1,
        .view = {OPEN, ",", "); " HANDLE("task") "0; })"},
        .plain = {OPENS, NULL,
                  "); void *acc__t = acc_abi_create_task_eager(" CX ", " CORO "); @ " HANDLE("task") "acc__t; })"},
    },
    {
        "acc_group_create_task",
        B_GROUP_CREATE_TASK,
        2,
        2,
        .view = {"({ struct acc_task_group *acc__g = (", "); __auto_type acc__e = (",
                 "); (void)acc__g; " HANDLE("task") "0; })"},
        .plain = {"__extension__({ struct acc_task_group *acc__g = (", "); __auto_type acc__e = (",
                  "); void *acc__t = acc_abi_group_create_task(" CX ", acc__g, " CORO
                  ", 0); @ " HANDLE("task") "acc__t; })"},
        .statement = "); acc_abi_group_create_task(" CX ", acc__g, " CORO ", 1); @ })",
    },
    {
        "acc_wait_for",
        B_WAIT_FOR,
        2,
        2,
        .view = {OPEN, "); double acc__s = (", "); (void)acc__s; " HANDLE("coro") "0; })"},
        .plain = {OPENS, "); double acc__s = (",
                  "); " HANDLE("coro") "acc_abi_wait_for(" CX ", (void *)acc__e, acc__s, 0); })"},
    },
    {
        "acc_shield",
        B_SHIELD,
        1,
        1,
        .view = {OPEN, ",", "); " HANDLE("future") "0; })"},
        .plain = {OPENS, NULL, "); void *acc__t = acc_abi_shield(" CX ", (void *)acc__e); @ " HANDLE("future") "acc__t; })"},
    },
    {
        "acc_anext",
        B_ANEXT,
        2,
        2,
        .view = {OPEN, "); __typeof__(acc__e(0)) *acc__p = (", "); (void)acc__p; " BOOL_CORO "0; })"},
        .plain = {OPENS, "); void *acc__p = (",
                  "); acc_abi_anext(" CX "->cold, (void *)acc__e, acc__p); " BOOL_CORO "acc_take(" CX "->cold); })"},
    },
    {
        "acc_asend",
        B_ASEND,
        3,
        3,
        .view = {OPEN, "); (void)(", "); (void)acc__p; " BOOL_CORO "0; })"},
        .second = "); __typeof__(acc__e(0)) *acc__p = (",
    },
    {
        "acc_athrow",
        B_ATHROW,
        3,
        3,
        .view = {OPEN, "); const struct acc_error *acc__x = (", "); (void)acc__x; (void)acc__p; " BOOL_CORO "0; })"},
        .second = "); __typeof__(acc__e(0)) *acc__p = (",
    },
    {
        "acc_aclose",
        B_ACLOSE,
        1,
        1,
        .view = {OPEN, ",", "); (void)acc__e; (void (*)(struct acc__coro *))0; })"},
        .plain = {OPENS, NULL,
                  "); acc_abi_aclose(" CX "->cold, (void *)acc__e); (void (*)(struct acc__coro *))acc_take(" CX
                  "->cold); })"},
    },
    {
        "acc_as_completed",
        B_AS_COMPLETED,
        2,
        2,
        .view = {"({ __auto_type acc__e = *(", "); unsigned long acc__n = (", "); (void)acc__n; " TASKS "0; })"},
        .plain = {"__extension__({ __auto_type acc__p = (", "); __auto_type acc__e = *acc__p; size_t acc__n = (",
                  "); void *acc__t = acc_abi_as_completed(" CX ", (void *const *)acc__p, acc__n); @ " TASKS "acc__t; })"},
    },
    {
        "acc_result",
        B_RESULT,
        1,
        1,
        .view = {OPEN, ",", "); acc__e(0); })"},
        .plain = {OPENS, NULL,
                  "); __typeof__(acc__e(0)) acc__r; acc_abi_result(" CX ", (void *)acc__e, &acc__r); @ acc__r; })"},
        .nothing = "); acc_abi_result(" CX ", (void *)acc__e, 0); @ })",
    },
    {
        "acc_run",
        B_RUN,
        1,
        1,
        .view = {OPEN, ",", "); acc__e(0); })"},
        .plain = {OPENS, NULL, "); __typeof__(acc__e(0)) acc__r; acc_abi_run((void *)acc__e, &acc__r); @ acc__r; })"},
        .nothing = "); acc_abi_run((void *)acc__e, 0); @ })",
    },
    {
        "acc_future_set_result",
        B_FUTURE_SET_RESULT,
        1,
        2,
        .view = {OPEN, "); __typeof__(acc__e(0)) acc__v = (", "); (void)0; })"},
        .plain = {OPENS, "); __typeof__(acc__e(0)) acc__v = (",
                  "); acc_abi_future_set_result(" CX ", (void *)acc__e, &acc__v); @ })"},
        .single = "); acc_abi_future_set_result(" CX ", (void *)acc__e, 0); @ })",
    },
    {
        "acc_future_try_set_result",
        B_FUTURE_TRY_SET_RESULT,
        1,
        2,
        .view = {OPEN, "); __typeof__(acc__e(0)) acc__v = (", "); (_Bool)0; })"},
        .plain = {OPENS, "); __typeof__(acc__e(0)) acc__v = (",
                  "); _Bool acc__b = acc_abi_future_try_set_result(" CX
                  ", (void *)acc__e, &acc__v); @ (void)acc__b; acc__b; })"},
        .single = "); _Bool acc__b = acc_abi_future_try_set_result(" CX ", (void *)acc__e, 0); @ (void)acc__b; acc__b; })",
    },
    {
        "acc_future_set_error",
        B_FUTURE_SET_ERROR,
        2,
        2,
        .view = {OPEN, "); (void)sizeof(acc__e(0)); const struct acc_error *acc__v = (", "); (void)acc__v; })"},
        .plain = {OPENS, "); const acc_error *acc__v = (",
                  "); acc_abi_future_set_error(" CX ", (void *)acc__e, acc__v); @ })"},
    },
    {
        "acc_error_new",
        B_ERROR_NEW,
        1,
        1,
        .view = {"({ const struct acc_error *acc__v = (", ",", "); acc__v; })"},
        .plain = {"(", NULL, ")"},
    },
    {
        "acc_queue_get",
        B_QUEUE_GET,
        1,
        1,
        .view = {OPEN, ",", "); " HANDLE("coro") "0; })"},
        .plain = {OPENS, NULL,
                  "); acc_abi_queue_get(" CX "->cold, (void *)acc__e, 0); " HANDLE("coro") "acc_take(" CX "->cold); })"},
    },
    {
        "acc_queue_put",
        B_QUEUE_PUT,
        1,
        2,
        .view = {OPEN, ITEM, "); (void)sizeof(acc__e(0)); (void (*)(struct acc__coro *))0; })"},
        .plain = {OPENS, ITEM, "); acc_abi_queue_put(" CX "->cold, (void *)acc__e, &acc__v); " VOID_CORO},
        .single = "); acc_abi_queue_put(" CX "->cold, (void *)acc__e, 0); " VOID_CORO,
    },
    {
        "acc_queue_get_nowait",
        B_QUEUE_GET_NOWAIT,
        1,
        1,
        .view = {OPEN, ",", "); acc__e(0); })"},
        .plain = {OPENS, NULL,
                  "); __typeof__(acc__e(0)) acc__r; acc_abi_queue_get_nowait(" CX
                  ", (void *)acc__e, &acc__r); @ acc__r; })"},
        .nothing = "); acc_abi_queue_get_nowait(" CX ", (void *)acc__e, 0); @ })",
    },
    {
        "acc_queue_put_nowait",
        B_QUEUE_PUT_NOWAIT,
        1,
        2,
        .view = {OPEN, ITEM, "); (void)sizeof(acc__e(0)); })"},
        .plain = {OPENS, ITEM, "); acc_abi_queue_put_nowait(" CX ", (void *)acc__e, &acc__v); @ })"},
        .single = "); acc_abi_queue_put_nowait(" CX ", (void *)acc__e, 0); @ })",
    },
    {
        "acc_gather",
        B_GATHER,
        0,
        1000000,
        .view = {"acc__view_gather(0", ",", ")"},
        .plain = {"__extension__({ void *acc__c[] = {(void *)(", "), (void *)(",
                  ")}; void *acc__t = acc_abi_gather(" CX ", sizeof acc__c / sizeof *acc__c, acc__c, 0); @ "
                  "(void (*)(struct acc__future *))acc__t; })"},
    },
    {"acc_gather_array", B_GATHER_ARRAY, 3, 3, .view = {"acc__view_gather_array(", ",", ")"}},
    {
        "acc_run_coroutine_threadsafe",
        B_RUN_THREADSAFE,
        2,
        2,
        .view = {"({ struct acc_loop *acc__l = (", "); __auto_type acc__e = (",
                 "); (void)acc__l; " HANDLE("thread_future") "0; })"},
        .plain = {"__extension__({ struct acc_loop *acc__l = (", "); __auto_type acc__e = (",
                  "); void *acc__t = acc_abi_run_coroutine_threadsafe(" CX
                  ", acc__l, (void *)acc__e, 0); @ " HANDLE("thread_future") "acc__t; })"},
        .statement = "); acc_abi_run_coroutine_threadsafe(" CX ", acc__l, (void *)acc__e, 1); @ })",
    },
    {
        "acc_thread_result",
        B_THREAD_RESULT,
        2,
        2,
        .view = {OPEN, "); double acc__s = (", "); (void)acc__s; acc__e(0); })"},
        .plain = {OPENS, "); double acc__s = (",
                  "); __typeof__(acc__e(0)) acc__r; acc_abi_thread_result(" CX
                  ", (void *)acc__e, acc__s, &acc__r); @ acc__r; })"},
        .nothing = "); acc_abi_thread_result(" CX ", (void *)acc__e, acc__s, 0); @ })",
    },
    {"acc_to_thread", B_TO_THREAD, 1, 1, .view = {NULL}},
    {"acc_run_in_executor", B_RUN_IN_EXECUTOR, 2, 2, .view = {NULL}},
    {"acc_try", B_TRY, 1, 1000000, .view = {NULL}},
};

const BuiltinInfo *builtin_find(const Source *s, const Node *call) {
    const Node *name = node_field(call, F_function);
    if (!name || name->kind != N_identifier) return NULL;
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (node_is(s, name, builtins[i].name)) return &builtins[i];
    return NULL;
}

bool builtin_takes(const BuiltinInfo *b, const Node *call) {
    const Node *args = node_field(call, F_arguments);
    size_t count = 0;
    for (uint32_t i = 0; args && i < args->count; i++) count += node_named(args->children[i]);
    return count >= b->min && count <= b->max;
}

const BuiltinInfo *builtin_info(Builtin b) {
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (builtins[i].builtin == b) return &builtins[i];
    return NULL;
}
