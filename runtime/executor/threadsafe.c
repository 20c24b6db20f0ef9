/* threadsafe.c: a coroutine that another thread hands to a loop: acc_run_coroutine_threadsafe, and what comes of it.
 *
 * A coroutine lies in a slot of the thread that made it. So it is packed: its frame, which has not begun and points nowhere into
 * itself (but to its own acc_fn, perhaps), is copied, its slot freed; the loop's thread makes it anew in one of its own slots, and
 * starts it as a task. A coroutine that holds another one (acc_wait_for) is packed with it.
 *
 *     crossing    between the two threads: in the loop's queue, then in its list until the task has ended; the outcome
 *
 * The user's handle is a slot of acc__shared that points to the crossing. Whoever holds a crossing counts; the outcome is under
 * its lock. */
#include "executor.h"
#include <errno.h>
#include <math.h>
#include <time.h>

typedef struct part {   /* a coroutine on its way */
    struct part *inner; /* that it holds */
    size_t size;
    char *bytes;
} part;

typedef struct acc__crossing crossing;
struct acc__crossing {
    acc__hook arrival;          /* first: in the loop's queue */
    acc__hook ended, cancelled; /* the task has, is to be */
    crossing *next, *previous;  /* of the loop's */
    acc_loop *loop;
    part *part;
    void *task; /* its handle, in the loop's thread */
    bool detached, cancels;
    int holders; /* atomic */
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool over; /* under lock, as what follows */
    const acc_error *error;
    size_t size;
    char *value;
};

/* ---- packing --------------------------------------------------------------------------------------------------------------- */

static void part_free(part *p) {
    for (part *inner; p; p = inner) {
        inner = p->inner;
        free(p->bytes);
        free(p);
    }
}

/* NULL: thrown. */
static part *pack(acc_ctx *cx, acc__slot *s) {
    acc__thread *th = acc__of(cx);
    part *first = NULL, **to = &first;
    for (;;) {
        const acc_fn *fn = s->leaf->fn;
        part *p = *to = acc__malloc(sizeof *p);
        if (p) {
            *p = (part){.size = fn->frame_size};
            p->bytes = fn->frame_align > 16 ? acc__aligned(fn->frame_align, p->size) : acc__malloc(p->size);
        }
        if (!p || !p->bytes) {
            part_free(first);
            acc__throw_memory(cx);
            return NULL;
        }
        memcpy(p->bytes, s->leaf, p->size);
        const char *at = (const char *)fn, *frame = (const char *)s->leaf; /* its own acc_fn moves with it */
        if (at > frame && at < frame + p->size) ((acc_frame *)p->bytes)->fn = (const acc_fn *)(p->bytes + (at - frame));
        if (!(s->n.flags & ACC__WRAPS)) return first;
        void *inner = acc__wrapped(s);
        if (!(s = acc__find(th, inner)) || s->n.kind != ACC__CORO) {
            part_free(first);
            if (inner == ACC__POISONED) acc__throw_memory(cx);
            else acc__throw(cx, &acc_error_type_InvalidStateError, 0, "what is waited for belongs to another thread");
            return NULL;
        }
        to = &p->inner;
    }
}

/* It is packed: its slot is free, without any cleanup. */
static void leave(acc__thread *th, acc__slot *s) {
    if (s->n.flags & ACC__WRAPS) leave(th, acc__find(th, acc__wrapped(s)));
    if (s->n.flags & ACC__SEPARATE) free(acc__data(s));
    acc__slot_free(th, s);
}

/* The coroutine in this thread; NULL: out of memory. */
static acc__slot *unpack(acc__thread *th, const part *p) {
    acc__slot *inner = p->inner ? unpack(th, p->inner) : NULL;
    if (p->inner && !inner) return NULL;
    const acc_frame *from = (const acc_frame *)p->bytes;
    acc_frame *f = acc_enter(&th->cold, from->fn);
    acc__slot *s = th->made;
    th->made = NULL;
    if (!f) {
        if (inner) acc__coro_free(th, inner);
        return NULL;
    }
    acc_link up = f->up;
    memcpy(f, from, p->size);
    up.state = from->up.state;
    f->up = up;
    const char *at = (const char *)from->fn;
    if (at > p->bytes && at < p->bytes + p->size) f->fn = (const acc_fn *)((char *)f + (at - p->bytes));
    if (inner) {
        s->n.flags |= ACC__WRAPS;
        acc__wrap(s, acc__handle(inner));
    }
    return s;
}

/* ---- crossings -------------------------------------------------------------------------------------------------------------- */

static void let_go(crossing *c) {
    if (__atomic_sub_fetch(&c->holders, 1, __ATOMIC_ACQ_REL)) return;
    part_free(c->part);
    acc_error_drop(c->error);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->done);
    free(c->value);
    free(c);
}

/* It is over; error: this reference, or NULL. The loop lets go of it. */
static void settle(crossing *c, const acc_error *error) {
    pthread_mutex_lock(&c->lock);
    c->error = error;
    c->over = true;
    pthread_cond_broadcast(&c->done);
    pthread_mutex_unlock(&c->lock);
    let_go(c);
}

static void leave_list(crossing *c) {
    if (c->previous) c->previous->next = c->next;
    else c->loop->crossings = c->next;
    if (c->next) c->next->previous = c->previous;
}

static void task_ended(acc__thread *th, acc__hook *h) {
    crossing *c = (crossing *)((char *)h - offsetof(crossing, ended));
    acc__slot *s = h->target;
    const acc_error *error = NULL;
    s->n.flags |= ACC__TAKEN | ACC__RETRIEVED;
    if (s->n.state != ACC__DONE) error = s->error ? acc__error_clone(s->error) : acc__cancelled_error(NULL);
    else if (c->size) memcpy(c->value, acc__data(s), c->size);
    acc__release(th, s, true);
    leave_list(c);
    settle(c, error);
}

static void arrived(acc__thread *th, acc__hook *h) {
    crossing *c = (crossing *)h;
    if (!c->loop->open) { /* it ended before that */
        settle(c, acc__cancelled_error(NULL));
        return;
    }
    acc__slot *s = unpack(th, c->part);
    part_free(c->part);
    c->part = NULL;
    if (!s) {
        settle(c, acc__error_new(&acc_error_type_MemoryError, 0, NULL));
        return;
    }
    acc__task_start(th, s, true);
    if (c->detached) {
        s->n.flags |= ACC__DETACHED;
        settle(c, NULL);
        return;
    }
    c->task = acc__handle(s);
    c->ended = (acc__hook){.n = {.kind = ACC__HOOK, .flags = ACC__TAKES}, .run = task_ended, .target = s};
    acc__wait_add(s, &c->ended.n);
    c->previous = NULL;
    c->next = th->loop->crossings;
    if (c->next) c->next->previous = c;
    th->loop->crossings = c;
}

static void cancel_arrived(acc__thread *th, acc__hook *h) {
    crossing *c = (crossing *)((char *)h - offsetof(crossing, cancelled));
    if (c->loop->open && c->task) acc_cancel((acc__any_task)c->task);
    (void)th;
    let_go(c);
}

/* The loop ends, and its tasks are gone: nobody will hear of those that would not end. */
void acc__crossings_end(acc_loop *l) {
    for (crossing *c; (c = l->crossings);) {
        leave_list(c);
        settle(c, acc__cancelled_error(NULL));
    }
}

/* ---- what users call --------------------------------------------------------------------------------------------------------- */

static crossing *crossing_new(size_t size, size_t align) {
    crossing *c = acc__malloc(sizeof *c);
    if (!c) return NULL;
    *c = (crossing){.arrival = {.n.kind = ACC__HOOK, .run = arrived},
                    .cancelled = {.n.kind = ACC__HOOK, .run = cancel_arrived},
                    .holders = 1,
                    .size = size};
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->done, &clock);
    pthread_condattr_destroy(&clock);
    if (size && !(c->value = align > 16 ? acc__aligned(align, size) : acc__malloc(size))) {
        let_go(c);
        return NULL;
    }
    return c;
}

/* Into the loop's queue; false: it is closed. */
static bool post(acc_loop *l, acc__hook *h) {
    pthread_mutex_lock(&l->lock);
    bool open = l->open;
    if (open) {
        acc__push(&l->remote, &h->n);
        acc__loop_wake(l);
    }
    pthread_mutex_unlock(&l->lock);
    return open;
}

static void *handle_new(crossing *c) {
    void *handle = NULL;
    pthread_mutex_lock(&acc__shared_lock);
    acc__slot *s = acc__slot_new(&acc__shared, sizeof c, ACC__CROSSING);
    if (s) {
        *(crossing **)acc__payload(s) = c;
        handle = acc__handle(s);
        c->holders++;
    }
    pthread_mutex_unlock(&acc__shared_lock);
    return handle;
}

/* Held; NULL where the handle is stale. take: it is, from now on. */
static crossing *find(void *handle, bool take) {
    crossing *c = NULL;
    pthread_mutex_lock(&acc__shared_lock);
    acc__slot *s = acc__find(&acc__shared, handle);
    if (s && s->n.kind == ACC__CROSSING) {
        c = *(crossing **)acc__payload(s);
        if (take) acc__slot_free(&acc__shared, s); /* the handle's hold is the caller's */
        else __atomic_add_fetch(&c->holders, 1, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&acc__shared_lock);
    return c;
}

void *acc_abi_run_coroutine_threadsafe(acc_ctx *cx, acc_loop *loop, void *coro, bool detached) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = acc__find_coro(cx, coro);
    if (!s) return NULL;
    const acc_fn *fn = s->leaf->fn;
    part *p = pack(cx, s);
    crossing *c = p ? crossing_new(detached ? 0 : fn->result_size, fn->frame_align) : NULL;
    void *handle = c && !detached ? handle_new(c) : NULL;
    if (p && (!c || (!handle && !detached))) acc__throw_memory(cx);
    if (p) leave(th, s);
    else acc__coro_free(th, s);
    if (cx->signal) {
        if (c) c->part = p, let_go(c);
        else part_free(p);
        return NULL;
    }
    c->part = p;
    c->loop = loop;
    c->detached = detached;
    if (loop && post(loop, &c->arrival)) return handle;
    if (handle) let_go(find(handle, true));
    let_go(c);
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Event loop is closed");
    return NULL;
}

/* Waits until it is over; false: it is not, by then. */
static bool wait_until(crossing *c, double seconds) {
    struct timespec end;
    bool ever = seconds > 1e9;
    if (!ever) {
        int64_t at = acc__deadline(seconds < 0 ? 0 : seconds);
        end = (struct timespec){at / 1000000000, at % 1000000000};
    }
    pthread_mutex_lock(&c->lock);
    while (!c->over)
        if (ever) pthread_cond_wait(&c->done, &c->lock);
        else if (pthread_cond_timedwait(&c->done, &c->lock, &end) == ETIMEDOUT) break;
    bool over = c->over;
    pthread_mutex_unlock(&c->lock);
    return over;
}

void acc_abi_thread_result(acc_ctx *cx, void *handle, double seconds, void *result) {
    crossing *c = find(handle, false);
    if (!c) {
        acc__throw_stale(cx, handle);
        return;
    }
    bool own = c->loop == acc__of(cx)->loop, over = false;
    if (isnan(seconds)) acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid time: NaN (not a number)");
    else if (!(over = wait_until(c, own ? 0 : seconds)))
        acc__throw(cx, own ? &acc_error_type_InvalidStateError : &acc_error_type_TimeoutError, 0,
                   own ? "the loop cannot wait for itself" : NULL);
    if (over) {
        if (find(handle, true)) let_go(c); /* else another thread that waited, too, was before us */
        if (c->error) acc__throw_error(cx, acc__error_clone(c->error));
        else if (result && c->size) memcpy(result, c->value, c->size);
    }
    let_go(c);
}

bool acc_thread_done(acc__any_thread_future f) {
    crossing *c = find((void *)f, false);
    if (!c) return true;
    pthread_mutex_lock(&c->lock);
    bool over = c->over;
    pthread_mutex_unlock(&c->lock);
    let_go(c);
    return over;
}

bool acc_thread_cancel(acc__any_thread_future f) {
    crossing *c = find((void *)f, false);
    if (!c) return false;
    pthread_mutex_lock(&c->lock);
    bool over = c->over, first = !over && !c->cancels;
    c->cancels |= !over;
    pthread_mutex_unlock(&c->lock);
    if (!first || !post(c->loop, &c->cancelled)) let_go(c); /* else that comes with our hold */
    return !over;
}

const acc_error *acc_c_run_coroutine_threadsafe(void *out, acc_loop *loop, acc__any_coro c) {
    acc_ctx *cx = acc_thread_ctx();
    void *handle = acc_abi_run_coroutine_threadsafe(cx, loop, (void *)c, !out);
    if (out) *(void **)out = handle;
    return cx->signal ? acc_abi_catch(cx) : NULL;
}

const acc_error *acc_c_thread_result(acc__any_thread_future f, double timeout, void *result) {
    acc_ctx *cx = acc_thread_ctx();
    acc_abi_thread_result(cx, (void *)f, timeout, result);
    return cx->signal ? acc_abi_catch(cx) : NULL;
}
