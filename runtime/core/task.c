/* task.c: tasks: their making, their steps, what they wait for and their outcome.
 *
 * A pending task is in exactly one place:
 *     in the ready queue        on == NULL: new or yielding; on == s: woken by s, which is done
 *     waiting                   on == s, pending: the task is in s's list of waiters
 *     PARKED                    until acc__unpark or its timer
 *     running                   thread->current
 * Modelled on asyncio's Task: cancelling one that waits cancels what it waits for, and the wake-up that follows brings the
 * CancelledError; one that is parked is its own future, cancelled at once (THROW); any other gets MUST_CANCEL, thrown at
 * its next step.
 *
 * An outcome is taken by every wait that is pending when it comes, else by the first to ask. When a slot is done, `takers`
 * counts the pending waits; as long as there are any, or when it is TAKEN, it is stale for all others. `refs` counts the
 * nodes that still look at it; it goes with the last of them, if it is TAKEN or DETACHED. */
#include "drive.h"

/* ---- waiting and waking -------------------------------------------------------------------------------------------------- */

void acc__wait_remove(acc__slot *s, acc__node *n) {
    acc__node *p = s->waiters;
    if (!p) return;
    while (p->next != n) {
        p = p->next;
        if (p == s->waiters) return; /* not there */
    }
    if (p == n) {
        s->waiters = NULL;
        return;
    }
    p->next = n->next;
    if (s->waiters == n) s->waiters = p;
}

void acc__complete(acc__thread *th, acc__slot *s, unsigned state) {
    acc__node *last = acc__done(th, s, state);
    if (last) {
        acc__node *first = last->next, *n = first;
        for (;; n = n->next) {
            s->refs++;
            if (n->kind == ACC__TASK || n->flags & ACC__TAKES) s->takers++;
            n->urgent |= ACC__ANSWERED; /* of a task; nobody looks at another's */
            if (n == last) break;
        }
        acc__ready_list(th, first, last);
    } else if (s->n.flags & ACC__DETACHED) {
        acc__let_go(th, s);
    }
}

/* Names are few: they lie apart, in thread->names. */
static void name_free(acc__thread *th, acc__slot *s) {
    acc__name *n = &th->names[s->serial];
    uint32_t serial = n->serial;
    free(n->text);
    *n = (acc__name){NULL, th->name_free};
    th->name_free = s->serial;
    s->serial = serial;
    s->n.flags &= (uint16_t)~ACC__NAMED;
}

void acc__let_go(acc__thread *th, acc__slot *s) {
    if (s->n.state == ACC__FAILED && !(s->n.flags & (ACC__RETRIEVED | ACC__TAKEN)) &&
        !acc_error_is(s->error, &acc_error_type_CancelledError))
        acc__report(th, s);
    acc_error_drop(s->error);
    s->error = NULL;
    if (s->n.kind == ACC__GATHER) acc__gather_end(th, s);
    if (s->n.flags & ACC__NAMED) name_free(th, s);
    if (s->n.flags & ACC__SEPARATE) free(acc__data(s));
    acc__slot_free(th, s);
}

void acc__release(acc__thread *th, acc__slot *s, bool takes) {
    if (takes) s->takers--;
    if (--s->refs || !(s->n.flags & (ACC__TAKEN | ACC__DETACHED))) return;
    if (acc__likely(acc__plain(s))) acc__slot_free(th, s);
    else acc__let_go(th, s);
}

/* ---- taking -------------------------------------------------------------------------------------------------------------- */

uint32_t acc__result_size(acc__slot *s) {
    if (s->n.kind == ACC__GATHER) return 0;
    if (s->n.kind == ACC__FUTURE || (s->n.kind == ACC__TASK && s->n.state != ACC__PENDING)) return (uint32_t)s->size;
    return (*(acc_frame *)acc__data(s)).fn->result_size; /* the root frame is still there */
}

void acc__take(acc_ctx *cx, acc__slot *s, void *result, const acc_dest *dests) {
    s->n.flags |= ACC__TAKEN;
    if (s->n.state != ACC__DONE) {
        if (!s->error) acc__throw_error(cx, acc__cancelled_error(NULL));
        else acc__throw_error(cx, s->takers > 1 ? acc__error_clone(s->error) : acc_error_keep(s->error));
    } else if (s->n.kind == ACC__GATHER) {
        acc__gather_take(cx, s, dests);
    } else {
        if (result && s->size) acc__copy_value(result, acc__data(s), s->size);
    }
}

void acc__throw_stale(acc_ctx *cx, const void *handle) {
    if (handle == ACC__POISONED) acc__throw_memory(cx);
    else if (!handle) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "null handle");
    else if (acc__foreign(handle)) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "%s", acc__other_loop);
    else acc__throw(cx, &acc_error_type_InvalidStateError, 0, "stale handle: the outcome was taken already");
}

/* Is this await to wait though it need not? Every other time: the hostile mode's doing. */
static bool waits_first(acc__thread *th) {
    if (!th->hostile) return false;
    th->retried = !th->retried;
    return th->retried;
}

/* t is resumed, s being what it waited for: it takes the outcome. */
static void resumed(acc_ctx *cx, acc__slot *t, acc__slot *s, void *result, const acc_dest *dests, bool looks) {
    t->on = NULL;
    bool own = t->n.flags & ACC__PASSED_ON && s->n.state == ACC__CANCELLED && !(t->n.flags & ACC__DROP);
    t->n.urgent &= (uint8_t)~ACC__ANSWERED;
    t->n.flags &= (uint16_t)~(ACC__DROP | ACC__PASSED_ON | ACC__ASKS);
    if (own) /* its own cancellation: takes nothing. The error is shared: a copy at each of a million levels would be too many */
        acc__throw_error(cx, s->error ? acc_error_keep(s->error) : acc__cancelled_error(NULL));
    else if (!looks || s->n.state != ACC__DONE) acc__take(cx, s, result, dests);
    acc__release((acc__thread *)cx, s, true);
}

/* Is there nothing to wait for, or the wrong thing? */
static bool fails(acc_ctx *cx, void *handle, acc__slot *s) {
    if (!s || (s->n.state != ACC__PENDING && acc__spoken_for(s))) acc__throw_stale(cx, handle);
    else if (s == ((acc__thread *)cx)->current)
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Task cannot await on itself");
    else return false;
    return true;
}

void acc__await(acc_ctx *cx, void *handle, void *result, const acc_dest *dests, bool drops, bool looks) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find_task(th, handle), *t = th->current;
    if (s && t->on == s && s->n.state != ACC__PENDING) {
        resumed(cx, t, s, result, dests, looks);
    } else if (fails(cx, handle, s)) {
        return;
    } else if (s->n.state != ACC__PENDING) {
        if (acc__unlikely(cx->limit == UINTPTR_MAX) && waits_first(th)) {
            acc__suspend(cx, ACC__AT_ONCE);
            return;
        }
        if (looks && s->n.state == ACC__DONE) return;
        acc__take(cx, s, result, dests);
        if (!s->refs) acc__let_go(th, s);
    } else {
        th->target = s;
        th->how = ACC__ASKS | (drops || s->n.flags & ACC__NAMELESS ? ACC__DROP : 0);
        acc__suspend(cx, ACC__WAIT_AS);
    }
}

static __attribute__((noinline)) void await_task(acc_ctx *cx, void *handle, void *result) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = th->target = acc__find_task(th, handle);
    if (fails(cx, handle, s)) return;
    if (s->n.state == ACC__PENDING) {
        th->how = s->n.flags & ACC__NAMELESS ? ACC__DROP : 0;
        acc__suspend(cx, ACC__WAIT_AS);
    } else if (acc__unlikely(cx->limit == UINTPTR_MAX) && waits_first(th)) {
        acc__suspend(cx, ACC__TAKE);
    } else {
        acc__take_now(cx, result);
    }
}

/* Here what is usual: to begin to wait, or to find a value of the usual size. */
void acc_await_task(acc_ctx *cx, void *handle, void *result) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find(th, handle);
    if (acc__likely(s)) {
        if (acc__likely(acc__is_plain_pending(s) && s != th->current)) {
            th->target = s;
            acc__suspend(cx, ACC__WAIT);
            return;
        }
        if (acc__has_plain_value(s) && !s->refs && !(s->n.flags & ACC__TAKEN) && !th->keeps && s->size % 8 == 0 &&
            s->size <= 8) {
            if (result && s->size) memcpy(result, acc__payload(s), 8);
            acc__slot_free(th, s);
            return;
        }
    }
    await_task(cx, handle, result);
}

void acc__take_now(acc_ctx *cx, void *result) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = th->target;
    acc__take(cx, s, result, NULL);
    if (!s->refs) acc__let_go(th, s);
}

void acc_await_gather(acc_ctx *cx, void *gather, const acc_dest *dests) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *t = th->current, *s = t->on;
    if (t->n.urgent == ACC__ANSWERED && acc__handle(s) == gather && s->n.kind == ACC__GATHER && !th->hostile &&
        acc__gather_take_plain(th, s, dests)) {
        t->on = NULL;
        t->n.head = 0;
        t->n.flags &= (uint16_t)~(ACC__DROP | ACC__PASSED_ON | ACC__ASKS);
        return;
    }
    acc__await(cx, gather, NULL, dests, true, false);
}

void acc_abi_result(acc_ctx *cx, void *handle, void *result) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find_task(th, handle);
    if (!s || (s->n.state != ACC__PENDING && acc__spoken_for(s))) {
        acc__throw_stale(cx, handle);
    } else if (s->n.state == ACC__PENDING) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Result is not set.");
    } else {
        acc__take(cx, s, result, NULL);
        if (!s->refs) acc__let_go(th, s);
    }
}

/* ---- steps --------------------------------------------------------------------------------------------------------------- */

/* The task does not wait any more, and takes nothing. */
static void forsake(acc__thread *th, acc__slot *t) {
    acc__slot *s = t->on;
    t->on = NULL;
    t->n.urgent &= (uint8_t)~ACC__ANSWERED;
    t->n.flags &= (uint16_t)~(ACC__PASSED_ON | ACC__ASKS);
    if (!s) return;
    s->n.flags |= ACC__RETRIEVED;
    if (t->n.flags & ACC__DROP) s->n.flags |= ACC__DETACHED;
    t->n.flags &= (uint16_t)~ACC__DROP;
    acc__release(th, s, true);
}

static __attribute__((noinline)) void throw_cancelled(acc__thread *th, acc__slot *t) {
    const acc_error *e = t->error, *own = t->on ? t->on->error : NULL;
    t->error = NULL;
    if (t->on && (t->on->n.state == ACC__CANCELLED || acc_error_is(own, &acc_error_type_CancelledError))) {
        acc_error_drop(e); /* what it waited for brings a CancelledError already */
        e = acc_error_keep(own);
    }
    forsake(th, t);
    t->n.urgent &= (uint8_t)~(ACC__MUST_CANCEL | ACC__THROW);
    acc__throw_error(&th->cx, e ? e : acc__cancelled_error(NULL));
}

static void task_end(acc__thread *th, acc__slot *t, uint32_t size) {
    unsigned state = ACC__DONE;
    if (t->on) forsake(th, t);
    if (th->cx.signal) {
        acc_error_drop(t->error);
        t->error = th->cx.error;
        th->cx.error = NULL;
        state = acc_error_is(t->error, &acc_error_type_CancelledError) ? ACC__CANCELLED : ACC__FAILED;
    } else if (t->n.urgent & ACC__MUST_CANCEL) { /* right before it ended */
        state = ACC__CANCELLED;
    }
    t->n.urgent &= (uint8_t)~(ACC__MUST_CANCEL | ACC__THROW);
    t->size = size;
    acc__complete(th, t, state);
}

/* The task has suspended: does what its leaf wants. False: it failed, and the leaf is to be resumed with the error. */
static bool task_suspend(acc__thread *th, acc__slot *t) {
    acc_ctx *cx = &th->cx;
    uintptr_t intent = cx->intent;
    acc__quiet(cx);
    t->leaf = cx->leaf.parent;
    th->io_task = NULL;
    if (acc__unlikely(t->on)) forsake(th, t);
    switch (intent) {
        case ACC__WAIT:
        case ACC__WAIT_AS: {
            acc__slot *s = th->target;
            acc__task_wait(th, t, s);
            if (intent == ACC__WAIT_AS) t->n.flags |= th->how;
            if (acc__unlikely(t->n.urgent & ACC__MUST_CANCEL)) {
                const acc_error *why = t->error;
                t->error = NULL;
                t->n.urgent &= (uint8_t)~ACC__MUST_CANCEL;
                if (!acc__cancel(th, s, why ? why->message : NULL)) {
                    t->n.urgent |= ACC__MUST_CANCEL;
                    t->error = why;
                } else {
                    t->n.flags |= ACC__PASSED_ON;
                    acc_error_drop(why);
                }
            }
            return true;
        }
        case ACC__PARK:
            if (acc__unlikely(t->n.urgent & ACC__MUST_CANCEL)) {
                t->n.urgent ^= ACC__MUST_CANCEL | ACC__THROW;
                acc__ready(th, &t->n);
                return true;
            }
            t->order = 0;
            if (th->deadline != ACC__NEVER && !(t->park = acc__timer_add(th, t->index, th->deadline))) {
                t->order = 0;
                acc__throw_memory(cx);
                return false;
            }
            t->n.flags |= ACC__PARKED;
            return true;
        default: acc__ready(th, &t->n); return true;
    }
}

void acc__task_stepped(acc__thread *th, acc__slot *t, bool done, uint32_t size) {
    for (;;) {
        if (done) {
            task_end(th, t, size);
            return;
        }
        if (acc__likely(task_suspend(th, t))) return;
        done = acc__drive(th, t->leaf, &size);
    }
}

void acc__task_step(acc__thread *th, acc__slot *t) {
    acc__slot *outer = th->current;
    th->current = t;
    acc__quiet(&th->cx);
    if (acc__unlikely(t->n.urgent & (ACC__MUST_CANCEL | ACC__THROW))) throw_cancelled(th, t);
    else if (t->n.urgent & ACC__ANSWERED && !(t->n.flags & ACC__ASKS))
        resumed(&th->cx, t, t->on, t->place ? (char *)t->leaf + t->place : NULL, NULL, false);
    uint32_t size = 0;
    bool done = acc__drive(th, t->leaf, &size);
    acc__task_stepped(th, t, done, size);
    th->current = outer;
    acc__quiet(&th->cx);
}

/* ---- making tasks -------------------------------------------------------------------------------------------------------- */

acc__slot *acc__find_coro(acc_ctx *cx, void *coro) {
    if (cx->signal) return NULL; /* there is none: acc_abi_as_coro has thrown */
    acc__slot *s = acc__find(acc__of(cx), coro);
    if (s && s->n.kind == ACC__CORO) return s;
    if (coro == ACC__POISONED) acc__throw_memory(cx);
    else if (!coro) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "null coroutine");
    else acc__throw(cx, &acc_error_type_InvalidStateError, 0, "cannot reuse already awaited coroutine");
    return NULL;
}

void *acc_abi_nameless(void *handle) {
    acc__slot *s = acc__find_task(acc__self(), handle);
    if (s) s->n.flags |= ACC__NAMELESS;
    return handle;
}

bool acc__need_loop(acc_ctx *cx) {
    if (acc__of(cx)->loop) return true;
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "no running event loop");
    return false;
}

static __attribute__((noinline)) void *create_task(acc_ctx *cx, void *coro) {
    acc__slot *s = acc__need_loop(cx) ? acc__find_coro(cx, coro) : NULL;
    return s ? acc__handle(acc__task_start((acc__thread *)cx, s, true)) : NULL;
}

void *acc_abi_create_task(acc_ctx *cx, void *coro) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find(th, coro);
    if (acc__unlikely(!s || s->n.kind != ACC__CORO || cx->signal || !th->loop)) return create_task(cx, coro);
    return acc__handle(acc__task_start(th, s, true));
}

void acc_abi_create_task_detached(acc_ctx *cx, void *coro) {
    acc__slot *s = acc__need_loop(cx) ? acc__find_coro(cx, coro) : NULL;
    if (s) acc__task_start((acc__thread *)cx, s, true)->n.flags |= ACC__DETACHED;
}

void *acc_abi_create_task_eager(acc_ctx *cx, void *coro) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__need_loop(cx) ? acc__find_coro(cx, coro) : NULL;
    if (!s) return NULL;
    bool deep = acc_stack_pointer() < th->stack_floor; /* no room to run: as any other task */
    acc__task_start(th, s, deep);
    void *handle = acc__handle(s);
    if (!deep) acc__task_step(th, s);
    return handle;
}
