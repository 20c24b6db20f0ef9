/* executor.h: jobs and pools, what the files of this folder share.
 *
 * A job is one block: what is below, the call's arguments, its value. It belongs to the loop that waits for it, but for the time
 * between its place in the pool's queue and its coming back; then its state is the pool's, under the pool's lock:
 *
 *     QUEUED     in the pool's list: who does not want it any more takes it out again
 *     RUNNING    a worker has it, and sends it back to the loop when it has ended
 *
 * `done` is the loop's own knowledge of that. A job nobody waits for any more is freed when it comes back; by the worker where
 * that loop is no more. */
#ifndef ACC_EXECUTOR_EXECUTOR_H
#define ACC_EXECUTOR_EXECUTOR_H

#include "../core/internal.h"

#pragma GCC visibility push(hidden)

enum { ACC__QUEUED_JOB, ACC__RUNNING };

typedef struct acc__job acc__job;
struct acc__job {
    acc__hook hook; /* first: in the loop's queue when it comes back */
    acc_loop *loop;
    uint64_t serial;           /* of that loop's run */
    acc_executor *executor;    /* whose queue */
    acc__job *next, *previous; /* there */
    acc__slot *task;           /* that is parked until the job comes back; NULL: nobody */
    const acc_call *call;      /* NULL: it waits for the pool's end */
    const acc_error *error;    /* what came of it, or the value behind */
    uint8_t state;
    bool done, embedded;   /* embedded: it lies in its pool */
    bool taken;            /* its value has an owner */
    int64_t abandoned;     /* of a process pool, running: since when nobody wants it; 0: somebody does */
    uint32_t args, result; /* bytes from here */
};

static inline void *acc__job_args(acc__job *j) { return (char *)j + j->args; }
static inline void *acc__job_result(acc__job *j) { return (char *)j + j->result; }

/* A call of the runtime's own, whose value is something to be given back where nobody takes it: `drop` finds it among the
 * arguments, which nobody else sees. Its flags say ACC__CALL_DROPS. */
#define ACC__CALL_DROPS 0x80000000u
typedef struct acc__call_dropping {
    acc_call call; /* first */
    void (*drop)(void *args);
} acc__call_dropping;

typedef struct acc__jobs {
    acc__job *first, *last;
    size_t count;
} acc__jobs;

typedef struct acc__worker acc__worker;
struct acc__worker {
    acc__worker *next;
    acc_executor *executor;
    pthread_t thread;
    acc__job *job; /* of a process pool: what runs */
    int nudge;     /* there: an eventfd: look again */
};

struct acc_executor { /* its memory is for ever: see pool.c */
    pthread_mutex_t lock;
    pthread_cond_t work; /* there is a job, or the end */
    acc__jobs queue;
    acc__jobs closers; /* jobs that wait for the end */
    acc__worker *workers;
    int most, threads, idle;
    int forks; /* how many forks away from the first process it was made */
    bool processes;
    bool closing;       /* it takes no more jobs */
    bool retired;       /* and stands in pool.c's list */
    acc_executor *next; /* of the loop's; or among those that are closed */
    acc_loop *loop;     /* at whose end it is closed; NULL: none's */
    acc__job end;       /* the loop's own closer */
};

/* ---- pool.c --------------------------------------------------------------------------------------------------------------- */

/* A new job; NULL: out of memory. */
acc__job *acc__job_new(acc__thread *th, const acc_call *call, const void *args);
void acc__job_free(acc__job *j);
/* Gives it to the pool (NULL: the loop's own). Where that fails it comes back at once, with the error. */
void acc__job_submit(acc__thread *th, acc_executor *x, acc__job *j);
/* Nobody wants it any more. False: it runs, and goes on by itself or until it is done. True: it is gone. */
bool acc__job_take_back(acc__job *j);
/* Closes the pool; the closer comes back when all threads have ended. */
void acc__executor_close(acc__thread *th, acc_executor *x, acc__job *closer);
/* They have: the rest. */
void acc__executor_join(acc__thread *th, acc_executor *x);
bool acc__executor_closed(acc_executor *x);

void acc__pools_lock(bool lock);

/* Makes the call, here and now: the error that it throws, or NULL. */
const acc_error *acc__call_make(acc__job *j, void *value);
/* Since when has nobody wanted it, although its place is needed? 0: nothing is to be done. */
int64_t acc__job_in_the_way(acc__job *j);

/* ---- process.c ------------------------------------------------------------------------------------------------------------- */

/* Before the first process pool is made. */
void acc__processes_begin(void);
int acc__forks(void);
/* Makes the call in a process of its own, and waits for it. */
const acc_error *acc__process_run(acc__worker *w, acc__job *j);

#pragma GCC visibility push(default)
acc_executor *acc_process_pool_new(acc_ctx *cx, int n);
acc_executor *acc_thread_pool_new(acc_ctx *cx, int n);
void acc_executor_close(acc_ctx *cx, acc_executor *x);
acc_executor *acc_executor_aenter(acc_ctx *cx, acc_executor *x);
void acc_executor_aexit(acc_ctx *cx, acc_executor *x, const acc_error *error);
#pragma GCC visibility pop

#pragma GCC visibility pop
#endif
