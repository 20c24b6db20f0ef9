/* threads.c: a loop in each of several threads, and calls from one into another. */
#include "dialect.h"
#include <unistd.h>

#define THREADS 4
#define CALLS 2000

static acc_loop *target;
static pthread_barrier_t barrier;
static int received, expected[THREADS];
static bool ordered = true, cancelled_ran;
static void *finished;

static void receive(void *arg) {
    intptr_t v = (intptr_t)arg;
    int thread = (int)(v >> 20), number = (int)(v & 0xfffff);
    if (expected[thread]++ != number) ordered = false;
    if (++received == THREADS * CALLS) acc_abi_future_try_set_result(acc_thread_ctx(), finished, NULL);
}
static void never(void *arg) {
    (void)arg;
    cancelled_ran = true;
}

struct add_f {
    acc_frame h;
    int n, i, r, sum;
    void *t[10];
};
ASYNC(int, add, int n)
int add(acc_ctx *cx, int n) {
    BEGIN(add, (f->n = n, f->sum = 0));
    if (f->n > 0) {
        for (f->i = 0; f->i < 10; f->i++) {
            TRY(f->t[f->i] = acc_abi_create_task(cx, CORO(add, f->n - 1)));
        }
        for (f->i = 0; f->i < 10; f->i++) {
            AWAIT_TASK(1, r, f->t[f->i]);
            f->sum += f->r;
        }
        RETURN(f->sum);
    }
    AWAIT_VOID(2, acc_sleep(cx, 0.001));
    RETURN(1);
    END
}

static void *sender(void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    intptr_t thread = (intptr_t)arg;
    int r = 0;
    pthread_barrier_wait(&barrier);
    for (intptr_t i = 0; i < CALLS; i++) {
        acc_handle h;
        const acc_error *e = acc_c_call_soon_threadsafe(&h, target, receive, (void *)(thread << 20 | i));
        if (e) acc_print_error(stderr, e), abort();
        if (i % 100 == 0) {
            acc_call_soon_threadsafe(cx, target, never, NULL);
            assert(!cx->signal);
        }
    }
    for (int k = 0; k < 3; k++) { /* its own loop, several times */
        acc_abi_run(CORO(add, 2), &r);
        assert(r == 100);
    }
    return NULL;
}

struct receives_f {
    acc_frame h;
    pthread_t threads[THREADS];
    int i, r;
    acc_handle a;
};
ASYNC(int, receives)
int receives(acc_ctx *cx) {
    BEGIN(receives, (void)0);
    target = acc_running_loop();
    assert(acc_loop_is_running(target));
    TRY(finished = acc_abi_future_new(cx, 0));
    for (f->i = 0; f->i < THREADS; f->i++)
        if (pthread_create(&f->threads[f->i], NULL, sender, (void *)(intptr_t)f->i)) abort();
    pthread_barrier_wait(&barrier);
    AWAIT_VOID(1, acc_await_task(cx, finished, NULL));
    for (f->i = 0; f->i < THREADS; f->i++) pthread_join(f->threads[f->i], NULL);
    RETURN(0);
    END
}

/* A callback that is cancelled before the loop gets to it. */
static void *cancels(void *arg) {
    acc_handle h;
    (void)arg;
    if (acc_c_call_soon_threadsafe(&h, target, never, NULL)) abort();
    assert(!acc_handle_cancelled(h));
    acc_handle_cancel(h);
    assert(acc_handle_cancelled(h));
    return NULL;
}
struct cancelling_f {
    acc_frame h;
    pthread_t thread;
    int i;
};
ASYNC(int, cancelling)
int cancelling(acc_ctx *cx) {
    BEGIN(cancelling, (void)0);
    target = acc_running_loop();
    cancelled_ran = false;
    if (pthread_create(&f->thread, NULL, cancels, NULL)) abort();
    pthread_join(f->thread, NULL);
    for (f->i = 0; f->i < 3; f->i++) {
        AWAIT_VOID(1, acc_sleep(cx, 0.001));
    }
    assert(!cancelled_ran);
    RETURN(0);
    END
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    acc_abi_run(CORO(receives), &r);
    assert(received == THREADS * CALLS && ordered && cancelled_ran);
    assert(!acc_loop_is_running(target) && !acc_running_loop());
    const acc_error *e = acc_c_call_soon_threadsafe(NULL, target, receive, NULL);
    assert(acc_error_is(e, &acc_error_type_InvalidStateError));
    acc_error_drop(e);
    acc_abi_run(CORO(cancelling), &r);
    puts("ok");
    return 0;
}
