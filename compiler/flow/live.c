/* live.c: liveness, backward over the control-flow graph.
 *
 * needs: Graph
 * leaves: in and out of every point; at each await the set that a suspension must keep, the result not in it; which variables
 * a suspension may find unassigned */
#include "flow.h"

static void at_await(Arena *a, Func *f, Point *p) {
    Await *w = p->stmt->await;
    w->live = bitset_new(a, f->vars.len);
    if (!ir_suspends(w)) return;
    bitset_or(&w->live, &p->out);
    if (w->result) bitset_del(&w->live, (size_t)w->result->id);
    for (size_t i = 0; i < p->kills.len; i++) bitset_del(&w->live, (size_t)p->kills.data[i]->id);
    if (w->kind == AWAIT_GATHER) /* asked again on resuming */
        for (size_t i = 0; i < p->uses.len; i++) bitset_add(&w->live, (size_t)p->uses.data[i]->id);
}

typedef VEC(int) Points;

static void mark_in(Arena *a, Graph *g, Points *work, int at, size_t var) {
    BitSet *in = &g->points.data[at].in;
    if (bitset_has(in, var)) return;
    bitset_add(in, var);
    vec_push(a, work, at);
}

/* One variable after the other, from its uses backward to what assigns it: the work is that of all live ranges together, however
 * deep the loops. */
static void spread(Arena *a, Func *f, Graph *g) {
    size_t count = g->points.len;
    Points *preds = NEW_ARRAY(a, Points, count), *uses = NEW_ARRAY(a, Points, f->vars.len),
           *kills = NEW_ARRAY(a, Points, f->vars.len), work = {0};
    size_t *killed = NEW_ARRAY(a, size_t, count); /* by the variable of that number, plus 1 */
    for (size_t i = 0; i < count; i++) {
        Point *p = &g->points.data[i];
        for (size_t k = 0; k < p->succs.len; k++) vec_push(a, &preds[p->succs.data[k]], (int)i);
        for (size_t k = 0; k < p->uses.len; k++) vec_push(a, &uses[p->uses.data[k]->id], (int)i);
        for (size_t k = 0; k < p->kills.len; k++) vec_push(a, &kills[p->kills.data[k]->id], (int)i);
    }
    for (size_t v = 0; v < f->vars.len; v++) {
        for (size_t i = 0; i < kills[v].len; i++) killed[kills[v].data[i]] = v + 1;
        for (size_t i = 0; i < uses[v].len; i++) mark_in(a, g, &work, uses[v].data[i], v);
        while (work.len) {
            int at = work.data[--work.len];
            for (size_t i = 0; i < preds[at].len; i++) {
                int from = preds[at].data[i];
                bitset_add(&g->points.data[from].out, v);
                if (killed[from] != v + 1) mark_in(a, g, &work, from, v);
            }
        }
    }
}

void live_solve(Arena *a, Func *f, Graph *g) {
    size_t n = f->vars.len, count = g->points.len;
    for (size_t i = 0; i < count; i++) {
        g->points.data[i].in = bitset_new(a, n);
        g->points.data[i].out = bitset_new(a, n);
    }
    spread(a, f, g);
    for (size_t i = 0; i < count; i++) {
        Point *p = &g->points.data[i];
        if (!p->stmt) continue;
        if (p->stmt->kind == S_AWAIT) at_await(a, f, p);
        bool bare = p->stmt->kind == S_CODE && !p->stmt->code;
        for (size_t k = 0; k < p->stmt->items.len; k++) {
            DeclItem *item = &p->stmt->items.data[k];
            if (item->var && !item->init && bitset_has(&p->out, (size_t)item->var->id)) item->var->zeroed = true;
        }
        for (size_t k = 0; bare && k < p->kills.len; k++)
            if (bitset_has(&p->out, (size_t)p->kills.data[k]->id)) p->kills.data[k]->zeroed = true;
    }
    /* what a switch or goto jumps past is assigned nowhere: such a variable is live where its scope begins */
    for (size_t i = 0; i < n; i++) {
        Var *v = f->vars.data[i];
        if (!v->param && bitset_has(&g->points.data[g->entry].in, i)) v->zeroed = v->past = true;
    }
}

/* ---- the order of the code ---- */

typedef struct Order {
    Arena *a;
    Func *f;
    int now;
    VEC(Var *) touched; /* temporaries, those before the loop that is being looked at first */
} Order;

static void touch(Order *o, Var *v) {
    if (!v->temp) return;
    if (!v->first) v->first = o->now;
    v->last = o->now;
    v->mentions++;
    vec_push(o->a, &o->touched, v);
}

/* What was there before a loop and is used in it is used again in the next turn: it lives to the loop's end. */
static void loop_end(Order *o, size_t from, int start) {
    size_t kept = from;
    o->now++;
    for (size_t i = from; i < o->touched.len; i++) {
        Var *v = o->touched.data[i];
        if (v->first >= start || v->last == o->now) continue;
        v->last = o->now;
        o->touched.data[kept++] = v;
    }
    o->touched.len = kept;
}

static void touch_code(Order *o, const Code *c) {
    for (; c; c = c->next)
        if (c->kind == CODE_VAR) touch(o, c->var);
}

static void order(Order *o, Stmt *s) {
    if (!s) return;
    o->now++;
    order(o, s->init);
    bool turns = s->kind == S_WHILE || s->kind == S_DO || s->kind == S_FOR;
    size_t from = o->touched.len;
    int start = turns ? ++o->now : 0;
    touch_code(o, s->code);
    for (size_t i = 0; i < s->kills.len; i++) touch(o, s->kills.data[i]);
    for (size_t i = 0; i < s->items.len; i++) {
        touch_code(o, s->items.data[i].init_code);
        for (size_t k = 0; k < s->items.data[i].size_codes.len; k++) touch_code(o, s->items.data[i].size_codes.data[k]);
    }
    if (s->await) {
        s->await->order = o->now;
        touch_code(o, s->await->call);
        touch_code(o, s->await->dests);
        if (s->await->result) touch(o, s->await->result);
        o->now++;
    }
    for (size_t i = 0; i < s->list.len; i++) order(o, s->list.data[i]);
    order(o, s->body);
    order(o, s->alt);
    touch_code(o, s->step);
    if (turns) loop_end(o, from, start);
}

void live_order(Arena *a, Unit *u, Func *f) {
    (void)u;
    Order o = {.a = a, .f = f};
    order(&o, f->body);
    /* temporaries are many, and live over few awaits each: for each, the awaits between its first and last place */
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        if (!v->temp || !v->first) continue;
        size_t lo = 0, hi = f->awaits.len; /* awaits are numbered in order of lowering, which is nearly that of the code */
        while (lo < hi) {
            size_t mid = lo + (hi - lo) / 2;
            if (f->awaits.data[mid]->order < v->first) lo = mid + 1;
            else hi = mid;
        }
        for (size_t k = lo; k < f->awaits.len && f->awaits.data[k]->order <= v->last; k++) {
            Await *w = f->awaits.data[k];
            if (!ir_suspends(w) || w->result == v) continue;
            if (w->order == v->last && w->kind != AWAIT_GATHER) continue;
            if (w->order == v->first) continue;
            v->across = true;
            v->kept_by = w;
            v->zeroed = true;
        }
    }
}
