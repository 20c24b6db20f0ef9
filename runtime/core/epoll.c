/* epoll.c: readers and writers, and the only calls of epoll.
 *
 * A descriptor has one registration, level-triggered, as asyncio's: its callback runs on every turn that finds it ready.
 * A callback is a slot of kind ACC__IO that stays; it is appended to the ready queue when its descriptor is ready. Between
 * two polls the queue is worked off, so it stands there at most once.
 *
 * What the runtime itself watches is an acc__polled, edge-triggered as a rule: nothing is queued for it, its function is called
 * from the poll. An event's data is the watch's address, or a descriptor's number twice plus one. */
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct acc__io {
    acc__slot *reader, *writer;
    acc__polled *watch; /* then the other two are NULL */
};

static inline uint64_t data_of(int fd) { return (uint64_t)(unsigned)fd * 2 + 1; }

bool acc__epoll_open(acc_ctx *cx, int wake_fd) {
    acc__thread *th = acc__of(cx);
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = data_of(wake_fd)};
    th->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (th->epoll >= 0 && !epoll_ctl(th->epoll, EPOLL_CTL_ADD, wake_fd, &e)) return true;
    int error = errno;
    acc__epoll_close(th);
    acc__throw(cx, &acc_error_type_OSError, error, "epoll: %s", strerror(error));
    return false;
}

void acc__epoll_close(acc__thread *th) {
    if (th->epoll >= 0) close(th->epoll);
    th->epoll = -1;
    free(th->io);
    free(th->io_spare);
    th->io = th->io_spare = NULL;
    th->io_room = th->io_count = 0;
}

static int update(acc__thread *th, int fd, bool known) {
    struct acc__io *io = &th->io[fd];
    struct epoll_event e = {.events = (io->reader ? EPOLLIN : 0u) | (io->writer ? EPOLLOUT : 0u), .data.u64 = data_of(fd)};
    int op = !e.events ? EPOLL_CTL_DEL : known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (!epoll_ctl(th->epoll, op, fd, &e)) return 0;
    /* closed and opened again behind our back, or the same number of another file */
    if (op == EPOLL_CTL_MOD && errno == ENOENT && !epoll_ctl(th->epoll, EPOLL_CTL_ADD, fd, &e)) return 0;
    if (op == EPOLL_CTL_ADD && errno == EEXIST && !epoll_ctl(th->epoll, EPOLL_CTL_MOD, fd, &e)) return 0;
    return op == EPOLL_CTL_DEL ? 0 : errno;
}

static void io_free(acc__thread *th, acc__slot *s) {
    if (!s) return;
    if (s->n.flags & ACC__QUEUED) s->n.flags |= ACC__DEAD;
    else acc__slot_free(th, s);
}

static bool make_room(acc__thread *th, int fd) {
    if (fd < th->io_room) return true;
    int room = acc__max(fd + 1, acc__max(16, th->io_room * 2));
    struct acc__io *more = acc__realloc(th->io, (size_t)room * sizeof *more);
    if (!more) return false;
    memset(more + th->io_room, 0, (size_t)(room - th->io_room) * sizeof *more);
    th->io = more;
    th->io_room = room;
    return true;
}

static void add(acc_ctx *cx, int fd, void (*fn)(void *), void *arg, bool writer) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return;
    if (fd < 0) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid file descriptor: %d", fd);
        return;
    }
    if (fd >= th->io_room && fcntl(fd, F_GETFD) < 0) { /* no table is made for a number that is none */
        acc__throw(cx, &acc_error_type_OSError, errno, "%s", strerror(errno));
        return;
    }
    if (fd < th->io_room && th->io[fd].watch) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "File descriptor %d is used by a stream", fd);
        return;
    }
    acc__slot *s = make_room(th, fd) ? acc__slot_new(th, 0, ACC__IO) : NULL;
    if (!s) {
        acc__throw_memory(cx);
        return;
    }
    s->fn = fn;
    s->arg = arg;
    struct acc__io *io = &th->io[fd];
    acc__slot **place = writer ? &io->writer : &io->reader, *old = *place;
    bool known = io->reader || io->writer;
    *place = s;
    int error = update(th, fd, known);
    if (error) {
        *place = old;
        acc__slot_free(th, s);
        acc__throw(cx, &acc_error_type_OSError, error, "%s", strerror(error));
        return;
    }
    if (old) io_free(th, old);
    else th->io_count++;
}

static bool take_away(int fd, bool writer) {
    acc__thread *th = acc__self();
    if (fd < 0 || fd >= th->io_room) return false;
    acc__slot **place = writer ? &th->io[fd].writer : &th->io[fd].reader, *old = *place;
    if (!old) return false;
    *place = NULL;
    update(th, fd, true);
    io_free(th, old);
    th->io_count--;
    return true;
}

void acc_add_reader(acc_ctx *cx, int fd, void (*fn)(void *), void *arg) { add(cx, fd, fn, arg, false); }
void acc_add_writer(acc_ctx *cx, int fd, void (*fn)(void *), void *arg) { add(cx, fd, fn, arg, true); }
bool acc_remove_reader(int fd) { return take_away(fd, false); }
bool acc_remove_writer(int fd) { return take_away(fd, true); }

/* ---- watches ------------------------------------------------------------------------------------------------------------------ */

int acc__polled_set(acc__thread *th, acc__polled *w, uint32_t events) {
    struct epoll_event e = {.events = events, .data.ptr = w};
    if (events == w->events) return 0;
    if (w->events) {
        if (epoll_ctl(th->epoll, EPOLL_CTL_MOD, w->fd, &e)) return errno;
    } else {
        if (!make_room(th, w->fd)) return ENOMEM;
        struct acc__io *io = &th->io[w->fd];
        if (io->reader || io->writer || io->watch) return EEXIST;
        if (epoll_ctl(th->epoll, EPOLL_CTL_ADD, w->fd, &e)) return errno;
        io->watch = w;
        th->io_count++;
    }
    w->events = events;
    return 0;
}

/* Taken out by hand, not by closing: a child process may still have the descriptor. */
void acc__polled_end(acc__thread *th, acc__polled *w) {
    struct epoll_event e = {0};
    if (!w->events) return;
    epoll_ctl(th->epoll, EPOLL_CTL_DEL, w->fd, &e);
    th->io[w->fd].watch = NULL;
    th->io_count--;
    w->events = 0;
}

#define CALLS 16
bool acc__io_spent(acc__thread *th) {
    if (th->io_task != th->current) th->io_calls = 0;
    bool spent = th->io_calls++ >= CALLS;
    th->io_task = spent ? NULL : th->current; /* it yields now */
    return spent;
}

/* ---- polling ------------------------------------------------------------------------------------------------------------------ */

static void ready(acc__thread *th, acc__slot *s) {
    if (!s || s->n.flags & ACC__QUEUED) return;
    s->n.flags |= ACC__QUEUED;
    acc__ready(th, &s->n);
}

void acc__epoll_poll(acc__thread *th, int64_t deadline) {
    struct epoll_event events[256];
    int timeout = 0;
    if (deadline == ACC__NEVER) {
        timeout = -1;
    } else if (deadline) { /* rounded up: a timer is never early */
        int64_t wait = deadline - acc__now();
        timeout = wait <= 0 ? 0 : wait > 86400000000000 ? 86400000 : (int)((wait + 999999) / 1000000);
    }
    int n = epoll_wait(th->epoll, events, sizeof events / sizeof *events, timeout);
    for (int i = 0; i < n; i++) {
        uint32_t got = events[i].events;
        if (!(events[i].data.u64 & 1)) {
            acc__polled *w = events[i].data.ptr;
            w->ready(th, w, got);
            continue;
        }
        int fd = (int)(events[i].data.u64 / 2);
        if (fd == th->home->wake_fd) {
            uint64_t count;
            while (read(fd, &count, sizeof count) < 0 && errno == EINTR);
        } else if (fd < th->io_room) {
            if (got & ~(uint32_t)EPOLLOUT) ready(th, th->io[fd].reader);
            if (got & ~(uint32_t)EPOLLIN) ready(th, th->io[fd].writer);
        }
    }
}
