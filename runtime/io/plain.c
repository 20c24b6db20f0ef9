/* plain.c: for plain C files: the functions of streams, servers and sockets that throw, with the error as their value. */
#include "stream.h"
#include <stdarg.h>

#pragma GCC visibility push(default)
int acc_server_port(acc_ctx *cx, acc_server *v);
int acc_udp_port(acc_ctx *cx, acc_udp *u);
#pragma GCC visibility pop

const acc_error *acc_c_stream_from_fd(acc_stream **out, int fd) {
    acc_ctx *cx = acc_thread_ctx();
    acc_stream *s = acc_stream_from_fd(cx, fd);
    if (out) *out = cx->signal ? NULL : s;
    return acc__caught(cx);
}

const acc_error *acc_c_stream_write(acc_stream *s, const void *p, size_t n) {
    acc_ctx *cx = acc_thread_ctx();
    acc_stream_write(cx, s, p, n);
    return acc__caught(cx);
}

const acc_error *acc_c_stream_printf(acc_stream *s, const char *format, ...) {
    acc_ctx *cx = acc_thread_ctx();
    va_list args;
    va_start(args, format);
    acc_stream_vprintf(cx, s, format, args);
    va_end(args);
    return acc__caught(cx);
}

const acc_error *acc_c_stream_write_eof(acc_stream *s) {
    acc_ctx *cx = acc_thread_ctx();
    acc_stream_write_eof(cx, s);
    return acc__caught(cx);
}

const acc_error *acc_c_stream_at_eof(bool *out, acc_stream *s) {
    acc_ctx *cx = acc_thread_ctx();
    *out = acc_stream_at_eof(cx, s);
    return acc__caught(cx);
}

const acc_error *acc_c_stream_peer(acc_stream *s, char *buf, size_t size) {
    acc_ctx *cx = acc_thread_ctx();
    acc_stream_peer(cx, s, buf, size);
    return acc__caught(cx);
}

const acc_error *acc_c_stream_fd(int *out, acc_stream *s) {
    acc_ctx *cx = acc_thread_ctx();
    *out = acc_stream_fd(cx, s);
    return acc__caught(cx);
}

const acc_error *acc_c_stream_set_limits(acc_stream *s, size_t limit, size_t high_water) {
    acc_ctx *cx = acc_thread_ctx();
    acc_stream_set_limits(cx, s, limit, high_water);
    return acc__caught(cx);
}

const acc_error *acc_c_server_port(int *out, acc_server *v) {
    acc_ctx *cx = acc_thread_ctx();
    *out = acc_server_port(cx, v);
    return acc__caught(cx);
}

const acc_error *acc_c_udp_port(int *out, acc_udp *u) {
    acc_ctx *cx = acc_thread_ctx();
    *out = acc_udp_port(cx, u);
    return acc__caught(cx);
}
