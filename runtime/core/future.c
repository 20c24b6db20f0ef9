/* future.c: futures. A future is a slot whose payload is its value; what waits for one, cancels it or takes its outcome is
 * task.c, which does not tell it from a task. */
#include "internal.h"

void *acc_abi_future_new(acc_ctx *cx, size_t size) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    bool apart = size > ACC__SLOT_MAX;
    void *value = apart ? acc__malloc(size) : NULL;
    acc__slot *s = apart && !value ? NULL : acc__slot_new(th, apart ? sizeof(void *) : size, ACC__FUTURE);
    if (!s) {
        free(value);
        acc__throw_memory(cx);
        return NULL;
    }
    s->size = size;
    if (apart) {
        *(void **)acc__payload(s) = value;
        s->n.flags |= ACC__SEPARATE;
    }
    return acc__handle(s);
}

bool acc_abi_future_try_set_result(acc_ctx *cx, void *future, const void *value) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = acc__find(th, future);
    if (!s || s->n.kind != ACC__FUTURE || s->n.state != ACC__PENDING) return false;
    if (s->size && value) memcpy(acc__data(s), value, s->size);
    else if (s->size) memset(acc__data(s), 0, s->size);
    acc__complete(th, s, ACC__DONE);
    return true;
}

static void throw_invalid(acc_ctx *cx, const void *future) {
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "%s", acc__foreign(future) ? acc__other_loop : "invalid state");
}

void acc_abi_future_set_result(acc_ctx *cx, void *future, const void *value) {
    if (!acc_abi_future_try_set_result(cx, future, value)) throw_invalid(cx, future);
}

void acc_abi_future_set_error(acc_ctx *cx, void *future, const acc_error *e) {
    acc__thread *th = acc__of(cx);
    acc__slot *s = acc__find(th, future);
    if (!s || s->n.kind != ACC__FUTURE || s->n.state != ACC__PENDING) {
        acc_error_drop(e);
        throw_invalid(cx, future);
        return;
    }
    s->error = e;
    acc__complete(th, s, ACC__FAILED);
}
