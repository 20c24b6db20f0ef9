/*
 * ggen: random programs made of what compilers of async functions get wrong, as twins.
 *
 *     ggen --seed=N --plain=plain.c --async=prog.ac [options]
 *
 * Both twins print a trace of every side effect, in order. The async one is written the way a user would: awaits stand
 * in operands, indices, conditions, initialisers. The plain one holds no expression whose order C leaves open: as
 * the dialect has it, operands are evaluated left to right, each once, so every operand becomes an assignment to
 * a temporary, in that order, && and || and ?: become ifs, a loop becomes for (;;) with its condition and step spelled out.
 * What gcc makes of the plain twin is therefore right by construction.
 *
 * How it works: no tree is built. Each function below generates one construct into two buffers at once, A (async) and
 * P (plain). A statement appends to both. An expression appends to P the statements that compute it and returns
 * its text in either twin (struct ex): in A the expression itself, in P the temporary that holds its value. Since
 * operands are generated left to right, so are P's statements.
 *
 * What C calls undefined never happens: arithmetic is unsigned, divisors are odd, indices masked, and a variable that
 * is assigned within an expression (m0 to m2) occurs in that expression only once. Loops are short, gotos are counted,
 * and a trace of 3000 lines ends the program.
 */
#include "ggen.h"

#include <ctype.h>

/* The head of both twins. In the plain one async, await and NAP are nothing. */
static const char prelude[] =
    "#include <stdint.h>\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "\n"
    "struct S { unsigned a; short c; unsigned b : 5; int d : 7; unsigned arr[3]; };\n"
    "\n"
    "static unsigned g0 = 1, g1 = 2, g2, ga[4] = { 3, 4, 5, 6 };\n"
    "static struct S gs = { 1, 2, 3, 4, { 5, 6, 7 } };\n"
    "static int lines;\n"
    "\n"
    "static void tr(const char *what, unsigned long long v)\n"
    "{\n"
    "    printf(\"%s %llu\\n\", what, v);\n"
    "    if (++lines > 3000) { fflush(stdout); _Exit(3); }\n"
    "}\n"
    "static void tr3(unsigned long long a, unsigned b, unsigned c) { printf(\"%u %u \", c, b); tr(\"tr3\", a); }\n"
    "static unsigned pt(unsigned v) { tr(\"pt\", v); g2 += v; return g2 & 255; }\n"
    "static unsigned add3(unsigned a, unsigned b, unsigned c) { return a + 2 * b + 3 * c; }\n"
    "static unsigned sum(const unsigned *p, unsigned long n) { unsigned s = 0; while (n--) s = s * 31 + p[n]; return s; }\n"
    "static unsigned shash(const struct S *s)\n"
    "{\n"
    "    return s->a * 3 + (unsigned)s->b * 5 + (unsigned)s->c * 7 + (unsigned)s->d * 11 + sum(s->arr, 3);\n"
    "}\n"
    "static void clean(unsigned *p) { tr(\"clean\", *p); }\n"
    "\n"
    "static async unsigned f(unsigned v) { NAP; tr(\"f\", v); g0 += v; NAP; return v * 3 + g0; }\n"
    "static async unsigned h(unsigned v) { tr(\"h\", v); return v ^ g1; }\n"
    "static async unsigned long long fl(unsigned v) { NAP; tr(\"fl\", v); return ((unsigned long long)v << 33) + g1++; }\n"
    "static async signed char fc(unsigned v) { tr(\"fc\", v); NAP; return (signed char)(v * 37); }\n"
    "static async _Bool fb(unsigned v) { NAP; tr(\"fb\", v); return v % 3; }\n"
    "static async double fd(unsigned v) { NAP; tr(\"fd\", v); return (v & 255) / 4.0; }\n"
    "static async void fv(unsigned v) { NAP; g1 ^= v; NAP; tr(\"fv\", v); }\n"
    "static async struct S fs(unsigned v, struct S s)\n"
    "{\n"
    "    NAP; s.a += v; s.b = v & 31; s.arr[v % 3]++; NAP; tr(\"fs\", shash(&s)); return s;\n"
    "}\n"
    "static async unsigned *fp(unsigned v) { tr(\"fp\", v); NAP; return &ga[v & 3]; }\n"
    "static async struct S *fsp(unsigned v) { NAP; tr(\"fsp\", v); gs.c++; return &gs; }\n"
    "static async unsigned poke(unsigned *p, unsigned v) { NAP; *p += v; NAP; tr(\"poke\", *p); return v + 1; }\n"
    "static async unsigned (*const ops[2])(unsigned) = { f, h };\n"
    "\n";

/* What dialect.c needs; none of it is used where C's order rules. */
static const char prelude_a[] =
    "acc_define_error(FuzzError, Error);\n"
    "static async unsigned ft(unsigned v) { NAP; tr(\"ft\", v); if (v % 3 == 0) throw ValueError((int)(v & 63), \"ft\"); "
    "NAP; return v + 2; }\n"
    "static async unsigned fq(unsigned v) { NAP; v *= 5; NAP; return v + 1; }\n"
    "static async acc_generator(unsigned) gen(unsigned n)\n"
    "{\n"
    "    defer tr(\"gone\", n);\n"
    "    for (unsigned i = 0; i < n % 4; i++) { NAP; tr(\"gen\", i); NAP; yield i * 3 + n; }\n"
    "}\n"
    "struct mgr { unsigned v; };\n"
    "static async unsigned mgr_aenter(struct mgr *m) { NAP; tr(\"enter\", m->v); NAP; return ++m->v; }\n"
    "static async void mgr_aexit(struct mgr *m, const acc_error *e) { NAP; tr(\"exit\", m->v); NAP; (void)e; }\n\n";
static const char prelude_p[] = "static unsigned ft(unsigned v) { tr(\"ft\", v); return v + 2; }\n"
                                "static unsigned fq(unsigned v) { return v * 5 + 1; }\n"
                                "static void gone(unsigned *n) { tr(\"gone\", *n); }\n"
                                "struct mgr { unsigned v; };\n"
                                "static unsigned mgr_aenter(struct mgr *m) { tr(\"enter\", m->v); return ++m->v; }\n"
                                "static void left(struct mgr **m) { tr(\"exit\", (*m)->v); }\n\n";

static struct buffer program_a, program_p;

static void gen_function(bool is_main) {
    struct function f = {.name = NULL};
    struct buffer body_a = {0}, body_p = {0};
    temporaries.size = counters.size = 0;
    variable_count = scope_start = label_count = out_label = loop = 0;
    breakable = in_statement_expression = confined = false;
    handler_count = pending = 0;
    A = &body_a;
    P = &body_p;

    const char *params = "unsigned d";
    if (!is_main) {
        static const enum type results[] = {UINT, UINT, ULL, STRUCT, UINT};
        f.name = str("fn%d", function_count);
        f.returns = results[below(5)];
        f.returns_void = chance(15);
        if (f.returns_void) f.returns = UINT;
        f.params = (int)below(4);
        for (int i = 0; i < f.params; i++) {
            static const enum type types[] = {UINT, UINT, STRUCT, POINTER};
            enum type type = f.param[i] = types[below(4)];
            const char *name = str("%c%d", "xsp"[type == STRUCT ? 1 : type == POINTER ? 2 : 0], i);
            params = str("%s, %s %s", params, type_names[type], name);
            add_variable(name, type == STRUCT ? STRUCTURE : type == POINTER ? PTR : SCALAR, &scalars[0], false);
        }
    }
    self = &f;
    if (is_main) {
        f.returns = UINT;
        for (int i = 0; i < function_count; i++) {
            begin_full(true);
            struct ex e = gen_call_of(&functions[i], 1);
            show(e, "main");
        }
        TO_BOTH("tr(\"gs\", shash(&gs));\ntr(\"ga\", sum(ga, 4));\nreturn (int)(g0 & 63);\n");
    } else {
        TO_BOTH("tr(\"%s\", d);\n", f.name);
        gen_block(3, opt.statements);
        sleep_here();
        gen_return(2);
    }

    const char *head = is_main ? "int main(void)"
                               : str("static %s %s(%s)", f.returns_void ? "void" : type_names[f.returns], f.name, params);
    const char *locals = str("    unsigned m0 = 0, m1 = 1, m2 = 2;\n%s", counters.size ? counters.text : "");
    append(&program_a, is_main ? "async int main(void)" : str("static async %s", head + strlen("static ")));
    append(&program_p, head);
    append(&program_a, str("\n{\n%s%s}\n\n", locals, text_of(&body_a)));
    append(&program_p, str("\n{\n%s%s    unsigned err = 0;\n%s}\n\n", locals, temporaries.size ? temporaries.text : "",
                           text_of(&body_p)));
    if (!is_main) functions[function_count++] = f;
    self = NULL;
}

static const char *option(const char *arg, const char *name) {
    size_t n = strlen(name);
    return !strncmp(arg, name, n) ? arg + n : NULL;
}

/* "3,10-12": these statements are generated and thrown away. */
static void set_dropped(const char *list) {
    while (*list) {
        char *end;
        unsigned long from = strtoul(list, &end, 10), to = from;
        if (*end == '-') to = strtoul(end + 1, &end, 10);
        for (; from <= to && from < sizeof dropped / sizeof *dropped; from++) dropped[from] = true;
        list = *end ? end + 1 : end;
    }
}

/* In every other program the structures have no tags: struct S is S, by a typedef. */
static void write_untagged(FILE *out, const char *text) {
    static const char *const tags[] = {"struct S", "struct mgr"};
    bool defining = false;
    const char *name = "";
    for (const char *at = text; *at; at++) {
        size_t n = 0;
        for (int i = 0; i < 2 && !n; i++) {
            n = strlen(tags[i]);
            if (strncmp(at, tags[i], n) || isalnum((unsigned char)at[n]) || at[n] == '_') n = 0;
            else name = tags[i] + strlen("struct ");
        }
        if (n && !strncmp(at + n, " {", 2)) {
            fputs("typedef struct", out);
            defining = true;
        } else if (n) fputs(name, out);
        if (n) at += n - 1;
        else if (defining && !strncmp(at, "};", 2)) {
            fprintf(out, "} %s", name);
            defining = false;
        } else putc(*at, out);
    }
}

static void write_file(const char *path, const char *head, const char *more, const struct buffer *b, bool untagged) {
    FILE *out = fopen(path, "wb");
    if (!out) die(str("cannot write %s", path));
    const char *text = str("%s%s%s%s", head, prelude, opt.c_order ? "" : more, text_of(b));
    if (untagged) write_untagged(out, text);
    else fputs(text, out);
    if (fclose(out)) die(str("cannot write %s", path));
}

int main(int argc, char **argv) {
    const char *plain = NULL, *async = NULL, *v;
    uint64_t seed = 0;
    bool count = false;
    for (int i = 1; i < argc; i++) {
        if ((v = option(argv[i], "--seed="))) seed = strtoull(v, NULL, 0);
        else if ((v = option(argv[i], "--plain="))) plain = v;
        else if ((v = option(argv[i], "--async="))) async = v;
        else if ((v = option(argv[i], "--suspend=")))
            opt.suspend = !strcmp(v, "never") ? 0 : !strcmp(v, "always") ? 100 : !strcmp(v, "sometimes") ? 30 : atoi(v);
        else if ((v = option(argv[i], "--functions="))) opt.functions = atoi(v);
        else if ((v = option(argv[i], "--statements="))) opt.statements = atoi(v);
        else if ((v = option(argv[i], "--coros="))) opt.coros = (unsigned)atoi(v);
        else if ((v = option(argv[i], "--drop="))) set_dropped(v);
        else if (!strcmp(argv[i], "--no-impure")) opt.impure = false;
        else if (!strcmp(argv[i], "--no-vla")) opt.vla = false;
        else if (!strcmp(argv[i], "--no-cleanup")) opt.cleanup = false;
        else if (!strcmp(argv[i], "--c-order")) opt.c_order = true;
        else if (!strcmp(argv[i], "--count")) count = true;
        else {
            fputs("usage: ggen --seed=N --plain=FILE --async=FILE [--suspend=never|sometimes|always|PERCENT]\n"
                  "            [--functions=N] [--statements=N] [--coros=PERCENT] [--drop=LIST] [--no-impure] [--no-vla] "
                  "[--no-cleanup] [--c-order]\n"
                  "       ggen --seed=N --count        prints the number of statements, for --drop\n",
                  stderr);
            return 2;
        }
    }
    if (opt.functions > 30) opt.functions = 30;
    rng_state = seed;
    for (int i = 0; i < opt.functions; i++) gen_function(false);
    gen_function(true);
    if (count) printf("%d\n", statement_count);

    const char *nap = opt.suspend == 0 ? "#define NAP (void)0\n"
                      : opt.suspend >= 100
                          ? "#define NAP await acc_sleep(0)\n"
                          : "static unsigned naps = 12345;\n"
                            "static int coin(void) { naps = naps * 1103515245u + 12345u; return naps >> 16 & 1; }\n"
                            "#define NAP do { if (coin()) await acc_sleep(0); } while (0)\n";
    if (plain) write_file(plain, "#define async\n#define await\n#define NAP (void)0\n", prelude_p, &program_p, seed & 1);
    if (async) write_file(async, str("#include <acc.h>\n%s", nap), prelude_a, &program_a, seed & 1);
    return 0;
}
