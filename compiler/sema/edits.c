/* edits.c: replacements in a text, kept in order, applied to any piece of it. */
#include "sema.h"

#include <stdlib.h>

static void add(Arena *a, Edits *e, Edit edit) {
    edit.order = (int)e->list.len;
    vec_push(a, &e->list, edit);
    e->sorted = false;
}

void edit_replace(Arena *a, Edits *e, size_t start, size_t end, const char *text) {
    add(a, e, (Edit){.start = start, .end = end, .text = text, .origin = start});
}

void edit_insert(Arena *a, Edits *e, size_t at, const char *text) {
    add(a, e, (Edit){.start = at, .end = at, .text = text, .origin = at});
}

void edit_close(Arena *a, Edits *e, size_t at, size_t origin, const char *text) {
    add(a, e, (Edit){.start = at, .end = at, .text = text, .origin = origin, .closing = true});
}

/* At one offset: closings first, the innermost (latest begun) first; then insertions in the order of their coming, which is
 * outermost first, since trees are walked from above; then the replacement of what stands there. */
static int compare(const void *pa, const void *pb) {
    const Edit *a = pa, *b = pb;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->closing != b->closing) return a->closing ? -1 : 1;
    if (a->closing && a->origin != b->origin) return a->origin > b->origin ? -1 : 1;
    if (a->closing) return b->order - a->order;
    bool ra = a->end > a->start, rb = b->end > b->start;
    if (ra != rb) return ra ? 1 : -1;
    return a->order - b->order;
}

void edits_sort(Edits *e) {
    if (e->sorted) return;
    if (e->list.len) qsort(e->list.data, e->list.len, sizeof *e->list.data, compare);
    e->sorted = true;
}

size_t edits_find(const Edits *e, size_t at) {
    size_t lo = 0, hi = e->list.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (e->list.data[mid].start < at) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

void edits_apply(const Edits *e, const char *text, size_t start, size_t end, StrBuf *out) {
    size_t at = start;
    for (size_t i = edits_find(e, start); i < e->list.len; i++) {
        const Edit *x = &e->list.data[i];
        if (x->start > end || (x->start == end && !x->closing)) break;
        if (x->start < at) continue; /* inside a piece that was replaced */
        if (x->closing && x->origin < start) continue;
        if (x->start == start && x->closing) continue;
        sb_addn(out, text + at, x->start - at);
        sb_add(out, x->text);
        at = x->end;
    }
    if (at < end) sb_addn(out, text + at, end - at);
}
