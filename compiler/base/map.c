/* map.c: a hash map in an arena, open addressing with linear probing. Keys are byte strings, kept by pointer (their owner
 * must outlive the map), or 64-bit numbers; the two kinds never meet. A value of NULL is as good as no entry. */
#include "base.h"

typedef struct Slot {
    const char *key; /* NULL for a number */
    uint64_t n;      /* length of the string, or the number */
    uint64_t hash;   /* 0: the slot is free */
    void *value;
} Slot;

struct Map {
    Arena *arena;
    Slot *slots;
    size_t used, cap; /* cap: a power of two, or 0 */
};

Map *map_new(Arena *a) {
    Map *m = NEW(a, Map);
    m->arena = a;
    return m;
}

static uint64_t mix(uint64_t x) {
    x ^= x >> 32;
    x *= 0x9E3779B97F4A7C15u;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 32;
    return x ? x : 1;
}

static uint64_t hash_string(const char *s, size_t n) {
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 0x100000001B3u;
    return mix(h);
}

/* The slot that holds the key, or the free one where it would go. */
static Slot *find(Slot *slots, size_t cap, const char *key, uint64_t n, uint64_t hash) {
    for (size_t i = hash & (cap - 1);; i = (i + 1) & (cap - 1)) {
        Slot *s = &slots[i];
        if (!s->hash) return s;
        if (s->hash != hash || s->n != n || !s->key != !key) continue;
        if (!key || memcmp(s->key, key, n) == 0) return s;
    }
}

static void *get(const Map *m, const char *key, uint64_t n, uint64_t hash) {
    return m->cap ? find(m->slots, m->cap, key, n, hash)->value : NULL;
}

static void set(Map *m, const char *key, uint64_t n, uint64_t hash, void *value) {
    if (m->used * 4 >= m->cap * 3) {
        size_t cap = m->cap ? m->cap * 2 : 16;
        Slot *slots = NEW_ARRAY(m->arena, Slot, cap);
        for (size_t i = 0; i < m->cap; i++) {
            Slot *s = &m->slots[i];
            if (s->hash) *find(slots, cap, s->key, s->n, s->hash) = *s;
        }
        m->slots = slots;
        m->cap = cap;
    }
    Slot *s = find(m->slots, m->cap, key, n, hash);
    if (!s->hash) m->used++;
    *s = (Slot){.key = key, .n = n, .hash = hash, .value = value};
}

void *map_get(const Map *m, const char *key, size_t n) { return get(m, key ? key : "", n, hash_string(key, n)); }

void map_set(Map *m, const char *key, size_t n, void *value) { set(m, key ? key : "", n, hash_string(key, n), value); }

void *map_get_u64(const Map *m, uint64_t key) { return get(m, NULL, key, mix(key)); }

void map_set_u64(Map *m, uint64_t key, void *value) { set(m, NULL, key, mix(key), value); }
