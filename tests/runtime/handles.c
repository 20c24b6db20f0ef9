/* handles.c: what is stale is found out; an outcome is taken once, by every wait that is pending when it comes. */
#include "dialect.h"

/* What runtime/gdb/acc-gdb.py reads where the runtime has no debug information. */
#if defined __x86_64__
_Static_assert(offsetof(acc__chunk, base) == 0 && offsetof(acc__chunk, owner) == 8 && offsetof(acc__chunk, stride) == 24 &&
                   offsetof(acc__chunk, fresh) == 28,
               "acc-gdb.py: acc__chunk");
_Static_assert(offsetof(acc__slot, n.kind) == 8 && offsetof(acc__slot, n.state) == 10 &&
                   offsetof(acc__slot, n.flags) == 12 && offsetof(acc__slot, index) == 16 &&
                   offsetof(acc__slot, leaf) == 24 && offsetof(acc__slot, on) == 40 && offsetof(acc__slot, serial) == 56 &&
                   sizeof(acc__slot) == 64,
               "acc-gdb.py: acc__slot");
_Static_assert(offsetof(acc__thread, current) == 464 && offsetof(acc__thread, names) == 1504 && sizeof(acc__name) == 16,
               "acc-gdb.py: acc__thread");
_Static_assert(ACC__TASK == 0 && ACC__FUTURE == 1 && ACC__GATHER == 2 && ACC__NAMED == 1 && ACC__PARKED == 4 &&
                   ACC__SEPARATE == 64,
               "acc-gdb.py: kinds and flags");
#endif

static int ran;

struct value_f {
    acc_frame h;
    int n;
};
ASYNC(int, value, int n)
int value(acc_ctx *cx, int n) {
    BEGIN(value, f->n = n);
    ran++;
    AWAIT_VOID(1, acc_sleep(cx, 0));
    RETURN(f->n);
    END
}

struct bad_f {
    acc_frame h;
};
ASYNC(int, bad)
int bad(acc_ctx *cx) {
    BEGIN(bad, (void)0);
    AWAIT_VOID(1, acc_sleep(cx, 0));
    THROW(ValueError, "bad");
    END
}

typedef struct big {
    char bytes[3000];
} big;
typedef struct wide {
    _Alignas(64) long v[8];
} wide;

/* functions that return structs, written out */
struct huge_f {
    acc_frame h;
    char fill;
};
static big huge(acc_ctx *cx, char fill);
static void huge_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    big b = huge(cx, 0);
    if (!cx->signal) *(big *)acc_result_place(f) = b;
}
static const acc_fn huge_fn = {huge_step, "huge", test_sites, sizeof(struct huge_f), sizeof(big), _Alignof(big), 1, 0};
static big huge(acc_ctx *cx, char fill) {
    struct huge_f *f = NULL;
    big none = {{0}}, b;
    if (acc_guarded(cx)) {
        if (!(f = (struct huge_f *)acc_enter(cx, &huge_fn))) return none;
        switch (f->h.up.state) {
            case 0:
                f->fill = fill;
                f->h.up.state = ACC_STATE_START;
                return none;
            case ACC_STATE_START: fill = f->fill; break;
            default: goto resume_1;
        }
    }
    acc_sleep(cx, 0);
    if (cx->signal) {
    pend_1:;
        struct huge_f *p = (struct huge_f *)acc_pend(cx, (acc_frame *)f, &huge_fn, 1, 0);
        if (p) p->fill = fill;
        return none;
    resume_1:
        if (cx->signal) goto pend_1;
        fill = f->fill;
    }
    memset(&b, fill, sizeof b);
    return b;
}

struct widen_f {
    acc_frame h;
    long n;
    wide w;
};
static wide widen(acc_ctx *cx, long n);
static void widen_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    wide w = widen(cx, 0);
    if (!cx->signal) *(wide *)acc_result_place(f) = w;
}
static const acc_fn widen_fn = {widen_step, "widen", test_sites, sizeof(struct widen_f), sizeof(wide), _Alignof(wide), 1, 0};
static wide widen(acc_ctx *cx, long n) {
    struct widen_f *f = NULL;
    wide none = {{0}};
    if (acc_guarded(cx)) {
        if (!(f = (struct widen_f *)acc_enter(cx, &widen_fn))) return none;
        if (f->h.up.state == 0) {
            f->n = n;
            f->h.up.state = ACC_STATE_START;
            return none;
        }
        if (f->h.up.state == 1) goto resume_1;
    } else if ((f = (struct widen_f *)acc_frame_new(cx, &widen_fn))) {
        f->n = n;
    } else {
        return none;
    }
    assert((uintptr_t)&f->w % 64 == 0);
    for (int i = 0; i < 8; i++) f->w.v[i] = f->n + i;
    acc_sleep(cx, 0);
    if (cx->signal) {
    pend_1:
        if (!acc_pend(cx, &f->h, &widen_fn, 1, 0)) acc_frame_leave(cx, &f->h);
        return none;
    resume_1:
        if (cx->signal) goto pend_1;
    }
    wide w = f->w;
    acc_frame_leave(cx, &f->h);
    return w;
}

struct taker_f {
    acc_frame h;
    void *t;
    int r;
};
ASYNC(int, taker, void *t)
int taker(acc_ctx *cx, void *t) {
    BEGIN(taker, f->t = t);
    AWAIT_TASK(1, r, f->t);
    RETURN(f->r);
    END
}

#define FAILS(call, T)                                                                    \
    do {                                                                                  \
        call;                                                                             \
        assert(cx->signal == ACC_FAILED);                                                 \
        CATCH(e_);                                                                        \
        if (!acc_error_is(e_, &acc_error_type_##T)) acc_print_error(stderr, e_), abort(); \
        acc_error_drop(e_);                                                               \
    } while (0)
/* an await that must fail at once (hostile mode: after a pause) */
#define AWAIT_FAILS(k, field, t, T)                   \
    f->failed = false;                                \
    AWAIT_TASK_OR(k, field, t, {                      \
        CATCH(e);                                     \
        assert(acc_error_is(e, &acc_error_type_##T)); \
        acc_error_drop(e);                            \
        f->failed = true;                             \
    });                                               \
    assert(f->failed)

static int callbacks;
static void *in_callback;
static void callback(acc__any_task t, void *arg) {
    callbacks++;
    in_callback = (void *)t;
    assert(acc__find_task(acc__self(), (void *)t)); /* live */
    assert(acc_done(t) && !strcmp(acc_get_name(t), arg));
}

static void *other_thread(void *handle) {
    assert(acc_done(TASK(handle)) && !acc_cancel(TASK(handle)) && !acc_cancelled(TASK(handle)));
    assert(acc_running_loop() == NULL && acc_current_task() == ACC_NO_TASK);
    acc_detach(TASK(handle));
    return NULL;
}

struct stale_f {
    acc_frame h;
    void *t, *u, *a, *b;
    int r, s;
    bool failed;
};
ASYNC(int, stale)
int stale(acc_ctx *cx) {
    BEGIN(stale, (void)0);
    /* null, poisoned, made-up */
    AWAIT_FAILS(1, r, NULL, InvalidStateError);
    AWAIT_FAILS(2, r, ACC__POISONED, MemoryError);
    AWAIT_FAILS(3, r, (void *)(uintptr_t)0x12345678deadbeefu, InvalidStateError);
    FAILS(acc_await_coro(cx, NULL, &f->r), InvalidStateError);
    FAILS(acc_await_coro(cx, ACC__POISONED, &f->r), MemoryError);
    FAILS(acc_abi_create_task(cx, NULL), InvalidStateError);
    FAILS(acc_abi_as_coro(cx, NULL), InvalidStateError);
    /* a task is taken once */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 7)));
    assert(!acc_done(TASK(f->t)) && acc_task_error(TASK(f->t)) == NULL);
    FAILS(acc_abi_result(cx, f->t, &f->r), InvalidStateError);
    AWAIT_TASK(4, r, f->t);
    assert(f->r == 7);
    assert(acc_done(TASK(f->t)) && !acc_cancel(TASK(f->t)) && !acc_cancelled(TASK(f->t)));
    assert(!acc_task_error(TASK(f->t)) && !*acc_get_name(TASK(f->t)));
    acc_detach(TASK(f->t));
    acc_coro_close((acc__any_coro)f->t);
    AWAIT_FAILS(5, r, f->t, InvalidStateError);
    FAILS(acc_abi_result(cx, f->t, &f->r), InvalidStateError);
    FAILS(acc_abi_gather(cx, 1, &f->t, NULL), InvalidStateError);
    FAILS(acc_abi_as_coro(cx, f->t), InvalidStateError);
    /* a coroutine is used once */
    f->u = CORO(value, 1);
    TRY(f->t = acc_abi_create_task(cx, f->u));
    assert(f->t != f->u);
    FAILS(acc_await_coro(cx, f->u, &f->r), InvalidStateError);
    FAILS(acc_abi_create_task(cx, f->u), InvalidStateError);
    acc_coro_close((acc__any_coro)f->u);
    AWAIT_TASK(6, r, f->t);
    assert(f->r == 1);
    ran = 0;
    f->u = CORO(value, 1);
    acc_coro_close((acc__any_coro)f->u);
    acc_coro_close((acc__any_coro)f->u);
    FAILS(acc_await_coro(cx, f->u, &f->r), InvalidStateError);
    assert(!ran);
    /* acc_result */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 8)));
    AWAIT_VOID(7, acc_sleep(cx, 0));
    AWAIT_VOID(8, acc_sleep(cx, 0));
    assert(acc_done(TASK(f->t)));
    TRY(acc_abi_result(cx, f->t, &f->r));
    assert(f->r == 8);
    FAILS(acc_abi_result(cx, f->t, &f->r), InvalidStateError);
    RETURN(0);
    END
}

struct shared_f {
    acc_frame h;
    void *t, *u, *a, *b;
    int r, s;
    bool failed;
    const acc_error *e;
};
ASYNC(int, shared)
int shared(acc_ctx *cx) {
    BEGIN(shared, (void)0);
    /* two wait when it comes: both take it; whoever asks in between or later comes too late */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 5)));
    acc_set_name(TASK(f->t), "five");
    TRY(f->a = acc_abi_create_task(cx, CORO(taker, f->t)));
    TRY(f->b = acc_abi_create_task(cx, CORO(taker, f->t)));
    callbacks = 0;
    AWAIT_VOID(1, acc_sleep(cx, 0));
    TRY(acc_add_done_callback(cx, TASK(f->t), callback, "five"));
    AWAIT_VOID(2, acc_sleep(cx, 0));
    assert(acc_done(TASK(f->t)) && !acc_done(TASK(f->a)));
    FAILS(acc_abi_result(cx, f->t, &f->r), InvalidStateError);
    AWAIT_TASK(3, r, f->a);
    AWAIT_TASK(4, s, f->b);
    assert(f->r == 5 && f->s == 5 && callbacks == 1 && in_callback == f->t);
    assert(!acc__find(acc__self(), f->t)); /* gone */
    /* the same with an error: each has it, with a traceback of its own */
    TRY(f->t = acc_abi_create_task(cx, CORO(bad)));
    TRY(f->a = acc_abi_create_task(cx, CORO(taker, f->t)));
    TRY(f->b = acc_abi_create_task(cx, CORO(taker, f->t)));
    AWAIT_TASK_OR(5, r, f->a, f->e = acc_abi_catch(cx););
    AWAIT_TASK_OR(6, s, f->b, {
        CATCH(e);
        assert(e != f->e && e->type == &acc_error_type_ValueError && !strcmp(e->message, "bad"));
        acc_error_drop(e);
        acc_error_drop(f->e);
    });
    /* the waiter is cancelled when the outcome is there: it takes nothing */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 6)));
    TRY(f->a = acc_abi_create_task(cx, CORO(taker, f->t)));
    AWAIT_VOID(7, acc_sleep(cx, 0));
    AWAIT_VOID(8, acc_sleep(cx, 0));
    assert(acc_done(TASK(f->t)) && !acc_done(TASK(f->a)));
    acc_cancel(TASK(f->a));
    AWAIT_TASK_OR(9, r, f->a, acc_error_drop(acc_abi_catch(cx)););
    TRY(acc_abi_result(cx, f->t, &f->r));
    assert(f->r == 6);
    RETURN(0);
    END
}

struct lives_f {
    acc_frame h;
    void *t, *u;
    int r;
    big b;
    wide w;
    bool failed;
    pthread_t thread;
};
ASYNC(int, lives)
int lives(acc_ctx *cx) {
    BEGIN(lives, (void)0);
    /* detached: goes when it is done */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 1)));
    acc_detach(TASK(f->t));
    assert(!acc_done(TASK(f->t)));
    AWAIT_VOID(1, acc_sleep(cx, 0));
    AWAIT_VOID(2, acc_sleep(cx, 0));
    assert(acc_done(TASK(f->t)));
    FAILS(acc_abi_result(cx, f->t, &f->r), InvalidStateError);
    TRY(acc_abi_create_task_detached(cx, CORO(value, 1)));
    /* futures */
    TRY(f->t = acc_abi_future_new(cx, sizeof(int)));
    TRY(acc_abi_future_set_result(cx, f->t, &(int){9}));
    FAILS(acc_abi_future_set_result(cx, f->t, &(int){9}), InvalidStateError);
    assert(!acc_abi_future_try_set_result(cx, f->t, &(int){9}) && !acc_future_cancel(TASK(f->t)));
    AWAIT_TASK(3, r, f->t);
    assert(f->r == 9);
    FAILS(acc_abi_future_set_result(cx, f->t, &(int){9}), InvalidStateError);
    TRY(f->t = acc_abi_future_new(cx, sizeof(big)));
    memset(&f->b, 'x', sizeof f->b);
    TRY(acc_abi_future_set_result(cx, f->t, &f->b));
    memset(&f->b, 0, sizeof f->b);
    AWAIT_TASK(4, b, f->t);
    assert(f->b.bytes[0] == 'x' && f->b.bytes[2999] == 'x');
    /* big and over-aligned results, of tasks, of coroutines, wrapped */
    TRY(f->t = acc_abi_create_task(cx, CORO(huge, 'h')));
    TRY(f->u = acc_abi_as_coro(cx, f->t));
    TRY(f->u = acc_abi_create_task(cx, f->u));
    AWAIT_TASK(5, b, f->u);
    assert(f->b.bytes[0] == 'h' && f->b.bytes[2999] == 'h');
    f->u = CORO(widen, 100);
    AWAIT_CORO(6, w, f->u);
    assert(f->w.v[0] == 100 && f->w.v[7] == 107);
    TRY(f->t = acc_abi_create_task(cx, CORO(widen, 200)));
    AWAIT_TASK(7, w, f->t);
    assert(f->w.v[0] == 200 && f->w.v[7] == 207);
    /* a handle of another thread's */
    TRY(f->t = acc_abi_create_task(cx, CORO(value, 1)));
    if (pthread_create(&f->thread, NULL, other_thread, f->t)) abort();
    pthread_join(f->thread, NULL);
    assert(!acc_done(TASK(f->t)));
    AWAIT_TASK(8, r, f->t);
    assert(f->r == 1);
    /* no loop in a loop */
    f->t = CORO(value, 2);
    FAILS(acc_abi_run(f->t, &f->r), InvalidStateError);
    RETURN(3);
    END
}

/* A slot's generations come to an end: it is retired. */
static void retire(void) {
    acc__thread *th = acc__self();
    acc__slot *s = acc__slot_new(th, 0, ACC__FUTURE);
    void *first = acc__handle(s);
    uint32_t index = s->index;
    s->generation = UINT32_MAX - 9;
    acc__slot_free(th, s);
    for (int i = 0; i < 5000; i++) assert(acc__slot_new(th, 0, ACC__FUTURE)->index != index);
    assert(!acc__find(th, first));
}

static int run(void *coro) {
    int r = -1;
    acc_abi_run(coro, &r);
    acc_abi_check(acc_thread_ctx());
    return r;
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    void *before = CORO(value, 11), *unused = CORO(value, 12);
    FAILS(acc_abi_create_task(cx, before), InvalidStateError); /* no loop */
    assert(run(CORO(stale)) == 0);
    assert(run(CORO(shared)) == 0);
    assert(run(CORO(lives)) == 3);
    assert(run(before) == 11); /* made outside any loop: other loops' ends do not close it */
    FAILS(acc_abi_run(before, NULL), InvalidStateError);
    acc_coro_close((acc__any_coro)unused);
    retire();
    puts("ok");
    return 0;
}
