/* gather.c: values, outcomes, arrays, and who keeps what; the order of events is compared with asyncio by interp.c. */
#include "dialect.h"

static int finished;

struct value_f {
    acc_frame h;
    int n;
};
ASYNC(int, value, int n)
int value(acc_ctx *cx, int n) {
    BEGIN(value, f->n = n);
    AWAIT_VOID(1, acc_sleep(cx, f->n > 100 ? 0.005 : 0));
    if (f->n < 0) THROW(ValueError, "%d", f->n);
    finished++;
    RETURN(f->n);
    END
}

typedef struct outcome { /* acc_outcome(int) */
    const acc_error *error;
    int value;
} outcome;

struct arrays_f {
    acc_frame h;
    void *c[10], *g, *t;
    int out[10], i, r;
    outcome outcomes[10];
    acc_dest d[10];
    bool failed;
};
ASYNC(int, arrays)
int arrays(acc_ctx *cx) {
    BEGIN(arrays, (void)0);
    /* nothing: complete at once, nobody suspends */
    TRY(f->g = acc_abi_gather(cx, 0, NULL, NULL));
    assert(acc_done(TASK(f->g)));
    AWAIT_OP_OR(1, acc_await_gather(cx, f->g, NULL), LEAVE);
    assert(!acc__find(acc__self(), f->g));
    /* values in the order of the children; the same coroutine twice, the same task twice */
    for (f->i = 0; f->i < 6; f->i++) f->c[f->i] = CORO(value, 5 - f->i);
    f->c[6] = f->c[0];
    TRY(f->c[7] = f->t = acc_abi_create_task(cx, CORO(value, 77)));
    f->c[8] = f->t;
    TRY(f->c[9] = acc_abi_future_new(cx, sizeof(int)));
    TRY(acc_abi_future_set_result(cx, f->c[9], &(int){99}));
    memset(f->out, 0, sizeof f->out);
    TRY(f->g = acc_abi_gather_array(cx, f->c, 10, f->out, sizeof(int), 0, false));
    assert(!f->out[0]);
    AWAIT_VOID(2, acc_await_task(cx, f->g, NULL));
    for (f->i = 0; f->i < 6; f->i++) assert(f->out[f->i] == 5 - f->i);
    assert(f->out[6] == 5 && f->out[7] == 77 && f->out[8] == 77 && f->out[9] == 99);
    assert(acc_done(TASK(f->t)) && !acc__find(acc__self(), f->t)); /* taken */
    /* outcomes */
    for (f->i = 0; f->i < 4; f->i++) f->c[f->i] = CORO(value, f->i % 2 ? -f->i : f->i);
    TRY(f->g = acc_abi_gather_array(cx, f->c, 4, f->outcomes, sizeof(outcome), offsetof(outcome, value), true));
    AWAIT_VOID(3, acc_await_task(cx, f->g, NULL));
    assert(!f->outcomes[0].error && f->outcomes[0].value == 0 && !f->outcomes[2].error && f->outcomes[2].value == 2);
    assert(!strcmp(f->outcomes[1].error->message, "-1") && !strcmp(f->outcomes[3].error->message, "-3"));
    acc_error_drop(f->outcomes[1].error);
    acc_error_drop(f->outcomes[3].error);
    /* a gather of gathers; values not wanted */
    for (f->i = 0; f->i < 4; f->i++) f->c[f->i] = CORO(value, f->i);
    TRY(f->c[5] = acc_abi_gather_array(cx, f->c, 2, f->out, sizeof(int), 0, false));
    TRY(f->c[6] = acc_abi_gather_array(cx, f->c + 2, 2, f->out + 2, sizeof(int), 0, false));
    TRY(f->g = acc_abi_gather(cx, 2, f->c + 5, NULL));
    TRY(f->c[0] = acc_abi_as_coro(cx, f->g));
    AWAIT_CORO(4, r, f->c[0]);
    for (f->i = 0; f->i < 4; f->i++) assert(f->out[f->i] == f->i);
    RETURN(0);
    END
}

struct fails_f {
    acc_frame h;
    void *c[4], *g, *t, *u;
    int r, s;
    bool failed;
    acc_dest d[4];
    const acc_error *e;
};
ASYNC(int, fails)
int fails(acc_ctx *cx) {
    BEGIN(fails, (void)0);
    /* the first error comes at once, nothing is assigned, siblings go on; a task that did not fail is not taken */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 1)));
    TRY(f->u = acc_abi_create_task(cx, CORO(value, 101)));
    f->c[0] = f->t;
    f->c[1] = CORO(value, -5);
    f->c[2] = f->u;
    f->c[3] = CORO(value, 102);
    f->r = f->s = 0;
    f->failed = false;
    f->d[0] = (acc_dest){&f->r, NULL};
    f->d[1] = f->d[2] = f->d[3] = (acc_dest){0};
    TRY(f->g = acc_abi_gather(cx, 4, f->c, NULL));
    AWAIT_OP_OR(1, acc_await_gather(cx, f->g, f->d), {
        CATCH(e);
        assert(!strcmp(e->message, "-5"));
        acc_error_drop(e);
        f->failed = true;
    });
    assert(f->failed && f->r == 0 && !acc__find(acc__self(), f->g));
    finished = 0;
    AWAIT_TASK(2, r, f->t);
    assert(f->r == 1 && finished == 0);
    AWAIT_TASK(3, r, f->u);
    assert(f->r == 101);
    AWAIT_VOID(4, acc_sleep(cx, 0.01));
    assert(finished == 2);
    /* cancelled while it waits: every child is; the gather goes */
    f->c[0] = CORO(value, 200);
    f->c[1] = CORO(value, 201);
    TRY(f->g = acc_abi_gather(cx, 2, f->c, NULL));
    AWAIT_VOID(5, acc_sleep(cx, 0));
    assert(acc_cancel(TASK(f->g)) && !acc_done(TASK(f->g)));
    f->failed = false;
    AWAIT_OP_OR(6, acc_await_gather(cx, f->g, NULL), {
        CATCH(e);
        assert(e->type == &acc_error_type_CancelledError);
        acc_error_drop(e);
        f->failed = true;
    });
    assert(f->failed && finished == 2);
    /* dropped before it is done: its children go on and go */
    f->c[0] = CORO(value, 3);
    f->c[1] = CORO(value, -3);
    TRY(f->g = acc_abi_gather(cx, 2, f->c, (const bool[]){false, true}));
    acc_detach(TASK(f->g));
    AWAIT_VOID(7, acc_sleep(cx, 0.001));
    assert(finished == 3 && !acc__find(acc__self(), f->g));
    assert(acc_all_tasks(NULL, 0) == 1);
    /* one that nobody takes is left to the loop's end */
    f->c[0] = CORO(value, 4);
    TRY(f->g = acc_abi_gather(cx, 1, f->c, NULL));
    AWAIT_VOID(8, acc_sleep(cx, 0.001));
    f->c[0] = CORO(value, 103);
    TRY(f->g = acc_abi_gather(cx, 1, f->c, NULL));
    RETURN(0);
    END
}

static void unseen(const acc_error *e, void *arg) {
    (void)arg;
    acc_print_error(stderr, e);
    abort();
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    acc_set_error_handler(unseen, NULL);
    acc_abi_run(CORO(arrays), &r);
    acc_abi_check(cx);
    acc_abi_run(CORO(fails), &r);
    acc_abi_check(cx);
    assert(!acc__self()->frames_live && !acc__self()->chunks && !acc__self()->blocks);
    puts("ok");
    return 0;
}
