/* read.c: reading from a stream, as far as it goes without waiting. stream.ac waits.
 *
 * A buffer holds what was read and not asked for yet; `ended` is the place behind the line that was given last, where a
 * terminator stands until the next read. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <limits.h>

#define FAILED (-3)
#define LEAST 1024 /* to read fewer bytes at a time is a waste */

/* ---- buffers --------------------------------------------------------------------------------------------------------------------- */

bool acc__buffer_reserve(acc__thread *th, acc__buffer *b, size_t n) {
    size_t have = acc__buffered(b);
    if (b->room - b->end >= n) return true;
    if (b->room - have >= n && b->start >= have) { /* moving it costs less than what has gone through */
        memcpy(b->data, b->data + b->start, have);
    } else {
        size_t room = acc__max(b->room, ACC__IO_BUFFER - 1), sum;
        if (__builtin_add_overflow(have, n, &sum) || sum > SIZE_MAX / 4) return false;
        while (room < sum) room = room * 2 + 1;
        char *data = th->io_spare;
        if (room == ACC__IO_BUFFER - 1 && data) th->io_spare = NULL;
        else if (!(data = acc__malloc(room + 1))) return false;
        if (have) memcpy(data, b->data + b->start, have);
        acc__buffer_release(th, b);
        b->data = data;
        b->room = room;
    }
    b->start = 0;
    b->end = have;
    return true;
}

void acc__buffer_release(acc__thread *th, acc__buffer *b) {
    if (b->room == ACC__IO_BUFFER - 1 && !th->io_spare && th->epoll >= 0) th->io_spare = b->data;
    else free(b->data);
    *b = (acc__buffer){0};
}

/* ---- filling ---------------------------------------------------------------------------------------------------------------------- */

/* What a read gave: its bytes, 0 at the end, WAIT, or FAILED: thrown. */
static ssize_t outcome(acc_ctx *cx, acc__stream *s, ssize_t got) {
    if (acc__likely(got > 0)) return got;
    if (got < 0 && errno == EAGAIN) return acc__stream_lost(cx, s) ? FAILED : ACC__IO_WAIT;
    if (got < 0) {
        s->read_error = errno;
        acc__stream_throw(cx, s, "read from", s->read_error);
        return FAILED;
    }
    s->at_end = true;
    return 0;
}

/* May a read be made now? */
static ssize_t ask(acc_ctx *cx, acc__stream *s) {
    if (s->at_end) return 0;
    if (s->read_error) {
        acc__stream_throw(cx, s, "read from", s->read_error);
        return FAILED;
    }
    if (!s->in.set) return acc__stream_lost(cx, s) ? FAILED : ACC__IO_WAIT;
    return acc__io_spent(acc__of(cx)) ? ACC__IO_YIELD : 1;
}

/* More into the buffer, which is to hold `most` bytes at most, or what its room has: how many, or why not. */
static ssize_t fill(acc_ctx *cx, acc__stream *s, size_t most) {
    acc__buffer *b = &s->read;
    ssize_t may = ask(cx, s);
    if (may <= 0) {
        if (may == ACC__IO_WAIT && b->data && !acc__buffered(b)) acc__buffer_release(acc__of(cx), b);
        return may;
    }
    size_t have = acc__buffered(b);
    if (!have) b->start = b->end = 0;
    size_t more = b->room - b->end;
    if (more < LEAST) more = acc__max(have, LEAST); /* twice as much each time, as it comes in */
    if (have + more > ACC__IO_BUFFER && more > most - have) more = most - have;
    if (!acc__buffer_reserve(acc__of(cx), b, more)) {
        acc__throw_memory(cx);
        return FAILED;
    }
    ssize_t got = outcome(cx, s, s->transport->read(s, b->data + b->end, b->room - b->end));
    if (got > 0) b->end += (size_t)got;
    else if (got == ACC__IO_WAIT && !have) acc__buffer_release(acc__of(cx), b);
    return got;
}

/* The stream, with the byte behind the last line as it was. `again`: its caller has waited; if it was closed meanwhile, NULL. */
static acc__stream *begin(acc_ctx *cx, acc_stream *handle, bool again) {
    acc__stream *s = acc__object_find(acc__of(cx), handle, &acc__stream_type);
    if (acc__unlikely(!s || s->closing)) return again ? NULL : acc__stream_get(cx, handle);
    if (s->ended) {
        *s->ended = s->kept;
        s->ended = NULL;
    }
    return s;
}

static void take(acc_ctx *cx, acc__stream *s, void *to, size_t n) {
    acc__buffer *b = &s->read;
    if (n) memcpy(to, b->data + b->start, n);
    b->start += n;
    if (b->data && b->start == b->end) acc__buffer_release(acc__of(cx), b);
}

/* ---- what the functions do ------------------------------------------------------------------------------------------------------- */

ssize_t acc__stream_read(acc_ctx *cx, acc_stream *handle, void *buf, size_t size, bool again) {
    acc__stream *s = begin(cx, handle, again);
    if (!s || !size) return 0;
    if (size > SSIZE_MAX) size = SSIZE_MAX;
    size_t have = acc__buffered(&s->read);
    if (!have) {
        ssize_t got;
        if (size < ACC__IO_BUFFER) {
            got = fill(cx, s, ACC__IO_BUFFER - 1);
            if (got <= 0) return got == FAILED ? 0 : got;
        } else {
            got = ask(cx, s);
            if (got > 0) got = outcome(cx, s, s->transport->read(s, buf, size));
            return got == FAILED ? 0 : got;
        }
        have = (size_t)got;
    }
    if (size > have) size = have;
    take(cx, s, buf, size);
    return (ssize_t)size;
}

static void throw_incomplete(acc_ctx *cx, size_t have, size_t wanted) {
    char expected[32] = "undefined";
    if (wanted) snprintf(expected, sizeof expected, "%zu", wanted);
    acc__throw(cx, &acc_error_type_IncompleteReadError, have > INT32_MAX ? INT32_MAX : (int)have,
               "%zu bytes read on a total of %s expected bytes", have, expected);
}

ssize_t acc__stream_read_exactly(acc_ctx *cx, acc_stream *handle, void *buf, size_t n, bool again) {
    acc__stream *s = begin(cx, handle, again);
    size_t have;
    if (!s && !cx->signal) throw_incomplete(cx, 0, n);
    if (!s || !n) return 0;
    while ((have = acc__buffered(&s->read)) < n) {
        ssize_t got = fill(cx, s, n);
        if (got == 0) {
            take(cx, s, buf, have);
            throw_incomplete(cx, have, n);
        }
        if (got <= 0) return got == FAILED ? 0 : got;
    }
    take(cx, s, buf, n);
    return 0;
}

/* The next n bytes are the line. It ends with a zero byte, in the place of what follows. */
static ssize_t give(acc__stream *s, size_t n, acc__text p) {
    acc__buffer *b = s ? &s->read : NULL;
    static char nothing[1];
    if (!b || !b->data) {
        *p.text = nothing;
        return 0;
    }
    *p.text = b->data + b->start;
    b->start += n;
    s->ended = b->data + b->start;
    s->kept = *s->ended;
    *s->ended = '\0';
    return (ssize_t)n;
}

/* Where the separator begins, in bytes from the start; WAIT and so on; FAILED where it is longer than the limit: `overrun` is how
 * much may be dropped, then. At the end: 0, and at_end. */
static ssize_t find(acc_ctx *cx, acc__stream *s, const char *sep, size_t seplen, bool again, size_t *at) {
    acc__buffer *b = &s->read;
    if (!again) s->scanned = 0;
    for (;;) {
        size_t have = acc__buffered(b);
        const char *start = have ? b->data + b->start : "", *found = NULL;
        if (have >= seplen + s->scanned) found = memmem(start + s->scanned, have - s->scanned, sep, seplen);
        if (found) {
            *at = (size_t)(found - start);
            return 1;
        }
        if (have >= seplen) s->scanned = have + 1 - seplen;
        *at = s->scanned;
        if (s->scanned > s->limit) return 1;
        ssize_t got = fill(cx, s, s->limit + seplen);
        if (got <= 0) return got;
    }
}

static void throw_overrun(acc_ctx *cx, size_t at, bool found) {
    acc__throw(cx, &acc_error_type_LimitOverrunError, at > INT32_MAX ? INT32_MAX : (int)at,
               found ? "Separator is found, but chunk is longer than limit"
                     : "Separator is not found, and chunk exceed the limit");
}

static bool stands_at(acc__stream *s, size_t at, const char *sep, size_t seplen) {
    return acc__buffered(&s->read) - at >= seplen && !memcmp(s->read.data + s->read.start + at, sep, seplen);
}

ssize_t acc__stream_read_until(acc_ctx *cx, acc_stream *handle, const void *sep, size_t seplen, acc__text p, bool again) {
    size_t at;
    if (!seplen) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Separator should be at least one-byte string");
        return 0;
    }
    acc__stream *s = begin(cx, handle, again);
    if (cx->signal) return 0;
    ssize_t got = s ? find(cx, s, sep, seplen, again, &at) : 0;
    if (got == 0) { /* what is left is given all the same */
        size_t left = s ? acc__buffered(&s->read) : 0;
        give(s, left, p);
        throw_incomplete(cx, left, 0);
    }
    if (got <= 0) return got == FAILED ? 0 : got;
    bool found = stands_at(s, at, sep, seplen);
    if (found && at <= s->limit) return give(s, at + seplen, p);
    throw_overrun(cx, at, found);
    return 0;
}

ssize_t acc__stream_read_line(acc_ctx *cx, acc_stream *handle, acc__text p, bool again) {
    size_t at;
    acc__stream *s = begin(cx, handle, again);
    if (cx->signal) return 0;
    ssize_t got = s ? find(cx, s, "\n", 1, again, &at) : 0;
    if (got == 0) return give(s, s ? acc__buffered(&s->read) : 0, p);
    if (got < 0) return got == FAILED ? 0 : got;
    bool found = stands_at(s, at, "\n", 1);
    if (found && at <= s->limit) return give(s, at + 1, p);
    s->read.start += found ? at + 1 : acc__buffered(&s->read); /* asyncio: the line, or all that there is, is dropped */
    throw_overrun(cx, at, found);
    return 0;
}
