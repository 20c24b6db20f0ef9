/* timers.c: order, ties, punctuality, and the memory of timers that were cancelled. */
#include "dialect.h"

static int order[16], count;
static void note(void *arg) { order[count++] = *(int *)arg; }

struct timers_f {
    acc_frame h;
    double t;
    int i, r;
    acc_handle a;
    void *task;
    size_t room;
};

struct naps_f {
    acc_frame h;
    int n;
};
ASYNC(int, naps, int n)
int naps(acc_ctx *cx, int n) {
    BEGIN(naps, f->n = n);
    AWAIT_VOID(1, acc_sleep(cx, f->n));
    RETURN(0);
    END
}

ASYNC(int, timers)
int timers(acc_ctx *cx) {
    static int id[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    BEGIN(timers, (void)0);
    /* by deadline, ties by creation; what is due in the past comes too, on a later turn */
    f->t = acc_time() + 0.005;
    TRY(acc_call_at(cx, f->t + 0.001, note, &id[0]));
    TRY(acc_call_at(cx, f->t, note, &id[1]));
    TRY(acc_call_at(cx, f->t, note, &id[2]));
    TRY(acc_call_at(cx, f->t - 0.001, note, &id[3]));
    TRY(acc_call_at(cx, -1e300, note, &id[4]));
    TRY(f->a = acc_call_at(cx, f->t, note, &id[5]));
    TRY(acc_call_later(cx, -1, note, &id[6]));
    TRY(acc_call_at(cx, f->t, note, &id[7]));
    assert(!acc_handle_cancelled(f->a));
    acc_handle_cancel(f->a);
    assert(acc_handle_cancelled(f->a) && !count);
    acc_handle_cancel(f->a);
    while (acc_time() < f->t + 0.001); /* all expire together */
    AWAIT_VOID(1, acc_sleep(cx, 0));
    AWAIT_VOID(2, acc_sleep(cx, 0));
    assert(count == 7);
    assert(order[0] == 4 && order[1] == 6 && order[2] == 3 && order[3] == 1 && order[4] == 2 && order[5] == 7 &&
           order[6] == 0);
    /* never early, at most about a millisecond late */
    for (f->i = 0; f->i < 20; f->i++) {
        f->t = acc_time() + 0.0003 * f->i;
        AWAIT_VOID(3, acc_sleep(cx, 0.0003 * f->i));
        assert(acc_time() >= f->t);
    }
    /* a cancelled soon-callback */
    count = 0;
    TRY(f->a = acc_call_soon(cx, note, &id[1]));
    TRY(acc_call_soon(cx, note, &id[2]));
    acc_handle_cancel(f->a);
    AWAIT_VOID(4, acc_sleep(cx, 0));
    assert(count == 1 && order[0] == 2 && acc_handle_cancelled(f->a));
    /* long timers that are cancelled again and again leave nothing behind */
    for (f->i = 0; f->i < 100000; f->i++) {
        TRY(f->a = acc_call_later(cx, 1000 + f->i % 7, note, &id[1]));
        acc_handle_cancel(f->a);
    }
    for (f->i = 0; f->i < 2000; f->i++) {
        TRY(f->task = acc_abi_create_task(cx, CORO(naps, 1000)));
        AWAIT_VOID(5, acc_sleep(cx, 0));
        acc_cancel(TASK(f->task));
        AWAIT_TASK_OR(6, r, f->task, acc_error_drop(acc_abi_catch(cx)););
    }
    assert(acc__self()->far.room <= 1024 && acc__self()->timer_count < 200);
    /* numbers that wrap */
    acc__self()->timer_number = UINT32_MAX - 2;
    f->t = acc_time() + 0.002;
    count = 0;
    for (f->i = 0; f->i < 6; f->i++) {
        TRY(acc_call_at(cx, f->t, note, &id[f->i]));
    }
    assert(acc__self()->timer_number < 10);
    AWAIT_VOID(7, acc_sleep(cx, 0.01));
    assert(count == 6);
    for (f->i = 0; f->i < 6; f->i++) assert(order[f->i] == f->i);
    RETURN(0);
    END
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    acc_abi_run(CORO(timers), &r);
    acc_abi_check(cx);
    puts("ok");
    return 0;
}
