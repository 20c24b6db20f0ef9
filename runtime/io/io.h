/* io.h: the border between what is written in the dialect here (*.ac) and what is written in C (*.c): the latter looks and
 * does, the former waits. Both see the public types only; what is behind a stream is stream.h's, for C alone.
 *
 * A function that ACC__THROWS declares throws; in C it has the context as its first parameter. */
#ifndef ACC_IO_IO_H
#define ACC_IO_IO_H

#include <acc.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#ifdef __ACC__
#define ACC__THROWS(type, name, ...) acc_throws type name(__VA_ARGS__)
#else
#define ACC__THROWS(type, name, ...) type name(acc_ctx *cx, __VA_ARGS__)
#endif

#pragma GCC visibility push(hidden)

/* What a function that tries says where it could not do it. */
enum { ACC__IO_WAIT = -1 /* wait, then try again */, ACC__IO_YIELD = -2 /* after others have had their turn */ };

/* ---- streams (read.c, write.c, stream.c) ---------------------------------------------------------------------------------------- */

/* Each is its function without the waiting. `again`: it has waited; then a stream that is closed is at its end. */
ACC__THROWS(ssize_t, acc__stream_read, acc_stream *stream, void *buf, size_t size, bool again);
ACC__THROWS(ssize_t, acc__stream_read_exactly, acc_stream *stream, void *buf, size_t n, bool again);
ACC__THROWS(ssize_t, acc__stream_read_line, acc_stream *stream, acc__text p, bool again);
ACC__THROWS(ssize_t, acc__stream_read_until, acc_stream *stream, const void *sep, size_t seplen, acc__text p, bool again);
ACC__THROWS(int, acc__stream_drain, acc_stream *stream);
/* The event that a reader waits for; one task at a time. */
ACC__THROWS(acc_event *, acc__stream_in, acc_stream *stream, const char *function);
/* The event of a stream whose output has drained; NULL: it is gone. */
acc_event *acc__stream_out(acc_stream *stream);
bool acc__stream_is(acc_stream *stream);
/* Nobody uses it any more. False: it is gone already, or somebody else's close is on its way. */
ACC__THROWS(bool, acc__stream_close_begin, acc_stream *stream);
/* 0: all is written. Throws what writing has failed with, if nobody was told. */
ACC__THROWS(int, acc__stream_close_flush, acc_stream *stream);
/* Closes the descriptor at once, whatever is left to be written, and ends the handle. */
void acc__stream_end(acc_stream *stream);

/* ---- sockets (socket.c) ------------------------------------------------------------------------------------------------------------ */

/* Each tries once; WAIT or YIELD as above. What they throw names the address. */
ACC__THROWS(ssize_t, acc__sock_recv, int fd, void *buf, size_t n);
ACC__THROWS(ssize_t, acc__sock_send, int fd, const void *p, size_t n);
ACC__THROWS(int, acc__sock_accept, int fd, acc__address from);
/* 0: connected; WAIT: on its way, acc__sock_connected tells what came of it; YIELD: the other end is busy, try again later. */
ACC__THROWS(int, acc__sock_connect, int fd, const struct sockaddr *to, socklen_t length);
ACC__THROWS(int, acc__sock_connected, int fd, const struct sockaddr *to, socklen_t length);
ACC__THROWS(int, acc__sock_open, int family, int type, int protocol);
/* Binds a socket that is to connect to one of these. */
ACC__THROWS(int, acc__sock_bind, int fd, const struct addrinfo *local);
/* The stream of a connected socket, which is the stream's from then on, whatever happens. to NULL: the socket knows. */
ACC__THROWS(acc_stream *, acc__connected, int fd, const struct sockaddr *to, const acc_connection_options *options);
ACC__THROWS(int, acc__unix_address, const char *path, struct sockaddr_un *address);

/* ---- names (resolve.ac, lookup.c) -------------------------------------------------------------------------------------------------- */

typedef struct acc__found { /* what getaddrinfo said */
    struct addrinfo *list;
    int code, error;
} acc__found;
#ifdef __ACC__
async acc__found acc__lookup(const char *host, const char *service, const struct addrinfo *hints);
/* Stream addresses of host and port: at least one. */
async struct addrinfo *acc__resolve(const char *host, int port, int family, int type, int flags);
#else
acc__found acc__lookup(acc_ctx *cx, const char *host, const char *service, const struct addrinfo *hints);
#endif
/* Without a thread, for an address in numbers; EAI_NONAME: it is none. */
acc__found acc__lookup_numbers(const char *host, const char *service, const struct addrinfo *hints);
/* The list with the families in turn, the first one's first. */
struct addrinfo *acc__interleave(struct addrinfo *list);

/* ---- servers (server.c) ------------------------------------------------------------------------------------------------------------ */

typedef struct acc__connection acc__connection; /* a handler that runs; it lies in its task's frame */
struct acc__connection {
    acc__connection *prev, *next;
    acc_task(void) task;
};

/* A server that listens at these addresses (all of the same port) or at a Unix path. It is the caller's to close. */
ACC__THROWS(acc_server *, acc__server_tcp, void (*serve)(void), void (*handler)(void), const struct addrinfo *list, int port,
            const acc_server_options *options);
ACC__THROWS(acc_server *, acc__server_unix, void (*serve)(void), void (*handler)(void), const char *path,
            const acc_server_options *options);
ACC__THROWS(bool, acc__server_start, acc_server *server);
/* Somebody serves for ever: the event that ends it. */
ACC__THROWS(acc_event *, acc__server_forever, acc_server *server);
void acc__server_forever_end(acc_server *server);
void acc__server_cancel(acc_server *server);
/* The event that is set when it is closed and all handlers are done; NULL: it is. */
acc_event *acc__server_done(acc_server *server);
void acc__connection_begin(acc_server *server, acc__connection *c, acc_stream *stream);
void acc__connection_end(acc_server *server, acc__connection *c);
double acc__server_close_timeout(acc_server *server);
void acc__handler_failed(const acc_error *e);

/* ---- datagrams (udp.c) -------------------------------------------------------------------------------------------------------------- */

ACC__THROWS(acc_udp *, acc__udp_new, int fd);
ACC__THROWS(ssize_t, acc__udp_recv, acc_udp *udp, void *buf, size_t size, acc__address from);
ACC__THROWS(ssize_t, acc__udp_send, acc_udp *udp, const void *p, size_t n, acc__const_address to);
ACC__THROWS(acc_event *, acc__udp_event, acc_udp *udp, bool out);
ACC__THROWS(int, acc__udp_socket, int family, const struct addrinfo *local, const struct addrinfo *remote,
            const acc_udp_options *options);

#pragma GCC visibility pop
#endif
