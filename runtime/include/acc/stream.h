/* acc/stream.h: streams. Part of acc.h, which includes it.
 *
 * A stream is a descriptor with a buffer for each direction. Writing never waits: what the descriptor does not take at once is
 * kept and sent when it does, and who writes much waits in acc_stream_drain. Each function throws InvalidStateError where the
 * stream is closed, and OSError (ConnectionError, TimeoutError: its code is the errno) for what the descriptor says: "read from
 * 127.0.0.1:80: Connection reset by peer". A read that is cancelled, or throws before the end, has taken nothing. */
#ifndef ACC_STREAM_H
#define ACC_STREAM_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct acc_stream acc_stream;

#ifndef __cplusplus
/* The address of a pointer to text: char *, const char *, void *, unsigned char *, with const or without. */
typedef union acc__text {
    char **text;
    const char **const_text;
    unsigned char **bytes;
    const unsigned char **const_bytes;
    void **data;
    const void **const_data;
} acc__text __attribute__((__transparent_union__));
#endif

#ifdef __ACC__
/* Over a pipe, a terminal, a socket or a regular file, which the stream owns from then on and closes; it is made not to block.
 * (A regular file is read at once, which may wait for the disk: acc_file is for those.) asyncio: connect_read_pipe(). */
acc_throws acc_stream *acc_stream_from_fd(int fd);
/* Standard input, be it a terminal, a pipe or a file: the same stream for each call until it is closed. Descriptor 0 stays open and
 * as it is. */
acc_throws acc_stream *acc_stdin(void);

/* At least one byte of at most `size`, as many as there are; 0 at the end. asyncio: read(n). */
async size_t acc_stream_read(acc_stream *s, void *buf, size_t size);
/* All n bytes. At the end throws IncompleteReadError: its code is how many came, which are in buf. asyncio: readexactly(). */
async void acc_stream_read_exactly(acc_stream *s, void *buf, size_t n);
/* The next line with its newline, at the end what is left; how many bytes it has, 0 at the end. `*p` points into the stream's
 * buffer until the next read; a zero byte ends it there. A line longer than the stream's limit throws LimitOverrunError and is
 * gone, or what there is of it. asyncio: readline(). */
async size_t acc_stream_read_line(acc_stream *s, acc__text p);
/* The same up to a separator and with it; its bytes must last until then. At the end throws IncompleteReadError: its code is how
 * many bytes came, `*p` points to them. LimitOverrunError (its code is how many bytes hold no separator) leaves them in the
 * stream. asyncio: readuntil(). */
async size_t acc_stream_read_until(acc_stream *s, const void *sep, size_t seplen, acc__text p);
/* Has the end been read, and everything before it? asyncio: at_eof(). */
acc_throws bool acc_stream_at_eof(acc_stream *s);

/* Copies what is not sent at once. Throws MemoryError; InvalidStateError after acc_stream_write_eof. Where the connection has
 * failed nothing is written: drain, close and a read that would wait throw what happened. asyncio: write(). */
acc_throws void acc_stream_write(acc_stream *s, const void *p, size_t n);
acc_throws void acc_stream_printf(acc_stream *s, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));
acc_throws void acc_stream_vprintf(acc_stream *s, const char *format, __builtin_va_list args)
    __attribute__((__format__(__printf__, 2, 0)));
/* Waits, if more than the high-water mark is still to be sent, until a quarter of that is. asyncio: drain(). */
async void acc_stream_drain(acc_stream *s);
/* Nothing more will be written: the other end gets its end, once all is sent. Reading goes on. asyncio: write_eof(). */
acc_throws void acc_stream_write_eof(acc_stream *s);
/* Sends what is still to be sent, and closes. Who reads at the time is at the end. Cancelled, it closes at once. Throws where not
 * all could be sent, if nobody has been told; it is closed then, too. Closing again does nothing. asyncio: close() and
 * wait_closed(). */
async void acc_stream_close(acc_stream *s);
/* async with closes; after an error at once, without waiting for what is to be sent. */
async acc_stream *acc_stream_aenter(acc_stream *s);
async void acc_stream_aexit(acc_stream *s, const acc_error *error);

/* The other end's address as text in buf, which it gives: "127.0.0.1:80", "[::1]:80", a path; empty where there is none.
 * asyncio: get_extra_info('peername'). */
acc_throws const char *acc_stream_peer(acc_stream *s, char *buf, size_t size);
/* The descriptor, for getsockopt and the like; the stream still owns it. asyncio: get_extra_info('socket'). */
acc_throws int acc_stream_fd(acc_stream *s);
/* How long a line may be, and how much may wait to be sent before drain waits (each 64 KiB; 0: that). asyncio: limit,
 * set_write_buffer_limits(). */
acc_throws void acc_stream_set_limits(acc_stream *s, size_t limit, size_t high_water);
#else
/* ---- for plain C files: as in acc.h, the error is the value ---------------------------------------------------------------------- */

const acc_error *acc_c_stream_from_fd(acc_stream **out, int fd);
const acc_error *acc_c_stream_write(acc_stream *s, const void *p, size_t n);
const acc_error *acc_c_stream_printf(acc_stream *s, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));
const acc_error *acc_c_stream_write_eof(acc_stream *s);
const acc_error *acc_c_stream_at_eof(bool *out, acc_stream *s);
const acc_error *acc_c_stream_peer(acc_stream *s, char *buf, size_t size);
const acc_error *acc_c_stream_fd(int *out, acc_stream *s);
const acc_error *acc_c_stream_set_limits(acc_stream *s, size_t limit, size_t high_water);
#endif

#ifdef __cplusplus
}
#endif
#endif
