/* dialect.h: async functions by hand, for tests of the runtime alone: what the compiler would generate for functions whose
 * locals are all frame-resident, as macros.
 *
 *     struct add_f { acc_frame h; int n, r; };
 *     ASYNC(int, add, int n)
 *     int add(acc_ctx *cx, int n) {
 *         BEGIN(add, f->n = n);
 *         AWAIT(1, r, other(cx, f->n));                       // f->r = await other(n)
 *         AWAIT_TASK(2, r, t);                                // f->r = await t
 *         AWAIT_OR(3, r, other(cx, 0), { CATCH(e); ... });    // what follows runs after the catch too
 *         RETURN(f->r);
 *         END
 *     }
 *
 * Await k of a function stands at line k of its own file, "test.ac", in tracebacks. */
#ifndef DIALECT_H
#define DIALECT_H

#include "../../runtime/core/internal.h"
#include <assert.h>

static const acc_site test_sites[] = {{"test.ac", 1}, {"test.ac", 2}, {"test.ac", 3}, {"test.ac", 4}, {"test.ac", 5},
                                      {"test.ac", 6}, {"test.ac", 7}, {"test.ac", 8}, {"test.ac", 9}, {"test.ac", 10}};

/* as many zeros as there are arguments: a step function resumes, and arguments are not looked at */
#define COUNT_(a, b, c, d, e, n, ...) n
#define COUNT(...) COUNT_(0, ##__VA_ARGS__, 4, 3, 2, 1, 0)
#define ZEROS_0
#define ZEROS_1 , 0
#define ZEROS_2 , 0, 0
#define ZEROS_3 , 0, 0, 0
#define ZEROS_4 , 0, 0, 0, 0
#define ZEROS__(n) ZEROS_##n
#define ZEROS_(n) ZEROS__(n)
#define ZEROS(...) ZEROS_(COUNT(__VA_ARGS__))

#define ASYNC(T, name, ...)                              \
    static T name(acc_ctx *cx, ##__VA_ARGS__);           \
    static void name##_step(acc_ctx *cx, acc_frame *f) { \
        acc_resume(cx, f);                               \
        T r = name(cx ZEROS(__VA_ARGS__));               \
        if (!cx->signal) *(T *)acc_result_place(f) = r;  \
    }                                                    \
    static const acc_fn name##_fn = {                    \
        name##_step, #name, test_sites, sizeof(struct name##_f), sizeof(T), _Alignof(struct name##_f), 10, 0};

#define BEGIN(name, save)                                              \
    struct name##_f *f = NULL;                                         \
    const acc_fn *fn = &name##_fn;                                     \
    if (acc_guarded(cx)) {                                             \
        if (!(f = (struct name##_f *)acc_enter(cx, fn))) return 0;     \
        if (f->h.up.state == 0) {                                      \
            save;                                                      \
            f->h.up.state = ACC_STATE_START;                           \
            return 0;                                                  \
        }                                                              \
    } else {                                                           \
        if (!(f = (struct name##_f *)acc_frame_new(cx, fn))) return 0; \
        save;                                                          \
        f->h.up.state = ACC_STATE_START;                               \
    }                                                                  \
    switch (f->h.up.state) {                                           \
        case ACC_STATE_START:;
#define END \
    }       \
    abort();

#define LEAVE                       \
    {                               \
        acc_frame_leave(cx, &f->h); \
        return 0;                   \
    }
#define RETURN(value)                        \
    do {                                     \
        __typeof__(value) result_ = (value); \
        acc_frame_leave(cx, &f->h);          \
        return result_;                      \
    } while (0)
#define PEND(k, place, again, failed)                                                    \
    if (__builtin_expect(cx->signal != 0, 0)) {                                          \
        pend_##k :;                                                                      \
        if (acc_pend(cx, &f->h, fn, k, (size_t)((char *)(place) - (char *)f))) return 0; \
        failed;                                                                          \
        if (0) {                                                                         \
            case k:                                                                      \
                if (cx->signal) goto pend_##k;                                           \
                again;                                                                   \
        }                                                                                \
    }
#define AWAIT_OR(k, field, call, failed) \
    f->field = call;                     \
    PEND(k, &f->field, , failed)
#define AWAIT(k, field, call) AWAIT_OR(k, field, call, LEAVE)
#define AWAIT_VOID_OR(k, call, failed) \
    call;                              \
    PEND(k, f, , failed)
#define AWAIT_VOID(k, call) AWAIT_VOID_OR(k, call, LEAVE)
/* op(cx, ..., &f->field) is called again on resuming */
#define AWAIT_OP_OR(k, op, failed) \
    retry_##k :;                   \
    op;                            \
    PEND(k, f, goto retry_##k, failed)
#define AWAIT_TASK_OR(k, field, t, failed)      \
    acc_await_task(cx, (void *)(t), &f->field); \
    PEND(k, &f->field, , failed)
#define AWAIT_TASK(k, field, t) AWAIT_TASK_OR(k, field, t, LEAVE)
#define AWAIT_CORO(k, field, coro)       \
    acc_await_coro(cx, coro, &f->field); \
    PEND(k, &f->field, , LEAVE)
#define CATCH(e) const acc_error *e = acc_abi_catch(cx)
/* a call that throws and does not wait */
#define TRY(call) \
    call;         \
    if (cx->signal) LEAVE
#define THROW(type, ...)                                                                   \
    do {                                                                                   \
        acc_abi_throw(cx, acc_abi_error(&acc_error_type_##type, 0, __VA_ARGS__), NULL, 0); \
        LEAVE                                                                              \
    } while (0)

/* f(args) as a value: a coroutine. In ordinary functions cx is acc_thread_ctx(). */
#define CORO(name, ...) (name(cx->cold, ##__VA_ARGS__), acc_take(cx->cold))
#define TASK(t) ((acc__any_task)(t))

#endif
