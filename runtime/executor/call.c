/* call.c: waiting for a job: asynchronous functions in the ABI's form.
 *
 * acc_abi_run_in_executor is what acc_to_thread and acc_run_in_executor become. As a coroutine it keeps the arguments in its
 * frame; awaited at once, they go into the job's block and nowhere else. Closing a pool is waited for in the same way, by a job
 * without a call. A frame that waits has acc__jobs_wait for its sites, by which acc__frames_drop knows that there is a job. */
#include "executor.h"

const acc_site acc__jobs_wait;

typedef struct frame {
    acc_frame head;
    acc__job *job;
    const acc_error *cancelled; /* what is to be thrown when the job has ended */
    acc_executor *executor;     /* in a coroutine, until it begins */
    const acc_call *call;
    uint32_t args; /* where they lie: bytes from here */
} frame;

static void step(acc_ctx *cx, acc_frame *f);
static const acc_fn waiting = {step, "acc_to_thread", &acc__jobs_wait, sizeof(frame), 0, _Alignof(frame), 0, 0};

/* call NULL: closes the pool. */
static void begin(acc_ctx *cx, frame *f, acc_executor *x, const acc_call *call, const void *args) {
    acc__thread *th = acc__of(cx);
    acc__job *j = acc__job_new(th, call, args);
    if (!j) {
        acc__throw_memory(cx);
        return;
    }
    acc__park(cx, ACC__NEVER);
    f = (frame *)acc_pend(cx, f ? &f->head : NULL, &waiting, 1, 0);
    if (!f) {
        j->executor = x;
        acc__job_free(j);
        return;
    }
    f->job = j;
    f->cancelled = NULL;
    if (call) acc__job_submit(th, x, j);
    else acc__executor_close(th, x, j);
}

/* The job has ended. */
static void finish(acc_ctx *cx, frame *f) {
    acc__job *j = f->job;
    f->job = NULL;
    if (!j->call) acc__executor_join(acc__of(cx), j->executor);
    if (!cx->signal && f->cancelled) {
        acc__throw_error(cx, f->cancelled);
        f->cancelled = NULL;
    } else if (!cx->signal && j->error) {
        acc__throw_error(cx, j->error);
        j->error = NULL;
    } else if (!cx->signal && j->call && j->call->result_size) {
        memcpy(acc_result_place(&f->head), acc__job_result(j), j->call->result_size);
        j->taken = true;
    }
    acc_error_drop(f->cancelled);
    f->cancelled = NULL;
    acc__job_free(j);
}

/* Cancelled while the job is not done. */
static void give_up(acc_ctx *cx, frame *f) {
    acc__job *j = f->job;
    if (acc__job_take_back(j)) {
        f->job = NULL;
    } else if (!j->call || !(j->call->flags & ACC_CALL_POINTERS) || (j->executor && j->executor->processes)) {
        j->task = NULL;
        f->job = NULL;
    } else { /* it may still write to what it was given */
        acc_error_drop(f->cancelled);
        f->cancelled = acc_abi_catch(cx);
        acc__park(cx, ACC__NEVER);
        acc_pend(cx, &f->head, f->head.fn, 1, 0);
    }
}

static void step(acc_ctx *cx, acc_frame *head) {
    frame *f = (frame *)head;
    if (head->up.state == ACC_STATE_START) begin(cx, f, f->executor, f->call, (char *)f + f->args);
    else if (f->job->done) finish(cx, f);
    else give_up(cx, f);
}

/* The frame goes, and nobody will step it. */
void acc__job_dropped(acc_frame *head) {
    frame *f = (frame *)head;
    acc__job *j = head->up.state == ACC_STATE_START ? NULL : f->job;
    if (!j) return;
    acc_error_drop(f->cancelled);
    j->task = NULL;
    if (j->done) acc__job_free(j);
    else acc__job_take_back(j);
}

static uint32_t align_up(size_t n, size_t align) { return (uint32_t)((n + align - 1) & ~(align - 1)); }

/* It cannot run here: a frame for later. A coroutine's result is stored where its frame was; its acc_fn lies behind both. */
static __attribute__((noinline)) void later(acc_ctx *cx, acc_executor *x, const acc_call *call, const void *args) {
    size_t align = call ? acc__max(acc__max(call->align, call->result_align), 16u) : 16;
    uint32_t at = align_up(sizeof(frame), align), size = call ? call->size : 0, result = call ? call->result_size : 0;
    uint32_t own = align_up(acc__max((size_t)at + size, (size_t)result), 16);
    acc_fn fn = waiting;
    fn.frame_size = own + (uint32_t)sizeof fn;
    fn.result_size = result;
    fn.frame_align = (uint16_t)align;
    frame *f = (frame *)acc_enter(cx, &fn);
    if (!f) return;
    acc_fn *mine = (acc_fn *)((char *)f + own);
    *mine = fn;
    f->head.fn = mine;
    f->job = NULL;
    f->cancelled = NULL;
    f->executor = x;
    f->call = call;
    f->args = at;
    if (size) memcpy((char *)f + at, args, size);
    f->head.up.state = ACC_STATE_START;
}

void acc_abi_run_in_executor(acc_ctx *cx, acc_executor *x, const acc_call *call, const void *args, void *result) {
    (void)result; /* it always waits: the value comes through the frame */
    if (acc_guarded(cx)) later(cx, x, call, args);
    else begin(cx, NULL, x, call, args);
}

/* ---- closing -------------------------------------------------------------------------------------------------------------- */

void acc_executor_close(acc_ctx *cx, acc_executor *x) {
    if (acc_guarded(cx)) later(cx, x, NULL, NULL);
    else begin(cx, NULL, x, NULL, NULL);
}

void acc_executor_aexit(acc_ctx *cx, acc_executor *x, const acc_error *error) {
    (void)error;
    acc_executor_close(cx, x);
}

static void enter_step(acc_ctx *cx, acc_frame *head);
typedef struct entering {
    acc_frame head;
    acc_executor *executor;
} entering;
static const acc_fn enter_fn = {
    enter_step, "acc_executor_aenter", NULL, sizeof(entering), sizeof(acc_executor *), _Alignof(entering), 0, 0};

static void enter_step(acc_ctx *cx, acc_frame *head) {
    acc_resume(cx, head);
    acc_executor *x = acc_executor_aenter(cx, NULL);
    if (!cx->signal) *(acc_executor **)acc_result_place(head) = x;
}

acc_executor *acc_executor_aenter(acc_ctx *cx, acc_executor *x) {
    if (acc_guarded(cx)) {
        entering *f = (entering *)acc_enter(cx, &enter_fn);
        if (!f) return NULL;
        if (!f->head.up.state) {
            f->executor = x;
            f->head.up.state = ACC_STATE_START;
            return NULL;
        }
        x = f->executor;
    }
    if (acc__executor_closed(x)) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "the executor is closed");
    return x;
}
