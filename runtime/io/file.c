/* file.c: regular files: their buffers, and the calls that wait for the disk, which file.ac has made by the thread pool.
 *
 * The user's handle is an object's; the file itself lies apart, and lives as long as somebody is at work with it: a close takes
 * the handle away at once, and the last one who leaves closes what is not closed yet.
 *
 * Reading goes through `in`, writing through `out`, never both: before a write the descriptor goes back over what was read ahead. */
#define _GNU_SOURCE
#include "file.h"
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

/* ---- life ---------------------------------------------------------------------------------------------------------------- */

static void give_back(acc__thread *th, void *object) {
    (void)th;
    acc__file *f = *(acc__file **)object;
    acc__file_leave(f);
}
static const acc__object_type file_type = {"the file", give_back, NULL};

/* fopen's modes as open's flags; -1: it is none. */
static int flags_of(const char *mode) {
    int flags = *mode == 'r' ? O_RDONLY : *mode == 'w' ? O_WRONLY | O_CREAT | O_TRUNC : O_WRONLY | O_CREAT | O_APPEND;
    if (!*mode || !strchr("rwa", *mode)) return -1;
    for (const char *m = mode + 1; *m; m++) {
        if (*m == '+') flags = (flags & ~O_ACCMODE) | O_RDWR;
        else if (*m == 'x' && *mode != 'r') flags |= O_EXCL;
        else if (*m != 'b' && *m != 'e') return -1;
    }
    return flags | O_CLOEXEC;
}

acc__file *acc__file_new(acc_ctx *cx, const char *path, const char *mode) {
    int flags = flags_of(mode);
    if (!acc__need_loop(cx)) return NULL;
    if (flags < 0) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "invalid mode: '%s'", mode);
        return NULL;
    }
    acc__file *f = acc__malloc(sizeof *f + strlen(path) + 1);
    if (!f) {
        acc__throw_memory(cx);
        return NULL;
    }
    *f = (acc__file){.fd = -1, .flags = flags, .users = 1};
    strcpy(f->path, path);
    return f;
}

acc_file *acc__file_handle(acc_ctx *cx, acc__file *f) {
    acc__file **object = acc__object_new(acc__of(cx), &file_type, sizeof *object);
    if (!object) {
        acc__throw_memory(cx);
        return NULL;
    }
    *object = f;
    f->users++;
    return acc__object_handle(object);
}

acc__file *acc__file_use(acc_ctx *cx, acc_file *handle) {
    acc__file **object = acc__object_get(cx, handle, &file_type);
    if (!object) return NULL;
    (*object)->users++;
    return *object;
}

void acc__file_leave(acc__file *f) {
    if (!f || --f->users) return;
    if (f->fd >= 0) {
        acc__file_send(f);
        close(f->fd);
    }
    free(f->in);
    free(f->out);
    free(f);
}

acc__file *acc__file_end(acc_file *handle) {
    acc__thread *th = acc__self();
    acc__file **object = acc__object_find(th, handle, &file_type);
    if (!object) return NULL;
    acc__file *f = *object; /* the handle's use of it goes over to the caller */
    acc__object_free(th, object);
    return f;
}

void acc__file_check(acc_ctx *cx, acc__file *f, int error) {
    if (f->closed) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "the file is closed");
    else if (error == ENOMEM) acc__throw_memory(cx);
    else if (error) acc__throw(cx, &acc_error_type_OSError, error, "%s: %s", f->path, strerror(error));
}

size_t acc_file_line_length(acc_ctx *cx, acc_file *handle) {
    acc__file **object = acc__object_get(cx, handle, &file_type);
    return object ? (*object)->line : 0;
}

/* ---- in the pool ----------------------------------------------------------------------------------------------------------- */

int acc__file_open(acc__file *f) {
    struct stat st;
    int fd;
    while ((fd = open(f->path, f->flags, 0666)) < 0 && errno == EINTR);
    if (fd < 0) return errno;
    int error = fstat(fd, &st) ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
    if (error) close(fd);
    else f->fd = fd;
    return error;
}

/* Puts back what the end of a line has overwritten. */
static void unend(acc__file *f) {
    if (f->ended) f->in[f->ended] = f->kept;
    f->ended = 0;
}

/* Room for n more bytes and one behind them. */
static bool make_room(acc__file *f, size_t n) {
    if (f->start == f->end) f->start = f->end = 0;
    if (f->room - f->end >= n) return true;
    if (f->start) {
        memmove(f->in, f->in + f->start, f->end - f->start);
        f->end -= f->start;
        f->start = 0;
        if (f->room - f->end >= n) return true;
    }
    size_t room = acc__max(f->end + n, f->room * 2);
    char *more = acc__realloc(f->in, room + 1);
    if (!more) return false;
    f->in = more;
    f->room = room;
    return true;
}

int acc__file_fill(acc__file *f, size_t want) {
    struct stat st;
    unend(f);
    size_t have = f->end - f->start;
    if (want == SIZE_MAX && !fstat(f->fd, &st) && S_ISREG(st.st_mode) && st.st_size > CHUNK &&
        !make_room(f, (size_t)st.st_size))
        return ENOMEM;
    while (have < want) {
        size_t more = want == SIZE_MAX ? CHUNK : acc__max(want - have, (size_t)CHUNK);
        if (!make_room(f, more)) return ENOMEM;
        ssize_t n = read(f->fd, f->in + f->end, f->room - f->end);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n ? errno : 0;
        f->end += (size_t)n;
        have += (size_t)n;
    }
    return 0;
}

int acc__file_send(acc__file *f) {
    while (f->sent < f->pending) {
        ssize_t n = acc__write_quietly(f->fd, f->out + f->sent, f->pending - f->sent); /* it may be a FIFO */
        if (n < 0) return errno;
        f->sent += (size_t)n;
    }
    f->sent = f->pending = 0;
    return 0;
}

int acc__file_seek(acc__file *f, int64_t offset, int whence) {
    unend(f);
    int error = acc__file_send(f);
    if (error) return error;
    if (whence == SEEK_CUR) offset -= (int64_t)(f->end - f->start);
    off_t at = lseek(f->fd, offset, whence);
    if (at < 0) return errno;
    f->position = at;
    f->start = f->end = 0;
    return 0;
}

int acc__file_shut(acc__file *f) {
    int error = acc__file_send(f), fd = f->fd;
    f->fd = -1;
    return fd >= 0 && close(fd) && !error && errno != EINTR ? errno : error;
}

/* ---- at once ------------------------------------------------------------------------------------------------------------------ */

void acc__file_put(acc_ctx *cx, acc__file *f, const void *p, size_t n) {
    if ((f->flags & O_ACCMODE) == O_RDONLY) {
        acc__file_check(cx, f, EBADF);
        return;
    }
    if (f->out_room - f->pending < n) {
        size_t room = acc__max(f->pending + n, f->out_room ? f->out_room * 2 : 4096);
        char *more = acc__realloc(f->out, room);
        if (!more) {
            acc__throw_memory(cx);
            return;
        }
        f->out = more;
        f->out_room = room;
    }
    if (n) memcpy(f->out + f->pending, p, n);
    f->pending += n;
}

size_t acc__file_take(acc__file *f, void *buf, size_t n) {
    unend(f);
    size_t have = f->end - f->start;
    if (have < n) n = have;
    if (n) memcpy(buf, f->in + f->start, n);
    f->start += n;
    return n;
}

char *acc__file_take_all(acc__file *f, size_t *n) {
    size_t length = f->end - f->start;
    unend(f);
    if (!f->in && !(f->in = acc__malloc(1))) return NULL;
    char *all = memmove(f->in, f->in + f->start, length);
    all[length] = '\0';
    f->in = NULL;
    f->start = f->end = f->room = 0;
    if (n) *n = length;
    return all;
}

bool acc__file_line(acc__file *f, char **line, bool whole) {
    unend(f);
    size_t have = f->end - f->start;
    char *at = f->in + f->start, *newline = have ? memchr(at, '\n', have) : NULL;
    if (!newline && !(whole && have)) return false;
    f->line = newline ? (size_t)(newline + 1 - at) : have;
    f->start += f->line;
    if (f->start) { /* there is a byte more than room */
        f->ended = f->start;
        f->kept = f->in[f->start];
        f->in[f->start] = '\0';
    }
    *line = at;
    return true;
}
