/* acc.h: async, await and what asyncio has, for C.
 *
 * One include for .ac files and for plain C. In an .ac file `acc` translates the dialect; a function marked `async` here is
 * awaited there, and one marked `acc_throws` throws without waiting. */
#ifndef ACC_H
#define ACC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <acc/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors -------------------------------------------------------------------------------------------------------- */

typedef struct acc_error_type {
    const char *name;
    const struct acc_error_type *parent; /* NULL: BaseError */
} acc_error_type;

struct acc_error {
    const acc_error_type *type;
    int code;                 /* errno for OSError, an HTTP status, ...; 0 where there is none */
    const char *message;      /* never NULL */
    const acc_error *context; /* the error that was being handled when this one was thrown, or NULL */
};

#define acc_declare_error(name) extern const acc_error_type acc_error_type_##name
#define acc_define_error(name, parent_name)                   \
    extern const acc_error_type acc_error_type_##parent_name; \
    const acc_error_type acc_error_type_##name = {#name, &acc_error_type_##parent_name}

acc_declare_error(BaseError);
acc_declare_error(CancelledError);
acc_declare_error(Error);
acc_declare_error(ValueError);
acc_declare_error(OSError);
acc_declare_error(ConnectionError);
acc_declare_error(TimeoutError);
acc_declare_error(FileNotFoundError);
acc_declare_error(PermissionError);
acc_declare_error(InvalidStateError);
acc_declare_error(MemoryError);
acc_declare_error(QueueFull);
acc_declare_error(QueueEmpty);
acc_declare_error(QueueShutDown);
acc_declare_error(BrokenBarrierError);
acc_declare_error(IncompleteReadError);
acc_declare_error(LimitOverrunError);
acc_declare_error(BrokenExecutorError);
acc_declare_error(ErrorGroup);

/* References: an error lives while anybody holds one. acc_error_keep gives its argument back; NULL is allowed. */
const acc_error *acc_error_keep(const acc_error *e);
void acc_error_drop(const acc_error *e);
/* Is e of the type, or of a descendant of it? */
bool acc_error_is(const acc_error *e, const acc_error_type *type);
/* Prints the traceback, then `Type: message`; contexts first, as Python does. */
void acc_print_error(FILE *to, const acc_error *e);
/* The errors of an ErrorGroup: how many, and the i-th, which lives as long as the group. 0 and NULL of any other error. */
size_t acc_error_count(const acc_error *e);
const acc_error *acc_error_at(const acc_error *e, size_t i);

/* ---- handles ------------------------------------------------------------------------------------------------------- */

/* A handle is a small value, copied freely: an index and a generation, so that a stale one is found out by comparing. Its C
 * type is a pointer to a function that returns T, never called: `await h` has the type that calling it would have. */
struct acc__coro;
struct acc__task;
struct acc__future;
struct acc__generator;
#ifndef __ACC__
#define acc_coro(T) __typeof__(__typeof__(T)(*)(struct acc__coro *))
#define acc_task(T) __typeof__(__typeof__(T)(*)(struct acc__task *))
#define acc_future(T) __typeof__(__typeof__(T)(*)(struct acc__future *))
#define acc_generator(...) acc__generator_of(__VA_ARGS__, __VA_ARGS__, )
#define acc__generator_of(T, S, ...) __typeof__(__typeof__(T)(*)(struct acc__generator * (*)(S)))
typedef acc_task(void) acc__any_task;
typedef acc_coro(void) acc__any_coro;
#else
typedef acc_task(void) acc__any_task;
typedef acc_coro(void) acc__any_coro;
#endif
#define ACC_NO_TASK ((void *)0)

/* Closes a coroutine that will not be used. A stale handle: nothing happens. */
void acc_coro_close(acc__any_coro c);

/* ---- tasks and futures (asyncio.Task, asyncio.Future) ---------------------------------------------------------------- */

/* Requests cancellation: CancelledError is thrown at the await where the task is suspended. False: it is done already.
 * asyncio: Task.cancel(). */
bool acc_cancel(acc__any_task t);
bool acc_cancel_msg(acc__any_task t, const char *message);
/* Takes one request back, gives how many remain. asyncio: Task.uncancel(), Task.cancelling(). */
int acc_uncancel(acc__any_task t);
int acc_cancelling(acc__any_task t);
/* True of a stale handle too. asyncio: Task.done(), Task.cancelled(). */
bool acc_done(acc__any_task t);
bool acc_cancelled(acc__any_task t);
/* The task's error, not taken, valid until it is taken; NULL where there is none. asyncio: Task.exception(). */
const acc_error *acc_task_error(acc__any_task t);
/* asyncio: Task.set_name(), get_name(). The string is copied (where memory is short the old name stays); a task that was not
 * named is "Task-N". What get_name gives is valid while the task is and keeps that name; "Task-N" for the next three calls. */
void acc_set_name(acc__any_task t, const char *name);
const char *acc_get_name(acc__any_task t);
/* asyncio: current_task(), all_tasks(): how many there are; at most n are stored, in order of creation. */
acc__any_task acc_current_task(void);
size_t acc_all_tasks(acc__any_task *buf, size_t n);
/* fn runs from the loop, on a later turn, when the task is done; the handle that it gets is live. Throws MemoryError; and
 * InvalidStateError where the handle is stale. asyncio: Task.add_done_callback(). */
#ifdef __ACC__
acc_throws void acc_add_done_callback(acc__any_task t, void (*fn)(acc__any_task t, void *arg), void *arg);
#endif
/* The task goes when it is done; nobody will take its outcome. */
void acc_detach(acc__any_task t);
/* asyncio: Future.cancel(). */
bool acc_future_cancel(acc__any_task f);
/* Errors that nobody retrieved go to fn instead of stderr; NULL: to stderr again. */
void acc_set_error_handler(void (*fn)(const acc_error *e, void *arg), void *arg);

#define ACC_ALL_COMPLETED 0
#define ACC_FIRST_COMPLETED 1
#define ACC_FIRST_ERROR 2
#define ACC_NO_TIMEOUT (__builtin_inf())

#ifdef __ACC__
/* Suspends for that many seconds; 0 or less is one turn of the loop. asyncio: sleep(). */
async void acc_sleep(double seconds);
/* Waits until all, one, or the first failed of the tasks is done, at most `timeout` seconds (ACC_NO_TIMEOUT: for ever).
 * Reorders the array: done ones first, in order of completion; the rest in their old order. Gives how many are done. Takes no
 * outcome, cancels nothing. asyncio: wait(). */
async size_t acc_wait(acc__any_task *tasks, size_t count, int until, double timeout);
#endif

/* ---- deadlines and groups (asyncio.timeout, asyncio.TaskGroup) --------------------------------------------------------- */

/* For async with. They live to the end of the block around the statement. */
typedef struct acc_timeout_scope acc_timeout_scope;
typedef struct acc_task_group acc_task_group;
/* Has the deadline passed while the block ran? asyncio: Timeout.expired(). */
bool acc_expired(const acc_timeout_scope *s);

#ifdef __ACC__
/* A deadline: in so many seconds, at a time of acc_time(); ACC_NO_TIMEOUT: none. asyncio: timeout(), timeout_at(). */
acc_throws acc_timeout_scope *acc_timeout(double seconds);
acc_throws acc_timeout_scope *acc_timeout_at(double when);
/* Another deadline, a time of acc_time(). Throws InvalidStateError unless the block runs. asyncio: Timeout.reschedule(). */
acc_throws void acc_reschedule(acc_timeout_scope *s, double when);
async acc_timeout_scope *acc_timeout_scope_aenter(acc_timeout_scope *s);
async bool acc_timeout_scope_aexit(acc_timeout_scope *s, const acc_error *error);
/* acc_group_create_task(g, f(1)) makes a task of the group. asyncio: TaskGroup, TaskGroup.create_task(). */
acc_throws acc_task_group *acc_task_group_new(void);
async acc_task_group *acc_task_group_aenter(acc_task_group *g);
async bool acc_task_group_aexit(acc_task_group *g, const acc_error *error);
#endif

/* ---- the loop ------------------------------------------------------------------------------------------------------- */

typedef struct acc_loop acc_loop;
typedef struct acc_handle { /* of a scheduled callback */
    uint32_t index, generation;
} acc_handle;

/* Seconds on the loop's monotonic clock. asyncio: loop.time(). */
double acc_time(void);
/* The thread's running loop, NULL where none runs. asyncio: get_running_loop(). */
acc_loop *acc_running_loop(void);
bool acc_loop_is_running(acc_loop *loop);
/* Debug mode, for the process: the running loop and those that begin later. It tells on stderr of coroutines never awaited, steps
 * and callbacks that take long (ACC_SLOW_MS milliseconds, 100), what was not closed, calls from the wrong thread; and of tasks where
 * they were made. ACC_DEBUG=1 in the environment turns it on. asyncio: loop.set_debug(), get_debug(). */
void acc_set_debug(bool on);
bool acc_get_debug(void);
/* Not called yet: it will not be. A stale handle: nothing happens. asyncio: Handle.cancel(). */
void acc_handle_cancel(acc_handle h);
/* Will it not be called (any more)? True of a stale handle, which has been called or cancelled. asyncio: Handle.cancelled(). */
bool acc_handle_cancelled(acc_handle h);

#ifdef __ACC__
/* fn(arg) on a later turn, after a delay, at a time of acc_time(). Throw MemoryError; InvalidStateError where no loop runs.
 * asyncio: loop.call_soon(), call_later(), call_at(). */
acc_throws acc_handle acc_call_soon(void (*fn)(void *arg), void *arg);
acc_throws acc_handle acc_call_later(double delay, void (*fn)(void *arg), void *arg);
acc_throws acc_handle acc_call_at(double when, void (*fn)(void *arg), void *arg);
/* From any thread: wakes the loop. asyncio: loop.call_soon_threadsafe(). */
acc_throws acc_handle acc_call_soon_threadsafe(acc_loop *loop, void (*fn)(void *arg), void *arg);
/* fn(arg) whenever the descriptor is readable (writable). asyncio: loop.add_reader(), add_writer(). */
acc_throws void acc_add_reader(int fd, void (*fn)(void *arg), void *arg);
acc_throws void acc_add_writer(int fd, void (*fn)(void *arg), void *arg);
#endif
/* False: there was none. asyncio: loop.remove_reader(), remove_writer(). */
bool acc_remove_reader(int fd);
bool acc_remove_writer(int fd);

/* ---- locks, events, conditions, semaphores, barriers, queues: <acc/sync.h> ------------------------------------------------- */

#ifdef __cplusplus
}
#endif
#include <acc/sync.h>
#include <acc/io.h>
#include <acc/signal.h>
#include <acc/executor.h>
#ifdef __cplusplus
extern "C" {
#endif

#ifndef __ACC__
/* ---- for plain C files ----------------------------------------------------------------------------------------------- */

/* Each function that throws, with the error as its value: NULL, or an error that is the caller's to drop. `out` is the address
 * of a handle, or NULL; of an acc_handle for callbacks. (Others are for the dialect: what they give is for await or async with.) */
const acc_error *acc_c_run(acc__any_coro c, void *result);
const acc_error *acc_c_create_task(void *out, acc__any_coro c);
const acc_error *acc_c_create_task_eager(void *out, acc__any_coro c);
/* out == NULL: the task goes when it is done. */
const acc_error *acc_c_group_create_task(void *out, acc_task_group *g, acc__any_coro c);
const acc_error *acc_c_shield(void *out, acc__any_task t);
const acc_error *acc_c_reschedule(acc_timeout_scope *s, double when);
/* acc_result(t): takes the outcome; the value is stored at `result` (NULL: not wanted). */
const acc_error *acc_c_result(acc__any_task t, void *result);
/* A future of a value of that many bytes; acc_c_future_set_result copies them. */
const acc_error *acc_c_future_new(void *out, size_t size);
const acc_error *acc_c_future_set_result(acc__any_task f, const void *value);
const acc_error *acc_c_future_set_error(acc__any_task f, const acc_error *e);
const acc_error *acc_c_add_done_callback(acc__any_task t, void (*fn)(acc__any_task t, void *arg), void *arg);
const acc_error *acc_c_call_soon(acc_handle *out, void (*fn)(void *arg), void *arg);
const acc_error *acc_c_call_later(acc_handle *out, double delay, void (*fn)(void *arg), void *arg);
const acc_error *acc_c_call_at(acc_handle *out, double when, void (*fn)(void *arg), void *arg);
const acc_error *acc_c_call_soon_threadsafe(acc_handle *out, acc_loop *loop, void (*fn)(void *arg), void *arg);
const acc_error *acc_c_add_reader(int fd, void (*fn)(void *arg), void *arg);
const acc_error *acc_c_add_writer(int fd, void (*fn)(void *arg), void *arg);
const acc_error *acc_c_add_signal_handler(int signum, void (*fn)(void *arg), void *arg);
/* TYPE(code, "format", ...): a new error, the caller's to drop. It never fails: without memory it is a MemoryError. */
const acc_error *acc_c_error_new(const acc_error_type *type, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#endif

#ifdef __cplusplus
}
#endif
#endif
