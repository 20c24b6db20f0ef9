/* io.h: the border between what is written in the dialect here (*.ac) and what is written in C (*.c): the latter looks and
 * does, the former waits. Both see the public types only; what is behind a stream is stream.h's, for C alone.
 *
 * A function that ACC__THROWS declares throws; in C it has the context as its first parameter. */
#ifndef ACC_IO_IO_H
#define ACC_IO_IO_H

#include <acc.h>
#include <sys/types.h>

#ifdef __ACC__
#define ACC__THROWS(type, name, ...) acc_throws type name(__VA_ARGS__)
#else
#define ACC__THROWS(type, name, ...) type name(acc_ctx *cx, __VA_ARGS__)
#endif

#pragma GCC visibility push(hidden)

/* What a function that tries says where it could not do it. */
enum { ACC__IO_WAIT = -1 /* wait, then try again */, ACC__IO_YIELD = -2 /* after others have had their turn */ };

/* ---- streams (read.c, write.c, stream.c) ---------------------------------------------------------------------------------------- */

/* Each is its function without the waiting. */
ACC__THROWS(ssize_t, acc__stream_read, acc_stream *stream, void *buf, size_t size);
ACC__THROWS(ssize_t, acc__stream_read_exactly, acc_stream *stream, void *buf, size_t n);
ACC__THROWS(ssize_t, acc__stream_read_line, acc_stream *stream, acc__text p, bool again);
ACC__THROWS(ssize_t, acc__stream_read_until, acc_stream *stream, const void *sep, size_t seplen, acc__text p, bool again);
ACC__THROWS(int, acc__stream_drain, acc_stream *stream);
/* The event that a reader waits for; one task at a time. To be ended, which tells whether the stream is still there. */
ACC__THROWS(acc_event *, acc__stream_wait_in, acc_stream *stream, const char *function);
void acc__stream_wait_end(acc_stream *stream);
/* The event of a stream whose output has drained; NULL: it is gone. */
acc_event *acc__stream_out(acc_stream *stream);
bool acc__stream_is(acc_stream *stream);
/* Nobody uses it any more. False: it is gone already, or somebody else's close is on its way. */
ACC__THROWS(bool, acc__stream_close_begin, acc_stream *stream);
/* 0: all is written. Throws what writing has failed with, if nobody was told. */
ACC__THROWS(int, acc__stream_close_flush, acc_stream *stream);
/* Closes the descriptor at once, whatever is left to be written, and ends the handle. */
void acc__stream_end(acc_stream *stream);

#pragma GCC visibility pop
#endif
