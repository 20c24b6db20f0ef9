/* plain.c: the forms of these functions for plain C files, as core/plain.c has them: the error is the value. */
#include "sync.h"

static const acc_error *made(acc_ctx *cx, void *out, void *handle) {
    if (out) *(void **)out = cx->signal ? NULL : handle;
    return acc__caught(cx);
}

const acc_error *acc_c_lock_release(acc_lock *l) {
    acc_ctx *cx = acc_thread_ctx();
    acc_lock_release(cx, l);
    return acc__caught(cx);
}

const acc_error *acc_c_condition_notify(acc_condition *c, size_t n) {
    acc_ctx *cx = acc_thread_ctx();
    acc_condition_notify(cx, c, n);
    return acc__caught(cx);
}

const acc_error *acc_c_condition_notify_all(acc_condition *c) { return acc_c_condition_notify(c, SIZE_MAX); }

const acc_error *acc_c_semaphore_release(acc_semaphore *s) {
    acc_ctx *cx = acc_thread_ctx();
    acc_semaphore_release(cx, s);
    return acc__caught(cx);
}

const acc_error *acc_c_queue_new(void *out, size_t size, ptrdiff_t maxsize) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_queue_new(cx, size, _Alignof(max_align_t), maxsize));
}

const acc_error *acc_c_lifo_queue_new(void *out, size_t size, ptrdiff_t maxsize) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_lifo_queue_new(cx, size, _Alignof(max_align_t), maxsize));
}

const acc_error *acc_c_priority_queue_new(void *out, size_t size, ptrdiff_t maxsize,
                                          int (*compare)(const void *, const void *)) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_priority_queue_new(cx, size, _Alignof(max_align_t), maxsize, compare));
}

const acc_error *acc_c_queue_put_nowait(acc__any_queue q, const void *value) {
    acc_ctx *cx = acc_thread_ctx();
    acc_abi_queue_put_nowait(cx, (void *)q, value);
    return acc__caught(cx);
}

const acc_error *acc_c_queue_get_nowait(acc__any_queue q, void *value) {
    acc_ctx *cx = acc_thread_ctx();
    acc_abi_queue_get_nowait(cx, (void *)q, value);
    return acc__caught(cx);
}

const acc_error *acc_c_queue_task_done(acc__any_queue q) {
    acc_ctx *cx = acc_thread_ctx();
    acc_queue_task_done(cx, q);
    return acc__caught(cx);
}
