/* semaphore.c: acc_semaphore: asyncio's Semaphore and BoundedSemaphore.
 *
 * Who wakes a waiter takes one of the value for it. A waiter that was woken and is then cancelled gives it back; and whoever
 * ends its wait, one way or the other, wakes as many as the value allows, since others may have had to queue up behind it. */
#include "sync.h"

typedef struct frame {
    acc__waiting waiting; /* first */
    acc_semaphore *s;
} frame;

static ptrdiff_t value(const acc_semaphore *s) { return s->initial - s->taken; }

bool acc_semaphore_locked(const acc_semaphore *s) { return value(s) <= 0 || !acc__waiters_all_cancelled(&s->waiters); }

static bool valid(acc_ctx *cx, const acc_semaphore *s) {
    if (acc__likely(s->initial >= 0)) return true;
    acc__throw(cx, &acc_error_type_ValueError, 0, "Semaphore initial value must be >= 0");
    return false;
}

static bool wake_next(acc__thread *th, acc_semaphore *s) {
    if (!acc__wake_some(th, &s->waiters, 1)) return false;
    s->taken++;
    return true;
}

static void resumed(acc_ctx *cx, frame *f) {
    acc_semaphore *s = f->s;
    acc__waiter_remove(&f->waiting.w);
    if (cx->signal && f->waiting.w.woken) s->taken--;
    while (value(s) > 0 && wake_next(acc__of(cx), s)) continue;
}

static void acquire_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_semaphore_acquire(cx, NULL);
}
static const acc_fn acquire_fn = {
    acquire_step, "acc_semaphore_acquire", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_semaphore_acquire(acc_ctx *cx, acc_semaphore *s) {
    frame *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (frame *)acc_enter(cx, &acquire_fn))) return;
        switch (f->waiting.head.up.state) {
            case 0:
                f->s = s;
                f->waiting.w.list = NULL;
                f->waiting.head.up.state = ACC_STATE_START;
                return;
            case ACC_STATE_START: s = f->s; break;
            default: resumed(cx, f); return;
        }
    }
    if (!valid(cx, s)) return;
    if (!acc_semaphore_locked(s)) {
        s->taken++;
        return;
    }
    f = (frame *)acc__wait_begin(cx, (acc__waiting *)f, &acquire_fn, &s->waiters, &s->loop);
    if (f) f->s = s;
}

void acc_semaphore_release(acc_ctx *cx, acc_semaphore *s) {
    if (!valid(cx, s)) return;
    if (s->bounded && s->taken <= 0) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "BoundedSemaphore released too many times");
        return;
    }
    s->taken--;
    wake_next(acc__of(cx), s);
}

/* ---- async with ---------------------------------------------------------------------------------------------------------------- */

void acc_semaphore_aenter(acc_ctx *cx, acc_semaphore *s) { acc_semaphore_acquire(cx, s); }

static void aexit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_semaphore_aexit(cx, NULL, NULL);
}
static const acc_fn aexit_fn = {aexit_step, "acc_semaphore_aexit", &acc__certain, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_semaphore_aexit(acc_ctx *cx, acc_semaphore *s, const acc_error *error) {
    (void)error;
    if (acc_guarded(cx)) {
        frame *f = (frame *)acc_enter(cx, &aexit_fn);
        if (!f) return;
        if (f->waiting.head.up.state == 0) {
            f->s = s;
            f->waiting.head.up.state = ACC_STATE_START;
            return;
        }
        s = f->s;
    }
    acc_semaphore_release(cx, s);
}
