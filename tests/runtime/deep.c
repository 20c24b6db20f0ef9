/* deep.c: 1,000,000 nested awaits: of calls, of stored coroutines, of eager tasks; with an error, with a cancellation. */
#include "dialect.h"
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t frames_most;

/* As the compiler writes it: locals are locals, saved when it really suspends. mode: what happens at the bottom. */
struct deep_f {
    acc_frame h;
    union {
        struct {
            long n;
            int mode;
        };
        long r;
    };
};
static long deep(acc_ctx *cx, long n, int mode);
static void deep_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    long r = deep(cx, 0, 0);
    if (!cx->signal) *(long *)acc_result_place(f) = r;
}
static const acc_fn deep_fn = {deep_step, "deep", test_sites, sizeof(struct deep_f), sizeof(long), _Alignof(struct deep_f),
                               2,         0};

static __attribute__((noinline)) long deep(acc_ctx *cx, long n, int mode) {
    struct deep_f *f = NULL, *p;
    long r;
    if (acc_guarded(cx)) {
        if (!(f = (struct deep_f *)acc_enter(cx, &deep_fn))) return 0;
        switch (f->h.up.state) {
            case 0:
                f->n = n;
                f->mode = mode;
                f->h.up.state = ACC_STATE_START;
                return 0;
            case ACC_STATE_START:
                n = f->n;
                mode = f->mode;
                break;
            case 1: goto resume_1;
            case 2: goto resume_2;
        }
    }
    if (n == 0) {
        if (mode == 1) {
            acc_abi_throw(cx, acc_abi_error(&acc_error_type_ValueError, 0, "at the bottom"), NULL, 0);
            return 0;
        }
        acc_sleep(cx, mode == 2 ? 1000 : 0);
        if (cx->signal) {
        pend_2:
            acc_pend(cx, (acc_frame *)f, &deep_fn, 2, 0);
            return 0;
        resume_2:
            if (cx->signal) goto pend_2;
        }
        frames_most = acc__max(frames_most, acc__self()->frames_live);
        return 0;
    }
    r = deep(cx, n - 1, mode);
    if (__builtin_expect(cx->signal != 0, 0)) {
    pend_1:
        if (!(p = (struct deep_f *)acc_pend(cx, (acc_frame *)f, &deep_fn, 1, offsetof(struct deep_f, r)))) return 0;
        return 0;
    resume_1:
        if (cx->signal) goto pend_1;
        r = f->r;
    }
    return r + 1;
}

struct stored_f {
    acc_frame h;
    long n, r;
};
ASYNC(long, stored, long n)
long stored(acc_ctx *cx, long n) {
    BEGIN(stored, f->n = n);
    if (!f->n) RETURN(0L);
    AWAIT_CORO(1, r, CORO(stored, f->n - 1));
    RETURN(f->r + 1);
    END
}

struct chain_f {
    acc_frame h;
    long n, r;
    void *t;
};
ASYNC(long, chain, long n)
long chain(acc_ctx *cx, long n) {
    BEGIN(chain, (f->n = n, f->r = 0));
    if (f->n) {
        TRY(f->t = acc_abi_create_task_eager(cx, CORO(chain, f->n - 1)));
        AWAIT_TASK(1, r, f->t);
    } else {
        AWAIT_VOID(2, acc_sleep(cx, 1000));
    }
    RETURN(f->r + 1);
    END
}

struct cancels_f {
    acc_frame h;
    void *t;
    long r, n;
    int what;
};
ASYNC(int, cancels, long n, int what)
int cancels(acc_ctx *cx, long n, int what) {
    BEGIN(cancels, (f->n = n, f->what = what));
    TRY(f->t = acc_abi_create_task(cx, f->what ? CORO(chain, f->n) : CORO(deep, f->n, 2)));
    for (f->r = 0; f->r < 10; f->r++) {
        AWAIT_VOID(1, acc_sleep(cx, f->what && f->r == 8 ? 0.2 : 0));
    }
    acc_cancel(TASK(f->t));
    AWAIT_TASK_OR(2, r, f->t, {
        CATCH(e);
        assert(e->type == &acc_error_type_CancelledError);
        acc_error_drop(e);
        RETURN(1);
    });
    RETURN(0);
    END
}

struct catches_f {
    acc_frame h;
    long r, n;
};
ASYNC(int, catches, long n)
int catches(acc_ctx *cx, long n) {
    BEGIN(catches, f->n = n);
    AWAIT_OR(1, r, deep(cx, f->n, 1), {
        CATCH(e);
        assert(e->type == &acc_error_type_ValueError);
        acc_error_drop(e);
        RETURN(1);
    });
    RETURN(0);
    END
}

static long levels = 1000000;

static void *all(void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    acc__thread *th = acc__self();
    long n = arg ? 10000 : levels, r = 0;
    int i = 0;
    double t = now();
    acc_abi_run(CORO(deep, n, 0), &r);
    assert(r == n);
    if (!arg)
        printf("%ld nested awaits: %.0f ns a level, %zu frames of %zu bytes\n", n, (now() - t) / (double)n * 1e9,
               frames_most, sizeof(struct deep_f) + 8);
    acc_abi_run(CORO(stored, n), &r);
    assert(r == n);
    acc_abi_run(CORO(catches, n), &i);
    assert(i == 1);
    acc_abi_run(CORO(cancels, n, 0), &i);
    assert(i == 1);
    acc_abi_run(CORO(cancels, n / 10, 1), &i);
    assert(i == 1);
    assert(!th->frames_live && !th->chunks);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t t;
    pthread_attr_t small;
    if (argc > 1) levels = atol(argv[1]);
    all(NULL);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 << 10); /* a stack of 128 KiB does as well */
#ifndef ACC__ASAN
    if (pthread_create(&t, &small, all, &levels)) abort();
    pthread_join(t, NULL);
#else
    (void)t;
#endif
    puts("ok");
    return 0;
}
