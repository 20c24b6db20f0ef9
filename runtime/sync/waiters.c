/* waiters.c: what is rare about waiting in a primitive's list. The lists are sync.h's. */
#include "sync.h"

const acc_site acc__waits;

bool acc__bind(acc_ctx *cx, uint64_t *bound) {
    uint64_t loop = acc__of(cx)->loop->serial;
    if (!*bound) *bound = loop;
    if (*bound == loop) return true;
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "it is bound to a different event loop");
    return false;
}

void acc__waiter_dropped(acc_frame *f) { acc__waiter_remove(&((acc__waiting *)f)->w); }
