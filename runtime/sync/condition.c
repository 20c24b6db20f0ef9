/* condition.c: acc_condition: asyncio's Condition.
 *
 * A wait has two parts: for the notification, in the condition's list, and for the lock, in the lock's. Whatever is thrown at
 * it meanwhile is kept until it has the lock again; then it notifies another waiter, since it may have been notified itself. */
#include "sync.h"

typedef struct frame {
    acc__waiting waiting; /* first */
    acc_condition *c;
    const acc_error *error; /* to throw in the end, kept */
} frame;

enum { NOTIFIED = 1, LOCKED };

static void wait_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_condition_wait(cx, NULL);
}
static const acc_fn wait_fn = {wait_step, "acc_condition_wait", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

/* Something was thrown at the wait: the latest counts. */
static void interrupted(acc_ctx *cx, frame *f) {
    const acc_error *e = acc_abi_catch(cx);
    if (f->error) acc_abi_context(e, f->error);
    acc_error_drop(f->error);
    f->error = e;
}

static void resumed(acc_ctx *cx, frame *f) {
    acc__thread *th = acc__of(cx);
    acc_lock *l = acc__lock_of(f->c);
    bool failed = cx->signal != NULL, locked = false;
    if (f->waiting.head.up.state == NOTIFIED) {
        acc__waiter_remove(&f->waiting.w);
        f->error = NULL;
    } else {
        acc__lock_woken(th, l, &f->waiting.w, failed);
        locked = !failed;
    }
    if (failed) interrupted(cx, f);
    if (!locked && !acc__lock_take(l)) {
        acc__wait_again(cx, &f->waiting, LOCKED, &l->waiters);
        return;
    }
    if (!f->error) return;
    acc__wake_some(th, &f->c->waiters, 1);
    acc__throw_error(cx, f->error);
}

void acc_condition_wait(acc_ctx *cx, acc_condition *c) {
    frame *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (frame *)acc_enter(cx, &wait_fn))) return;
        switch (f->waiting.head.up.state) {
            case 0:
                f->c = c;
                f->waiting.w.list = NULL;
                f->waiting.head.up.state = ACC_STATE_START;
                return;
            case ACC_STATE_START: c = f->c; break;
            default: resumed(cx, f); return;
        }
    }
    acc_lock *l = acc__lock_of(c);
    if (!l->locked) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "cannot wait on un-acquired lock");
        return;
    }
    if (!acc__bind(cx, &l->loop)) return;
    f = (frame *)acc__wait_begin(cx, (acc__waiting *)f, &wait_fn, &c->waiters, &c->loop);
    if (!f) return;
    f->c = c;
    acc__lock_free(acc__of(cx), l);
}

void acc_condition_notify(acc_ctx *cx, acc_condition *c, size_t n) {
    if (acc__lock_of(c)->locked) acc__wake_some(acc__of(cx), &c->waiters, n);
    else acc__throw(cx, &acc_error_type_InvalidStateError, 0, "cannot notify on un-acquired lock");
}

void acc_condition_notify_all(acc_ctx *cx, acc_condition *c) { acc_condition_notify(cx, c, SIZE_MAX); }

void acc_condition_aenter(acc_ctx *cx, acc_condition *c) { acc_lock_acquire(cx, acc__lock_of(c)); }
void acc_condition_aexit(acc_ctx *cx, acc_condition *c, const acc_error *error) {
    acc_lock_aexit(cx, acc__lock_of(c), error);
}
