/* slot.c: slabs of slots, and the handles that name them.
 *
 * A handle is index and generation. Indices are the process's: each chunk of 4096 slots has a number of its own and
 * belongs to one thread, so that a handle that strays into another thread is found out too. Memory is type-stable as long
 * as its chunk lives, and the chunk's record lives for ever: whatever a handle says, looking it up is safe.
 * Where a thread needs many chunks of a size, it asks for several at once, and the kernel for large pages, or for all pages of a chunk
 * before they are used: a page's first use costs as much as making twenty tasks does. Large pages are for the first only, since
 * the kernel has a few at hand, but makes more by moving what lies elsewhere.
 * A slot's generation goes up whenever its handle becomes stale. When it nears its end the slot is retired; when a chunk's
 * memory goes, the record remembers the highest generation, and new slots go on from there. */
#include "internal.h"
#include <sys/mman.h>

acc__chunk *acc__chunks[1u << (32 - ACC__CHUNK_BITS)];
acc__slot acc__nobody = {.n.kind = ACC__FREE, .id = UINT64_MAX};
acc__thread acc__shared = {.began = true, .latest = &acc__nobody};
pthread_mutex_t acc__shared_lock = PTHREAD_MUTEX_INITIALIZER;

static pthread_mutex_t chunk_lock = PTHREAD_MUTEX_INITIALIZER;
static acc__chunk *free_chunks;
static uint32_t chunk_count;

void acc__slots_lock(bool lock) {
    if (lock) {
        pthread_mutex_lock(&acc__shared_lock);
        pthread_mutex_lock(&chunk_lock);
    } else {
        pthread_mutex_unlock(&chunk_lock);
        pthread_mutex_unlock(&acc__shared_lock);
    }
}

/* A record: a used one, or a new one with a new number. */
static acc__chunk *chunk_record(void) {
    pthread_mutex_lock(&chunk_lock);
    acc__chunk *c = free_chunks;
    if (c) {
        free_chunks = c->next;
    } else if (chunk_count < sizeof acc__chunks / sizeof *acc__chunks && (c = acc__malloc(sizeof *c))) {
        *c = (acc__chunk){.number = chunk_count++, .generation = 1};
        __atomic_store_n(&acc__chunks[c->number], c, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&chunk_lock);
    return c;
}

static void chunk_unrecord(acc__chunk *c) {
    if (c->generation >= ACC__LAST_GENERATION) return; /* retired */
    pthread_mutex_lock(&chunk_lock);
    c->next = free_chunks;
    free_chunks = c;
    pthread_mutex_unlock(&chunk_lock);
}

/* Memory for several chunks. It goes with the last of them. */
struct acc__region {
    char *base;
    unsigned given, used; /* chunks that have got their part; of these, those that have it still */
    bool large;
};
enum { FEW_CHUNKS = 4, REGION_CHUNKS = 16, LARGE_PAGE = 2 << 20 };

/* The next part of the region that the class's last chunk came from, or of a new one. NULL: there are few chunks, or no memory. */
static char *region_part(acc__thread *th, acc__chunk *c, unsigned size_class, size_t size) {
    acc__region *r = th->filling[size_class] ? th->filling[size_class]->region : NULL;
    if (!r || r->given == REGION_CHUNKS) {
        unsigned n = 0;
        for (acc__chunk *x = th->chunks; x && n <= FEW_CHUNKS; x = x->next) n += x->size_class == size_class;
        if (n < FEW_CHUNKS || th->hostile || !(r = acc__malloc(sizeof *r))) return NULL;
        *r = (acc__region){.base = acc__aligned(LARGE_PAGE, REGION_CHUNKS * size), .large = n == FEW_CHUNKS};
        if (!r->base) {
            free(r);
            return NULL;
        }
        madvise(r->base, REGION_CHUNKS * size, r->large ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    }
    char *part = r->base + r->given++ * size;
#ifdef MADV_POPULATE_WRITE
    if (!r->large) madvise((void *)((uintptr_t)part & ~(uintptr_t)4095), size, MADV_POPULATE_WRITE);
#endif
    c->region = r;
    r->used++;
    return part;
}

static void chunk_free(acc__chunk *c) {
    acc__region *r = c->region;
    if (!r) {
        free(c->base);
    } else if (!--r->used) {
        free(r->base);
        free(r);
    }
    c->base = NULL;
    c->region = NULL;
}

static acc__chunk *chunk_new(acc__thread *th, unsigned size_class) {
    acc__chunk *c = chunk_record();
    if (!c) return NULL;
    size_t stride = sizeof(acc__slot) + acc__payload_of(size_class), size = stride * ACC__CHUNK_SLOTS;
    if (!(c->base = region_part(th, c, size_class, size)) && !(c->base = acc__malloc(size))) {
        chunk_unrecord(c);
        return NULL;
    }
    acc__poison(c->base, stride * ACC__CHUNK_SLOTS);
    c->stride = (uint32_t)stride;
    c->fresh = 0;
    c->size_class = (uint8_t)size_class;
    c->next = th->chunks;
    th->chunks = th->filling[size_class] = c;
    __atomic_store_n(&c->owner, th, __ATOMIC_RELAXED);
    return c;
}

static acc__slot *take_fresh(acc__chunk *c, unsigned size_class) {
    uint32_t i = c->fresh++;
    acc__slot *s = (acc__slot *)(c->base + (size_t)i * c->stride);
    acc__unpoison(s, sizeof *s);
    s->generation = c->generation;
    s->index = c->number << ACC__CHUNK_BITS | i;
    s->n.size_class = (uint8_t)size_class;
    return s;
}

static __attribute__((noinline)) acc__slot *take_elsewhere(acc__thread *th, unsigned size_class) {
    if (acc__unlikely(th->hostile)) {
        if (acc__fail_alloc()) return NULL;
        acc__node **kept = th->slots + th->keeps, *n = kept[size_class];
        if (n) {
            kept[size_class] = n->next;
            return acc__slot_with(n);
        }
    }
    acc__chunk *c = th->filling[size_class];
    if ((!c || c->fresh == ACC__CHUNK_SLOTS) && !(c = chunk_new(th, size_class))) return NULL;
    return take_fresh(c, size_class);
}

acc__slot *acc__slot_fresh(acc__thread *th, unsigned size_class) {
    acc__chunk *c = th->filling[size_class];
    if (acc__unlikely(!c || c->fresh == ACC__CHUNK_SLOTS || th->hostile)) return take_elsewhere(th, size_class);
    return take_fresh(c, size_class);
}

void acc__slots_each(acc__thread *th, void (*fn)(acc__thread *, acc__slot *, void *), void *arg) {
    for (acc__chunk *c = th->chunks; c; c = c->next)
        for (uint32_t i = 0; i < c->fresh; i++) {
            acc__slot *s = (acc__slot *)(c->base + (size_t)i * c->stride);
            if (s->n.kind != ACC__FREE) fn(th, s, arg);
        }
}

/* Is every slot free? Leaves the generation to go on from in the record. */
static bool chunk_empty(acc__chunk *c, bool all) {
    uint32_t generation = c->generation;
    for (uint32_t i = 0; i < c->fresh; i++) {
        acc__slot *s = (acc__slot *)(c->base + (size_t)i * c->stride);
        if (s->n.kind != ACC__FREE && !all) return false;
        generation = acc__max(generation, s->generation + 1);
    }
    c->generation = generation;
    return true;
}

void acc__slots_trim(acc__thread *th, bool all) {
    acc__chunk *keep = NULL, *next;
    for (acc__chunk *c = th->chunks; c; c = next) {
        next = c->next;
        if (!chunk_empty(c, all)) {
            c->next = keep;
            keep = c;
            continue;
        }
        __atomic_store_n(&c->owner, NULL, __ATOMIC_RELAXED);
        acc__unpoison(c->base, (size_t)c->stride * ACC__CHUNK_SLOTS);
        chunk_free(c);
        free(c->origins);
        c->origins = NULL;
        c->fresh = 0;
        chunk_unrecord(c);
    }
    th->chunks = keep;
    th->latest = &acc__nobody; /* it may be gone */
    /* The free lists ran through what is gone: made anew. */
    memset(th->slots, 0, sizeof th->slots);
    memset(th->filling, 0, sizeof th->filling);
    for (acc__chunk *c = keep; c; c = c->next) {
        if (c->fresh < ACC__CHUNK_SLOTS) th->filling[c->size_class] = c;
        for (uint32_t i = c->fresh; i-- > 0;) {
            acc__slot *s = (acc__slot *)(c->base + (size_t)i * c->stride);
            if (s->n.kind != ACC__FREE || s->generation >= ACC__LAST_GENERATION) continue;
            acc__node **list = th->slots + th->keeps;
            s->n.next = list[c->size_class];
            list[c->size_class] = &s->n;
        }
    }
}
