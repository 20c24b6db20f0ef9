/* barrier.c: acc_barrier: asyncio's Barrier, which is a condition and a count.
 *
 * Its functions await those of lock.c and condition.c, as compiled ones would: each has a frame from its beginning, and
 * `state` says behind which await it goes on. */
#include "sync.h"

enum { FILLING, DRAINING, RESETTING, BROKEN };

typedef struct frame {
    acc_frame head;
    acc_barrier *b;
    int index;
    int to; /* acc_barrier_reset, abort: the state it is to have */
} frame;

int acc_barrier_parties(const acc_barrier *b) { return b->parties; }
int acc_barrier_n_waiting(const acc_barrier *b) { return b->state == FILLING ? b->count : 0; }
bool acc_barrier_broken(const acc_barrier *b) { return b->state == BROKEN; }

/* The frame to go on with: new ones are in state ACC_STATE_START. NULL: there is nothing to do now. */
static frame *begin(acc_ctx *cx, const acc_fn *fn, acc_barrier *b, int to) {
    bool guarded = acc_guarded(cx);
    frame *f = (frame *)(guarded ? acc_enter(cx, fn) : acc_frame_new(cx, fn));
    if (!f || f->head.up.state) return f;
    f->b = b;
    f->to = to;
    f->head.up.state = ACC_STATE_START;
    return guarded ? NULL : f;
}

/* Behind an await: has it suspended? */
static bool suspended(acc_ctx *cx, frame *f, const acc_fn *fn, unsigned state) {
    return cx->signal && acc_pend(cx, &f->head, fn, state, 0);
}

static void notify_all(acc_ctx *cx, acc_barrier *b) { acc__wake_some(acc__of(cx), &b->condition.waiters, SIZE_MAX); }

static void broken(acc_ctx *cx, const char *words) { acc__throw(cx, &acc_error_type_BrokenBarrierError, 0, "%s", words); }

/* ---- wait ---------------------------------------------------------------------------------------------------------------- */

enum { ENTERED = 1, UNBLOCKED, FILLED };

static void wait_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    int index = acc_barrier_wait(cx, NULL);
    if (!cx->signal) *(int *)acc_result_place(f) = index;
}
static const acc_fn wait_fn = {wait_step, "acc_barrier_wait", NULL, sizeof(frame), sizeof(int), _Alignof(frame), 0, 0};

int acc_barrier_wait(acc_ctx *cx, acc_barrier *b) {
    frame *f = begin(cx, &wait_fn, b, 0);
    if (!f) return 0;
    b = f->b;
    acc_condition *c = &b->condition;
    int index = 0;
    switch (f->head.up.state) {
        case ACC_STATE_START:
            if (b->parties < 1) {
                acc__throw(cx, &acc_error_type_ValueError, 0, "parties must be > 0");
                goto leave;
            }
            acc_lock_acquire(cx, acc__lock_of(c));
            if (suspended(cx, f, &wait_fn, ENTERED)) return 0;
            break;
        case UNBLOCKED: goto unblocked;
        case FILLED: goto filled;
        default: break;
    }
    if (cx->signal) goto leave; /* without the lock */

    while (b->state == DRAINING || b->state == RESETTING) {
        acc_condition_wait(cx, c);
        if (suspended(cx, f, &wait_fn, UNBLOCKED)) return 0;
    unblocked:
        if (cx->signal) goto unlock;
    }
    if (b->state == BROKEN) {
        broken(cx, "Barrier aborted");
        goto unlock;
    }
    f->index = b->count++;
    if (f->index + 1 == b->parties) {
        b->state = DRAINING;
        notify_all(cx, b);
    }
    while (b->state == FILLING) {
        acc_condition_wait(cx, c);
        if (suspended(cx, f, &wait_fn, FILLED)) return 0;
    filled:
        if (cx->signal) goto out;
    }
    if (b->state != DRAINING) broken(cx, "Abort or reset of barrier");
out:
    index = f->index;
    if (!--b->count) { /* the last one out: who waits for that may come in */
        if (b->state == RESETTING || b->state == DRAINING) b->state = FILLING;
        notify_all(cx, b);
    }
unlock:
    acc__lock_free(acc__of(cx), acc__lock_of(c));
leave:
    acc_frame_leave(cx, &f->head);
    return index;
}

int acc_barrier_aenter(acc_ctx *cx, acc_barrier *b) { return acc_barrier_wait(cx, b); }

static void aexit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_barrier_aexit(cx, NULL, NULL);
}
static const acc_fn aexit_fn = {aexit_step, "acc_barrier_aexit", &acc__certain, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_barrier_aexit(acc_ctx *cx, acc_barrier *b, const acc_error *error) {
    (void)error;
    if (!acc_guarded(cx)) return;
    frame *f = (frame *)acc_enter(cx, &aexit_fn);
    if (!f || f->head.up.state) return;
    f->b = b;
    f->head.up.state = ACC_STATE_START;
}

/* ---- reset, abort ------------------------------------------------------------------------------------------------------------ */

/* Takes the lock, gives the barrier that state, frees the lock. */
static void change(acc_ctx *cx, const acc_fn *fn, acc_barrier *b, int to) {
    frame *f = begin(cx, fn, b, to);
    if (!f) return;
    b = f->b;
    if (f->head.up.state == ACC_STATE_START) {
        acc_lock_acquire(cx, acc__lock_of(&b->condition));
        if (suspended(cx, f, fn, ENTERED)) return;
    }
    if (!cx->signal) {
        b->state = f->to == RESETTING && !b->count ? FILLING : f->to;
        notify_all(cx, b);
        acc__lock_free(acc__of(cx), acc__lock_of(&b->condition));
    }
    acc_frame_leave(cx, &f->head);
}

static void reset_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_barrier_reset(cx, NULL);
}
static const acc_fn reset_fn = {reset_step, "acc_barrier_reset", NULL, sizeof(frame), 0, _Alignof(frame), 0, 0};
void acc_barrier_reset(acc_ctx *cx, acc_barrier *b) { change(cx, &reset_fn, b, RESETTING); }

static void abort_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_barrier_abort(cx, NULL);
}
static const acc_fn abort_fn = {abort_step, "acc_barrier_abort", NULL, sizeof(frame), 0, _Alignof(frame), 0, 0};
void acc_barrier_abort(acc_ctx *cx, acc_barrier *b) { change(cx, &abort_fn, b, BROKEN); }
