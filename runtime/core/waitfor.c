/* waitfor.c: acc_wait_for(awaitable, seconds): a coroutine that awaits another awaitable under a deadline, in the same task.
 *
 * Its frame has room for the result, whose size is known only here, and its own acc_fn behind that, where the result does not
 * reach when it overwrites the frame. It is made in state BEGIN, not ACC_STATE_START, so that it runs when it is cancelled
 * before it has begun, and closes what it was given. */
#include "scope.h"
#include <math.h>

enum {
    BEGIN = 1, /* and nothing has been done */
    INLINE,    /* a coroutine runs inline */
    HANDLE,    /* a task, a future or a gather is waited for */
    CANCELLED, /* there was no time at all: it was cancelled, and its end is waited for */
    TAKING,    /* the same; the outcome is taken */
};

typedef struct wait_for {
    acc_frame head;
    void *inner;
    double seconds;
    acc_timeout_scope scope;
    uint32_t value; /* where the result lies: bytes from here */
    bool made;      /* inner is a task that nobody else knows */
    bool look;      /* of a gather with assignments: the awaiting function takes the outcome */
} wait_for;

static uint32_t align_up(uint32_t n, uint32_t align) { return (n + align - 1) & ~(align - 1); }

/* asyncio: wait_for's case of a timeout <= 0: what is done gives its outcome, all else is cancelled. */
static void cancel_at_once(acc_ctx *cx, wait_for *f) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find(th, f->inner);
    if (s && s->n.kind == ACC__CORO) {
        f->inner = acc__handle(acc__task_start(th, s, true));
        f->made = true;
    } else if (!(s = acc__find_task(th, f->inner)) || s->n.state != ACC__PENDING) {
        f->head.up.state = HANDLE;
        return;
    }
    acc__cancel(th, s, NULL);
    f->head.up.state = CANCELLED;
    acc_wait(cx, &f->inner, 1, ACC_ALL_COMPLETED, ACC_NO_TIMEOUT);
}

static void begin(acc_ctx *cx, wait_for *f) {
    acc__thread *th = (acc__thread *)cx;
    f->scope.when = isinf(f->seconds) ? ACC_NO_TIMEOUT : acc_time() + f->seconds;
    if (!acc__timeout_begin(cx, &f->scope)) {
        acc_coro_close((acc__any_coro)f->inner);
        return;
    }
    acc__slot *s = acc__find(th, f->inner);
    f->head.up.state = s && s->n.kind == ACC__CORO ? INLINE : HANDLE;
    if (f->head.up.state == INLINE) acc_await_coro(cx, f->inner, (char *)f + f->value);
}

static void step(acc_ctx *cx, acc_frame *frame) {
    wait_for *f = (wait_for *)acc_enter(cx, frame->fn);
    void *value = (char *)f + f->value;
    bool at_once = f->seconds <= 0 || frame->up.state >= CANCELLED;
    if (frame->up.state == BEGIN) {
        if (cx->signal) acc_coro_close((acc__any_coro)f->inner);
        else if (at_once) cancel_at_once(cx, f);
        else begin(cx, f);
    } else if (frame->up.state == CANCELLED && !cx->signal) { /* it is done */
        frame->up.state = TAKING;
    }
    if ((frame->up.state == HANDLE || frame->up.state == TAKING) && !cx->signal)
        acc__await(cx, f->inner, value, NULL, f->look ? ACC__LOOKS : 0);
    if (cx->signal && cx->signal != ACC_FAILED) {
        acc_pend(cx, frame, frame->fn, frame->up.state, f->value);
        return;
    }
    if (cx->signal && f->made) acc_detach((acc__any_task)f->inner);
    const acc_error *error = cx->signal ? cx->error : NULL, *late = NULL;
    if (frame->up.state == TAKING) {
        if (error && acc_error_is(error, &acc_error_type_CancelledError)) {
            late = acc__error_new(&acc_error_type_TimeoutError, 0, NULL);
            acc_abi_context(late, error);
        }
    } else if (f->scope.task) {
        late = acc__timeout_end((acc__thread *)cx, &f->scope, error);
    }
    if (late) {
        acc_error_drop(error);
        acc__throw_error(cx, late);
    }
    if (!cx->signal && frame->fn->result_size) memmove(acc_result_place(frame), value, frame->fn->result_size);
}

void *acc_abi_wait_for(acc_ctx *cx, void *awaitable, double seconds, bool look) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = acc__find(th, awaitable);
    uint32_t size = 0, align = 16;
    if (s && s->n.kind == ACC__CORO) {
        size = s->leaf->fn->result_size;
        align = acc__max(align, s->leaf->fn->frame_align);
    } else if (acc__find_task(th, awaitable) && !(s->n.state != ACC__PENDING && s->n.flags & ACC__TAKEN)) {
        size = acc__result_size(s);
    }
    uint32_t value = align_up(sizeof(wait_for), align), own = align_up(value + size, 16);
    acc_fn fn = {.step = step,
                 .name = "acc_wait_for",
                 .frame_size = own + (uint32_t)sizeof(acc_fn),
                 .result_size = size,
                 .frame_align = (uint16_t)align};
    wait_for *f = (wait_for *)acc_enter(&th->cold, &fn);
    if (!f) {
        acc_coro_close((acc__any_coro)awaitable);
        return acc_take(&th->cold);
    }
    acc_fn *mine = (acc_fn *)((char *)f + own);
    acc_frame head = f->head;
    *mine = fn;
    *f = (wait_for){.head = head, .inner = awaitable, .seconds = seconds, .value = value, .look = look};
    f->head.fn = mine;
    f->head.up.state = BEGIN;
    ((acc__slot *)th->made)->n.flags |= ACC__WRAPS;
    return acc_take(&th->cold);
}

void *acc__wrapped(acc__slot *coro) { return ((wait_for *)coro->leaf)->inner; }
