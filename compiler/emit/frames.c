/* frames.c: --emit=frames: what each async function's frame holds, as the C compiler will lay it out.
 *
 * needs: the Unit behind flow; leaves: text for a person */
#include "emit.h"

/* Why it is there, and across which await. */
static const char *reason(Arena *a, Unit *u, const Var *v) {
    if (!v->why) return v->param ? "a parameter, until the body begins" : "the result of an await";
    if (!v->kept_by) return v->why;
    const char *why = v->place == PLACE_SAVED ? "" : arena_printf(a, "%s; ", v->why);
    return arena_printf(a, "%slive across %s, line %u", why, await_text(a, u->source, v->kept_by, 40),
                        source_place(u->source, v->kept_by->at).line);
}

static void part(Arena *a, Unit *u, const FramePart *p, StrBuf *out) {
    for (size_t i = 0; i < p->parts.len; i++) part(a, u, p->parts.data[i], out);
    const Var *v = p->var;
    if (!v || (v->type_name && !v->dimensions)) return; /* made of another alone */
    const char *name = v->type_name ? arena_printf(a, "%s_size_1", v->field) : v->field;
    sb_printf(out, "  %6zu %6zu  %-20s %-24s %s\n", v->offset, v->size, name, v->type ? v->type->spelling : "?",
              reason(a, u, v));
}

void emit_frames(Arena *a, Unit *u, StrBuf *out) {
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        if (f->ordinary) continue;
        Place p = source_place(u->source, f->node->start);
        sb_printf(out, "%s:%u: %s\n  offset   size  %-20s %-24s %s\n", p.file, p.line, f->name, "field", "type",
                  "kept because");
        sb_printf(out, "  %6d %6d  %-20s %-24s %s\n", 0, 24, "acc__head", "acc_frame", "the runtime's own");
        part(a, u, f->frame, out);
        sb_printf(out, "  %6zu  bytes in all%s\n\n", f->frame_size, f->frame_known ? "" : ", at least");
    }
}
