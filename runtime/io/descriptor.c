/* descriptor.c: the two transports right over a descriptor: a socket's, and that of pipes, terminals and files.
 *
 * TCP that gives less than was asked for has no more, as epoll(7) has it, so the next read need not ask: unless the other end is
 * known to have hung up, or urgent data cut the read short. (A Unix socket also stops where descriptors were sent along.)
 *
 * Sockets are spared SIGPIPE by MSG_NOSIGNAL; for others it is blocked while they are written to, and taken back if it came: the
 * process keeps its own way of dealing with it. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static ssize_t dry_if_short(acc__stream *s, ssize_t got, size_t wanted) {
    if (got < 0 ? errno == EAGAIN : got > 0 && (size_t)got < wanted && s->is_tcp && !s->hung_up && !s->urgent)
        acc__stream_dry(s);
    return got;
}

static ssize_t socket_read(acc__stream *s, void *p, size_t n) {
    ssize_t got;
    while ((got = recv(s->watch.fd, p, n, MSG_DONTWAIT)) < 0 && errno == EINTR);
    return dry_if_short(s, got, n);
}

static ssize_t socket_write(acc__stream *s, const void *p, size_t n) {
    ssize_t put;
    while ((put = send(s->watch.fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL)) < 0 && errno == EINTR);
    return put;
}

static int socket_shutdown(acc__stream *s) { return shutdown(s->watch.fd, SHUT_WR); }

static void close_descriptor(acc__stream *s) {
    acc__polled_end(acc__self(), &s->watch);
    if (s->watch.fd >= 0 && !s->keep_open) close(s->watch.fd);
    s->watch.fd = -1;
}

const acc__transport acc__socket_transport = {socket_read, socket_write, socket_shutdown, close_descriptor};

static ssize_t descriptor_read(acc__stream *s, void *p, size_t n) {
    ssize_t got;
    while ((got = read(s->watch.fd, p, n)) < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN) acc__stream_dry(s);
    if (got < 0 && errno == EIO && s->hung_up) return 0; /* a terminal whose other end is gone */
    return got;
}

ssize_t acc__write_quietly(int fd, const void *p, size_t n) {
    static const struct timespec at_once;
    sigset_t pipe, old, pending;
    ssize_t put;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    while ((put = write(fd, p, n)) < 0 && errno == EINTR);
    int error = errno;
    if (put < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return put;
}

static ssize_t descriptor_write(acc__stream *s, const void *p, size_t n) { return acc__write_quietly(s->watch.fd, p, n); }

/* A pipe's end is told by closing it. */
static int descriptor_shutdown(acc__stream *s) {
    close_descriptor(s);
    return 0;
}

const acc__transport acc__descriptor_transport = {descriptor_read, descriptor_write, descriptor_shutdown, close_descriptor};
