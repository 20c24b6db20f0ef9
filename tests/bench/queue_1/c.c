/* The limit: two hand-written frames, a ring, a waiter each way that is woken through the ready queue. */
#include "../bench.h"

enum { CAPACITY = 1 };
typedef struct frame frame;
struct frame {
    frame *next;
    void (*step)(frame *);
    long i, n;
    long long sum;
};
static frame *head, *last, *getter, *putter;
static long ring[CAPACITY];
static unsigned long put, got;

static void push(frame *f) {
    f->next = NULL;
    if (head) last->next = f;
    else head = f;
    last = f;
}

static void wake(frame **waiter) {
    if (!*waiter) return;
    push(*waiter);
    *waiter = NULL;
}

static void produce(frame *f) {
    while (f->i < f->n) {
        if (put - got == CAPACITY) {
            putter = f;
            return;
        }
        ring[put++ % CAPACITY] = f->i++ & 7;
        wake(&getter);
    }
}

static void consume(frame *f) {
    while (f->i < f->n) {
        if (put == got) {
            getter = f;
            return;
        }
        f->sum += ring[got++ % CAPACITY];
        f->i++;
        wake(&putter);
    }
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 2000000);
    frame p = {.step = produce, .n = n}, c = {.step = consume, .n = n};
    double start = bench_now();
    push(&p);
    push(&c);
    while (head) {
        frame *f = head;
        head = f->next;
        f->step(f);
    }
    bench_report(bench_now() - start, (double)n, c.sum);
    return 0;
}
