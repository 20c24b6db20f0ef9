/* states.c: --emit=states: each async function's state machine as a Graphviz digraph.
 *
 * needs: the Unit behind flow; leaves: text for dot. A state is an await; an edge says that the one may be reached from the
 * other without a suspension at a third. */
#include "../flow/flow.h"
#include "emit.h"

static void quoted(StrBuf *out, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\') sb_addc(out, '\\');
        sb_addc(out, s[i] == '\n' ? ' ' : s[i]);
    }
}

static const Await *suspends(const Point *p) {
    return p->stmt && p->stmt->kind == S_AWAIT && p->stmt->await && ir_suspends(p->stmt->await) ? p->stmt->await : NULL;
}

/* The states that may follow when the function goes on at point `from`. */
static void edges(Arena *a, const Graph *g, int from, int state, StrBuf *out) {
    bool *seen = NEW_ARRAY(a, bool, g->points.len + 1);
    VEC(int) work = {0};
    if (from < 0) vec_push(a, &work, g->entry);
    else
        for (size_t i = 0; i < g->points.data[from].succs.len; i++) vec_push(a, &work, g->points.data[from].succs.data[i]);
    while (work.len) {
        int at = work.data[--work.len];
        if (seen[at]) continue;
        seen[at] = true;
        const Await *w = suspends(&g->points.data[at]);
        if (w || at == g->exit) continue;
        for (size_t i = 0; i < g->points.data[at].succs.len; i++) vec_push(a, &work, g->points.data[at].succs.data[i]);
    }
    for (size_t i = 0; i < g->points.len; i++) {
        const Await *w = seen[i] ? suspends(&g->points.data[i]) : NULL;
        if (w) sb_printf(out, "  s%d -> s%d;\n", state, w->site);
        else if (seen[i] && (int)i == g->exit) sb_printf(out, "  s%d -> end;\n", state);
    }
}

static void machine(Arena *a, Unit *u, Func *f, StrBuf *out) {
    Graph *g = cfg_build(a, u, f);
    sb_printf(
        out,
        "digraph \"%s\" {\n  node [shape=box];\n  s0 [label=\"start\", shape=oval];\n  end [label=\"end\", shape=oval];\n",
        f->name);
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (!ir_suspends(w)) continue;
        const char *text = await_text(a, u->source, w, 60);
        sb_printf(out, "  s%d [label=\"%d: line %u\\n", w->site, w->site, source_place(u->source, w->at).line);
        quoted(out, text, strlen(text));
        sb_add(out, "\"];\n");
    }
    edges(a, g, -1, 0, out);
    for (size_t i = 0; i < g->points.len; i++) {
        const Await *w = suspends(&g->points.data[i]);
        if (w) edges(a, g, (int)i, w->site, out);
    }
    sb_add(out, "}\n");
}

void emit_states(Arena *a, Unit *u, StrBuf *out) {
    for (size_t i = 0; i < u->funcs.len; i++)
        if (!u->funcs.data[i]->ordinary) machine(a, u, u->funcs.data[i], out);
}
