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
#define _GNU_SOURCE 1
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- odds and ends ---------------------------------- */

static void die(const char *what) {
    fprintf(stderr, "ggen: %s\n", what);
    exit(2);
}

static uint64_t rng_state;

static unsigned rng(void) /* splitmix64 */
{
    uint64_t z = (rng_state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ (z >> 31)) >> 32);
}

static unsigned below(unsigned n) { return rng() % n; }
static bool chance(unsigned percent) { return below(100) < percent; }

/* The process is short: strings are never freed. */
static const char *str(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *str(const char *format, ...) {
    va_list args;
    char *s;
    va_start(args, format);
    if (vasprintf(&s, format, args) < 0) die("out of memory");
    va_end(args);
    return s;
}

struct buffer {
    char *text;
    size_t size, cap;
};

static void append(struct buffer *b, const char *text) {
    size_t n = strlen(text);
    if (b->size + n + 1 > b->cap) {
        b->cap = (b->size + n + 1) * 2;
        b->text = realloc(b->text, b->cap);
        if (!b->text) die("out of memory");
    }
    memcpy(b->text + b->size, text, n + 1);
    b->size += n;
}

static void cut(struct buffer *b, size_t size) {
    if (b->size > size) b->text[b->size = size] = 0;
}

static const char *text_of(const struct buffer *b) { return b->text ? b->text : ""; }

/* The function being generated, in either twin. */
static struct buffer *A, *P;

#define TO_A(...) append(A, str(__VA_ARGS__))
#define TO_P(...) append(P, str(__VA_ARGS__))
#define TO_BOTH(...)                          \
    do {                                      \
        const char *text_ = str(__VA_ARGS__); \
        append(A, text_);                     \
        append(P, text_);                     \
    } while (0)

/* ---------------------------------------------------------------- what is being generated ------------------------ */

static struct {
    int suspend;               /* percentage of places for a sleep that get one */
    bool c_order;              /* only what means the same in C's order: for testing this program without acc */
    unsigned coros;            /* percentage of calls whose coroutine is made first and awaited later */
    bool impure, vla, cleanup; /* plain calls with side effects in expressions that await */
    int functions, statements;
} opt = {.suspend = 30, .impure = true, .vla = true, .functions = 5, .statements = 7};

/* Types of values: what an arithmetic operator sees, after promotions, and two more. */
enum type { INT, UINT, ULL, STRUCT, POINTER, TYPES };
static const char *const type_names[TYPES] = {"int", "unsigned", "unsigned long long", "struct S", "unsigned *"};

/* Types of scalar variables, and their values'. */
static const struct scalar {
    const char *name;
    enum type value;
    bool addressable;
    bool is_unsigned;
} scalars[] = {
    {"unsigned", UINT, true, true},
    {"unsigned", UINT, true, true},
    {"int", INT, false, false},
    {"unsigned long long", ULL, false, true},
    {"unsigned char", INT, false, true},
    {"short", INT, false, false},
    {"_Bool", INT, false, false},
    {"volatile unsigned", UINT, false, true},
    {"_Atomic unsigned", UINT, false, true},
};
enum { SCALARS = sizeof scalars / sizeof *scalars };

struct variable {
    const char *name;
    enum { HIDDEN, SCALAR, ARRAY, VLA, STRUCTURE, PTR, STRUCT_PTR } kind; /* hidden: its initialiser is being made */
    const struct scalar *scalar;
    bool constant;
};

static struct variable variables[400];
static int variable_count, scope_start;

struct function {
    const char *name;
    enum type returns;
    bool returns_void;
    int params;
    enum type param[4];
};
static struct function functions[32];
static int function_count;

static struct buffer temporaries;   /* declarations for the head of the function, in P */
static struct buffer counters;      /* the same for both twins */
static int unique;                  /* numbers names; the same for both twins, since both are made at once */
static int loop;                    /* the number of the loop that `continue` continues, 0 if none */
static bool breakable;              /* a loop or a switch is around */
static int labels[32], label_count; /* that a goto may go back to */
static int out_label;               /* that a goto may go forward to, 0 if none */
static bool in_statement_expression;
static struct function *self;
static int awaits, effects; /* in the full expression so far: awaits, plain calls with effects */
static bool effects_allowed;
static unsigned touched; /* bit i: m<i> occurs in the full expression */

static int statement_count; /* numbers statements for --drop */
static bool dropped[100000];

struct ex {
    const char *a, *p;
    enum type type;
};

static struct ex gen_scalar(int depth);
static struct ex gen_struct(int depth);
static struct ex gen_pointer(int depth);
static void gen_statement(int depth);
static void gen_block(int depth, int statements);

/* ---------------------------------------------------------------- variables -------------------------------------- */

/* Whether no later variable has the same name. */
static bool visible(int i) {
    for (int j = i + 1; j < variable_count; j++)
        if (!strcmp(variables[i].name, variables[j].name)) return false;
    return true;
}

static struct variable *pick(int kind, bool (*wanted)(const struct variable *)) {
    struct variable *found = NULL;
    unsigned n = 0;
    for (int i = 0; i < variable_count; i++) {
        struct variable *v = &variables[i];
        if ((int)v->kind == kind && visible(i) && (!wanted || wanted(v)) && below(++n) == 0) found = v;
    }
    return found;
}

static bool is_writable(const struct variable *v) { return !v->constant; }
static bool is_addressable(const struct variable *v) { return !v->constant && v->scalar->addressable; }

/* A name for a variable in the current scope: of the few in `pool`, to shadow others often, else a fresh one. */
static const char *new_name(const char *pool) {
    for (int tries = 0; tries < 3; tries++) {
        const char *name = str("%c", pool[below((unsigned)strlen(pool))]);
        bool taken = false;
        for (int i = scope_start; i < variable_count; i++) taken |= !strcmp(variables[i].name, name);
        if (!taken) return name;
    }
    return str("%c%d", pool[0], ++unique);
}

static struct variable *add_variable(const char *name, int kind, const struct scalar *scalar, bool constant) {
    if (variable_count == sizeof variables / sizeof *variables) die("too many variables");
    variables[variable_count] = (struct variable){name, kind, scalar, constant};
    return &variables[variable_count++];
}

/*
 * A variable whose initialiser is generated next. Its scope begins before the initialiser, so that the name hides an
 * outer one there already, but cannot be used yet: its kind is set when the initialiser is done.
 */
static struct variable *declare(const char *pool) { return add_variable(new_name(pool), HIDDEN, NULL, false); }

static void make_scalar(struct variable *v, const struct scalar *scalar, bool constant) {
    v->kind = SCALAR;
    v->scalar = scalar;
    v->constant = constant;
}

/* ---------------------------------------------------------------- expressions ------------------------------------ */

static const char *new_temporary(enum type type) {
    const char *name = str("t%d", ++unique);
    append(&temporaries, str("    %s %s;\n", type_names[type], name));
    return name;
}

/* The expression `a` in A; in P a temporary that is given the value of `p` now. */
static struct ex value(enum type type, const char *a, const char *p) {
    const char *name = new_temporary(type);
    TO_P("%s = %s;\n", name, p);
    return (struct ex){a, name, type};
}

static struct ex literal(void) {
    const char *text = chance(80) ? str("%uu", below(10)) : str("%u", below(300));
    return (struct ex){text, text, strchr(text, 'u') ? UINT : INT};
}

static struct ex cast(const char *type, enum type value, struct ex e) {
    return (struct ex){str("(%s)%s", type, e.a), str("(%s)%s", type, e.p), value};
}

static struct ex as_unsigned(struct ex e) { return e.type == INT ? cast("unsigned", UINT, e) : e; }

/* An operand that in C is evaluated in no given order with one that went before. */
static struct ex gen_next(int depth) { return opt.c_order ? literal() : gen_scalar(depth); }

static enum type common(enum type a, enum type b) { return a > b ? a : b; }

/* An await of a call, `name(args)`; now and then its coroutine is made first and something else is done meanwhile. */
static struct ex await_call(enum type type, const char *result, const char *name, const char *args_a, const char *args_p) {
    awaits++;
    if (chance(opt.coros)) {
        const char *coro = str("k%d", ++unique);
        TO_P("tr(\"made\", %d);\n", unique);
        return value(
            type,
            str("({ acc_coro(%s) %s = %s(%s); tr(\"made\", %d); await %s; })", result, coro, name, args_a, unique, coro),
            str("%s(%s)", name, args_p));
    }
    return value(type, str("(await %s(%s))", name, args_a), str("%s(%s)", name, args_p));
}

static struct ex gen_call_of(struct function *f, int depth);

static struct ex await_leaf(int depth) {
    static const struct {
        const char *name, *result;
        enum type type;
    } leaves[] = {
        {"f", "unsigned", UINT},           {"f", "unsigned", UINT},    {"h", "unsigned", UINT},
        {"fl", "unsigned long long", ULL}, {"fc", "signed char", INT}, {"fb", "_Bool", INT},
    };
    unsigned i = below(sizeof leaves / sizeof *leaves);
    struct ex e = gen_scalar(depth - 1);
    return await_call(leaves[i].type, leaves[i].result, leaves[i].name, e.a, e.p);
}

/* A place: something that can be assigned to. Its indices and pointers are found now, its value is not read yet. */
struct place {
    const char *a, *p;
    enum type value;
    bool is_unsigned, writable;
};

static struct ex index_of(int depth, const char *mask) {
    struct ex e = as_unsigned(gen_next(depth));
    return value(UINT, str("%s %s", e.a, mask), str("(unsigned)(%s %s)", e.p, mask));
}

static const char *pointer_temporary(const char *type, const char *p) {
    const char *name = str("t%d", ++unique);
    append(&temporaries, str("    %s%s;\n", type, name));
    TO_P("%s = %s;\n", name, p);
    return name;
}

static struct place member(const char *a, const char *p, int depth) {
    switch (below(5)) {
        case 0: return (struct place){str("%s.b", a), str("%s.b", p), INT, true, true}; /* bit-fields */
        case 1: return (struct place){str("%s.d", a), str("%s.d", p), INT, false, true};
        case 2: return (struct place){str("%s.c", a), str("%s.c", p), INT, false, true};
        case 3: {
            struct ex i = index_of(depth - 1, "% 3");
            return (struct place){str("%s.arr[%s]", a, i.a), str("%s.arr[%s]", p, i.p), UINT, true, true};
        }
        default: return (struct place){str("%s.a", a), str("%s.a", p), UINT, true, true};
    }
}

static struct place gen_place(int depth) {
    struct variable *v;
    for (;;) switch (below(13)) {
            case 0:
            case 1:
            case 2:
                if (!(v = pick(SCALAR, is_writable))) break;
                return (struct place){v->name, v->name, v->scalar->value, v->scalar->is_unsigned, true};
            case 3:
            case 4: {
                if (!(v = pick(ARRAY, is_writable))) break;
                struct ex i = index_of(depth - 1, "& 3");
                const char *format = chance(15) ? "(%s)[%s]" : "%s[%s]";
                return chance(10)
                           ? (struct place){str("*(%s + (%s))", v->name, i.a), str("%s[%s]", v->name, i.p), UINT, true, true}
                       : *format == '('
                           ? (struct place){str("(%s)[%s]", i.a, v->name), str("%s[%s]", v->name, i.p), UINT, true, true}
                           : (struct place){str("%s[%s]", v->name, i.a), str("%s[%s]", v->name, i.p), UINT, true, true};
            }
            case 5: {
                if (!(v = pick(VLA, NULL))) break;
                struct ex i = index_of(depth - 1, str("%% (sizeof %s / sizeof *%s)", v->name, v->name));
                return (struct place){str("%s[%s]", v->name, i.a), str("%s[%s]", v->name, i.p), UINT, true, true};
            }
            case 6:
            case 7:
                if (!(v = pick(STRUCTURE, is_writable))) break;
                return member(v->name, v->name, depth);
            case 8:
                if (!(v = pick(PTR, NULL))) break;
                return (struct place){str("*%s", v->name), str("*%s", v->name), UINT, true, true};
            case 9: {
                if (!(v = pick(STRUCT_PTR, NULL))) break;
                return chance(50) ? member(str("(*%s)", v->name), str("(*%s)", v->name), depth)
                                  : (struct place){str("%s->a", v->name), str("%s->a", v->name), UINT, true, true};
            }
            case 10: {
                if (opt.c_order) break;
                struct ex e = gen_pointer(depth - 1);
                if (e.a[0] == '&') break;
                return (struct place){str("*%s", e.a), str("*%s", e.p), UINT, true, true};
            }
            case 11: {
                if (opt.c_order) break;
                struct ex e = gen_scalar(depth - 1);
                awaits++;
                const char *p = pointer_temporary("struct S *", str("fsp(%s)", e.p));
                return chance(50) ? (struct place){str("(await fsp(%s))->a", e.a), str("%s->a", p), UINT, true, true}
                                  : member(str("(*await fsp(%s))", e.a), str("(*%s)", p), depth);
            }
            default: {
                if (chance(50)) return (struct place){"g0", "g0", UINT, true, true};
                struct ex i = index_of(depth - 1, "& 3");
                return (struct place){str("ga[%s]", i.a), str("ga[%s]", i.p), UINT, true, true};
            }
        }
}

/* One of the variables that are assigned within expressions, -1 if all have been used in this one. */
static int touch(void) {
    int i = (int)below(3);
    if (touched & 1u << i) return -1;
    touched |= 1u << i;
    return i;
}

static struct ex leaf(int depth) {
    struct variable *v;
    switch (below(10)) {
        case 0:
        case 1: return literal();
        case 2:
            if (opt.c_order && depth < 0) return literal();
            return value(UINT, "g0", "g0");
        case 3:
        case 4:
        case 5: {
            struct place place = gen_place(0);
            return value(place.value, place.a, place.p);
        }
        default:
            if (!(v = pick(SCALAR, NULL))) return literal();
            return value(v->scalar->value, v->name, v->name);
    }
}

/* Text of an expression list of `n` values for a call; only one of them is more than a literal where C's order rules. */
static struct ex gen_list(int n, int depth) {
    struct ex list = {"", "", UINT};
    for (int i = 0; i < n; i++) {
        struct ex e = i ? gen_next(depth) : gen_scalar(depth);
        list = (struct ex){str("%s%s%s", list.a, i ? ", " : "", e.a), str("%s%s%s", list.p, i ? ", " : "", e.p), UINT};
    }
    return list;
}

static struct ex gen_binary(int depth) {
    static const char *const arithmetic[] = {"+", "-", "*", "&", "|", "^", "<<", ">>", "/", "%"};
    static const char *const comparison[] = {"==", "!=", "<", ">", "<=", ">="};
    struct ex l = gen_scalar(depth - 1);
    if (chance(25)) {
        const char *op = comparison[below(6)];
        struct ex r = gen_next(depth - 1);
        return value(INT, str("(%s %s %s)", l.a, op, r.a), str("%s %s %s", l.p, op, r.p));
    }
    const char *op = arithmetic[below(10)];
    struct ex r = gen_next(depth - 1);
    l = as_unsigned(l);
    r = as_unsigned(r);
    if (strchr("<>", *op)) r = (struct ex){str("(%s & 7)", r.a), str("(%s & 7)", r.p), UINT};
    if (strchr("/%", *op)) r = (struct ex){str("(%s | 1u)", r.a), str("(%s | 1u)", r.p), r.type};
    enum type type = strchr("<>", *op) ? l.type : common(l.type, r.type);
    return value(type, str("(%s %s %s)", l.a, op, r.a), str("%s %s %s", l.p, op, r.p));
}

static struct ex gen_logical(int depth) {
    bool and = chance(50);
    struct ex l = gen_scalar(depth - 1);
    const char *t = new_temporary(INT);
    TO_P("%s = %d;\nif (%s%s) {\n", t, !and, and? "" : "!", l.p);
    struct ex r = gen_scalar(depth - 1);
    TO_P("%s = !!%s;\n}\n", t, r.p);
    return (struct ex){str("(%s %s %s)", l.a, and? "&&" : "||", r.a), t, INT};
}

static struct ex gen_conditional(int depth) {
    struct ex c = gen_scalar(depth - 1);
    if (chance(10)) { /* arms without a value, and one after the comma */
        unsigned k = below(10);
        TO_P("if (%s) fv(%u); else pt(%u);\n", c.p, k, k);
        awaits++;
        struct ex e = gen_scalar(depth - 1);
        return (struct ex){str("(%s ? await fv(%u) : (void)pt(%u), %s)", c.a, k, k, e.a), e.p, e.type};
    }
    const char *t = new_temporary(ULL);
    TO_P("if (%s) {\n", c.p);
    struct ex l = gen_scalar(depth - 1);
    TO_P("%s = (%s)%s;\n} else {\n", t, "unsigned", l.p);
    struct ex r = gen_scalar(depth - 1);
    TO_P("%s = (%s)%s;\n}\n", t, "unsigned", r.p);
    return (struct ex){str("(%s ? (unsigned)%s : (unsigned)%s)", c.a, l.a, r.a), str("(unsigned)%s", t), UINT};
}

/* A statement expression. It always awaits, since its statements may assign to what the expression around it reads. */
static struct ex gen_statement_expression(int depth) {
    struct buffer text = {0}, *outer = A;
    int outer_scope = scope_start, outer_count = variable_count, outer_loop = loop;
    bool outer_inside = in_statement_expression;
    unsigned k = below(10);
    in_statement_expression = true;
    scope_start = variable_count;
    A = &text;
    TO_P("{\n");
    TO_BOTH("tr(\"se\", %u);\n", k);
    TO_A("await fv(%u);\n", k);
    TO_P("fv(%u);\n", k);
    for (unsigned n = 1 + below(2); n > 0; n--) gen_statement(depth - 2);
    struct ex e = gen_scalar(depth - 1);
    const char *t = new_temporary(e.type);
    TO_P("%s = %s;\n}\n", t, e.p);
    A = outer;
    variable_count = outer_count;
    scope_start = outer_scope;
    loop = outer_loop;
    in_statement_expression = outer_inside;
    awaits++;
    /* The cast: to clang the value of an _Atomic variable is _Atomic here. */
    return (struct ex){str("({\n%s(%s)%s;\n})", text_of(&text), type_names[e.type], e.a), t, e.type};
}

static struct ex gen_scalar(int depth) {
    if (depth <= 0) return chance(35) && !opt.c_order ? await_leaf(0) : leaf(depth);
    for (;;) switch (below(30)) {
            case 0:
            case 1:
            case 2: return leaf(depth);
            case 3:
            case 4:
            case 5:
            case 6: return await_leaf(depth);
            case 7:
            case 8:
            case 9:
            case 10: return gen_binary(depth);
            case 11:
            case 12: return gen_logical(depth);
            case 13:
            case 14: return gen_conditional(depth);
            case 15: { /* a comma */
                struct ex l = gen_scalar(depth - 1), r = gen_scalar(depth - 1);
                return (struct ex){str("(%s, %s)", l.a, r.a), r.p, r.type};
            }
            case 16: {
                static const char *const ops[] = {"-", "~", "!"};
                const char *op = ops[below(3)];
                struct ex e = as_unsigned(gen_scalar(depth - 1));
                return value(*op == '!' ? INT : e.type, str("(%s%s)", op, e.a), str("%s%s", op, e.p));
            }
            case 17: { /* a plain call with awaits in its arguments */
                struct ex list = gen_list(3, depth - 1);
                return value(UINT, str("add3(%s)", list.a), str("add3(%s)", list.p));
            }
            case 18: {
                if (!opt.impure || !effects_allowed) break;
                struct ex e = gen_scalar(depth - 1);
                effects++;
                return value(UINT, str("pt(%s)", e.a), str("pt(%s)", e.p));
            }
            case 19:
            case 20: {
                if (function_count == 0) break;
                struct ex e = gen_call_of(&functions[below((unsigned)function_count)], depth);
                return e.type == STRUCT ? value(UINT, str("%s.a", e.a), str("%s.a", e.p)) : e;
            }
            case 21:
                if (depth < 2 || !chance(60)) break;
                return gen_statement_expression(depth);
            case 22: { /* a member of a struct; if that is a place, one that is read at once */
                struct ex s = gen_struct(depth - 1);
                if (s.a[0] != '(' || s.a[1] == '*') return value(UINT, str("%s.a", s.a), str("%s.a", s.p));
                struct place m = member(s.a, s.p, depth - 1);
                return value(m.value, m.a, m.p);
            }
            case 23: {
                if (opt.c_order) break;
                struct ex p = gen_pointer(depth - 1);
                return value(UINT, str("(*%s)", p.a), str("*%s", p.p));
            }
            case 24: { /* through a pointer to an async function, which is found first */
                awaits++;
                struct ex i = as_unsigned(gen_next(depth - 1));
                const char *op = str("o%d", ++unique);
                append(&temporaries, str("    unsigned (*%s)(unsigned);\n", op));
                TO_P("%s = ops[%s & 1];\n", op, i.p);
                struct ex e = gen_scalar(depth - 1);
                return value(UINT, str("(await ops[%s & 1](%s))", i.a, e.a), str("%s(%s)", op, e.p));
            }
            case 25: { /* an assignment within */
                int m = touch();
                if (m < 0) break;
                if (chance(40)) {
                    static const char *const forms[] = {"m%d++", "m%d--", "++m%d", "--m%d"};
                    const char *text = str(forms[below(4)], m);
                    return value(UINT, str("(%s)", text), text);
                }
                struct ex e = gen_scalar(depth - 1);
                return value(UINT, str("(m%d = %s)", m, e.a), str("m%d = %s", m, e.p));
            }
            case 26: {
                struct ex e = gen_scalar(depth - 1);
                if (chance(50)) return value(INT, str("(unsigned char)%s", e.a), str("(unsigned char)%s", e.p));
                awaits++;
                return value(UINT, str("(unsigned)(await fd(%s) * 2.0)", e.a), str("(unsigned)(fd(%s) * 2.0)", e.p));
            }
            case 27: { /* an await that is not performed, and one that C chooses by type */
                if (!chance(30)) break;
                awaits++;
                if (chance(50))
                    return (struct ex){"(unsigned)sizeof(await fl(1))", "(unsigned)sizeof(unsigned long long)", UINT};
                struct ex e = await_leaf(depth);
                return (struct ex){str("_Generic(await f(1), unsigned: %s, default: 0u)", e.a), e.p, e.type};
            }
            case 28: { /* the address of a local in other hands meanwhile */
                struct variable *v = pick(SCALAR, is_addressable);
                if (!v) break;
                struct ex e = gen_next(depth - 1);
                return await_call(UINT, "unsigned", "poke", str("&%s, %s", v->name, e.a), str("&%s, %s", v->name, e.p));
            }
            default: { /* an array of no name */
                struct ex list = gen_list(3, depth - 1), i = index_of(depth - 1, "% 3");
                const char *t = str("t%d", ++unique);
                append(&temporaries, str("    unsigned %s;\n", t));
                TO_P("{ unsigned c_[] = { %s }; %s = c_[%s]; }\n", list.p, t, i.p);
                return (struct ex){str("(unsigned[]){ %s }[%s]", list.a, i.a), t, UINT};
            }
        }
}

static struct ex struct_variable(void) {
    struct variable *v = pick(STRUCTURE, NULL);
    const char *name = v ? v->name : "gs";
    return value(STRUCT, name, name);
}

static struct ex gen_struct(int depth) {
    if (depth <= 0) return struct_variable();
    for (;;) switch (below(8)) {
            case 0: return struct_variable();
            case 1:
            case 2:
            case 3: {
                struct ex e = gen_next(depth - 1), s = gen_struct(depth - 1);
                return await_call(STRUCT, "struct S", "fs", str("%s, %s", e.a, s.a), str("%s, %s", e.p, s.p));
            }
            case 4: {
                struct ex e[4];
                for (int i = 0; i < 4; i++) e[i] = i ? gen_next(depth - 1) : gen_scalar(depth - 1);
                return value(STRUCT,
                             str("((struct S){ .a = %s, .b = %s & 31, .arr = { [1] = %s, %s } })", e[0].a,
                                 as_unsigned(e[1]).a, e[2].a, e[3].a),
                             str("(struct S){ .a = %s, .b = %s & 31, .arr = { [1] = %s, %s } }", e[0].p, as_unsigned(e[1]).p,
                                 e[2].p, e[3].p));
            }
            case 5: {
                struct ex c = gen_scalar(depth - 1);
                const char *t = new_temporary(STRUCT);
                TO_P("if (%s) {\n", c.p);
                struct ex l = gen_struct(depth - 1);
                TO_P("%s = %s;\n} else {\n", t, l.p);
                struct ex r = gen_struct(depth - 1);
                TO_P("%s = %s;\n}\n", t, r.p);
                return (struct ex){str("(%s ? %s : %s)", c.a, l.a, r.a), t, STRUCT};
            }
            case 6: {
                struct ex e = gen_scalar(depth - 1);
                awaits++;
                return value(STRUCT, str("(*await fsp(%s))", e.a), str("*fsp(%s)", e.p));
            }
            default:
                for (int i = 0; i < function_count; i++)
                    if (functions[i].returns == STRUCT && chance(50)) return gen_call_of(&functions[i], depth);
                break;
        }
}

static struct ex gen_pointer(int depth) {
    struct variable *v;
    for (int tries = 0; tries < 8; tries++) switch (below(5)) {
            case 0:
                if (!(v = pick(SCALAR, is_addressable))) break;
                return value(POINTER, str("(&%s)", v->name), str("&%s", v->name));
            case 1:
                if (!(v = pick(PTR, NULL))) break;
                return value(POINTER, v->name, v->name);
            case 2: {
                if (!(v = pick(ARRAY, is_writable))) break;
                struct ex i = index_of(depth - 1, "& 3");
                return value(POINTER, str("(&%s[%s])", v->name, i.a), str("&%s[%s]", v->name, i.p));
            }
            case 3: {
                if (depth <= 0) break;
                struct ex c = gen_scalar(depth - 1);
                const char *t = new_temporary(POINTER);
                TO_P("if (%s) {\n", c.p);
                struct ex l = gen_pointer(depth - 1);
                TO_P("%s = %s;\n} else {\n", t, l.p);
                struct ex r = gen_pointer(depth - 1);
                TO_P("%s = %s;\n}\n", t, r.p);
                return (struct ex){str("(%s ? %s : %s)", c.a, l.a, r.a), t, POINTER};
            }
            default: {
                struct ex e = gen_next(depth - 1);
                return await_call(POINTER, "unsigned *", "fp", e.a, e.p);
            }
        }
    return value(POINTER, "(&g1)", "&g1");
}

/* A call of a function generated before, or of the one being generated, which its first argument bounds. */
static struct ex gen_call_of(struct function *f, int depth) {
    const char *a = f == self ? "d - 1" : str("%u", below(2)), *p = a;
    bool used = false;
    for (int i = 0; i < f->params; i++) {
        struct ex e;
        if (f->param[i] == STRUCT) e = used && opt.c_order ? gen_struct(0) : gen_struct(depth - 1);
        else if (f->param[i] == POINTER) e = used && opt.c_order ? value(POINTER, "&g1", "&g1") : gen_pointer(depth - 1);
        else e = used ? gen_next(depth - 1) : gen_scalar(depth - 1);
        used = true;
        a = str("%s, %s", a, e.a);
        p = str("%s, %s", p, e.p);
    }
    if (f->returns_void) {
        awaits++;
        TO_P("%s(%s);\n", f->name, p);
        struct ex e = gen_scalar(depth - 1);
        return (struct ex){str("(await %s(%s), %s)", f->name, a, e.a), e.p, e.type};
    }
    return await_call(f->returns, type_names[f->returns], f->name, a, p);
}

/*
 * A full expression. If it holds plain calls with effects, it awaits too: without an await, their order would be C's.
 * Inside a statement expression the expression around it goes on, and what it touched stays touched.
 */
static void begin_full(bool allow_effects) {
    awaits = effects = 0;
    effects_allowed = allow_effects;
    if (!in_statement_expression) touched = 0;
}

static bool lacks_await(void) { return effects && !awaits && !opt.c_order; }

static struct ex end_full(struct ex e) {
    if (!lacks_await()) return e;
    unsigned k = below(10);
    e = as_unsigned(e);
    return value(e.type, str("(%s ^ await h(%u))", e.a, k), str("%s ^ h(%u)", e.p, k));
}

static struct ex full(int depth) {
    begin_full(true);
    return end_full(gen_scalar(depth));
}

/* The same for a list of `n`, as arguments or initialisers. */
static struct ex full_list(int n, int depth) {
    begin_full(true);
    struct ex list = gen_list(n, depth);
    if (lacks_await()) {
        list.a = str("%s + 0 * await h(0)", list.a);
        TO_P("h(0);\n");
    }
    return list;
}

static struct ex full_struct(int depth) {
    begin_full(false);
    return gen_struct(depth);
}

/* ---------------------------------------------------------------- statements ------------------------------------- */

static void sleep_here(void) {
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

static void gen_return(int depth) {
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

/* Saved while a loop's or switch's inside is generated. */
struct around {
    int loop;
    bool breakable;
};

static struct around enter(int new_loop, bool can_break) {
    struct around old = {loop, breakable};
    loop = new_loop;
    breakable = can_break;
    return old;
}

static void leave(struct around old) {
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
static void show(struct ex e, const char *what) {
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

static void gen_statement(int depth) {
    int id = statement_count++;
    size_t at_a = A->size, at_p = P->size;
    sleep_here();
    gen_kind_of_statement(depth);
    if (id < (int)(sizeof dropped / sizeof *dropped) && dropped[id]) {
        cut(A, at_a);
        cut(P, at_p);
    }
}

static void gen_block(int depth, int statements) {
    int outer_scope = scope_start, outer_labels = label_count, outer_out = out_label;
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
    if (forward) TO_BOTH("}\nout_%d:;\n}\n", out);
    else TO_BOTH("}\n");
}

/* ---------------------------------------------------------------- programs --------------------------------------- */

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

static struct buffer program_a, program_p;

static void gen_function(bool is_main) {
    struct function f = {.name = NULL};
    struct buffer body_a = {0}, body_p = {0};
    temporaries.size = counters.size = 0;
    variable_count = scope_start = label_count = out_label = loop = 0;
    breakable = in_statement_expression = false;
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
    append(&program_p, str("\n{\n%s%s%s}\n\n", locals, temporaries.size ? temporaries.text : "", text_of(&body_p)));
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

static void write_file(const char *path, const char *head, const struct buffer *b) {
    FILE *out = fopen(path, "wb");
    if (!out) die(str("cannot write %s", path));
    fprintf(out, "%s%s%s", head, prelude, text_of(b));
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
        else if (!strcmp(argv[i], "--cleanup")) opt.cleanup = true;
        else if (!strcmp(argv[i], "--c-order")) opt.c_order = true;
        else if (!strcmp(argv[i], "--count")) count = true;
        else {
            fputs("usage: ggen --seed=N --plain=FILE --async=FILE [--suspend=never|sometimes|always|PERCENT]\n"
                  "            [--functions=N] [--statements=N] [--coros=PERCENT] [--drop=LIST] [--no-impure] [--no-vla] "
                  "[--cleanup] [--c-order]\n"
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
    if (plain) write_file(plain, "#define async\n#define await\n#define NAP (void)0\n", &program_p);
    if (async) write_file(async, str("#include <acc.h>\n%s", nap), &program_a);
    return 0;
}
