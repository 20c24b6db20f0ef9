/* acc/executor.h: leaving the loop: calls that run in other threads and processes. Part of acc.h, which includes it.
 *
 * What has the types of a call in it is the compiler's affair:
 *
 *   T v = await acc_to_thread(f(args))                   asyncio: to_thread(f, *args)
 *   T v = await acc_run_in_executor(pool, f(args))       asyncio: loop.run_in_executor(pool, f, *args); NULL: the default pool
 *
 * The arguments are evaluated now, the call runs in the pool, its value comes back. f is any C function, or an async one, which
 * then runs in a loop of its own there and whose errors come back. Where one of the arguments is or holds a pointer, a cancelled
 * wait throws its CancelledError once the job has ended; else, and where the job has not begun, at once. Both are awaitables:
 * they may be given to acc_create_task, acc_gather, acc_wait_for and so on. */
#ifndef ACC_EXECUTOR_H
#define ACC_EXECUTOR_H

#ifdef __cplusplus
extern "C" {
#endif

/* A pool. One made while a loop runs is closed at that loop's end, another one when its user closes it. */
typedef struct acc_executor acc_executor;

#ifdef __ACC__
/* At most n threads, which are started when they are needed and kept. Throws ValueError where n is less than 1, MemoryError.
 * asyncio: ThreadPoolExecutor(n). */
acc_throws acc_executor *acc_thread_pool_new(int n);
/* At most n processes: each job is a fork, made when it starts. It sees the memory as it is then, what it writes is its own, only
 * its value comes back, which must hold no pointers (ValueError); of descriptors it has 0 to 2. A cancelled wait throws at once,
 * whatever the arguments, and the job goes on by itself; where its place is needed it has 5 seconds more. One that crashes, exits
 * or is killed throws BrokenExecutorError, whose code is the exit status, or the signal's number, negative.
 * asyncio: ProcessPoolExecutor(n). */
acc_throws acc_executor *acc_process_pool_new(int n);
/* Takes no more jobs (a later one throws InvalidStateError), waits for those that it has. asyncio: Executor.shutdown(). */
async void acc_executor_close(acc_executor *x);
/* async with (acc_executor *x = acc_thread_pool_new(4)): closed on every way out. */
async acc_executor *acc_executor_aenter(acc_executor *x);
async void acc_executor_aexit(acc_executor *x, const acc_error *error);
#else
const acc_error *acc_c_thread_pool_new(acc_executor **out, int n);
const acc_error *acc_c_process_pool_new(acc_executor **out, int n);
#endif

/* ---- a coroutine for the loop of another thread ------------------------------------------------------------------------------ */

/* acc_thread_future(T) is a handle that any thread may use:
 *
 *   acc_thread_future(T) f = acc_run_coroutine_threadsafe(loop, coro)    asyncio: run_coroutine_threadsafe(coro, loop)
 *   T v = acc_thread_result(f, timeout)                                  asyncio: f.result(timeout)
 *
 * The coroutine, made in the calling thread, becomes a task of the loop. Throws InvalidStateError where the loop is closed; as a
 * statement, nobody wants what comes of it. acc_thread_result waits in the calling thread, at most `timeout` seconds
 * (ACC_NO_TIMEOUT: for ever; TimeoutError, and the task goes on), and takes the value, or throws the task's error: CancelledError
 * too, where the loop ended before it. */
struct acc__thread_future;
#ifndef __ACC__
#define acc_thread_future(T) __typeof__(__typeof__(T)(*)(struct acc__thread_future *))
#endif
typedef acc_thread_future(void) acc__any_thread_future;

/* True of a stale handle too. asyncio: Future.done(). */
bool acc_thread_done(acc__any_thread_future f);
/* Cancels the task, in its thread; what comes of that is seen by acc_thread_result. False: it is done. asyncio: Future.cancel(). */
bool acc_thread_cancel(acc__any_thread_future f);
#ifndef __ACC__
/* out NULL: nobody wants what comes of it. */
const acc_error *acc_c_run_coroutine_threadsafe(void *out, acc_loop *loop, acc__any_coro c);
const acc_error *acc_c_thread_result(acc__any_thread_future f, double timeout, void *result);
#endif

#ifdef __cplusplus
}
#endif
#endif
