/* The limit of a loop that polls on every turn: a frame in a ready queue, and an epoll_wait that does not wait. */
#include "../bench.h"
#include <sys/epoll.h>

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
    long turns = bench_size(argc, argv, 3000000);
    frame f = {.step = yielder, .turns = turns};
    struct epoll_event events[16];
    int epoll = epoll_create1(0);
    double start = bench_now();
    push(&f);
    while (head) {
        if (epoll_wait(epoll, events, 16, 0) < 0) return 1;
        frame *g = head;
        head = g->next;
        if (!g->step(g)) push(g);
    }
    bench_report(bench_now() - start, (double)turns, steps);
    return 0;
}
