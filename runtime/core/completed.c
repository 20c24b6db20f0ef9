/* completed.c: acc_as_completed: a generator of tasks in the order in which they are done, written by hand in the ABI's form.
 *
 * A hook in each task puts it into a list when it is done, and wakes who waits for the next one. The hooks lie in a block of
 * their own: a task may be done after the generator is gone. */
#include "internal.h"

typedef struct each each;
typedef struct item {
    acc__hook hook;
    each *owner;
    struct item *next; /* in the list of those that are done */
    void *handle;
    bool ran;
} item;

struct each {
    acc__block block;
    acc__slot *waiter; /* the task that waits for the next one, NULL: none does */
    item *first, *last;
    size_t count, given, hooks;
    bool over; /* the generator is gone; the last hook frees the block */
    item items[];
};

typedef struct frame {
    acc_frame head;
    acc_generation generation;
    each *each;
} frame;

enum { YIELDED = 1, WAITS = 2 }; /* states */

static void completed(acc__thread *th, acc__hook *h) {
    item *it = (item *)h;
    each *e = it->owner;
    if (e->over) {
        acc__release(th, h->target, false);
        if (!--e->hooks) acc__block_free(th, e);
        return;
    }
    it->ran = true;
    if (e->last) e->last->next = it;
    else e->first = it;
    e->last = it;
    if (e->waiter) acc__unpark(th, e->waiter);
    e->waiter = NULL;
}

static void end(acc__thread *th, each *e) {
    e->over = true;
    e->waiter = NULL;
    for (size_t i = 0; i < e->count; i++) {
        item *it = &e->items[i];
        if (it->ran) {
            acc__release(th, it->hook.target, false);
            e->hooks--;
        } else if (it->hook.target->n.state == ACC__PENDING) {
            acc__wait_remove(it->hook.target, &it->hook.n);
            e->hooks--;
        }
    }
    if (!e->hooks) acc__block_free(th, e);
}

static void step(acc_ctx *cx, acc_frame *head) {
    acc__thread *th = (acc__thread *)cx;
    frame *f = (frame *)head;
    each *e = f->each;
    item *it = e->first;
    if (cx->signal || (!it && e->given == e->count)) {
        end(th, e);
    } else if (it) {
        if (!(e->first = it->next)) e->last = NULL;
        e->given++;
        *(void **)f->generation.out = it->handle;
        acc_generation_rest(&f->generation);
        f->head.up.state = YIELDED;
    } else {
        e->waiter = th->current;
        acc__park(cx, acc__deadline(ACC_NO_TIMEOUT));
        acc_pend(cx, &f->head, head->fn, WAITS, 0);
    }
}
static const acc_fn completed_fn = {step, "acc_as_completed", NULL, sizeof(frame), sizeof(void *), _Alignof(frame), 0, 0};

void *acc_abi_as_completed(acc_ctx *cx, void *const *awaitables, size_t n) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    for (size_t i = 0; i < n; i++) {
        acc__slot *s = acc__find(th, awaitables[i]);
        if (s && (s->n.kind == ACC__CORO || acc__find_task(th, awaitables[i]))) continue;
        acc__throw_stale(cx, awaitables[i]);
        return NULL;
    }
    each *e = acc__block_new(th, sizeof *e + n * sizeof *e->items);
    acc_frame *f = e ? acc_generator_new(cx, &completed_fn) : NULL;
    if (!f) {
        if (e) acc__block_free(th, e);
        acc__throw_memory(cx);
        return NULL;
    }
    acc__block block = e->block;
    *e = (each){.block = block};
    ((frame *)f)->each = e;
    for (size_t i = 0; i < n; i++) {
        acc__slot *s = acc__find(th, awaitables[i]);
        if (s->n.kind == ACC__CORO) s = acc__task_start(th, s, true);
        if (s->n.flags & ACC__SEEN) continue; /* given twice, waited for once */
        s->n.flags |= ACC__SEEN;
        item *it = &e->items[e->count++];
        *it = (item){.hook = {.n.kind = ACC__HOOK, .run = completed, .target = s}, .owner = e, .handle = acc__handle(s)};
        if (s->n.state == ACC__PENDING) {
            acc__wait_add(s, &it->hook.n);
        } else {
            s->refs++;
            acc__ready(th, &it->hook.n);
        }
    }
    e->hooks = e->count;
    for (size_t i = 0; i < e->count; i++) e->items[i].hook.target->n.flags &= (uint16_t)~ACC__SEEN;
    return acc_generator_take(cx, f);
}
