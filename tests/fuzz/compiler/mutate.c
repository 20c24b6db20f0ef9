/* mutate.c: how libFuzzer changes an input of target.c: by tokens, operands, statements and declarations, so that most of what
 * comes out is C still, and gets through to the last phase.
 *
 * A text is cut into tokens, brackets know their partner. A change is a list of pieces, of this text, of another one, or of
 * those below; it is written into a buffer and copied back. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prelude.h"

enum { MAX_TOKENS = 6000, NONE = -1 };
typedef enum Kind { WORD, NUMBER, STRING, PUNCTUATION } Kind;

typedef struct Token {
    int start, end; /* bytes */
    int partner;    /* of a bracket; NONE */
    int depth;      /* of braces around it */
    int body;       /* which of the outermost pairs of braces that is */
    Kind kind;
} Token;

typedef struct Text {
    const char *s;
    int size, count;
    Token t[MAX_TOKENS];
} Text;

static uint64_t state;

static int below(int n) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n > 0 ? (int)((state >> 16) % (unsigned)n) : 0;
}

#define ONE_OF(list) (list)[below((int)(sizeof(list) / sizeof *(list)))]

/* ---- tokens ---- */

static int token_end(const char *s, int size, int i, Kind *kind) {
    int from = i;
    if (isalpha((unsigned char)s[i]) || s[i] == '_') {
        *kind = WORD;
        while (i < size && (isalnum((unsigned char)s[i]) || s[i] == '_')) i++;
        return i;
    }
    if (isdigit((unsigned char)s[i])) {
        *kind = NUMBER;
        while (i < size && (isalnum((unsigned char)s[i]) || s[i] == '.' || s[i] == '_')) i++;
        return i;
    }
    if (s[i] == '"' || s[i] == '\'') {
        *kind = STRING;
        for (i++; i < size && s[i] != s[from] && s[i] != '\n'; i++)
            if (s[i] == '\\') i++;
        return i < size ? i + 1 : size;
    }
    static const char *const long_ones[] = {"...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==",
                                            "!=",  "&&",  "||",  "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};
    *kind = PUNCTUATION;
    for (size_t k = 0; k < sizeof long_ones / sizeof *long_ones; k++) {
        int n = (int)strlen(long_ones[k]);
        if (i + n <= size && !memcmp(s + i, long_ones[k], (size_t)n)) return i + n;
    }
    return i + 1;
}

static void cut(Text *x, const char *s, int size) {
    int open[256], depth = 0, braces = 0, body = 0;
    x->s = s;
    x->size = size;
    x->count = 0;
    for (int i = 0; i < size && x->count < MAX_TOKENS;) {
        if (isspace((unsigned char)s[i])) {
            i++;
            continue;
        }
        if (s[i] == '/' && i + 1 < size && s[i + 1] == '*') {
            for (i += 2; i < size && !(s[i - 1] == '*' && s[i] == '/'); i++) {
            }
            i++;
            continue;
        }
        Token *t = &x->t[x->count];
        *t = (Token){.start = i, .partner = NONE, .depth = braces, .body = body};
        i = t->end = token_end(s, size, i, &t->kind);
        if (t->kind == PUNCTUATION && strchr("([{", s[t->start]) && depth < 256) {
            open[depth++] = x->count;
            if (s[t->start] == '{' && !braces++) body++;
        } else if (t->kind == PUNCTUATION && strchr(")]}", s[t->start]) && depth) {
            t->partner = open[--depth];
            x->t[t->partner].partner = x->count;
            braces -= s[x->t[t->partner].start] == '{';
            t->depth = braces;
        }
        x->count++;
    }
}

static bool is(const Text *x, int i, const char *word) {
    if (i < 0 || i >= x->count) return false;
    size_t n = (size_t)(x->t[i].end - x->t[i].start);
    return n == strlen(word) && !memcmp(x->s + x->t[i].start, word, n);
}

static bool is_any(const Text *x, int i, const char *const *words) {
    for (; *words; words++)
        if (is(x, i, *words)) return true;
    return false;
}

static const char *const not_names[] = {
    "if",       "else",       "while",    "do",          "for",           "switch",        "case",     "default",
    "break",    "continue",   "goto",     "return",      "sizeof",        "typedef",       "static",   "extern",
    "inline",   "const",      "volatile", "struct",      "union",         "enum",          "int",      "unsigned",
    "signed",   "char",       "short",    "long",        "float",         "double",        "void",     "_Bool",
    "bool",     "async",      "await",    "try",         "catch",         "finally",       "throw",    "defer",
    "yield",    "with",       "in",       "register",    "restrict",      "_Atomic",       "_Alignas", "_Generic",
    "_Complex", "__typeof__", "typeof",   "__auto_type", "__attribute__", "__extension__", NULL};

static bool name(const Text *x, int i) { return i >= 0 && i < x->count && x->t[i].kind == WORD && !is_any(x, i, not_names); }

/* ---- operands, statements, declarations: ranges of tokens, the last one not included ---- */

typedef struct Range {
    int from, to; /* tokens; from == to: there is none */
} Range;

/* The operand that begins at token i: a name or a literal or what is in parentheses, with what is applied to it. */
static Range operand_at(const Text *x, int i) {
    static const char *const before[] = {"=",  "(",  ",",  "+",  "-",  "*",  "/",  "%",      "<",     ">",  "!",  "~",
                                         "?",  ":",  "[",  "&&", "||", "|",  "^",  "==",     "!=",    "<=", ">=", "<<",
                                         ">>", "+=", "-=", "*=", "&=", "|=", "^=", "return", "await", "{",  NULL};
    static const char *const behind[] = {
        "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "++", "--", ":", "{", NULL};
    if (i < 1 || i >= x->count || !x->t[i].depth || !is_any(x, i - 1, before)) return (Range){0, 0};
    if (!name(x, i) && x->t[i].kind != NUMBER && x->t[i].kind != STRING && !(is(x, i, "(") && x->t[i].partner > i))
        return (Range){0, 0};
    int end = is(x, i, "(") ? x->t[i].partner + 1 : i + 1;
    while (end < x->count) {
        if ((is(x, end, "(") || is(x, end, "[")) && x->t[end].partner > end) end = x->t[end].partner + 1;
        else if ((is(x, end, ".") || is(x, end, "->")) && name(x, end + 1)) end += 2;
        else break;
    }
    if (is_any(x, end, behind) || name(x, end) || x->t[end < x->count ? end : i].kind == NUMBER) return (Range){0, 0};
    return (Range){i, end};
}

/* beside: a token in whose body it shall be, mostly, since the names there are known there; NONE: anywhere */
static bool elsewhere(const Text *x, int i, int beside) {
    return beside != NONE && i < x->count && x->t[i].body != x->t[beside].body && below(12);
}

static Range operand(const Text *x, int beside) {
    for (int tries = 0; tries < 80; tries++) {
        int i = below(x->count);
        Range r = elsewhere(x, i, beside) ? (Range){0, 0} : operand_at(x, i);
        if (r.to > r.from) return r;
    }
    return (Range){0, 0};
}

static int statement_end(const Text *x, int i, int deep) {
    static const char *const heads[] = {"if", "while", "for", "switch", "with", "catch", NULL};
    if (i >= x->count || deep > 50) return NONE;
    if (is(x, i, "{")) return x->t[i].partner > i ? x->t[i].partner + 1 : NONE;
    if (is(x, i, "async") && (is(x, i + 1, "for") || is(x, i + 1, "with"))) i++;
    if (is_any(x, i, heads) && is(x, i + 1, "(")) {
        int end = x->t[i + 1].partner > i ? statement_end(x, x->t[i + 1].partner + 1, deep + 1) : NONE;
        return end != NONE && is(x, end, "else") ? statement_end(x, end + 1, deep + 1) : end;
    }
    if (is(x, i, "do") || is(x, i, "try") || is(x, i, "defer")) {
        int end = statement_end(x, i + 1, deep + 1);
        if (end != NONE && is(x, i, "do"))
            return is(x, end, "while") && x->t[end + 1].partner > end ? x->t[end + 1].partner + 2 : NONE;
        while (end != NONE && is(x, i, "try") && (is(x, end, "catch") || is(x, end, "finally")))
            end = statement_end(x, is(x, end, "finally") ? end + 1 : end, deep + 1);
        return end;
    }
    for (; i < x->count; i++) {
        if (is(x, i, ";")) return i + 1;
        if (is(x, i, "}")) return NONE;
        if (x->t[i].partner > i) i = x->t[i].partner;
    }
    return NONE;
}

static Range statement(const Text *x, int beside) {
    for (int tries = 0; tries < 80; tries++) {
        int i = below(x->count);
        if (elsewhere(x, i, beside)) continue;
        while (i > 0 && i < x->count && !is(x, i - 1, ";") && !is(x, i - 1, "{") && !is(x, i - 1, "}")) i--;
        if (i < 1 || i >= x->count || !x->t[i].depth || is(x, i, "}") || is(x, i, "else") || is(x, i, "catch") ||
            is(x, i, "finally"))
            continue;
        int end = statement_end(x, i, 0);
        if (end != NONE) return (Range){i, end};
    }
    return (Range){0, 0};
}

static Range declaration(const Text *x) { /* at file scope */
    for (int tries = 0; tries < 20; tries++) {
        int i = below(x->count);
        while (i > 0 && (x->t[i].depth || !(is(x, i - 1, ";") || is(x, i - 1, "}")))) i--;
        int end = i;
        for (; end < x->count; end++) {
            if (is(x, end, ";")) break;
            if (is(x, end, "{") && x->t[end].partner > end) {
                end = x->t[end].partner;
                if (!is(x, end + 1, ";") && !name(x, end + 1)) break;
            } else if (x->t[end].partner > end) end = x->t[end].partner;
        }
        if (end < x->count) return (Range){i, end + 1};
    }
    return (Range){0, 0};
}

/* Somewhere that a statement may stand. */
static int place(const Text *x, int beside) {
    Range s = statement(x, beside);
    return s.from == s.to ? NONE : below(2) ? s.from : s.to;
}

/* A name that is used as the one at token `like` of y is: called, a member, or neither. */
static int a_name(const Text *x, const Text *y, int like, int beside) {
    bool called = like != NONE && is(y, like + 1, "("),
         member = like != NONE && (is(y, like - 1, ".") || is(y, like - 1, "->"));
    for (int tries = 0; tries < 100; tries++) {
        int i = below(x->count);
        if (!name(x, i) || elsewhere(x, i, beside)) continue;
        if (like == NONE || (called == is(x, i + 1, "(") && member == (is(x, i - 1, ".") || is(x, i - 1, "->")))) return i;
    }
    return NONE;
}

static bool has(const Text *x, const Text *y, int i) {
    size_t n = (size_t)(y->t[i].end - y->t[i].start);
    if (prelude_declares(y->s + y->t[i].start, n)) return true;
    for (int k = 0; k < x->count; k++)
        if ((size_t)(x->t[k].end - x->t[k].start) == n && !memcmp(x->s + x->t[k].start, y->s + y->t[i].start, n))
            return true;
    return false;
}

/* ---- what is put in ---- */

/* @: the operand. The first ten go with any type. */
static const char *const around_operands[] = {"(await fz_v(), @)",
                                              "(await fz_i(1) ? @ : @)",
                                              "({ await fz_v(); @; })",
                                              "(fz_n ? @ : @)",
                                              "({ __auto_type k_ = @; await fz_v(); k_; })",
                                              "(__typeof__(@)){@}",
                                              "*&(__typeof__(@)){@}",
                                              "_Generic(0, int: @, default: 0)",
                                              "__builtin_choose_expr(1, @, 0)",
                                              "acc_try(@).value",
                                              "acc_try(@)",
                                              "(await fz_i(@))",
                                              "await fz_i(@)",
                                              "(await fz_d(@))",
                                              "(@, @)",
                                              "(@ && @)",
                                              "(@ || await fz_i(2))",
                                              "(await fz_i(@) && @)",
                                              "!@",
                                              "-@",
                                              "~@",
                                              "&@",
                                              "*@",
                                              "sizeof(@)",
                                              "(int)@",
                                              "(long)@",
                                              "(char)@",
                                              "(double)@",
                                              "(void)@",
                                              "(_Bool)@",
                                              "(@)",
                                              "await @",
                                              "(await acc_create_task(fz_i(@)))",
                                              "acc_create_task(fz_i(@))",
                                              "acc_to_thread(abs(@))",
                                              "(await acc_to_thread(abs(@)))",
                                              "(await acc_wait_for(fz_i(@), 1.0))",
                                              "(await acc_shield(fz_i(@)))",
                                              "((int[]){@, await fz_i(3)})[0]",
                                              "((fz_s){.a = @}).a",
                                              "(@ + await fz_i(1))",
                                              "(await fz_i(1) + @)",
                                              "(@ == await fz_d(@))",
                                              "(fz_n = @)",
                                              "(fz_n += await fz_i(@))",
                                              "fz_one.in.c[@]",
                                              "(await fz_st(@)).a",
                                              "(await fz_st(@)).b",
                                              "({ int k_ = @; &k_; })",
                                              "({ int a_[fz_n]; a_[0] = @; a_[0]; })",
                                              "(@ ?: await fz_i(1))",
                                              "(@ ?: @)",
                                              "@++",
                                              "--@",
                                              "@[0]",
                                              "@(1)",
                                              "(yield @)",
                                              "fz_pointer(@)",
                                              "(await fz_pointer(@))",
                                              "acc_run(fz_i(@))",
                                              "__builtin_constant_p(@)",
                                              "(__typeof__(await fz_i(@)))@",
                                              "__builtin_expect(@, 1)",
                                              "({ goto e_; e_: @; })",
                                              "__real__ @",
                                              "(int)offsetof(fz_s, a)",
                                              "({ try { fz_n = @; } finally { fz_n--; } fz_n; })",
                                              "(fz_s[]){{@}, [2] = {await fz_i(4)}}[1].a"};

/* @: the statement; $: another one */
static const char *const around_statements[] = {
    "if (fz_n) @",
    "if (await fz_i(1)) @ else $",
    "if (fz_n) $ else @",
    "while (fz_n--) @",
    "while (await fz_i(0)) { @ break; }",
    "do @ while (await fz_i(0));",
    "for (int i_ = await fz_i(0); i_ < await fz_i(3); i_ += await fz_i(1)) @",
    "for (;;) { @ if (fz_n) continue; break; }",
    "switch (await fz_i(1)) { case 1: @ case 2 ... 4: $ default: break; }",
    "switch (fz_n) { int u_; case 1: { @ } break; default: $ }",
    "switch (fz_n) case 0: @",
    "try { @ } catch (ValueError | OSError e) { fz_n = e->code; $ }",
    "try { @ } catch (BaseError) { throw; }",
    "try { @ } finally { $ }",
    "try { await fz_v(); @ } catch (Error e) { throw e; } finally { await fz_v(); }",
    "defer { @ }",
    "defer await fz_v(); @",
    "async with (&fz_lock) { @ }",
    "async with (acc_timeout(1.0)) @",
    "async with (acc_task_group *g_ = acc_task_group_new()) { acc_group_create_task(g_, fz_i(1)); @ }",
    "async for (int v_ in fz_g(3)) { @ }",
    "async for (int v_ in fz_range) { if (v_) break; @ }",
    "async with (int r_ = fz_range) { @ }",
    "{ @ }",
    "({ @ });",
    "({ @ $ });",
    "{ __label__ l_; @ l_:; }",
    "{ int a_[fz_n + 1]; @ a_[0] = await fz_i(1); }",
    "{ __attribute__((cleanup(fz_clean))) int c_ = 1; @ await fz_v(); }",
    "{ fz_s s_ = {await fz_i(1), .in.c = {[1] = await fz_i(2)}}; @ s_ = await fz_st(s_.a); }",
    "{ struct { int x[2]; } *p_ = (void *)&(int[2]){1}; @ await fz_v(); fz_n = p_->x[1]; }",
    "{ typedef int row_[fz_n]; row_ r_; @ await fz_v(); r_[0] = sizeof(row_); }",
    "{ int fz_n = await fz_i(1); @ }",
    "{ static int s_; @ s_ = await fz_i(s_); }",
    "{ extern int fz_n; @ }",
    "{ _Alignas(64) char b_[2]; @ await fz_v(); b_[0] = 1; }",
    "{ void *to_ = &&l_; @ goto *to_; l_:; }",
    "{ goto l_; @ l_: await fz_v(); }",
    "if (0) { $ } else if (await fz_i(1)) { @ } else { $ }",
    "{ acc_outcome(int) o_ = acc_try(await fz_i(1)); if (!o_.error) @ }",
    "{ acc_task(int) t_ = acc_create_task(fz_i(1)); @ await t_; }",
    "{ int a_, b_; await acc_gather(a_ = fz_i(1), b_ = fz_i(2)); @ fz_n = a_ + b_; }",
    "{ acc_coro(int) c_ = fz_i(1); @ await c_; }",
    "{ volatile int v_ = 1; @ v_ += await fz_i(v_); }",
    "{ _Atomic int v_ = 1; @ v_ += await fz_i(v_); }",
    "{ const int k_ = await fz_i(1); @ fz_n = k_; }",
    "{ int (*p_)[fz_n] = malloc(sizeof *p_); @ (*p_)[0] = await fz_i(1); }",
    "{ enum { A_, B_ = 3 } e_ = B_; @ await fz_v(); fz_n = e_; }",
    "{ union { int i; double d; } u_ = {.d = await fz_d(1)}; @ await fz_v(); fz_n = u_.i; }",
    "@ fz_n = ({ await fz_v(); 1; });",
    "throw ValueError(\"%d\", fz_n); @",
    "throw OSError(EIO, \"x\"); @",
    "return; @",
    "case 3: @",
    "default: @",
    "l_: @",
    "break; @",
    "continue; @",
    "goto l_; @",
    "yield 1; @",
    "asm volatile(\"\" : \"+r\"(fz_n)); @",
    "_Static_assert(1, \"\"); @",
    "; @",
    "await acc_gather(fz_i(1), acc_wait_for(fz_v(), 1)); @",
    "fz_task = acc_create_task(fz_i(await fz_i(2))); @",
    "await acc_queue_put(fz_queue, await fz_i(1)); @"};

static const char *const words[] = {"int",
                                    "long",
                                    "unsigned char",
                                    "double",
                                    "_Bool",
                                    "void",
                                    "fz_s",
                                    "char *",
                                    "const int",
                                    "volatile int",
                                    "_Atomic int",
                                    "long double",
                                    "__int128",
                                    "_Complex double",
                                    "struct fz_s",
                                    "acc_task(int)",
                                    "acc_coro(int)",
                                    "acc_outcome(int)",
                                    "acc_future(fz_s)",
                                    "static",
                                    "extern",
                                    "const",
                                    "async",
                                    "async int",
                                    "__auto_type",
                                    "__typeof__(await fz_i(1))",
                                    "_Alignas(32)",
                                    "register",
                                    "acc_generator(int)",
                                    "__attribute__((cleanup(fz_clean)))",
                                    "enum { Q_ }",
                                    "union { int q; }",
                                    "fz_n",
                                    "fz_one",
                                    "fz_i",
                                    "fz_v",
                                    "fz_g",
                                    "fz_lock",
                                    "fz_task",
                                    "await",
                                    "yield",
                                    "sizeof",
                                    "&",
                                    "*",
                                    "0",
                                    "1",
                                    "-1",
                                    "4294967296",
                                    "0x7fffffffffffffff",
                                    "1.5f",
                                    "'a'",
                                    "\"s\"",
                                    "L\"s\"",
                                    "NULL",
                                    "__func__",
                                    "[1]",
                                    "[]",
                                    "()",
                                    "(void)",
                                    "{0}",
                                    "{}",
                                    "{1, 2}",
                                    ".a = 1",
                                    "...",
                                    "\n#pragma x\n",
                                    "\n#pragma GCC diagnostic push\n",
                                    "goto",
                                    "return",
                                    "break;",
                                    "continue;",
                                    "throw;",
                                    "restrict",
                                    "inline",
                                    "typedef",
                                    "__extension__",
                                    "_BitInt(7)",
                                    "_Generic(",
                                    ")",
                                    "(",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    ";",
                                    ",",
                                    ":",
                                    "?",
                                    "=",
                                    "/*",
                                    "*/",
                                    "//",
                                    "\\",
                                    "#"};

static const char *const operators[] = {
    "+",  "-",  "*", "/", "%",  "<",  ">",  "<=", ">=", "==", "!=", "&&", "||",  "&",   "|", "^",
    "<<", ">>", ",", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", NULL};

/* ---- writing ---- */

static char out[1 << 16];
static int used;

static void put(const char *s, int n) {
    if (n > (int)sizeof out - used) n = (int)sizeof out - used;
    if (n > 0) memcpy(out + used, s, (size_t)n);
    if (n > 0) used += n;
}

static void put_bytes(const Text *x, int from, int to) { put(x->s + from, to - from); }
static int start(const Text *x, int i) { return i < x->count ? x->t[i].start : x->size; }
static void put_range(const Text *x, Range r) {
    if (r.to > r.from) put_bytes(x, x->t[r.from].start, x->t[r.to - 1].end);
}

static void put_form(const char *form, const Text *x, Range one, Range other) {
    put(" ", 1);
    for (; *form; form++) {
        if (*form == '@') put_range(x, one);
        else if (*form == '$') put_range(x, other);
        else put(form, 1);
    }
    put(" ", 1);
}

/* The text with one range replaced by a form. */
static void replaced(const Text *x, Range r, const char *form, Range other) {
    put_bytes(x, 0, start(x, r.from));
    put_form(form, x, r, other);
    put_bytes(x, r.to > r.from ? x->t[r.to - 1].end : start(x, r.from), x->size);
}

/* Another text's tokens, their names changed to names of x where it has no such. */
static void put_foreign(const Text *x, const Text *y, Range r, int beside) {
    for (int i = r.from; i < r.to; i++) {
        int n = name(y, i) && (!has(x, y, i) || !below(10)) ? a_name(x, y, i, beside) : NONE;
        if (n != NONE) put_range(x, (Range){n, n + 1});
        else put_range(y, (Range){i, i + 1});
        put(" ", 1);
    }
}

static Text mine, theirs;

static bool change(const Text *x) {
    Range none = {0, 0}, r, q;
    int at, n;
    switch (below(22)) {
        case 0: /* a statement dropped */
            r = statement(x, NONE);
            if (r.to > r.from) replaced(x, r, below(3) ? "" : ";", none);
            return r.to > r.from;
        case 1: /* doubled, or moved */
        case 2:
            r = statement(x, NONE);
            at = place(x, r.from);
            if (at == NONE || r.to == r.from) return false;
            put_bytes(x, 0, start(x, at));
            put_form("@", x, r, none);
            put_bytes(x, start(x, at), x->size);
            return true;
        case 3: /* replaced by another */
            r = statement(x, NONE);
            q = statement(x, r.from);
            if (r.to > r.from) replaced(x, r, "$", q);
            return r.to > r.from;
        case 4:
        case 5:
        case 6:
        case 7:
        case 8: /* something around it */
            r = statement(x, NONE);
            q = statement(x, r.from);
            if (r.to > r.from) replaced(x, r, ONE_OF(around_statements), q);
            return r.to > r.from;
        case 9:
        case 10:
        case 11:
        case 12:
        case 13:
            r = operand(x, NONE);
            if (r.to > r.from) replaced(x, r, below(2) ? around_operands[below(10)] : ONE_OF(around_operands), none);
            return r.to > r.from;
        case 14: /* an operand by another */
        case 15:
            r = operand(x, NONE);
            q = operand(x, r.from);
            if (r.to > r.from) replaced(x, r, "$", q);
            return r.to > r.from;
        case 16: /* a name by another */
            at = a_name(x, x, NONE, NONE);
            n = at == NONE ? NONE : a_name(x, x, at, at);
            if (n == NONE) return false;
            replaced(x, (Range){at, at + 1}, "$", (Range){n, n + 1});
            return true;
        case 17: /* an operator by another */
            for (int tries = 0; tries < 60; tries++) {
                at = below(x->count);
                if (!is_any(x, at, operators)) continue;
                replaced(x, (Range){at, at + 1}, operators[below((int)(sizeof operators / sizeof *operators) - 1)], none);
                return true;
            }
            return false;
        case 18: /* a token by a word, or a word put in */
            at = below(x->count);
            replaced(x, (Range){at, below(2) ? at + 1 : at}, ONE_OF(words), none);
            return true;
        case 19: /* a type by another */
            for (int tries = 0; tries < 60; tries++) {
                static const char *const types[] = {"int",  "unsigned", "char",  "short", "long",   "double",
                                                    "void", "bool",     "_Bool", "float", "size_t", NULL};
                at = below(x->count);
                if (!is_any(x, at, types)) continue;
                replaced(x, (Range){at, at + 1}, words[below(18)], none);
                return true;
            }
            return false;
        case 20: /* a declaration dropped or doubled */
            if (below(4)) return false;
            r = declaration(x);
            if (r.to > r.from) replaced(x, r, below(3) ? "" : "@ @", none);
            return r.to > r.from;
        default: /* a token dropped or doubled */
            at = below(x->count);
            replaced(x, (Range){at, at + 1}, below(2) ? "" : "@ @", none);
            return true;
    }
}

size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const unsigned char *data, size_t size, const unsigned char *other, size_t other_size,
                                 unsigned char *to, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max, unsigned seed) {
    state = seed * 0x9E3779B97F4A7C15u + 1;
    if (below(40) == 0 || size < 8) return LLVMFuzzerMutate(data, size, max);
    for (int tries = 0; tries < 8; tries++) {
        cut(&mine, (const char *)data, (int)size);
        used = 0;
        if (!mine.count || !change(&mine) || !used || (size_t)used > max) continue;
        memcpy(data, out, (size_t)used);
        return (size_t)used;
    }
    return LLVMFuzzerMutate(data, size, max);
}

/* A statement, an operand or a declaration of the other goes into this. */
size_t LLVMFuzzerCustomCrossOver(const unsigned char *data, size_t size, const unsigned char *other, size_t other_size,
                                 unsigned char *to, size_t max, unsigned seed) {
    state = seed * 0x9E3779B97F4A7C15u + 1;
    cut(&mine, (const char *)data, (int)size);
    cut(&theirs, (const char *)other, (int)other_size);
    used = 0;
    int at = NONE, end = NONE, beside = NONE, how = below(5);
    Range r = how == 0 ? declaration(&theirs) : how == 1 ? operand(&theirs, NONE) : statement(&theirs, NONE);
    if (how == 0) {
        Range d = declaration(&mine);
        if (d.to > d.from) at = end = start(&mine, d.from);
    } else if (how == 1) {
        Range o = operand(&mine, NONE);
        if (o.to > o.from) beside = o.from, at = start(&mine, o.from), end = mine.t[o.to - 1].end;
    } else {
        int p = place(&mine, NONE);
        if (p != NONE) beside = p, at = end = start(&mine, p);
    }
    if (at != NONE && r.to > r.from) {
        put_bytes(&mine, 0, at);
        put(" ", 1);
        put_foreign(&mine, &theirs, r, beside < mine.count ? beside : NONE);
        put_bytes(&mine, end, mine.size);
    }
    if (!used || (size_t)used > max) {
        used = 0;
        put_bytes(&mine, 0, mine.size);
    }
    memcpy(to, out, (size_t)used);
    return (size_t)used;
}
