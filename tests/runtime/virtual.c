/* virtual.c: time that passes when the loop waits, and only then. Linked with --wrap=clock_gettime,--wrap=epoll_wait. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

static int64_t now = 1000000000; /* ns */

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t) {
    (void)clock;
    t->tv_sec = now / 1000000000;
    t->tv_nsec = now % 1000000000;
    return 0;
}

int __real_epoll_wait(int fd, struct epoll_event *events, int count, int timeout);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int timeout);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int timeout) {
    if (timeout < 0) {
        puts("deadlock");
        fflush(stdout);
        _Exit(3);
    }
    now += (int64_t)timeout * 1000000;
    return __real_epoll_wait(fd, events, count, 0);
}
