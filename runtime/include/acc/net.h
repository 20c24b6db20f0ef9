/* acc/net.h: connections, servers, datagrams, sockets as they are, names. Part of acc.h, which includes it.
 *
 * What fails throws OSError with errno as its code, and says what it was with the address: "connect to 127.0.0.1:81: Connection
 * refused" (ConnectionError). `options` is NULL or a structure whose zeros are the defaults. */
#ifndef ACC_NET_H
#define ACC_NET_H

#ifdef __cplusplus
extern "C" {
#endif

struct addrinfo;
struct sockaddr;
struct sockaddr_storage;
struct sockaddr_in;
struct sockaddr_in6;
struct sockaddr_un;

typedef struct acc_server acc_server;
typedef struct acc_udp acc_udp;

typedef struct acc_connection_options {
    size_t limit;      /* of a line: 64 KiB */
    size_t high_water; /* what may wait to be sent before drain waits: 64 KiB */
    int family;        /* AF_INET or AF_INET6 only */
    const char *local_host;
    int local_port;
    double happy_eyeballs_delay; /* seconds between two attempts: 0.25; ACC_NO_TIMEOUT: one after the other */
    bool nagle;                  /* small pieces may wait to be sent together (else TCP_NODELAY, as asyncio has it) */
    bool keep_alive;
} acc_connection_options;

typedef struct acc_server_options {
    size_t limit, high_water; /* of its streams, as above */
    int family;
    int backlog; /* 100 */
    bool reuse_port;
    bool nagle, keep_alive; /* of its connections, as above */
    bool not_serving;       /* it begins to accept with acc_serve_forever */
    bool keep_socket;       /* Unix: the file is not removed when the server closes */
    double close_timeout;   /* how long a handler that has returned waits for the other end to take what was written: 30 s */
} acc_server_options;

typedef struct acc_udp_options {
    const char *local_host, *remote_host;
    int local_port, remote_port;
    int family; /* AF_INET where no host says otherwise */
    bool reuse_port, broadcast;
} acc_udp_options;

#ifndef __cplusplus
/* The address of a socket address of any family. */
typedef union acc__address {
    struct sockaddr *any;
    struct sockaddr_storage *storage;
    struct sockaddr_in *in;
    struct sockaddr_in6 *in6;
    struct sockaddr_un *un;
} acc__address __attribute__((__transparent_union__));
typedef union acc__const_address {
    const struct sockaddr *any;
    const struct sockaddr_storage *storage;
    const struct sockaddr_in *in;
    const struct sockaddr_in6 *in6;
    const struct sockaddr_un *un;
} acc__const_address __attribute__((__transparent_union__));
#endif

#ifdef __ACC__
/* ---- connections ---- */

/* A host with several addresses is tried happy-eyeballs style: the families in turn, the next one after a delay or a failure; the
 * first that answers wins. asyncio: open_connection(). */
async acc_stream *acc_open_connection(const char *host, int port, const acc_connection_options *options);
async acc_stream *acc_open_unix_connection(const char *path, const acc_connection_options *options);

/* ---- servers ---- */

/* The handler runs as a task for each connection; its stream is closed when it returns, once what was written is sent. An error
 * that escapes from it is reported (acc_set_error_handler) and closes that connection only. host NULL: all interfaces; port 0: one
 * that is free, the same for all addresses. asyncio: start_server(). */
async acc_server *acc_start_server(async void (*handler)(acc_stream *s), const char *host, int port,
                                   const acc_server_options *options);
/* A socket's file that nobody needs any more is replaced, and removed when the server closes. asyncio: start_unix_server(). */
async acc_server *acc_start_unix_server(async void (*handler)(acc_stream *s), const char *path,
                                        const acc_server_options *options);
/* Throws InvalidStateError where it is closed. */
acc_throws int acc_server_port(acc_server *v);
/* Accepts until it is cancelled: then the server is closed, its handlers are cancelled, and waited for. Where somebody else closes
 * the server, it waits for the handlers and throws CancelledError, as asyncio's. asyncio: Server.serve_forever(). */
async void acc_serve_forever(acc_server *v);
/* Waits until the server is closed and all handlers are done. asyncio: Server.wait_closed(). */
async void acc_server_wait_closed(acc_server *v);
/* async with closes and waits for the handlers; after an error it cancels them. */
async acc_server *acc_server_aenter(acc_server *v);
async void acc_server_aexit(acc_server *v, const acc_error *error);

/* ---- datagrams ---- */

/* asyncio: create_datagram_endpoint(). */
async acc_udp *acc_udp_open(const acc_udp_options *options);
/* to NULL: to the remote host of the options. */
async void acc_udp_send(acc_udp *u, const void *p, size_t n, acc__const_address to);
/* One datagram: how many bytes of it are in buf; what does not fit is gone. `from` (NULL: not wanted) has room for an address of
 * the socket's family. */
async size_t acc_udp_recv(acc_udp *u, void *buf, size_t size, acc__address from);
acc_throws int acc_udp_port(acc_udp *u);
async acc_udp *acc_udp_aenter(acc_udp *u);
async void acc_udp_aexit(acc_udp *u, const acc_error *error);

/* ---- sockets as they are: any descriptor of the caller's, who closes it ---- */

/* asyncio: sock_recv(), sock_sendall(), sock_accept(), sock_connect(). What was accepted does not block and is closed by exec;
 * the socket given to accept or connect is made not to block. A cancelled send may have sent a part. */
async size_t acc_sock_recv(int fd, void *buf, size_t n);
async void acc_sock_send_all(int fd, const void *p, size_t n);
async int acc_sock_accept(int fd, acc__address from);
async void acc_sock_connect(int fd, acc__const_address to, unsigned length);

/* ---- names ---- */

/* getaddrinfo(3) in a thread; freed by freeaddrinfo. What it says is thrown as OSError, with its own code (EAI_NONAME, ...): all of
 * them are negative. asyncio: loop.getaddrinfo(). */
async struct addrinfo *acc_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints);
#else
const acc_error *acc_c_server_port(int *out, acc_server *v);
const acc_error *acc_c_udp_port(int *out, acc_udp *u);
#endif

/* No more connections are accepted; handlers go on. Closing again does nothing. asyncio: Server.close(). */
void acc_server_close(acc_server *v);
/* Who receives at the time gets an InvalidStateError. Closing again does nothing. */
void acc_udp_close(acc_udp *u);

#ifdef __cplusplus
}
#endif
#endif
