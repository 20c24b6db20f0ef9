/* server.c: listening sockets, and who is connected.
 *
 * A listener is watched level-triggered; what the poll finds is accepted in the loop's next round of ready work, up to a backlog's
 * worth, each connection with a task for its handler (server.ac), which begins at once. Where there are no descriptors left, or no
 * memory, that is reported, and the listener rests for a second.
 *
 * A server goes when it is closed and its last handler is done. Its listeners lie apart, since one of them may stand in the ready
 * queue then. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 100
#define REST 1000000000 /* nanoseconds: asyncio's ACCEPT_RETRY_DELAY */
#define CLOSE_TIMEOUT 30

typedef struct server server;
typedef struct listeners listeners;

typedef struct listener {
    acc__polled watch; /* first */
    acc__hook hook;
    listeners *all;
    bool queued, resting;
    acc_handle rest;
} listener;

struct listeners {
    server *server; /* NULL: it is gone */
    size_t count, queued;
    listener each[];
};

struct server {
    listeners *listeners; /* NULL: closed */
    void (*serve)(void), (*handler)(void);
    acc_server_options options;
    acc__connection *connections;
    acc_event done, stop; /* all is over; serving for ever is */
    int port;             /* 0: Unix */
    bool serving, forever;
    char *path; /* of the socket's file, and which one it was */
    dev_t device;
    ino_t inode;
};

static void server_end(acc__thread *th, void *object);
static const acc__object_type server_type = {"the server", server_end, NULL};

/* ---- accepting ------------------------------------------------------------------------------------------------------------------- */

typedef void serve_fn(acc_ctx *cx, acc_server *server, acc_stream *stream, void (*handler)(void));

static void report(acc__thread *th, const char *what) {
    const acc_error *e = acc_abi_catch(&th->cx);
    acc__report_error(th, what, e);
    acc_error_drop(e);
}

/* A stream and a task of its own. */
static void connected(acc__thread *th, server *v, int fd, const struct sockaddr *from, socklen_t length) {
    const acc_connection_options options = {.limit = v->options.limit,
                                            .high_water = v->options.high_water,
                                            .nagle = v->options.nagle,
                                            .keep_alive = v->options.keep_alive};
    const struct sockaddr nobody = {.sa_family = AF_UNIX};
    acc_ctx *cx = &th->cx;
    acc_stream *s = acc__connected(cx, fd, length > sizeof from->sa_family ? from : &nobody, &options);
    if (s) {
        ((serve_fn *)v->serve)(cx->cold, acc__object_handle(v), s, v->handler);
        void *task = acc_abi_create_task_eager(cx, acc_take(cx->cold));
        acc__stream *stream = acc__stream_find(s);
        if (stream && !stream->handled) acc__stream_end(s); /* it could not even begin */
        if (!cx->signal) acc_detach((acc__any_task)task);
    }
    if (cx->signal) report(th, "Error on transport creation for incoming connection");
}

static void rest_over(void *arg) {
    listener *l = arg;
    acc__thread *th = acc__self();
    l->resting = false;
    if (acc__polled_set(th, &l->watch, EPOLLIN)) { /* again later, if it can be told */
        acc_handle h = acc__call_at(&th->cx, acc__now() + REST, rest_over, l);
        if (th->cx.signal) report(th, "a server stops accepting");
        else l->rest = h, l->resting = true;
    }
}

static void rest(acc__thread *th, listener *l) {
    acc_handle h = acc__call_at(&th->cx, acc__now() + REST, rest_over, l);
    if (th->cx.signal) { /* no memory for that: it goes on trying */
        acc_error_drop(acc_abi_catch(&th->cx));
        return;
    }
    acc__polled_end(th, &l->watch);
    l->rest = h;
    l->resting = true;
}

static void accept_some(acc__thread *th, acc__hook *hook) {
    listener *l = (listener *)((char *)hook - offsetof(listener, hook));
    listeners *all = l->all;
    l->queued = false;
    all->queued--;
    int most = all->server ? all->server->options.backlog : 0;
    for (int i = 0; i < most && all->server && !l->resting; i++) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        int fd = accept4(l->watch.fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            all->queued++; /* the handler may close the server */
            connected(th, all->server, fd, (struct sockaddr *)&from, length);
            all->queued--;
            continue;
        }
        switch (errno) {
            case EINTR:
            case ECONNABORTED:
            case EPROTO: /* that connection had an error; there may be others */
            case EPERM: continue;
            case EAGAIN:
            case ENETDOWN:
            case ENOPROTOOPT:
            case EHOSTDOWN:
            case ENONET:
            case EHOSTUNREACH:
            case ENETUNREACH: break;
            default: {
                const acc_error *e = acc__error_new(&acc_error_type_OSError, errno, "accept: %s", strerror(errno));
                all->queued++; /* so may who is told */
                acc__report_error(th, "socket.accept() out of system resource", e);
                all->queued--;
                acc_error_drop(e);
                if (all->server) rest(th, l);
            }
        }
        break;
    }
    if (!all->server && !all->queued) free(all);
}

static void ready(acc__thread *th, acc__polled *w, uint32_t events) {
    (void)events;
    listener *l = (listener *)w;
    if (l->queued) return;
    l->queued = true;
    l->all->queued++;
    acc__ready(th, &l->hook.n);
}

/* ---- making ---------------------------------------------------------------------------------------------------------------------- */

static server *make(acc_ctx *cx, void (*serve)(void), void (*handler)(void), size_t count,
                    const acc_server_options *options) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    if (!handler) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "a server needs a handler");
        return NULL;
    }
    server *v = acc__object_new(th, &server_type, sizeof *v);
    listeners *all = v ? acc__malloc(sizeof *all + count * sizeof *all->each) : NULL;
    if (!all) {
        if (v) acc__object_free(th, v);
        acc__throw_memory(cx);
        return NULL;
    }
    *all = (listeners){.server = v};
    v->listeners = all;
    v->serve = serve;
    v->handler = handler;
    if (options) v->options = *options;
    if (v->options.backlog <= 0) v->options.backlog = BACKLOG;
    if (v->options.close_timeout <= 0) v->options.close_timeout = CLOSE_TIMEOUT;
    return v;
}

static void add(server *v, int fd) {
    listeners *all = v->listeners;
    all->each[all->count++] =
        (listener){.watch = {.ready = ready, .fd = fd}, .hook = {.n = {.kind = ACC__HOOK}, .run = accept_some}, .all = all};
}

static int port_of(const struct sockaddr *sa) {
    return ntohs(sa->sa_family == AF_INET6 ? ((const struct sockaddr_in6 *)(const void *)sa)->sin6_port
                                           : ((const struct sockaddr_in *)(const void *)sa)->sin_port);
}

static bool seen(const struct addrinfo *list, const struct addrinfo *a) {
    for (; list != a; list = list->ai_next)
        if (list->ai_addrlen == a->ai_addrlen && !memcmp(list->ai_addr, a->ai_addr, a->ai_addrlen)) return true;
    return false;
}

/* A socket for each address, bound and nothing more; what the machine does not have is left out. 0, or an errno at *which. */
static int bind_all(server *v, const struct addrinfo *list, int port, const struct addrinfo **which) {
    int one = 1, error = EADDRNOTAVAIL;
    *which = list;
    for (const struct addrinfo *a = list; a; a = a->ai_next) {
        if (seen(list, a)) continue;
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
        if (fd < 0 && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT)) continue;
        if (fd < 0) {
            *which = a;
            return errno;
        }
        struct sockaddr_storage sa;
        socklen_t length = sizeof sa;
        memcpy(&sa, a->ai_addr, a->ai_addrlen);
        if (a->ai_family == AF_INET6) ((struct sockaddr_in6 *)&sa)->sin6_port = htons((uint16_t)port);
        else ((struct sockaddr_in *)&sa)->sin_port = htons((uint16_t)port);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (v->options.reuse_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
        if (a->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&sa, a->ai_addrlen)) {
            error = errno;
            *which = a;
            close(fd);
            if (error == EADDRNOTAVAIL) continue;
            return error;
        }
        if (!port && !getsockname(fd, (struct sockaddr *)&sa, &length)) port = port_of((struct sockaddr *)&sa);
        add(v, fd);
    }
    v->port = port;
    return v->listeners->count ? 0 : error;
}

static void unbind(server *v) {
    for (size_t i = 0; i < v->listeners->count; i++) close(v->listeners->each[i].watch.fd);
    v->listeners->count = 0;
}

acc_server *acc__server_tcp(acc_ctx *cx, void (*serve)(void), void (*handler)(void), const struct addrinfo *list, int port,
                            const acc_server_options *options) {
    const struct addrinfo *which;
    size_t count = 0;
    for (const struct addrinfo *a = list; a; a = a->ai_next) count++;
    server *v = make(cx, serve, handler, count, options);
    if (!v) return NULL;
    int error = bind_all(v, list, port, &which);
    for (int tries = 0; error == EADDRINUSE && !port && tries < 20; tries++) { /* free at one address, and not at another */
        unbind(v);
        error = bind_all(v, list, port, &which);
    }
    if (!error) return acc__object_handle(v);
    struct sockaddr_storage sa;
    memcpy(&sa, which->ai_addr, which->ai_addrlen);
    if (sa.ss_family == AF_INET6) ((struct sockaddr_in6 *)&sa)->sin6_port = htons((uint16_t)port);
    else ((struct sockaddr_in *)&sa)->sin_port = htons((uint16_t)port);
    server_end(acc__of(cx), v);
    acc__object_free(acc__of(cx), v);
    acc__throw_address(cx, error, "bind to", (struct sockaddr *)&sa, which->ai_addrlen);
    return NULL;
}

acc_server *acc__server_unix(acc_ctx *cx, void (*serve)(void), void (*handler)(void), const char *path,
                             const acc_server_options *options) {
    struct sockaddr_un sa;
    struct stat st;
    acc__unix_address(cx, path, &sa);
    if (cx->signal) return NULL;
    server *v = make(cx, serve, handler, 1, options);
    if (!v) return NULL;
    int error = 0, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) error = errno;
    if (fd >= 0) {
        add(v, fd);
        if (!stat(path, &st) && S_ISSOCK(st.st_mode))
            unlink(path); /* one that nobody listens at any more, as asyncio has it */
        if (bind(fd, (struct sockaddr *)&sa, sizeof sa)) error = errno;
    }
    if (!error && !v->options.keep_socket && !stat(path, &st)) {
        v->device = st.st_dev;
        v->inode = st.st_ino;
        if ((v->path = acc__malloc(strlen(path) + 1))) strcpy(v->path, path);
        else {
            unlink(path);
            error = ENOMEM;
        }
    }
    if (!error) return acc__object_handle(v);
    server_end(acc__of(cx), v);
    acc__object_free(acc__of(cx), v);
    acc__throw_address(cx, error, "bind to", (struct sockaddr *)&sa, sizeof sa);
    return NULL;
}

/* ---- a server's life ------------------------------------------------------------------------------------------------------------- */

static server *find(acc_server *handle) { return acc__object_find(acc__self(), handle, &server_type); }
static server *get(acc_ctx *cx, acc_server *handle) {
    server *v = acc__object_get(cx, handle, &server_type);
    if (!v || v->listeners) return v;
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "the server is closed");
    return NULL;
}

bool acc__server_start(acc_ctx *cx, acc_server *handle) {
    server *v = get(cx, handle);
    if (!v || v->serving) return false;
    for (size_t i = 0; i < v->listeners->count; i++) {
        listener *l = &v->listeners->each[i];
        int error = listen(l->watch.fd, v->options.backlog) ? errno : acc__polled_set(acc__of(cx), &l->watch, EPOLLIN);
        if (!error) continue;
        if (error == ENOMEM) acc__throw_memory(cx);
        else acc__throw(cx, &acc_error_type_OSError, error, "listen: %s", strerror(error));
        return false;
    }
    return v->serving = true;
}

static void stop_listening(acc__thread *th, server *v) {
    listeners *all = v->listeners;
    struct stat st;
    v->listeners = NULL;
    v->serving = false;
    for (size_t i = 0; i < all->count; i++) {
        listener *l = &all->each[i];
        if (l->resting) acc_handle_cancel(l->rest);
        acc__polled_end(th, &l->watch);
        close(l->watch.fd);
    }
    if (v->path && !stat(v->path, &st) && st.st_dev == v->device && st.st_ino == v->inode) unlink(v->path);
    free(v->path);
    v->path = NULL;
    all->server = NULL;
    if (!all->queued) free(all);
}

static void forget_waiters(acc__thread *th, acc_event *e) {
    acc__stream_wake(th, e);
    while (e->waiters.first) acc__waiter_remove(e->waiters.first);
}

/* The loop ends: nothing of it runs any more. */
static void server_end(acc__thread *th, void *object) {
    server *v = object;
    if (v->listeners) {
        v->listeners->queued = 0;
        stop_listening(th, v);
    }
    forget_waiters(th, &v->done);
    forget_waiters(th, &v->stop);
}

static void end_if_done(server *v) {
    if (v->listeners || v->connections) return;
    acc__thread *th = acc__self();
    server_end(th, v);
    acc__object_free(th, v);
}

void acc_server_close(acc_server *handle) {
    server *v = find(handle);
    if (!v || !v->listeners) return;
    stop_listening(acc__self(), v);
    acc__stream_wake(acc__self(), &v->stop);
    end_if_done(v);
}

int acc_server_port(acc_ctx *cx, acc_server *handle) {
    server *v = get(cx, handle);
    return v ? v->port : 0;
}

acc_event *acc__server_forever(acc_ctx *cx, acc_server *handle) {
    server *v = get(cx, handle);
    if (v && v->forever)
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "the server is already being awaited on serve_forever()");
    if (!v || cx->signal) return NULL;
    if (!v->serving && !acc__server_start(cx, handle)) return NULL;
    v->forever = true;
    return &v->stop;
}

void acc__server_forever_end(acc_server *handle) {
    server *v = find(handle);
    if (v) v->forever = false;
}

acc_event *acc__server_done(acc_server *handle) {
    server *v = find(handle);
    return v ? &v->done : NULL;
}

/* ---- its connections ------------------------------------------------------------------------------------------------------------- */

void acc__connection_begin(acc_server *handle, acc__connection *c, acc_stream *stream) {
    server *v = find(handle);
    acc__stream_find(stream)->handled = true;
    *c = (acc__connection){.task = acc_current_task()};
    if (!v) return;
    c->next = v->connections;
    if (c->next) c->next->prev = c;
    v->connections = c;
}

void acc__connection_end(acc_server *handle, acc__connection *c) {
    server *v = find(handle);
    if (!v) return;
    if (c->next) c->next->prev = c->prev;
    if (c->prev) c->prev->next = c->next;
    else v->connections = c->next;
    end_if_done(v);
}

/* The oldest first. */
void acc__server_cancel(acc_server *handle) {
    server *v = find(handle);
    acc__connection *c = v ? v->connections : NULL;
    while (c && c->next) c = c->next;
    for (; c; c = c->prev)
        if (c->task != acc_current_task()) acc_cancel(c->task);
}

double acc__server_close_timeout(acc_server *handle) {
    server *v = find(handle);
    return v ? v->options.close_timeout : 0;
}

void acc__handler_failed(const acc_error *e) {
    acc__report_error(acc__self(), "Unhandled exception in a server's handler", e);
}
