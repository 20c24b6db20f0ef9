/* stream.c: a stream from its making to its end, and what it tells of itself. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT 65536 /* asyncio's, both */
#define HIGH_WATER 65536

/* ---- events ---------------------------------------------------------------------------------------------------------------------- */

#define BROKEN (EPOLLERR | EPOLLHUP)

static void ready(acc__thread *th, acc__polled *w, uint32_t events) {
    acc__stream *s = (acc__stream *)w;
    if (events & (BROKEN | EPOLLRDHUP)) s->hung_up = true;
    if (events & EPOLLPRI) s->urgent = true;
    if (events & (s->read_waits | BROKEN | EPOLLRDHUP) && !s->in.set) acc__stream_wake(th, &s->in);
    if (events & (s->write_waits | BROKEN) && acc__buffered(&s->write)) acc__stream_flush(th, s);
}

int acc__stream_watch(acc__thread *th, acc__stream *s) {
    if (s->is_plain || s->watch.fd < 0) return 0;
    bool writes = acc__buffered(&s->write);
    return acc__polled_set(th, &s->watch,
                           EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLET | (s->read_waits & EPOLLOUT) |
                               (writes ? (uint32_t)EPOLLOUT : 0));
}

/* ---- beginning and end ------------------------------------------------------------------------------------------------------------ */

static void forget_waiters(acc__thread *th, acc_event *e) {
    acc__stream_wake(th, e);
    while (e->waiters.first) acc__waiter_remove(e->waiters.first);
}

static void give_back(acc__thread *th, void *object) {
    acc__stream *s = object;
    forget_waiters(th, &s->in);
    forget_waiters(th, &s->out);
    if (acc__buffered(&s->write) && !s->write_error)
        s->transport->write(s, s->write.data + s->write.start, acc__buffered(&s->write));
    s->transport->close(s);
    acc__buffer_release(th, &s->read);
    acc__buffer_release(th, &s->write);
}

const acc__object_type acc__stream_type = {"the stream", give_back, NULL};

void acc__stream_free(acc__thread *th, acc__stream *s) {
    give_back(th, s);
    acc__object_free(th, s);
}

acc__stream *acc__stream_new(acc_ctx *cx, int fd, bool is_socket) {
    acc__thread *th = acc__of(cx);
    acc__stream *s = acc__object_new(th, &acc__stream_type, sizeof *s);
    if (!s) {
        acc__throw_memory(cx);
        return NULL;
    }
    s->watch = (acc__polled){.ready = ready, .fd = fd};
    s->is_socket = is_socket;
    s->transport = is_socket ? &acc__socket_transport : &acc__descriptor_transport;
    s->read_waits = EPOLLIN;
    s->write_waits = EPOLLOUT;
    s->limit = LIMIT;
    s->high_water = HIGH_WATER;
    int error = acc__stream_watch(th, s);
    if (error == EPERM && !is_socket) s->is_plain = s->in.set = true; /* a regular file: epoll does not take it */
    else if (error) {
        acc__object_free(th, s);
        if (error == ENOMEM) acc__throw_memory(cx);
        else if (error == EEXIST)
            acc__throw(cx, &acc_error_type_InvalidStateError, 0, "File descriptor %d is used already", fd);
        else acc__throw(cx, &acc_error_type_OSError, error, "watching descriptor %d: %s", fd, strerror(error));
        return NULL;
    }
    return s;
}

acc_stream *acc_stream_from_fd(acc_ctx *cx, int fd) {
    struct stat st;
    if (!acc__need_loop(cx)) return NULL;
    int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
    if (fd < 0) acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid file descriptor: %d", fd);
    else if (flags < 0 || fstat(fd, &st))
        acc__throw(cx, &acc_error_type_OSError, errno, "descriptor %d: %s", fd, strerror(errno));
    if (cx->signal) return NULL;
    acc__stream *s = acc__stream_new(cx, fd, S_ISSOCK(st.st_mode));
    if (!s) return NULL;
    int protocol = 0;
    socklen_t size = sizeof protocol;
    s->is_tcp = s->is_socket && !getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) && protocol == IPPROTO_TCP;
    if (!s->is_socket && !s->is_plain && !(flags & O_NONBLOCK)) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return acc__object_handle(s);
}

bool acc__stream_close_begin(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__stream_find(handle);
    if (!handle) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "the stream is a null pointer");
    if (!s || s->closing) return false;
    s->closing = true;
    acc__stream_wake(acc__of(cx), &s->in); /* who reads is at the end */
    return true;
}

void acc__stream_end(acc_stream *handle) {
    acc__thread *th = acc__self();
    acc__stream *s = acc__stream_find(handle);
    if (s) acc__stream_free(th, s);
}

bool acc__stream_is(acc_stream *handle) {
    acc__stream *s = acc__stream_find(handle);
    return s && !s->closing;
}

/* ---- waiting ---------------------------------------------------------------------------------------------------------------------- */

acc_event *acc__stream_in(acc_ctx *cx, acc_stream *handle, const char *function) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (s && s->in.waiters.first && !acc__waiter_done(s->in.waiters.first))
        acc__throw(cx, &acc_error_type_InvalidStateError, 0,
                   "%s() called while another coroutine is already waiting for incoming data", function);
    return s ? &s->in : NULL;
}

acc_event *acc__stream_out(acc_stream *handle) {
    acc__stream *s = acc__stream_find(handle);
    return s ? &s->out : NULL;
}

/* ---- what it is -------------------------------------------------------------------------------------------------------------------- */

bool acc_stream_at_eof(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__stream_get(cx, handle);
    return s && s->at_end && !acc__buffered(&s->read);
}

int acc_stream_fd(acc_ctx *cx, acc_stream *handle) {
    acc__stream *s = acc__stream_get(cx, handle);
    return s ? s->watch.fd : -1;
}

void acc_stream_set_limits(acc_ctx *cx, acc_stream *handle, size_t limit, size_t high_water) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (!s) return;
    s->limit = limit ? limit : LIMIT;
    s->high_water = high_water ? high_water : HIGH_WATER;
    s->paused = acc__buffered(&s->write) > s->high_water;
    if (!s->paused) acc__stream_wake(acc__of(cx), &s->out);
}

const char *acc__stream_peer(acc__stream *s, char *buf, size_t size) {
    struct sockaddr_storage sa;
    socklen_t length = sizeof sa;
    if (s->peer.any.sa_family) return acc__address_text(&s->peer.any, sizeof s->peer, buf, size);
    if (s->is_socket && !getpeername(s->watch.fd, (struct sockaddr *)&sa, &length))
        return acc__address_text((struct sockaddr *)&sa, length, buf, size);
    if (size) buf[0] = '\0';
    return buf;
}

const char *acc_stream_peer(acc_ctx *cx, acc_stream *handle, char *buf, size_t size) {
    acc__stream *s = acc__stream_get(cx, handle);
    if (s) acc__stream_peer(s, buf, size);
    return buf;
}

void acc__stream_throw(acc_ctx *cx, acc__stream *s, const char *what, int error) {
    char peer[128];
    if (error == ENOMEM) {
        acc__throw_memory(cx);
        return;
    }
    acc__stream_peer(s, peer, sizeof peer);
    if (!*peer) snprintf(peer, sizeof peer, s->is_socket ? "socket %d" : "descriptor %d", s->watch.fd);
    acc__throw(cx, &acc_error_type_OSError, error, "%s %s: %s", what, peer, strerror(error));
}
