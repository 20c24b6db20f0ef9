/* lock.c: acc_lock: asyncio's Lock.
 *
 * A release frees the lock and wakes the first waiter, which takes it when it runs. Meanwhile nobody else gets it, since
 * somebody waits who was not cancelled. A waiter that is woken and then cancelled wakes the next. */
#include "sync.h"

typedef struct frame {
    acc__waiting waiting; /* first */
    acc_lock *l;
} frame;

bool acc__lock_take(acc_lock *l) {
    if (l->locked || !acc__waiters_all_cancelled(&l->waiters)) return false;
    return l->locked = true;
}

static void wake_first(acc__thread *th, acc_lock *l) {
    acc__waiter *w = l->waiters.first;
    if (w && !acc__waiter_done(w)) acc__wake(th, w, ACC__WOKEN);
}

void acc__lock_free(acc__thread *th, acc_lock *l) {
    l->locked = false;
    wake_first(th, l);
}

void acc__lock_woken(acc__thread *th, acc_lock *l, acc__waiter *w, bool failed) {
    acc__waiter_remove(w);
    if (!failed) l->locked = true;
    else if (!l->locked) wake_first(th, l);
}

bool acc_lock_locked(const acc_lock *l) { return l->locked; }

static void acquire_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_lock_acquire(cx, NULL);
}
static const acc_fn acquire_fn = {acquire_step, "acc_lock_acquire", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_lock_acquire(acc_ctx *cx, acc_lock *l) {
    frame *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (frame *)acc_enter(cx, &acquire_fn))) return;
        switch (f->waiting.head.up.state) {
            case 0:
                f->l = l;
                f->waiting.w.list = NULL;
                f->waiting.head.up.state = ACC_STATE_START;
                return;
            case ACC_STATE_START: l = f->l; break;
            default: acc__lock_woken(acc__of(cx), f->l, &f->waiting.w, cx->signal != NULL); return;
        }
    }
    if (acc__lock_take(l)) return;
    f = (frame *)acc__wait_begin(cx, (acc__waiting *)f, &acquire_fn, &l->waiters, &l->loop);
    if (f) f->l = l;
}

void acc_lock_release(acc_ctx *cx, acc_lock *l) {
    if (l->locked) acc__lock_free(acc__of(cx), l);
    else acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Lock is not acquired.");
}

/* ---- async with ---------------------------------------------------------------------------------------------------------------- */

void acc_lock_aenter(acc_ctx *cx, acc_lock *l) { acc_lock_acquire(cx, l); }

static void aexit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_lock_aexit(cx, NULL, NULL);
}
static const acc_fn aexit_fn = {aexit_step, "acc_lock_aexit", &acc__certain, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_lock_aexit(acc_ctx *cx, acc_lock *l, const acc_error *error) {
    (void)error;
    if (acc_guarded(cx)) {
        frame *f = (frame *)acc_enter(cx, &aexit_fn);
        if (!f) return;
        if (f->waiting.head.up.state == 0) {
            f->l = l;
            f->waiting.head.up.state = ACC_STATE_START;
            return;
        }
        l = f->l;
    }
    acc_lock_release(cx, l);
}
