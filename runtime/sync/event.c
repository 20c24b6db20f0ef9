/* event.c: acc_event: asyncio's Event. */
#include "sync.h"

void acc_event_set(acc_event *e) {
    if (e->set) return;
    e->set = true;
    acc__wake_some(acc__self(), &e->waiters, SIZE_MAX);
}

void acc_event_clear(acc_event *e) { e->set = false; }
bool acc_event_is_set(const acc_event *e) { return e->set; }

typedef struct frame {
    acc__waiting waiting; /* first */
    acc_event *e;
} frame;

static void wait_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_event_wait(cx, NULL);
}
static const acc_fn wait_fn = {wait_step, "acc_event_wait", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_event_wait(acc_ctx *cx, acc_event *e) {
    frame *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (frame *)acc_enter(cx, &wait_fn))) return;
        switch (f->waiting.head.up.state) {
            case 0:
                f->e = e;
                f->waiting.w.list = NULL;
                f->waiting.head.up.state = ACC_STATE_START;
                return;
            case ACC_STATE_START: e = f->e; break;
            default: acc__waiter_remove(&f->waiting.w); return;
        }
    }
    if (!e->set) acc__wait_begin(cx, (acc__waiting *)f, &wait_fn, &e->waiters, &e->loop);
}
