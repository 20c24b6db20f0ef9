/* wait.c: acc_sleep and acc_wait, asynchronous functions in the ABI's form, written by hand as the compiler would. */
#include "internal.h"
#include <math.h>

/* ---- sleep: a leaf. It has a frame only as a coroutine. ---------------------------------------------------------------------- */

typedef struct sleep_frame {
    acc_frame head;
    double seconds;
} sleep_frame;

static void sleep_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_sleep(cx, 0);
}
static const acc_fn sleep_fn = {sleep_step, "acc_sleep", NULL, sizeof(sleep_frame), 0, _Alignof(sleep_frame), 0, 0};

void acc_sleep(acc_ctx *cx, double seconds) {
    sleep_frame *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (sleep_frame *)acc_enter(cx, &sleep_fn))) return;
        switch (f->head.up.state) {
            case 0:
                f->seconds = seconds;
                f->head.up.state = ACC_STATE_START;
                return;
            case ACC_STATE_START: seconds = f->seconds; break;
            default: return; /* slept, or resumed with an error */
        }
    }
    if (seconds <= 0) {
        acc__suspend(cx, ACC__YIELD);
    } else if (isnan(seconds)) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid delay: NaN (not a number)");
        return;
    } else {
        acc__park(cx, acc__deadline(seconds));
    }
    if (f) acc_pend(cx, (acc_frame *)f, &sleep_fn, 1, 0);
}

/* ---- wait ---------------------------------------------------------------------------------------------------------------- */

typedef struct waiting waiting;
typedef struct item {
    acc__hook hook;
    waiting *wait;
    void *handle;
    bool ran;
} item;

struct waiting {
    acc__block block;
    acc__slot *task;
    size_t count, left;
    size_t hooks; /* in lists of waiters or the ready queue */
    int until;
    bool over; /* nobody waits any more; the last hook frees the block */
    item items[];
};

typedef struct entry { /* for sorting what is done */
    uint64_t order;
    void *handle;
} entry;

typedef struct wait_frame {
    acc_frame head;
    void **tasks;
    size_t count;
    double timeout;
    waiting *wait;
    int until;
} wait_frame;

/* asyncio: _wait's _on_completion. */
static void completed(acc__thread *th, acc__hook *h) {
    item *it = (item *)h;
    waiting *w = it->wait;
    w->hooks--;
    if (w->over) {
        acc__release(th, h->target, false);
        if (!w->hooks) acc__block_free(th, w);
        return;
    }
    it->ran = true;
    bool failed = w->until == ACC_FIRST_ERROR && h->target->n.state == ACC__FAILED;
    if (failed) h->target->n.flags |= ACC__RETRIEVED;
    if (--w->left == 0 || w->until == ACC_FIRST_COMPLETED || failed) acc__unpark(th, w->task);
}

/* Takes the hooks back. */
static void wait_over(acc__thread *th, waiting *w) {
    w->over = true;
    for (size_t i = 0; i < w->count; i++) {
        item *it = &w->items[i];
        if (it->ran) {
            acc__release(th, it->hook.target, false);
        } else if (it->hook.target->n.state == ACC__PENDING) {
            acc__wait_remove(it->hook.target, &it->hook.n);
            w->hooks--;
        }
    }
    if (!w->hooks) acc__block_free(th, w);
}

static waiting *wait_begin(acc_ctx *cx, void **tasks, size_t count, int until) {
    acc__thread *th = (acc__thread *)cx;
    for (size_t i = 0; i < count; i++)
        if (!acc__find_task(th, tasks[i])) {
            acc__throw_stale(cx, tasks[i]);
            return NULL;
        }
    waiting *w = acc__block_new(th, sizeof *w + count * (sizeof *w->items + sizeof(entry)));
    if (!w) {
        acc__throw_memory(cx);
        return NULL;
    }
    acc__block block = w->block;
    *w = (waiting){.block = block, .task = th->current, .count = count, .left = count, .hooks = count, .until = until};
    for (size_t i = 0; i < count; i++) {
        acc__slot *s = acc__find_task(th, tasks[i]);
        item *it = &w->items[i];
        *it = (item){.hook = {.n.kind = ACC__HOOK, .run = completed, .target = s}, .wait = w, .handle = tasks[i]};
        if (s->n.state == ACC__PENDING) {
            acc__wait_add(s, &it->hook.n);
        } else {
            s->refs++;
            acc__ready(th, &it->hook.n);
        }
    }
    return w;
}

static int by_order(const void *a, const void *b) {
    const entry *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Reorders the user's array: done ones in order of completion, the rest in their old order. Gives how many are done. */
static size_t wait_sort(waiting *w, void **tasks) {
    entry *done = (entry *)(w->items + w->count); /* room for it was made with the block */
    size_t n = 0, pending = 0;
    for (size_t i = 0; i < w->count; i++) {
        item *it = &w->items[i];
        if (it->hook.target->n.state != ACC__PENDING) done[n++] = (entry){it->hook.target->order, it->handle};
        else tasks[pending++] = it->handle; /* at the front; moved behind the done ones below */
    }
    memmove(tasks + n, tasks, pending * sizeof *tasks);
    qsort(done, n, sizeof *done, by_order);
    for (size_t i = 0; i < n; i++) tasks[i] = done[i].handle;
    return n;
}

static void wait_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    size_t n = acc_wait(cx, NULL, 0, 0, 0);
    if (!cx->signal) *(size_t *)acc_result_place(f) = n;
}
static const acc_fn wait_fn = {wait_step, "acc_wait", NULL, sizeof(wait_frame), sizeof(size_t), _Alignof(wait_frame), 0, 0};

size_t acc_wait(acc_ctx *cx, void **tasks, size_t count, int until, double timeout) {
    acc__thread *th = acc__of(cx);
    wait_frame *f = NULL;
    waiting *w;
    if (acc_guarded(cx)) {
        if (!(f = (wait_frame *)acc_enter(cx, &wait_fn))) return 0;
        switch (f->head.up.state) {
            case 0:
                f->tasks = tasks;
                f->count = count;
                f->until = until;
                f->timeout = timeout;
                f->head.up.state = ACC_STATE_START;
                return 0;
            case ACC_STATE_START:
                tasks = f->tasks;
                count = f->count;
                until = f->until;
                timeout = f->timeout;
                break;
            default: goto resumed;
        }
    }
    if (!count) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Set of Tasks/Futures is empty.");
        return 0;
    }
    if (until < ACC_ALL_COMPLETED || until > ACC_FIRST_ERROR || isnan(timeout)) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "Invalid return_when or timeout value");
        return 0;
    }
    if (!(w = wait_begin(cx, tasks, count, until))) return 0;
    if (timeout <= 0) acc__look(th);
    acc__park(cx, acc__deadline(timeout));
    wait_frame *p = (wait_frame *)acc_pend(cx, (acc_frame *)f, &wait_fn, 1, 0);
    if (!p) {
        wait_over(th, w);
        return 0;
    }
    p->tasks = tasks;
    p->wait = w;
    return 0;

resumed:
    w = f->wait;
    size_t done = 0;
    if (!cx->signal) done = wait_sort(w, f->tasks);
    wait_over(th, w);
    return done;
}
