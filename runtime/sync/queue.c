/* queue.c: acc_queue(T): asyncio's Queue, LifoQueue and PriorityQueue, of items of any size.
 *
 * A queue is a slot, so that its handle can be stale; its items lie apart, in a ring whose room is a power of two. The other
 * two kinds use the ring as an array: head is 0 always. A priority queue is a binary heap that moves what CPython's heapq
 * moves, so that items which compare equal come out in the same order; one place behind the room is for the item on its way.
 *
 * Who puts an item wakes the first getter, but the item stays in the queue until that one runs: a getter that is cancelled
 * meanwhile has not taken it, and wakes the next. The same with room and putters. A waiter that finds nothing after all, since
 * somebody was quicker, queues up again at the end. */
#include "sync.h"

enum kind { FIFO, LIFO, PRIORITY };

typedef struct queue {
    acc_queue_front front; /* what the callers' code sees */
    size_t room;           /* mask + 1; both 0 as long as there are no items */
    size_t limit;          /* SIZE_MAX: none */
    uint32_t size;
    uint16_t align;
    uint8_t kind;
    bool shut;
    int (*compare)(const void *, const void *);
    acc__waiters joiners;
    uint64_t loop;
} queue;

/* A slot that is none: nothing is stepped over in the callers' code. */
acc_queue_front acc__no_queue = {.handle = &acc__no_queue, .gets = SIZE_MAX};

static inline acc_queue_front **latest(acc__thread *th, const void *handle) {
    return &th->cx.queues[(uintptr_t)handle % ACC_LATEST];
}

static inline queue *find(acc__thread *th, const void *handle) {
    acc__slot *s = acc__find(th, handle);
    return acc__likely(s && s->n.kind == ACC__QUEUE) ? acc__payload(s) : NULL;
}
/* For the callers' code; in hostile mode all goes the long way. */
static void remember(acc__thread *th, queue *q) {
    if (!th->hostile) *latest(th, q->front.handle) = &q->front;
}
static queue *find_own(acc__any_queue q) { return find(acc__self(), (void *)q); }

static void throw_stale(acc_ctx *cx, const void *handle) {
    const char *what = !handle                ? "null handle"
                       : acc__foreign(handle) ? acc__other_loop
                                              : "stale handle: the queue was freed";
    acc__throw(cx, &acc_error_type_InvalidStateError, 0, "%s", what);
}

/* What is plain changes with the room, and when it is shut. */
static void show(queue *q) {
    bool puts = q->kind != PRIORITY && !q->shut;
    q->front.puts = !puts ? 0 : q->room < q->limit ? q->room : q->limit;
    q->front.gets = q->kind == FIFO ? 0 : SIZE_MAX;
}

/* ---- items ---------------------------------------------------------------------------------------------------------------------- */

static inline void copy(void *to, const void *from, size_t size) {
    switch (size) {
        case 4: memcpy(to, from, 4); break;
        case 8: memcpy(to, from, 8); break;
        case 16: memcpy(to, from, 16); break;
        case 0: break;
        default: memcpy(to, from, size);
    }
}

static inline void *item(const queue *q, size_t i) { return q->front.items + i * q->size; }

static bool less(const queue *q, const void *a, const void *b) { return q->compare(a, b) < 0; }

/* The item on its way moves up from place i, to where its parent is not greater. */
static void heap_up(queue *q, size_t i, void *moved) {
    while (i) {
        size_t parent = (i - 1) / 2;
        if (!less(q, moved, item(q, parent))) break;
        copy(item(q, i), item(q, parent), q->size);
        i = parent;
    }
    copy(item(q, i), moved, q->size);
}

/* The first place is empty: the lesser child moves up, and so on down to a leaf; the last item goes there, and then up. */
static void heap_down(queue *q) {
    void *moved = item(q, q->room);
    size_t i = 0, end = q->front.count;
    copy(moved, item(q, end), q->size);
    for (size_t child; (child = 2 * i + 1) < end; i = child) {
        if (child + 1 < end && !less(q, item(q, child), item(q, child + 1))) child++;
        copy(item(q, i), item(q, child), q->size);
    }
    heap_up(q, i, moved);
}

static __attribute__((noinline)) bool grow(queue *q) {
    size_t room = q->room ? q->room * 2 : 8, spare = q->kind == PRIORITY, bytes;
    while (!q->room && q->limit <= room / 2) room /= 2;
    if (__builtin_mul_overflow(room + spare, q->size, &bytes)) return false;
    char *items = q->align > 16 ? acc__aligned(q->align, bytes) : acc__malloc(bytes ? bytes : 1);
    if (!items) return false;
    size_t first = q->room - q->front.head < q->front.count ? q->room - q->front.head : q->front.count;
    if (first) memcpy(items, item(q, q->front.head), first * q->size);
    if (q->front.count > first) memcpy(items + first * q->size, q->front.items, (q->front.count - first) * q->size);
    free(q->front.items);
    q->front.items = items;
    q->front.head = 0;
    q->room = room;
    q->front.mask = room - 1;
    show(q);
    return true;
}

/* False: out of memory. */
static inline bool put_item(queue *q, const void *value) {
    if (acc__unlikely(q->front.count == q->room) && !grow(q)) return false;
    if (acc__unlikely(q->kind == PRIORITY)) {
        void *moved = item(q, q->room);
        copy(moved, value, q->size);
        heap_up(q, q->front.count++, moved);
        return true;
    }
    copy(item(q, (q->front.head + q->front.count++) & q->front.mask), value, q->size);
    return true;
}

static inline void get_item(queue *q, void *result) {
    const void *from = item(q, q->front.head);
    q->front.count--;
    if (q->kind == FIFO) q->front.head = (q->front.head + 1) & q->front.mask;
    else if (q->kind == LIFO) from = item(q, q->front.count);
    if (result) copy(result, from, q->size);
    if (q->kind == PRIORITY && q->front.count) heap_down(q);
}

/* ---- the queue ------------------------------------------------------------------------------------------------------------------- */

static void *make(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize, enum kind kind,
                  int (*compare)(const void *, const void *)) {
    acc__slot *s = size > UINT32_MAX || align > 32768 ? NULL : acc__slot_new(acc__of(cx), sizeof(queue), ACC__QUEUE);
    if (!s) {
        acc__throw_memory(cx);
        return NULL;
    }
    queue *q = acc__payload(s);
    *q = (queue){.front.handle = acc__handle(s),
                 .size = (uint32_t)size,
                 .align = (uint16_t)align,
                 .kind = (uint8_t)kind,
                 .limit = maxsize > 0 ? (size_t)maxsize : SIZE_MAX,
                 .compare = compare};
    show(q);
    return acc__handle(s);
}

void *acc_abi_queue_new(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize) {
    return make(cx, size, align, maxsize, FIFO, NULL);
}
void *acc_abi_lifo_queue_new(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize) {
    return make(cx, size, align, maxsize, LIFO, NULL);
}
void *acc_abi_priority_queue_new(acc_ctx *cx, size_t size, size_t align, ptrdiff_t maxsize,
                                 int (*compare)(const void *, const void *)) {
    return make(cx, size, align, maxsize, PRIORITY, compare);
}

/* asyncio: _wakeup_next. */
static inline void wake_next(acc__thread *th, acc__waiters *l) {
    for (acc__waiter *w; (w = l->first);) {
        acc__waiter_remove(w);
        if (acc__waiter_done(w)) continue;
        acc__wake(th, w, ACC__WOKEN);
        return;
    }
}

static void wake_all(acc__thread *th, acc__waiters *l, enum acc__wake how) {
    for (acc__waiter *w; (w = l->first);) {
        acc__waiter_remove(w);
        if (!acc__waiter_done(w)) acc__wake(th, w, how);
    }
}

static inline bool full(const queue *q) { return q->front.count >= q->limit; }

/* Puts into a queue that is neither full nor shut down. */
static inline void put(acc_ctx *cx, queue *q, const void *value) {
    if (acc__unlikely(!put_item(q, value))) {
        acc__throw_memory(cx);
        return;
    }
    q->front.unfinished++;
    wake_next(acc__of(cx), &q->front.getters);
}

/* Gets from one that is not empty. */
static inline void get(acc__thread *th, queue *q, void *result) {
    get_item(q, result);
    wake_next(th, &q->front.putters);
}

void acc_abi_queue_put_nowait(acc_ctx *cx, void *handle, const void *value) {
    queue *q = find(acc__of(cx), handle);
    if (!q) throw_stale(cx, handle);
    else if (q->shut) acc__throw(cx, &acc_error_type_QueueShutDown, 0, NULL);
    else if (full(q)) acc__throw(cx, &acc_error_type_QueueFull, 0, NULL);
    else put(cx, q, value);
}

void acc_abi_queue_get_nowait(acc_ctx *cx, void *handle, void *result) {
    queue *q = find(acc__of(cx), handle);
    if (!q) throw_stale(cx, handle);
    else if (q->front.count) get(acc__of(cx), q, result);
    else acc__throw(cx, q->shut ? &acc_error_type_QueueShutDown : &acc_error_type_QueueEmpty, 0, NULL);
}

size_t acc_queue_size(acc__any_queue h) {
    queue *q = find_own(h);
    return q ? q->front.count : 0;
}
bool acc_queue_empty(acc__any_queue h) { return !acc_queue_size(h); }
bool acc_queue_full(acc__any_queue h) {
    queue *q = find_own(h);
    return q && full(q);
}

static void finish(acc__thread *th, queue *q, size_t n) {
    q->front.unfinished -= n < q->front.unfinished ? n : q->front.unfinished;
    if (!q->front.unfinished) acc__wake_some(th, &q->joiners, SIZE_MAX);
}

void acc_queue_task_done(acc_ctx *cx, acc__any_queue h) {
    queue *q = find(acc__of(cx), (void *)h);
    if (!q) throw_stale(cx, (void *)h);
    else if (!q->front.unfinished) acc__throw(cx, &acc_error_type_ValueError, 0, "task_done() called too many times");
    else finish(acc__of(cx), q, 1);
}

void acc_queue_shutdown(acc__any_queue h, bool immediate) {
    acc__thread *th = acc__self();
    queue *q = find(th, (void *)h);
    if (!q) return;
    q->shut = true;
    show(q);
    if (immediate) {
        size_t n = q->front.count;
        q->front.head = q->front.count = 0;
        finish(th, q, n);
    }
    wake_all(th, &q->front.getters, ACC__WOKEN);
    wake_all(th, &q->front.putters, ACC__WOKEN);
}

void acc__queue_end(acc__slot *s) {
    queue *q = acc__payload(s);
    free(q->front.items);
}

void acc_queue_free(acc__any_queue h) {
    acc__thread *th = acc__self();
    queue *q = find(th, (void *)h);
    if (!q) return;
    wake_all(th, &q->front.getters, ACC__FREED);
    wake_all(th, &q->front.putters, ACC__FREED);
    wake_all(th, &q->joiners, ACC__FREED);
    acc__slot *s = (acc__slot *)q - 1;
    if (*latest(th, (void *)h) == &q->front) *latest(th, (void *)h) = &acc__no_queue;
    acc__queue_end(s);
    acc__slot_free(th, s);
}

/* ---- what waits ------------------------------------------------------------------------------------------------------------------- */

typedef struct frame {
    acc__waiting waiting; /* first */
    void *handle;
    acc__slot *slot; /* where it was; what lies there now has another handle if it was freed. Slots stay while a loop runs */
    char value[];    /* put: the item */
} frame;

static uint32_t align_up(size_t n) { return (uint32_t)((n + 15) & ~(size_t)15); }

/* A wait ends: the queue, or NULL where it is gone. Throws what there is to throw; cancelled after it was woken: wakes another. */
static inline queue *resumed(acc_ctx *cx, frame *f, bool getter) {
    acc__thread *th = (acc__thread *)cx;
    queue *q = acc__likely(acc__handle(f->slot) == f->handle) ? acc__payload(f->slot) : NULL;
    acc__waiter_remove(&f->waiting.w);
    if (acc__likely(!cx->signal && q)) return q;
    if (!cx->signal) acc__throw(cx, &acc_error_type_QueueShutDown, 0, "the queue was freed");
    if (!q || !f->waiting.w.woken) return q;
    if (getter && q->front.count) wake_next(th, &q->front.getters);
    if (!getter && !full(q)) wake_next(th, &q->front.putters);
    return q;
}

static void waits(frame *f, void *handle, queue *q) {
    f->handle = handle;
    f->slot = (acc__slot *)q - 1;
}

static void get_step(acc_ctx *cx, acc_frame *f);
static const acc_fn get_fn = {get_step, "acc_queue_get", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

static inline void get_or_wait(acc_ctx *cx, frame *f, void *handle, queue *q, void *result) {
    if (acc__unlikely(!q)) {
        throw_stale(cx, handle);
    } else if (q->front.count) {
        get((acc__thread *)cx, q, result);
    } else if (acc__unlikely(q->shut)) {
        acc__throw(cx, &acc_error_type_QueueShutDown, 0, NULL);
    } else {
        f = (frame *)acc__wait_begin(cx, (acc__waiting *)f, &get_fn, &q->front.getters, &q->loop);
        if (f) waits(f, handle, q);
    }
}

static void get_step(acc_ctx *cx, acc_frame *head) {
    frame *f = (frame *)head;
    queue *q = head->up.state == ACC_STATE_START ? find((acc__thread *)cx, f->handle) : resumed(cx, f, true);
    if (acc__likely(!cx->signal)) get_or_wait(cx, f, f->handle, q, acc_result_place(head));
}

/* It cannot run here: a frame for later. */
static __attribute__((noinline)) void get_later(acc_ctx *cx, void *handle) {
    queue *q = find(acc__of(cx), handle);
    /* A coroutine's result has the size of the queue's items: its acc_fn lies at the frame's end, where the result does not reach. */
    uint32_t size = q ? q->size : 0, end = align_up(acc__max(sizeof(frame), size));
    acc_fn fn = get_fn;
    fn.frame_size = end + (uint32_t)sizeof fn;
    fn.result_size = size;
    fn.frame_align = q && q->align > 16 ? q->align : 16;
    frame *f = (frame *)acc_enter(cx, &fn);
    if (!f) return;
    acc_fn *own = (acc_fn *)((char *)f + end);
    *own = fn;
    f->waiting.head.fn = own;
    f->handle = handle;
    f->waiting.w.list = NULL;
    f->waiting.head.up.state = ACC_STATE_START;
}

void acc_abi_queue_get(acc_ctx *cx, void *handle, void *result) {
    if (acc_guarded(cx)) {
        get_later(cx, handle);
        return;
    }
    queue *q = find((acc__thread *)cx, handle);
    if (q) remember((acc__thread *)cx, q);
    get_or_wait(cx, NULL, handle, q, result);
}

static void put_step(acc_ctx *cx, acc_frame *f);
static const acc_fn put_fn = {put_step, "acc_queue_put", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

static __attribute__((noinline)) void put_waits(acc_ctx *cx, void *handle, queue *q, const void *value) {
    acc_fn fn = put_fn;
    fn.frame_size += q->size;
    frame *f = (frame *)acc__wait_begin(cx, NULL, &fn, &q->front.putters, &q->loop);
    if (!f) return;
    f->waiting.head.fn = &put_fn;
    waits(f, handle, q);
    copy(f->value, value, q->size);
}

static inline void put_or_wait(acc_ctx *cx, frame *f, void *handle, queue *q, const void *value) {
    if (acc__unlikely(!q)) throw_stale(cx, handle);
    else if (acc__unlikely(q->shut)) acc__throw(cx, &acc_error_type_QueueShutDown, 0, NULL);
    else if (!full(q)) put(cx, q, value);
    else if (!f) put_waits(cx, handle, q, value);
    else if (acc__wait_begin(cx, (acc__waiting *)f, &put_fn, &q->front.putters, &q->loop)) f->slot = (acc__slot *)q - 1;
}

static void put_step(acc_ctx *cx, acc_frame *head) {
    frame *f = (frame *)head;
    queue *q = head->up.state == ACC_STATE_START ? find((acc__thread *)cx, f->handle) : resumed(cx, f, false);
    if (acc__likely(!cx->signal)) put_or_wait(cx, f, f->handle, q, f->value);
}

static __attribute__((noinline)) void put_later(acc_ctx *cx, void *handle, const void *value) {
    queue *q = find(acc__of(cx), handle);
    acc_fn fn = put_fn;
    if (q) fn.frame_size += q->size;
    frame *f = (frame *)acc_enter(cx, &fn);
    if (!f) return;
    f->waiting.head.fn = &put_fn;
    f->handle = handle;
    if (q) copy(f->value, value, q->size);
    f->waiting.w.list = NULL;
    f->waiting.head.up.state = ACC_STATE_START;
}

void acc_abi_queue_put(acc_ctx *cx, void *handle, const void *value) {
    if (acc_guarded(cx)) {
        put_later(cx, handle, value);
        return;
    }
    queue *q = find((acc__thread *)cx, handle);
    if (q) remember((acc__thread *)cx, q);
    put_or_wait(cx, NULL, handle, q, value);
}

static void join_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_queue_join(cx, NULL);
}
static const acc_fn join_fn = {join_step, "acc_queue_join", &acc__waits, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_queue_join(acc_ctx *cx, acc__any_queue h) {
    frame *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (frame *)acc_enter(cx, &join_fn))) return;
        switch (f->waiting.head.up.state) {
            case 0:
                f->handle = (void *)h;
                f->waiting.w.list = NULL;
                f->waiting.head.up.state = ACC_STATE_START;
                return;
            case ACC_STATE_START: h = (acc__any_queue)f->handle; break;
            default:
                acc__waiter_remove(&f->waiting.w);
                if (!cx->signal && f->waiting.w.woken == ACC__FREED)
                    acc__throw(cx, &acc_error_type_QueueShutDown, 0, "the queue was freed");
                return;
        }
    }
    queue *q = find(acc__of(cx), (void *)h);
    if (!q) throw_stale(cx, (void *)h);
    else if (q->front.unfinished) acc__wait_begin(cx, (acc__waiting *)f, &join_fn, &q->joiners, &q->loop);
}
