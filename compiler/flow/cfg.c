/* cfg.c: the control-flow graph of a lowered function.
 *
 * needs: lowered statements
 * leaves: Graph: what each point evaluates, uses, assigns for certain, and where control may go from it
 *
 * Built from the end: each statement is given the point behind it. Labels get their points first, so that jumps find them. */
#include "flow.h"

#include <ctype.h>

typedef struct Cfg {
    Arena *a;
    Unit *u;
    Func *f;
    Graph *g;
    Map *labels; /* name -> the first label of that name, plus 1 */
    VEC(int) label_points;
    Map *taken; /* the labels whose address is taken, by name: where a computed goto may go; NULL: not yet looked for */
    VEC(Stmt *) label_stmts;
    VEC(int) *cases; /* of the switch being built */
    bool has_default;
    Map *targets; /* loop or switch -> {break, continue} */
} Cfg;

typedef struct Target {
    int brk, cont;
} Target;

static int point(Cfg *c, Stmt *s) {
    vec_push(c->a, &c->g->points, (Point){.stmt = s});
    return (int)c->g->points.len - 1;
}

static void edge(Cfg *c, int from, int to) { vec_push(c->a, &c->g->points.data[from].succs, to); }

static void uses(Cfg *c, int p, Code *code) {
    if (code) vec_push(c->a, &c->g->points.data[p].codes, code);
    for (; code; code = code->next) {
        if (code->kind == CODE_VAR) vec_push(c->a, &c->g->points.data[p].uses, code->var);
        if (code->kind != CODE_SPAN) continue;
        size_t first, last;
        ir_refs(c->f, code->start, code->end, &first, &last);
        for (size_t i = first; i < last; i++) {
            const Var *v = c->f->refs.data[i].var;
            if (v->at >= code->start && v->scope_start >= code->start && v->scope_end <= code->end && !v->param)
                continue; /* ({ int v; ... }): its own */
            if (!c->f->refs.data[i].store) vec_push(c->a, &c->g->points.data[p].uses, c->f->refs.data[i].var);
        }
    }
}

static int simple(Cfg *c, Stmt *s, Code *code, int next) {
    int p = point(c, s);
    uses(c, p, code);
    if (next >= 0) edge(c, p, next);
    return p;
}

static int statement(Cfg *c, Stmt *s, int next);

static int list(Cfg *c, Stmt *s, int next) {
    for (size_t i = s->list.len; i-- > 0;) next = statement(c, s->list.data[i], next);
    return next;
}

static void find_labels(Cfg *c, Stmt *s) {
    if (!s) return;
    if (s->kind == S_LABEL) {
        int p = point(c, s);
        if (!map_get(c->labels, s->name, strlen(s->name))) /* more of a name: each in a block with a __label__ of its own */
            map_set(c->labels, s->name, strlen(s->name), (void *)(c->label_points.len + 1));
        vec_push(c->a, &c->label_points, p);
        vec_push(c->a, &c->label_stmts, s);
    }
    find_labels(c, s->init);
    for (size_t i = 0; i < s->list.len; i++) find_labels(c, s->list.data[i]);
    find_labels(c, s->body);
    find_labels(c, s->alt);
}

static void set_target(Cfg *c, Stmt *s, int brk, int cont) {
    Target *t = NEW(c->a, Target);
    *t = (Target){brk, cont};
    map_set_u64(c->targets, (uint64_t)(uintptr_t)s, t);
}

/* To a label; of several of one name, to that of the scope. */
static void jump(Cfg *c, int p, const char *name, size_t scope) {
    size_t i = (size_t)map_get(c->labels, name, strlen(name));
    for (i = i ? i - 1 : c->label_stmts.len; i < c->label_stmts.len; i++)
        if (c->label_stmts.data[i]->label_scope == scope && !strcmp(c->label_stmts.data[i]->name, name)) {
            edge(c, p, c->label_points.data[i]);
            return;
        }
    edge(c, p, c->g->exit);
}

/* The way of an error. */
static void failure(Cfg *c, int p, const char *handler) {
    if (handler) jump(c, p, handler, 0);
    else edge(c, p, c->g->exit);
}

static bool word_char(char x) { return isalnum((unsigned char)x) || x == '_' || x == '$'; }

static Map *words_of(Cfg *c, size_t start, size_t end) {
    const char *text = c->u->source->text;
    Map *words = map_new(c->a);
    for (size_t i = start, from; i < end; i++) {
        for (from = i; i < end && word_char(text[i]); i++) {
        }
        if (i > from) map_set(words, text + from, i - from, c);
    }
    return words;
}

/* The labels whose address is taken. */
static void find_taken(Cfg *c, const Node *n) {
    const char *text = c->u->source->text;
    if (!strcmp(n->name, "label_address_expression") && n->count) {
        const Node *label = n->children[n->count - 1];
        map_set(c->taken, text + label->start, label->end - label->start, c);
    }
    for (uint32_t i = 0; i < n->count; i++) find_taken(c, n->children[i]);
}

/* To those labels that are named: what is made of other statements has labels too, behind which their own variables are. */
static void jump_to_any(Cfg *c, int p, const Map *names) {
    for (size_t i = 0; i < c->label_points.len; i++) {
        const char *name = c->label_stmts.data[i]->name;
        if (map_get(names, name, strlen(name))) edge(c, p, c->label_points.data[i]);
    }
}

static void assembly(Cfg *c, Stmt *s, int p) {
    if (s->end - s->start <= 8 || !memmem(c->u->source->text + s->start, s->end - s->start, "goto", 4)) return;
    jump_to_any(c, p, words_of(c, s->start, s->end));
}

static int statement(Cfg *c, Stmt *s, int next) {
    switch (s->kind) {
        case S_BLOCK: return list(c, s, next);
        case S_DECL: {
            int p = point(c, s);
            for (size_t i = 0; i < s->items.len; i++) {
                uses(c, p, s->items.data[i].init_code);
                for (size_t k = 0; k < s->items.data[i].size_codes.len; k++) uses(c, p, s->items.data[i].size_codes.data[k]);
                uses(c, p, code_span(c->a, s->items.data[i].start, s->items.data[i].end)); /* array sizes */
            }
            uses(c, p, code_span(c->a, s->start, s->specs_end));
            Point *q = &c->g->points.data[p];
            for (size_t i = 0; i < s->kills.len; i++) {
                vec_push(c->a, &q->kills, s->kills.data[i]);
                /* `int a = 1, b = a;`: the a that b's initialiser reads is this one */
                for (size_t k = 0; k < q->uses.len;)
                    if (q->uses.data[k] == s->kills.data[i]) q->uses.data[k] = q->uses.data[--q->uses.len];
                    else k++;
            }
            edge(c, p, next);
            return p;
        }
        case S_CODE: {
            int p = simple(c, s, s->code, next);
            if (s->node && s->node->kind == N_gnu_asm_expression) assembly(c, s, p);
            for (size_t i = 0; i < s->kills.len; i++) {
                vec_push(c->a, &c->g->points.data[p].kills, s->kills.data[i]);
                if (s->kills.data[i]->temp && s->code && s->code->kind == CODE_VAR && s->code->var == s->kills.data[i]) {
                    Point *q = &c->g->points.data[p]; /* `t = ...`: the first mention is no use */
                    for (size_t k = 0; k < q->uses.len; k++)
                        if (q->uses.data[k] == s->kills.data[i]) {
                            q->uses.data[k] = q->uses.data[--q->uses.len];
                            break;
                        }
                }
            }
            return p;
        }
        case S_AWAIT: {
            int p = simple(c, s, s->await->call, next);
            Point *q = &c->g->points.data[p];
            if (s->await->result) {
                for (size_t k = 0; k < q->uses.len;)
                    if (q->uses.data[k] == s->await->result) q->uses.data[k] = q->uses.data[--q->uses.len];
                    else k++;
                vec_push(c->a, &q->kills, s->await->result);
            }
            for (Code *d = s->await->dests; d; d = d->next)
                if (d->kind == CODE_VAR) vec_push(c->a, &q->kills, d->var);
            if (s->await->kind == AWAIT_RAISE) q->succs.len = 0;
            if (s->await->handler || s->await->kind == AWAIT_RAISE) failure(c, p, s->await->handler);
            return p;
        }
        case S_IF: {
            int p = simple(c, s, s->code, statement(c, s->body, next));
            int other = s->alt ? statement(c, s->alt, next) : next;
            edge(c, p, other);
            return p;
        }
        case S_WHILE:
        case S_DO:
        case S_FOR: {
            int test = point(c, s), step = point(c, s);
            uses(c, test, s->code);
            uses(c, step, s->step);
            /* continue: where the loop is C's own, to the step or the test; in `for (;;)` to the body's start, which holds them */
            set_target(c, s, next, s->kind == S_FOR ? step : test);
            edge(c, step, test);
            int body = statement(c, s->body, s->kind == S_FOR ? step : test);
            edge(c, test, body);
            if (!ir_endless(c->u, s)) edge(c, test, next);
            int entry = s->kind == S_DO ? body : test;
            return s->init ? statement(c, s->init, entry) : entry;
        }
        case S_SWITCH: {
            int p = point(c, s);
            uses(c, p, s->code);
            set_target(c, s, next, -1);
            VEC(int) cases = {0};
            void *outer = c->cases;
            c->cases = (void *)&cases;
            int body = statement(c, s->body, next);
            c->cases = outer;
            edge(c, p, next);
            edge(c, p, body);
            for (size_t i = 0; i < cases.len; i++) edge(c, p, cases.data[i]);
            return p;
        }
        case S_CASE: {
            int p = simple(c, s, NULL, next);
            if (c->cases) vec_push(c->a, c->cases, p);
            return p;
        }
        case S_LABEL: {
            size_t i = (size_t)map_get(c->labels, s->name, strlen(s->name)) - 1;
            while (c->label_stmts.data[i] != s) i++;
            edge(c, c->label_points.data[i], next);
            return c->label_points.data[i];
        }
        case S_GOTO: {
            int p = simple(c, s, s->code, -1);
            if (s->name) jump(c, p, s->name, s->label_scope);
            else {
                if (!c->taken) {
                    c->taken = map_new(c->a);
                    find_taken(c, c->f->node);
                }
                jump_to_any(c, p, c->taken);
            }
            return p;
        }
        case S_BREAK:
        case S_CONTINUE: {
            Target *t = map_get_u64(c->targets, (uint64_t)(uintptr_t)s->target);
            int to = t ? s->kind == S_BREAK ? t->brk : t->cont : c->g->exit;
            return simple(c, s, NULL, to);
        }
        case S_RETURN: return simple(c, s, s->code, c->g->exit);
        case S_FAIL: {
            int p = simple(c, s, NULL, -1);
            failure(c, p, s->name);
            return p;
        }
        default: {
            int p = simple(c, s, s->code, next);
            if (s->node && s->node->kind == N_expression_statement) assembly(c, s, p);
            return p;
        }
    }
}

Graph *cfg_build(Arena *a, Unit *u, Func *f) {
    Graph *g = NEW(a, Graph);
    Cfg c = {.a = a, .u = u, .f = f, .g = g, .labels = map_new(a), .targets = map_new(a)};
    g->exit = point(&c, NULL);
    find_labels(&c, f->body);
    g->entry = statement(&c, f->body, g->exit);
    return g;
}
