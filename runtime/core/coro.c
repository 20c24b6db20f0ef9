/* coro.c: coroutines: closing them, awaiting a stored one inline, and wrapping a task as one.
 *
 * A coroutine is a slot with a first frame that has not begun (acc_enter makes it). Awaited, it runs right there: its frame
 * loses ROOT, its slot becomes ACC__INLINE, stale for every handle, and goes when the frame is done. */
#include "internal.h"

void acc__coro_free(acc__thread *th, acc__slot *s) {
    if (s->n.flags & ACC__WRAPS) acc_coro_close((acc__any_coro)acc__wrapped(s));
    if (s->n.flags & ACC__SEPARATE) free(acc__data(s));
    acc__slot_free(th, s);
}

void acc_coro_close(acc__any_coro c) {
    acc__thread *th = acc__self();
    acc__slot *s = acc__find(th, (void *)c);
    if (s && s->n.kind == ACC__CORO) acc__coro_free(th, s);
}

void acc_await_coro(acc_ctx *cx, void *coro, void *result) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find_coro(cx, coro);
    if (!s) return;
    acc_frame *f = s->leaf;
    unsigned flags = f->up.flags = f->up.flags & (uint8_t)~ACC_FRAME_ROOT;
    if (flags & ACC_FRAME_SLOT) {
        s->id += ACC__ONE_GENERATION;
        s->n.kind = ACC__INLINE;
    } else {
        acc__slot_free(th, s);
    }
    f->up.parent = result;
    f->up.result = 0;
    if (acc_guarded(cx)) { /* no room to run here: as soon as the stack has unwound */
        cx->leaf.parent = f;
        acc__suspend(cx, ACC__AT_ONCE);
        cx->signal = &f->up;
        return;
    }
    f->fn->step(cx, f);
    if (!cx->signal || cx->signal == ACC_FAILED) acc__frame_end(th, f, flags);
}

/* A coroutine that awaits a task: what acc_abi_as_coro makes. Its acc_fn, which tells the result's size, lies at the frame's
 * end, where the result does not reach. */
typedef struct wrapper {
    acc_frame head;
    void *handle;
} wrapper;

static void wrapper_step(acc_ctx *cx, acc_frame *frame) {
    wrapper *w = (wrapper *)frame;
    if (cx->signal) return; /* resumed with an error */
    acc__await(cx, w->handle, acc_result_place(frame), NULL, false, false);
    if (cx->signal && cx->signal != ACC_FAILED) acc_pend(cx, frame, frame->fn, 1, 0);
}

void *acc_abi_as_coro(acc_ctx *cx, void *handle) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = acc__find(th, handle);
    if (s && s->n.kind == ACC__CORO) return handle;
    if (!s || !acc__find_task(th, handle)) {
        acc__throw_stale(cx, handle);
        return NULL;
    }
    uint32_t result = acc__result_size(s), end = (acc__max(result, (uint32_t)sizeof(wrapper)) + 15u) & ~15u;
    acc_fn fn = {wrapper_step, "await", NULL, end + (uint32_t)sizeof(acc_fn), result, _Alignof(wrapper), 0, 0};
    wrapper *w = (wrapper *)acc_enter(&th->cold, &fn);
    if (w) {
        acc_fn *own = (acc_fn *)((char *)w + end);
        *own = fn;
        w->head.fn = own;
        w->head.up.state = ACC_STATE_START;
        w->handle = handle;
    }
    return acc_take(&th->cold);
}
