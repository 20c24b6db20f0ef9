"""A program whose expressions mix C's types with awaits, on the standard output: generate.py SEED

It is plain C when `async`, `await` and the sleep are taken out (run.sh does that), and means the same then: operands have no
effects on each other, so that their order does not matter, and nothing floating becomes an integer, which may be undefined.
"""
import random
import sys

INTEGERS = {
    "c": "char", "sc": "signed char", "uc": "unsigned char", "s": "short", "us": "unsigned short", "i": "int", "u": "unsigned",
    "l": "long", "ul": "unsigned long", "b": "_Bool", "e": "enum en", "ll": "long long", "ull": "unsigned long long",
}
TYPES = dict(INTEGERS, f="float", d="double")
START = {
    "c": "-7", "sc": "-100", "uc": "222", "s": "-3000", "us": "60000", "i": "-12345", "u": "3123456789u", "l": "-99L", "ul": "88UL",
    "b": "1", "e": "EB", "ll": "-77LL", "ull": "66ULL",
}
LITERALS = ["0", "1", "-1", "3", "200", "300", "-129", "5u", "70000", "4000000000u", "7L", "-2L", "9UL", "'x'", "EA", "(char)-5",
            "(unsigned char)250", "(short)-7"]
pick = random.Random(int(sys.argv[1]))


def integer():
    return pick.choice(list(INTEGERS))


def call(depth):
    made = "await f_%s(%s)" % (integer(), expression(depth - 1))
    return "(%s)" % made if pick.random() < 0.5 else made


def expression(depth):
    if depth <= 0:
        return pick.choice(LITERALS) if pick.random() < 0.5 else "v_" + integer()
    one, other = expression(depth - 1), expression(depth - 1)
    kind = pick.randrange(16)
    if kind < 4:
        return call(depth)
    if kind < 7:
        return "(%s %s %s)" % (one, pick.choice("+-*&|^"), other)
    if kind == 7:
        return "%s %s %s" % (expression(0), pick.choice("+-*"), call(depth))
    if kind == 8:
        return "(%s %s %s)" % (one, pick.choice(["<", ">", "==", "!=", "<=", ">=", "&&", "||"]), other)
    if kind < 12:
        return "(%s ? %s : %s)" % (expression(depth - 2), one, other)
    if kind == 12:
        return "(%s ?: %s)" % (one, other)
    if kind == 13:
        return "%s(%s)" % (pick.choice(["-", "!", "+", "~"]), one)
    if kind == 14:
        return "(%s)(%s)" % (TYPES[integer()], one)
    return pick.choice(["(0, %s)" % one, "(w_%s = %s)" % (integer(), one), "({ %s t_ = %s; t_; })" % (TYPES[integer()], one)])


def chain():
    """Conditionals in each other's last place, without parentheses."""
    return "%s ? %s : %s ? %s : %s" % (expression(1), expression(2), expression(1), expression(2), expression(2))


def statement(n):
    value = chain() if pick.random() < 0.4 else expression(4)
    kind = pick.randrange(7)
    if kind == 0:
        key = pick.choice(list(TYPES))
        return "{ %s r = %s; show(%d, r); }" % (TYPES[key], value, n)
    key = TYPES[integer()]
    if kind == 1:
        return "show(%d, %s);" % (n, value)
    if kind == 2:
        return "{ %s r = 3; r %s %s; show(%d, r); }" % (key, pick.choice(["=", "+=", "-=", "*=", "|="]), value, n)
    if kind == 3:
        return "{ %s r[2] = {%s, %s}; show(%d, r[0]); show(%d, r[1]); }" % (key, value, expression(3), n, n)
    if kind == 4:
        return "{ struct { signed m : 5; %s k; } r = {.k = %s}; r.m = %s; show(%d, r.k); show(%d, r.m); }" % (
            key, value, expression(3), n, n)
    if kind == 5:
        return "if (%s) show(%d, 1); else show(%d, 0);" % (value, n, n)
    return "switch ((int)(%s)) { case 0: show(%d, 0); break; case 1 ... 100: show(%d, %s); break; default: show(%d, 2); }" % (
        expression(3), n, n, value, n)


print("#include <acc.h>\n#include <stdio.h>\nenum en { EA = 4, EB = 9 };")
for key, name in INTEGERS.items():
    print("static async %s f_%s(%s x) { if (x %% %d) await acc_sleep(0); return x; }" % (name, key, name, pick.choice([2, 3, 5])))
print('static void show(int n, double x) { printf("%d %.17g\\n", n, x); }')
print("async int main(void) {")
for key, name in INTEGERS.items():
    print("    %s%s v_%s = %s, w_%s = 0; (void)w_%s;" % (pick.choice(["", "volatile "]), name, key, START[key], key, key))
for n in range(25):
    print("    " + statement(n))
print("    return 0;\n}")
