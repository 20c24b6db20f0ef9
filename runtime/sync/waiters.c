/* waiters.c: a task begins to wait in a primitive's list. The lists are sync.h's. */
#include "sync.h"

const acc_site acc__waits;

bool acc__bind(acc_ctx *cx, uint64_t *bound) {
    uint64_t loop = acc__of(cx)->loop->serial;
    if (!*bound) *bound = loop;
    if (*bound == loop) return true;
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "it is bound to a different event loop");
    return false;
}

static void begin(acc_ctx *cx, acc__waiting *f, acc__waiters *l) {
    f->w = (acc__waiter){.task = acc__of(cx)->current};
    acc__waiter_add(l, &f->w);
}

acc__waiting *acc__wait_begin(acc_ctx *cx, acc__waiting *f, const acc_fn *fn, acc__waiters *l, uint64_t *bound) {
    if (!acc__bind(cx, bound)) return NULL;
    acc__park(cx, ACC__NEVER);
    f = (acc__waiting *)acc_pend(cx, f ? &f->head : NULL, fn, 1, 0);
    if (f) begin(cx, f, l);
    return f;
}

void acc__wait_again(acc_ctx *cx, acc__waiting *f, unsigned state, acc__waiters *l) {
    acc__park(cx, ACC__NEVER);
    acc_pend(cx, &f->head, f->head.fn, state, 0);
    begin(cx, f, l);
}

void acc__waiter_dropped(acc_frame *f) { acc__waiter_remove(&((acc__waiting *)f)->w); }
