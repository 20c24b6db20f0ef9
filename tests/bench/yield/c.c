/* The limit: hand-written frames in a ready queue. */
#include "../bench.h"

typedef struct frame frame;
struct frame {
    frame *next;
    int (*step)(frame *);
    long i, turns;
};
static frame *head, *last;
static long long steps;

static void push(frame *f) {
    f->next = NULL;
    if (head) last->next = f;
    else head = f;
    last = f;
}

static int yielder(frame *f) {
    if (f->i++) steps++;
    return f->i > f->turns;
}

int main(int argc, char **argv) {
    long turns = bench_size(argc, argv, 10000);
    static frame frames[1000];
    for (int i = 0; i < 1000; i++) {
        frames[i] = (frame){.step = yielder, .turns = turns};
        push(&frames[i]);
    }
    double start = bench_now();
    while (head) {
        frame *f = head;
        head = f->next;
        if (!f->step(f)) push(f);
    }
    bench_report(bench_now() - start, 1000.0 * (double)turns, steps);
    return 0;
}
