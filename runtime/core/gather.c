/* gather.c: acc_gather and acc_gather_array.
 *
 * A gather is a slot without a value, and a block with a hook for each child. As in asyncio, a child that is done calls its
 * hook one turn later; the hook of the last child, or of the first that fails, completes the gather, whose waiter wakes
 * another turn later. Until the gather's outcome is taken or dropped its children are held (refs and takers of each), so
 * that values can be copied then. Children made here, of coroutines, are detached: nobody else knows them.
 * The block lives until the slot is gone and every hook has run. */
#include "internal.h"

typedef struct child {
    acc__hook hook;
    acc__gather *gather;
    bool outcome; /* its error does not fail the gather */
    bool ran;     /* the hook has run, and the child is held still */
} child;

struct acc__gather {
    acc__block block;
    acc__slot *slot; /* NULL: gone */
    size_t count, finished;
    size_t hooks; /* that have not run */
    bool cancel_requested;
    bool outcomes; /* of acc_gather_array */
    char *out;
    size_t size, value;
    child children[];
};

/* Lets go of the children that are done; nobody takes them. */
static void drop_children(acc__thread *th, acc__gather *g) {
    for (size_t i = 0; i < g->count; i++) {
        child *c = &g->children[i];
        if (!c->ran) continue;
        c->ran = false;
        acc__slot *s = c->hook.target;
        if (s->n.flags & ACC__DETACHED) s->n.flags |= ACC__RETRIEVED;
        acc__release(th, s, true);
    }
}

static const acc_error *error_of(acc__slot *s) {
    if (!s->error) return acc__cancelled_error(NULL);
    return s->takers > 1 ? acc__error_clone(s->error) : acc_error_keep(s->error);
}

/* The CancelledError of a gather that was cancelled: the child's, or where that has no message, the last request's, which the
 * slot holds while it is pending. */
static const acc_error *cancellation(acc__gather *g, acc__slot *s) {
    bool has = s->n.state == ACC__CANCELLED && s->error && *s->error->message;
    return has || !g->slot->error ? s->n.state == ACC__CANCELLED ? error_of(s) : acc__cancelled_error(NULL)
                                  : acc_error_keep(g->slot->error);
}

static void fail(acc__thread *th, acc__gather *g, const acc_error *e) {
    acc_error_drop(g->slot->error);
    g->slot->error = e;
    drop_children(th, g);
    acc__complete(th, g->slot, ACC__FAILED);
}

/* asyncio: gather's _done_callback. */
static void child_done(acc__thread *th, child *c) {
    acc__gather *g = c->gather;
    acc__slot *s = c->hook.target;
    g->hooks--;
    g->finished++;
    if (!g->slot || g->slot->n.state != ACC__PENDING) { /* its result is dropped */
        s->n.flags |= ACC__RETRIEVED;
        acc__release(th, s, true);
        if (!g->slot && !g->hooks) acc__block_free(th, g);
        return;
    }
    c->ran = true;
    if (s->n.state != ACC__DONE && !c->outcome) {
        s->n.flags |= ACC__TAKEN;
        fail(th, g, g->cancel_requested && s->n.state == ACC__CANCELLED ? cancellation(g, s) : error_of(s));
    } else if (g->finished == g->count) {
        if (g->cancel_requested) fail(th, g, cancellation(g, s));
        else acc__complete(th, g->slot, ACC__DONE);
    }
}

static void hook_run(acc__thread *th, acc__hook *h) { child_done(th, (child *)h); }

bool acc__gather_cancel(acc__thread *th, acc__slot *s, const char *message) {
    acc__gather *g = s->gather;
    bool any = false;
    if (acc_stack_pointer() < th->stack_floor) return false; /* gathers nested by the hundred thousand */
    for (size_t i = 0; i < g->count; i++)
        if (acc__cancel(th, g->children[i].hook.target, message)) {
            g->children[i].hook.target->n.flags |= ACC__DETACHED; /* nobody will ask for it */
            any = true;
        }
    if (any) {
        g->cancel_requested = true;
        acc_error_drop(s->error);
        s->error = message ? acc__cancelled_error(message) : NULL;
    }
    return any;
}

void acc__gather_copy(acc__slot *s, const acc_dest *dests) {
    acc__gather *g = s->gather;
    for (size_t i = 0; i < g->count; i++) {
        acc__slot *t = g->children[i].hook.target;
        acc_dest d = {0};
        if (dests) {
            d = dests[i];
        } else if (g->out) {
            d.value = g->out + i * g->size + g->value;
            if (g->outcomes) d.error = (const acc_error **)(g->out + i * g->size);
        }
        size_t size = t->n.kind == ACC__GATHER ? 0 : t->size;
        if (d.value && size && t->n.state == ACC__DONE) memcpy(d.value, acc__data(t), size);
        if (t->n.kind == ACC__GATHER && t->n.state == ACC__DONE) acc__gather_copy(t, NULL);
        if (d.error) *d.error = t->n.state == ACC__DONE ? NULL : error_of(t);
    }
}

static void take_children(acc__thread *th, acc__gather *g) {
    for (size_t i = 0; i < g->count; i++) {
        acc__slot *t = g->children[i].hook.target;
        if (t->n.kind == ACC__GATHER && t->n.state == ACC__DONE) take_children(th, t->gather);
        t->n.flags |= ACC__TAKEN;
    }
    drop_children(th, g);
}

void acc__gather_take(acc_ctx *cx, acc__slot *s, const acc_dest *dests) {
    acc__gather_copy(s, dests);
    take_children((acc__thread *)cx, s->gather);
}

void acc__gather_end(acc__thread *th, acc__slot *s) {
    acc__gather *g = s->gather;
    drop_children(th, g);
    g->slot = NULL;
    if (!g->hooks) acc__block_free(th, g);
}

/* Does every child have a value that nobody else wants? Then the children are all that there is to free. */
static bool all_plain(const acc__gather *g) {
    for (size_t i = 0; i < g->count; i++) {
        const acc__slot *t = g->children[i].hook.target;
        if (!acc__has_plain_value(t) || t->refs != 1 || g->children[i].outcome) return false;
    }
    return true;
}

bool acc__gather_take_plain(acc__thread *th, acc__slot *s, const acc_dest *dests) {
    acc__gather *g = s->gather;
    if (s->n.state != ACC__DONE || s->refs != 1 || g->hooks || g->out || !all_plain(g)) return false;
    for (size_t i = 0; i < g->count; i++) {
        acc__slot *t = g->children[i].hook.target;
        if (dests && dests[i].value && t->size) acc__copy_value(dests[i].value, acc__payload(t), t->size);
        acc__slot_free(th, t);
    }
    acc__block_free(th, g);
    acc__slot_free(th, s);
    return true;
}

static acc__gather *gather(acc_ctx *cx, size_t n, void *const *children, const bool *outcomes, bool all_outcomes) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    acc__gather *g = acc__block_new(th, sizeof *g + n * sizeof *g->children);
    acc__slot *s = g ? acc__slot_new(th, 0, ACC__GATHER) : NULL;
    if (acc__unlikely(!s)) {
        if (g) acc__block_free(th, g);
        acc__throw_memory(cx);
        return NULL;
    }
    memset(&g->slot, 0, sizeof *g - offsetof(acc__gather, slot));
    g->slot = s;
    g->count = g->hooks = n;
    s->gather = g;
    for (size_t i = 0; i < n; i++) {
        acc__slot *t = g->children[i].hook.target = acc__find(th, children[i]);
        if (acc__likely(t) &&
            (t->n.kind == ACC__CORO || (acc__is_task(t) && (t->n.state == ACC__PENDING || !acc__spoken_for(t)))))
            continue;
        acc__block_free(th, g);
        acc__slot_free(th, s);
        acc__throw_stale(cx, children[i]);
        return NULL;
    }
    bool done = !n;
    for (size_t i = 0; i < n; i++) {
        child *c = &g->children[i];
        acc__slot *t = c->hook.target;
        const acc__node node = {.kind = ACC__HOOK, .flags = ACC__TAKES};
        c->hook.n.word = node.word;
        c->hook.run = hook_run;
        c->gather = g;
        c->ran = false;
        c->outcome = outcomes ? outcomes[i] : all_outcomes;
        if (t->n.kind == ACC__CORO) acc__task_start(th, t, true)->n.flags |= ACC__DETACHED; /* it may stand here twice */
        else if (t->n.flags & ACC__NAMELESS) t->n.flags |= ACC__DETACHED;
        if (acc__likely(t->n.state == ACC__PENDING)) {
            acc__wait_add(t, &c->hook.n);
        } else {
            t->refs++;
            t->takers++;
            done = true;
        }
    }
    if (!n) acc__complete(th, s, ACC__DONE);
    for (size_t i = 0; done && i < n; i++) /* asyncio: those that are done already, at once */
        if (g->children[i].hook.target->n.state != ACC__PENDING) child_done(th, &g->children[i]);
    return g;
}

void *acc_abi_gather(acc_ctx *cx, size_t n, void *const *children, const bool *outcomes) {
    acc__gather *g = gather(cx, n, children, outcomes, false);
    return g ? acc__handle(g->slot) : NULL;
}

void *acc_abi_gather_array(acc_ctx *cx, void *const *children, size_t n, void *out, size_t size, size_t value,
                           bool outcome) {
    acc__gather *g = gather(cx, n, children, NULL, outcome);
    if (!g) return NULL;
    g->out = out;
    g->size = size;
    g->value = value;
    g->outcomes = outcome;
    return acc__handle(g->slot);
}
