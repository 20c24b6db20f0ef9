/* million.c: 1,000,000 tasks asleep at once: bytes each, and they all wake in the order of their deadlines. */
#include "dialect.h"
#include <unistd.h>

static double resident(void) {
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1) abort();
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static long woken, wrong;
static double last;

struct sleeper_f {
    acc_frame h;
    union {
        struct {
            long n;
        };
        struct {
            double due;
        };
    };
};
static int sleeper(acc_ctx *cx, long n);
static void sleeper_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    int r = sleeper(cx, 0);
    if (!cx->signal) *(int *)acc_result_place(f) = r;
}
static const acc_fn sleeper_fn = {
    sleeper_step, "sleeper", test_sites, sizeof(struct sleeper_f), sizeof(int), _Alignof(struct sleeper_f), 1, 0};
static int sleeper(acc_ctx *cx, long n) {
    struct sleeper_f *f = NULL, *p;
    double due = 0;
    if (acc_guarded(cx)) {
        if (!(f = (struct sleeper_f *)acc_enter(cx, &sleeper_fn))) return 0;
        switch (f->h.up.state) {
            case 0:
                f->n = n;
                f->h.up.state = ACC_STATE_START;
                return 0;
            case ACC_STATE_START: n = f->n; break;
            default: goto resume_1;
        }
    }
    double delay = 1.0 + (double)(n * 7919 % 100003) * 1e-5;
    due = acc_time() + delay;
    acc_sleep(cx, delay);
    if (cx->signal) {
    pend_1:
        if (!(p = (struct sleeper_f *)acc_pend(cx, (acc_frame *)f, &sleeper_fn, 1, 0))) return 0;
        p->due = due;
        return 0;
    resume_1:
        if (cx->signal) goto pend_1;
        due = f->due;
    }
    woken++;
    if (due > acc_time()) wrong++;  /* early */
    if (due < last - 0.05) wrong++; /* both clocks are read apart: another process may come between */
    last = due;
    return 0;
}

struct starts_f {
    acc_frame h;
    long n, i;
    int r;
    double before;
};
ASYNC(int, starts, long n)
int starts(acc_ctx *cx, long n) {
    BEGIN(starts, f->n = n);
    f->before = resident();
    for (f->i = 0; f->i < f->n; f->i++) {
        TRY(acc_abi_create_task_detached(cx, CORO(sleeper, f->i)));
    }
    AWAIT_VOID(1, acc_sleep(cx, 0));
    printf("%ld sleeping tasks: %.1f bytes each\n", f->n, (resident() - f->before) / (double)f->n);
#ifndef ACC__ASAN
    assert(f->n < 100000 || acc__self()->hostile || (resident() - f->before) / (double)f->n < 150);
#endif
    while (woken < f->n) {
        AWAIT_VOID(2, acc_sleep(cx, 0.01));
    }
    RETURN(0);
    END
}

int main(int argc, char **argv) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    acc_abi_run(CORO(starts, argc > 1 ? atol(argv[1]) : 1000000), &r);
    acc_abi_check(cx);
    assert(!wrong);
    puts("ok");
    return 0;
}
