/* look.c: what can be asked about tasks and futures without taking anything: state, error, name, all tasks; and their done
 * callbacks, and letting them go. All of it is safe with a stale handle. */
#include "internal.h"

bool acc_done(acc__any_task h) {
    acc__slot *s = acc__find_task(acc__self(), (void *)h);
    return !s || s->n.state != ACC__PENDING;
}

bool acc_cancelled(acc__any_task h) {
    acc__slot *s = acc__find_task(acc__self(), (void *)h);
    return s && s->n.state == ACC__CANCELLED;
}

const acc_error *acc_task_error(acc__any_task h) {
    acc__slot *s = acc__find_task(acc__self(), (void *)h);
    if (!s || (s->n.state != ACC__FAILED && s->n.state != ACC__CANCELLED)) return NULL;
    s->n.flags |= ACC__RETRIEVED;
    if (!s->error) s->error = acc__cancelled_error(NULL);
    return s->error;
}

acc__any_task acc_current_task(void) {
    acc__slot *t = acc__self()->current;
    return t ? (acc__any_task)acc__handle(t) : ACC_NO_TASK;
}

void acc_set_name(acc__any_task h, const char *name) {
    acc__thread *th = acc__self();
    acc__slot *s = acc__find_task(th, (void *)h);
    if (!s || s->n.kind != ACC__TASK) return;
    char *copy = acc__malloc(strlen(name) + 1);
    if (!copy) return;
    strcpy(copy, name);
    if (s->n.flags & ACC__NAMED) {
        free(th->names[s->serial].text);
        th->names[s->serial].text = copy;
        return;
    }
    uint32_t place = th->name_free;
    if (place) {
        th->name_free = th->names[place].serial;
    } else {
        if (th->name_count + 1 >= th->name_room) {
            uint32_t room = th->name_room ? th->name_room * 2 : 16;
            acc__name *more = acc__realloc(th->names, room * sizeof *more);
            if (!more) {
                free(copy);
                return;
            }
            th->names = more;
            th->name_room = room;
        }
        place = ++th->name_count; /* place 0 is nobody's */
    }
    th->names[place] = (acc__name){copy, s->serial};
    s->serial = place;
    s->n.flags |= ACC__NAMED;
}

const char *acc_get_name(acc__any_task h) {
    static _Thread_local char names[4][24]; /* of tasks without one: made when asked for */
    static _Thread_local unsigned turn;
    acc__thread *th = acc__self();
    acc__slot *s = acc__find_task(th, (void *)h);
    if (!s || s->n.kind != ACC__TASK) return "";
    if (s->n.flags & ACC__NAMED) return acc__called(th, s);
    char *name = names[turn++ % 4];
    snprintf(name, sizeof names[0], "Task-%u", (unsigned)s->serial);
    return name;
}

/* The oldest n pending tasks: a heap whose root is the youngest of those found so far. */
struct all {
    acc__any_task *buf;
    size_t room, stored, count;
};

static uint32_t serial_of(acc__any_task h) { return acc__serial(acc__self(), acc__slot_at((uint32_t)(uintptr_t)h)); }
static bool younger(acc__any_task a, acc__any_task b) { return (int32_t)(serial_of(a) - serial_of(b)) > 0; }

static void heap_down(acc__any_task *h, size_t n, size_t i) {
    for (size_t c; (c = 2 * i + 1) < n; i = c) {
        if (c + 1 < n && younger(h[c + 1], h[c])) c++;
        if (!younger(h[c], h[i])) return;
        acc__any_task t = h[i];
        h[i] = h[c];
        h[c] = t;
    }
}

static void collect(acc__thread *th, acc__slot *s, void *arg) {
    struct all *all = arg;
    (void)th;
    if (s->n.kind != ACC__TASK || s->n.state != ACC__PENDING) return;
    all->count++;
    acc__any_task h = (acc__any_task)acc__handle(s);
    if (all->stored < all->room) {
        all->buf[all->stored++] = h;
        if (all->stored == all->room)
            for (size_t i = all->room / 2; i-- > 0;) heap_down(all->buf, all->room, i);
    } else if (all->room && younger(all->buf[0], h)) {
        all->buf[0] = h;
        heap_down(all->buf, all->room, 0);
    }
}

size_t acc_all_tasks(acc__any_task *buf, size_t n) {
    acc__thread *th = acc__self();
    struct all all = {buf, n, 0, 0};
    acc__slots_each(th, collect, &all);
    if (all.stored < n)
        for (size_t i = all.stored / 2; i-- > 0;) heap_down(buf, all.stored, i);
    for (size_t k = all.stored; k > 1; k--) { /* heap sort: the youngest goes to the end */
        acc__any_task t = buf[0];
        buf[0] = buf[k - 1];
        buf[k - 1] = t;
        heap_down(buf, k - 1, 0);
    }
    return all.count;
}

/* ---- done callbacks, detaching ------------------------------------------------------------------------------------------- */

void acc_add_done_callback(acc_ctx *cx, acc__any_task h, void (*fn)(acc__any_task t, void *arg), void *arg) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = acc__find_task(th, (void *)h), *c;
    if (!s) {
        acc__throw_stale(cx, (void *)h);
        return;
    }
    if (!(c = acc__slot_new(th, 0, ACC__CALLBACK))) {
        acc__throw_memory(cx);
        return;
    }
    c->done_fn = fn;
    c->arg = arg;
    c->target = s;
    if (s->n.state == ACC__PENDING) {
        acc__wait_add(s, &c->n);
    } else {
        s->refs++;
        acc__ready(th, &c->n);
    }
}

void acc_detach(acc__any_task h) {
    acc__thread *th = acc__self();
    acc__slot *s = acc__find_task(th, (void *)h);
    if (!s) return;
    s->n.flags |= ACC__DETACHED;
    if (s->n.state != ACC__PENDING && !s->refs) acc__let_go(th, s);
}
