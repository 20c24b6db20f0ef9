/* The limit: a frame and an entry in a heap each, and a pointer to the frame for whoever wants the result. */
#include "../bench.h"

typedef struct frame frame;
struct frame {
    frame *next;
    void (*step)(frame *);
    double seconds;
};
typedef struct timer {
    int64_t when;
    frame *f;
} timer;
static timer *heap;
static long count;
static frame *head, *last;
static long long woken;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000 + t.tv_nsec;
}

static void push(frame *f) {
    f->next = NULL;
    if (head) last->next = f;
    else head = f;
    last = f;
}

static void add(int64_t when, frame *f) {
    long i = count++;
    for (; i > 0 && heap[(i - 1) / 4].when > when; i = (i - 1) / 4) heap[i] = heap[(i - 1) / 4];
    heap[i] = (timer){when, f};
}

static frame *pop(void) {
    frame *f = heap[0].f;
    timer t = heap[--count];
    long i = 0;
    for (;;) {
        long least = -1;
        int64_t when = t.when;
        for (long c = 4 * i + 1; c <= 4 * i + 4 && c < count; c++)
            if (heap[c].when < when) when = heap[c].when, least = c;
        if (least < 0) break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = t;
    return f;
}

static void end(frame *f) { (void)f, woken++; }
static void begin(frame *f) {
    f->step = end;
    add((now() + (int64_t)(f->seconds * 1e9) + 999999) / 1000000 * 1000000, f);
}

static void run(void) {
    while (head) {
        frame *f = head;
        head = f->next;
        f->step(f);
    }
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 1000000);
    double memory = bench_memory(), start = bench_now();
    int64_t when = now() + 1000000000;
    frame **tasks = malloc((size_t)n * sizeof *tasks), *frames = NULL;
    heap = malloc((size_t)n * sizeof *heap);
    for (long i = 0; i < n; i++) {
        if (i % 1024 == 0) frames = malloc(1024 * sizeof *frames);
        frame *f = &frames[i % 1024];
        *f = (frame){.step = begin, .seconds = (double)(when - now()) / 1e9};
        push(tasks[i] = f);
    }
    run();
    memory = bench_memory() - memory;
    while (count) {
        int64_t t = now();
        while (count && heap[0].when <= t) push(pop());
        run();
        if (count && heap[0].when > t) usleep((unsigned)((heap[0].when - t) / 1000));
    }
    bench_report_memory(bench_now() - start, (double)n, woken, memory);
    return 0;
}
