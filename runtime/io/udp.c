/* udp.c: sockets for datagrams: one object each, its descriptor watched edge-triggered. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <unistd.h>

typedef struct udp {
    acc__polled watch; /* first */
    acc_event in, out;
} udp;

static void udp_end(acc__thread *th, void *object) {
    udp *u = object;
    acc_event *events[] = {&u->in, &u->out};
    for (int i = 0; i < 2; i++) {
        acc__stream_wake(th, events[i]);
        while (events[i]->waiters.first) acc__waiter_remove(events[i]->waiters.first);
    }
    acc__polled_end(th, &u->watch);
    close(u->watch.fd);
}
static const acc__object_type udp_type = {"the socket", udp_end, NULL};

static void ready(acc__thread *th, acc__polled *w, uint32_t events) {
    udp *u = (udp *)w;
    if (events & ~(uint32_t)EPOLLOUT && !u->in.set) acc__stream_wake(th, &u->in);
    if (events & ~(uint32_t)EPOLLIN && !u->out.set) acc__stream_wake(th, &u->out);
}

/* A socket bound to one of the local addresses and connected to one of the remote ones, as far as there are any. */
int acc__udp_socket(acc_ctx *cx, int family, const struct addrinfo *local, const struct addrinfo *remote,
                    const acc_udp_options *options) {
    int one = 1;
    int fd = acc__sock_open(cx, family, SOCK_DGRAM, 0);
    if (fd < 0) return -1;
    if (options && options->reuse_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (options && options->broadcast) setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
    if (local) acc__sock_bind(cx, fd, local);
    if (!cx->signal && remote) {
        while (remote->ai_next && remote->ai_family != family) remote = remote->ai_next;
        int failed;
        while ((failed = connect(fd, remote->ai_addr, remote->ai_addrlen)) && errno == EINTR);
        if (failed) acc__throw_address(cx, errno, "connect to", remote->ai_addr, remote->ai_addrlen);
    }
    if (!cx->signal) return fd;
    close(fd);
    return -1;
}

acc_udp *acc__udp_new(acc_ctx *cx, int fd) {
    acc__thread *th = acc__of(cx);
    udp *u = acc__object_new(th, &udp_type, sizeof *u);
    int error = ENOMEM;
    if (u) {
        u->watch = (acc__polled){.ready = ready, .fd = fd};
        error = acc__polled_set(th, &u->watch, EPOLLIN | EPOLLOUT | EPOLLET);
        if (!error) return acc__object_handle(u);
        acc__object_free(th, u);
    }
    close(fd);
    if (error == ENOMEM) acc__throw_memory(cx);
    else acc__throw(cx, &acc_error_type_OSError, error, "watching descriptor %d: %s", fd, strerror(error));
    return NULL;
}

acc_event *acc__udp_event(acc_ctx *cx, acc_udp *handle, bool out) {
    udp *u = acc__object_get(cx, handle, &udp_type);
    return !u ? NULL : out ? &u->out : &u->in;
}

ssize_t acc__udp_recv(acc_ctx *cx, acc_udp *handle, void *buf, size_t size, acc__address from) {
    struct sockaddr_storage sa;
    socklen_t length = sizeof sa;
    ssize_t got;
    udp *u = acc__object_get(cx, handle, &udp_type);
    if (!u) return 0;
    if (acc__io_spent(acc__of(cx))) return ACC__IO_YIELD;
    while ((got = recvfrom(u->watch.fd, buf, size, MSG_DONTWAIT, (struct sockaddr *)&sa, &length)) < 0 && errno == EINTR);
    if (got >= 0) {
        acc__address_give(from, &sa, length);
        return got;
    }
    if (errno == EAGAIN) {
        u->in.set = false;
        return ACC__IO_WAIT;
    }
    acc__throw(cx, &acc_error_type_OSError, errno, "receive: %s", strerror(errno));
    return 0;
}

ssize_t acc__udp_send(acc_ctx *cx, acc_udp *handle, const void *p, size_t n, acc__const_address to) {
    ssize_t put;
    udp *u = acc__object_get(cx, handle, &udp_type);
    if (!u) return 0;
    if (acc__io_spent(acc__of(cx))) return ACC__IO_YIELD;
    socklen_t length = to.any ? acc__address_length(to.any) : 0;
    while ((put = sendto(u->watch.fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL, to.any, length)) < 0 && errno == EINTR);
    if (put >= 0) return 0;
    if (errno == EAGAIN) {
        u->out.set = false;
        return ACC__IO_WAIT;
    }
    if (to.any) acc__throw_address(cx, errno, "send to", to.any, length);
    else acc__throw(cx, &acc_error_type_OSError, errno, "send: %s", strerror(errno));
    return 0;
}

int acc_udp_port(acc_ctx *cx, acc_udp *handle) {
    struct sockaddr_storage sa = {0};
    socklen_t length = sizeof sa;
    udp *u = acc__object_get(cx, handle, &udp_type);
    if (!u || getsockname(u->watch.fd, (struct sockaddr *)&sa, &length)) return 0;
    return ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port : ((struct sockaddr_in *)&sa)->sin_port);
}

void acc_udp_close(acc_udp *handle) {
    acc__thread *th = acc__self();
    udp *u = acc__object_find(th, handle, &udp_type);
    if (!u) return;
    udp_end(th, u);
    acc__object_free(th, u);
}
