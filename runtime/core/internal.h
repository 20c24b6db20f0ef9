/* internal.h: what the runtime's files share. Prefix acc__; users see acc.h and acc/abi.h only.
 *
 * The picture. A thread has one acc__thread: its context (first, so that an acc_ctx * is an acc__thread *), its pools and,
 * while acc_run runs, its loop. Everything that a handle can name is a *slot*: a header of 64 bytes and a payload, in
 * type-stable slabs (slot.c). A task's slot holds its first frame and, once that is done, its result in the same place.
 *
 *     slot    [ acc__slot 64 B | root frame, later the result ]     task and coroutine
 *             [ acc__slot 64 B | value ]                            future
 *             [ acc__slot 64 B ]                                    gather, callback
 *
 * Something that waits for a slot is an acc__node in the slot's list of waiters; when the slot is done, the list moves to
 * the end of the ready queue as it is, so that everything wakes one turn later, in order of registration: asyncio's
 * call_soon hop. A task waits for one thing at a time and is in one list at a time, so its slot is its node. */
#ifndef ACC_CORE_INTERNAL_H
#define ACC_CORE_INTERNAL_H

#include <acc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC visibility push(hidden)

#if defined __SANITIZE_ADDRESS__
#define ACC__ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define ACC__ASAN 1
#endif
#endif
#ifdef ACC__ASAN
#pragma GCC visibility push(default)
#include <sanitizer/asan_interface.h>
#pragma GCC visibility pop
#define acc__poison(p, n) __asan_poison_memory_region(p, n)
#define acc__unpoison(p, n) __asan_unpoison_memory_region(p, n)
#else
#define acc__poison(p, n) ((void)(p))
#define acc__unpoison(p, n) ((void)(p))
#endif

#define acc__likely(x) __builtin_expect(!!(x), 1)
#define acc__unlikely(x) __builtin_expect(!!(x), 0)
#define acc__max(a, b) ((a) > (b) ? (a) : (b))
#define acc__min(a, b) ((a) < (b) ? (a) : (b))

typedef struct acc__thread acc__thread;
typedef struct acc__slot acc__slot;
typedef struct acc__node acc__node;
typedef struct acc__hook acc__hook;
typedef struct acc__block acc__block;
typedef struct acc__chunk acc__chunk;
typedef struct acc__region acc__region;
typedef struct acc__gather acc__gather;

/* ---- nodes and slots (slot.c) ------------------------------------------------------------------------------------------ */

enum acc__kind {
    ACC__TASK, /* 0: a loop's step asks in one comparison for a task and nothing urgent */
    ACC__FUTURE,
    ACC__GATHER,
    ACC__FREE,
    ACC__CORO,      /* cold: leaf is its first frame */
    ACC__INLINE,    /* a coroutine that runs inline under an await; freed with its frame */
    ACC__CALL,      /* call_soon, call_later, call_at */
    ACC__CALLBACK,  /* a done callback */
    ACC__IO,        /* a reader or a writer: stays until it is removed */
    ACC__GENERATOR, /* leaf is its frame */
    ACC__CROSSING,  /* acc_thread_future, a slot of acc__shared */
    ACC__QUEUE,     /* an acc_queue: lives until it is freed, or its thread ends */
    ACC__OBJECT,    /* what users hold as a pointer that is none: a stream, a server, ... See object.c */
    ACC__HOOK,      /* not a slot: an acc__hook, embedded in something else */
};

enum acc__state { ACC__PENDING, ACC__DONE, ACC__FAILED, ACC__CANCELLED };

enum acc__urgent {                       /* what a task's next step has to see to first */
                   ACC__MUST_CANCEL = 1, /* CancelledError is thrown (asyncio: _must_cancel) */
                   ACC__THROW =
                       2, /* the same, decided: uncancel does not take it back (asyncio: the awaited future is cancelled) */
                   ACC__ANSWERED = 4, /* what it waited for is done, and its outcome not yet taken: `on` */
};

enum acc__flag {
    ACC__NAMED = 1,        /* task: it was given a name, and serial is a place in thread->names */
    ACC__ASKS = 2,         /* task: what waits asks for the outcome itself when it is resumed (acc__await) */
    ACC__PARKED = 4,       /* suspended until acc__unpark or its timer */
    ACC__DETACHED = 8,     /* goes when it is done */
    ACC__RETRIEVED = 16,   /* somebody saw the error: no report */
    ACC__TAKEN = 32,       /* the outcome is taken: stale for everyone who was not waiting then */
    ACC__SEPARATE = 64,    /* frame and result do not lie in the slot: the payload is a pointer to them */
    ACC__QUEUED = 128,     /* a reader or writer that stands in the ready queue */
    ACC__SEEN = 128,       /* task: among those that a loop over handles has met; taken back when the loop is over */
    ACC__DEAD = 256,       /* a callback that was cancelled while it stood in the ready queue */
    ACC__OUTSIDE = 512,    /* a coroutine made while no loop ran: no loop's end closes it */
    ACC__DROP = 1024,      /* task: lets go of what it waits for, if that wait fails. The handle was never the user's */
    ACC__VISITED = 4096,   /* task: on the way of a cancellation that is being passed on */
    ACC__PASSED_ON = 8192, /* task: a cancellation of it went on to what it waits for */
    ACC__TAKES = 2048,     /* hook: its owner takes the outcome */
    ACC__NAMELESS = 16384, /* no user has the handle: the wait for it lets it go, if it fails */
    ACC__WRAPS = 32768,    /* coroutine: its frame owns another awaitable (acc__wrapped) */
};

struct acc__node {   /* 16 bytes */
    acc__node *next; /* in the ready queue, a list of waiters (circular) or a free list */
    union {
        struct {
            union {
                struct {
                    uint8_t kind;
                    uint8_t urgent;
                };
                uint16_t head; /* both: 0 is a task that has only to go on */
            };
            uint8_t state;
            uint8_t size_class;
            uint16_t flags;
            uint16_t cancelling; /* requests not taken back; sticks at its maximum */
        };
        uint64_t word; /* all of them, to compare several at once */
    };
};

struct acc__slot { /* 64 bytes, then the payload */
    acc__node n;
    union {
        struct {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
            uint32_t generation, index;
#else
            uint32_t index, generation;
#endif
        };
        uint64_t
            id; /* both, the handle's bits: loaded and stored as one where that is hot, since a load must not wait for two stores */
    };
    union {
        acc_frame *leaf;                     /* coroutine, pending task: the frame to step */
        size_t size;                         /* future, done task: the result's bytes */
        acc__gather *gather;                 /* gather */
        const struct acc__object_type *type; /* object */
        void (*fn)(void *);                  /* callbacks; a done callback has another type */
        void (*done_fn)(acc__any_task, void *);
    };
    union {
        acc__node *waiters; /* pending: the last of a circular list */
        struct {            /* done: how many nodes have not yet let go of it, how many of them take the outcome */
            uint32_t refs, takers;
        };
        acc__slot *target; /* done callback: of whom */
    };
    union {
        acc__slot *on;  /* task, not parked: what it waits for, or has just been woken by */
        uint32_t park;  /* task, parked: its timer's number, 0: none */
        uint64_t order; /* done: when, for the order of completion */
        void *arg;      /* callbacks */
    };
    const acc_error *error; /* done: the error. Pending: the CancelledError to throw, if it has a message */
    uint32_t serial;        /* task: order of creation, N of Task-N; of a NAMED one acc__serial tells it */
    union {
        uint32_t place; /* task that waits for something: where leaf wants the value, bytes from there; 0: nowhere */
        uint32_t timer; /* callback: its timer's number, 0: none */
    };
};
_Static_assert(offsetof(acc__node, next) == 0, "the ready queue's end is its last node");
_Static_assert(sizeof(acc__node) == 16 && sizeof(acc__slot) == 64, "sizes are part of the design");

struct acc__hook { /* waits for a slot on behalf of something else: a gather, a wait, the loop's end */
    acc__node n;
    void (*run)(acc__thread *th, acc__hook *h);
    acc__slot *target;
};

/* A slab. Its number is for ever, its memory comes and goes with threads and loops; generations go on. */
#define ACC__CHUNK_BITS 12
#define ACC__CHUNK_SLOTS (1u << ACC__CHUNK_BITS)
struct acc__chunk {
    char *base;
    acc__thread *owner; /* atomic: other threads may compare */
    acc__chunk *next;   /* of the same thread; or free */
    uint32_t stride;
    uint32_t fresh; /* slots from here on have never been used */
    uint32_t number;
    uint32_t generation; /* where new slots begin */
    uint8_t size_class;
    acc__region *region;         /* its memory is a part of that; NULL: it is its own */
    struct acc__origin *origins; /* debug mode: of each slot. NULL: there was none when it was made */
};
extern acc__slot acc__nobody; /* no handle names it */
extern acc__chunk *acc__chunks[1u << (32 - ACC__CHUNK_BITS)];

#define ACC__SLOT_MAX 512 /* payload bytes; what is larger lies apart */
#define ACC__SLOT_CLASSES 21
#define ACC__POISONED ((void *)(uintptr_t)0xffffffffu)

/* Gives back the memory that no slot uses any more (all: whatever the slots say, at a thread's end). */
void acc__slots_trim(acc__thread *th, bool all);
/* Calls fn for each slot that is not free. fn may free it. */
void acc__slots_each(acc__thread *th, void (*fn)(acc__thread *th, acc__slot *s, void *arg), void *arg);

#define ACC__ONE_GENERATION ((uint64_t)1 << 32)
static inline void *acc__handle(const acc__slot *s) { return (void *)(uintptr_t)s->id; }
static inline acc__slot *acc__slot_at(uint32_t index) {
    acc__chunk *c = acc__chunks[index >> ACC__CHUNK_BITS];
    return (acc__slot *)(c->base + (size_t)(index & (ACC__CHUNK_SLOTS - 1)) * c->stride);
}
static inline acc__slot *acc__slot_with(acc__node *n) { return (acc__slot *)((char *)n - offsetof(acc__slot, n)); }
static inline void *acc__payload(acc__slot *s) { return s + 1; }
static inline void *acc__data(acc__slot *s) {
    return s->n.flags & ACC__SEPARATE ? *(void **)acc__payload(s) : acc__payload(s);
}

/* ---- a thread (thread.c) ----------------------------------------------------------------------------------------------- */

typedef struct acc__queue {
    acc__node *head, *last;
} acc__queue;
typedef struct acc__line { /* the same; the end is where the next node is to be written. The last one's next is anything */
    acc__node *head, **end;
} acc__line;

static inline void acc__push(acc__queue *q, acc__node *n) {
    n->next = NULL;
    if (q->head) q->last->next = n;
    else q->head = n;
    q->last = n;
}

enum acc__intent {               /* cx.intent: what a leaf that suspends wants the trampoline to do. 0 while a step runs */
                   ACC__YIELD,   /* step its task on the next turn */
                   ACC__AT_ONCE, /* step the leaf again as soon as the stack has unwound */
                   ACC__STARVED, /* the same, with a MemoryError: a frame of its callers came from the reserve */
                   ACC__TAKE,    /* the same, with the outcome of `target`, which is done. Hostile mode's */
                   ACC__PARK,    /* at `deadline` or on acc__unpark */
                   ACC__WAIT,    /* when `target` is done, which gives its value then */
                   ACC__WAIT_AS, /* the same, with flags meanwhile: `how` */
};
/* A step begins, or goes on: nothing is said yet. */
static inline void acc__quiet(acc_ctx *cx) { memset(cx, 0, offsetof(acc_ctx, limit)); /* signal and intent in one store */ }
_Static_assert(offsetof(acc_ctx, limit) == offsetof(acc_ctx, intent) + sizeof(uintptr_t) && ACC__YIELD == 0, "acc__quiet");

typedef struct acc__timer { /* an entry is dead where its slot does not have its number any more */
    int64_t deadline;       /* nanoseconds */
    uint32_t number, index;
} acc__timer;

typedef struct acc__name { /* of a task that was given one; NULL: the place is free, */
    char *text;
    uint32_t serial; /* the task's; the next free place */
} acc__name;

typedef struct acc__heap {
    acc__timer *at;
    size_t count, room;
} acc__heap;
typedef struct acc__wheel acc__wheel;

#define ACC__FRAME_CLASSES 32   /* multiples of 16 bytes */
#define ACC__FRAME_BIG 255      /* size class of a frame from malloc */
#define ACC__FRAME_SPARE 254    /* of one from the reserve */
#define ACC__FRAME_GENERATOR 16 /* flag: a generator's: it lasts from yield to yield */
#define ACC__FRAME_STOP 8       /* flag: the trampoline stops when this frame is done */
#define ACC__NEVER INT64_MAX

struct acc__thread {
    acc_ctx cx; /* first */
    acc_ctx cold, starts;
    uintptr_t stack_floor; /* what cx.room is, but in hostile mode the true one */
    acc__slot *current;    /* the task that runs */
    acc__slot *latest;     /* the slot made or found last, free or not; acc__nobody: none */
    acc__line ready;

    int64_t deadline; /* with cx.intent */
    acc__slot *target;
    bool hostile;
    bool retried; /* hostile: this await has been suspended once */
    uint16_t how; /* with ACC__WAIT_AS */
    bool stopping;
    bool began; /* this structure is initialised */
    bool quick; /* a loop runs, and not in debug mode */

    acc__slot *made; /* by a cold context, for acc_take; NULL: there was no memory, or no loop */
    acc_loop *loop;  /* while it runs */
    uint32_t serial; /* of tasks */
    uint64_t order;  /* of completions */

    acc__heap near, far; /* timers: see timer.c */
    acc__heap due;       /* those that are looked through now */
    acc__wheel *wheel;
    size_t timer_count, timers_dead; /* dead: an upper bound */
    uint32_t timer_number;

    uint64_t ticks; /* when the clock was read last and descriptors polled */

    acc_frame *frames[ACC__FRAME_CLASSES]; /* free ones */
    void *arenas;
    char *bump, *bump_end;
    size_t frames_live; /* of the pool */
    char *reserve;      /* frames for when memory is short: see frame.c */
    size_t reserve_used, reserve_live;

    acc__node *slots[2 * ACC__SLOT_CLASSES]; /* free ones; and hostile mode's, where the fast path does not look */
    size_t keeps;                            /* where those lie that are freed: 0, or hostile ACC__SLOT_CLASSES */
    acc__chunk *filling[ACC__SLOT_CLASSES];
    acc__chunk *chunks;

    acc__block *blocks;
    acc__name *names;
    uint32_t name_count, name_room, name_free;

    struct acc__io *io; /* epoll.c */
    int io_room, io_count, epoll;
    unsigned io_calls;  /* acc__io_spent: of this step, */
    acc__slot *io_task; /* of this task; NULL: it has waited since */
    void *io_spare;     /* a buffer of ACC__IO_BUFFER bytes that no stream needs now */
    acc_loop *home;     /* the loop object, kept from run to run */
    void (*on_error)(const acc_error *, void *);
    void *on_error_arg;
};

static inline void acc__ready_clear(acc__thread *th) { th->ready.end = &th->ready.head; }
static inline bool acc__ready_empty(const acc__thread *th) { return th->ready.end == &th->ready.head; }
/* The last node of the ready queue, if it is not empty. */
static inline acc__node *acc__ready_last(acc__thread *th) {
    return (acc__node *)(void *)th->ready.end; /* next comes first in it */
}
/* To the end of the ready queue: first to last, a list. */
static inline void acc__ready_list(acc__thread *th, acc__node *first, acc__node *last) {
    *th->ready.end = first;
    th->ready.end = &last->next;
}
static inline void acc__ready(acc__thread *th, acc__node *n) { acc__ready_list(th, n, n); }

/* The calling thread's. Initialised at the first call, never fails. */
acc__thread *acc__self(void);
static inline acc__thread *acc__of(acc_ctx *cx) {
    if (acc__unlikely(!cx->cold)) return (acc__thread *)((char *)cx - offsetof(acc__thread, starts));
    return cx->cold == cx ? (acc__thread *)((char *)cx - offsetof(acc__thread, cold)) : (acc__thread *)cx;
}
/* What was thrown, as the value of a function for plain C files; NULL: nothing. */
static inline const acc_error *acc__caught(acc_ctx *cx) { return cx->signal ? acc_abi_catch(cx) : NULL; }
extern acc__thread acc__shared; /* owner of the slots that several threads use; under acc__shared_lock */
extern pthread_mutex_t acc__shared_lock;

/* ---- making and freeing slots --------------------------------------------------------------------------------------------- */

/* Payload classes: 0, 16, ... 256, then 320, 384, 448, 512. */
static inline unsigned acc__class_of(size_t payload) {
    return payload <= 256 ? (unsigned)((payload + 15) / 16) : (unsigned)((payload - 256 + 63) / 64 + 16);
}
static inline size_t acc__payload_of(unsigned size_class) {
    return size_class <= 16 ? size_class * 16 : (size_class - 16) * 64 + 256;
}
#define ACC__LAST_GENERATION (UINT32_MAX / 2 + 1) /* by the sign; a slot's life makes up to two handles */

/* The slot that a handle names; NULL where it is stale, null, poisoned or another thread's. The one made or found
 * last is found without a look into the tables, where each load waits for the one before. */
static inline acc__slot *acc__find(acc__thread *th, const void *handle) {
    uint64_t v = (uintptr_t)handle;
    acc__slot *latest = th->latest;
    if (latest->id == v) return latest;
    uint32_t index = (uint32_t)v, generation = (uint32_t)(v >> 32), i = index & (ACC__CHUNK_SLOTS - 1);
    acc__chunk *c = __atomic_load_n(&acc__chunks[index >> ACC__CHUNK_BITS], __ATOMIC_ACQUIRE);
    if (!c || __atomic_load_n(&c->owner, __ATOMIC_RELAXED) != th || i >= c->fresh) return NULL;
    acc__slot *s = (acc__slot *)(c->base + (size_t)i * c->stride);
    if (s->generation != generation) return NULL;
    th->latest = s;
    return s;
}
/* The free list is empty: a slot that has never been used. */
acc__slot *acc__slot_fresh(acc__thread *th, unsigned size_class);
/* It begins: all zero but generation and index, and the class. */
static inline acc__slot *acc__slot_begin(acc__thread *th, acc__slot *s, unsigned size_class, unsigned kind) {
    acc__unpoison(s + 1, acc__payload_of(size_class));
    acc__node n = {.kind = (uint8_t)kind, .size_class = (uint8_t)size_class};
    s->n.word = n.word; /* in one store */
    memset(&s->leaf, 0, sizeof *s - offsetof(acc__slot, leaf));
    th->latest = s;
    return s;
}
/* One from the free list of a class, the list not being empty. */
static inline acc__slot *acc__slot_pooled(acc__thread *th, unsigned size_class, unsigned kind) {
    acc__node *n = th->slots[size_class];
    th->slots[size_class] = n->next;
    return acc__slot_begin(th, acc__slot_with(n), size_class, kind);
}
/* A slot with a payload of that class. NULL: out of memory. */
static inline acc__slot *acc__slot_of(acc__thread *th, unsigned size_class, unsigned kind) {
    if (acc__likely(th->slots[size_class])) return acc__slot_pooled(th, size_class, kind);
    acc__slot *s = acc__slot_fresh(th, size_class);
    return s ? acc__slot_begin(th, s, size_class, kind) : NULL;
}
/* One with so many bytes, at most ACC__SLOT_MAX. */
static inline acc__slot *acc__slot_new(acc__thread *th, size_t payload, unsigned kind) {
    return acc__slot_of(th, acc__class_of(payload), kind);
}
static inline void acc__slot_free(acc__thread *th, acc__slot *s) {
    s->n.kind = ACC__FREE; /* the class is as it was */
    uint64_t id = s->id += ACC__ONE_GENERATION;
    acc__poison(s + 1, acc__payload_of(s->n.size_class));
    if (acc__unlikely((int64_t)id < 0)) return; /* retired */
    acc__node **list = th->slots + th->keeps;
    s->n.next = list[s->n.size_class];
    list[s->n.size_class] = &s->n;
}

/* ---- memory (memory.c) --------------------------------------------------------------------------------------------------- */

/* As malloc and so on; in hostile mode the n-th fails (ACC_FAIL_ALLOC). */
void *acc__malloc(size_t n);
void *acc__realloc(void *p, size_t n);
void *acc__aligned(size_t align, size_t n);
bool acc__fail_alloc(void);
void acc__fail_plan(long n);
bool acc__fail_planned(void);
void acc__hostile_init(acc__thread *th);

/* Pieces of multiples of 16 bytes, for frames and what is as short-lived: from free lists by size class, which arenas fill. What is
 * larger, and all in hostile mode, is malloc's (size class ACC__FRAME_BIG). NULL: out of memory. */
void *acc__pool_fresh(acc__thread *th, size_t size, unsigned *size_class);
/* One from the free list of its class. NULL: there is none, or it is too large. */
static inline void *acc__pool_take(acc__thread *th, size_t size, unsigned *size_class) {
    unsigned c = *size_class = (unsigned)((size - 1) / 16);
    void *p;
    if (acc__unlikely(c >= ACC__FRAME_CLASSES || !(p = th->frames[c]))) return NULL;
    acc__unpoison(p, (c + 1) * 16);
    th->frames[c] = *(acc_frame **)p;
    th->frames_live++;
    return p;
}
static inline void acc__pool_free(acc__thread *th, void *p, unsigned size_class) {
    if (acc__unlikely(size_class >= ACC__FRAME_CLASSES)) {
        free(p);
        return;
    }
    *(acc_frame **)p = th->frames[size_class];
    th->frames[size_class] = p;
    th->frames_live--;
    acc__poison(p, (size_class + 1) * 16);
}

/* Memory that a suspended operation owns, freed at the loop's end if nobody did before. */
struct acc__block {
    acc__block *prev, *next;
    unsigned size_class;
};
static inline void *acc__block_new(acc__thread *th, size_t n) {
    unsigned size_class;
    acc__block *b = acc__pool_take(th, n, &size_class);
    if (acc__unlikely(!b) && !(b = acc__pool_fresh(th, n, &size_class))) return NULL;
    *b = (acc__block){.next = th->blocks, .size_class = size_class};
    if (b->next) b->next->prev = b;
    th->blocks = b;
    return b;
}
static inline void acc__block_free(acc__thread *th, void *block) {
    acc__block *b = block;
    if (b->next) b->next->prev = b->prev;
    if (b->prev) b->prev->next = b->next;
    else th->blocks = b->next;
    acc__pool_free(th, b, b->size_class);
}

/* ---- frames (frame.c) -------------------------------------------------------------------------------------------------- */

static inline acc_frame *acc__frame_init(acc_frame *f, const acc_fn *fn, unsigned size_class) {
    f->fn = fn;
    f->up = (acc_link){.size_class = (uint8_t)size_class};
    return f;
}
/* A frame from the free lists. NULL: there is none. */
static inline acc_frame *acc__frame_pooled(acc__thread *th, const acc_fn *fn) {
    unsigned size_class;
    acc_frame *f = acc__likely(fn->frame_align <= 16) ? acc__pool_take(th, fn->frame_size, &size_class) : NULL;
    return acc__likely(f) ? acc__frame_init(f, fn, size_class) : NULL;
}
/* One from the reserve where memory is short. NULL: even that is used up. */
acc_frame *acc__frame_certain(acc__thread *th, const acc_fn *fn);
void acc__frame_spare_free(acc__thread *th);
static inline void acc__frame_free(acc__thread *th, acc_frame *f) {
    if (acc__unlikely(f->up.size_class == ACC__FRAME_SPARE)) acc__frame_spare_free(th);
    else acc__pool_free(th, f, f->up.size_class);
}
void acc__frames_trim(acc__thread *th);
bool acc__reserve_open(acc__thread *th);
extern const acc_site acc__certain; /* the sites of a function that runs even where memory is short: cleanup */
/* A generator's step is over that was suspended: gives its caller what came of it, ends the generator if it is at its end. */
void acc__generator_stepped(acc__thread *th, acc_frame *f);
void acc__generator_free(acc__thread *th, acc__slot *s);
extern acc_generation acc__no_generator;
/* Runs the cleanup of those that are still open. */
void acc__generators_close(acc__thread *th);
/* Frees a frame, be it of the pool or a slot's. */
static inline void acc__frame_end(acc__thread *th, acc_frame *f, unsigned flags) {
    if (flags & ACC_FRAME_SLOT) acc__slot_free(th, (acc__slot *)f - 1);
    else if (acc__unlikely(flags & ACC__FRAME_GENERATOR)) acc__generator_stepped(th, f);
    else acc__frame_free(th, f);
}
extern const acc_site acc__waits;       /* the sites of a function whose frame holds a waiter (sync/sync.h), */
void acc__waiter_dropped(acc_frame *f); /* which is taken out of its list where the frame is dropped */
/* Frees a suspended chain of frames without running it. */
void acc__frames_drop(acc__thread *th, acc_frame *leaf);

/* A leaf suspends: the caller returns right after. */
static inline void acc__suspend(acc_ctx *cx, enum acc__intent intent) {
    acc__thread *th = (acc__thread *)cx;
    th->cx.intent = intent;
    cx->signal = &cx->leaf;
}
static inline void acc__park(acc_ctx *cx, int64_t deadline) {
    ((acc__thread *)cx)->deadline = deadline;
    acc__suspend(cx, ACC__PARK);
}

/* ---- tasks (task.c, cancel.c, coro.c) ----------------------------------------------------------------------------------- */

void acc__task_step(acc__thread *th, acc__slot *t);
/* The rest of a step: what acc__drive or acc__driven gave. */
void acc__task_stepped(acc__thread *th, acc__slot *t, bool done, uint32_t size);
/* The coroutine is a task from now on; queue: its first step comes on a later turn. */
static inline acc__slot *acc__task_start(acc__thread *th, acc__slot *coro, bool queue) {
    coro->id += ACC__ONE_GENERATION;
    coro->n.kind = ACC__TASK;
    coro->serial = ++th->serial;
    if (queue) acc__ready(th, &coro->n);
    return coro;
}
void acc__timer_dead(acc__thread *th); /* a timer's entry is dead now: its slot's number was cleared */
static inline void acc__unpark(acc__thread *th, acc__slot *t) {
    if (!(t->n.flags & ACC__PARKED)) return;
    t->n.flags &= (uint16_t)~ACC__PARKED;
    if (t->park) acc__timer_dead(th);
    t->order = 0;
    acc__ready(th, &t->n);
}
bool acc__cancel(acc__thread *th, acc__slot *t, const char *message);
/* n waits for s, which is pending. */
static inline void acc__wait_add(acc__slot *s, acc__node *n) {
    acc__node *last = s->waiters;
    if (last) {
        n->next = last->next;
        last->next = n;
    } else {
        n->next = n;
    }
    s->waiters = n;
}
/* s is done now: what waited for it, which is nobody's any more. The first part of acc__complete. */
static inline acc__node *acc__done(acc__thread *th, acc__slot *s, unsigned state) {
    acc__node *last = s->waiters;
    s->n.state = (uint8_t)state;
    s->order = ++th->order;
    s->refs = s->takers = 0;
    return last;
}
void acc__wait_remove(acc__slot *s, acc__node *n);
/* s is done: wakes who waits. It may be gone afterwards. */
void acc__complete(acc__thread *th, acc__slot *s, unsigned state);
/* Is the outcome somebody's already? */
static inline bool acc__spoken_for(const acc__slot *s) { return s->n.flags & ACC__TAKEN || s->takers; }
/* One node less holds s, which is done. takes: it was one that takes. */
void acc__release(acc__thread *th, acc__slot *s, bool takes);
/* Ends s, which is done and not referred to any more. */
void acc__let_go(acc__thread *th, acc__slot *s);
/* A task or future that is done, without an error or anything of its own: where nobody looks at it any more, its slot is all there is. */
static inline bool acc__plain(const acc__slot *s) {
    return s->n.kind <= ACC__FUTURE && !(s->n.flags & (ACC__SEPARATE | ACC__NAMED)) && !s->error;
}
/* The same, and done with a value. */
static inline bool acc__has_plain_value(const acc__slot *s) {
    const acc__node asked = {.kind = (uint8_t)~ACC__FUTURE, .state = UINT8_MAX, .flags = ACC__SEPARATE | ACC__NAMED},
                    answer = {.state = ACC__DONE};
    return (s->n.word & asked.word) == answer.word && !s->error;
}
/* A task or future that is pending, and known to users. */
static inline bool acc__is_plain_pending(const acc__slot *s) {
    const acc__node asked = {.kind = (uint8_t)~ACC__FUTURE, .state = UINT8_MAX, .flags = ACC__NAMELESS};
    return !(s->n.word & asked.word);
}
/* N of Task-N. */
static inline uint32_t acc__serial(const acc__thread *th, const acc__slot *t) {
    return t->n.flags & ACC__NAMED ? th->names[t->serial].serial : t->serial;
}
/* What it was called; NULL: nothing. */
static inline const char *acc__called(const acc__thread *th, const acc__slot *t) {
    return t->n.flags & ACC__NAMED ? th->names[t->serial].text : NULL;
}
/* Takes the outcome of s, which is done: copies the value, or throws. */
void acc__take(acc_ctx *cx, acc__slot *s, void *result, const acc_dest *dests);
void acc__coro_free(acc__thread *th, acc__slot *s);
static inline bool acc__is_task(const acc__slot *s) { return s->n.kind <= ACC__GATHER; }
/* The slot of a task, future or gather; NULL where the handle is stale. */
static inline acc__slot *acc__find_task(acc__thread *th, const void *handle) {
    acc__slot *s = acc__find(th, handle);
    return s && acc__is_task(s) ? s : NULL;
}
acc__slot *acc__find_coro(acc_ctx *cx, void *coro);
void acc__throw_stale(acc_ctx *cx, const void *handle);
/* Waits for a task, future or gather and takes its outcome. It is called again by who is resumed. drops: see ACC__DROP; looks: a
 * value is left for another to take. */
/* The outcome of thread->target, which is done and nobody's. */
void acc__take_now(acc_ctx *cx, void *result);
void acc__await(acc_ctx *cx, void *handle, void *result, const acc_dest *dests, bool drops, bool looks);
/* So many bytes of a value. */
static inline void acc__copy_value(void *to, const void *from, size_t size) {
    if (acc__likely(size == 8)) memcpy(to, from, 8); /* a load and a store */
    else if (size == 4) memcpy(to, from, 4);
    else memcpy(to, from, size);
}
/* The awaitable that a coroutine with WRAPS was given. */
void *acc__wrapped(acc__slot *coro);
void acc__wrap(acc__slot *coro, void *inner);
uint32_t acc__result_size(acc__slot *s);
bool acc__need_loop(acc_ctx *cx);

/* ---- gather (gather.c) --------------------------------------------------------------------------------------------------- */

bool acc__gather_cancel(acc__thread *th, acc__slot *s, const char *message);
void acc__gather_take(acc_ctx *cx, acc__slot *s, const acc_dest *dests);
/* The same, and the gather goes with its children, where nobody else looks at them. False: nothing has been done. */
bool acc__gather_take_plain(acc__thread *th, acc__slot *s, const acc_dest *dests);
/* Writes the values where the gather was told to; takes nothing. */
void acc__gather_copy(acc__slot *s, const acc_dest *dests);
void acc__gather_end(acc__thread *th, acc__slot *s);

/* ---- timers (timer.c) ------------------------------------------------------------------------------------------------------ */

int64_t acc__now(void);
int64_t acc__deadline(double seconds);
int64_t acc__time_at(double when); /* a time of acc_time */
/* A new timer of the slot: its number; 0: out of memory. */
uint32_t acc__timer_add(acc__thread *th, uint32_t index, int64_t deadline);
/* The next turn looks at the clock, however little time has passed: a timer is being made that is due already. */
static inline void acc__look(acc__thread *th) { th->ticks = 0; }
void acc__timers_end(acc__thread *th);
/* Moves what is due at `now` to th->due, in order. */
void acc__timers_due(acc__thread *th, int64_t now);
bool acc__timer_next(acc__thread *th, int64_t *deadline);
/* The number that keeps the slot's timer alive. */
static inline uint32_t acc__timer_of(const acc__slot *s) {
    if (s->n.kind == ACC__TASK) return s->n.flags & ACC__PARKED ? s->park : 0;
    return s->n.kind == ACC__CALL ? s->timer : 0;
}

/* ---- queues (sync/queue.c) ------------------------------------------------------------------------------------------------ */

void acc__queue_end(acc__slot *s); /* frees the items */
extern acc_queue_front acc__no_queue;

/* ---- the loop (loop.c), epoll (epoll.c) -------------------------------------------------------------------------------------- */

enum acc__attention {
    ACC__LOOP_WOKEN = 1, /* by another thread or a signal */
    ACC__LOOP_DEBUG = 2, /* slow turns */
    ACC__LOOP_STOPS = 4, /* see whether it is `stopping` */
};
struct acc_loop { /* never freed, so that another thread's pointer to it is always good; used again by its thread */
    pthread_mutex_t lock;
    acc_loop *next;    /* unused ones */
    acc__queue remote; /* under lock: calls from other threads */
    bool open;         /* under lock */
    uint64_t serial;   /* of the process's loops; another one in each run */
    int wake_fd;       /* eventfd */
    int attention;     /* atomic: enum acc__attention; look at remote, signals and interrupts */
    int interrupts;    /* atomic: SIGINTs */
    uint64_t signals;  /* atomic: bit n - 1: signal n has come */
    struct acc__signals *table;
    acc__slot *main;
    acc_executor *executors, *fallback; /* those to be closed at the end; the default one among them, or NULL */
    struct acc__crossing *crossings;    /* tasks that other threads have asked for */
};

bool acc__loop_open(acc_ctx *cx);
void acc__loop_close(acc__thread *th);
/* One turn; may wait for something to do. */
void acc__turn(acc__thread *th, bool may_wait);
/* Turn after turn, until the thread is `stopping`. */
void acc__turns(acc__thread *th);
void acc__loop_wake(acc_loop *loop);
void acc__home_free(acc__thread *th);
/* acc_call_at, in nanoseconds. */
acc_handle acc__call_at(acc_ctx *cx, int64_t deadline, void (*fn)(void *), void *arg);
/* Runs nodes of the ready queue: hooks and callbacks. */
void acc__call_run(acc__thread *th, acc__slot *s);

/* signal.c. The loop's turn takes what has come; its end lets go of all. */
void acc__signals_came(acc__thread *th);
void acc__signals_end(acc_loop *l);
/* SIGINT cancels the main task of this loop; false: somebody else has it. */
bool acc__watch_interrupts(acc_loop *l);
void acc__unwatch_interrupts(void);

/* executor/: jobs in other threads and processes. */
extern const acc_site acc__jobs_wait; /* the sites of a function whose frame waits for a job, */
void acc__job_dropped(acc_frame *f);  /* which is let go of where the frame is dropped */
void acc__jobs_end(acc__thread *th);  /* empties the ready queue of a loop that ends */
/* Closes the loop's pools and waits for their jobs. */
void acc__executors_close(acc__thread *th);
/* Those who wait in other threads for the loop's tasks: they are cancelled. */
void acc__crossings_end(acc_loop *l);
/* Around a fork: what other threads may hold (true), and not any more (false). */
void acc__loops_lock(bool lock);
void acc__slots_lock(bool lock);
/* In a child: signals do what they did before acc was told of them. */
void acc__signals_forked(void);

bool acc__epoll_open(acc_ctx *cx, int wake_fd);
void acc__epoll_close(acc__thread *th);
/* Waits at most until `deadline` (0: not at all) and appends callbacks to the ready queue. */
void acc__epoll_poll(acc__thread *th, int64_t deadline);

/* A descriptor whose events go straight from the poll to a function of the runtime's, which wakes tasks and runs nothing of the
 * user's. It lies in what owns it, and must not be freed by `ready`. */
typedef struct acc__polled acc__polled;
struct acc__polled {
    void (*ready)(acc__thread *th, acc__polled *w, uint32_t events); /* EPOLLIN and so on */
    int fd;
    uint32_t events; /* what it is registered for, EPOLLET and so on; 0: it is not */
};
/* Registers it for other events. Gives 0 or an errno: EEXIST where somebody else watches the descriptor. */
int acc__polled_set(acc__thread *th, acc__polled *w, uint32_t events);
void acc__polled_end(acc__thread *th, acc__polled *w);
/* A step of a task may make so many calls that read or write; then others have their turn. */
bool acc__io_spent(acc__thread *th);
#define ACC__IO_BUFFER 4096

/* ---- objects (object.c) --------------------------------------------------------------------------------------------------------- */

typedef struct acc__object_type {
    const char *name;                           /* "the stream" */
    void (*end)(acc__thread *th, void *object); /* at the loop's end: gives back what it holds */
    bool (*open)(const void *object);           /* should it have been closed before? NULL: always */
} acc__object_type;
/* Its memory, all zero; at most ACC__SLOT_MAX bytes. NULL: out of memory. */
void *acc__object_new(acc__thread *th, const acc__object_type *type, size_t size);
void acc__object_free(acc__thread *th, void *object);
static inline void *acc__object_handle(void *object) { return acc__handle((acc__slot *)object - 1); }
/* NULL: the handle is stale. acc__object_get throws InvalidStateError then. */
static inline void *acc__object_find(acc__thread *th, const void *handle, const acc__object_type *type) {
    acc__slot *s = acc__find(th, handle);
    return acc__likely(s && s->n.kind == ACC__OBJECT && s->type == type) ? acc__payload(s) : NULL;
}
void *acc__object_get(acc_ctx *cx, const void *handle, const acc__object_type *type);
void acc__objects_end(acc__thread *th);

/* ---- debug mode (debug.c) -------------------------------------------------------------------------------------------------- */

extern int acc__debug; /* atomic; looked at where nobody minds. A loop whose `attention` it keeps up takes the slow turns */
void acc__debug_init(void);
/* A coroutine was made there (file NULL: nobody knows). */
void acc__debug_made(acc__slot *s, const char *file, unsigned line);
/* Runs a node of the ready queue, and says so where that takes long. */
void acc__debug_run(acc__thread *th, acc__node *n, void (*run)(acc__thread *, acc__node *));
/* asyncio's repr of a task or future. */
void acc__describe(acc__thread *th, acc__slot *s, char *text, size_t size);
/* A coroutine that nobody awaited goes; a task that is not done. */
void acc__debug_unawaited(acc__slot *coro);
void acc__destroyed(acc__thread *th, acc__slot *task);
/* The running task made an object; it was not closed before the loop's end. */
void acc__debug_object(acc__thread *th, acc__slot *object);
void acc__unclosed(acc__slot *object);
/* Is it the handle of something that belongs to another thread? Says so in debug mode where it cannot be thrown. */
bool acc__foreign(const void *handle);
bool acc__stray(const void *handle);
extern const char acc__other_loop[]; /* what asyncio says of that */

/* ---- errors (error.c) -------------------------------------------------------------------------------------------------------- */

/* A new error, owned by the caller. Where memory is short, a MemoryError that needs none. */
const acc_error *acc__error_new(const acc_error_type *type, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const acc_error *acc__error_newv(const acc_error_type *type, int code, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
const acc_error *acc__error_clone(const acc_error *e);
const acc_error *acc__cancelled_error(const char *message);
/* An ErrorGroup with room for that many members, which are to be put in by acc__error_member (it keeps them). Where memory is
 * short, a MemoryError, whose acc_error_count is 0. It takes no context: its members tell more. */
const acc_error *acc__error_group(const char *message, size_t count);
void acc__error_member(const acc_error *group, size_t i, const acc_error *e);
/* The deadline passed while e was on its way: a TimeoutError stands before the CancelledError in its contexts. */
void acc__error_timed_out(const acc_error *e);
/* Makes an error the context's: signal is ACC_FAILED. acc__throw_error consumes its reference. */
void acc__throw(acc_ctx *cx, const acc_error_type *type, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void acc__throw_error(acc_ctx *cx, const acc_error *e);
void acc__throw_memory(acc_ctx *cx);
void acc__error_site(const acc_error *e, const acc_site *site, const char *function);
/* Its traceback's lines, innermost first. */
uint32_t acc__error_line_count(const acc_error *e);
const acc_site *acc__error_line(const acc_error *e, uint32_t i, const char **function);
/* Reports an error that nobody retrieved. */
void acc__report(acc__thread *th, acc__slot *s);
/* Reports an error that nobody can catch; it stays the caller's. */
void acc__report_error(acc__thread *th, const char *what, const acc_error *e);

/* ---- functions of acc.h that throw, in ABI form ---------------------------------------------------------------------------------- */

#pragma GCC visibility push(default)
void acc_sleep(acc_ctx *cx, double seconds);
size_t acc_wait(acc_ctx *cx, void **tasks, size_t count, int until, double timeout);
void acc_add_done_callback(acc_ctx *cx, acc__any_task t, void (*fn)(acc__any_task t, void *arg), void *arg);
acc_handle acc_call_soon(acc_ctx *cx, void (*fn)(void *), void *arg);
acc_handle acc_call_later(acc_ctx *cx, double delay, void (*fn)(void *), void *arg);
acc_handle acc_call_at(acc_ctx *cx, double when, void (*fn)(void *), void *arg);
acc_handle acc_call_soon_threadsafe(acc_ctx *cx, acc_loop *loop, void (*fn)(void *), void *arg);
void acc_add_reader(acc_ctx *cx, int fd, void (*fn)(void *), void *arg);
void acc_add_writer(acc_ctx *cx, int fd, void (*fn)(void *), void *arg);
void acc_add_signal_handler(acc_ctx *cx, int signum, void (*fn)(void *), void *arg);
struct acc__watch *acc__signal_watch(acc_ctx *cx, int signum); /* for io/signal.ac */
acc_timeout_scope *acc_timeout(acc_ctx *cx, double seconds);
acc_timeout_scope *acc_timeout_at(acc_ctx *cx, double when);
void acc_reschedule(acc_ctx *cx, acc_timeout_scope *s, double when);
acc_timeout_scope *acc_timeout_scope_aenter(acc_ctx *cx, acc_timeout_scope *s);
bool acc_timeout_scope_aexit(acc_ctx *cx, acc_timeout_scope *s, const acc_error *error);
acc_task_group *acc_task_group_new(acc_ctx *cx);
acc_task_group *acc_task_group_aenter(acc_ctx *cx, acc_task_group *g);
bool acc_task_group_aexit(acc_ctx *cx, acc_task_group *g, const acc_error *error);
#pragma GCC visibility pop

#pragma GCC visibility pop
#endif
