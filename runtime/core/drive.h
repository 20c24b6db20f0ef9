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
            uintptr_t intent = cx->intent;
            if (acc__likely(intent == ACC__YIELD || intent > ACC__TAKE)) return false;
            f = cx->leaf.parent;
            acc__quiet(cx);
            if (intent == ACC__STARVED) acc__throw_memory(cx);
            else if (intent == ACC__TAKE) acc__take_now(cx, cx->leaf.result ? (char *)f + cx->leaf.result : NULL);
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

/* t waits for s. */
static inline void acc__task_wait(acc__thread *th, acc__slot *t, acc__slot *s) {
    t->on = s;
    t->place = th->cx.leaf.result;
    acc__wait_add(s, &t->n);
}

/* The task has suspended. False: it is left to acc__task_stepped. */
static inline bool acc__task_waits(acc__thread *th, acc__slot *t) {
    acc_ctx *cx = &th->cx;
    if (acc__unlikely(t->leaf != cx->leaf.parent)) t->leaf = cx->leaf.parent; /* a store costs more than to look */
    if (acc__likely(cx->intent == ACC__YIELD)) { /* whatever was asked of it meanwhile, it stands in the queue */
        acc__ready(th, &t->n);
        return true;
    }
    if (acc__unlikely(t->n.head)) return false;
    if (acc__unlikely(th->io_task != NULL)) th->io_task = NULL;
    if (acc__likely(cx->intent == ACC__WAIT)) {
        acc__task_wait(th, t, th->target);
        return true;
    }
    if (cx->intent == ACC__WAIT_AS) {
        t->n.flags |= th->how;
        acc__task_wait(th, t, th->target);
        return true;
    }
    if (cx->intent != ACC__PARK) return false;
    if (th->deadline != ACC__NEVER && acc__unlikely(!(t->park = acc__timer_add(th, t->index, th->deadline)))) return false;
    t->n.flags |= ACC__PARKED;
    return true;
}

/* It is done, and nothing was thrown: nobody waits for it yet, or one task does. False: there is more to it. */
static inline bool acc__task_ends(acc__thread *th, acc__slot *t, uint32_t size) {
    const acc__node done = {.state = ACC__DONE}, answered = {.urgent = ACC__ANSWERED}; /* stored as what is loaded next */
    acc__node *waiter = t->waiters;
    if (acc__unlikely(t->n.head)) return false;
    if (!waiter) {
        if (t->n.flags & ACC__DETACHED) return false;
        t->size = size;
        t->n.word |= done.word;
        t->refs = t->takers = 0;
        return true;
    }
    if (acc__unlikely(waiter->next != waiter) || acc__unlikely(waiter->kind != ACC__TASK && !(waiter->flags & ACC__TAKES)))
        return false;
    t->size = size;
    t->n.word |= done.word;
    t->refs = t->takers = 1;
    waiter->head |= answered.head;
    acc__ready(th, waiter);
    return true;
}

/* What it waited for is done: it is given the value. False: there is more to it, which is left to acc__task_step. */
static inline bool acc__task_woken(acc__thread *th, acc__slot *t) {
    if (acc__unlikely(t->n.urgent != ACC__ANSWERED || t->n.kind != ACC__TASK)) return false;
    if (acc__unlikely(t->n.flags & (ACC__ASKS | ACC__DROP | ACC__PASSED_ON))) return t->n.flags & ACC__ASKS;
    acc__slot *s = t->on;
    if (acc__unlikely(!acc__has_plain_value(s)) || acc__unlikely(s->refs != 1)) return false;
    t->on = NULL;
    t->n.head = 0;
    if (t->place) acc__copy_value((char *)t->leaf + t->place, acc__payload(s), s->size);
    acc__slot_free(th, s);
    return true;
}

/* A step of the loop, of a task that has only to go on: as acc__task_step, but what is usual is done at once: callees that are done, to
 * yield, to wait for one thing or for an acc__unpark, to end with a value for one that takes it. The caller sees to it that current and
 * signal are NULL at last. */
static inline __attribute__((always_inline)) void acc__task_turn(acc__thread *th, acc__slot *t) {
    acc_ctx *cx = &th->cx;
    acc_frame *f = t->leaf;
    const acc_fn *fn = f->fn;
    th->current = t;
    acc__quiet(cx);
    fn->step(cx, f);
    if (acc__likely((uintptr_t)cx->signal > (uintptr_t)ACC_FAILED) && acc__task_waits(th, t)) return;
    if (acc__likely(!cx->signal && f == acc__payload(t)) && acc__task_ends(th, t, fn->result_size)) return;
    uint32_t size = 0; /* the root's head is where the result is now */
    bool done = acc__driven(th, f, fn, f == acc__data(t) ? ACC_FRAME_ROOT : f->up.flags, &size);
    if (done ? !cx->signal && acc__task_ends(th, t, size) : acc__task_waits(th, t)) return;
    acc__task_stepped(th, t, done, size);
}

#endif
