/* plain.c: for plain C files: the functions that throw, with the error as their value instead of a signal. */
#include "internal.h"

/* A handle: stored where it is wanted. */
static const acc_error *made(acc_ctx *cx, void *out, void *handle) {
    if (out) *(void **)out = cx->signal ? ACC_NO_TASK : handle;
    return acc__caught(cx);
}

const acc_error *acc_c_error_new(const acc_error_type *type, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const acc_error *e = acc__error_newv(type, code, format, args);
    va_end(args);
    return e;
}

const acc_error *acc_c_run(acc__any_coro c, void *result) {
    acc_abi_run((void *)c, result);
    return acc__caught(acc_thread_ctx());
}

const acc_error *acc_c_create_task(void *out, acc__any_coro c) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_create_task(cx, (void *)c));
}

const acc_error *acc_c_create_task_eager(void *out, acc__any_coro c) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_create_task_eager(cx, (void *)c));
}

const acc_error *acc_c_group_create_task(void *out, acc_task_group *g, acc__any_coro c) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_group_create_task(cx, g, (void *)c, !out));
}

const acc_error *acc_c_shield(void *out, acc__any_task t) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_shield(cx, (void *)t));
}

const acc_error *acc_c_reschedule(acc_timeout_scope *s, double when) {
    acc_ctx *cx = acc_thread_ctx();
    acc_reschedule(cx, s, when);
    return acc__caught(cx);
}

const acc_error *acc_c_result(acc__any_task t, void *result) {
    acc_ctx *cx = acc_thread_ctx();
    acc_abi_result(cx, (void *)t, result);
    return acc__caught(cx);
}

const acc_error *acc_c_future_new(void *out, size_t size) {
    acc_ctx *cx = acc_thread_ctx();
    return made(cx, out, acc_abi_future_new(cx, size));
}

const acc_error *acc_c_future_set_result(acc__any_task f, const void *value) {
    acc_ctx *cx = acc_thread_ctx();
    acc_abi_future_set_result(cx, (void *)f, value);
    return acc__caught(cx);
}

const acc_error *acc_c_future_set_error(acc__any_task f, const acc_error *e) {
    acc_ctx *cx = acc_thread_ctx();
    acc_abi_future_set_error(cx, (void *)f, acc_error_keep(e));
    return acc__caught(cx);
}

const acc_error *acc_c_add_done_callback(acc__any_task t, void (*fn)(acc__any_task t, void *arg), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    acc_add_done_callback(cx, t, fn, arg);
    return acc__caught(cx);
}

static const acc_error *called(acc_ctx *cx, acc_handle *out, acc_handle h) {
    if (out) *out = h;
    return acc__caught(cx);
}

const acc_error *acc_c_call_soon(acc_handle *out, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    return called(cx, out, acc_call_soon(cx, fn, arg));
}

const acc_error *acc_c_call_later(acc_handle *out, double delay, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    return called(cx, out, acc_call_later(cx, delay, fn, arg));
}

const acc_error *acc_c_call_at(acc_handle *out, double when, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    return called(cx, out, acc_call_at(cx, when, fn, arg));
}

const acc_error *acc_c_call_soon_threadsafe(acc_handle *out, acc_loop *loop, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    return called(cx, out, acc_call_soon_threadsafe(cx, loop, fn, arg));
}

const acc_error *acc_c_add_reader(int fd, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    acc_add_reader(cx, fd, fn, arg);
    return acc__caught(cx);
}

const acc_error *acc_c_add_writer(int fd, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    acc_add_writer(cx, fd, fn, arg);
    return acc__caught(cx);
}

const acc_error *acc_c_add_signal_handler(int signum, void (*fn)(void *), void *arg) {
    acc_ctx *cx = acc_thread_ctx();
    acc_add_signal_handler(cx, signum, fn, arg);
    return acc__caught(cx);
}
