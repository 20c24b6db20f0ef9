/* The limit: frames from a pool that is cold, a ready queue, results taken in order. */
#include "../bench.h"

typedef struct frame frame;
struct frame { /* as many bytes as a task with its first frame needs at least */
    frame *next;
    void (*step)(frame *);
    frame *waiter;
    long value;
    int done;
    char rest[56];
};
static frame *head, *last;
static char *bump, *bump_end;

static void push(frame *f) {
    f->next = NULL;
    if (head) last->next = f;
    else head = f;
    last = f;
}

static frame *frame_new(void) {
    if ((size_t)(bump_end - bump) < sizeof(frame)) {
        bump = malloc(65536);
        bump_end = bump + 65536;
    }
    frame *f = (frame *)bump;
    bump += sizeof *f;
    return f;
}

static void work(frame *f) {
    f->value &= 7;
    f->done = 1;
    if (f->waiter) push(f->waiter);
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 100000);
    long long sum = 0;
    frame **tasks = malloc((size_t)n * sizeof *tasks);
    double start = bench_now();
    for (long i = 0; i < n; i++) {
        frame *f = frame_new();
        f->step = work;
        f->waiter = NULL;
        f->value = i;
        f->done = 0;
        push(tasks[i] = f);
    }
    while (head) {
        frame *f = head;
        head = f->next;
        f->step(f);
    }
    for (long i = 0; i < n; i++) sum += tasks[i]->value;
    bench_report(bench_now() - start, (double)n, sum);
    return 0;
}
