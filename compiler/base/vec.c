/* vec.c: the growing part of VEC(T). Needs an arena; leaves an array twice as long, the old one unused in the arena. */
#include "base.h"

void *vec_grow(Arena *a, void *data, size_t len, size_t *cap, size_t size) {
    size_t more = *cap ? *cap * 2 : 8;
    if (more > SIZE_MAX / 2 / (size ? size : 1)) bug("an array of %zu elements", more);
    void *grown = arena_alloc(a, more * size);
    if (len) memcpy(grown, data, len * size);
    *cap = more;
    return grown;
}
