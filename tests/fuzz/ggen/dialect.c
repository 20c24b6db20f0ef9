/* dialect.c: statements that only the dialect has: try, throw, defer, async for, async with, gather, acc_try; and the computed goto.
 *
 * In P what must run however a block is left is a cleanup attribute whose function is nested, which gcc has and no other; a throw
 * is a goto to the catch that takes it, known when it is made: only what a try of the same function takes is thrown. */
#include "ggen.h"

struct handler handlers[32];
int handler_count, pending;

static const char *const thrown[] = {"ValueError", "OSError", "FuzzError"};

/* What a piece of a program may not do out of a defer or a finally: leave it. */
struct confined {
    int loop, label_count, out_label, handler_count, pending;
    bool breakable, inside;
    int labels[32];
    struct handler handlers[32];
};

static struct confined confine(void) {
    struct confined old = {.loop = loop,
                           .label_count = label_count,
                           .out_label = out_label,
                           .handler_count = handler_count,
                           .pending = pending++,
                           .breakable = breakable,
                           .inside = confined};
    memcpy(old.labels, labels, sizeof labels);
    memcpy(old.handlers, handlers, sizeof handlers);
    loop = out_label = handler_count = label_count = 0;
    breakable = false;
    confined = true;
    return old;
}

static void release(struct confined old) {
    loop = old.loop;
    label_count = old.label_count;
    out_label = old.out_label;
    handler_count = old.handler_count;
    pending = old.pending;
    breakable = old.breakable;
    confined = old.inside;
    memcpy(labels, old.labels, sizeof labels);
    memcpy(handlers, old.handlers, sizeof handlers);
}

const struct handler *handler_of(int type) {
    for (int i = handler_count - 1; i >= 0; i--)
        if (handlers[i].types & 1u << type) return &handlers[i];
    return NULL;
}

void gen_throw(int depth) {
    int type = (int)below(3);
    const struct handler *h = handler_of(type);
    if (!h) return;
    struct ex c = full(depth - 1);
    TO_P("if (%s) {\n", c.p);
    struct ex e = full(depth - 1);
    TO_A("if (%s) throw %s((int)((unsigned)%s & 63), \"%%s\", \"x\");\n", c.a, thrown[type], e.a);
    TO_P("err = (unsigned)%s & 63;\ngoto catch_%d;\n}\n", e.p, h->id);
}

void gen_try(int depth) {
    static const struct {
        const char *clause;
        unsigned types;
    } clauses[] = {{"ValueError", 1}, {"OSError", 2},  {"FuzzError", 4}, {"ValueError | FuzzError", 5},
                   {"Error", 7},      {"BaseError", 7}};
    int id = ++unique, which = (int)below(6);
    bool caught = chance(85), finally = !caught || chance(40), rethrow = false;
    if (handler_count == 30) return;
    TO_P("{\n");
    struct buffer finally_a = {0}, *outer_a = A;
    if (finally) {
        A = &finally_a;
        struct confined old = confine();
        TO_P("void finally_%d(int *u_) {\n", id);
        gen_block(depth - 1, 1);
        TO_P("}\n__attribute__((cleanup(finally_%d))) int u%d = 0;\n", id, id);
        release(old);
        A = outer_a;
    }
    pending++;
    if (caught) handlers[handler_count++] = (struct handler){id, clauses[which].types};
    TO_A("try {\n");
    TO_P("{\n");
    if (caught && chance(70)) gen_throw(depth);
    gen_block(depth - 1, 1 + (int)below(2));
    if (caught && chance(50)) gen_throw(depth);
    TO_BOTH("}\n");
    if (caught) {
        handler_count--;
        TO_P("goto done_%d;\ncatch_%d:;\n{\nunsigned err_%d = err;\n", id, id, id);
        TO_A("catch (%s e_%d) {\nunsigned err_%d = (unsigned)e_%d->code;\n", clauses[which].clause, id, id, id);
        TO_BOTH("tr(\"caught\", err_%d);\n", id);
        gen_block(depth - 1, 1);
        /* what is thrown again is of the same type, whichever that was: all of them must be taken further out */
        const struct handler *out = handler_of(0);
        rethrow = out && out->types == 7 && chance(30);
        if (rethrow) {
            struct ex c = full(depth - 1);
            TO_A("if (%s) throw%s;\n", c.a, chance(50) ? "" : str(" e_%d", id));
            TO_P("if (%s) { err = err_%d; goto catch_%d; }\n", c.p, id, out->id);
        }
        TO_BOTH("tr(\"err\", err_%d);\n}\n", id);
        TO_P("done_%d:;\n", id);
    }
    if (finally) TO_A("finally\n%s", text_of(&finally_a));
    pending--;
    TO_P("}\n");
}

/* At the end of the block around it: pending is counted by gen_block. */
void gen_defer(int depth) {
    int id = ++unique;
    struct confined old = confine();
    TO_A("defer\n");
    TO_P("void defer_%d(int *u_) {\n", id);
    gen_block(depth - 1, 1);
    TO_P("}\n__attribute__((cleanup(defer_%d))) int u%d = 0;\n", id, id);
    release(old);
    pending++;
}

void gen_async_for(int depth) {
    int id = ++unique, outer_scope = scope_start;
    scope_start = variable_count;
    struct variable *v = declare("xyzw"); /* hides others in the expression already */
    struct ex e = full(depth - 1);
    const char *n = str("t%d", ++unique);
    append(&temporaries, str("    unsigned %s;\n", n));
    TO_P("%s = (unsigned)%s;\n{\n__attribute__((cleanup(gone))) unsigned gone_%d = %s;\n", n, e.p, id, n);
    TO_A("async for (unsigned %s in gen((unsigned)%s)) {\n", v->name, e.a);
    TO_P("for (unsigned i%d = 0; i%d < gone_%d %% 4; i%d++) {\ntr(\"gen\", i%d);\nunsigned %s = i%d * 3 + gone_%d;\n", id,
         id, id, id, id, v->name, id, id);
    make_scalar(v, &scalars[0], false);
    struct around old = enter(id, true);
    pending++;
    gen_block(depth - 1, 1 + (int)below(2));
    pending--;
    leave(old);
    TO_P("continue_%d:;\n", id);
    TO_BOTH("}\n");
    TO_P("}\n");
    variable_count = scope_start;
    scope_start = outer_scope;
}

void gen_async_with(int depth) {
    int id = ++unique, outer_scope = scope_start;
    struct ex e = full(depth - 1);
    TO_BOTH("{\n");
    TO_A("struct mgr mgr%d = { %s };\n", id, e.a);
    TO_P("struct mgr mgr%d = { %s };\n", id, e.p);
    scope_start = variable_count;
    struct variable *v = declare("xyzw");
    TO_A("async with (unsigned %s = &mgr%d) {\n", v->name, id);
    TO_P("{\nunsigned %s = mgr_aenter(&mgr%d);\n__attribute__((cleanup(left))) struct mgr *left_%d = &mgr%d;\n{\n", v->name,
         id, id, id);
    make_scalar(v, &scalars[0], false);
    pending++;
    gen_block(depth - 1, 1 + (int)below(2));
    pending--;
    TO_BOTH("}\n}\n");
    TO_P("}\n");
    variable_count = scope_start;
    scope_start = outer_scope;
}

/* Places are found first, values assigned when all are there. fq leaves no trace: its children are concurrent. */
void gen_gather(int depth) {
    begin_full(true);
    int n = 1 + (int)below(3);
    const char *a = "", *after = "";
    for (int i = 0; i < n; i++) {
        bool assigned = chance(80);
        struct place place = {0};
        if (assigned) place = gen_place(depth - 1);
        struct ex e = as_unsigned(gen_scalar(depth - 1));
        const char *t = str("t%d", ++unique);
        append(&temporaries, str("    unsigned %s;\n", t));
        TO_P("%s = %s;\n", t, e.p);
        a = str("%s%s%s%sfq((unsigned)%s)", a, i ? ", " : "", assigned ? place.a : "", assigned ? " = " : "", e.a);
        if (assigned) after = str("%s%s = fq(%s);\n", after, place.p, t);
    }
    awaits++;
    TO_A("await acc_gather(%s);\n", a);
    TO_P("%s", after);
}

void gen_acc_try(int depth) {
    int id = ++unique, outer_count = handler_count;
    struct handler outer[32];
    memcpy(outer, handlers, sizeof outer);
    handler_count = 0; /* what its operand throws it takes itself */
    struct ex e = full(depth);
    handler_count = outer_count;
    memcpy(handlers, outer, sizeof outer);
    const char *t = str("t%d", ++unique);
    append(&temporaries, str("    unsigned %s;\n", t));
    TO_P("%s = (unsigned)%s;\n", t, e.p);
    TO_A("{\nacc_outcome(unsigned) o%d = acc_try(await ft((unsigned)%s));\n", id, e.a);
    sleep_here();
    TO_A("tr(\"try\", o%d.error ? 1000 + (unsigned)o%d.error->code : o%d.value);\n}\n", id, id, id);
    TO_P("if (%s %% 3) tr(\"try\", ft(%s)); else { tr(\"ft\", %s); tr(\"try\", 1000 + (%s & 63)); }\n", t, t, t, t);
}

void gen_computed_goto(int depth) {
    if (pending || in_statement_expression) return;
    int id = ++unique;
    struct ex e = full(depth);
    TO_A("{ void *to%d = (unsigned)%s & 1 ? &&even_%d : &&odd_%d;\n", id, e.a, id, id);
    TO_P("{ void *to%d = (unsigned)%s & 1 ? &&even_%d : &&odd_%d;\n", id, e.p, id, id);
    sleep_here();
    TO_BOTH("goto *to%d;\neven_%d:;\n", id, id);
    gen_block(depth - 1, 1);
    TO_BOTH("odd_%d:;\n", id);
    gen_block(depth - 1, 1);
    TO_BOTH("}\n");
}
