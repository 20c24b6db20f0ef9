/* socket.c: the calls of sockets, each tried once; what they throw names the address. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <unistd.h>

void acc__throw_address(acc_ctx *cx, int error, const char *what, const struct sockaddr *sa, socklen_t length) {
    char address[128];
    if (error == ENOMEM) {
        acc__throw_memory(cx);
        return;
    }
    acc__address_text(sa, length, address, sizeof address);
    acc__throw(cx, &acc_error_type_OSError, error, "%s %s: %s", what, address, strerror(error));
}

static void throw_socket(acc_ctx *cx, int error, const char *what, int fd) {
    if (error == ENOMEM) acc__throw_memory(cx);
    else acc__throw(cx, &acc_error_type_OSError, error, "%s socket %d: %s", what, fd, strerror(error));
}

static bool unblock(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_NONBLOCK || !fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

/* What an option is for is a matter of speed or care: a socket that does not know it does without. */
void acc__socket_options(int fd, int family, bool nagle, bool keep_alive) {
    int one = 1;
    if (family != AF_INET && family != AF_INET6) return;
    if (!nagle) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (keep_alive) setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

ssize_t acc__sock_recv(acc_ctx *cx, int fd, void *buf, size_t n) {
    ssize_t got;
    if (!acc__need_loop(cx)) return 0;
    if (acc__io_spent(acc__of(cx))) return ACC__IO_YIELD;
    while ((got = recv(fd, buf, n, MSG_DONTWAIT)) < 0 && errno == EINTR);
    if (got >= 0) return got;
    if (errno == EAGAIN) return ACC__IO_WAIT;
    throw_socket(cx, errno, "receive from", fd);
    return 0;
}

ssize_t acc__sock_send(acc_ctx *cx, int fd, const void *p, size_t n) {
    ssize_t put;
    if (!acc__need_loop(cx)) return 0;
    if (acc__io_spent(acc__of(cx))) return ACC__IO_YIELD;
    while ((put = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL)) < 0 && errno == EINTR);
    if (put >= 0) return put;
    if (errno == EAGAIN) return ACC__IO_WAIT;
    throw_socket(cx, errno, "send to", fd);
    return 0;
}

int acc__sock_accept(acc_ctx *cx, int fd, acc__address from) {
    struct sockaddr_storage sa;
    socklen_t length = sizeof sa;
    if (!acc__need_loop(cx)) return 0;
    if (acc__io_spent(acc__of(cx))) return ACC__IO_YIELD;
    int got = unblock(fd) ? accept4(fd, (struct sockaddr *)&sa, &length, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;
    if (got >= 0) {
        acc__address_give(from, &sa, length);
        return got;
    }
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return ACC__IO_WAIT;
    throw_socket(cx, errno, "accept on", fd);
    return 0;
}

int acc__sock_connect(acc_ctx *cx, int fd, const struct sockaddr *to, socklen_t length) {
    if (!acc__need_loop(cx)) return 0;
    if (!unblock(fd)) {
        throw_socket(cx, errno, "connect", fd);
        return 0;
    }
    if (!connect(fd, to, length)) return 0;
    if (errno == EINPROGRESS || errno == EINTR) return ACC__IO_WAIT;
    if (errno == EAGAIN) return ACC__IO_YIELD; /* Unix: its backlog is full */
    acc__throw_address(cx, errno, "connect to", to, length);
    return 0;
}

int acc__sock_connected(acc_ctx *cx, int fd, const struct sockaddr *to, socklen_t length) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size)) error = errno;
    if (error) acc__throw_address(cx, error, "connect to", to, length);
    return 0;
}

int acc__sock_open(acc_ctx *cx, int family, int type, int protocol) {
    int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd >= 0) return fd;
    if (errno == ENOMEM) acc__throw_memory(cx);
    else acc__throw(cx, &acc_error_type_OSError, errno, "socket: %s", strerror(errno));
    return -1;
}

int acc__sock_bind(acc_ctx *cx, int fd, const struct addrinfo *local) {
    int error = EADDRNOTAVAIL, family = AF_UNSPEC;
    socklen_t size = sizeof family;
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
    const struct addrinfo *last = local;
    for (const struct addrinfo *a = local; a; a = a->ai_next) {
        if (a->ai_family != family) continue;
        if (!bind(fd, a->ai_addr, a->ai_addrlen)) return 0;
        error = errno;
        last = a;
    }
    acc__throw_address(cx, error, "bind to", last->ai_addr, last->ai_addrlen);
    return 0;
}

acc_stream *acc__connected(acc_ctx *cx, int fd, const struct sockaddr *to, const acc_connection_options *options) {
    static const acc_connection_options defaults;
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    if (!options) options = &defaults;
    if (!to) {
        getpeername(fd, (struct sockaddr *)&peer, &length);
        to = (struct sockaddr *)&peer;
    }
    acc__socket_options(fd, to->sa_family, options->nagle, options->keep_alive);
    acc__stream *s = acc__stream_new(cx, fd, true);
    if (!s) {
        close(fd);
        return NULL;
    }
    if (options->limit) s->limit = options->limit;
    if (options->high_water) s->high_water = options->high_water;
    if (to->sa_family == AF_INET || to->sa_family == AF_INET6) {
        memcpy(&s->peer, to, acc__address_length(to));
        s->is_tcp = true;
    }
    return acc__object_handle(s);
}

int acc__unix_address(acc_ctx *cx, const char *path, struct sockaddr_un *address) {
    size_t n = path ? strlen(path) : 0;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (n && n < sizeof address->sun_path) memcpy(address->sun_path, path, n);
    else acc__throw(cx, &acc_error_type_ValueError, 0, n ? "AF_UNIX path too long" : "there is no path");
    return 0;
}
