/* write.c: writing to a stream, which never waits; what the descriptor does not take is buffered, and sent from the poll.
 *
 * Above the high-water mark the stream is paused until a quarter of that is left: acc_stream_drain waits for it. Writing that has
 * failed drops what was buffered and all that is written later; the error is thrown by the next drain, by close, or by a read
 * that would have to wait: what the other end has sent before is still there to be read. */
#include "stream.h"
#include <errno.h>
#include <stdarg.h>

void acc__stream_wake(acc__thread *th, acc_event *e) {
    e->set = true;
    acc__wake_some(th, &e->waiters, SIZE_MAX);
}

static void fail(acc__thread *th, acc__stream *s, int error) {
    s->write_error = error;
    s->told = s->paused = false;
    acc__buffer_release(th, &s->write);
    acc__stream_wake(th, &s->out);
    acc__stream_wake(th, &s->in);
}

/* As much as it takes of n bytes; 0 where it failed, too. */
static size_t put(acc__thread *th, acc__stream *s, const char *p, size_t n) {
    ssize_t done = s->transport->write(s, p, n);
    if (done >= 0) return (size_t)done;
    if (errno != EAGAIN) fail(th, s, errno);
    return 0;
}

static void send_eof(acc__thread *th, acc__stream *s) {
    s->eof_sent = true;
    if (s->transport->shutdown(s)) fail(th, s, errno == ENOTCONN ? ECONNRESET : errno);
}

void acc__stream_flush(acc__thread *th, acc__stream *s) {
    acc__buffer *b = &s->write;
    size_t before = acc__buffered(b), done = 0;
    if (before) done = put(th, s, b->data + b->start, before);
    if (s->write_error) return;
    b->start += done;
    size_t left = acc__buffered(b);
    if (b->data && !left) acc__buffer_release(th, b);
    if (!left && s->eof_asked && !s->eof_sent) send_eof(th, s);
    if (!left || (s->paused && left <= s->high_water / 4)) {
        s->paused = false;
        acc__stream_wake(th, &s->out);
    }
    int error = acc__stream_watch(th, s);
    if (error) fail(th, s, error);
}

static bool may_write(acc_ctx *cx, acc__stream *s) {
    if (!s) return false;
    if (!s->eof_asked) return true;
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "Cannot call write() after write_eof()");
    return false;
}

static void write_bytes(acc_ctx *cx, acc__stream *s, const char *p, size_t n) {
    acc__thread *th = acc__of(cx);
    acc__buffer *b = &s->write;
    size_t done = 0;
    if (!n || s->write_error) return;
    if (!acc__buffered(b)) {
        acc__io_spent(th);
        done = put(th, s, p, n);
        if (done == n || s->write_error) return;
    }
    if (!acc__buffer_reserve(th, b, n - done)) {
        if (done) fail(th, s, ENOMEM); /* half of it has gone: nothing may follow */
        acc__throw_memory(cx);
        return;
    }
    memcpy(b->data + b->end, p + done, n - done);
    b->end += n - done;
    if (acc__buffered(b) > s->high_water) s->paused = true;
    int error = acc__stream_watch(th, s);
    if (error) fail(th, s, error);
}

void acc_stream_write(acc_ctx *cx, acc_stream *handle, const void *p, size_t n) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (may_write(cx, s)) write_bytes(cx, s, p, n);
}

void acc_stream_vprintf(acc_ctx *cx, acc_stream *handle, const char *format, va_list args) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (!may_write(cx, s)) return;
    char small[512];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, again);
    va_end(again);
    if (n < 0) {
        int error = errno;
        acc__throw(cx, &acc_error_type_OSError, error, "printf: %s", strerror(error));
    } else if ((size_t)n < sizeof small) {
        write_bytes(cx, s, small, (size_t)n);
    } else {
        char *large = acc__malloc((size_t)n + 1);
        if (!large) {
            acc__throw_memory(cx);
            return;
        }
        vsnprintf(large, (size_t)n + 1, format, args);
        write_bytes(cx, s, large, (size_t)n);
        free(large);
    }
}

void acc_stream_printf(acc_ctx *cx, acc_stream *handle, const char *format, ...) {
    va_list args;
    va_start(args, format);
    acc_stream_vprintf(cx, handle, format, args);
    va_end(args);
}

void acc_stream_write_eof(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (!s || s->eof_asked) return;
    s->eof_asked = true;
    if (!acc__buffered(&s->write) && !s->write_error) send_eof(acc__of(cx), s);
}

/* ---- waiting for it to be written -------------------------------------------------------------------------------------------- */

bool acc__stream_lost(acc_ctx *cx, acc__stream *s) {
    if (!s->write_error) return false;
    s->told = true;
    acc__stream_throw(cx, s, "write to", s->write_error);
    return true;
}

int acc__stream_drain(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (!s || acc__stream_lost(cx, s)) return 0;
    if (s->paused) {
        s->out.set = false;
        return ACC__IO_WAIT;
    }
    return acc__io_spent(acc__of(cx)) ? ACC__IO_YIELD : 0;
}

int acc__stream_close_flush(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__stream_find(handle);
    if (!s || (s->write_error && s->told) || acc__stream_lost(cx, s)) return 0;
    if (!acc__buffered(&s->write)) return 0;
    s->out.set = false;
    return ACC__IO_WAIT;
}
