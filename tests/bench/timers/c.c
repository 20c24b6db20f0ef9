/* The limit: frames from a pool, a heap of deadlines of four ways in nanoseconds, which epoll_wait waits for by the millisecond. */
#include "../bench.h"
#include <sys/epoll.h>

typedef struct frame {
    int state;
    double seconds;
} frame;
typedef struct timer {
    int64_t when;
    frame *f;
} timer;
static timer *heap;
static long count;
static long long woken;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000 + t.tv_nsec;
}

static void add(int64_t when, frame *f) {
    long i = count++;
    while (i) {
        long up = (i - 1) / 4;
        if (heap[up].when <= when) break;
        heap[i] = heap[up];
        i = up;
    }
    heap[i] = (timer){when, f};
}

static timer take(void) {
    timer first = heap[0], t = heap[--count];
    long i = 0;
    for (;;) {
        long least = 4 * i + 1, end = least + 4 < count ? least + 4 : count;
        if (least >= count) break;
        for (long k = least + 1; k < end; k++)
            if (heap[k].when < heap[least].when) least = k;
        if (heap[least].when >= t.when) break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = t;
    return first;
}

static void step(frame *f) {
    if (f->state++) woken++;
    else add(now() + (int64_t)(f->seconds * 1e9), f);
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 200000);
    int epoll = epoll_create1(0);
    struct epoll_event events[16];
    double start = bench_now();
    frame *frames = malloc((size_t)n * sizeof *frames);
    heap = malloc((size_t)n * sizeof *heap);
    for (long i = 0; i < n; i++) frames[i] = (frame){.seconds = (double)(i * 7919 % 1000 + 1) / 1000};
    for (long i = 0; i < n; i++) step(&frames[i]);
    while (count) {
        int64_t wait = heap[0].when - now();
        if (wait > 0 && epoll_wait(epoll, events, 16, (int)((wait + 999999) / 1000000)) < 0) return 1;
        int64_t t = now();
        while (count && heap[0].when <= t) step(take().f);
    }
    bench_report(bench_now() - start, (double)n, woken);
    free(frames);
    free(heap);
    return 0;
}
