/* strbuf.c: text that grows, in malloc'd memory that sb_free gives back. An all-zero StrBuf is an empty one. */
#include "base.h"

#include <stdlib.h>

/* Room for n more bytes and the NUL behind them. */
static void reserve(StrBuf *b, size_t n) {
    if (b->cap - b->len > n) return;
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->len <= n) cap *= 2;
    char *data = realloc(b->data, cap);
    if (!data) {
        fputs("acc: error: out of memory\n", stderr);
        exit(1);
    }
    b->data = data;
    b->cap = cap;
}

void sb_free(StrBuf *b) {
    free(b->data);
    *b = (StrBuf){0};
}

void sb_addn(StrBuf *b, const char *s, size_t n) {
    reserve(b, n);
    if (n) memcpy(b->data + b->len, s, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void sb_add(StrBuf *b, const char *s) { sb_addn(b, s, strlen(s)); }

void sb_quote(StrBuf *b, const char *s) {
    sb_addc(b, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') sb_addc(b, '\\');
        sb_addc(b, *s);
    }
    sb_addc(b, '"');
}

void sb_addc(StrBuf *b, char c) { sb_addn(b, &c, 1); }

void sb_vprintf(StrBuf *b, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n < 0) bug("sb_vprintf: bad format '%s'", fmt);
    reserve(b, (size_t)n);
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
    b->len += (size_t)n;
    va_end(again);
}

void sb_printf(StrBuf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    sb_vprintf(b, fmt, ap);
    va_end(ap);
}
