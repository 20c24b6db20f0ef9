/* loop.c: the turns of a loop.
 *
 * A turn is asyncio's _run_once: look for events; then run what stands in the ready queue now, and the timers that are due
 * now, in the order of their deadlines. What becomes ready meanwhile runs on the next turn. A sleeping task's timer only
 * puts it in the ready queue (asyncio: it sets a future's result).
 *
 * asyncio looks at the clock and at its descriptors on every turn. While work is ready, we do so when the processor's own
 * counter says that some ten microseconds have passed: nobody sees the difference, and a turn costs a few nanoseconds. */
#include "drive.h"
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A cheap counter, and how far it goes in some ten microseconds. */
#if defined __x86_64__
static inline uint64_t ticks(void) { return __builtin_ia32_rdtsc(); }
#define TICKS 30000
#elif defined __aarch64__
static inline uint64_t ticks(void) {
    uint64_t t;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
    return t;
}
#define TICKS 250
#else
static inline uint64_t ticks(void) { return (uint64_t)acc__now(); }
#define TICKS 10000
#endif

/* ---- loop objects -------------------------------------------------------------------------------------------------------- */

static pthread_mutex_t homes_lock = PTHREAD_MUTEX_INITIALIZER;
static acc_loop *homes;

static acc_loop *home_new(void) {
    pthread_mutex_lock(&homes_lock);
    acc_loop *l = homes;
    if (l) homes = l->next;
    pthread_mutex_unlock(&homes_lock);
    if (l || !(l = acc__malloc(sizeof *l))) return l;
    *l = (acc_loop){.wake_fd = -1};
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void acc__home_free(acc__thread *th) {
    if (!th->home) return;
    pthread_mutex_lock(&homes_lock);
    th->home->next = homes;
    homes = th->home;
    pthread_mutex_unlock(&homes_lock);
    th->home = NULL;
}

void acc__loops_lock(bool lock) {
    if (lock) pthread_mutex_lock(&homes_lock);
    else pthread_mutex_unlock(&homes_lock);
}

bool acc__loop_open(acc_ctx *cx) {
    static uint64_t serial;
    acc__thread *th = acc__of(cx);
    if (!th->home && !(th->home = home_new())) {
        acc__throw_memory(cx);
        return false;
    }
    acc_loop *l = th->home;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        int error = errno;
        acc__throw(cx, &acc_error_type_OSError, error, "eventfd: %s", strerror(error));
        return false;
    }
    if (!acc__epoll_open(cx, fd)) {
        close(fd);
        return false;
    }
    pthread_mutex_lock(&l->lock);
    l->remote = (acc__queue){0};
    l->wake_fd = fd;
    l->attention = acc__debug ? ACC__LOOP_DEBUG : 0;
    l->interrupts = 0;
    l->open = true;
    l->serial = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&l->lock);
    acc__reserve_open(th); /* without one, cleanup that waits while memory is short may be cut off */
    th->loop = l;
    th->stopping = false;
    th->quick = !acc__debug;
    th->ticks = ticks();
    return true;
}

void acc__loop_close(acc__thread *th) {
    acc_loop *l = th->loop;
    acc__signals_end(l);
    pthread_mutex_lock(&l->lock);
    l->open = false;
    acc__queue rest = l->remote;
    l->remote = (acc__queue){0};
    close(l->wake_fd);
    l->wake_fd = -1;
    pthread_mutex_unlock(&l->lock);
    for (acc__node *n = rest.head, *next; n; n = next) {
        next = n->next;
        if (n->kind == ACC__HOOK) { /* a job: nobody waits for it any more */
            ((acc__hook *)n)->run(th, (acc__hook *)n);
            continue;
        }
        pthread_mutex_lock(&acc__shared_lock);
        acc__slot_free(&acc__shared, acc__slot_with(n));
        pthread_mutex_unlock(&acc__shared_lock);
    }
    acc__epoll_close(th);
    th->loop = NULL;
    th->quick = false;
}

/* Under the loop's lock, or in a signal handler of its thread. Who finds that it was woken already leaves it at that. */
void acc__loop_wake(acc_loop *l) {
    uint64_t one = 1;
    if (__atomic_fetch_or(&l->attention, ACC__LOOP_WOKEN, __ATOMIC_ACQ_REL) & ACC__LOOP_WOKEN) return;
    int saved = errno;
    while (write(l->wake_fd, &one, sizeof one) < 0 && errno == EINTR);
    errno = saved;
}

acc_loop *acc_running_loop(void) { return acc__self()->loop; }

bool acc_loop_is_running(acc_loop *loop) {
    if (!loop) return false;
    pthread_mutex_lock(&loop->lock);
    bool open = loop->open;
    pthread_mutex_unlock(&loop->lock);
    return open;
}

/* ---- turns --------------------------------------------------------------------------------------------------------------- */

/* What a task that has been stepped leaves in the thread goes. Between the tasks of a turn there is no need. */
static inline void nobody_runs(acc__thread *th) {
    th->current = NULL;
    th->cx.signal = NULL;
}

static __attribute__((noinline)) void attend(acc__thread *th) {
    acc_loop *l = th->loop;
    __atomic_exchange_n(&l->attention, acc__debug ? ACC__LOOP_DEBUG : 0, __ATOMIC_ACQ_REL);
    pthread_mutex_lock(&l->lock);
    acc__queue q = l->remote;
    l->remote = (acc__queue){0};
    pthread_mutex_unlock(&l->lock);
    if (q.head) acc__ready_list(th, q.head, q.last);
    if (__atomic_load_n(&l->signals, __ATOMIC_RELAXED)) acc__signals_came(th);
    if (__atomic_load_n(&l->interrupts, __ATOMIC_RELAXED) && l->main) {
        acc__slot *main = l->main;
        l->main = NULL;
        acc__cancel(th, main, NULL);
    }
}

/* So many tasks before they are stepped their memory is asked for. With sixteen, a million tasks, which are not in the caches, come slower
 * than if nothing is asked for, since the processor, which sees less of what is missing, does less by itself. */
enum { AHEAD = 64 };

/* What stands in the ready queue and is no task. */
static __attribute__((noinline)) void run(acc__thread *th, acc__node *n) {
    acc__slot *s = acc__slot_with(n);
    nobody_runs(th);
    switch (n->kind) {
        case ACC__CALL: acc__call_run(th, s); break;
        case ACC__HOOK: ((acc__hook *)n)->run(th, (acc__hook *)n); break;
        case ACC__CALLBACK: {
            acc__slot *target = s->target;
            void (*fn)(acc__any_task, void *) = s->done_fn;
            void *arg = s->arg;
            acc__slot_free(th, s);
            fn((acc__any_task)acc__handle(target), arg);
            acc__release(th, target, false);
            break;
        }
        case ACC__IO:
            s->n.flags &= (uint16_t)~ACC__QUEUED;
            if (s->n.flags & ACC__DEAD) acc__slot_free(th, s);
            else s->fn(s->arg);
            break;
    }
}

/* Has n, which is no task that has only to go on, become one? Else it has been run. */
static inline __attribute__((always_inline)) bool prepared(acc__thread *th, acc__node *n) {
    __asm__("" : "+r"(n)); /* what was loaded to find out is not kept for here */
    if (acc__likely(acc__task_woken(th, acc__slot_with(n)))) return true;
    if (n->kind != ACC__TASK) run(th, n);
    else acc__task_step(th, acc__slot_with(n));
    return false;
}

static void run_any(acc__thread *th, acc__node *n) {
    if (!n->head || prepared(th, n)) acc__task_turn(th, acc__slot_with(n));
}

static inline __attribute__((always_inline)) void run_due(acc__thread *th, bool debug) {
    for (size_t i = 0; i < th->due.count; i++) {
        if (i + AHEAD < th->due.count) __builtin_prefetch(acc__slot_at(th->due.at[i + AHEAD].index));
        acc__timer *t = &th->due.at[i];
        acc__slot *s = acc__slot_at(t->index);
        if (!t->number || acc__timer_of(s) != t->number) continue; /* cancelled on this turn */
        if (s->n.kind == ACC__TASK) {
            s->n.flags &= (uint16_t)~ACC__PARKED;
            s->order = 0;
            acc__ready(th, &s->n);
        } else {
            s->timer = 0;
            if (debug) acc__debug_run(th, &s->n, run_any);
            else acc__call_run(th, s);
        }
    }
    th->due.count = 0;
}

/* Nothing is ready: waits for an event or a timer. */
static __attribute__((noinline)) void wait(acc__thread *th) {
    int64_t next;
    nobody_runs(th);
    bool timers = acc__timer_next(th, &next);
    acc__epoll_poll(th, timers ? acc__max(next, 1) : ACC__NEVER);
    if (__atomic_load_n(&th->loop->attention, __ATOMIC_ACQUIRE)) attend(th);
    th->ticks = ticks();
    if (timers) acc__timers_due(th, acc__now());
}

static __attribute__((noinline)) void look(acc__thread *th, uint64_t now) {
    nobody_runs(th);
    if (th->io_count) acc__epoll_poll(th, 0);
    th->ticks = now;
    acc__timers_due(th, acc__now());
}

/* Tasks that were made one after the other lie so, and mostly become ready so. Each load of a next one waits for the one before, which
 * the processor cannot go ahead of; where the distance says so, what comes some tasks later is asked for now. */
static inline void fetch_ahead(const acc__node *n, const acc__node *after) {
    enum { NEAR = 1024 };
    ptrdiff_t distance = (intptr_t)after - (intptr_t)n;
    if (acc__likely((size_t)(distance + NEAR) <= 2 * NEAR)) __builtin_prefetch((const char *)n + AHEAD * distance);
}

static inline __attribute__((always_inline)) void turn_of(acc__thread *th, bool may_wait, bool debug) {
    if (acc__unlikely(acc__ready_empty(th)) && may_wait) {
        wait(th);
    } else if ((size_t)th->io_count | th->timer_count) {
        uint64_t now = ticks();
        if (now - th->ticks > TICKS) look(th, now);
    }
    if (acc__likely(!acc__ready_empty(th))) {
        acc__node *last = acc__ready_last(th), *n = th->ready.head, *after;
        acc__ready_clear(th);
        for (;; n = after) {
            after = n->next;
            if (n != last) fetch_ahead(n, after);
            if (debug) acc__debug_run(th, n, run_any);
            else if (acc__likely(!n->head) || prepared(th, n)) acc__task_turn(th, acc__slot_with(n));
            if (n == last) break;
        }
    }
    if (acc__unlikely(th->due.count)) {
        nobody_runs(th);
        run_due(th, debug);
    }
}

static __attribute__((noinline)) void attended_turn(acc__thread *th, bool may_wait) {
    nobody_runs(th);
    attend(th);
    th->quick = !acc__debug;
    if (acc__debug) turn_of(th, may_wait, true);
    else turn_of(th, may_wait, false);
}

void acc__turn(acc__thread *th, bool may_wait) {
    if (acc__unlikely(__atomic_load_n(&th->loop->attention, __ATOMIC_ACQUIRE))) attended_turn(th, may_wait);
    else turn_of(th, may_wait, false);
    nobody_runs(th);
}

void acc__turns(acc__thread *th) {
    acc_loop *l = th->loop;
    for (;;) {
        if (acc__likely(!__atomic_load_n(&l->attention, __ATOMIC_ACQUIRE))) turn_of(th, true, false);
        else if (th->stopping) break;
        else attended_turn(th, true);
    }
    nobody_runs(th);
}
