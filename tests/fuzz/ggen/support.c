/* support.c: random numbers, strings, buffers. Needs nothing. */
#include "ggen.h"

void die(const char *what) {
    fprintf(stderr, "ggen: %s\n", what);
    exit(2);
}

uint64_t rng_state;

static unsigned rng(void) /* splitmix64 */
{
    uint64_t z = (rng_state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ (z >> 31)) >> 32);
}

unsigned below(unsigned n) { return rng() % n; }
bool chance(unsigned percent) { return below(100) < percent; }

/* The process is short: strings are never freed. */
const char *str(const char *format, ...) {
    va_list args;
    char *s;
    va_start(args, format);
    if (vasprintf(&s, format, args) < 0) die("out of memory");
    va_end(args);
    return s;
}

void append(struct buffer *b, const char *text) {
    size_t n = strlen(text);
    if (b->size + n + 1 > b->cap) {
        b->cap = (b->size + n + 1) * 2;
        b->text = realloc(b->text, b->cap);
        if (!b->text) die("out of memory");
    }
    memcpy(b->text + b->size, text, n + 1);
    b->size += n;
}

void cut(struct buffer *b, size_t size) {
    if (b->size > size) b->text[b->size = size] = 0;
}

const char *text_of(const struct buffer *b) { return b->text ? b->text : ""; }
