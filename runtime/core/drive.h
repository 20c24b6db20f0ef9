/* drive.h: the trampoline. Inline, for its two users: a task's step, and the unwinding of callees when memory has run out. */
#ifndef ACC_CORE_DRIVE_H
#define ACC_CORE_DRIVE_H

#include "internal.h"

/* Steps f and then its callers, as long as they are done or have failed. False: suspended; the leaf is cx.leaf.parent and
 * its intent is in the thread. True: the root frame, or one marked STOP, is done or has failed; *size is its result's size.
 * Needs: signal is NULL, or ACC_FAILED where the leaf is to be resumed with the context's error.
 * A root's result may overwrite its frame, so that flags are read before the step. */
static inline bool acc__drive(acc__thread *th, acc_frame *f, uint32_t *size) {
    acc_ctx *cx = &th->cx;
    for (;;) {
        const acc_fn *fn = f->fn;
        unsigned flags = f->up.flags;
        if (acc__likely(!cx->signal || f->up.state != ACC_STATE_START)) { /* failed before it began: the body never runs */
            cx->resume = f;
            cx->limit = UINTPTR_MAX;
            fn->step(cx, f);
        }
        acc_link *signal = cx->signal;
        if (signal && signal != ACC_FAILED) {
            if (acc__likely(th->intent > ACC__STARVED)) return false;
            if (th->intent == ACC__STARVED) acc__throw_memory(cx);
            else cx->signal = NULL;
            th->intent = ACC__NOTHING;
            f = cx->leaf.parent;
            continue;
        }
        if (flags & (ACC_FRAME_ROOT | ACC__FRAME_STOP)) {
            *size = fn->result_size;
            return true;
        }
        acc_frame *parent = f->up.parent;
        acc__frame_end(th, f, flags);
        f = parent;
    }
}

#endif
