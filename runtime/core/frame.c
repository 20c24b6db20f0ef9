/* frame.c: continuation frames. The trampoline that steps them is drive.h.
 *
 * A frame is made only when a function really suspends (acc_pend), when it has locals with an address (acc_frame_new), or
 * when it cannot run where it was called (acc_enter: cold, or the stack is nearly used up). Frames of up to 512 bytes come
 * from free lists by multiples of 16 bytes, refilled from arenas; others, and over-aligned ones, from malloc.
 *
 *     who frees a frame: its function, until the frame is LINKED; from then on the trampoline, when it is done or failed.
 *     A frame in a slot (SLOT) goes with the slot: a task's root stays until its outcome is taken, that of a coroutine which
 *     was awaited inline goes at once.
 *
 * When memory is short. A function that has no frame and cannot get one throws MemoryError, if it is the first to suspend.
 * But where its callee has suspended already, that one must go on, or its cleanup would never run: then the frames of its
 * callers come from the reserve, and as soon as all of them have suspended the leaf is resumed with the MemoryError (the
 * intent STARVED). So it is thrown in the innermost function, travels as any error does, and cleanup may wait. The reserve is
 * address space that costs nothing until it is used; it is larger than what the functions on one stack can need. */
#include "drive.h"
#include <sys/mman.h>

#define ARENA 65536
#define RESERVE (16u << 20)

typedef struct arena {
    struct arena *next;
    size_t used;
} arena;

const acc_site acc__certain;

__attribute__((noinline)) void *acc__pool_fresh(acc__thread *th, size_t size, unsigned *size_class) {
    size = (size + 15u) & ~(size_t)15;
    *size_class = ACC__FRAME_BIG;
    if (size > ACC__FRAME_CLASSES * 16 || th->hostile) return acc__malloc(size);
    if ((size_t)(th->bump_end - th->bump) < size) {
        arena *a = acc__malloc(ARENA);
        if (!a) return NULL;
        a->next = th->arenas;
        th->arenas = a;
        th->bump = (char *)(a + 1);
        th->bump_end = (char *)a + ARENA;
        acc__poison(th->bump, ARENA - sizeof *a);
    }
    void *p = th->bump;
    th->bump += size;
    th->frames_live++;
    acc__unpoison(p, size);
    *size_class = (unsigned)(size / 16 - 1);
    return p;
}

static __attribute__((noinline)) acc_frame *frame_fresh(acc__thread *th, const acc_fn *fn) {
    unsigned size_class = ACC__FRAME_BIG;
    acc_frame *f = fn->frame_align > 16 ? acc__aligned(fn->frame_align, fn->frame_size)
                                        : acc__pool_fresh(th, fn->frame_size, &size_class);
    return f ? acc__frame_init(f, fn, size_class) : NULL;
}

static inline acc_frame *frame_alloc(acc__thread *th, const acc_fn *fn) {
    acc_frame *f = acc__frame_pooled(th, fn);
    return acc__likely(f) ? f : frame_fresh(th, fn);
}

bool acc__reserve_open(acc__thread *th) {
    if (th->reserve) return true;
    void *p = mmap(NULL, RESERVE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return false;
    th->reserve = p;
    th->reserve_used = th->reserve_live = 0;
    return true;
}

static acc_frame *frame_spare(acc__thread *th, const acc_fn *fn) {
    size_t align = acc__max(fn->frame_align, 16u), at = (th->reserve_used + align - 1) / align * align;
    if (!th->reserve || at + fn->frame_size > RESERVE) return NULL;
    th->reserve_used = at + fn->frame_size;
    th->reserve_live++;
    return acc__frame_init((acc_frame *)(th->reserve + at), fn, ACC__FRAME_SPARE);
}

void acc__frame_spare_free(acc__thread *th) {
    if (--th->reserve_live) return;
    madvise(th->reserve, th->reserve_used, MADV_DONTNEED);
    th->reserve_used = 0;
}

acc_frame *acc__frame_certain(acc__thread *th, const acc_fn *fn) {
    acc_frame *f = frame_alloc(th, fn);
    return f ? f : frame_spare(th, fn);
}

/* Gives the arenas back, if no frame lies in them. */
void acc__frames_trim(acc__thread *th) {
    if (th->reserve && !th->reserve_live) {
        munmap(th->reserve, RESERVE);
        th->reserve = NULL;
    }
    if (th->frames_live) return;
    for (arena *a = th->arenas, *next; a; a = next) {
        next = a->next;
        acc__unpoison(a, ARENA);
        free(a);
    }
    th->arenas = NULL;
    th->bump = th->bump_end = NULL;
    memset(th->frames, 0, sizeof th->frames);
}

/* ---- what generated code calls ------------------------------------------------------------------------------------------- */

/* What a cold context makes: a slot with its first frame. */
static inline acc_frame *made(acc__thread *th, acc__slot *s, acc_frame *f, const acc_fn *fn, unsigned flags) {
    f->fn = fn;
    f->up = (acc_link){.parent = f, .size_class = ACC__FRAME_BIG, .flags = (uint8_t)flags};
    s->leaf = f;
    th->made = s;
    return f;
}

/* One whose frame lies apart from its slot. */
static __attribute__((noinline)) acc_frame *enter_apart(acc__thread *th, const acc_fn *fn, size_t size) {
    acc__slot *s = acc__slot_new(th, sizeof(void *), ACC__CORO);
    if (!s) return NULL;
    acc_frame *f = fn->frame_align > 16 ? acc__aligned(fn->frame_align, size) : acc__malloc(size);
    if (!f) {
        acc__slot_free(th, s);
        return NULL;
    }
    *(acc_frame **)acc__payload(s) = f;
    s->n.flags |= ACC__SEPARATE;
    return made(th, s, f, fn, ACC_FRAME_LINKED | ACC_FRAME_ROOT);
}

static inline acc_frame *made_in(acc__thread *th, acc__slot *s, const acc_fn *fn) {
    return made(th, s, acc__payload(s), fn, ACC_FRAME_LINKED | ACC_FRAME_ROOT | ACC_FRAME_SLOT);
}

static __attribute__((noinline)) acc_frame *enter_fresh(acc__thread *th, const acc_fn *fn) {
    th->made = NULL;
    size_t size = acc__max(fn->frame_size, fn->result_size);
    if (size > ACC__SLOT_MAX || fn->frame_align > 16) return enter_apart(th, fn, size);
    acc__slot *s = acc__slot_new(th, size, ACC__CORO);
    return s ? made_in(th, s, fn) : NULL;
}

static __attribute__((noinline)) acc_frame *enter_outside(acc__thread *th, const acc_fn *fn) {
    acc_frame *f = enter_fresh(th, fn);
    if (f && !th->loop) th->made->n.flags |= ACC__OUTSIDE;
    return f;
}

/* A cold coroutine. */
static inline acc_frame *enter_cold(acc__thread *th, const acc_fn *fn) {
    if (acc__unlikely(!th->quick)) return enter_outside(th, fn);
    if (acc__unlikely(!fn->units || !th->slots[fn->units])) return enter_fresh(th, fn);
    return made_in(th, acc__slot_pooled(th, fn->units, ACC__CORO), fn);
}

static inline void start(acc__thread *th, acc__slot *s) {
    th->cx.started = acc__handle(s);
    s->serial = ++th->serial;
    acc__ready(th, &s->n);
}

/* There is no loop, debug mode asks where it is made, or its size must be looked at. */
static __attribute__((noinline)) acc_frame *start_any(acc__thread *th, const acc_fn *fn) {
    th->cx.started = th->made = NULL;
    acc_frame *f = th->loop ? enter_fresh(th, fn) : NULL;
    if (!f) return NULL;
    acc__task_start(th, th->made, true);
    if (!acc__debug) th->cx.started = acc__handle(th->made);
    return f;
}

static __attribute__((noinline)) acc_frame *start_fresh(acc__thread *th, const acc_fn *fn) {
    acc__slot *s = acc__slot_fresh(th, fn->units);
    if (acc__unlikely(!s)) {
        th->cx.started = th->made = NULL;
        return NULL;
    }
    start(th, acc__slot_begin(th, s, fn->units, ACC__TASK));
    return made_in(th, s, fn);
}

/* A task that stands in the ready queue. */
static inline acc_frame *enter_start(acc__thread *th, const acc_fn *fn) {
    if (acc__unlikely(!th->quick || !fn->units)) return start_any(th, fn);
    if (acc__unlikely(!th->slots[fn->units])) return start_fresh(th, fn);
    acc__slot *s = acc__slot_pooled(th, fn->units, ACC__TASK);
    start(th, s);
    return made_in(th, s, fn);
}

/* The stack is nearly used up: the callee waits, as a leaf, until it has unwound. */
static __attribute__((noinline)) acc_frame *enter_later(acc_ctx *cx, const acc_fn *fn) {
    acc_frame *f = frame_alloc((acc__thread *)cx, fn);
    if (!f && fn->sites == &acc__certain) f = frame_spare((acc__thread *)cx, fn);
    if (!f) {
        acc__throw_memory(cx);
        return NULL;
    }
    f->up.flags = ACC_FRAME_LINKED;
    cx->leaf.parent = f;
    acc__suspend(cx, ACC__AT_ONCE);
    cx->signal = &f->up;
    return f;
}

acc_frame *acc_enter_new(acc_ctx *cx, const acc_fn *fn) {
    if (!cx->cold) return enter_start(acc__of(cx), fn);
    return acc__likely(cx->cold == cx) ? enter_cold(acc__of(cx), fn) : enter_later(cx, fn);
}

void *acc_take_at(acc_ctx *cold, const char *file, unsigned line) {
    acc__slot *s = ((acc__thread *)((char *)cold - offsetof(acc__thread, cold)))->made;
    if (acc__unlikely(!s)) return ACC__POISONED;
    if (acc__unlikely(acc__debug)) acc__debug_made(s, file, line);
    return acc__handle(s);
}
void *acc_take(acc_ctx *cold) { return acc_take_at(cold, NULL, 0); }

void *acc_abi_started(acc_ctx *cx, const char *file, unsigned line) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = th->made;
    if (!s) {
        if (acc__need_loop(cx)) acc__throw_memory(cx);
        return NULL;
    }
    acc__debug_made(s, file, line);
    return acc__handle(s);
}

void acc_abi_started_detached(acc_ctx *cx, const char *file, unsigned line) {
    if (acc_started(cx, file, line)) ((acc__thread *)cx)->made->n.flags |= ACC__DETACHED;
}

/* No frame for the caller, not even from the reserve: the callees that are suspended already cannot go on. Their leaf is
 * resumed with the MemoryError, so that their cleanup runs; where it waits again it gets another one. What comes of them is
 * dropped. */
static void unwind(acc_ctx *cx) {
    acc__thread *th = (acc__thread *)cx;
    acc_link *top = cx->signal;
    th->cx.intent = ACC__YIELD;
    cx->signal = NULL;
    acc_frame *root = (acc_frame *)((char *)top - offsetof(acc_frame, up));
    uint32_t size = root->fn->result_size;
    char small[256], *scratch = size <= sizeof small ? small : size <= 65536 ? __builtin_alloca(size) : malloc(size);
    unsigned flags = root->up.flags | ACC__FRAME_STOP;
    acc_frame *leaf = cx->leaf.parent;
    root->up.parent = (acc_frame *)scratch;
    root->up.result = 0;
    root->up.flags = (uint8_t)flags;
    for (int tries = 0;; tries++) {
        if (!scratch || tries == 1000) { /* it does not want to go */
            acc__frames_drop(th, leaf);
            break;
        }
        acc__throw_memory(cx);
        if (acc__drive(th, leaf, &size)) {
            if (cx->signal) acc_error_drop(cx->error);
            acc__frame_end(th, root, flags);
            break;
        }
        leaf = cx->leaf.parent;
        th->cx.intent = ACC__YIELD;
    }
    cx->error = NULL;
    cx->signal = NULL;
    if (size > 65536) free(scratch);
}

/* There is no memory for the caller's frame. NULL: it is to throw. */
static __attribute__((noinline)) acc_frame *starved(acc_ctx *cx, const acc_fn *fn) {
    acc__thread *th = (acc__thread *)cx;
    if (cx->signal == &cx->leaf) return NULL; /* nothing below has suspended but a leaf without a frame */
    acc_frame *f = frame_spare(th, fn);
    if (!f) unwind(cx);
    else if (th->cx.intent != ACC__AT_ONCE)
        th->cx.intent = ACC__STARVED; /* else it does not wait: nothing needs to be thrown */
    return f;
}

/* A failed await: its place in the traceback. */
void acc_abi_failed(acc_ctx *cx, const acc_fn *fn, unsigned state) {
    if (state <= fn->site_count) acc__error_site(cx->error, &fn->sites[state - 1], fn->name);
}

/* Memory is short, or the pool is empty. */
static __attribute__((noinline)) acc_frame *pend_fresh(acc_ctx *cx, const acc_fn *fn, unsigned state, size_t result) {
    acc_frame *f = frame_fresh((acc__thread *)cx, fn);
    if (!f && !(f = starved(cx, fn))) {
        acc__quiet(cx);
        acc__throw_memory(cx);
    }
    return acc_pend(cx, f, fn, state, result);
}

acc_frame *acc_abi_pend(acc_ctx *cx, const acc_fn *fn, unsigned state, size_t result) {
    acc_frame *f = acc__frame_pooled((acc__thread *)cx, fn);
    return acc__likely(f) ? acc_pend(cx, f, fn, state, result) : pend_fresh(cx, fn, state, result);
}

acc_frame *acc_pend_far(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state, size_t result) {
    return acc_pend(cx, f, fn, state, result);
}

void acc_failed_leave(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state) {
    acc_abi_failed(cx, fn, state);
    acc_frame_leave(cx, f);
}

void acc_pend_leave(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state, size_t result) {
    if (!acc_pend(cx, f, fn, state, result)) acc_frame_leave(cx, f);
}

acc_frame *acc_frame_new(acc_ctx *cx, const acc_fn *fn) {
    acc_frame *f = frame_alloc((acc__thread *)cx, fn);
    if (!f) acc__throw_memory(cx);
    return f;
}

void acc_frame_free(acc_ctx *cx, acc_frame *f) { acc__frame_free((acc__thread *)cx, f); }

void acc__frames_drop(acc__thread *th, acc_frame *f) {
    for (;;) {
        acc_frame *parent = f->up.parent;
        unsigned flags = f->up.flags;
        if (f->fn->sites == &acc__waits) acc__waiter_dropped(f);
        else if (f->fn->sites == &acc__jobs_wait) acc__job_dropped(f);
        if (flags & ACC_FRAME_ROOT && !(flags & ACC__FRAME_STOP)) return; /* goes with its slot */
        acc__frame_end(th, f, flags);
        if (flags & ACC__FRAME_STOP) return;
        f = parent;
    }
}

/* ---- variable-length arrays -------------------------------------------------------------------------------------------- */

void *acc_abi_array_new(acc_ctx *cx, size_t size) {
    void *p = acc__malloc(size ? size : 1);
    if (!p) acc__throw_memory(cx);
    return p;
}

void *acc_abi_array_new_aligned(acc_ctx *cx, size_t size, size_t align) {
    void *p = acc__aligned(align, size ? size : 1);
    if (!p) acc__throw_memory(cx);
    return p;
}

void acc_abi_array_free(void *array) { free(array); }
