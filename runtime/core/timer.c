/* timer.c: the clock and the timers.
 *
 * A timer is an entry {deadline, number, index} of 16 bytes, in nanoseconds. The number is the timer's own, given in order of creation:
 * it breaks ties, and it tells a dead entry from a live one, for the slot at `index` holds the number of its timer as long as
 * that is wanted (acc__timer_of). So cancelling is a store; when more than half of the entries are dead they are swept. Numbers
 * have 32 bits: before they wrap, the live timers are numbered anew.
 *
 * Where an entry lies depends on its deadline's millisecond:
 *
 *     run     in order: those of `base`, the millisecond in which the clock was read last
 *     near    a 4-ary heap: up to `base`, what has come since
 *     wheel   a list for each of the next TICKS - 1 milliseconds, not in order: to add to one is a store
 *     far     a 4-ary heap: what is later than that
 *
 * As time goes on, the lists of milliseconds that are over are sorted and due as a whole; the one that time has reached becomes `run`,
 * so that nothing in it is early or late; and `far` gives the wheel what has come into its reach. A program whose timers are within two
 * seconds never sees a heap of more than a millisecond's timers. */
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

static inline int64_t millisecond(const acc__timer *t) { return t->deadline / 1000000; } /* before the epoch's first: 0 */

/* ---- heaps --------------------------------------------------------------------------------------------------------------- */

static bool reserve(acc__heap *h, size_t n) {
    if (n <= h->room) return true;
    size_t room = h->room ? h->room : 32;
    while (room < n) room *= 2;
    acc__timer *more = acc__realloc(h->at, room * sizeof *more);
    if (!more) return false;
    h->at = more;
    h->room = room;
    return true;
}

static bool push(acc__heap *h, acc__timer x) {
    if (!reserve(h, h->count + 1)) return false;
    size_t i = h->count++;
    while (i > 0) {
        size_t up = (i - 1) / 4;
        if (!before(&x, &h->at[up])) break;
        h->at[i] = h->at[up];
        i = up;
    }
    h->at[i] = x;
    return true;
}

static void sift_down(acc__heap *h, size_t i, acc__timer x) {
    size_t n = h->count;
    for (;;) {
        size_t child = i * 4 + 1, end = child + 4 < n ? child + 4 : n;
        if (child >= n) break;
        size_t least = child;
        while (++child < end)
            if (before(&h->at[child], &h->at[least])) least = child;
        if (!before(&h->at[least], &x)) break;
        h->at[i] = h->at[least];
        i = least;
    }
    h->at[i] = x;
}

static acc__timer pop(acc__heap *h) {
    acc__timer first = h->at[0], last = h->at[--h->count];
    if (h->count) sift_down(h, 0, last);
    return first;
}

/* ---- the wheel ----------------------------------------------------------------------------------------------------------- */

#define TICKS 2048
typedef struct tick {
    acc__timer *at;
    uint32_t count, room;
    int64_t least; /* deadline of one that is or was there */
} tick;
struct acc__wheel {
    int64_t base;
    acc__heap run;
    size_t first;              /* of it that is not due */
    uint64_t used[TICKS / 64]; /* which lists are not empty */
    tick ticks[TICKS];
};

static inline tick *tick_of(acc__wheel *w, int64_t ms) { return &w->ticks[ms & (TICKS - 1)]; }

static bool wheel_add(acc__wheel *w, int64_t ms, acc__timer x) {
    tick *t = tick_of(w, ms);
    if (t->count == t->room) {
        uint32_t room = t->room ? t->room * 2 : 4;
        acc__timer *more = room ? acc__realloc(t->at, room * sizeof *more) : NULL;
        if (!more) return false;
        t->at = more;
        t->room = room;
    }
    if (!t->count || x.deadline < t->least) t->least = x.deadline;
    if (!t->count) w->used[(ms & (TICKS - 1)) / 64] |= (uint64_t)1 << (ms & 63);
    t->at[t->count++] = x;
    return true;
}

static void wheel_empty(acc__wheel *w, int64_t ms) {
    enum { KEPT = 8 };
    tick *t = tick_of(w, ms);
    w->used[(ms & (TICKS - 1)) / 64] &= ~((uint64_t)1 << (ms & 63));
    t->count = 0;
    if (t->room <= KEPT) return;
    free(t->at);
    t->at = NULL;
    t->room = 0;
}

/* The first millisecond from `ms` on, and before `end`, that has a list; `end`: there is none. */
static int64_t wheel_next(const acc__wheel *w, int64_t ms, int64_t end) {
    while (ms < end) {
        uint64_t bits = w->used[(ms & (TICKS - 1)) / 64] >> (ms & 63);
        if (bits) {
            ms += __builtin_ctzll(bits);
            return ms < end ? ms : end;
        }
        ms = (ms | 63) + 1;
    }
    return end;
}

static int by_time(const void *a, const void *b) { return before(a, b) ? -1 : 1; }

/* By deadline. Those of one deadline lie in the order of their numbers already: that of their coming. All are within a millisecond,
 * so that many of them are sorted by the digits of that, each pass keeping the order of the one before. other: room for as many, or
 * NULL. */
static void sort(acc__timer *at, size_t n, acc__timer *other) {
    enum { BITS = 10, MANY = 96 };
    size_t i = 1;
    while (i < n && before(&at[i - 1], &at[i])) i++;
    for (; i < n && n < MANY; i++) {
        acc__timer x = at[i];
        size_t k = i;
        for (; k && before(&x, &at[k - 1]); k--) at[k] = at[k - 1];
        at[k] = x;
    }
    if (i >= n) return;
    if (!other) {
        qsort(at, n, sizeof *at, by_time);
        return;
    }
    int64_t first = millisecond(at) * 1000000;
    for (unsigned shift = 0; shift < 2 * BITS; shift += BITS) {
        size_t places[(1 << BITS) + 1] = {0};
        for (i = 0; i < n; i++) places[((at[i].deadline - first) >> shift & ((1 << BITS) - 1)) + 1]++;
        for (i = 1; i <= 1 << BITS; i++) places[i] += places[i - 1];
        for (i = 0; i < n; i++) other[places[(at[i].deadline - first) >> shift & ((1 << BITS) - 1)]++] = at[i];
        acc__timer *was = at;
        at = other;
        other = was;
    }
}

/* ---- all of them --------------------------------------------------------------------------------------------------------- */

static bool alive(const acc__timer *t) { return t->number && acc__timer_of(acc__slot_at(t->index)) == t->number; }

static size_t sweep_list(acc__timer *at, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (alive(&at[i])) at[kept++] = at[i];
    return kept;
}

static void sweep_heap(acc__heap *h) {
    size_t n = h->count = sweep_list(h->at, h->count);
    if (n > 1)
        for (size_t i = (n - 2) / 4 + 1; i-- > 0;) sift_down(h, i, h->at[i]);
    if (h->room > 1024 && n < h->room / 4) {
        acc__timer *less = realloc(h->at, h->room / 2 * sizeof *less);
        if (!less) return;
        h->at = less;
        h->room /= 2;
    }
}

/* Drops dead entries. */
static void sweep(acc__thread *th) {
    acc__wheel *w = th->wheel;
    acc__heap *run = &w->run;
    if (run->count) {
        run->count = sweep_list(run->at + w->first, run->count - w->first);
        memmove(run->at, run->at + w->first, run->count * sizeof *run->at);
        w->first = 0;
    }
    sweep_heap(&th->near);
    sweep_heap(&th->far);
    th->timer_count = run->count + th->near.count + th->far.count;
    for (int64_t ms = w->base; (ms = wheel_next(w, ms + 1, w->base + TICKS)) < w->base + TICKS;) {
        tick *t = tick_of(w, ms);
        t->count = (uint32_t)sweep_list(t->at, t->count);
        th->timer_count += t->count;
        if (!t->count) wheel_empty(w, ms);
    }
    th->timers_dead = 0;
}

static void number(acc__thread *th, acc__timer *at, size_t n) {
    if (n) qsort(at, n, sizeof *at, by_time);
    for (size_t i = 0; i < n; i++) {
        acc__slot *s = acc__slot_at(at[i].index);
        *(s->n.kind == ACC__TASK ? &s->park : &s->timer) = at[i].number = ++th->timer_number;
    }
}

/* Numbers the live timers 1, 2, ... in their order. A sorted array is a heap. Dead ones among those that are due now must
 * not come to life by a new number. */
static void renumber(acc__thread *th) {
    acc__wheel *w = th->wheel;
    for (size_t i = 0; i < th->due.count; i++)
        if (!alive(&th->due.at[i])) th->due.at[i].number = 0;
    sweep(th);
    th->timer_number = 0;
    number(th, w->run.at, w->run.count);
    number(th, th->near.at, th->near.count);
    for (int64_t ms = w->base; (ms = wheel_next(w, ms + 1, w->base + TICKS)) < w->base + TICKS;)
        number(th, tick_of(w, ms)->at, tick_of(w, ms)->count);
    number(th, th->far.at, th->far.count);
}

static bool put(acc__thread *th, acc__timer x) {
    acc__wheel *w = th->wheel;
    int64_t ms = millisecond(&x);
    if (ms <= w->base) return push(&th->near, x);
    return ms - w->base < TICKS ? wheel_add(w, ms, x) : push(&th->far, x);
}

uint32_t acc__timer_add(acc__thread *th, uint32_t index, int64_t deadline) {
    if (acc__unlikely(!th->wheel)) {
        if (!(th->wheel = acc__malloc(sizeof *th->wheel))) return 0;
        memset(th->wheel, 0, sizeof *th->wheel);
    }
    if (!th->timer_count) th->wheel->base = acc__now() / 1000000; /* it has not moved while there were none */
    if (acc__unlikely(th->timer_number == UINT32_MAX)) renumber(th);
    if (!put(th, (acc__timer){deadline, th->timer_number + 1, index})) return 0;
    th->timer_count++;
    return ++th->timer_number;
}

void acc__timer_dead(acc__thread *th) {
    if (++th->timers_dead > 64 && th->timers_dead > th->timer_count / 2) sweep(th);
}

static int64_t next_of(acc__thread *th, acc__heap *h) {
    while (h->count && th->timers_dead && !alive(&h->at[0])) {
        pop(h);
        th->timer_count--;
        th->timers_dead--;
    }
    return h->count ? h->at[0].deadline : ACC__NEVER;
}

bool acc__timer_next(acc__thread *th, int64_t *deadline) {
    if (!th->timer_count) return false;
    acc__wheel *w = th->wheel;
    int64_t near = next_of(th, &th->near), far = next_of(th, &th->far), end = w->base + TICKS;
    int64_t ms = wheel_next(w, w->base + 1, end);
    *deadline = near < far ? near : far; /* those of the others may be dead: that does no harm */
    if (w->first < w->run.count) *deadline = acc__min(*deadline, w->run.at[w->first].deadline);
    else if (ms < end) *deadline = acc__min(*deadline, tick_of(w, ms)->least);
    return th->timer_count;
}

/* They leave their place: those that live are due. There is room for them. */
static void fall_due(acc__thread *th, const acc__timer *at, size_t n) {
    th->timer_count -= n;
    if (!th->timers_dead && n > 1) {
        memcpy(th->due.at + th->due.count, at, n * sizeof *at);
        th->due.count += n;
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (alive(&at[i])) th->due.at[th->due.count++] = at[i];
        else if (th->timers_dead) th->timers_dead--;
}

/* False: out of memory. The rest is due on the next turn. */
static bool expire(acc__thread *th, acc__heap *h, int64_t now) {
    while (h->count && h->at[0].deadline <= now) {
        if (!reserve(&th->due, th->due.count + 1)) return false;
        acc__timer t = pop(h);
        fall_due(th, &t, 1);
    }
    return true;
}

/* Those of `run`, and what has come among them since. */
static bool expire_run(acc__thread *th, int64_t now) {
    acc__wheel *w = th->wheel;
    while (w->first < w->run.count && w->run.at[w->first].deadline <= now) {
        const acc__timer *from = &w->run.at[w->first];
        int64_t until =
            th->near.count ? acc__min(th->near.at[0].deadline, now) : now; /* what is there is younger: it comes behind */
        size_t n = 0;
        while (w->first + n < w->run.count && from[n].deadline <= until) n++;
        if (!n && !expire(th, &th->near, from->deadline - 1)) return false;
        if (!reserve(&th->due, th->due.count + n)) return false;
        fall_due(th, from, n);
        w->first += n;
    }
    return expire(th, &th->near, now);
}

/* To the millisecond `to`: what lies before it is due, and what is in it becomes `run`, which is due as a whole. */
static void advance(acc__thread *th, int64_t to) {
    acc__wheel *w = th->wheel;
    int64_t end = w->base + TICKS;
    w->first = w->run.count = 0;
    for (int64_t ms = w->base; (ms = wheel_next(w, ms + 1, end)) < end && ms <= to;) {
        tick *t = tick_of(w, ms);
        bool room = reserve(&th->due, th->due.count + t->count); /* which is where they will be */
        if (t->count > 1) sort(t->at, t->count, room ? th->due.at + th->due.count : NULL);
        if (ms < to && !room) {
            to = ms - 1;
            break;
        }
        if (ms < to) {
            fall_due(th, t->at, t->count);
        } else { /* the two lists change places */
            acc__heap was = w->run;
            w->run = (acc__heap){t->at, t->count, t->room};
            t->at = was.at;
            t->room = (uint32_t)was.room;
        }
        wheel_empty(w, ms);
    }
    w->base = to;
    while (th->far.count && millisecond(&th->far.at[0]) - to < TICKS && put(th, th->far.at[0])) pop(&th->far);
}

void acc__timers_due(acc__thread *th, int64_t now) {
    th->due.count = 0;
    if (!th->timer_count) return;
    bool room = expire_run(th, now);
    if (room && now / 1000000 > th->wheel->base) {
        advance(th, now / 1000000);
        room = expire_run(th, now);
    }
    if (room) expire(th, &th->far, now); /* where there was no memory for it in the wheel */
}

void acc__timers_end(acc__thread *th) {
    for (size_t i = 0; th->wheel && i < TICKS; i++) free(th->wheel->ticks[i].at);
    if (th->wheel) free(th->wheel->run.at);
    free(th->wheel);
    free(th->near.at);
    free(th->far.at);
    free(th->due.at);
    th->wheel = NULL;
    th->near = th->far = th->due = (acc__heap){0};
    th->timer_count = th->timers_dead = 0;
}
