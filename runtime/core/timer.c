/* timer.c: the clock and the timers.
 *
 * A 4-ary heap of {deadline, number, index}, 16 bytes each. The number is the timer's own, given in order of creation: it
 * breaks ties, and it tells a dead entry from a live one, for the slot at `index` holds the number of its timer as long as
 * that is wanted (acc__timer_of). So cancelling is a store; when more than half of the heap is dead it is swept. Numbers
 * have 32 bits: before they wrap, the live timers are numbered anew. */
#include "internal.h"
#include <math.h>
#include <time.h>

int64_t acc__now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

double acc_time(void) { return (double)acc__now() * 1e-9; }

/* A time of acc_time in nanoseconds, rounded up: a timer is never early. */
int64_t acc__time_at(double seconds) {
    double ns = ceil(seconds * 1e9);
    return ns < 9e18 ? ns > -9e18 ? (int64_t)ns : -ACC__NEVER : ACC__NEVER;
}

int64_t acc__deadline(double seconds) {
    int64_t delay = acc__time_at(seconds), now = acc__now();
    return delay > ACC__NEVER - now ? ACC__NEVER : now + delay;
}

static inline bool before(const acc__timer *a, const acc__timer *b) {
    return a->deadline < b->deadline || (a->deadline == b->deadline && a->number < b->number);
}

static void sift_up(acc__timer *h, size_t i, acc__timer x) {
    while (i > 0) {
        size_t up = (i - 1) / 4;
        if (!before(&x, &h[up])) break;
        h[i] = h[up];
        i = up;
    }
    h[i] = x;
}

static void sift_down(acc__timer *h, size_t n, size_t i, acc__timer x) {
    for (;;) {
        size_t child = i * 4 + 1, end = child + 4 < n ? child + 4 : n;
        if (child >= n) break;
        size_t least = child;
        while (++child < end)
            if (before(&h[child], &h[least])) least = child;
        if (!before(&h[least], &x)) break;
        h[i] = h[least];
        i = least;
    }
    h[i] = x;
}

static bool alive(const acc__timer *t) { return t->number && acc__timer_of(acc__slot_at(t->index)) == t->number; }

/* Drops dead entries. */
static void sweep(acc__thread *th) {
    size_t n = 0;
    for (size_t i = 0; i < th->timer_count; i++)
        if (alive(&th->timers[i])) th->timers[n++] = th->timers[i];
    th->timer_count = n;
    th->timers_dead = 0;
    if (n > 1)
        for (size_t i = (n - 2) / 4 + 1; i-- > 0;) sift_down(th->timers, n, i, th->timers[i]);
    if (th->timer_room > 1024 && n < th->timer_room / 4) {
        acc__timer *less = realloc(th->timers, th->timer_room / 2 * sizeof *less);
        if (less) {
            th->timers = less;
            th->timer_room /= 2;
        }
    }
}

static int by_time(const void *a, const void *b) { return before(a, b) ? -1 : 1; }

/* Numbers the live timers 1, 2, ... in their order. A sorted array is a heap. Dead ones among those that are due now must
 * not come to life by a new number. */
static void renumber(acc__thread *th) {
    for (size_t i = 0; i < th->due_count; i++)
        if (!alive(&th->due[i])) th->due[i].number = 0;
    sweep(th);
    qsort(th->timers, th->timer_count, sizeof *th->timers, by_time);
    th->timer_number = 0;
    for (size_t i = 0; i < th->timer_count; i++) {
        acc__slot *s = acc__slot_at(th->timers[i].index);
        *(s->n.kind == ACC__TASK ? &s->park : &s->timer) = th->timers[i].number = ++th->timer_number;
    }
}

uint32_t acc__timer_add(acc__thread *th, uint32_t index, int64_t deadline) {
    if (th->timer_count == th->timer_room) {
        size_t room = th->timer_room ? th->timer_room * 2 : 64;
        acc__timer *more = acc__realloc(th->timers, room * sizeof *more);
        if (!more) return 0;
        th->timers = more;
        th->timer_room = room;
    }
    if (acc__unlikely(th->timer_number == UINT32_MAX)) renumber(th);
    uint32_t number = ++th->timer_number;
    sift_up(th->timers, th->timer_count++, (acc__timer){deadline, number, index});
    return number;
}

void acc__timer_dead(acc__thread *th) {
    if (++th->timers_dead > 64 && th->timers_dead > th->timer_count / 2) sweep(th);
}

static acc__timer pop(acc__thread *th) {
    acc__timer first = th->timers[0], last = th->timers[--th->timer_count];
    if (th->timer_count) sift_down(th->timers, th->timer_count, 0, last);
    return first;
}

bool acc__timer_next(acc__thread *th, int64_t *deadline) {
    while (th->timer_count && th->timers_dead && !alive(&th->timers[0])) {
        pop(th);
        th->timers_dead--;
    }
    if (!th->timer_count) return false;
    *deadline = th->timers[0].deadline;
    return true;
}

size_t acc__timers_due(acc__thread *th, int64_t now) {
    size_t n = 0;
    while (th->timer_count && th->timers[0].deadline <= now) {
        if (n == th->due_room) {
            size_t room = n ? n * 2 : 64;
            acc__timer *more = acc__realloc(th->due, room * sizeof *more);
            if (!more) break; /* the rest on the next turn */
            th->due = more;
            th->due_room = room;
        }
        acc__timer t = pop(th);
        if (alive(&t)) th->due[n++] = t;
        else if (th->timers_dead) th->timers_dead--;
    }
    th->due_count = n;
    return n;
}

bool acc__timer_alive(const acc__timer *t) { return alive(t); }
