/* expressions.c: values and places. Each generates one construct into both twins at once; needs what is in scope. */
#include "ggen.h"

static struct ex gen_struct(int depth);
static struct ex gen_pointer(int depth);

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

struct ex as_unsigned(struct ex e) { return e.type == INT ? cast("unsigned", UINT, e) : e; }

/* An operand that in C is evaluated in no given order with one that went before. */
static struct ex gen_next(int depth) { return opt.c_order ? literal() : gen_scalar(depth); }

static enum type common(enum type a, enum type b) { return a > b ? a : b; }

/* An await of a call, `name(args)`; now and then its coroutine is made first and something else is done meanwhile. */
static struct ex await_call(enum type type, const char *result, const char *name, const char *args_a, const char *args_p) {
    awaits++;
    if (!opt.c_order && chance(opt.coros)) {
        static const char *const ways[] = {"(await acc_create_task(%s(%s)))", "(await acc_wait_for(%s(%s), 100.0))",
                                           "(await acc_shield(%s(%s)))",
                                           "(await acc_wait_for(acc_shield(%s(%s)), ACC_NO_TIMEOUT))"};
        const char *way = ways[below(4)];
        return value(type, str(way, name, args_a), str("%s(%s)", name, args_p));
    }
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

struct place gen_place(int depth) {
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
    bool outer_inside = in_statement_expression, outer_effects = effects_allowed;
    unsigned k = below(10);
    in_statement_expression = true;
    scope_start = variable_count;
    A = &text;
    TO_P("{\n");
    TO_BOTH("tr(\"se\", %u);\n", k);
    TO_A("await fv(%u);\n", k);
    TO_P("fv(%u);\n", k);
    for (unsigned n = 1 + below(2); n > 0; n--) gen_statement(depth - 2);
    begin_full(outer_effects); /* the last statement is a full expression of its own */
    struct ex e = end_full(gen_scalar(depth - 1));
    effects_allowed = outer_effects;
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

struct ex gen_scalar(int depth) {
    if (depth <= 0) return chance(35) && !opt.c_order ? await_leaf(0) : leaf(depth);
    for (;;) switch (below(31)) {
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
            case 30: { /* one that throws, where that is caught */
                const struct handler *h = handler_of(0);
                if (!h) break;
                struct ex e = gen_scalar(depth - 1);
                const char *t = new_temporary(UINT);
                TO_P("%s = %s;\nif (%s %% 3 == 0) { tr(\"ft\", %s); err = %s & 63; goto catch_%d; }\n", t, e.p, t, t, t,
                     h->id);
                awaits++;
                return value(UINT, str("(await ft(%s))", e.a), str("ft(%s)", t));
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
struct ex gen_call_of(struct function *f, int depth) {
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
void begin_full(bool allow_effects) {
    awaits = effects = 0;
    effects_allowed = allow_effects;
    if (!in_statement_expression) touched = 0;
}

static bool lacks_await(void) { return effects && !awaits && !opt.c_order; }

struct ex end_full(struct ex e) {
    if (!lacks_await()) return e;
    unsigned k = below(10);
    e = as_unsigned(e);
    return value(e.type, str("(%s ^ await h(%u))", e.a, k), str("%s ^ h(%u)", e.p, k));
}

struct ex full(int depth) {
    begin_full(true);
    return end_full(gen_scalar(depth));
}

/* The same for a list of `n`, as arguments or initialisers. */
struct ex full_list(int n, int depth) {
    begin_full(true);
    struct ex list = gen_list(n, depth);
    if (lacks_await()) {
        list.a = str("%s + 0 * await h(0)", list.a);
        TO_P("h(0);\n");
    }
    return list;
}

struct ex full_struct(int depth) {
    begin_full(false);
    return gen_struct(depth);
}
