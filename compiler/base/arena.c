/* arena.c: memory by lifetime. Needs nothing; leaves zeroed, 16-aligned pieces that live until their arena is freed.
 * A chain of blocks, each bigger than the last up to a limit; a piece that is large gets a block of its own, linked behind the
 * current one so that what is left of that one stays in use. */
#include "base.h"

#include <stdlib.h>

typedef struct Block {
    struct Block *next;
    size_t used, size; /* of data */
    _Alignas(16) unsigned char data[];
} Block;

struct Arena {
    Block *current; /* the newest ordinary block; all others hang behind it */
    size_t next_size;
};

enum { FIRST_BLOCK = 16 << 10, LAST_BLOCK = 1 << 20 };

static void out_of_memory(void) {
    fputs("acc: error: out of memory\n", stderr);
    exit(1);
}

static Block *block_new(size_t size, Block *next) {
    Block *b = calloc(1, sizeof(Block) + size);
    if (!b) out_of_memory();
    b->size = size;
    b->next = next;
    return b;
}

Arena *arena_new(void) {
    Arena *a = calloc(1, sizeof *a);
    if (!a) out_of_memory();
    a->next_size = FIRST_BLOCK;
    return a;
}

void arena_free(Arena *a) {
    if (!a) return;
    for (Block *b = a->current, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void *arena_alloc(Arena *a, size_t size) {
    if (size > SIZE_MAX / 2) out_of_memory();
    size = (size + 15) & ~(size_t)15;
    if (size == 0) size = 16; /* so that every piece has an address of its own */
    Block *b = a->current;
    if (b && b->size - b->used >= size) {
        void *p = b->data + b->used;
        b->used += size;
        return p;
    }
    if (b && size >= a->next_size / 4) {
        b->next = block_new(size, b->next);
        b->next->used = size;
        return b->next->data;
    }
    a->current = b = block_new(size > a->next_size ? size : a->next_size, b);
    if (a->next_size < LAST_BLOCK) a->next_size *= 2;
    b->used = size;
    return b->data;
}

char *arena_strndup(Arena *a, const char *s, size_t n) {
    char *p = arena_alloc(a, n + 1);
    if (n) memcpy(p, s, n);
    return p;
}

char *arena_strdup(Arena *a, const char *s) { return arena_strndup(a, s, strlen(s)); }

char *arena_printf(Arena *a, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) bug("arena_printf: bad format '%s'", fmt);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}
