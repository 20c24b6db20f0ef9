/* base.h: what every phase uses and nothing of what it does: arenas, growing arrays, maps, string buffers, bit sets. */
#ifndef ACC_BASE_H
#define ACC_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- arena.c: memory by lifetime. Out of memory ends the process with a message. ---- */
typedef struct Arena Arena;
Arena *arena_new(void);
void arena_free(Arena *a);
void *arena_alloc(Arena *a, size_t size); /* zeroed, 16-aligned */
char *arena_strndup(Arena *a, const char *s, size_t n);
char *arena_strdup(Arena *a, const char *s);
char *arena_printf(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define NEW_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (n)))

/* ---- vec: `VEC(T) v = {0}` is {T *data; size_t len, cap}; grown in an arena (old storage stays there). ---- */
#define VEC(T)           \
    struct {             \
        T *data;         \
        size_t len, cap; \
    }
#define vec_push(a, v, ...)                                                                                       \
    (*((v)->len == (v)->cap ? ((v)->data = vec_grow((a), (v)->data, (v)->len, &(v)->cap, sizeof *(v)->data)) : 0, \
       &(v)->data[(v)->len++]) = (__VA_ARGS__))
void *vec_grow(Arena *a, void *data, size_t len, size_t *cap, size_t size);
typedef VEC(char *) StrVec;
typedef VEC(const char *) CStrVec;

/* ---- strbuf.c: text that grows, in malloc'd memory. ---- */
typedef struct StrBuf {
    char *data; /* NUL-terminated once anything was added */
    size_t len, cap;
} StrBuf;
void sb_free(StrBuf *b);
void sb_addn(StrBuf *b, const char *s, size_t n);
void sb_add(StrBuf *b, const char *s);
void sb_addc(StrBuf *b, char c);
void sb_quote(StrBuf *b, const char *s); /* as a string literal of C */
void sb_printf(StrBuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void sb_vprintf(StrBuf *b, const char *fmt, va_list ap);

/* ---- map.c: open addressing; keys are byte strings (kept by pointer, not copied) or 64-bit numbers. ---- */
typedef struct Map Map;
Map *map_new(Arena *a);
void *map_get(const Map *m, const char *key, size_t n); /* NULL: absent */
void map_set(Map *m, const char *key, size_t n, void *value);
void *map_get_u64(const Map *m, uint64_t key);
void map_set_u64(Map *m, uint64_t key, void *value);

/* ---- bitset.c ---- */
typedef struct BitSet {
    uint64_t *words;
    size_t n; /* words */
} BitSet;
BitSet bitset_new(Arena *a, size_t bits);
static inline void bitset_add(BitSet *s, size_t i) { s->words[i / 64] |= (uint64_t)1 << (i % 64); }
static inline void bitset_del(BitSet *s, size_t i) { s->words[i / 64] &= ~((uint64_t)1 << (i % 64)); }
static inline bool bitset_has(const BitSet *s, size_t i) { return s->words[i / 64] >> (i % 64) & 1; }
bool bitset_or(BitSet *to, const BitSet *from); /* to |= from; did it change? */
void bitset_andnot(BitSet *to, const BitSet *from);
void bitset_copy(BitSet *to, const BitSet *from);

/* ---- the end of the road ---- */
/* An internal error: says so, names the construct and where to report it, ends the process with status 1 (after removing
 * the output files that were begun). */
void bug(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
/* What bug() calls before it ends the process: the driver's removal of output and temporary files. NULL: nothing. */
void bug_cleanup(void (*fn)(void *), void *arg);

#endif
