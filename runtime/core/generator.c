/* generator.c: asynchronous generators: making them, and stepping them by anext, asend, athrow and aclose.
 *
 * A generator is a slot with a frame that lasts until its body ends; the slot goes then, so that a stale handle is that of a
 * finished generator. A step that does not suspend is a call of the step function. One that suspends leaves the generator's
 * frame below that of its caller, as a call does; when it has gone on to its next yield, the trampoline tells the caller. */
#include "internal.h"

static const acc_error_type exit_type = {"GeneratorExit", &acc_error_type_BaseError};

static acc_generation *generation(acc_frame *f) { return (acc_generation *)(f + 1); }
static acc__slot *slot_of(acc__thread *th, const acc_generation *g) { return acc__find(th, g->handle); }

/* One that is none: nothing is stepped in the callers' code. */
acc_generation acc__no_generator = {.handle = &acc__no_generator, .running = 1};

acc_frame *acc_generator_new(acc_ctx *cx, const acc_fn *fn) {
    acc__thread *th = acc__of(cx);
    size_t size = (size_t)fn->frame_size + fn->result_size;
    bool apart = size > ACC__SLOT_MAX || fn->frame_align > 16;
    acc__slot *s = acc__slot_new(th, apart ? sizeof(void *) : size, ACC__GENERATOR);
    if (!s) return NULL;
    acc_frame *f = acc__payload(s);
    if (apart) {
        f = fn->frame_align > 16 ? acc__aligned(fn->frame_align, size) : acc__malloc(size);
        if (!f) {
            acc__slot_free(th, s);
            return NULL;
        }
        *(acc_frame **)acc__payload(s) = f;
        s->n.flags |= ACC__SEPARATE;
    }
    f->fn = fn;
    f->up = (acc_link){.state = ACC_STATE_START, .size_class = ACC__FRAME_BIG, .flags = ACC__FRAME_GENERATOR};
    *generation(f) = (acc_generation){.handle = acc__handle(s)};
    s->leaf = f;
    return f;
}

void *acc_generator_take(acc_ctx *cx, acc_frame *f) {
    (void)cx;
    return f ? (void *)generation(f)->handle : ACC__POISONED;
}

void acc__generator_free(acc__thread *th, acc__slot *s) {
    acc_generation *g = generation(s->leaf);
    for (int i = 0; i < ACC_LATEST; i++)
        if (th->cx.generators[i] == g) th->cx.generators[i] = &acc__no_generator;
    if (s->n.flags & ACC__SEPARATE) free(acc__data(s));
    acc__slot_free(th, s);
}

void acc__generator_stepped(acc__thread *th, acc_frame *f) {
    acc_generation *g = generation(f);
    if (!th->cx.signal) *(bool *)acc_result_place(f) = g->yielded;
    g->running = 0;
    f->up.flags &= (uint8_t)~ACC_FRAME_LINKED;
    if (!g->yielded || th->cx.signal) acc__generator_free(th, slot_of(th, g));
}

/* ---- one step ------------------------------------------------------------------------------------------------------------ */

enum operation { NEXT, SEND, THROW, CLOSE, CLOSE_AGAIN };

typedef struct call { /* as a coroutine, or while aclose waits */
    acc_frame head;
    void *generator, *out;
    const acc_error *error;
    uint32_t size;
    uint8_t operation;
    bool more;
    acc_fn own; /* asend: its function, whose frame holds the value too; the result does not reach it */
} call;

static void call_step(acc_ctx *cx, acc_frame *f);
static const acc_fn anext_fn = {call_step, "acc_anext", NULL, sizeof(call), 1, _Alignof(call), 0, 0};
static const acc_fn athrow_fn = {call_step, "acc_athrow", NULL, sizeof(call), 1, _Alignof(call), 0, 0};
static const acc_fn aclose_fn = {call_step, "acc_aclose", &acc__certain, sizeof(call), 0, _Alignof(call), 0, 0};

bool acc_abi_anext_end(acc_ctx *cx, acc_generation *g) {
    acc__thread *th = (acc__thread *)cx;
    if (!cx->signal) g->running = 0;
    if (!cx->signal || cx->signal == ACC_FAILED) acc__generator_free(th, slot_of(th, g));
    return false;
}

/* There is no room to run here: as soon as the stack has unwound. */
static __attribute__((noinline)) bool step_later(acc_ctx *cx, acc_frame *f) {
    f->up.flags |= ACC_FRAME_LINKED;
    cx->leaf.parent = f;
    acc__suspend(cx, ACC__AT_ONCE);
    cx->signal = &f->up;
    return false;
}

/* Steps it; a signal says how that ended, if it is no plain step. Gives whether it yielded. */
static inline __attribute__((always_inline)) bool step(acc_ctx *cx, acc__slot *s, void *out, bool sent, bool guarded) {
    acc_frame *f = s->leaf;
    acc_generation *g = generation(f);
    g->out = out ? out : (char *)f + f->fn->frame_size;
    acc_generation_marks(g, 0, sent, 1, 1);
    if (guarded && !cx->signal && acc_guarded(cx)) return step_later(cx, f);
    return acc_generation_step(cx, g);
}

static bool begin(acc_ctx *cx, enum operation op, void *handle, void *out, const acc_error *error, const void *value,
                  size_t size) {
    acc__thread *th = (acc__thread *)cx;
    acc__slot *s = acc__find(th, handle);
    if (acc__unlikely(!s || s->n.kind != ACC__GENERATOR)) { /* it is finished, if it ever was one */
        acc_error_drop(error);
        if (handle == ACC__POISONED && op < CLOSE) acc__throw_memory(cx);
        else if (!handle) acc__throw(cx, &acc_error_type_InvalidStateError, 0, "no generator");
        return false;
    }
    acc_generation *g = generation(s->leaf);
    if (acc__unlikely(g->running)) {
        static const char *const names[] = {"anext", "asend", "athrow", "aclose", "aclose"};
        acc_error_drop(error);
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "%s(): asynchronous generator is already running", names[op]);
        return false;
    }
    if (acc__unlikely(g->closed && (op == THROW || op == CLOSE))) { /* it is over, though it may have yielded since */
        acc_error_drop(error);
        return false;
    }
    if (acc__unlikely(!g->begun && op != NEXT)) {
        if (op == SEND) {
            acc__throw(cx, &acc_error_type_InvalidStateError, 0, "can't send a value to a just-started async generator");
            return false;
        }
        acc__generator_free(th, s);
        if (op == THROW) acc__throw_error(cx, error);
        return false;
    }
    if (op == SEND) memcpy(g->sent_to, value, size);
    if (op >= CLOSE) {
        g->closed = 1;
        error = acc__error_new(&exit_type, 0, NULL);
    }
    if (error) {
        acc__throw_error(cx, error);
        s->leaf->up.state |= ACC_STATE_THROWN;
    }
    return step(cx, s, out, op == SEND, true);
}

/* What came of a generator that was told to close. It has been said of one that is told again. */
static void closed(acc_ctx *cx, enum operation op, bool more) {
    if (!cx->signal && more && op == CLOSE)
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "async generator ignored GeneratorExit");
    else if (cx->signal == ACC_FAILED && cx->error->type == &exit_type) acc_error_drop(acc_abi_catch(cx));
}

static bool operate(acc_ctx *cx, const acc_fn *fn, enum operation op, void *handle, void *out, const acc_error *error,
                    const void *value, size_t size) {
    call *f = NULL;
    if (acc__unlikely(acc_guarded(cx))) {
        if (!(f = (call *)acc_enter(cx, fn))) {
            acc_error_drop(error);
            return false;
        }
        switch (f->head.up.state) {
            case 0:
                f->generator = handle;
                f->out = out;
                f->error = error;
                f->size = (uint32_t)size;
                f->operation = (uint8_t)op;
                if (op == SEND) {
                    f->own = *fn;
                    f->head.fn = &f->own;
                    memcpy(f + 1, value, size);
                }
                f->head.up.state = ACC_STATE_START;
                return false;
            case ACC_STATE_START:
                handle = f->generator, out = f->out, error = f->error, size = f->size, op = f->operation, value = f + 1;
                break;
            default:
                if (f->operation >= CLOSE) closed(cx, f->operation, f->more);
                return f->more;
        }
    }
    bool more = begin(cx, op, handle, out, error, value, size);
    if (!cx->signal || cx->signal == ACC_FAILED) {
        if (op >= CLOSE) closed(cx, op, more);
        return more;
    }
    if (f || op >= CLOSE) {
        f = (call *)acc_pend(cx, (acc_frame *)f, fn, 1, offsetof(call, more));
        if (f) f->operation = (uint8_t)op, f->more = false;
    }
    return false;
}

static void call_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    enum operation op = ((call *)f)->operation;
    bool more = operate(cx, f->fn, op, NULL, NULL, NULL, NULL, 0);
    if (!cx->signal && op < CLOSE) *(bool *)acc_result_place(f) = more;
}

bool acc_abi_anext(acc_ctx *cx, void *generator, void *out) {
    return operate(cx, &anext_fn, NEXT, generator, out, NULL, NULL, 0);
}

bool acc_abi_anext_at(acc_ctx *cx, void *generator, void *out, unsigned place) {
    if (acc__likely(!acc_guarded(cx))) { /* a step as it mostly is */
        acc__slot *s = acc__find((acc__thread *)cx, generator);
        if (acc__likely(s && s->n.kind == ACC__GENERATOR && !generation(s->leaf)->running)) {
            cx->generators[place] = generation(s->leaf);
            return step(cx, s, out, false, false);
        }
    }
    return acc_abi_anext(cx, generator, out);
}

bool acc_abi_asend(acc_ctx *cx, void *generator, const void *value, size_t size, void *out) {
    acc_fn fn = {call_step, "acc_asend", NULL, (uint32_t)(sizeof(call) + size), 1, _Alignof(call), 0, 0};
    return operate(cx, &fn, SEND, generator, out, NULL, value, size);
}

bool acc_abi_athrow(acc_ctx *cx, void *generator, const acc_error *e, void *out) {
    return operate(cx, &athrow_fn, THROW, generator, out, e, NULL, 0);
}

void acc_abi_aclose(acc_ctx *cx, void *generator) { operate(cx, &aclose_fn, CLOSE, generator, NULL, NULL, NULL, 0); }

/* ---- the end of a loop --------------------------------------------------------------------------------------------------- */

enum { ASKED_MAX = 8 };

static void close_one(acc__thread *th, acc__slot *s, void *arg) {
    if (s->n.kind != ACC__GENERATOR) return;
    acc_generation *g = generation(s->leaf);
    if (!g->begun || g->running || g->asked == ASKED_MAX) return;
    operate(&th->cold, &aclose_fn, g->closed ? CLOSE_AGAIN : CLOSE, acc__handle(s), NULL, NULL, NULL, 0);
    void *coro = acc_take(&th->cold);
    acc__slot *task = acc__find(th, coro);
    ++*(size_t *)arg;
    if (!task) return; /* no memory: in the next round, where others have given some back */
    g->asked++;
    acc__task_start(th, task, true)->n.flags |= ACC__DETACHED;
}

/* Cleanup may open others, and may yield: a generator that does is told again, so that it lets go of what it holds, unless it never
 * ends. */
void acc__generators_close(acc__thread *th) {
    for (int round = 0; round < 100; round++) {
        size_t count = 0;
        acc__slots_each(th, close_one, &count);
        if (!count) return;
        while (acc_all_tasks(NULL, 0)) acc__turn(th, true);
    }
}
