/* run.c: acc_run: a loop from its making to its end.
 *
 * The end, as asyncio.run has it: what is left is cancelled in order of creation and runs its cleanup; then everything goes:
 * callbacks, coroutines that nobody used, outcomes that nobody took, whose errors are reported. */
#include "internal.h"

/* ---- the end of a loop --------------------------------------------------------------------------------------------------- */

#define ROUNDS 100 /* cleanup that starts new tasks again and again is left to itself then */

/* Cancels all pending tasks, oldest first, and runs until they are done. */
static void cancel_all(acc__thread *th) {
    acc__any_task few[64];
    for (int round = 0; round < ROUNDS;) {
        size_t n = acc_all_tasks(NULL, 0), room = n;
        if (!n) return;
        acc__any_task *list = malloc(n * sizeof *list), *all = list ? list : few;
        if (list) round++;
        else room = n < 64 ? n : 64; /* no memory: by and by */
        acc_all_tasks(all, room);
        for (size_t i = 0; i < room; i++) acc_cancel(all[i]);
        for (size_t i = 0; i < room; i++)
            while (!acc_done(all[i])) acc__turn(th, true);
        free(list);
        acc__turn(th, false); /* asyncio: the gather's callbacks */
        acc__turn(th, false);
    }
}

struct failures {
    acc__slot **all;
    size_t count, room;
};

static bool unseen(acc__slot *s) {
    return acc__is_task(s) && s->n.state == ACC__FAILED && !(s->n.flags & (ACC__RETRIEVED | ACC__TAKEN)) &&
           !acc_error_is(s->error, &acc_error_type_CancelledError);
}

static void find_unseen(acc__thread *th, acc__slot *s, void *arg) {
    struct failures *f = arg;
    (void)th;
    if (!unseen(s)) return;
    if (f->count == f->room) {
        acc__slot **more = realloc(f->all, (f->room * 2 + 16) * sizeof *more);
        if (!more) return;
        f->all = more;
        f->room = f->room * 2 + 16;
    }
    f->all[f->count++] = s;
}

static int by_completion(const void *a, const void *b) {
    const acc__slot *x = *(acc__slot *const *)a, *y = *(acc__slot *const *)b;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void end_slot(acc__thread *th, acc__slot *s, void *arg) {
    (void)arg;
    switch (s->n.kind) {
        case ACC__CORO:
            if (s->n.flags & ACC__OUTSIDE) return;
            if (acc__unlikely(acc__debug)) acc__debug_unawaited(s);
            acc__coro_free(th, s);
            return;
        case ACC__TASK:
            if (s->n.state != ACC__PENDING) break;
            acc__destroyed(th, s);
            acc__frames_drop(th, s->leaf);
            break;
        case ACC__FUTURE:
        case ACC__GATHER: break;
        case ACC__GENERATOR: acc__generator_free(th, s); return;
        case ACC__QUEUE:
        case ACC__OBJECT: return;
        default: acc__slot_free(th, s); return;
    }
    if (unseen(s)) acc__report(th, s);
    if (s->n.kind == ACC__GATHER) s->n.kind = ACC__FUTURE; /* its block goes with all the others */
    acc__let_go(th, s);
}

static void close_loop(acc__thread *th) {
    struct failures f = {0};
    acc__slots_each(th, find_unseen, &f);
    if (f.count) qsort(f.all, f.count, sizeof *f.all, by_completion);
    for (size_t i = 0; i < f.count; i++) acc__report(th, f.all[i]);
    free(f.all);
    acc__jobs_end(th);
    acc__slots_each(th, end_slot, NULL);
    acc__crossings_end(th->loop);
    acc__objects_end(th); /* after the frames, whose waiters lie in their lists */
    while (th->blocks) acc__block_free(th, th->blocks);
    acc__ready_clear(th);
    acc__loop_close(th);
    acc__timers_end(th);
    th->cx.intent = ACC__YIELD;
    acc__slots_trim(th, false);
    acc__frames_trim(th);
}

/* ---- running ------------------------------------------------------------------------------------------------------------- */

static void main_done(acc__thread *th, acc__hook *h) {
    h->target->n.flags |= ACC__RETRIEVED;
    th->stopping = true;
    __atomic_fetch_or(&th->loop->attention, ACC__LOOP_STOPS, __ATOMIC_RELAXED);
}

void acc_abi_run(void *coro, void *result) {
    acc_ctx *cx = acc_thread_ctx();
    acc__thread *th = (acc__thread *)cx;
    if (th->loop) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "acc_run() cannot be called from a running event loop");
        return;
    }
    acc__slot *main = acc__find_coro(cx, coro);
    if (!main || !acc__loop_open(cx)) return;
    main->n.flags &= (uint16_t)~ACC__OUTSIDE;
    acc__task_start(th, main, true);
    acc__hook done = {.n = {.kind = ACC__HOOK, .flags = ACC__TAKES}, .run = main_done, .target = main};
    acc__wait_add(main, &done.n);
    th->loop->main = main;
    bool watching = acc__watch_interrupts(th->loop);

    acc__turns(th);
    th->loop->main = NULL;
    cancel_all(th);
    acc__generators_close(th);
    acc__executors_close(th);
    for (int i = 0; i < 4; i++) acc__turn(th, false); /* asyncio: shutdown_asyncgens, shutdown_default_executor */

    bool interrupted = __atomic_load_n(&th->loop->interrupts, __ATOMIC_RELAXED);
    const acc_error *error = NULL;
    acc__take(cx, main, result, NULL);
    if (cx->signal) error = acc_abi_catch(cx);
    acc__release(th, main, true);
    close_loop(th);
    if (watching) acc__unwatch_interrupts();
    if (interrupted) exit(130);
    if (error) acc__throw_error(cx, error);
}

void acc_abi_check(acc_ctx *cx) {
    if (acc__likely(cx->signal != ACC_FAILED)) return;
    fflush(stdout);
    acc_print_error(stderr, cx->error);
    acc_error_drop(acc_abi_catch(cx));
    exit(1);
}

int acc_abi_main(void *coro) {
    int status = 0;
    acc_abi_run(coro, &status);
    acc_abi_check(acc_thread_ctx());
    return status;
}
