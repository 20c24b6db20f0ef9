/* sync.h: what the primitives share: lists of waiters.
 *
 * A waiter is a task that is parked, and a node in the frame of the function that parked it: nothing else is allocated. The
 * node stands for asyncio's future: it is done when the task is not parked any more, because it was woken or because it was
 * cancelled. It stays in its list until its task runs, so that who asks meanwhile sees what asyncio's lists would show.
 *
 * The frame begins with an acc__waiting, and its acc_fn's `sites` are acc__waits: by them acc__frames_drop knows that a node
 * is to be taken out where a loop ends over a task that would not. So a list holds only tasks that live. */
#ifndef ACC_SYNC_SYNC_H
#define ACC_SYNC_SYNC_H

#include "../core/internal.h"

#pragma GCC visibility push(hidden)

enum acc__wake { ACC__NOT_WOKEN, ACC__WOKEN, ACC__FREED /* what it waited for is gone */ };

typedef struct acc__waiter acc__waiter;
struct acc__waiter {
    acc__waiter *next, *prev;
    acc__waiters *list; /* NULL: it is in none */
    acc__slot *task;
    uint8_t woken; /* enum acc__wake */
};

typedef struct acc__waiting {
    acc_frame head;
    acc__waiter w;
} acc__waiting;

static inline void acc__waiter_add(acc__waiters *l, acc__waiter *w) {
    w->list = l;
    w->next = NULL;
    w->prev = l->last;
    if (l->last) l->last->next = w;
    else l->first = w;
    l->last = w;
}

static inline void acc__waiter_remove(acc__waiter *w) {
    acc__waiters *l = w->list;
    if (!l) return;
    if (w->prev) w->prev->next = w->next;
    else l->first = w->next;
    if (w->next) w->next->prev = w->prev;
    else l->last = w->prev;
    w->list = NULL;
}

/* asyncio: fut.done(), fut.cancelled(). */
static inline bool acc__waiter_done(const acc__waiter *w) { return !(w->task->n.flags & ACC__PARKED); }
static inline bool acc__waiter_cancelled(const acc__waiter *w) { return !w->woken && acc__waiter_done(w); }

static inline bool acc__waiters_all_cancelled(const acc__waiters *l) {
    for (const acc__waiter *w = l->first; w; w = w->next)
        if (!acc__waiter_cancelled(w)) return false;
    return true;
}

static inline void acc__wake(acc__thread *th, acc__waiter *w, enum acc__wake how) {
    w->woken = (uint8_t)how;
    acc__unpark(th, w->task);
}
/* Wakes the first n that are not done; gives how many. */
static inline size_t acc__wake_some(acc__thread *th, acc__waiters *l, size_t n) {
    size_t woken = 0;
    if (acc__unlikely(acc__debug) && l->first && acc__stray(acc__handle(l->first->task))) return 0;
    for (acc__waiter *w = l->first; w && woken < n; w = w->next)
        if (!acc__waiter_done(w)) {
            acc__wake(th, w, ACC__WOKEN);
            woken++;
        }
    return woken;
}

/* Is it bound to the running loop, now at least? False: it throws. */
bool acc__bind(acc_ctx *cx, uint64_t *bound);

/* The running task waits in l: its frame is parked in that state. */
static inline void acc__wait_again(acc_ctx *cx, acc__waiting *f, unsigned state, acc__waiters *l) {
    acc__thread *th = (acc__thread *)cx;
    acc__park(cx, ACC__NEVER);
    cx->leaf.parent = &f->head;
    cx->signal = &f->head.up;
    f->head.up.state = (uint16_t)state;
    f->head.up.flags |= ACC_FRAME_LINKED;
    f->w.task = th->current;
    f->w.woken = ACC__NOT_WOKEN;
    acc__waiter_add(l, &f->w);
}

/* It begins to: in a frame made as fn says where f is NULL, in state 1. NULL: it throws; where *bound is another loop's number,
 * InvalidStateError. */
static inline acc__waiting *acc__wait_begin(acc_ctx *cx, acc__waiting *f, const acc_fn *fn, acc__waiters *l,
                                            uint64_t *bound) {
    acc__thread *th = (acc__thread *)cx;
    if (acc__unlikely(*bound != th->loop->serial) && !acc__bind(cx, bound)) return NULL;
    if (!f && !(f = (acc__waiting *)acc__frame_pooled(th, fn)) && !(f = (acc__waiting *)acc_frame_new(cx, fn))) return NULL;
    acc__wait_again(cx, f, 1, l);
    return f;
}

/* lock.c: what condition.c needs of a lock. */
bool acc__lock_take(acc_lock *l);                                                /* at once, if that is fair */
void acc__lock_free(acc__thread *th, acc_lock *l);                               /* it is locked */
void acc__lock_woken(acc__thread *th, acc_lock *l, acc__waiter *w, bool failed); /* the end of a wait in its list */

/* condition.c, for barrier.c */
static inline acc_lock *acc__lock_of(acc_condition *c) { return c->lock ? c->lock : &c->own; }

#pragma GCC visibility push(default)
void acc_lock_acquire(acc_ctx *cx, acc_lock *l);
void acc_lock_release(acc_ctx *cx, acc_lock *l);
void acc_lock_aenter(acc_ctx *cx, acc_lock *l);
void acc_lock_aexit(acc_ctx *cx, acc_lock *l, const acc_error *error);
void acc_event_wait(acc_ctx *cx, acc_event *e);
void acc_condition_wait(acc_ctx *cx, acc_condition *c);
void acc_condition_notify(acc_ctx *cx, acc_condition *c, size_t n);
void acc_condition_notify_all(acc_ctx *cx, acc_condition *c);
void acc_condition_aenter(acc_ctx *cx, acc_condition *c);
void acc_condition_aexit(acc_ctx *cx, acc_condition *c, const acc_error *error);
void acc_semaphore_acquire(acc_ctx *cx, acc_semaphore *s);
void acc_semaphore_release(acc_ctx *cx, acc_semaphore *s);
void acc_semaphore_aenter(acc_ctx *cx, acc_semaphore *s);
void acc_semaphore_aexit(acc_ctx *cx, acc_semaphore *s, const acc_error *error);
int acc_barrier_wait(acc_ctx *cx, acc_barrier *b);
void acc_barrier_reset(acc_ctx *cx, acc_barrier *b);
void acc_barrier_abort(acc_ctx *cx, acc_barrier *b);
int acc_barrier_aenter(acc_ctx *cx, acc_barrier *b);
void acc_barrier_aexit(acc_ctx *cx, acc_barrier *b, const acc_error *error);
void acc_queue_task_done(acc_ctx *cx, acc__any_queue q);
void acc_queue_join(acc_ctx *cx, acc__any_queue q);
#pragma GCC visibility pop

#pragma GCC visibility pop
#endif
