/* object.c: what users hold as a pointer, and the loop owns: streams, servers, sockets for datagrams.
 *
 * The pointer is a handle, never dereferenced: index and generation of a slot, whose payload is the object. So one that is
 * closed gives all of its memory back at once, and using it later is found out. Its type says what it is; where it is still
 * there at the loop's end, its type's `end` gives back what it holds. */
#include "internal.h"

void *acc__object_new(acc__thread *th, const acc__object_type *type, size_t size) {
    acc__slot *s = acc__slot_new(th, size, ACC__OBJECT);
    if (!s) return NULL;
    s->type = type;
    if (acc__unlikely(acc__debug)) acc__debug_object(th, s);
    return memset(acc__payload(s), 0, size);
}

void acc__object_free(acc__thread *th, void *object) { acc__slot_free(th, (acc__slot *)object - 1); }

void *acc__object_get(acc_ctx *cx, const void *handle, const acc__object_type *type) {
    void *object = acc__object_find(acc__of(cx), handle, type);
    if (acc__unlikely(!object))
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, handle ? "%s is closed" : "%s is a null pointer", type->name);
    return object;
}

static void end(acc__thread *th, acc__slot *s, void *arg) {
    (void)arg;
    if (s->n.kind != ACC__OBJECT) return;
    if (acc__unlikely(acc__debug) && (!s->type->open || s->type->open(acc__payload(s)))) acc__unclosed(s);
    s->type->end(th, acc__payload(s));
    if (s->n.kind == ACC__OBJECT) acc__slot_free(th, s);
}

void acc__objects_end(acc__thread *th) { acc__slots_each(th, end, NULL); }
