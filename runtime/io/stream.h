/* stream.h: what is behind an acc_stream, for the C of this folder.
 *
 *     user            acc_stream_read, acc_stream_write, ...
 *     stream          the buffers, their limits, who waits
 *     transport       a table of calls: a socket's, another descriptor's, one day TLS's
 *     descriptor      watched edge-triggered from the stream's first moment to its last
 *
 * Reading tries first. `in` is set as long as there may be something to read: by the poll, until a read finds nothing left.
 * What is read goes to the user's own memory where that is large enough, else through a buffer, which is there only as long as
 * it holds something. Writing tries first too; what the descriptor does not take is kept, and sent from the poll. */
#ifndef ACC_IO_STREAM_H
#define ACC_IO_STREAM_H

#include "../sync/sync.h"
#include "io.h"
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#pragma GCC visibility push(hidden)

typedef struct acc__stream acc__stream;

typedef struct acc__transport {
    /* As read(2) and write(2), without signals and interruptions. -1 and EAGAIN: it would wait, for what read_waits (write_waits)
     * says. A read that knows that the next one would wait says so by acc__stream_dry. */
    ssize_t (*read)(acc__stream *s, void *p, size_t n);
    ssize_t (*write)(acc__stream *s, const void *p, size_t n);
    int (*shutdown)(acc__stream *s); /* nothing more will be written: 0, or -1 and errno */
    void (*close)(acc__stream *s);   /* gives back whatever it holds, without waiting; the descriptor too */
} acc__transport;
ssize_t acc__write_quietly(int fd, const void *p, size_t n); /* write() that no SIGPIPE follows, nor EINTR */
extern const acc__transport acc__socket_transport, acc__descriptor_transport;

typedef struct acc__buffer { /* bytes from start to end of `data`; there is one byte more behind its room */
    char *data;
    size_t start, end, room;
} acc__buffer;

struct acc__stream {
    acc__polled watch; /* first */
    const acc__transport *transport;
    void *state;                      /* the transport's */
    uint32_t read_waits, write_waits; /* epoll events: EPOLLIN and EPOLLOUT, as a rule */
    acc_event in, out;                /* something to read; something was written */
    acc__buffer read, write;
    size_t limit, high_water, scanned;
    char *ended; /* where a line's terminator stands, */
    char kept;   /* and what stood there */
    int read_error, write_error;
    bool is_socket, is_tcp, is_plain; /* plain: a regular file, which is always ready */
    bool keep_open;                   /* the descriptor is not ours to close */
    bool at_end, hung_up, urgent;
    bool handled; /* a server's: its handler has begun */
    bool paused, told, eof_asked, eof_sent, closing;
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } peer; /* of a TCP connection; else its family is 0 */
};

extern const acc__object_type acc__stream_type;

static inline acc__stream *acc__stream_get(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__object_get(cx, handle, &acc__stream_type);
    if (acc__likely(s && !s->closing)) return s;
    if (s) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "the stream is closed");
    return NULL;
}
static inline acc__stream *acc__stream_find(acc_stream *handle) {
    return acc__object_find(acc__self(), handle, &acc__stream_type);
}

/* A stream over a descriptor that does not block; of a socket, or of something else. Where it throws, the descriptor is still
 * the caller's. It may be watched already, by `watch`, which is forgotten. */
acc__stream *acc__stream_new(acc_ctx *cx, int fd, bool is_socket);
/* The same for a stream that nobody has waited for yet: closed, freed, its handle stale. */
void acc__stream_free(acc__thread *th, acc__stream *s);

static inline size_t acc__buffered(const acc__buffer *b) { return b->end - b->start; }
/* Room for n more bytes at its end; false: out of memory. */
bool acc__buffer_reserve(acc__thread *th, acc__buffer *b, size_t n);
void acc__buffer_release(acc__thread *th, acc__buffer *b);

static inline void acc__stream_dry(acc__stream *s) { s->in.set = false; }
/* Registers what is waited for: 0 or an errno. */
int acc__stream_watch(acc__thread *th, acc__stream *s);
/* write.c: sends what it can of what is buffered. */
void acc__stream_flush(acc__thread *th, acc__stream *s);
/* Throws what writing has failed with, if it has. */
bool acc__stream_lost(acc_ctx *cx, acc__stream *s);
void acc__stream_wake(acc__thread *th, acc_event *e);

/* "read from 127.0.0.1:80: Connection reset by peer" */
void acc__stream_throw(acc_ctx *cx, acc__stream *s, const char *what, int error);
/* What is at the other end, as text, in buf; gives buf. */
const char *acc__stream_peer(acc__stream *s, char *buf, size_t size);

/* address.c */
const char *acc__address_text(const struct sockaddr *sa, socklen_t length, char *buf, size_t size);
socklen_t acc__address_length(const struct sockaddr *sa);
void acc__address_give(acc__address to, struct sockaddr_storage *from, socklen_t length);

/* socket.c */
void acc__socket_options(int fd, int family, bool nagle, bool keep_alive);
/* Throws "WHAT ADDRESS: reason". */
void acc__throw_address(acc_ctx *cx, int error, const char *what, const struct sockaddr *sa, socklen_t length);

#pragma GCC visibility push(default)
void acc_stream_write(acc_ctx *cx, acc_stream *stream, const void *p, size_t n);
void acc_stream_printf(acc_ctx *cx, acc_stream *stream, const char *format, ...) __attribute__((format(printf, 3, 4)));
void acc_stream_vprintf(acc_ctx *cx, acc_stream *stream, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
void acc_stream_write_eof(acc_ctx *cx, acc_stream *stream);
bool acc_stream_at_eof(acc_ctx *cx, acc_stream *stream);
const char *acc_stream_peer(acc_ctx *cx, acc_stream *stream, char *buf, size_t size);
void acc_stream_set_limits(acc_ctx *cx, acc_stream *stream, size_t limit, size_t high_water);
int acc_stream_fd(acc_ctx *cx, acc_stream *stream);
acc_stream *acc_stream_from_fd(acc_ctx *cx, int fd);
#pragma GCC visibility pop

#pragma GCC visibility pop
#endif
