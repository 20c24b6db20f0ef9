/* acc/sync.h: locks, events, conditions, semaphores, barriers and queues. Part of acc.h, which includes it.
 *
 * They are for the tasks of one loop, as asyncio's are: what waits is bound to the first loop that waits, another one throws
 * InvalidStateError. None of them may be copied or freed while something waits; a queue is a handle, and may. Waiters wake
 * first in, first out, one turn after their waker. Nothing here allocates but the queues' making and growing: a waiter's
 * node lies in its own frame.
 *
 * Functions marked `async` wait where they must, and do not go through the loop where they need not; whatever they throw of
 * their own, they also throw MemoryError and CancelledError when they wait. A wait that is cancelled passes its wake-up on. */
#ifndef ACC_SYNC_H
#define ACC_SYNC_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
#define ACC__ZERO \
    {             \
    }
#else
#define ACC__ZERO {0}
#endif

/* The fields of all that follows are acc's own. All-zero bytes are a lock that is free, an event that is not set, a condition
 * with a lock of its own, and a semaphore of 0. */
typedef struct acc_lock {
    bool locked;
    acc__waiters waiters;
    uint64_t loop; /* the number of the one it is bound to; 0: none yet */
} acc_lock;
#define ACC_LOCK_INIT ACC__ZERO

typedef struct acc_event {
    bool set;
    acc__waiters waiters;
    uint64_t loop;
} acc_event;
#define ACC_EVENT_INIT ACC__ZERO

typedef struct acc_condition {
    acc_lock *lock; /* NULL: its own */
    acc_lock own;
    acc__waiters waiters;
    uint64_t loop;
} acc_condition;
/* The lock is the caller's and outlives the condition; NULL: a lock of its own. */
#define ACC_CONDITION_INIT(the_lock) {.lock = (the_lock)}

typedef struct acc_semaphore {
    ptrdiff_t initial, taken; /* the value is initial - taken */
    bool bounded;
    acc__waiters waiters;
    uint64_t loop;
} acc_semaphore;
#define ACC_SEMAPHORE_INIT(n) {.initial = (n)}
#define ACC_BOUNDED_SEMAPHORE_INIT(n) {.initial = (n), .bounded = true}

typedef struct acc_barrier {
    int parties, count; /* count: how many are in it */
    int state;
    acc_condition condition;
} acc_barrier;
#define ACC_BARRIER_INIT(n) {.parties = (n)}

/* ---- acc_lock (asyncio.Lock) ----------------------------------------------------------------------------------------- */

/* Is it taken? False in the turn between a release and its waiter's wake-up. asyncio: Lock.locked(). */
bool acc_lock_locked(const acc_lock *l);
#ifdef __ACC__
/* Takes the lock; waits until those who asked before have had it. asyncio: Lock.acquire(). */
async void acc_lock_acquire(acc_lock *l);
/* Frees it and wakes the first waiter; whoever calls. Throws InvalidStateError where it is not taken. asyncio: Lock.release(). */
acc_throws void acc_lock_release(acc_lock *l);
/* async with (&l): acquired, then released on every way out. */
async void acc_lock_aenter(acc_lock *l);
async void acc_lock_aexit(acc_lock *l, const acc_error *error);
#endif

/* ---- acc_event (asyncio.Event) ---------------------------------------------------------------------------------------- */

/* Sets it and wakes all waiters, even if it is cleared before they run. asyncio: Event.set(), clear(), is_set(). */
void acc_event_set(acc_event *e);
void acc_event_clear(acc_event *e);
bool acc_event_is_set(const acc_event *e);
#ifdef __ACC__
/* Waits until it is set; not at all where it is. asyncio: Event.wait(). */
async void acc_event_wait(acc_event *e);
#endif

/* ---- acc_condition (asyncio.Condition) ---------------------------------------------------------------------------------- */

#ifdef __ACC__
/* Frees the lock, waits until it is notified, takes the lock again: also when it is cancelled meanwhile, which is thrown only
 * then. It may wake without need, so ask again what was waited for. Throws InvalidStateError where the lock is not taken.
 * asyncio: Condition.wait(). */
async void acc_condition_wait(acc_condition *c);
/* Wakes the first n waiters, all of them. They go on when the lock is free. Throws InvalidStateError where the lock is not taken.
 * asyncio: Condition.notify(), notify_all(). */
acc_throws void acc_condition_notify(acc_condition *c, size_t n);
acc_throws void acc_condition_notify_all(acc_condition *c);
/* async with (&c): its lock acquired, then released on every way out. */
async void acc_condition_aenter(acc_condition *c);
async void acc_condition_aexit(acc_condition *c, const acc_error *error);
#endif

/* ---- acc_semaphore (asyncio.Semaphore, BoundedSemaphore) -------------------------------------------------------------------- */

/* Would acquire wait? asyncio: Semaphore.locked(). */
bool acc_semaphore_locked(const acc_semaphore *s);
#ifdef __ACC__
/* Takes one of its value; waits where there is none, or where others wait already. Throws ValueError where it was made with a
 * negative value. asyncio: Semaphore.acquire(). */
async void acc_semaphore_acquire(acc_semaphore *s);
/* Gives one back and wakes the first waiter. Throws ValueError where a bounded one has its first value already, or as above.
 * asyncio: Semaphore.release(). */
acc_throws void acc_semaphore_release(acc_semaphore *s);
/* async with (&s): acquired, then released on every way out. */
async void acc_semaphore_aenter(acc_semaphore *s);
async void acc_semaphore_aexit(acc_semaphore *s, const acc_error *error);
#endif

/* ---- acc_barrier (asyncio.Barrier) ---------------------------------------------------------------------------------------- */

/* How many pass it together; how many wait for the others; was it aborted? asyncio: Barrier.parties, n_waiting, broken. */
int acc_barrier_parties(const acc_barrier *b);
int acc_barrier_n_waiting(const acc_barrier *b);
bool acc_barrier_broken(const acc_barrier *b);
#ifdef __ACC__
/* Waits until all parties are there; each gets another number, 0 to parties - 1, in the order of their coming. Throws
 * BrokenBarrierError where it is aborted or reset, ValueError where it was made for less than one. asyncio: Barrier.wait(). */
async int acc_barrier_wait(acc_barrier *b);
/* Empty again: who waits gets a BrokenBarrierError. asyncio: Barrier.reset(). */
async void acc_barrier_reset(acc_barrier *b);
/* Broken until it is reset: who waits, and who comes, gets a BrokenBarrierError. asyncio: Barrier.abort(). */
async void acc_barrier_abort(acc_barrier *b);
/* async with (int i = &b): waited for; nothing is done at the end. */
async int acc_barrier_aenter(acc_barrier *b);
async void acc_barrier_aexit(acc_barrier *b, const acc_error *error);
#endif

/* ---- acc_queue(T) (asyncio.Queue, LifoQueue, PriorityQueue) ------------------------------------------------------------------- */

/* acc_queue(T) is a handle: a small value, copied freely, known to be stale once the queue is freed. What follows takes any;
 * what has the type T in it is the compiler's affair:
 *
 *   acc_queue(T) acc_queue_new(T, maxsize)                      Throw MemoryError. maxsize 0 or less: unbounded.
 *   acc_queue(T) acc_lifo_queue_new(T, maxsize)                 The last one put is got first.
 *   acc_queue(T) acc_priority_queue_new(T, maxsize, compare)    The least one is got first; compare is qsort's.
 *   await acc_queue_put(q, v)        Waits while it is full. Throws QueueShutDown. asyncio: Queue.put().
 *   T v = await acc_queue_get(q)     Waits while it is empty. Throws QueueShutDown. asyncio: Queue.get().
 *   acc_queue_put_nowait(q, v)       Throws QueueFull, QueueShutDown. asyncio: Queue.put_nowait().
 *   T v = acc_queue_get_nowait(q)    Throws QueueEmpty, QueueShutDown. asyncio: Queue.get_nowait().
 *
 * Items are copied in and out; what they point to is the user's. All of these, task_done and join throw InvalidStateError
 * where the queue is null, freed or another thread's. */
struct acc__channel;
#ifndef __ACC__
#define acc_queue(T) __typeof__(__typeof__(T)(*)(struct acc__channel *))
#endif
typedef acc_queue(void) acc__any_queue;

/* How many items are in it; is it empty; would put wait? Of a stale handle: 0, true, false.
 * asyncio: Queue.qsize(), empty(), full(). */
size_t acc_queue_size(acc__any_queue q);
bool acc_queue_empty(acc__any_queue q);
bool acc_queue_full(acc__any_queue q);
/* No more puts; gets until it is empty, or none at all (immediate: its items are dropped, as if they were done). Who waits is
 * woken, and gets a QueueShutDown. A stale handle: nothing happens. asyncio: Queue.shutdown(). */
void acc_queue_shutdown(acc__any_queue q, bool immediate);
/* Frees the queue with what is in it; who waits is woken with a QueueShutDown. A queue lives until then, or until its thread
 * ends. A stale handle: nothing happens. */
void acc_queue_free(acc__any_queue q);
#ifdef __ACC__
/* An item that was got is dealt with. Throws ValueError where there were not so many. asyncio: Queue.task_done(). */
acc_throws void acc_queue_task_done(acc__any_queue q);
/* Waits until task_done was called for every item that was put. asyncio: Queue.join(). */
async void acc_queue_join(acc__any_queue q);
#else
/* ---- for plain C files: as in acc.h, the error is the value ---------------------------------------------------------------------- */

const acc_error *acc_c_lock_release(acc_lock *l);
const acc_error *acc_c_condition_notify(acc_condition *c, size_t n);
const acc_error *acc_c_condition_notify_all(acc_condition *c);
const acc_error *acc_c_semaphore_release(acc_semaphore *s);
/* A queue of items of that many bytes; put copies them from `value`, get to `value` (NULL: dropped). */
const acc_error *acc_c_queue_new(void *out, size_t size, ptrdiff_t maxsize);
const acc_error *acc_c_lifo_queue_new(void *out, size_t size, ptrdiff_t maxsize);
const acc_error *acc_c_priority_queue_new(void *out, size_t size, ptrdiff_t maxsize,
                                          int (*compare)(const void *, const void *));
const acc_error *acc_c_queue_put_nowait(acc__any_queue q, const void *value);
const acc_error *acc_c_queue_get_nowait(acc__any_queue q, void *value);
const acc_error *acc_c_queue_task_done(acc__any_queue q);
#endif

#ifdef __cplusplus
}
#endif
#endif
