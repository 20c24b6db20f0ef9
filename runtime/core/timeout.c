/* timeout.c: acc_timeout and acc_timeout_at: asyncio's Timeout.
 *
 * A deadline cancels its task; the CancelledError that then reaches the end of the block becomes a TimeoutError, if nobody
 * else has asked for a cancellation meanwhile (the task's count tells). What the task was waiting for when its deadline came
 * is let go of: nobody will ask for it. */
#include "scope.h"
#include <math.h>

enum { CREATED, ENTERED, EXPIRING, EXPIRED, FINISHED };

static void expire(void *arg) {
    acc_timeout_scope *s = arg;
    acc__thread *th = acc__self();
    acc__slot *t = acc__find_task(th, s->task);
    s->timer = (acc_handle){0};
    s->state = EXPIRING;
    if (!t || t->n.state != ACC__PENDING) return;
    acc__slot *on = t->n.flags & ACC__PARKED ? NULL : t->on;
    bool waits = on && on->n.state == ACC__PENDING;
    acc__cancel(th, t, NULL);
    if (waits && t->on == on) on->n.flags |= ACC__DETACHED;
}

static void unset(acc_timeout_scope *s) {
    acc_handle_cancel(s->timer);
    s->timer = (acc_handle){0};
}

static bool set(acc_ctx *cx, acc_timeout_scope *s, int64_t when) {
    acc_handle timer = {0};
    if (when != ACC__NEVER) {
        if (when <= acc__now()) timer = acc_call_soon(cx, expire, s);
        else timer = acc__call_at(cx, when, expire, s);
        if (cx->signal) return false;
    }
    unset(s);
    s->timer = timer;
    s->when = when;
    return true;
}

bool acc__timeout_begin(acc_ctx *cx, acc_timeout_scope *s) {
    acc__thread *th = acc__of(cx);
    if (s->state != CREATED) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Timeout has already been entered");
        return false;
    }
    if (!set(cx, s, s->when)) return false;
    s->state = ENTERED;
    s->task = acc__handle(th->current);
    s->cancelling = th->current->n.cancelling;
    return true;
}

const acc_error *acc__timeout_end(acc__thread *th, acc_timeout_scope *s, const acc_error *error) {
    unset(s);
    if (s->state != EXPIRING) {
        s->state = FINISHED;
        return NULL;
    }
    s->state = EXPIRED;
    acc__any_task task = (acc__any_task)s->task;
    if (acc__find_task(th, s->task) && acc_uncancel(task) > s->cancelling) return NULL;
    if (!error) return NULL;
    if (!acc_error_is(error, &acc_error_type_CancelledError)) {
        acc__error_timed_out(error);
        return NULL;
    }
    const acc_error *e = acc__error_new(&acc_error_type_TimeoutError, 0, NULL);
    acc_abi_context(e, error);
    return e;
}

/* ---- acc.h ------------------------------------------------------------------------------------------------------------------- */

static void end(acc__thread *th, acc__scope *s) {
    unset((acc_timeout_scope *)s);
    acc__block_free(th, s);
}

static bool is_time(acc_ctx *cx, double when) {
    if (isnan(when)) acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid time: NaN (not a number)");
    return !isnan(when);
}

static acc_timeout_scope *scope_new(acc_ctx *cx, int64_t when) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    acc_timeout_scope *s = acc__block_new(th, sizeof *s);
    if (!s) {
        acc__throw_memory(cx);
        return NULL;
    }
    acc__block block = s->scope.block;
    *s = (acc_timeout_scope){.scope = {.block = block, .end = end}, .when = when};
    return s;
}

acc_timeout_scope *acc_timeout_at(acc_ctx *cx, double when) {
    return is_time(cx, when) ? scope_new(cx, acc__time_at(when)) : NULL;
}

acc_timeout_scope *acc_timeout(acc_ctx *cx, double seconds) {
    return is_time(cx, seconds) ? scope_new(cx, acc__deadline(seconds)) : NULL;
}

void acc_reschedule(acc_ctx *cx, acc_timeout_scope *s, double when) {
    static const char *const names[] = {"created", "active", "expiring", "expired", "finished"};
    if (!is_time(cx, when)) return;
    if (!s) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "no timeout");
    else if (s->state == ENTERED) set(cx, s, acc__time_at(when));
    else if (s->state == CREATED) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Timeout has not been entered");
    else acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Cannot change state of %s Timeout", names[s->state]);
}

bool acc_expired(const acc_timeout_scope *s) { return s && (s->state == EXPIRING || s->state == EXPIRED); }

/* ---- async with: neither of these ever suspends ---------------------------------------------------------------------------- */

typedef struct frame {
    acc_frame head;
    acc_timeout_scope *s;
    const acc_error *error;
} frame;

static void aenter_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_timeout_scope *s = acc_timeout_scope_aenter(cx, NULL);
    if (!cx->signal) *(acc_timeout_scope **)acc_result_place(f) = s;
}
static const acc_fn aenter_fn = {
    aenter_step, "acc_timeout_scope_aenter", NULL, sizeof(frame), sizeof(void *), _Alignof(frame), 0, 0};

acc_timeout_scope *acc_timeout_scope_aenter(acc_ctx *cx, acc_timeout_scope *s) {
    if (acc_guarded(cx)) {
        frame *f = (frame *)acc_enter(cx, &aenter_fn);
        if (!f) return NULL;
        if (f->head.up.state == 0) {
            f->s = s;
            f->head.up.state = ACC_STATE_START;
            return NULL;
        }
        s = f->s;
    }
    return acc__timeout_begin(cx, s) ? s : NULL;
}

static void aexit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    bool swallow = acc_timeout_scope_aexit(cx, NULL, NULL);
    if (!cx->signal) *(bool *)acc_result_place(f) = swallow;
}
static const acc_fn aexit_fn = {
    aexit_step, "acc_timeout_scope_aexit", &acc__certain, sizeof(frame), sizeof(bool), _Alignof(frame), 0, 0};

bool acc_timeout_scope_aexit(acc_ctx *cx, acc_timeout_scope *s, const acc_error *error) {
    if (acc_guarded(cx)) {
        frame *f = (frame *)acc_enter(cx, &aexit_fn);
        if (!f) return false;
        if (f->head.up.state == 0) {
            f->s = s;
            f->error = error;
            f->head.up.state = ACC_STATE_START;
            return false;
        }
        s = f->s;
        error = f->error;
    }
    const acc_error *e = acc__timeout_end(acc__of(cx), s, error);
    if (e) acc__throw_error(cx, e);
    return false;
}

/* ---- who holds a scope -------------------------------------------------------------------------------------------------------- */

void acc_abi_hold(void **place, void *scope) {
    acc__scope *old = *place, *new = scope;
    if (new) new->held++;
    *place = new;
    if (old && !--old->held) old->end(acc__self(), old);
}
