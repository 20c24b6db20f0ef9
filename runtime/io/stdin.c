/* stdin.c: standard input as a stream.
 *
 * O_NONBLOCK belongs to the open file, which a terminal or a pipe shares with other processes: the shell would find its terminal
 * changed. So the file is opened once more, which gives flags of its own; a socket needs none, a regular file's position is to be
 * shared, and what cannot be opened again is set not to block until the process ends. */
#define _GNU_SOURCE
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int flags_before = -1;

static void restore(void) {
    if (flags_before >= 0) fcntl(0, F_SETFL, flags_before);
}

/* A descriptor of its own; -1 and errno. */
static int another(void) {
    struct stat st;
    if (fstat(0, &st)) return -1;
    if (!S_ISREG(st.st_mode) && !S_ISSOCK(st.st_mode)) {
        int fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (fd >= 0) return fd;
        int flags = fcntl(0, F_GETFL);
        if (flags_before < 0 && !(flags & O_NONBLOCK)) {
            flags_before = flags;
            atexit(restore);
        }
    }
    return fcntl(0, F_DUPFD_CLOEXEC, 3);
}

acc_stream *acc_stdin(acc_ctx *cx) {
    static _Thread_local acc_stream *last; /* what it has read ahead is nowhere else */
    if (last && acc__stream_is(last)) return last;
    if (!acc__need_loop(cx)) return NULL;
    int fd = another();
    if (fd < 0) {
        acc__throw(cx, &acc_error_type_OSError, errno, "stdin: %s", strerror(errno));
        return NULL;
    }
    acc_stream *s = acc_stream_from_fd(cx, fd);
    if (cx->signal) close(fd);
    else last = s;
    return s;
}
