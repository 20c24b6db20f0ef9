#!/usr/bin/env python3
"""Every way out of a block through every kind of cleanup, as async C and as Python from one description: they must print the same.

    ways.py test  [--acc ACC] [--work DIR] [--flags FLAGS] [--python PYTHON] [--expected FILE] [--update]   the sample
    ways.py table ...                                                                                      the whole table
    ways.py show NUMBER            a case of the table, in both languages
    ways.py count                  how many cases there are

A case is a choice for each of:

    way       how the innermost block is left: its end, return, return of an awaited value, break, continue, goto out of
              everything, to the end of the outermost cleanup's block or back to before everything, throw, the error of a callee,
              cancellation while it awaits
    place     where that statement stands: in the block, in a catch within it, in a catch of the finally's own try
    kind      of cleanup: finally, defer, cleanup attribute, async with; or one after the other
    nesting   1 to 3 of them
    action    what each cleanup does: nothing more, awaits, throws, throws only in the innermost, awaits and throws, is cancelled
              while it awaits, (async with) swallows the error
    loop      no loop, a loop around all, a loop within the outermost
    caught    where an error is caught: outside, inside all, between the outermost cleanup and the next, there and thrown again
    waits     whether what is awaited before really suspends

A case prints what happens: each cleanup with the value that it sees, each statement that is reached, what the function returned
or threw, with the contexts of an error. Python stands for goto by loops and flags, for the rest by itself.

Each program runs as it is and with ACC_HOSTILE=1, which makes no difference. With --python the output is compared with that of
CPython 3.13; --expected is what counts where there is none: what is printed (the sample), or a checksum for each program (the
table). Cases that differ only in whether they wait share their functions, so that the whole table takes some minutes.
"""
import argparse, concurrent.futures, hashlib, itertools, os, pathlib, subprocess, sys

WAYS = ["end", "return", "return_await", "break", "continue", "goto_out", "goto_mid", "goto_back", "throw", "callee", "cancel"]
PLACES = ["block", "catch", "clause"]
KINDS = ["finally", "defer", "attribute", "with", "mixed", "mixed_back"]
ACTIONS = ["plain", "awaits", "throws", "throws_first", "awaits_throws", "cancelled", "swallows"]
LOOPS = ["none", "around", "within"]
CAUGHT = ["outside", "inside", "between", "again"]
FIELDS = dict(way=WAYS, place=PLACES, kind=KINDS, nesting=[1, 2, 3], action=ACTIONS, loop=LOOPS, caught=CAUGHT, waits=[False, True])
GROUP = 600  # cases in a program

# ---------------------------------------------------------------- the table


class Case:
    def __init__(self, values):
        self.__dict__.update(zip(FIELDS, values))

    def kind_of(self, level):
        if self.kind == "mixed": return ["finally", "with", "defer"][level - 1]
        if self.kind == "mixed_back": return ["attribute", "finally", "with"][level - 1]
        return self.kind

    def action_of(self, level):
        if self.action == "throws_first": return "throws" if level == self.nesting else "plain"
        return self.action

    def possible(self):
        if self.way in ("break", "continue") and self.loop == "none": return False
        if self.way == "goto_mid" and self.nesting == 1: return False
        if self.loop == "within" and self.nesting == 1: return False  # no way out of it crosses a cleanup
        if self.kind.startswith("mixed") and self.nesting == 1: return False
        if self.place == "clause" and self.kind_of(self.nesting) != "finally": return False
        if self.action == "swallows" and self.kind != "with": return False
        fails = self.way in ("throw", "callee", "cancel")
        if self.caught == "inside" and not fails: return False
        if self.caught in ("between", "again"):
            if self.nesting == 1: return False
            if not fails and self.action not in ("throws", "throws_first", "awaits_throws", "cancelled"): return False
        return True

    def function(self):
        """What its functions are made of: whether it waits is asked at run time, so that two cases share one."""
        return tuple(getattr(self, name) for name in FIELDS if name != "waits" or self.way == "end")

    def label(self):
        return " ".join(f"{getattr(self, name)}" if name != "waits" else ("waits" if self.waits else "at once") for name in FIELDS)


def table():
    return [c for c in (Case(v) for v in itertools.product(*FIELDS.values())) if c.possible()]


def sample(cases):
    """Few cases in which every two values of two fields that can meet do, found greedily."""
    def pairs(c):
        values = [(name, getattr(c, name)) for name in FIELDS]
        return set(itertools.combinations(values, 2))
    todo = set().union(*map(pairs, cases))
    chosen = []
    order = cases[::7]
    order += [c for i, c in enumerate(cases) if i % 7]
    need = 12
    while todo:
        for c in order:
            gain = pairs(c) & todo
            if len(gain) >= need:
                chosen.append(c)
                todo -= gain
        need = max(need // 2, 1) if need > 1 else 1
    return chosen


# ---------------------------------------------------------------- one case, as a tree

def build(c):
    """The body of a case: nested tuples that both writers below know."""
    def way():
        w = c.way
        if w == "end": return [("say", "at the end")]
        if w == "return": return [("return", False)]
        if w == "return_await": return [("return", True)]
        if w in ("break", "continue"): return [(w,)]
        if w.startswith("goto"): return [("goto", w[5:])]
        if w == "throw": return [("throw", "body")]
        if w == "callee": return [("fails", "callee")]
        return [("stuck",)]

    inner = ([("waits",)] if c.way != "end" or c.waits else []) + way() + [("say", "behind")]
    if c.caught == "inside": inner = [("try", inner, [("caught", "inside")], None), ("say", "behind the try")]
    clause = None
    if c.place == "catch": inner = [("try", [("throw", "first")], inner, "ValueError"), ("say", "behind the catch")]
    if c.place == "clause": inner, clause = [("waits",), ("throw", "first")], inner
    taken = lambda s: s if c.loop == "none" else [("second", s), ("say", "turn")]
    if clause is None: inner = taken(inner)
    for level in range(c.nesting, 0, -1):
        on_error = clause if level == c.nesting else None
        if on_error is not None and c.loop != "none": inner = [("second", inner), ("say", "turn")]
        inner = [("guard", level, c.kind_of(level), c.action_of(level), inner, on_error), ("say", f"behind {level}")]
        if level == 2:
            if c.loop == "within": inner = [("loop", inner), ("say", "behind the loop")]
            if c.caught in ("between", "again"):
                inner = [("try", inner, [("caught", "between")] + ([("again",)] if c.caught == "again" else []), None)]
            if c.way == "goto_mid": inner = [("target", "mid", inner)]
    if c.loop == "around": inner = [("loop", inner), ("say", "behind the loop")]
    if c.way == "goto_out": inner = [("target", "out", inner)]
    if c.way == "goto_back": inner = [("back", inner)]
    return inner


# ---------------------------------------------------------------- the dialect

class C:
    def __init__(self, case, number):
        self.case, self.lines, self.depth, self.number = case, [], 1, number
        self.put(f"async int case_{number}(struct state *s) {{", -1)
        self.body(build(case))
        self.put('say("the end", 0);')
        self.put("return -s->x;")
        self.put("}", -1)

    def put(self, text, shift=0):
        self.lines.append("    " * (self.depth + shift) + text)

    def body(self, nodes):
        for n in nodes: getattr(self, "do_" + n[0].replace("return", "give").replace("break", "leave").replace("continue", "next"))(*n[1:])

    def within(self, head, nodes, tail="}"):
        self.put(head)
        self.depth += 1
        self.body(nodes)
        self.depth -= 1
        if tail: self.put(tail)

    def do_say(self, text): self.put(f'say("{text}", s->x);')
    def do_waits(self): self.put("s->x += await value(1, s->waits);")
    def do_give(self, awaited): self.put("return await value(s->x, s->waits);" if awaited else "return s->x;")
    def do_leave(self): self.put("break;")
    def do_next(self): self.put("continue;")
    def do_goto(self, to): self.put("if (!s->back++) goto back;" if to == "back" else f"goto {to};")
    def do_throw(self, text): self.put(f'throw ValueError("{text} %d", s->x);')
    def do_fails(self, text): self.put(f'await fails("{text}", s->waits);')
    def do_stuck(self): self.put("await stuck();")
    def do_again(self): self.put("throw;")
    def do_caught(self, where): self.put(f'caught("{where}", e);')
    def do_second(self, nodes): self.within("if (i == 1) {", nodes)
    def do_loop(self, nodes): self.within("for (int i = 0; i < 3; i++) {", nodes)

    def do_try(self, nodes, handler, type_name):
        self.within("try {", nodes, None)
        named = any(n[0] == "caught" for n in handler)
        self.within(f"}} catch ({type_name or 'BaseError'}{' e' if named else ''}) {{", handler)

    def do_target(self, name, nodes):
        self.body(nodes)
        self.put(f"{name}:", -1)
        self.put(f'say("{name}", s->x);')

    def do_back(self, nodes):
        self.put("back:", -1)
        self.put('say("back", s->x);')
        self.body(nodes)

    def action(self, level, action):
        self.put(f'say("clean {level}", s->x);')
        self.put("s->x += 10;")
        if action.startswith("awaits"): self.put("await value(1, true);")
        if action == "cancelled": self.put("await stuck();")
        if action.endswith("throws"): self.put(f'throw CleanError("clean %d", {level});')
        if action in ("awaits", "cancelled"): self.put(f'say("cleaned {level}", s->x);')

    def do_guard(self, level, kind, action, nodes, on_error):
        if kind == "finally":
            self.within("try {", nodes, None)
            if on_error is not None:
                named = False
                self.within("} catch (ValueError) {", on_error, None)
            self.put("} finally {")
            self.depth += 1
            self.action(level, action)
            self.depth -= 1
            self.put("}")
            return
        self.put("{")
        self.depth += 1
        if kind == "defer":
            self.put("defer {")
            self.depth += 1
            self.action(level, action)
            self.depth -= 1
            self.put("}")
            self.body(nodes)
        elif kind == "attribute":
            self.put(f"struct guard g{level} __attribute__((cleanup(guard_{action}))) = {{s, {level}}};")
            self.body(nodes)
        else:
            self.put(f"struct manager m{level} = {{s, {level}, {action.upper()}}};")
            self.within(f"async with (&m{level}) {{", nodes)
        self.depth -= 1
        self.put("}")


C_HEAD = r"""#include <acc.h>

acc_define_error(CleanError, Error);
enum action { PLAIN, AWAITS, THROWS, AWAITS_THROWS, CANCELLED, SWALLOWS };
struct state {
    int x, back;
    bool waits;
};
static bool is_stuck;

static void say(const char *text, int x) { printf("%s %d\n", text, x); }
static void tell(const acc_error *e) {
    for (const char *between = ""; e; e = e->context, between = " <- ") printf("%s%s(%s)", between, e->type->name, e->message);
    puts("");
}
static void caught(const char *where, const acc_error *e) {
    printf("caught %s: ", where);
    tell(e);
}
async int value(int v, bool waits) {
    if (waits) await acc_sleep(0);
    return v;
}
async void fails(const char *text, bool waits) {
    if (waits) await acc_sleep(0);
    throw ValueError("%s", text);
}
async void stuck(void) {
    is_stuck = true;
    await acc_sleep(1000);
}

struct guard {
    struct state *s;
    int level;
};
static void guard_plain(struct guard *g) {
    printf("clean %d %d\n", g->level, g->s->x);
    g->s->x += 10;
}
async void guard_awaits(struct guard *g) {
    guard_plain(g);
    await value(1, true);
    printf("cleaned %d %d\n", g->level, g->s->x);
}
async void guard_throws(struct guard *g) {
    guard_plain(g);
    throw CleanError("clean %d", g->level);
}
async void guard_awaits_throws(struct guard *g) {
    guard_plain(g);
    await value(1, true);
    throw CleanError("clean %d", g->level);
}
async void guard_cancelled(struct guard *g) {
    guard_plain(g);
    await stuck();
    printf("cleaned %d %d\n", g->level, g->s->x);
}

typedef struct manager {
    struct state *s;
    int level;
    enum action action;
} manager;
async void manager_aenter(manager *m) {
    if (m->action != PLAIN && m->action != THROWS) await acc_sleep(0);
    printf("enter %d\n", m->level);
}
async bool manager_aexit(manager *m, const acc_error *e) {
    printf("exit %d: ", m->level);
    if (e) tell(e);
    else puts("no error");
    struct guard g = {m->s, m->level};
    switch (m->action) {
    case AWAITS: await guard_awaits(&g); break;
    case THROWS: await guard_throws(&g); break;
    case AWAITS_THROWS: await guard_awaits_throws(&g); break;
    case CANCELLED: await guard_cancelled(&g); break;
    default: guard_plain(&g);
    }
    return m->action == SWALLOWS;
}

"""

C_TAIL = r"""
async void watched(const char *label, acc_coro(int) c) {
    printf("== %s\n", label);
    is_stuck = false;
    acc_task(int) t = acc_create_task(c);
    while (!acc_done(t)) {
        if (is_stuck) {
            is_stuck = false;
            acc_cancel_msg(t, "stop");
        }
        await acc_sleep(0);
    }
    acc_outcome(int) r = acc_try(await t);
    if (r.error) tell(r.error);
    else printf("gives %d\n", r.value);
}

static const struct {
    const char *label;
    async int (*function)(struct state *s);
    bool waits;
} cases[] = {
ROWS
};

async int main(void) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct state s = {1, 0, cases[i].waits};
        await watched(cases[i].label, cases[i].function(&s));
    }
    return 0;
}
"""


def functions(cases):
    """A number for each function, and a case that has it."""
    first = {}
    for c in cases: first.setdefault(c.function(), c)
    return {f: (i, c) for i, (f, c) in enumerate(first.items())}


def c_program(cases):
    """The cases are a table, so that the program's main is small."""
    made = functions(cases)
    text = [C_HEAD] + [f"/* {c.label()} */\n" + "\n".join(C(c, i).lines) + "\n" for i, c in made.values()]
    rows = [f'    {{"{c.label()}", case_{made[c.function()][0]}, {int(c.waits)}}},' for c in cases]
    return "\n".join(text) + C_TAIL.replace("ROWS", "\n".join(rows))


# ---------------------------------------------------------------- Python

class Python:
    """As C above. A goto sets `to` and leaves the loops in between."""

    def __init__(self, case, number):
        self.case, self.lines, self.depth = case, [], 1
        self.put(f"async def case_{number}(s):", -1)
        self.put("to = None")
        self.body(build(case))
        self.put('say("the end", 0)')
        self.put("return -s.x")

    put, body = C.put, C.body

    def within(self, head, nodes):
        self.put(head)
        self.depth += 1
        self.body(nodes)
        self.depth -= 1

    def do_say(self, text): self.put(f'say("{text}", s.x)')

    def do_waits(self):
        self.put("x = s.x")
        self.put("s.x = x + await value(1, s.waits)")

    def do_give(self, awaited): self.put("return await value(s.x, s.waits)" if awaited else "return s.x")
    def do_leave(self): self.put("break")
    def do_next(self): self.put("continue")

    def do_goto(self, to):
        if to == "back":
            self.put("s.back += 1")
            self.put("if s.back == 1:")
            self.depth += 1
        self.put(f'to = "{to}"')
        self.put("break")
        if to == "back": self.depth -= 1

    def do_throw(self, text): self.put(f'raise ValueError("{text} %d" % s.x)')
    def do_fails(self, text): self.put(f'await fails("{text}", s.waits)')
    def do_stuck(self): self.put("await stuck()")
    def do_again(self): self.put("raise")

    def do_caught(self, where):
        self.put("to = None")
        self.put(f'caught("{where}", e)')

    def do_second(self, nodes): self.within("if i == 1:", nodes)

    def do_loop(self, nodes):
        self.within("for i in range(3):", nodes)
        if self.case.way in ("goto_out", "goto_back") or (self.case.way == "goto_mid" and self.case.loop == "within"): self.put("if to: break")

    def do_try(self, nodes, handler, type_name):
        self.within("try:", nodes)
        self.within(f"except {type_name or 'BaseException'} as e:", handler)

    def do_target(self, name, nodes):
        self.within("for once in [0]:", nodes)
        self.put("to = None")
        self.put(f'say("{name}", s.x)')

    def do_back(self, nodes):
        self.put("while True:")
        self.depth += 1
        self.put("to = None")
        self.put('say("back", s.x)')
        self.within("for once in [0]:", nodes)
        self.put("if not to: break")
        self.depth -= 1

    def do_guard(self, level, kind, action, nodes, on_error):
        if kind == "with":
            self.within(f'async with Manager(s, {level}, "{action}"):', nodes)
            return
        self.within("try:", nodes)
        if on_error is not None: self.within("except ValueError:", on_error)
        self.put("finally:")
        self.depth += 1
        self.put(f'await clean(s, {level}, "{action}")')
        self.depth -= 1


PYTHON_HEAD = r"""import asyncio
class CleanError(Exception): pass
class State:
    def __init__(self, waits): self.x, self.back, self.waits = 1, 0, waits
is_stuck = False
def say(text, x): print(text, x)
def tell(e):
    chain = []
    while e:
        chain.append(f"{type(e).__name__}({e})")
        e = e.__context__
    print(*chain, sep=" <- ")
def caught(where, e):
    print(f"caught {where}: ", end="")
    tell(e)
async def value(v, waits):
    if waits: await asyncio.sleep(0)
    return v
async def fails(text, waits):
    if waits: await asyncio.sleep(0)
    raise ValueError(text)
async def stuck():
    global is_stuck
    is_stuck = True
    await asyncio.sleep(1000)
async def clean(s, level, action):
    print("clean", level, s.x)
    s.x += 10
    if action.startswith("awaits"): await value(1, True)
    if action == "cancelled": await stuck()
    if action.endswith("throws"): raise CleanError(f"clean {level}")
    if action in ("awaits", "cancelled"): print("cleaned", level, s.x)
class Manager:
    def __init__(self, s, level, action): self.s, self.level, self.action = s, level, action
    async def __aenter__(self):
        if self.action not in ("plain", "throws"): await asyncio.sleep(0)
        print("enter", self.level)
    async def __aexit__(self, t, e, b):
        print(f"exit {self.level}: ", end="")
        if e: tell(e)
        else: print("no error")
        await clean(self.s, self.level, self.action)
        return self.action == "swallows"
async def watched(label, c):
    global is_stuck
    print("==", label)
    is_stuck = False
    t = asyncio.create_task(c)
    while not t.done():
        if is_stuck:
            is_stuck = False
            t.cancel("stop")
        await asyncio.sleep(0)
    try:
        print("gives", await t)
    except BaseException as e:
        tell(e)
"""


def python_program(cases):
    made = functions(cases)
    text, main = [PYTHON_HEAD] + ["\n".join(Python(c, i).lines) for i, c in made.values()], ["async def main():"]
    main += [f'    await watched("{c.label()}", case_{made[c.function()][0]}(State({c.waits})))' for c in cases]
    return "\n".join(text + main + ["asyncio.run(main())"]) + "\n"


# ---------------------------------------------------------------- running

def command(cmd, **more):
    done = subprocess.run(cmd, capture_output=True, text=True, timeout=500, stdin=subprocess.DEVNULL, **more)
    return done.returncode, done.stdout, done.stderr


def run_group(options, name, cases):
    """What the dialect and what Python (or None) print; a complaint instead of the former."""
    work = options.work / name
    work.mkdir(parents=True, exist_ok=True)
    source = work / "ways.ac"
    source.write_text(c_program(cases))
    status, out, err = command([options.acc, "-Wall", "-Wextra", *options.flags.split(), str(source), "-o", str(work / "ways")])
    if status: return None, None, f"{source}: acc ended with {status}\n{err[:3000]}"
    if err and not options.lax: return None, None, f"{source}: the compiler had something to say\n{err[:3000]}"
    complaint, printed = None, []
    for hostile in ("0", "1"):
        status, out, err = command([str(work / "ways")], env={**os.environ, "ACC_HOSTILE": hostile})
        if status or err: complaint = f"{work / 'ways'}, ACC_HOSTILE={hostile}, ended with {status}\n{err[-3000:]}"
        printed.append(out)
    ours = printed[0]
    if not complaint and printed[1] != ours: complaint = f"{work / 'ways'} prints something else with ACC_HOSTILE=1"
    theirs = None
    if options.python:
        (work / "ways.py").write_text(python_program(cases))
        status, theirs, err = command([options.python, str(work / "ways.py")])
        if status: complaint = f"{work / 'ways.py'} ended with {status}\n{err[-3000:]}"
    return ours, theirs, complaint


def sections(text):
    return dict((s.split("\n", 1) + [""])[:2] for s in text.split("== ")[1:])


def compare(ours, theirs, what, limit=3):
    """Counts the cases that differ, shows the first."""
    ours, theirs = sections(ours), sections(theirs)
    bad = [label for label in theirs if ours.get(label) != theirs[label]]
    for label in bad[:limit]:
        print(f"DIFFERS: {label}\n--- {what}\n{theirs[label]}--- acc\n{ours.get(label, 'nothing')}")
    if not bad and list(ours) != list(theirs): bad = ["not the same cases"]
    return len(bad)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("what", choices=["test", "table", "show", "count"])
    p.add_argument("number", nargs="?", type=int)
    p.add_argument("--acc", default=os.environ.get("ACC", "build/release/bin/acc"))
    p.add_argument("--work", type=pathlib.Path, default=os.environ.get("WORK", "build/ways"))
    p.add_argument("--flags", default=os.environ.get("FLAGS", "-O1"))
    p.add_argument("--python", default=os.environ.get("ACC_PYTHON", ""), help="CPython 3.13 or newer")
    p.add_argument("--expected", type=pathlib.Path)
    p.add_argument("--update", action="store_true", default=os.environ.get("ACC_UPDATE") == "1")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--groups", help="FIRST:END, of the table's programs")
    p.add_argument("--lax", action="store_true", help="warnings of the C compiler are no failure")
    options = p.parse_args()
    cases = table()
    if options.what == "count":
        print(f"{len(cases)} cases; the sample: {len(sample(cases))}")
        return 0
    if options.what == "show":
        print(cases[options.number].label())
        print("\n".join(Python(cases[options.number], 0).lines))
        print("\n".join(C(cases[options.number], 0).lines))
        return 0
    options.work = pathlib.Path(options.work)
    if options.what == "test": cases = sample(cases)
    groups = [cases[i:i + GROUP] for i in range(0, len(cases), GROUP)]
    chosen = range(*(int(n) for n in options.groups.split(":"))) if options.groups else range(len(groups))
    bad, results = 0, []
    with concurrent.futures.ThreadPoolExecutor(options.jobs if options.what == "table" else 1) as pool:
        for ours, theirs, complaint in pool.map(lambda i: run_group(options, f"group{i:03}", groups[i]), chosen):
            results.append(ours)
            if complaint: print(complaint, flush=True)
            bad += complaint is not None
            if ours is not None and theirs is not None: bad += compare(ours, theirs, "Python", 3 if bad < 30 else 0)
    if not bad and options.expected:
        got, expected = "".join(results), options.expected.read_text() if options.expected.exists() else ""
        if options.what == "table":
            got = "".join(f"{hashlib.sha256(r.encode()).hexdigest()[:16]} {len(groups[i])} cases from {groups[i][0].label()}\n"
                          for i, r in zip(chosen, results))
            if options.groups and not options.update: expected = "".join(expected.splitlines(True)[chosen[0]:chosen[-1] + 1])
        if options.update:
            if options.groups: p.error("--update takes the whole table")
            options.expected.write_text(got)
        elif got != expected:
            bad += 1
            print(f"not what {options.expected} says")
            if options.what == "test": compare(got, expected, "expected")
    print(f"{sum(len(groups[i]) for i in chosen)} of {len(cases)} cases, {bad} differ" +
          ("" if options.python else "; no CPython 3.13 here: compared with what it once printed"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
