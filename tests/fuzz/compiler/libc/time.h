#ifndef FUZZ_TIME_H
#define FUZZ_TIME_H
typedef long time_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
int clock_gettime(int, struct timespec *);
int nanosleep(const struct timespec *, struct timespec *);
time_t time(time_t *);
#define CLOCK_MONOTONIC 1
#endif
