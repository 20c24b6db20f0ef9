/* pool.c: pools of threads, their queues and their end.
 *
 * Threads are started when a job finds none idle, up to the pool's number, and stay until the pool is closed. What has ended goes
 * back to its loop through that loop's queue from other threads; a loop that is not yet awake is woken once, however many come.
 *
 * A pool's memory is never freed: closed pools wait in a list, and the oldest of them is used again when there are many. So a
 * pool that is used after it was closed is found out. */
#define _GNU_SOURCE
#include "executor.h"
#include <errno.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CLOSED_KEPT 256

static pthread_mutex_t closed_lock = PTHREAD_MUTEX_INITIALIZER;
static acc_executor *closed_first, *closed_last;
static unsigned closed_count;

/* ---- lists of jobs -------------------------------------------------------------------------------------------------------- */

static void append(acc__jobs *q, acc__job *j) {
    j->next = NULL;
    j->previous = q->last;
    if (q->last) q->last->next = j;
    else q->first = j;
    q->last = j;
    q->count++;
}

static void take_out(acc__jobs *q, acc__job *j) {
    if (j->previous) j->previous->next = j->next;
    else q->first = j->next;
    if (j->next) j->next->previous = j->previous;
    else q->last = j->previous;
    q->count--;
}

/* ---- jobs ----------------------------------------------------------------------------------------------------------------- */

/* It came back. */
static void job_done(acc__thread *th, acc__hook *h) {
    acc__job *j = (acc__job *)h;
    j->done = true;
    if (j->task) acc__unpark(th, j->task);
    else acc__job_free(j);
}

static void prepare(acc__thread *th, acc__job *j, const acc_call *call) {
    *j = (acc__job){.hook = {.n.kind = ACC__HOOK, .run = job_done},
                    .loop = th->loop,
                    .serial = th->loop->serial,
                    .task = th->current,
                    .call = call};
}

static uint32_t align_up(size_t n, size_t align) { return (uint32_t)((n + align - 1) & ~(align - 1)); }

acc__job *acc__job_new(acc__thread *th, const acc_call *call, const void *args) {
    size_t align = call ? acc__max(acc__max(call->align, call->result_align), 16u) : 16;
    uint32_t at = align_up(sizeof(acc__job), align), result = align_up(at + (call ? call->size : 0), align);
    size_t size = result + (call ? (size_t)call->result_size : 0);
    acc__job *j = align > 16 ? acc__aligned(align, size) : acc__malloc(size);
    if (!j) return NULL;
    prepare(th, j, call);
    j->args = at;
    j->result = result;
    if (call && call->size) memcpy(acc__job_args(j), args, call->size);
    return j;
}

void acc__job_free(acc__job *j) {
    acc_error_drop(j->error);
    if (j->call && j->call->flags & ACC__CALL_DROPS && !j->taken)
        ((const acc__call_dropping *)j->call)->drop(acc__job_args(j));
    if (!j->embedded) free(j);
}

/* Back to the loop that waits; in any thread. */
static void send_back(acc__job *j) {
    acc_loop *l = j->loop;
    pthread_mutex_lock(&l->lock);
    bool open = l->open && l->serial == j->serial;
    if (open) {
        acc__push(&l->remote, &j->hook.n);
        acc__loop_wake(l);
    }
    pthread_mutex_unlock(&l->lock);
    if (!open) acc__job_free(j);
}

const acc_error *acc__call_make(acc__job *j, void *value) {
    const acc_call *call = j->call;
    acc_ctx *cx = acc_thread_ctx();
    if (call->flags & ACC_CALL_ASYNC) { /* in a loop of its own */
        call->run(cx->cold, acc__job_args(j), NULL);
        acc_abi_run(acc_take(cx->cold), value);
    } else {
        call->run(cx, acc__job_args(j), value);
    }
    return cx->signal ? acc_abi_catch(cx) : NULL;
}

/* ---- processes: jobs that are in the way -------------------------------------------------------------------------------------- */

int64_t acc__job_in_the_way(acc__job *j) {
    acc_executor *x = j->executor;
    pthread_mutex_lock(&x->lock);
    int64_t since = x->queue.first || x->closing ? j->abandoned : 0;
    pthread_mutex_unlock(&x->lock);
    return since;
}

/* Under the lock: who waits for a process that nobody wants any more looks again. */
static void nudge(acc_executor *x) {
    uint64_t one = 1;
    for (acc__worker *w = x->processes ? x->workers : NULL; w; w = w->next)
        while (w->job && w->job->abandoned && write(w->nudge, &one, sizeof one) < 0 && errno == EINTR);
}

/* ---- threads -------------------------------------------------------------------------------------------------------------- */

/* The last thread is gone: under the lock. */
static void ended(acc_executor *x) {
    for (acc__job *j; (j = x->closers.first);) {
        take_out(&x->closers, j);
        j->state = ACC__RUNNING;
        send_back(j);
    }
}

static void *work(void *arg) {
    acc__worker *w = arg;
    acc_executor *x = w->executor;
    pthread_setname_np(pthread_self(), "acc-worker");
    pthread_mutex_lock(&x->lock);
    for (;;) {
        while (!x->queue.first && !x->closing) {
            x->idle++;
            pthread_cond_wait(&x->work, &x->lock);
            x->idle--;
        }
        acc__job *j = x->queue.first;
        if (!j) break;
        take_out(&x->queue, j);
        j->state = ACC__RUNNING;
        w->job = j;
        pthread_mutex_unlock(&x->lock);
        j->error = x->processes ? acc__process_run(w, j) : acc__call_make(j, acc__job_result(j));
        if (x->processes) { /* nobody must find it there */
            pthread_mutex_lock(&x->lock);
            w->job = NULL;
            pthread_mutex_unlock(&x->lock);
        }
        send_back(j);
        pthread_mutex_lock(&x->lock);
    }
    if (!--x->threads) ended(x);
    pthread_mutex_unlock(&x->lock);
    return NULL;
}

/* Under the lock: another thread; 0, or an errno. */
static int start(acc_executor *x) {
    acc__worker *w = acc__malloc(sizeof *w);
    if (!w) return ENOMEM;
    *w = (acc__worker){.next = x->workers, .executor = x, .nudge = -1};
    int error = acc__fail_alloc() ? EAGAIN : 0;
    if (!error && x->processes && (w->nudge = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) error = errno;
    if (!error) error = pthread_create(&w->thread, NULL, work, w);
    if (error) {
        if (w->nudge >= 0) close(w->nudge);
        free(w);
        return error;
    }
    x->workers = w;
    x->threads++;
    return 0;
}

/* ---- executors ------------------------------------------------------------------------------------------------------------ */

static acc_executor *executor_new(acc__thread *th, int most, bool processes) {
    pthread_mutex_lock(&closed_lock);
    acc_executor *x = closed_count > CLOSED_KEPT ? closed_first : NULL;
    if (x) {
        closed_first = x->next;
        closed_count--;
    }
    pthread_mutex_unlock(&closed_lock);
    if (!x) {
        if (!(x = acc__malloc(sizeof *x))) return NULL;
        memset(x, 0, sizeof *x);
        pthread_mutex_init(&x->lock, NULL);
        pthread_cond_init(&x->work, NULL);
    }
    pthread_mutex_lock(&x->lock);
    x->most = most;
    x->processes = processes;
    x->forks = acc__forks();
    x->closing = x->retired = false;
    x->loop = th->loop;
    x->next = NULL;
    x->end = (acc__job){0};
    pthread_mutex_unlock(&x->lock);
    if (th->loop) {
        x->next = th->loop->executors;
        th->loop->executors = x;
    }
    return x;
}

static acc_executor *pool_new(acc_ctx *cx, int n, bool processes) {
    if (n < 1) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "max_workers must be greater than 0");
        return NULL;
    }
    acc_executor *x = executor_new(acc__of(cx), n, processes);
    if (!x) acc__throw_memory(cx);
    return x;
}

acc_executor *acc_thread_pool_new(acc_ctx *cx, int n) { return pool_new(cx, n, false); }
acc_executor *acc_process_pool_new(acc_ctx *cx, int n) {
    acc__processes_begin();
    return pool_new(cx, n, true);
}

/* Python's: as many as there are processors to run on, and four; 32 at most. */
static int default_threads(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    return n + 4 < 32 ? n + 4 : 32;
}

/* Under the lock: there are threads for what is in the queue, as far as may be. Why there is none at all; NULL: there is. */
static const acc_error *staff(acc_executor *x) {
    int error = x->queue.count > (size_t)x->idle && x->threads < x->most ? start(x) : 0;
    if (x->idle) pthread_cond_signal(&x->work);
    else if (x->threads == x->most) nudge(x);
    if (!error || x->threads) return NULL;
    return error == ENOMEM ? acc__error_new(&acc_error_type_MemoryError, 0, NULL)
                           : acc__error_new(&acc_error_type_OSError, error, "pthread_create: %s", strerror(error));
}

/* Why the pool does not take the job; NULL: it does. */
static const acc_error *refused(acc_executor *x, acc__job *j) {
    const acc_error *e = NULL;
    if (__atomic_load_n(&x->forks, __ATOMIC_RELAXED) != acc__forks())
        return acc__error_new(&acc_error_type_InvalidStateError, 0, "the executor belongs to another process");
    pthread_mutex_lock(&x->lock);
    if (x->closing) {
        e = acc__error_new(&acc_error_type_InvalidStateError, 0, "cannot schedule new futures after shutdown");
    } else if (x->processes && j->call->flags & ACC_CALL_RESULT_POINTERS) {
        e = acc__error_new(&acc_error_type_ValueError, 0,
                           "what '%s' gives holds pointers, which mean nothing outside its process", j->call->name);
    } else {
        append(&x->queue, j);
        if ((e = staff(x))) take_out(&x->queue, j);
    }
    pthread_mutex_unlock(&x->lock);
    return e;
}

void acc__job_submit(acc__thread *th, acc_executor *x, acc__job *j) {
    if (!x && !(x = th->loop->fallback)) x = th->loop->fallback = executor_new(th, default_threads(), false);
    j->executor = x;
    const acc_error *e = x ? refused(x, j) : acc__error_new(&acc_error_type_MemoryError, 0, NULL);
    if (!e) return;
    j->error = e;
    j->state = ACC__RUNNING;
    acc__ready(th, &j->hook.n);
}

bool acc__job_take_back(acc__job *j) {
    acc_executor *x = j->executor;
    if (!x) return false; /* it could not be made: the job comes back with that */
    pthread_mutex_lock(&x->lock);
    bool here = j->state == ACC__QUEUED_JOB;
    if (here) take_out(j->call ? &x->queue : &x->closers, j);
    else if (x->processes && j->call && !j->abandoned) {
        j->abandoned = acc__now();
        nudge(x);
    }
    pthread_mutex_unlock(&x->lock);
    if (here) acc__job_free(j);
    return here;
}

/* ---- the end -------------------------------------------------------------------------------------------------------------- */

bool acc__executor_closed(acc_executor *x) {
    pthread_mutex_lock(&x->lock);
    bool closed = x->closing;
    pthread_mutex_unlock(&x->lock);
    return closed;
}

void acc__executor_close(acc__thread *th, acc_executor *x, acc__job *closer) {
    closer->executor = x;
    pthread_mutex_lock(&x->lock);
    x->closing = true;
    pthread_cond_broadcast(&x->work);
    nudge(x);
    bool waits = x->threads;
    if (waits) append(&x->closers, closer);
    pthread_mutex_unlock(&x->lock);
    if (waits) return;
    closer->state = ACC__RUNNING;
    acc__ready(th, &closer->hook.n);
}

/* Closed, and its threads joined: the last that is done with it, by who made it. */
static void retire(acc_executor *x) {
    pthread_mutex_lock(&closed_lock);
    if (!x->retired) {
        x->retired = true;
        x->next = NULL;
        if (closed_count++) closed_last->next = x;
        else closed_first = x;
        closed_last = x;
    }
    pthread_mutex_unlock(&closed_lock);
}

void acc__executor_join(acc__thread *th, acc_executor *x) {
    pthread_mutex_lock(&x->lock);
    acc__worker *w = x->workers, *next;
    x->workers = NULL;
    pthread_mutex_unlock(&x->lock);
    for (; w; w = next) {
        next = w->next;
        pthread_join(w->thread, NULL);
        if (w->nudge >= 0) close(w->nudge);
        free(w);
    }
    if (x->loop && x->loop == th->loop) { /* else that loop's thread does it at its end */
        acc_executor **p = &x->loop->executors;
        while (*p && *p != x) p = &(*p)->next;
        if (!*p) return; /* somebody else has waited, too */
        *p = x->next;
    }
    if (!x->loop || x->loop == th->loop) retire(x);
}

static void end(acc__thread *th, acc_executor *x) {
    if (x->end.loop) return;
    prepare(th, &x->end, NULL);
    x->end.embedded = true;
    x->end.task = NULL;
    acc__executor_close(th, x, &x->end);
}

/* asyncio: shutdown_default_executor, but for all of them. */
void acc__executors_close(acc__thread *th) {
    acc_loop *l = th->loop;
    for (acc_executor *x = l->executors; x; x = x->next) end(th, x);
    for (acc_executor *x; (x = l->executors);) {
        end(th, x); /* made meanwhile, by a callback */
        while (!x->end.done) acc__turn(th, true);
        acc__executor_join(th, x);
    }
    l->fallback = NULL;
}

/* What stands in the loop's own queue when that is dropped. Nobody will be woken; the frames of tasks that are left may still free
 * theirs. */
void acc__jobs_end(acc__thread *th) {
    acc__node *last = acc__ready_last(th), *n = acc__ready_empty(th) ? NULL : th->ready.head, *next;
    acc__ready_clear(th);
    for (; n; n = next) {
        next = n == last ? NULL : n->next;
        acc__hook *h = (acc__hook *)n;
        if (n->kind != ACC__HOOK || h->run != job_done) continue;
        acc__job *j = (acc__job *)h;
        j->done = true;
        if (!j->task) acc__job_free(j);
    }
}

void acc__pools_lock(bool lock) {
    if (lock) pthread_mutex_lock(&closed_lock);
    else pthread_mutex_unlock(&closed_lock);
}

/* ---- for plain C files ---------------------------------------------------------------------------------------------------------- */

static const acc_error *made(acc_executor **out, int n, bool processes) {
    acc_ctx *cx = acc_thread_ctx();
    *out = processes ? acc_process_pool_new(cx, n) : acc_thread_pool_new(cx, n);
    return cx->signal ? acc_abi_catch(cx) : NULL;
}

const acc_error *acc_c_thread_pool_new(acc_executor **out, int n) { return made(out, n, false); }
const acc_error *acc_c_process_pool_new(acc_executor **out, int n) { return made(out, n, true); }
