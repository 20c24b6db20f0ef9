/* calls.c: a library to be loaded before all others (LD_PRELOAD), in which the n-th system call goes wrong.
 *
 *   ACC_FAULT=n        the n-th of the calls below; stderr says which it was
 *   ACC_FAULT_HOW=     error  it fails, as it may
 *                      eintr  it is interrupted (a connect goes on, as the kernel has it)
 *                      short  it reads or writes one byte only, where that may be
 *
 * What the runtime says to its own loop (8 bytes) is left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum how { NONE, ERROR, EINTR_, SHORT };
static long countdown = -1;
static enum how planned;

static enum how hit(const char *name, int may) {
    if (countdown < 0) {
        const char *n = getenv("ACC_FAULT"), *how = getenv("ACC_FAULT_HOW");
        countdown = n ? atol(n) : 0;
        planned = !how || !strcmp(how, "error") ? ERROR : !strcmp(how, "short") ? SHORT : EINTR_;
    }
    if (!(may & 1 << planned) || __atomic_load_n(&countdown, __ATOMIC_RELAXED) <= 0 ||
        __atomic_sub_fetch(&countdown, 1, __ATOMIC_RELAXED))
        return NONE;
    char line[64] = "fault: ";
    strcat(strcat(line, name), "\n");
    ssize_t (*put)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (put(2, line, strlen(line)) < 0) return NONE;
    return planned;
}

#define MAY_FAIL (1 << ERROR)
#define MAY_BE_CUT (1 << ERROR | 1 << EINTR_ | 1 << SHORT)
#define MAY_BE_INTERRUPTED (1 << ERROR | 1 << EINTR_)
#define REAL(name)                 \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, #name)
#define FAIL(how, code) return errno = (how) == EINTR_ ? EINTR : (code), -1

/* A datagram cannot be cut; nor does TCP give less than it has. */
static int may_of(int fd, int reads) {
    int type = 0, protocol = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size)) return MAY_BE_CUT;
    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
    return type != SOCK_STREAM || (reads && protocol == IPPROTO_TCP) ? MAY_BE_INTERRUPTED : MAY_BE_CUT;
}

ssize_t read(int fd, void *p, size_t n) {
    REAL(read);
    enum how h = n == 8 || fd < 3 ? NONE : hit("read", MAY_BE_CUT);
    if (h == ERROR || h == EINTR_) FAIL(h, EIO);
    return real(fd, p, h == SHORT && n ? 1 : n);
}
ssize_t write(int fd, const void *p, size_t n) {
    REAL(write);
    enum how h = n == 8 || fd < 3 ? NONE : hit("write", MAY_BE_CUT);
    if (h == ERROR || h == EINTR_) FAIL(h, EPIPE);
    return real(fd, p, h == SHORT && n ? 1 : n);
}
ssize_t recv(int fd, void *p, size_t n, int flags) {
    REAL(recv);
    enum how h = hit("recv", may_of(fd, 1));
    if (h == ERROR || h == EINTR_) FAIL(h, ECONNRESET);
    return real(fd, p, h == SHORT && n ? 1 : n, flags);
}
ssize_t send(int fd, const void *p, size_t n, int flags) {
    REAL(send);
    enum how h = hit("send", may_of(fd, 0));
    if (h == ERROR || h == EINTR_) FAIL(h, ECONNRESET);
    return real(fd, p, h == SHORT && n ? 1 : n, flags);
}
ssize_t recvfrom(int fd, void *p, size_t n, int flags, struct sockaddr *from, socklen_t *length) {
    REAL(recvfrom);
    enum how h = hit("recvfrom", MAY_BE_INTERRUPTED);
    if (h) FAIL(h, ECONNREFUSED);
    return real(fd, p, n, flags, from, length);
}
ssize_t sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *to, socklen_t length) {
    REAL(sendto);
    enum how h = hit("sendto", MAY_BE_INTERRUPTED);
    if (h) FAIL(h, ENOBUFS);
    return real(fd, p, n, flags, to, length);
}
int accept4(int fd, struct sockaddr *from, socklen_t *length, int flags) {
    REAL(accept4);
    enum how h = hit("accept4", MAY_BE_INTERRUPTED);
    if (h) FAIL(h, EMFILE);
    return real(fd, from, length, flags);
}
int connect(int fd, const struct sockaddr *to, socklen_t length) {
    REAL(connect);
    enum how h = hit("connect", MAY_BE_INTERRUPTED);
    if (h == EINTR_) {
        int r = real(fd, to, length);
        if (!r || errno == EINPROGRESS) errno = EINTR, r = -1;
        return r;
    }
    if (h) FAIL(h, ECONNREFUSED);
    return real(fd, to, length);
}
int epoll_wait(int fd, struct epoll_event *events, int n, int timeout) {
    REAL(epoll_wait);
    enum how h = hit("epoll_wait", MAY_BE_INTERRUPTED);
    if (h) FAIL(h, EINTR);
    return real(fd, events, n, timeout);
}

#define FAILS(code, type, name, parameters, ...)                     \
    type name parameters {                                           \
        REAL(name);                                                  \
        if (hit(#name, MAY_FAIL)) return errno = (code), (type) - 1; \
        return real(__VA_ARGS__);                                    \
    }
FAILS(ENOMEM, int, epoll_ctl, (int epoll, int op, int fd, struct epoll_event *e), epoll, op, fd, e)
FAILS(EMFILE, int, epoll_create1, (int flags), flags)
FAILS(EMFILE, int, eventfd, (unsigned n, int flags), n, flags)
FAILS(EMFILE, int, socket, (int domain, int type, int protocol), domain, type, protocol)
FAILS(EADDRINUSE, int, bind, (int fd, const struct sockaddr *a, socklen_t n), fd, a, n)
FAILS(EADDRINUSE, int, listen, (int fd, int n), fd, n)
FAILS(ENOTCONN, int, shutdown, (int fd, int how), fd, how)
FAILS(ENOTCONN, int, getpeername, (int fd, struct sockaddr *a, socklen_t *n), fd, a, n)
FAILS(ENOBUFS, int, getsockname, (int fd, struct sockaddr *a, socklen_t *n), fd, a, n)
FAILS(ENOPROTOOPT, int, setsockopt, (int fd, int level, int option, const void *p, socklen_t n), fd, level, option, p, n)

/* A close that fails has closed all the same. */
int close(int fd) {
    REAL(close);
    int r = real(fd);
    if (fd > 2 && hit("close", MAY_BE_INTERRUPTED)) return errno = EINTR, -1;
    return r;
}
