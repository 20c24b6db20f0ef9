/* signal.c: signals, told to a loop.
 *
 * The handler that the kernel calls counts the signal, marks it in its loop and wakes the loop by its eventfd; all else happens
 * in the loop's thread. A signalfd would need the signal blocked in every thread, and every child would inherit that.
 *
 * `owners` says which loop has a signal. A loop that lets go of one waits until no handler runs that may still have found it
 * there, so that no handler writes to a descriptor that is closed.
 *
 * SIGINT, where nobody asked for it: the first one cancels main, the second kills. That is the affair of the first loop of the
 * process, if the program has not said what SIGINT does. */
#include "internal.h"
#include "../io/signal.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>

#define SIGNALS 65 /* a signal is 1 to 64: a bit in acc_loop.signals */

typedef struct entry {
    acc__hook hook; /* in the ready queue where QUEUED */
    acc__watch watch;
    void (*fn)(void *); /* NULL: no handler */
    void *arg;
    unsigned due; /* calls of it */
    bool taken;
    struct sigaction before;
} entry;

struct acc__signals {
    entry entries[SIGNALS];
};

static acc_loop *owners[SIGNALS]; /* these are atomic */
static unsigned counts[SIGNALS];
static unsigned handling;
static acc_loop *interruptible;

/* ---- in the kernel's handler --------------------------------------------------------------------------------------------- */

static void on_signal(int signum, siginfo_t *info, void *context) {
    (void)context;
    __atomic_fetch_add(&handling, 1, __ATOMIC_SEQ_CST);
    acc_loop *l = __atomic_load_n(&owners[signum], __ATOMIC_SEQ_CST);
    bool fault = signum == SIGSEGV || signum == SIGBUS || signum == SIGFPE || signum == SIGILL;
    if (fault && info->si_code > 0) { /* an instruction's, not somebody's: it would be executed again and again */
        signal(signum, SIG_DFL);
    } else if (l) {
        __atomic_fetch_add(&counts[signum], 1, __ATOMIC_RELAXED);
        __atomic_fetch_or(&l->signals, UINT64_C(1) << (signum - 1), __ATOMIC_RELEASE);
        acc__loop_wake(l);
    }
    __atomic_fetch_sub(&handling, 1, __ATOMIC_SEQ_CST);
}

static void on_interrupt(int signum) {
    __atomic_fetch_add(&handling, 1, __ATOMIC_SEQ_CST);
    acc_loop *l = __atomic_load_n(&interruptible, __ATOMIC_SEQ_CST);
    bool first = l && !__atomic_fetch_add(&l->interrupts, 1, __ATOMIC_RELAXED);
    if (first) acc__loop_wake(l);
    __atomic_fetch_sub(&handling, 1, __ATOMIC_SEQ_CST);
    if (first) return;
    signal(signum, SIG_DFL);
    raise(signum);
}

/* No handler that runs now has seen what the table said before. In a child that another thread has forked, one may seem to run
 * for ever: it is not waited for without end. */
static void settle(void) {
    for (int i = 0; i < 1000 && __atomic_load_n(&handling, __ATOMIC_SEQ_CST); i++) sched_yield();
}

/* ---- SIGINT of acc_run ---------------------------------------------------------------------------------------------------- */

bool acc__watch_interrupts(acc_loop *l) {
    struct sigaction old, new = {.sa_handler = on_interrupt};
    acc_loop *none = NULL;
    if (sigaction(SIGINT, NULL, &old) || old.sa_handler != SIG_DFL) return false;
    if (!__atomic_compare_exchange_n(&interruptible, &none, l, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return false;
    sigemptyset(&new.sa_mask);
    sigaction(SIGINT, &new, NULL);
    return true;
}

void acc__unwatch_interrupts(void) {
    struct sigaction now;
    if (!sigaction(SIGINT, NULL, &now) && now.sa_handler == on_interrupt) signal(SIGINT, SIG_DFL);
    __atomic_store_n(&interruptible, NULL, __ATOMIC_SEQ_CST);
    settle();
}

/* ---- taking and letting go ------------------------------------------------------------------------------------------------ */

static void run_handler(acc__thread *th, acc__hook *h) {
    entry *e = (entry *)h;
    (void)th;
    h->n.flags &= (uint16_t)~ACC__QUEUED;
    for (; e->due && e->fn; e->due--) e->fn(e->arg);
    e->due = 0;
}

static void let_go(acc_loop *l, int signum) {
    entry *e = &l->table->entries[signum];
    struct sigaction now;
    if (!sigaction(signum, NULL, &now) && now.sa_flags & SA_SIGINFO && now.sa_sigaction == on_signal)
        sigaction(signum, &e->before, NULL); /* else somebody else has it now */
    __atomic_store_n(&owners[signum], NULL, __ATOMIC_SEQ_CST);
    settle();
    __atomic_store_n(&counts[signum], 0, __ATOMIC_RELAXED);
    e->taken = e->watch.kept = false;
    e->due = 0;
}

static entry *take(acc_ctx *cx, int signum) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    if (signum < 1 || signum >= SIGNALS) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "invalid signal number %d", signum);
        return NULL;
    }
    acc_loop *l = th->loop, *none = NULL;
    if (!l->table) {
        if (!(l->table = acc__malloc(sizeof *l->table))) {
            acc__throw_memory(cx);
            return NULL;
        }
        memset(l->table, 0, sizeof *l->table);
    }
    entry *e = &l->table->entries[signum];
    if (e->taken) return e;
    if (!__atomic_compare_exchange_n(&owners[signum], &none, l, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "signal %d belongs to another event loop", signum);
        return NULL;
    }
    struct sigaction new = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&new.sa_mask);
    if (sigaction(signum, &new, &e->before)) {
        __atomic_store_n(&owners[signum], NULL, __ATOMIC_SEQ_CST);
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "sig %d cannot be caught", signum);
        return NULL;
    }
    e->hook.n.kind = ACC__HOOK;
    e->hook.run = run_handler;
    e->taken = true;
    return e;
}

acc__watch *acc__signal_watch(acc_ctx *cx, int signum) {
    entry *e = take(cx, signum);
    return e ? &e->watch : NULL;
}

void acc_add_signal_handler(acc_ctx *cx, int signum, void (*fn)(void *), void *arg) {
    entry *e = take(cx, signum);
    if (!e) return;
    e->fn = fn;
    e->arg = arg;
}

bool acc_remove_signal_handler(int signum) {
    acc_loop *l = acc__self()->loop;
    if (!l || !l->table || signum < 1 || signum >= SIGNALS) return false;
    entry *e = &l->table->entries[signum];
    bool had = e->fn || (e->taken && !e->watch.waiters);
    e->fn = NULL;
    e->due = 0;
    if (e->taken && !e->watch.waiters) let_go(l, signum);
    return had;
}

void acc__signals_end(acc_loop *l) {
    if (!l->table) return;
    for (int signum = 1; signum < SIGNALS; signum++)
        if (l->table->entries[signum].taken) let_go(l, signum);
    free(l->table);
    l->table = NULL;
    l->signals = 0;
}

void acc__signals_forked(void) {
    struct sigaction now;
    for (int signum = 1; signum < SIGNALS; signum++) {
        acc_loop *l = owners[signum];
        owners[signum] = NULL;
        if (l && !sigaction(signum, NULL, &now) && now.sa_flags & SA_SIGINFO && now.sa_sigaction == on_signal)
            sigaction(signum, &l->table->entries[signum].before, NULL);
    }
    if (!sigaction(SIGINT, NULL, &now) && now.sa_handler == on_interrupt) signal(SIGINT, SIG_DFL);
    interruptible = NULL;
    handling = 0;
}

/* ---- in the loop ---------------------------------------------------------------------------------------------------------- */

void acc__signals_came(acc__thread *th) {
    acc_loop *l = th->loop;
    uint64_t came = __atomic_exchange_n(&l->signals, 0, __ATOMIC_ACQUIRE);
    for (int signum = 1; came; signum++, came >>= 1) {
        entry *e = came & 1 && l->table ? &l->table->entries[signum] : NULL;
        unsigned n = e && e->taken ? __atomic_exchange_n(&counts[signum], 0, __ATOMIC_RELAXED) : 0;
        if (!n) continue;
        if (e->fn) {
            e->due += n;
            if (!(e->hook.n.flags & ACC__QUEUED)) acc__ready(th, &e->hook.n);
            e->hook.n.flags |= ACC__QUEUED;
        }
        e->watch.serial++;
        if (!e->watch.waiters) {
            e->watch.kept = true;
        } else {
            acc_event_set(&e->watch.came);
            acc_event_clear(&e->watch.came);
        }
    }
}
