/* The limit: a frame from a free list, a ready queue, a waiter that is woken through it. */
#include "../bench.h"

typedef struct frame frame;
struct frame {
    frame *next;
    void (*step)(frame *);
    frame *waiter;
    long value;
    int done;
};
static frame *head, *last, *pool;
static long long sum;

static void push(frame *f) {
    f->next = NULL;
    if (head) last->next = f;
    else head = f;
    last = f;
}

static void work(frame *f) {
    f->value &= 7;
    f->done = 1;
    if (f->waiter) push(f->waiter);
}

struct parent {
    frame f;
    frame *child;
    long i, n;
};

static void parent_step(frame *f) {
    struct parent *p = (struct parent *)f;
    if (p->child) { /* resumed: take the value, free the task */
        sum += p->child->value;
        p->child->next = pool;
        pool = p->child;
        p->child = NULL;
    }
    if (p->i == p->n) return;
    frame *c = pool;
    if (c) pool = c->next;
    else c = malloc(sizeof *c);
    *c = (frame){.step = work, .value = p->i++, .waiter = f};
    p->child = c;
    push(c);
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 5000000);
    struct parent p = {.f.step = parent_step, .n = n};
    double start = bench_now();
    push(&p.f);
    while (head) {
        frame *f = head;
        head = f->next;
        f->step(f);
    }
    bench_report(bench_now() - start, (double)n, sum);
    return 0;
}
