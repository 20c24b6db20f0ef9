/* bitset.c: sets of small numbers, as words of bits in an arena. The two sets of an operation are of one size. */
#include "base.h"

BitSet bitset_new(Arena *a, size_t bits) {
    size_t n = (bits + 63) / 64;
    return (BitSet){.words = NEW_ARRAY(a, uint64_t, n), .n = n};
}

static void same_size(const BitSet *a, const BitSet *b) {
    if (a->n != b->n) bug("bit sets of %zu and %zu words", a->n, b->n);
}

bool bitset_or(BitSet *to, const BitSet *from) {
    same_size(to, from);
    uint64_t changed = 0;
    for (size_t i = 0; i < to->n; i++) {
        changed |= from->words[i] & ~to->words[i];
        to->words[i] |= from->words[i];
    }
    return changed != 0;
}

void bitset_andnot(BitSet *to, const BitSet *from) {
    same_size(to, from);
    for (size_t i = 0; i < to->n; i++) to->words[i] &= ~from->words[i];
}

void bitset_copy(BitSet *to, const BitSet *from) {
    same_size(to, from);
    if (to->n) memcpy(to->words, from->words, to->n * sizeof *to->words);
}
