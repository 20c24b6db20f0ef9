/* frames.c: --emit=frames: what each async function's frame holds, as the C compiler will lay it out.
 *
 * needs: the Unit behind flow; leaves: text for a person */
#include <stdlib.h>

#include "emit.h"

typedef struct Table {
    Arena *a;
    Unit *u;
    StrBuf *out;
    size_t align;
    bool known; /* no size so far was unknown */
} Table;

static size_t rounded(size_t at, size_t align) { return (at + align - 1) / align * align; }

/* Why it is there, and across which await. */
static const char *reason(Table *l, const Var *v) {
    if (!v->why) return v->param ? "a parameter, until the body begins" : "the result of an await";
    if (!v->kept_by) return v->why;
    const char *why = v->place == PLACE_SAVED ? "" : arena_printf(l->a, "%s; ", v->why);
    return arena_printf(l->a, "%slive across %s, line %u", why, await_text(l->a, l->u->source, v->kept_by, 40),
                        source_place(l->u->source, v->kept_by->at).line);
}

/* What _Alignas and aligned attributes say, where they say it in figures; 0: nobody knows here. */
static size_t asked_alignment(const char *text) {
    size_t most = 0;
    for (const char *p = text; (p = strchr(p, '(')); p++) {
        char *end;
        size_t n = strtoul(p + 1, &end, 0);
        if (end > p + 1 && *end == ')' && n > most) most = n;
        else if (end > p + 1 && *end != ')') return 0;
    }
    return most;
}

/* One field at or behind `at`; where the next one may begin. */
static size_t field(Table *l, const Var *v, size_t at) {
    size_t align = !v->type || v->type->align <= 0 ? 1 : (size_t)v->type->align,
           size = v->type && v->type->size > 0 ? (size_t)v->type->size : 0;
    if (v->vla) align = 8, size = 8 + 8 * (size_t)v->dimensions; /* where it lies, and its sizes */
    size_t asked = v->aligned ? asked_alignment(v->aligned) : 1;
    l->known &= size > 0 && asked;
    if (asked > align) align = asked;
    if (align > l->align) l->align = align;
    at = rounded(at, align);
    sb_printf(l->out, "  %6zu %6zu  %-20s %-24s %s\n", at, size, v->field, v->type ? v->type->spelling : "?", reason(l, v));
    return at + size;
}

static void frame(Arena *a, Unit *u, Func *f, StrBuf *out) {
    enum { HEAD = 24 };
    Table l = {a, u, out, 8, true};
    Place p = source_place(u->source, f->node->start);
    sb_printf(out, "%s:%u: %s\n  offset   size  %-20s %-24s %s\n", p.file, p.line, f->name, "field", "type", "kept because");
    sb_printf(out, "  %6d %6d  %-20s %-24s %s\n", 0, HEAD, "acc__head", "acc_frame", "the runtime's own");
    size_t at = HEAD, end;
    for (size_t i = 0; i < f->fields.len; i++) at = field(&l, f->fields.data[i], at);
    bool both = f->early.len && (f->late.len || f->results.len);
    size_t align = 1; /* a union begins where the strictest of its parts may */
    for (size_t k = 0; both && k < 3; k++)
        for (size_t i = 0; i < (k == 0 ? f->early.len : k == 1 ? f->late.len : f->results.len); i++) {
            Var *v = k == 0 ? f->early.data[i] : k == 1 ? f->late.data[i] : f->results.data[i];
            size_t own = !v->type || v->type->align <= 0 ? 1 : (size_t)v->type->align;
            if (own > align) align = own;
        }
    size_t start = at = both ? rounded(at, align) : at;
    for (size_t i = 0; i < f->early.len; i++) at = field(&l, f->early.data[i], at);
    end = at;
    if (both) at = start;
    for (size_t i = 0; i < f->late.len; i++) at = field(&l, f->late.data[i], at);
    if (at > end) end = at;
    align = 1;
    for (size_t i = 0; i < f->results.len; i++) {
        Type *t = f->results.data[i]->type;
        if (t && t->align > (int64_t)align) align = (size_t)t->align;
    }
    at = rounded(at, align);
    for (size_t i = 0; i < f->results.len; i++) {
        size_t behind = field(&l, f->results.data[i], at);
        if (behind > end) end = behind;
    }
    sb_printf(out, "  %6zu  bytes in all%s\n\n", rounded(end, l.align), l.known ? "" : ", at least");
}

void emit_frames(Arena *a, Unit *u, StrBuf *out) {
    for (size_t i = 0; i < u->funcs.len; i++) frame(a, u, u->funcs.data[i], out);
}
