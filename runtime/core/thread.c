/* thread.c: a thread's state, made at its first use of the runtime and cleared away at its end.
 *
 * It lies in static thread-local storage, so that acc_thread_ctx is a few instructions and cannot fail. */
#define _GNU_SOURCE
#include "internal.h"
#include <unistd.h>

static _Thread_local acc__thread self __attribute__((tls_model("initial-exec")));
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

#ifdef ACC__ASAN
#define MARGIN (1024u << 10)
#else
#define MARGIN (256u << 10)
#endif

/* The lowest address that the stack may reach while generated code runs: C functions need room below. */
static uintptr_t stack_limit(void) {
    pthread_attr_t attr;
    void *lowest;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr)) return acc_stack_pointer() - (256u << 10);
    pthread_attr_getstack(&attr, &lowest, &size);
    pthread_attr_destroy(&attr);
    uintptr_t sp = acc_stack_pointer(), limit = (uintptr_t)lowest + (size / 2 < MARGIN ? size / 2 : MARGIN);
    uintptr_t most = 1u << 30; /* an unlimited stack is not used up either */
    return sp > most && limit < sp - most ? sp - most : limit;
}

static void end_queue(acc__thread *th, acc__slot *s, void *arg) {
    (void)th, (void)arg;
    if (s->n.kind == ACC__QUEUE) acc__queue_end(s);
}

static void thread_end(void *arg) {
    acc__thread *th = arg;
    acc__slots_each(th, end_queue, NULL);
    acc__slots_trim(th, true);
    acc__frames_trim(th);
    acc__home_free(th);
    acc__timers_end(th);
    free(th->names);
    th->began = false;
    memset(th, 0, sizeof *th);
}

static void make_key(void) { has_key = !pthread_key_create(&key, thread_end); }

static __attribute__((noinline)) void thread_begin(acc__thread *th) {
    pthread_once(&once, make_key);
    if (has_key) pthread_setspecific(key, th);
    th->cx.room = th->stack_floor = stack_limit();
    acc__hostile_init(th);
    acc__debug_init();
    th->cx.limit = th->cx.room;
    th->cx.cold = th->cold.cold = &th->cold;
    th->cx.starts = &th->starts;
    th->cold.limit = th->starts.limit = UINTPTR_MAX;
    for (int i = 0; i < ACC_LATEST; i++) {
        th->cx.queues[i] = th->cold.queues[i] = th->starts.queues[i] = &acc__no_queue;
        th->cx.generators[i] = th->cold.generators[i] = th->starts.generators[i] = &acc__no_generator;
    }
    acc__ready_clear(th);
    th->epoll = -1;
    th->latest = &acc__nobody;
    th->began = true;
}

acc__thread *acc__self(void) {
    if (acc__unlikely(!self.began)) thread_begin(&self);
    return &self;
}

acc_ctx *acc_thread_ctx(void) { return &acc__self()->cx; }
