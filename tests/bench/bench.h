/* bench.h: what all benchmark programs share, in C, C++ and the dialect.
 *
 * A program takes its size as its first argument and prints one line: the nanoseconds of CPU that an operation costs, a check
 * that is the same for every peer, how many operations there were, and, where it measures memory, the bytes for each. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* CPU seconds of this process: peers run on one thread, and another process's load does not count. */
static inline double bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Resident bytes of this process. */
static inline double bench_memory(void) {
    long all = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &all, &resident) != 2) resident = 0;
    if (f) fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static inline long bench_size(int argc, char **argv, long usual) { return argc > 1 ? atol(argv[1]) : usual; }

/* How many operations each of so many tasks is to do, of `all`: four at least. */
static inline long bench_turns(long tasks, long all) { return all / tasks > 4 ? all / tasks : 4; }

/* How many calls fib(n) makes, itself included. */
static inline double bench_fib_calls(int n) {
    double a = 1, b = 1;
    for (int i = 1; i < n; i++) {
        double c = a + b + 1;
        a = b;
        b = c;
    }
    return b;
}

static inline void bench_report(double seconds, double operations, long long check) {
    printf("%.3f %lld %.0f\n", seconds * 1e9 / operations, check, operations);
}

static inline void bench_report_memory(double seconds, double operations, long long check, double bytes) {
    printf("%.3f %lld %.0f %.1f\n", seconds * 1e9 / operations, check, operations, bytes / operations);
}

#endif
