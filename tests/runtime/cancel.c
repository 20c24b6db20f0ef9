/* cancel.c: what of cancelling is the dialect's own; the rest is compared with asyncio by interp.c. */
#include "dialect.h"

static int began, cleaned;

struct sleeps_f {
    acc_frame h;
};
ASYNC(int, sleeps)
int sleeps(acc_ctx *cx) {
    BEGIN(sleeps, (void)0);
    began++;
    AWAIT_VOID_OR(1, acc_sleep(cx, 1000), {
        cleaned++;
        LEAVE
    });
    RETURN(0);
    END
}

struct awaits_f {
    acc_frame h;
    void **t;
    int r;
};
ASYNC(int, awaits, void **t)
int awaits(acc_ctx *cx, void **t) {
    BEGIN(awaits, f->t = t);
    AWAIT_TASK_OR(1, r, *f->t, {
        cleaned++;
        LEAVE
    });
    RETURN(0);
    END
}
struct gathers_f {
    acc_frame h;
    void **t, *g;
};
ASYNC(int, gathers, void **t)
int gathers(acc_ctx *cx, void **t) {
    BEGIN(gathers, f->t = t);
    TRY(f->g = acc_abi_gather(cx, 1, f->t, NULL));
    AWAIT_OP_OR(1, acc_await_gather(cx, f->g, NULL), {
        cleaned++;
        LEAVE
    });
    RETURN(0);
    END
}

#define CANCELLED(k, t, text)                                                           \
    f->failed = false;                                                                  \
    AWAIT_TASK_OR(k, r, t, {                                                            \
        CATCH(e);                                                                       \
        assert(e->type == &acc_error_type_CancelledError && !strcmp(e->message, text)); \
        acc_error_drop(e);                                                              \
        f->failed = true;                                                               \
    });                                                                                 \
    assert(f->failed)

struct cancel_f {
    acc_frame h;
    void *t, *u;
    int r, i;
    bool failed;
};
ASYNC(int, cancel)
int cancel(acc_ctx *cx) {
    BEGIN(cancel, (void)0);
    /* before it begins: its body never runs */
    TRY(f->t = acc_abi_create_task(cx, CORO(sleeps)));
    assert(acc_cancel_msg(TASK(f->t), "early") && acc_cancelling(TASK(f->t)) == 1 && !acc_cancelled(TASK(f->t)));
    CANCELLED(1, f->t, "early");
    assert(!began && !cleaned);
    /* through a chain, with its message */
    TRY(f->t = acc_abi_create_task(cx, CORO(sleeps)));
    TRY(f->u = acc_abi_create_task(cx, CORO(awaits, &f->t)));
    AWAIT_VOID(2, acc_sleep(cx, 0));
    AWAIT_VOID(3, acc_sleep(cx, 0));
    assert(acc_cancel_msg(TASK(f->u), "why"));
    assert(acc_cancelling(TASK(f->t)) == 1 && acc_cancelling(TASK(f->u)) == 1);
    CANCELLED(4, f->u, "why");
    assert(began == 1 && cleaned == 2);
    /* tasks that wait for each other: cancelling one ends them all */
    cleaned = 0;
    TRY(f->t = acc_abi_create_task(cx, CORO(awaits, &f->u)));
    TRY(f->u = acc_abi_create_task(cx, CORO(awaits, &f->t)));
    AWAIT_VOID(5, acc_sleep(cx, 0));
    AWAIT_VOID(6, acc_sleep(cx, 0));
    acc_cancel(TASK(f->t));
    CANCELLED(7, f->u, "");
    assert(cleaned == 2);
    TRY(f->t = acc_abi_create_task(cx, CORO(gathers, &f->u)));
    TRY(f->u = acc_abi_create_task(cx, CORO(gathers, &f->t)));
    AWAIT_VOID(8, acc_sleep(cx, 0));
    AWAIT_VOID(9, acc_sleep(cx, 0));
    acc_cancel(TASK(f->t));
    CANCELLED(10, f->t, "");
    RETURN(0);
    END
}

/* A task that waits for itself is told so. */
static void *self;
struct narcissus_f {
    acc_frame h;
    int r;
};
ASYNC(int, narcissus)
int narcissus(acc_ctx *cx) {
    BEGIN(narcissus, (void)0);
    AWAIT_TASK_OR(1, r, self, {
        CATCH(e);
        assert(e->type == &acc_error_type_InvalidStateError && !strcmp(e->message, "Task cannot await on itself"));
        acc_error_drop(e);
        RETURN(1);
    });
    RETURN(0);
    END
}

/* All tasks, oldest first; what is left when main ends is cancelled in that order. */
static int order[10], ended;
struct lasts_f {
    acc_frame h;
    int n;
};
ASYNC(int, lasts, int n)
int lasts(acc_ctx *cx, int n) {
    BEGIN(lasts, f->n = n);
    AWAIT_VOID_OR(1, acc_sleep(cx, 1000), {
        order[ended++] = f->n;
        LEAVE
    });
    RETURN(0);
    END
}
struct leaves_f {
    acc_frame h;
    int i, r;
    void *t[10];
};
ASYNC(int, leaves)
int leaves(acc_ctx *cx) {
    BEGIN(leaves, (void)0);
    TRY(self = acc_abi_create_task(cx, CORO(narcissus)));
    AWAIT_TASK(1, r, self);
    assert(f->r == 1);
    for (f->i = 0; f->i < 10; f->i++) {
        TRY(f->t[f->i] = acc_abi_create_task(cx, CORO(lasts, f->i)));
    }
    {
        acc__any_task all[20], few[4];
        assert(acc_all_tasks(all, 20) == 11 && all[0] == acc_current_task());
        for (int i = 0; i < 10; i++) assert((void *)all[i + 1] == f->t[i]);
        assert(acc_all_tasks(few, 4) == 11 && !memcmp(all, few, sizeof few));
        assert(acc_all_tasks(NULL, 0) == 11);
    }
    AWAIT_VOID(2, acc_sleep(cx, 0));
    RETURN(0);
    END
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    acc_abi_run(CORO(cancel), &r);
    acc_abi_check(cx);
    acc_abi_run(CORO(leaves), &r);
    acc_abi_check(cx);
    assert(ended == 10);
    for (int i = 0; i < 10; i++) assert(order[i] == i);
    puts("ok");
    return 0;
}
