/* callback.c: acc_call_soon and its kin. A scheduled callback is a slot, so that its handle is found out when stale.
 *
 * Callbacks from other threads: their slots belong to no thread's slabs but to acc__shared, under a lock, and they come to
 * the loop through its `remote` queue. Called from the loop's own thread, acc_call_soon_threadsafe is acc_call_soon, as in
 * asyncio, order included. */
#include "internal.h"
#include <math.h>

static const acc_handle no_handle = {0, 0};

static acc__slot *call_new(acc_ctx *cx, void (*fn)(void *), void *arg) {
    if (!acc__need_loop(cx)) return NULL;
    acc__slot *s = acc__slot_new(acc__of(cx), 0, ACC__CALL);
    if (!s) {
        acc__throw_memory(cx);
        return NULL;
    }
    s->fn = fn;
    s->arg = arg;
    return s;
}

acc_handle acc_call_soon(acc_ctx *cx, void (*fn)(void *), void *arg) {
    acc__slot *s = call_new(cx, fn, arg);
    if (!s) return no_handle;
    acc__ready(acc__of(cx), &s->n);
    return (acc_handle){s->index, s->generation};
}

acc_handle acc__call_at(acc_ctx *cx, int64_t deadline, void (*fn)(void *), void *arg) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = call_new(cx, fn, arg);
    if (!s) return no_handle;
    if (!(s->timer = acc__timer_add(th, s->index, deadline))) {
        acc__slot_free(th, s);
        acc__throw_memory(cx);
        return no_handle;
    }
    return (acc_handle){s->index, s->generation};
}

acc_handle acc_call_later(acc_ctx *cx, double delay, void (*fn)(void *), void *arg) {
    if (isnan(delay)) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid delay: NaN (not a number)");
        return no_handle;
    }
    if (delay <= 0) acc__look(acc__of(cx));
    return acc__call_at(cx, acc__deadline(delay), fn, arg);
}

acc_handle acc_call_at(acc_ctx *cx, double when, void (*fn)(void *), void *arg) {
    if (isnan(when)) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid time: NaN (not a number)");
        return no_handle;
    }
    int64_t deadline = acc__time_at(when);
    if (deadline <= acc__now()) acc__look(acc__of(cx));
    return acc__call_at(cx, deadline, fn, arg);
}

/* The slot of a callback and its owner, which is locked if it is the shared one. */
static acc__slot *find_call(acc_handle h, acc__thread **owner) {
    void *handle = (void *)(uintptr_t)((uint64_t)h.generation << 32 | h.index);
    acc__slot *s = acc__find(*owner = acc__self(), handle);
    if (s) return s->n.kind == ACC__CALL ? s : NULL;
    pthread_mutex_lock(&acc__shared_lock);
    if ((s = acc__find(*owner = &acc__shared, handle))) return s;
    pthread_mutex_unlock(&acc__shared_lock);
    return NULL;
}

static void find_end(acc__thread *owner) {
    if (owner == &acc__shared) pthread_mutex_unlock(&acc__shared_lock);
}

void acc_handle_cancel(acc_handle h) {
    acc__thread *owner;
    acc__slot *s = find_call(h, &owner);
    if (!s) return;
    if (s->timer) {
        s->timer = 0;
        acc__timer_dead(owner);
        acc__slot_free(owner, s);
    } else { /* it stands in a queue: gone when its turn comes */
        s->generation++;
        s->n.flags |= ACC__DEAD;
    }
    find_end(owner);
}

bool acc_handle_cancelled(acc_handle h) {
    acc__thread *owner;
    if (!find_call(h, &owner)) return true;
    find_end(owner);
    return false;
}

void acc__call_run(acc__thread *th, acc__slot *s) {
    bool shared = acc__chunks[s->index >> ACC__CHUNK_BITS]->owner != th;
    void (*fn)(void *) = s->fn;
    void *arg = s->arg;
    if (shared) pthread_mutex_lock(&acc__shared_lock);
    bool dead = s->n.flags & ACC__DEAD;
    acc__slot_free(shared ? &acc__shared : th, s);
    if (shared) pthread_mutex_unlock(&acc__shared_lock);
    if (!dead) fn(arg);
}

acc_handle acc_call_soon_threadsafe(acc_ctx *cx, acc_loop *loop, void (*fn)(void *), void *arg) {
    acc__thread *th = acc__of(cx);
    if (loop && loop == th->loop) return acc_call_soon(cx, fn, arg);
    acc_handle h = no_handle;
    bool open = false, memory = true;
    if (loop) {
        pthread_mutex_lock(&loop->lock);
        open = loop->open;
        if (open) {
            pthread_mutex_lock(&acc__shared_lock);
            acc__slot *s = acc__slot_new(&acc__shared, 0, ACC__CALL);
            if (s) {
                s->fn = fn;
                s->arg = arg;
                h = (acc_handle){s->index, s->generation};
                acc__push(&loop->remote, &s->n);
            }
            memory = s;
            pthread_mutex_unlock(&acc__shared_lock);
            if (memory) acc__loop_wake(loop);
        }
        pthread_mutex_unlock(&loop->lock);
    }
    if (!open) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Event loop is closed");
    else if (!memory) acc__throw_memory(cx);
    return h;
}
