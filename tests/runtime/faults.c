/* faults.c: the n-th allocation fails, for n from 1 until none does. A MemoryError comes out of it, at a place where it can
 * be caught; nothing leaks, nothing hangs, nothing else breaks. */
#include "dialect.h"
#include <unistd.h>

static bool tolerated(const acc_error *e) {
    bool ok = acc_error_is(e, &acc_error_type_MemoryError) || acc_error_is(e, &acc_error_type_CancelledError);
    if (!ok) acc_print_error(stderr, e);
    return ok;
}
#define TOLERATE              \
    {                         \
        CATCH(e);             \
        assert(tolerated(e)); \
        acc_error_drop(e);    \
    }

static int open_count; /* what a cleanup must close */

struct works_f {
    acc_frame h;
    int n, r;
    double d;
};
ASYNC(int, works, int n, double d)
int works(acc_ctx *cx, int n, double d) {
    BEGIN(works, (f->n = n, f->d = d));
    open_count++;
    if (f->n == 0) {
        AWAIT_VOID_OR(1, acc_sleep(cx, f->d), {
            open_count--;
            LEAVE
        });
    } else {
        AWAIT_OR(2, r, works(cx, f->n - 1, f->d), {
            open_count--;
            LEAVE
        });
    }
    open_count--;
    RETURN(f->n);
    END
}

/* waits in its cleanup too, whatever went wrong: where there is no memory for its caller's frame, it must not */
struct patient_f {
    acc_frame h;
    int r;
    const acc_error *e;
};
ASYNC(int, patient)
int patient(acc_ctx *cx) {
    BEGIN(patient, (void)0);
    open_count++;
    AWAIT_OR(1, r, works(cx, 1, 0), {
        f->e = acc_abi_catch(cx);
        AWAIT_OR(2, r, works(cx, 1, 0), TOLERATE);
        open_count--;
        acc__throw_error(cx, f->e);
        LEAVE
    });
    open_count--;
    RETURN(f->r);
    END
}

/* As the compiler writes it: no frame before it suspends, so that acc_pend may be what fails, with callees suspended already. */
struct light_f {
    acc_frame h;
    int n, r;
};
static int light(acc_ctx *cx, int n);
static void light_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    int r = light(cx, 0);
    if (!cx->signal) *(int *)acc_result_place(f) = r;
}
static const acc_fn light_fn = {
    light_step, "light", test_sites, sizeof(struct light_f), sizeof(int), _Alignof(struct light_f), 2, 0};
static int light(acc_ctx *cx, int n) {
    struct light_f *f = NULL, *p;
    int r;
    if (acc_guarded(cx)) {
        if (!(f = (struct light_f *)acc_enter(cx, &light_fn))) return 0;
        switch (f->h.up.state) {
            case 0:
                f->n = n;
                f->h.up.state = ACC_STATE_START;
                return 0;
            case ACC_STATE_START: n = f->n; break;
            case 1: goto resume_1;
            case 2: goto resume_2;
        }
    }
    open_count++;
    if (n == 0) {
        r = patient(cx);
        if (cx->signal) {
        pend_1:
            if (!(p = (struct light_f *)acc_pend(cx, (acc_frame *)f, &light_fn, 1, offsetof(struct light_f, r))))
                goto failed;
            p->n = n;
            return 0;
        resume_1:
            n = f->n;
            if (cx->signal) goto pend_1;
            r = f->r;
        }
    } else {
        r = light(cx, n - 1);
        if (cx->signal) {
        pend_2:
            if (!(p = (struct light_f *)acc_pend(cx, (acc_frame *)f, &light_fn, 2, offsetof(struct light_f, r))))
                goto failed;
            p->n = n;
            return 0;
        resume_2:
            n = f->n;
            if (cx->signal) goto pend_2;
            r = f->r;
        }
    }
    open_count--;
    return r + 1;
failed:
    if (n == 2) { /* cleanup that suspends is left out here: it would need the error kept */
        CATCH(e);
        assert(tolerated(e));
        open_count--;
        acc__throw_error(cx, e);
        return 0;
    }
    open_count--;
    return 0;
}

/* waits in its cleanup too, whatever went wrong */
struct stubborn_f {
    acc_frame h;
    int r;
    const acc_error *e;
};
ASYNC(int, stubborn)
int stubborn(acc_ctx *cx) {
    BEGIN(stubborn, (void)0);
    open_count++;
    AWAIT_OR(1, r, works(cx, 2, 1000), {
        f->e = acc_abi_catch(cx);
        AWAIT_OR(2, r, works(cx, 1, 0), TOLERATE);
        open_count--;
        acc__throw_error(cx, f->e);
        LEAVE
    });
    RETURN(0);
    END
}

static void call(void *arg) { ++*(int *)arg; }
static void done(acc__any_task t, void *arg) {
    assert(acc_done(t));
    ++*(int *)arg;
}
static int calls;

struct part_f {
    acc_frame h;
    void *t, *u, *list[6];
    int i, r, values[6];
    size_t n;
    const acc_error *errors[6];
    acc_dest dests[6];
};
#define tasks_f part_f
ASYNC(int, tasks)
int tasks(acc_ctx *cx) {
    BEGIN(tasks, (void)0);
    TRY(f->t = acc_abi_create_task(cx, CORO(works, 3, 0.0001)));
    acc_set_name(TASK(f->t), "a name");
    TRY(acc_add_done_callback(cx, TASK(f->t), done, &calls));
    TRY(acc_call_soon(cx, call, &calls));
    TRY(acc_call_later(cx, 0.0001, call, &calls));
    AWAIT_TASK(1, r, f->t);
    assert(f->r == 3);
    TRY(f->t = acc_abi_create_task_eager(cx, CORO(stubborn)));
    AWAIT_VOID(2, acc_sleep(cx, 0));
    acc_cancel_msg(TASK(f->t), "enough");
    TRY(f->u = acc_abi_as_coro(cx, f->t));
    AWAIT_TASK_OR(3, r, f->t, TOLERATE);
    acc_coro_close((acc__any_coro)f->u);
    AWAIT_CORO(4, r, CORO(works, 1, 0));
    AWAIT(5, r, light(cx, 4));
    assert(f->r == 6);
    AWAIT_CORO(6, r, CORO(light, 3));
    TRY(f->t = acc_abi_future_new(cx, 4000));
    TRY(acc_abi_future_set_result(cx, f->t, NULL));
    RETURN(1);
    END
}
#undef tasks_f
#define gathers_f part_f
ASYNC(int, gathers)
int gathers(acc_ctx *cx) {
    static const bool outcomes[6] = {0, 1, 0, 1, 0, 1};
    BEGIN(gathers, (void)0);
    for (f->i = 0; f->i < 6; f->i++) {
        f->list[f->i] = CORO(works, f->i, 0.0001 * f->i);
        f->errors[f->i] = NULL;
        f->dests[f->i] = (acc_dest){&f->values[f->i], outcomes[f->i] ? &f->errors[f->i] : NULL};
    }
    TRY(f->t = acc_abi_gather(cx, 6, f->list, outcomes));
    AWAIT_OP_OR(1, acc_await_gather(cx, f->t, f->dests), LEAVE);
    for (f->i = 0; f->i < 6; f->i++) {
        assert(f->errors[f->i] || f->values[f->i] == f->i);
        acc_error_drop(f->errors[f->i]);
    }
    RETURN(2);
    END
}
#undef gathers_f
#define waits_f part_f
ASYNC(int, waits)
int waits(acc_ctx *cx) {
    BEGIN(waits, (void)0);
    for (f->i = 0; f->i < 6; f->i++) {
        TRY(f->list[f->i] = acc_abi_create_task(cx, CORO(works, f->i, f->i < 3 ? 0 : 1000)));
    }
    AWAIT(1, n, acc_wait(cx, f->list, 6, ACC_FIRST_COMPLETED, ACC_NO_TIMEOUT));
    assert(f->n > 0);
    AWAIT(2, n, acc_wait(cx, f->list, 6, ACC_ALL_COMPLETED, 0.001));
    AWAIT_CORO(3, n, CORO(acc_wait, f->list, 6, ACC_FIRST_COMPLETED, 1));
    RETURN(3);
    END
}
#undef waits_f

struct scenario_f {
    acc_frame h;
    int r;
};
ASYNC(int, scenario)
int scenario(acc_ctx *cx) {
    BEGIN(scenario, (void)0);
    AWAIT_OR(1, r, tasks(cx), TOLERATE);
    AWAIT_OR(2, r, gathers(cx), TOLERATE);
    AWAIT_OR(3, r, waits(cx), TOLERATE);
    RETURN(0);
    END
}

static void unseen(const acc_error *e, void *arg) {
    (void)arg;
    assert(tolerated(e));
}

int main(void) {
    acc_set_error_handler(unseen, NULL);
    static const char *const modes[] = {"friendly", "frames fail", "hostile"};
    for (int mode = 0; mode < 3; mode++) {
        acc_ctx *cx = acc_thread_ctx();
        acc__thread *th = acc__self();
        th->hostile = mode > 0;
        th->cx.limit = th->cx.room = mode == 2 ? UINTPTR_MAX : th->stack_floor;
        long n = 1;
        for (bool more = true; more; n++) {
            int r = -1;
            open_count = 0;
            alarm(20); /* nothing hangs */
            acc__fail_plan(n);
            acc_abi_run(CORO(scenario), &r);
            more = !acc__fail_planned();
            acc__fail_plan(0);
            if (cx->signal) TOLERATE;
            assert(open_count == 0);
            assert(!th->frames_live && !th->chunks && !th->blocks);
        }
        printf("%s: %ld failures survived\n", modes[mode], n - 2);
    }
    puts("ok");
    return 0;
}
