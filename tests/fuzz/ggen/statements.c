/* statements.c: statements and blocks, made of expressions. */
#include "ggen.h"

void sleep_here(void) {
    if (chance((unsigned)opt.suspend)) TO_A("await acc_sleep(0);\n");
}

static void trace_variable(const struct variable *v) {
    const char *n = v->name;
    switch (v->kind) {
        case HIDDEN: break;
        case SCALAR: TO_BOTH("tr(\"%s\", (unsigned long long)%s);\n", n, n); break;
        case ARRAY: TO_BOTH("tr(\"%s\", sum(%s, 4));\n", n, n); break;
        case VLA: TO_BOTH("tr(\"%s\", sum(%s, sizeof %s / sizeof *%s));\n", n, n, n, n); break;
        case STRUCTURE: TO_BOTH("tr(\"%s\", shash(&%s));\n", n, n); break;
        case PTR: TO_BOTH("tr(\"*%s\", *%s);\n", n, n); break;
        case STRUCT_PTR: TO_BOTH("tr(\"*%s\", shash(%s));\n", n, n); break;
    }
}

/* Ends a scope: its variables are printed, and gone. */
static void end_scope(int outer_start) {
    for (int i = scope_start; i < variable_count; i++)
        if (i >= variable_count - 4 || chance(50)) trace_variable(&variables[i]);
    variable_count = scope_start;
    scope_start = outer_start;
}

static void gen_declaration(int depth) {
    struct variable *v, *target;
    struct ex e;
    switch (below(14)) {
        case 0: { /* an array, its initialisers in order */
            v = declare("abc");
            e = full_list(4, depth);
            const char *align = chance(20) ? "_Alignas(64) " : "";
            TO_A("%sunsigned %s[4] = { %s };\n", align, v->name, e.a);
            TO_P("%sunsigned %s[4] = { %s };\n", align, v->name, e.p);
            if (*align) TO_BOTH("tr(\"aligned\", (uintptr_t)%s %% 64);\n", v->name);
            v->kind = ARRAY;
            break;
        }
        case 1:
            if (!opt.vla || in_statement_expression)
                return; /* gcc 12 then sometimes takes the statement expression for void */
            v = declare("v");
            e = full(depth);
            TO_A("unsigned %s[1 + (unsigned)%s %% 5];\n", v->name, e.a);
            TO_P("unsigned %s[1 + (unsigned)%s %% 5];\n", v->name, e.p);
            TO_BOTH("for (unsigned i = 0; i < sizeof %s / sizeof *%s; i++) %s[i] = i + 7;\n", v->name, v->name, v->name);
            v->kind = VLA;
            break;
        case 2:
        case 3:
            v = declare("stu");
            e = full_struct(depth);
            TO_A("struct S %s = %s;\n", v->name, e.a);
            TO_P("struct S %s = %s;\n", v->name, e.p);
            v->kind = STRUCTURE;
            break;
        case 4:
            if (!(target = pick(SCALAR, is_addressable))) return;
            v = add_variable(new_name("pq"), PTR, NULL, false);
            TO_BOTH("unsigned *%s = &%s;\n", v->name, target->name);
            break;
        case 5:
            if (!(target = pick(STRUCTURE, is_writable))) return;
            v = add_variable(new_name("rR"), STRUCT_PTR, NULL, false);
            TO_BOTH("struct S *%s = &%s;\n", v->name, target->name);
            break;
        case 6: /* cleanup runs however the scope is left */
            if (!opt.cleanup) return;
            v = declare("xyzw");
            e = full(depth);
            TO_A("__attribute__((cleanup(clean))) unsigned %s = %s;\n", v->name, e.a);
            TO_P("__attribute__((cleanup(clean))) unsigned %s = %s;\n", v->name, e.p);
            make_scalar(v, &scalars[0], false);
            pending++;
            break;
        case 7:
            v = declare("xyzw");
            TO_BOTH("static unsigned %s = %u;\n", v->name, below(100));
            make_scalar(v, &scalars[0], false);
            break;
        case 8: { /* a type of its own */
            e = full(depth);
            int n = ++unique;
            TO_BOTH("typedef struct { char pad; unsigned in; } local%d;\n", n);
            TO_A("local%d l%d = { 1, %s };\n", n, n, e.a);
            TO_P("local%d l%d = { 1, %s };\n", n, n, e.p);
            sleep_here();
            v = declare("xyzw");
            TO_BOTH("unsigned %s = l%d.in + (unsigned)l%d.pad;\n", v->name, n, n);
            make_scalar(v, &scalars[0], false);
            break;
        }
        default: {
            const struct scalar *s = &scalars[below(SCALARS)];
            v = declare("xyzw");
            e = full(depth);
            const char *prefix = chance(15) ? "const " : "";
            if (s->addressable && !*prefix && chance(10)) TO_A("__typeof__(await f(0)) %s = %s;\n", v->name, e.a);
            else TO_A("%s%s %s = %s;\n", prefix, s->name, v->name, e.a);
            TO_P("%s%s %s = %s;\n", prefix, s->name, v->name, e.p);
            make_scalar(v, s, *prefix != 0);
            break;
        }
    }
}

static void gen_assignment(int depth) {
    static const char *const ops[] = {"=", "=", "=", "+=", "-=", "*=", "^=", "|=", "&=", "/=", "%=", ">>=", "<<="};
    if (chance(15)) { /* whole structs */
        struct variable *v = pick(STRUCTURE, is_writable);
        struct ex s = full_struct(depth);
        TO_A("%s = %s;\n", v ? v->name : "gs", s.a);
        TO_P("%s = %s;\n", v ? v->name : "gs", s.p);
        return;
    }
    begin_full(true);
    struct place place = gen_place(depth);
    struct ex e = end_full(as_unsigned(gen_scalar(depth)));
    const char *op = ops[below(opt.c_order && awaits ? 3 : sizeof ops / sizeof *ops)];
    if (!strcmp(op, "<<=") && !place.is_unsigned) op = "+=";
    const char *suffix = *op == '<' || *op == '>' ? " & 7" : *op == '/' || *op == '%' ? " | 1u" : "";
    TO_A("%s %s %s%s;\n", place.a, op, e.a, suffix);
    TO_P("%s %s %s%s;\n", place.p, op, e.p, suffix);
}

static void gen_condition_break(const char *a, const char *p, int depth) {
    struct ex c = full(depth);
    TO_A("if (%s) %s\n", c.a, a);
    TO_P("if (%s) { %s }\n", c.p, p);
}

void gen_return(int depth) {
    if (self->returns_void) {
        TO_BOTH("return;\n");
    } else if (self->returns == STRUCT) {
        struct ex s = full_struct(depth);
        TO_A("return %s;\n", s.a);
        TO_P("return %s;\n", s.p);
    } else {
        struct ex e = full(depth);
        TO_A("return %s;\n", e.a);
        TO_P("return %s;\n", e.p);
    }
}

struct around enter(int new_loop, bool can_break) {
    struct around old = {loop, breakable};
    loop = new_loop;
    breakable = can_break;
    return old;
}

void leave(struct around old) {
    loop = old.loop;
    breakable = old.breakable;
}

static const char *new_counter(void) {
    const char *name = str("n%d", ++unique);
    append(&counters, str("    unsigned %s = 0;\n", name));
    return name;
}

/*
 * A loop, of all three kinds; a `for` may be entered by a goto. In P:
 *     for (;;) { condition; if (!...) break; { body } continue_N: step; }
 */
static void gen_loop(int depth) {
    enum { WHILE, DO, FOR } kind = below(3);
    const char *n = new_counter();
    unsigned rounds = 1 + below(3);
    int id = ++unique;
    int entry = kind == FOR && !in_statement_expression && chance(30) ? ++unique : 0;
    struct around old;

    TO_BOTH("%s = 0;\n", n);
    if (entry) {
        struct ex c = full(depth - 1);
        TO_A("if (%s) goto in_%d;\n", c.a, entry);
        TO_P("if (%s) goto in_%d;\n", c.p, entry);
    }

    int outer_scope = scope_start;
    struct ex init = {0};
    if (kind == FOR && !entry && chance(60)) { /* a variable of the loop's own */
        scope_start = variable_count;
        struct variable *v = declare("xyzw");
        init = full(depth - 1);
        TO_A("for (unsigned %s = %s; ", v->name, init.a);
        TO_P("{ unsigned %s = %s;\n", v->name, init.p);
        make_scalar(v, &scalars[0], false);
    } else if (kind == FOR) {
        TO_A("for (; ");
    }
    TO_P("for (;;) {\n");

    old = enter(0, false);
    struct buffer body_a = {0}, *outer_a = A, condition_p = {0}, step_p = {0}, *outer_p = P;
    P = &condition_p;
    struct ex c = full(depth - 1);
    c = (struct ex){str("%s++ < %u && %s", n, rounds, c.a), c.p, INT};
    TO_P("if (!%s) break;\n", c.p);
    struct ex step = {"", "", INT};
    if (kind == FOR) {
        P = &step_p;
        step = full(depth - 1);
        TO_P("tr(\"step\", (unsigned long long)%s);\n", step.p);
        step.a = str("tr(\"step\", (unsigned long long)%s)", step.a);
    }
    leave(old);
    P = outer_p;

    /* The counter comes first in the condition: in P it guards the rest. */
    const char *test = str("if (!(%s++ < %u)) break;\n%s", n, rounds, text_of(&condition_p));
    if (kind == FOR) TO_A("%s; %s) {\n", c.a, step.a);
    else if (kind == WHILE) TO_A("while (%s) {\n", c.a);
    else TO_A("do {\n");
    if (kind != DO) TO_P("%s", test);
    if (entry) TO_BOTH("in_%d:;\n", entry);

    A = &body_a;
    old = enter(id, true);
    gen_block(depth - 1, 1 + (int)below(3));
    leave(old);
    A = outer_a;
    TO_A("%s", text_of(&body_a));

    TO_P("continue_%d:;\n", id);
    if (kind == DO) {
        TO_A("} while (%s);\n", c.a);
        TO_P("%s}\n", test);
    } else {
        TO_A("}\n");
        TO_P("%s}\n", text_of(&step_p));
    }
    if (init.a) {
        variable_count = scope_start;
        scope_start = outer_scope;
        TO_P("}\n");
    }
}

static void gen_switch(int depth) {
    struct ex e = full(depth);
    TO_A("switch ((unsigned)%s %% 6) {\n", e.a);
    TO_P("switch ((unsigned)%s %% 6) {\n", e.p);
    struct around old = enter(loop, true);
    unsigned order = below(3);
    static const char *const cases[3][4] = {
        {"case 0:", "case 1:\ncase 2:", "case 3 ... 4:", "default:"},
        {"default:", "case 5:", "case 0 ... 1:", "case 3:"},
        {"case 4:", "default:\ncase 1:", "case 2:", "case 0:"},
    };
    for (int i = 0; i < 4; i++) {
        TO_BOTH("%s\n", cases[order][i]);
        gen_block(depth - 1, 1 + (int)below(2));
        if (chance(60)) TO_BOTH("break;\n");
    }
    leave(old);
    TO_BOTH("}\n");
}

/* A switch whose cases are inside a loop. */
static void gen_duff(int depth) {
    const char *n = new_counter();
    int id = ++unique;
    TO_BOTH("%s = 0;\n", n);
    struct ex e = full(depth);
    TO_A("switch ((unsigned)%s & 3) {\ncase 0: do {\n", e.a);
    TO_P("switch ((unsigned)%s & 3) {\ncase 0: for (;;) {\n", e.p);
    struct around old = enter(id, true);
    for (int i = 1; i <= 3; i++) {
        gen_block(depth - 1, 1);
        TO_BOTH("case %d:\n", i);
    }
    gen_block(depth - 1, 1);
    leave(old);
    old = enter(0, false);
    TO_P("continue_%d:;\nif (!(%s++ < 2)) break;\n", id, n);
    struct ex c = full(depth - 1);
    TO_P("if (!%s) break;\n}\n}\n", c.p);
    TO_A("} while (%s++ < 2 && %s);\n}\n", n, c.a);
    leave(old);
}

static void gen_goto_back(void) {
    if (!label_count) return;
    const char *n = new_counter();
    TO_BOTH("if (%s++ < 2) goto back_%d;\n", n, labels[below((unsigned)label_count)]);
}

/* A statement that uses what a call gave. */
void show(struct ex e, const char *what) {
    if (e.type == STRUCT) {
        TO_A("gs = %s;\n", e.a);
        TO_P("gs = %s;\n", e.p);
    } else {
        TO_A("tr(\"%s\", (unsigned long long)%s);\n", what, e.a);
        TO_P("tr(\"%s\", (unsigned long long)%s);\n", what, e.p);
    }
}

static void gen_recursion(int depth) {
    if (!self->name) return;
    TO_BOTH("if (d > 0) {\n");
    begin_full(true);
    struct ex e = gen_call_of(self, depth);
    show(e, "recursion");
    TO_BOTH("}\n");
}

static void gen_kind_of_statement(int depth) {
    if (!opt.c_order && depth > 0 && chance(22)) {
        switch (below(12)) {
            case 0:
            case 1:
            case 2: gen_try(depth); return;
            case 3:
            case 4: gen_throw(depth); return;
            case 5: gen_defer(depth); return;
            case 6: gen_async_for(depth); return;
            case 7: gen_async_with(depth); return;
            case 8:
            case 9: gen_gather(depth); return;
            case 10: gen_acc_try(depth); return;
            default: gen_computed_goto(depth); return;
        }
    }
    switch (below(depth > 0 ? 26 : 12)) {
        case 0:
        case 1:
        case 2: gen_declaration(depth); break;
        case 3:
        case 4:
        case 5:
        case 6: gen_assignment(depth + 1); break;
        case 7:
        case 8: { /* several values at once */
            struct ex list = full_list(3, depth + 1);
            TO_A("tr3(%s);\n", list.a);
            TO_P("tr3(%s);\n", list.p);
            break;
        }
        case 9: {
            struct ex e = full(depth + 1);
            TO_A("(void)%s;\n", e.a);
            break;
        }
        case 10: {
            unsigned k = below(10);
            TO_A("await fv(%u);\n", k);
            TO_P("fv(%u);\n", k);
            break;
        }
        case 11:
            if (breakable && !in_statement_expression && chance(50)) gen_condition_break("break;", "break;", depth);
            else if (loop && !in_statement_expression)
                gen_condition_break("continue;", str("goto continue_%d;", loop), depth);
            break;
        case 12:
        case 13: {
            struct ex c = full(depth);
            TO_A("if (%s)\n", c.a);
            TO_P("if (%s)\n", c.p);
            gen_block(depth - 1, 1 + (int)below(3));
            if (chance(50)) {
                TO_BOTH("else\n");
                gen_block(depth - 1, 1 + (int)below(2));
            }
            break;
        }
        case 14:
        case 15:
        case 16:
        case 17: gen_loop(depth); break;
        case 18:
        case 19: gen_switch(depth); break;
        case 20:
            if (!in_statement_expression) gen_duff(depth);
            break;
        case 21: gen_block(depth - 1, 1 + (int)below(4)); break;
        case 22: gen_recursion(depth); break;
        case 23: {
            if (confined) break;
            struct ex c = full(depth);
            TO_A("if (%s) {\n", c.a);
            TO_P("if (%s) {\n", c.p);
            gen_return(depth);
            TO_BOTH("}\n");
            break;
        }
        case 24:
            if (out_label && !in_statement_expression)
                gen_condition_break(str("goto out_%d;", out_label), str("goto out_%d;", out_label), depth);
            break;
        default: gen_goto_back(); break;
    }
}

void gen_statement(int depth) {
    int id = statement_count++;
    size_t at_a = A->size, at_p = P->size;
    sleep_here();
    gen_kind_of_statement(depth);
    if (id < (int)(sizeof dropped / sizeof *dropped) && dropped[id]) {
        cut(A, at_a);
        cut(P, at_p);
    }
}

void gen_block(int depth, int statements) {
    int outer_scope = scope_start, outer_labels = label_count, outer_out = out_label, outer_pending = pending;
    bool forward = chance(25) && !in_statement_expression;
    int out = forward ? ++unique : 0;
    if (forward) out_label = out;
    scope_start = variable_count;
    TO_BOTH(forward ? "{ {\n" : "{\n");
    if (chance(20) && label_count < 32 && !in_statement_expression) {
        TO_BOTH("back_%d:;\n", ++unique);
        labels[label_count++] = unique;
    }
    for (int i = 0; i < statements; i++) gen_statement(depth);
    end_scope(outer_scope);
    label_count = outer_labels;
    out_label = outer_out;
    pending = outer_pending;
    if (forward) TO_BOTH("}\nout_%d:;\n}\n", out);
    else TO_BOTH("}\n");
}
