/* cancel.c: cancelling, as asyncio does it: a request goes down the chain of what waits for what, to the future, the timer or
 * the gather at its end; what comes back up is that one's CancelledError. Where tasks wait for each other in a circle, the
 * one where the circle closes is torn out of it. */
#include "internal.h"

static void set_message(acc__slot *t, const char *message) {
    acc_error_drop(t->error);
    t->error = message ? acc__cancelled_error(message) : NULL;
}

/* The task stops waiting and gets a CancelledError: where tasks wait for each other in a circle. */
static void tear_out(acc__thread *th, acc__slot *t, const char *message) {
    acc__wait_remove(t->on, &t->n);
    if (t->n.flags & ACC__DROP) t->on->n.flags |= ACC__DETACHED;
    t->n.flags &= (uint16_t)~(ACC__DROP | ACC__ASKS);
    t->n.urgent |= ACC__THROW;
    t->on = NULL;
    set_message(t, message);
    acc__ready(th, &t->n);
}

bool acc__cancel(acc__thread *th, acc__slot *first, const char *message) {
    acc__slot *s = first, *circle = NULL;
    bool passed_on = true;
    for (;; s = s->on) { /* down a chain of tasks that wait for each other */
        if (s->n.state != ACC__PENDING) return false;
        if (s->n.kind != ACC__TASK) {
            if (s->n.kind == ACC__GATHER) {
                passed_on = acc__gather_cancel(th, s, message);
            } else {
                set_message(s, message);
                acc__complete(th, s, ACC__CANCELLED);
            }
            break;
        }
        if (s->n.flags & ACC__VISITED) {
            circle = s;
            break;
        }
        s->n.flags |= ACC__VISITED;
        if (s->n.cancelling < UINT16_MAX) s->n.cancelling++;
        if (s->n.flags & ACC__PARKED) {
            set_message(s, message);
            s->n.urgent |= ACC__THROW;
            acc__unpark(th, s);
            break;
        }
        if (!s->on || s->on->n.state != ACC__PENDING) {
            if (!(s->n.urgent & ACC__THROW)) set_message(s, message); /* else the first one is on its way */
            s->n.urgent |= ACC__MUST_CANCEL;
            break;
        }
        s->n.flags |= ACC__PASSED_ON;
    }
    for (s = first; s && s->n.kind == ACC__TASK && s->n.flags & ACC__VISITED; s = s->on) {
        s->n.flags &= (uint16_t)~ACC__VISITED;
        if (!passed_on && s->on->n.kind == ACC__GATHER) { /* nothing to cancel there: it wakes its waiter soon */
            set_message(s, message);
            s->n.urgent |= ACC__MUST_CANCEL;
            passed_on = true;
            break;
        }
    }
    if (circle) tear_out(th, circle, message);
    return passed_on;
}

bool acc_cancel_msg(acc__any_task h, const char *message) {
    acc__thread *th = acc__self();
    acc__slot *s = acc__find_task(th, (void *)h);
    if (!s) {
        acc__stray((void *)h);
        return false;
    }
    return acc__cancel(th, s, message);
}
bool acc_cancel(acc__any_task h) { return acc_cancel_msg(h, NULL); }
bool acc_future_cancel(acc__any_task h) { return acc_cancel_msg(h, NULL); }

int acc_uncancel(acc__any_task h) {
    acc__slot *s = acc__find_task(acc__self(), (void *)h);
    if (!s || !s->n.cancelling) return 0;
    if (!--s->n.cancelling && s->n.urgent & ACC__MUST_CANCEL) {
        s->n.urgent &= (uint8_t)~ACC__MUST_CANCEL;
        set_message(s, NULL);
    }
    return s->n.cancelling;
}

int acc_cancelling(acc__any_task h) {
    acc__slot *s = acc__find_task(acc__self(), (void *)h);
    return s ? s->n.cancelling : 0;
}
