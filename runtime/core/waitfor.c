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
};

/* Waits for the end of what was cancelled, and takes it. It may outlive the frame: as long as the hook is queued. */
typedef struct ending {
    acc__block block;
    acc__hook hook;
    acc__slot *task; /* that is parked; NULL: nobody waits any more */
    bool ran;
} ending;

typedef struct wait_for {
    acc_frame head;
    void *inner;
    double seconds;
    acc_timeout_scope scope;
    ending *ending;
    uint32_t value; /* where the result lies: bytes from here */
    bool ended;     /* CANCELLED, and it is done */
    bool made;      /* inner is a task that nobody else knows */
    bool look;      /* of a gather with assignments: the awaiting function takes the outcome */
} wait_for;

static uint32_t align_up(uint32_t n, uint32_t align) { return (n + align - 1) & ~(align - 1); }

static void ended(acc__thread *th, acc__hook *h) {
    ending *x = (ending *)((char *)h - offsetof(ending, hook));
    x->ran = true;
    if (x->task) {
        acc__unpark(th, x->task);
        return;
    }
    acc__release(th, h->target, true);
    acc__block_free(th, x);
}

/* asyncio: wait_for's case of a timeout <= 0: what is done gives its outcome, all else is cancelled. */
static void cancel_at_once(acc_ctx *cx, wait_for *f) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find(th, f->inner);
    if (s && s->n.kind == ACC__CORO) {
        s = acc__task_start(th, s, true);
        f->inner = acc__handle(s);
        f->made = true;
    } else if (!(s = acc__find_task(th, f->inner)) || s->n.state != ACC__PENDING) {
        f->head.up.state = HANDLE;
        return;
    }
    ending *x = f->ending = acc__block_new(th, sizeof *x);
    if (!x) {
        acc__throw_memory(cx);
        return;
    }
    acc__block block = x->block;
    *x = (ending){.block = block,
                  .hook = {.n = {.kind = ACC__HOOK, .flags = ACC__TAKES}, .run = ended, .target = s},
                  .task = th->current};
    acc__wait_add(s, &x->hook.n);
    acc__cancel(th, s, NULL);
    f->head.up.state = CANCELLED;
    acc__park(cx, ACC__NEVER);
}

/* Resumed: it is done, or something was thrown meanwhile. */
static void end_of_wait(acc_ctx *cx, wait_for *f) {
    acc__thread *th = (acc__thread *)cx;
    ending *x = f->ending;
    acc__slot *s = x->hook.target;
    if (!x->ran && s->n.state != ACC__PENDING) { /* the hook is queued */
        x->task = NULL;
        return;
    }
    f->ended = x->ran && !cx->signal;
    if (!x->ran) acc__wait_remove(s, &x->hook.n);
    else if (f->ended) acc__take(cx, s, (char *)f + f->value, NULL);
    if (x->ran) acc__release(th, s, true);
    acc__block_free(th, x);
}

static void begin(acc_ctx *cx, wait_for *f) {
    acc__thread *th = (acc__thread *)cx;
    f->scope.when = acc__deadline(f->seconds);
    if (isnan(f->seconds)) acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid time: NaN (not a number)");
    if (cx->signal || !acc__timeout_begin(cx, &f->scope)) {
        acc_coro_close((acc__any_coro)f->inner);
        return;
    }
    acc__slot *s = acc__find(th, f->inner);
    f->head.up.state = s && s->n.kind == ACC__CORO ? INLINE : HANDLE;
    if (f->head.up.state == INLINE) acc_await_coro(cx, f->inner, (char *)f + f->value);
}

static void step(acc_ctx *cx, acc_frame *frame) {
    wait_for *f = (wait_for *)frame;
    void *value = (char *)f + f->value;
    if (frame->up.state == BEGIN) {
        if (cx->signal) acc_coro_close((acc__any_coro)f->inner);
        else if (f->seconds <= 0) cancel_at_once(cx, f);
        else begin(cx, f);
    } else if (frame->up.state == CANCELLED) {
        end_of_wait(cx, f);
    }
    if (frame->up.state == HANDLE && !cx->signal) acc__await(cx, f->inner, value, NULL, false, f->look);
    if (cx->signal && cx->signal != ACC_FAILED) {
        acc_pend(cx, frame, frame->fn, frame->up.state, f->value);
        return;
    }
    if (cx->signal && f->made) acc_detach((acc__any_task)f->inner);
    const acc_error *error = cx->signal ? cx->error : NULL, *late = NULL;
    if (frame->up.state == CANCELLED && f->ended) {
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
void acc__wrap(acc__slot *coro, void *inner) { ((wait_for *)coro->leaf)->inner = inner; }
