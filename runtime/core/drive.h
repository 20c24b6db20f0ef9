/* drive.h: the trampoline. Inline, for its two users: a task's step, and the unwinding of callees when memory has run out. */
#ifndef ACC_CORE_DRIVE_H
#define ACC_CORE_DRIVE_H

#include "internal.h"

/* A frame is stepped with signal NULL, or ACC_FAILED where it is to be resumed with the context's error. */

/* f, of fn and with flags that were read before, has been stepped: goes on with its callers, as long as they are done or have
 * failed. False: suspended; the leaf is cx.leaf.parent, its intent cx.intent. True: the root frame, or one marked
 * STOP, is done or has failed; *size is its result's size. A root's result may overwrite its frame. */
static inline bool acc__driven(acc__thread *th, acc_frame *f, const acc_fn *fn, unsigned flags, uint32_t *size) {
    acc_ctx *cx = &th->cx;
    for (;;) {
        acc_link *signal = cx->signal;
        if (signal && signal != ACC_FAILED) {
            if (acc__likely(th->cx.intent > ACC__STARVED)) return false;
            if (th->cx.intent == ACC__STARVED) acc__throw_memory(cx);
            else cx->signal = NULL;
            th->cx.intent = ACC__NOTHING;
            f = cx->leaf.parent;
        } else if (flags & (ACC_FRAME_ROOT | ACC__FRAME_STOP)) {
            *size = fn->result_size;
            return true;
        } else {
            acc_frame *parent = f->up.parent;
            acc__frame_end(th, f, flags);
            f = parent;
        }
        fn = f->fn;
        flags = f->up.flags;
        if (acc__likely(!cx->signal || f->up.state != ACC_STATE_START)) /* failed before it began: the body never runs */
            fn->step(cx, f);
    }
}

/* Steps f and then its callers. */
static inline bool acc__drive(acc__thread *th, acc_frame *f, uint32_t *size) {
    const acc_fn *fn = f->fn;
    unsigned flags = f->up.flags;
    if (acc__likely(!th->cx.signal || f->up.state != ACC_STATE_START)) fn->step(&th->cx, f);
    return acc__driven(th, f, fn, flags, size);
}

/* Has it ended its last wait, and is nothing thrown into it? */
static inline bool acc__task_plain(const acc__slot *t) {
    return acc__likely(!t->on && !(t->n.flags & (ACC__MUST_CANCEL | ACC__THROW)));
}

/* The task has suspended. False: it is left to acc__task_stepped. */
static inline bool acc__task_waits(acc__thread *th, acc__slot *t) {
    acc_ctx *cx = &th->cx;
    if (acc__likely(cx->intent == ACC__YIELD && !t->on)) { /* whatever was asked of it meanwhile, it stands in the queue */
        t->leaf = cx->leaf.parent;
        acc__push(&th->ready, &t->n);
        return true;
    }
    if (!acc__task_plain(t)) return false;
    if (cx->intent == ACC__WAIT) {
        acc__slot *s = th->target;
        t->leaf = cx->leaf.parent;
        t->on = s;
        if (acc__unlikely(th->how & ACC__DROPS || s->n.flags & ACC__NAMELESS)) t->n.flags |= ACC__DROP;
        acc__wait_add(s, &t->n);
        return true;
    }
    if (cx->intent == ACC__PARK) {
        if (th->deadline != ACC__NEVER && acc__unlikely(!(t->park = acc__timer_add(th, t->index, th->deadline))))
            return false;
        t->leaf = cx->leaf.parent;
        t->n.flags |= ACC__PARKED;
        return true;
    }
    return false;
}

/* It is done. */
static inline bool acc__task_ends(acc__thread *th, acc__slot *t, uint32_t size) {
    if (!acc__task_plain(t) || th->cx.signal || !t->waiters || t->waiters->next != t->waiters ||
        !(t->waiters->kind == ACC__TASK || t->waiters->flags & ACC__TAKES))
        return false;
    t->size = size;
    acc__node *waiter = acc__done(th, t, ACC__DONE);
    t->refs = t->takers = 1;
    acc__push(&th->ready, waiter);
    return true;
}

/* A step of the loop: as acc__task_step, but what is usual is done at once: callees that are done, to yield, to wait for one thing
 * or for an acc__unpark, to end with a value for one that takes it. The caller sees to it that current and signal are NULL at
 * last. */
static inline __attribute__((always_inline)) void acc__task_turn(acc__thread *th, acc__slot *t) {
    acc_ctx *cx = &th->cx;
    if (acc__unlikely(t->n.flags & (ACC__MUST_CANCEL | ACC__THROW))) {
        acc__task_step(th, t);
        return;
    }
    acc_frame *f = t->leaf;
    const acc_fn *fn = f->fn;
    unsigned flags = f->up.flags;
    uint32_t size = 0;
    bool done = false;
    th->current = t;
    cx->signal = NULL;
    fn->step(cx, f);
    if (acc__likely((uintptr_t)cx->signal > (uintptr_t)ACC_FAILED) && acc__task_waits(th, t)) return;
    done = acc__driven(th, f, fn, flags, &size);
    if (done ? acc__task_ends(th, t, size) : acc__task_waits(th, t)) return;
    acc__task_stepped(th, t, done, size);
}

#endif
