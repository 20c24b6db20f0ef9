/* shield.c: acc_shield(awaitable): a future that takes what comes of a task, but does not pass a cancellation on to it.
 *
 * Two hooks, as asyncio has two callbacks: one waits for the inner one and hands its outcome on, a copy, so that it is not
 * taken; one waits for the outer one and takes the first hook back. */
#include "internal.h"

typedef struct shield {
    acc__block block;
    acc__hook inner, outer;
    void *handle;      /* of the outer one */
    bool inner_linked; /* in the list of waiters, or in the ready queue */
    bool outer_linked;
} shield;

static shield *of_inner(acc__hook *h) { return (shield *)((char *)h - offsetof(shield, inner)); }
static shield *of_outer(acc__hook *h) { return (shield *)((char *)h - offsetof(shield, outer)); }

static void settle(acc__thread *th, shield *x) {
    if (!x->inner_linked && !x->outer_linked) acc__block_free(th, x);
}

/* The outcome of s, which is done, becomes that of o. */
static void hand_on(acc__thread *th, acc__slot *s, acc__slot *o) {
    if (s->n.state == ACC__DONE) {
        if (s->n.kind == ACC__GATHER) acc__gather_copy(s, NULL);
        else if (o->size) memcpy(acc__data(o), acc__data(s), o->size);
    } else {
        s->n.flags |= ACC__RETRIEVED;
        if (s->n.state == ACC__FAILED) o->error = acc__error_clone(s->error); /* asyncio: a cancellation's message is lost */
    }
    acc__complete(th, o, s->n.state);
}

static void inner_done(acc__thread *th, acc__hook *h) {
    shield *x = of_inner(h);
    acc__slot *s = h->target, *o = acc__find(th, x->handle);
    if (o && o->n.state == ACC__PENDING) hand_on(th, s, o);
    else s->n.flags |= ACC__RETRIEVED;
    x->inner_linked = false;
    acc__release(th, s, false);
    settle(th, x);
}

static void outer_done(acc__thread *th, acc__hook *h) {
    shield *x = of_outer(h);
    if (x->inner_linked && x->inner.target->n.state == ACC__PENDING) {
        acc__wait_remove(x->inner.target, &x->inner.n);
        x->inner_linked = false;
    }
    x->outer_linked = false;
    acc__release(th, h->target, false);
    settle(th, x);
}

void *acc_abi_shield(acc_ctx *cx, void *awaitable) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    acc__slot *s = acc__find(th, awaitable);
    bool coro = s && s->n.kind == ACC__CORO;
    if (!coro && (!(s = acc__find_task(th, awaitable)) || (s->n.state != ACC__PENDING && acc__spoken_for(s)))) {
        acc__throw_stale(cx, awaitable);
        return NULL;
    }
    bool pending = s->n.state == ACC__PENDING;
    shield *x = pending ? acc__block_new(th, sizeof *x) : NULL;
    void *handle = pending && !x ? NULL : acc_abi_future_new(cx, acc__result_size(s));
    if (!handle) {
        if (x) acc__block_free(th, x);
        if (coro) acc__coro_free(th, s);
        if (!cx->signal) acc__throw_memory(cx);
        return NULL;
    }
    acc__slot *o = acc__find(th, handle);
    if (coro) acc__task_start(th, s, true)->n.flags |= ACC__DETACHED;
    if (s->n.flags & ACC__NAMELESS) s->n.flags |= ACC__DETACHED;
    if (!pending) {
        hand_on(th, s, o);
        if (s->n.flags & ACC__DETACHED && !s->refs) acc__let_go(th, s);
        return handle;
    }
    acc__block block = x->block;
    *x = (shield){.block = block,
                  .inner = {.n.kind = ACC__HOOK, .run = inner_done, .target = s},
                  .outer = {.n.kind = ACC__HOOK, .run = outer_done, .target = o},
                  .handle = handle,
                  .inner_linked = true,
                  .outer_linked = true};
    acc__wait_add(s, &x->inner.n);
    acc__wait_add(o, &x->outer.n);
    return handle;
}
