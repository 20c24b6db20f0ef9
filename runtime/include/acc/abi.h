/* abi.h: all that generated code touches. Version 1.
 *
 * An async function `async T f(A a)` is the C function `T f(acc_ctx *cx, A a)`. It returns its value; `cx->signal` says
 * how it ended:
 *     NULL          it is done, the value is the return value
 *     ACC_FAILED    it failed, cx->error is the error (one reference, owned by the context)
 *     a link        it is suspended; the caller suspends too, and links its own frame there (acc_pend)
 *
 * A frame is made only when a function really suspends, and holds what must survive. It is resumed by its step function,
 * which calls the function again with `cx->resume` set; the function's stack guard sends it to its slow path, where
 * acc_enter gives the frame back and the function jumps to where it was.
 *
 * One compare at a function's entry serves three ends (acc_guarded): resuming, creating a cold coroutine (the function is
 * called with the thread's cold context, whose limit is always near) and the stack guard (a callee near the stack's limit
 * becomes a coroutine that is stepped as soon as the stack has unwound). */
#ifndef ACC_ABI_H
#define ACC_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACC_ABI_VERSION 1

#ifdef __cplusplus
extern "C" {
#endif

typedef struct acc_ctx acc_ctx;
typedef struct acc_fn acc_fn;
typedef struct acc_frame acc_frame;
typedef struct acc_link acc_link;
typedef struct acc_site acc_site;
typedef struct acc_error acc_error;

/* Where a frame's result goes and who is resumed with it; the frame's own state beside it. 16 bytes. */
struct acc_link {
    acc_frame *parent;  /* the caller's frame; of a root frame, its slot's result area */
    uint32_t result;    /* the result's place: bytes from parent */
    uint16_t state;     /* 0 new, ACC_STATE_START to begin, else the await where it is suspended (1, 2, ...) */
    uint8_t size_class; /* the runtime's */
    uint8_t flags;      /* ACC_FRAME_... */
};

struct acc_frame { /* the head of every frame: 24 bytes */
    const acc_fn *fn;
    acc_link up;
};

enum {
    ACC_FRAME_LINKED = 1, /* the trampoline owns the frame: the function must not free it */
    ACC_FRAME_ROOT = 2,   /* a task's first frame: parent is not a frame */
    ACC_FRAME_SLOT = 4,   /* lies in a task slot: freed with it */
};
#define ACC_STATE_START 0xffff
#define ACC_STATE_THROWN 0x8000 /* with the number of a yield: it is resumed with an error */
#define ACC_FAILED ((acc_link *)1)
#define ACC_LATEST 4

struct acc_site { /* an await, for tracebacks */
    const char *file;
    uint32_t line;
};

struct acc_fn {                              /* what is known of an async function: one constant each */
    void (*step)(acc_ctx *cx, acc_frame *f); /* resumes f; when it is done, stores the result through f->up */
    const char *name;
    const acc_site *sites; /* sites[state - 1] */
    uint32_t frame_size;   /* bytes, head included */
    uint32_t result_size;  /* bytes; 0 for void. Of what a generator yields */
    uint16_t
        frame_align; /* the greater one of the frame's and the result's: the result is stored where the first frame was */
    uint16_t site_count;
    uint16_t units; /* of 16 bytes: what both its frame and its result fit in; 0: more than sixteen, or nobody said */
};

/* A thread's state of execution. Generated code reads signal, limit, cold, starts and started only. */
struct acc_ctx {
    acc_link *signal;
    uintptr_t intent;  /* what the leaf that suspends waits for: the runtime's; 0: for the next turn */
    uintptr_t limit;   /* the stack must not grow below; UINTPTR_MAX: take the slow path */
    acc_frame *resume; /* the frame to resume, NULL otherwise */
    acc_ctx *cold;     /* the thread's cold context (its own: itself) */
    acc_ctx
        *starts; /* the thread's other cold context: what a call through it makes is a task already. Its own cold is NULL */
    void *started; /* that task; NULL: see acc_abi_started */
    acc_link leaf; /* a leaf suspends by signal = &leaf: its caller's frame, linked here, is stepped on wake-up */
    const acc_error *error;
    uintptr_t room; /* what limit is while code runs */
    /* Those used last, never NULL: queues by the lowest bits of their handles, generators by where they are stepped. */
    struct acc_queue_front *queues[ACC_LATEST];
    struct acc_generation *generators[ACC_LATEST];
};

/* The thread's context. Never NULL. */
acc_ctx *acc_thread_ctx(void);

static inline uintptr_t acc_stack_pointer(void) {
#if defined __x86_64__
    uintptr_t sp;
    __asm__("mov %%rsp, %0" : "=r"(sp));
    return sp;
#elif defined __aarch64__
    uintptr_t sp;
    __asm__("mov %0, sp" : "=r"(sp));
    return sp;
#else
    return (uintptr_t)__builtin_frame_address(0);
#endif
}

/* At a function's entry: is the slow path to be taken? */
static inline bool acc_guarded(acc_ctx *cx) { return __builtin_expect(acc_stack_pointer() < cx->limit, 0); }

/* The slow path's first step: the frame to resume, or a new one in state 0, in which the caller keeps its arguments, sets
 * ACC_STATE_START and returns. NULL: out of memory, thrown already (the cold context: acc_take gives the poisoned handle). */
acc_frame *acc_enter_new(acc_ctx *cx, const acc_fn *fn);
static inline acc_frame *acc_enter(acc_ctx *cx, const acc_fn *fn) {
    acc_frame *f = cx->resume;
    if (__builtin_expect(!f, 0)) return acc_enter_new(cx, fn);
    cx->resume = NULL;
    cx->limit = cx->room;
    return f;
}
/* What a step function begins with whose function has a guard and an acc_enter: it sends the function there. */
static inline void acc_resume(acc_ctx *cx, acc_frame *f) {
    cx->resume = f;
    cx->limit = UINTPTR_MAX;
}

/* After a call that left a signal. Suspended: makes the frame where f is NULL, links it, sets its state, and gives it; the
 * caller keeps what is live in it and returns. Failed: adds the await's site to the error's traceback and gives NULL; the
 * caller frees its frame if it owns it and returns, or handles the error. */
acc_frame *acc_abi_pend(acc_ctx *cx, const acc_fn *fn, unsigned state, size_t result); /* there is none yet */
void acc_abi_failed(acc_ctx *cx, const acc_fn *fn, unsigned state);
static inline acc_frame *acc_pend(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state, size_t result) {
    acc_link *up = cx->signal;
    if (__builtin_expect(up == ACC_FAILED, 0)) { /* apart, since nothing of the function's is wanted behind it */
        acc_abi_failed(cx, fn, state);
        return NULL;
    }
    if (!f) return acc_abi_pend(cx, fn, state, result);
    up->parent = f;
    up->result = (uint32_t)result;
    f->up.state = (uint16_t)state;
    f->up.flags |= ACC_FRAME_LINKED;
    cx->signal = &f->up;
    return f;
}

/* The same where the trampoline has stepped the function, whose frame is linked. stores: it may be in another state.
 * result: -1 where the callee gives none. */
static inline acc_frame *acc_pend_again(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state, bool stores,
                                        ptrdiff_t result) {
    acc_link *up = cx->signal;
    if (__builtin_expect(up == ACC_FAILED, 0)) {
        acc_abi_failed(cx, fn, state);
        return NULL;
    }
    up->parent = f;
    if (result >= 0) up->result = (uint32_t)result;
    if (stores) f->up.state = (uint16_t)state;
    cx->signal = &f->up;
    return f;
}

/* acc_pend as a call: for a function of more than two awaits, where that code at each would be most of what an await takes. */
acc_frame *acc_pend_far(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state, size_t result);

/* A frame made at the function's entry, because something in it has an address that outlives a suspension. NULL: out of
 * memory, thrown. Freed by acc_frame_leave at every way out that is no suspension, unless the trampoline owns it. */
acc_frame *acc_frame_new(acc_ctx *cx, const acc_fn *fn);
void acc_frame_free(acc_ctx *cx, acc_frame *f);
static inline void acc_frame_leave(acc_ctx *cx, acc_frame *f) {
    if (!(f->up.flags & ACC_FRAME_LINKED)) acc_frame_free(cx, f);
}
/* acc_pend and acc_abi_failed for a function that has its frame, and does nothing more on its way out: where it has failed, they leave
 * the frame. What is live has been kept before. */
void acc_pend_leave(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state, size_t result);
void acc_failed_leave(acc_ctx *cx, acc_frame *f, const acc_fn *fn, unsigned state);

/* The life of variables begins that lie where others lay, of other types maybe. clang moves loads of those behind stores to these,
 * since by their types they cannot be the same; so it is told. gcc does not. */
static inline void acc_begins(void) {
#ifdef __clang__
    __asm__ volatile("" ::: "memory");
#endif
}

/* Where a step function stores the result. */
static inline void *acc_result_place(acc_frame *f) { return (char *)f->up.parent + f->up.result; }

/* Handles (coroutine, task, future) are pointer-sized values: index and generation, never dereferenced. In the dialect's
 * types they are function pointers, so that `await` has a type; here they are void *. */

/* The coroutine that the call just made through the cold context. Never fails: where memory ran out, the handle is
 * poisoned, and using it throws MemoryError. */
void *acc_take(acc_ctx *cold);
/* The same, and where that call stands: for debug mode. */
void *acc_take_at(acc_ctx *cold, const char *file, unsigned line);

/* The task that the call just made through cx->starts. acc_abi_started: where there is none, which is thrown, or debug mode asks
 * where it was made. */
void *acc_abi_started(acc_ctx *cx, const char *file, unsigned line);
static inline void *acc_started(acc_ctx *cx, const char *file, unsigned line) {
    void *task = cx->started;
    return __builtin_expect(!task, 0) ? acc_abi_started(cx, file, line) : task;
}
/* The same, and it goes when it is done: acc_create_task(f()); as a statement. */
void acc_abi_started_detached(acc_ctx *cx, const char *file, unsigned line);

/* Awaits. Each may leave a signal.
 * acc_await_coro runs a stored coroutine inline, acc_await_task waits for a task or future; the value is stored at `result` (NULL: nowhere),
 * or, when it suspended, goes where acc_pend said (0: nowhere). acc_await_gather takes the values of a gather with assignments, one
 * destination for each child, in order; it is called again on resuming. */
typedef struct acc_dest {
    void *value;             /* NULL: not wanted */
    const acc_error **error; /* not NULL: an outcome is wanted, and errors do not fail the gather */
} acc_dest;
void acc_await_coro(acc_ctx *cx, void *coro, void *result);
void acc_await_task(acc_ctx *cx, void *handle, void *result);
void acc_await_gather(acc_ctx *cx, void *gather, const acc_dest *dests);
/* await acc_sleep(0) */
static inline void acc_yield(acc_ctx *cx) {
    acc_link *leaf = &cx->leaf;
    if (leaf == ACC_FAILED) __builtin_unreachable();
    cx->signal = leaf;
}

/* Functions that throw but do not wait: they may leave ACC_FAILED, nothing else. */
void *acc_abi_create_task(acc_ctx *cx, void *coro);
void *acc_abi_create_task_eager(acc_ctx *cx, void *coro);
void acc_abi_create_task_detached(acc_ctx *cx, void *coro); /* acc_create_task(f()); as a statement */
void acc_abi_result(acc_ctx *cx, void *handle, void *result);
void *acc_abi_future_new(acc_ctx *cx, size_t size);
void acc_abi_future_set_result(acc_ctx *cx, void *future, const void *value);
bool acc_abi_future_try_set_result(acc_ctx *cx, void *future, const void *value);
/* Consumes the reference to the error. */
void acc_abi_future_set_error(acc_ctx *cx, void *future, const acc_error *e);
/* A gather: a future of nothing. Children are coroutines (made tasks, in order), tasks or futures; outcomes[i]: child i is
 * wanted as an outcome, so its error does not fail the gather (NULL: none is). */
void *acc_abi_gather(acc_ctx *cx, size_t n, void *const *children, const bool *outcomes);
/* out: NULL, an array of values of `size` bytes (value == 0, outcome false), or of outcomes of `size` bytes with the error
 * first and the value at `value` (outcome true). */
void *acc_abi_gather_array(acc_ctx *cx, void *const *children, size_t n, void *out, size_t size, size_t value, bool outcome);

/* Errors. acc_abi_error makes one, owned by the caller: TYPE(code, "format", ...); format NULL: no message. It never fails:
 * without memory it gives a MemoryError. acc_abi_throw makes it the context's (its reference is consumed), with site
 * `state` of fn as the traceback's first line (fn NULL or state 0: none). acc_abi_catch takes the context's error, whose
 * reference is the caller's then, and clears the signal. acc_abi_context: e was thrown while `context` was handled. */
struct acc_error_type;
const acc_error *acc_abi_error(const struct acc_error_type *type, int code, const char *format, ...); /* acc checks it */
const acc_error *acc_abi_error_group(const char *message, const acc_error *const *errors, size_t count);
void acc_abi_throw(acc_ctx *cx, const acc_error *e, const acc_fn *fn, unsigned state);
const acc_error *acc_abi_catch(acc_ctx *cx);
void acc_abi_context(const acc_error *e, const acc_error *context);
/* The context's error was thrown while `handled` was being handled, which becomes its context; consumes the reference. */
void acc_abi_chain(acc_ctx *cx, const acc_error *handled);
/* The memory of a variable-length array that lives across an await. NULL: out of memory, thrown. */
void *acc_abi_array_new(acc_ctx *cx, size_t size);
void *acc_abi_array_new_aligned(acc_ctx *cx, size_t size, size_t align);
void acc_abi_array_free(void *array);
/* Outcomes that lie `size` bytes apart: drops their errors and makes them empty. */
void acc_abi_drop_outcomes(void *outcomes, size_t n, size_t size);

/* acc_wait_for(awaitable, seconds): a coroutine of the awaitable's type. look: a gather whose values the caller takes itself,
 * by acc_await_gather, when the coroutine is done. */
void *acc_abi_wait_for(acc_ctx *cx, void *awaitable, double seconds, bool look);
/* acc_shield(awaitable): a future of the awaitable's type. */
void *acc_abi_shield(acc_ctx *cx, void *awaitable);
/* No user will have this handle of a future or gather (gives it back): a wait that fails lets it go. */
void *acc_abi_nameless(void *handle);
/* acc_group_create_task(group, coro); detached: as a statement, the task goes when it is done. */
struct acc_task_group;
void *acc_abi_group_create_task(acc_ctx *cx, struct acc_task_group *g, void *coro, bool detached);
/* What acc_timeout, acc_timeout_at and acc_task_group_new gave is held by a place (a hidden variable, zero at first) of the
 * block around the statement: the old one there is let go of, the new one (NULL: none) is held. */
void acc_abi_hold(void **place, void *scope);

/* Generators. A generator function `async acc_generator(T, S) f(A)` is the C function f(acc_ctx *, A), which makes the generator at
 * once: its frame is in state ACC_STATE_START and holds the arguments, acc_generation behind its head. Its body is the step
 * function alone. `yield v` stores v at out, sets yielded and the state, and returns without a signal; what
 * comes next steps it again, with the value that was sent at sent_to if there is one, or with an error. */
typedef struct acc_generation {
    void *out;     /* where the value goes. Where nobody wants it, to the room behind the frame */
    void *sent_to; /* where a sent value is put, of the type S */
    const void *handle;
    uint8_t yielded, sent;
    uint8_t running, begun;
    uint8_t closed, asked; /* the runtime's; closed: told to, asked: how often by the loop's end */
} acc_generation;
static inline void acc_generation_marks(acc_generation *g, uint8_t yielded, uint8_t sent, uint8_t running, uint8_t begun) {
    const uint8_t marks[] = {yielded, sent, running, begun}; /* in one store */
    __builtin_memcpy((char *)g + offsetof(acc_generation, yielded), marks, sizeof marks);
}
/* It yields. */
static inline void acc_generation_rest(acc_generation *g) { acc_generation_marks(g, 1, 0, 0, 1); }
/* A new one's frame; NULL: out of memory. acc_generator_take gives its handle, poisoned where there is no memory. */
acc_frame *acc_generator_new(acc_ctx *cx, const acc_fn *fn);
void *acc_generator_take(acc_ctx *cx, acc_frame *f);
/* asend, athrow (which consumes the error), anext, aclose: asynchronous functions in C's form. */
bool acc_abi_anext(acc_ctx *cx, void *generator, void *out);
/* Where a step has been made in the caller's code, and it has not plainly yielded: what acc_abi_anext would give. */
bool acc_abi_anext_end(acc_ctx *cx, acc_generation *g);
/* It is marked as running: steps it, and gives whether it yielded. That, it has done without a signal. */
static inline bool acc_generation_step(acc_ctx *cx, acc_generation *g) {
    acc_frame *f = (acc_frame *)(void *)g - 1;
    f->fn->step(cx, f); /* its prologue asks for no guard: nothing is to be resumed */
    if (__builtin_expect(!g->yielded, 0)) return acc_abi_anext_end(cx, g);
    if (cx->signal) __builtin_unreachable();
    return true;
}
/* anext, with a place to remember the generator in: one of ACC_LATEST, so that others that are stepped meanwhile have theirs. */
bool acc_abi_anext_at(acc_ctx *cx, void *generator, void *out, unsigned place);
static inline bool acc_quick_anext(acc_ctx *cx, void *generator, void *out, unsigned place) {
    acc_generation *g = cx->generators[place];
    if (__builtin_expect(g->handle != generator || g->running || !out || acc_guarded(cx), 0))
        return acc_abi_anext_at(cx, generator, out, place);
    g->out = out;
    acc_generation_marks(g, 0, 0, 1, 1);
    return acc_generation_step(cx, g);
}
bool acc_abi_asend(acc_ctx *cx, void *generator, const void *value, size_t size, void *out);
bool acc_abi_athrow(acc_ctx *cx, void *generator, const acc_error *e, void *out);
void acc_abi_aclose(acc_ctx *cx, void *generator);

/* Queues of items of `size` bytes (acc_queue_new and so on); compare is qsort's. Items are copied. Get and put are async functions:
 * `result` is where the item goes unless it suspends, then acc_pend says; `value` is copied before they return. */
void *acc_abi_queue_new(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize);
void *acc_abi_lifo_queue_new(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize);
void *acc_abi_priority_queue_new(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize,
                                 int (*compare)(const void *, const void *));
void acc_abi_queue_get(acc_ctx *cx, void *queue, void *result);
void acc_abi_queue_put(acc_ctx *cx, void *queue, const void *value);
/* What a queue shows of itself, so that a get or put that need not wait is made in the caller's code. */
struct acc__waiter;
typedef struct acc__waiters { /* who waits, in order */
    struct acc__waiter *first, *last;
} acc__waiters;
typedef struct acc_queue_front {
    const void *handle;
    char *items; /* a ring: `count` of them from place `head` on, each place taken & mask */
    size_t head, count, mask;
    size_t puts; /* a put is plain as long as there are fewer items; 0 where it never is */
    size_t gets; /* a get is plain as long as there are more; SIZE_MAX where it never is */
    size_t unfinished;
    acc__waiters getters, putters;
} acc_queue_front;
/* size: of an item. */
static inline void acc_quick_get(acc_ctx *cx, void *queue, void *result, size_t size) {
    acc_queue_front *q = cx->queues[(uintptr_t)queue % ACC_LATEST];
    if (__builtin_expect(q->handle != queue || q->count <= q->gets || q->putters.first, 0)) {
        acc_abi_queue_get(cx, queue, result);
        return;
    }
    __builtin_memcpy(result, q->items + q->head * size, size);
    q->head = (q->head + 1) & q->mask;
    q->count--;
    if (cx->signal) __builtin_unreachable(); /* there is none while a function runs; so the caller need not look */
}
static inline void acc_quick_put(acc_ctx *cx, void *queue, const void *value, size_t size) {
    acc_queue_front *q = cx->queues[(uintptr_t)queue % ACC_LATEST];
    if (__builtin_expect(q->handle != queue || q->count >= q->puts || q->getters.first, 0)) {
        acc_abi_queue_put(cx, queue, value);
        return;
    }
    __builtin_memcpy(q->items + ((q->head + q->count) & q->mask) * size, value, size);
    q->count++;
    q->unfinished++;
    if (cx->signal) __builtin_unreachable();
}
void acc_abi_queue_get_nowait(acc_ctx *cx, void *queue, void *result);
void acc_abi_queue_put_nowait(acc_ctx *cx, void *queue, const void *value);
/* A generator of the tasks in the order in which they are done; coroutines are made tasks. */
void *acc_abi_as_completed(acc_ctx *cx, void *const *awaitables, size_t n);

/* A call that is made elsewhere (acc_to_thread, acc_run_in_executor): a constant each. run makes it: args are what was captured,
 * the value is stored at result. Of an async function run is given the cold context, and makes a coroutine. */
typedef struct acc_call {
    void (*run)(acc_ctx *cx, void *args, void *result);
    const char *name; /* of what is called, as the user wrote it */
    uint32_t size, align, result_size, result_align;
    uint32_t flags;
} acc_call;
enum {
    ACC_CALL_ASYNC = 1,
    ACC_CALL_POINTERS = 2,       /* an argument is or holds a pointer */
    ACC_CALL_RESULT_POINTERS = 4 /* the value is or holds one */
};
struct acc_executor;
/* An async function in C's form; args are copied before it returns. executor NULL: the default pool. */
void acc_abi_run_in_executor(acc_ctx *cx, struct acc_executor *executor, const acc_call *call, const void *args,
                             void *result);

/* acc_run_coroutine_threadsafe(loop, coro): an acc_thread_future; detached: nobody wants it. acc_thread_result(f, timeout). */
struct acc_loop;
void *acc_abi_run_coroutine_threadsafe(acc_ctx *cx, struct acc_loop *loop, void *coro, bool detached);
void acc_abi_thread_result(acc_ctx *cx, void *thread_future, double seconds, void *result);

/* A handle given to a task that is wanted for an awaitable's sake: a coroutine is itself, a task or future is wrapped. */
void *acc_abi_as_coro(acc_ctx *cx, void *handle);

/* In ordinary functions. acc_abi_run makes a loop, runs the coroutine to completion and tears the loop down; an error that
 * escapes is left in the thread's context. acc_abi_check ends the process with a traceback where a throwing call has left an error. */
void acc_abi_run(void *coro, void *result);
void acc_abi_check(acc_ctx *cx);
/* The C main of `async int main`. */
int acc_abi_main(void *coro);

#ifdef __cplusplus
}
#endif
#endif
