#!/usr/bin/env python3
"""Random programs of tasks, as async C and as Python from one description: they must print the same.

    fuzz.py --count 2000 [--seed 1] [--acc ACC] [--python PYTHON] [--hostile DIR] [--keep DIR] [--jobs N] [--flags FLAGS]
    fuzz.py --show SEED            one program, in both languages
"""
import argparse, concurrent.futures, difflib, os, pathlib, random, re, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
SLOTS, FUTURES = 7, 3
BATCH = 50  # programs in one executable

# ---------------------------------------------------------------- programs
#
# A program is a list of functions; 0 is its main, k is what runs in slot k. A function is a list of nodes, a node
# [name, parameters..., blocks...]: a block is a list of nodes. A function waits for slots and calls functions behind its own
# only, so that nobody waits for himself.

THROWN = ["ValueError", "Boom", "Bang", "Bang", "CancelledError"]
CAUGHT = ["ValueError", "Boom", "Bang", "CancelledError", "CancelledError", "TimeoutError", "Error", "BaseError", "BaseError", "ErrorGroup",
          "ValueError | Boom", "TimeoutError | CancelledError"]
SIMPLE = """say turn turn turn sleep sleep sleep create create create eager await await await await cancel cancel cancel cancel_self uncancel
    throw wait_for wait_for wait_for shield shield gather gather wait call call tried tried set set future cancel_future
    callback soon later return reschedule break continue completed""".split()
BLOCKS = "try try try try timeout timeout group group loop manager defer guard member member member".split()


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed * 7919 + 1)

    def later(self, i): return self.r.randint(i + 1, SLOTS - 1)
    def duration(self): return self.r.choice([0, 0, 0, 1, 1, 2, 3, 5])
    def limit(self): return self.r.choice([0, 0, 0, 1, 1, 2, 3, 4, None, "zero"])
    def message(self): return self.r.choice(["", "", "m%d" % self.r.randint(1, 9)])

    def awaitable(self, i):
        kind = self.r.choice(["call", "call", "task", "task", "shield", "shield_call"])
        return [kind, self.later(i)]

    def block(self, i, depth, n, where):
        return [x for x in (self.node(i, depth, where) for _ in range(n)) if x]

    def some(self, i): return [self.later(i) for _ in range(self.r.randint(1, 4))]

    def node(self, i, depth, where):
        r = self.r
        name = r.choice(SIMPLE if depth >= 4 or r.random() < 0.62 else BLOCKS)
        if i == SLOTS - 1 and name in ("await", "wait_for", "shield", "gather", "wait", "call", "tried", "completed"): name = "turn"
        if name == "sleep": return [name, self.duration()]
        if name in ("create", "eager"): return ["create", r.randint(1, SLOTS - 1), name == "eager"]
        if name in ("await", "call", "tried"): return [name, self.later(i)]
        if name == "cancel": return [name, r.randint(1, SLOTS - 1), self.message()]
        if name == "cancel_self": return [name, self.message()]
        if name == "throw": return [name, r.choice(THROWN), "e%d" % r.randint(1, 99)] if r.random() < 0.6 else None
        if name == "wait_for":
            what = ["gather", self.some(i), r.random() < 0.5] if r.random() < 0.25 else self.awaitable(i)
            return [name, what, self.limit()]
        if name == "shield": return [name, r.choice(["call", "task", "task"]), self.later(i)]
        if name == "gather": return [name, [self.awaitable(i)[:1] + [k] for k in self.some(i)], r.random() < 0.5]
        if name == "wait": return [name, r.randint(0, 2), self.some(i), self.limit()]
        if name == "completed": return None
        if name in ("set", "future", "cancel_future"): return [name, r.randrange(FUTURES)]
        if name == "callback": return [name, r.randint(1, SLOTS - 1)]
        if name == "later": return [name, self.duration()]
        if name == "reschedule": return [name, self.limit()] if "timeout" in where else None
        if name == "member": return [name, r.randint(1, SLOTS - 1)] if "group" in where else None
        if name == "return": return [name] if "cleanup" not in where and r.random() < 0.3 else None
        if name in ("break", "continue"): return [name] if "loop" in where else None
        n = r.randint(1, 4)
        if name == "try":
            body = self.block(i, depth + 1, n, where)
            catches = [[r.choice(CAUGHT), self.block(i, depth + 1, r.randint(0, 2), where) + ([["again"]] if r.random() < 0.25 else [])]
                       for _ in range(r.choice([0, 1, 1, 1, 2]))]
            seen = []
            for c in catches: # no catch that is never reached
                if "BaseError" in seen or c[0] in seen: c[0] = None
                seen.append(c[0])
            catches = [c for c in catches if c[0] and not (c[0] in ("Bang", "ValueError | Boom") and {"Boom", "Error", "ValueError | Boom"} & set(seen))]
            catches = [c for k, c in enumerate(catches) if not any(covers(d[0], c[0]) for d in catches[:k])]
            final = self.block(i, depth + 1, r.randint(1, 2), cleanup(where)) if not catches or r.random() < 0.4 else None
            return [name, body, catches, final]
        if name == "timeout": return [name, self.limit(), self.block(i, depth + 1, n, where + ["timeout"])]
        if name == "group":
            return [name, self.block(i, depth + 1, n + 1, where + ["group"])]
        if name == "loop": return [name, r.randint(2, 3), self.block(i, depth + 1, n, where + ["loop"])]
        if name == "manager": return [name, r.random() < 0.5, r.random() < 0.3, self.block(i, depth + 1, n, where)]
        if name == "defer":
            return [name, self.block(i, depth + 1, r.randint(1, 2), cleanup(where)), self.block(i, depth + 1, n, where)]
        if name == "guard": return [name, r.random() < 0.5, self.block(i, depth + 1, n, where)]
        return [name]

    def program(self):
        return [self.block(i, 0, self.r.randint(3, 9) + (5 if i == 0 else 0), []) for i in range(SLOTS)]


def cleanup(where): return [w for w in where if w != "loop"] + ["cleanup"]


PARENTS = {"Bang": ["Boom", "Error", "BaseError"], "Boom": ["Error", "BaseError"], "ValueError": ["Error", "BaseError"],
           "CancelledError": ["BaseError"], "TimeoutError": ["Error", "BaseError"], "ErrorGroup": ["Error", "BaseError"],
           "Error": ["BaseError"], "BaseError": []}


def covers(first, second):
    """Does a catch of `first` leave nothing of some type to one of `second`?"""
    first, second = first.split(" | "), second.split(" | ")
    return any(t == f or f in PARENTS[t] for t in second for f in first)


# ---------------------------------------------------------------- writing them

class Writer:
    def __init__(self, program, number):
        self.program, self.number, self.lines, self.depth, self.count = program, number, [], 0, 0

    def put(self, text): self.lines.append("    " * self.depth + text)

    def inside(self, head, nodes, tail=None, first=()):
        self.put(head)
        self.depth += 1
        for f in first: self.put(f)
        self.block(nodes)
        self.depth -= 1
        if tail: self.put(tail)

    def block(self, nodes):
        if not nodes: self.empty()
        for n in nodes:
            self.count += 1
            self.at = f"{self.i}.{self.count}"
            getattr(self, "do_" + n[0])(self.at, *n[1:])

    def text(self):
        for i, f in enumerate(self.program):
            self.i, self.count, self.scopes, self.groups, self.caught = i, 0, [], [], []
            self.function(i, f)
        self.main()
        return "\n".join(self.lines) + "\n"


class C(Writer):
    def empty(self): pass
    def name(self, i): return f"p{self.number}_{i}"
    def limit(self, d): return "ACC_NO_TIMEOUT" if d is None else "0" if d == "zero" else f"until({d})"

    def function(self, i, body):
        if i == 0:
            for k in range(len(self.program)): self.put(f"static async int {self.name(k)}(void);")
        self.inside(f"static async int {self.name(i)}(void) {{", body, None, (f"if (++runs[{i}] > 2) return -{i};", f'say("{i}", "begins");'))
        self.put(f'    say("{i}", "ends");')
        self.put(f"    return {i};")
        self.put("}")

    def main(self):
        self.put(f"static async int main_{self.number}(void) {{")
        self.put(f"    await begin({self.number});")
        self.put(f'    try {{ say_value("main", "got", await {self.name(0)}()); }} catch (BaseError e) {{ say_error("main", "caught", e); }}')
        self.put('    try { await acc_sleep(0); } catch (BaseError e) { say_error("main", "ends", e); }')
        self.put("    return 0;")
        self.put("}")

    def do_say(self, at): self.put(f'say("{at}", "says");')
    def do_turn(self, at): self.put(f'await acc_sleep(0); say("{at}", "turned");')
    def do_sleep(self, at, d): self.put(f'await acc_sleep(until({d})); say("{at}", "slept");')

    def do_create(self, at, k, eager):
        self.put(f'if (!created[{k}]) {{ created[{k}] = true; slots[{k}] = acc_create_task{"_eager" if eager else ""}({self.name(k)}()); say("{at}", "created {k}"); }}')

    def do_await(self, at, k): self.put(f'if (usable({k})) say_value("{at}", "got", await slots[{k}]);')
    def do_call(self, at, k): self.put(f'say_value("{at}", "called", await {self.name(k)}());')

    def do_tried(self, at, k):
        self.put(f'{{ acc_outcome(int) r = acc_try(await {self.name(k)}()); if (r.error) say_error("{at}", "tried", r.error); else say_value("{at}", "tried", r.value); }}')

    def do_cancel(self, at, k, message):
        call = f'acc_cancel_msg(slots[{k}], "{message}")' if message else f"acc_cancel(slots[{k}])"
        self.put(f'if (alive({k})) say_value("{at}", "cancels {k}", {call});')

    def do_cancel_self(self, at, message):
        self.put(f'acc_cancel_msg(acc_current_task(), "{message}");' if message else "acc_cancel(acc_current_task());")
        self.put(f'say("{at}", "cancelled itself");')

    def do_uncancel(self, at): self.put(f'say_value("{at}", "uncancels", acc_uncancel(acc_current_task()));')
    def do_throw(self, at, kind, text): self.put(f'if (runs[{self.i}] < 9) throw {kind}("{text}");')
    def do_again(self, at): self.put(f'say("{at}", "again"); if (runs[{self.i}] < 9) throw;')

    def awaitable(self, what):
        """(condition, expression)"""
        kind, k = what
        if kind == "call": return None, f"{self.name(k)}()"
        if kind == "shield_call": return None, f"acc_shield({self.name(k)}())"
        return f"usable({k})", f"slots[{k}]" if kind == "task" else f"acc_shield(slots[{k}])"

    def do_wait_for(self, at, what, d):
        if what[0] == "gather":
            return self.gather(at, [["call", k] for k in what[1]], what[2], d)
        condition, e = self.awaitable(what)
        self.put(f'{f"if ({condition}) " if condition else ""}say_value("{at}", "in time", await acc_wait_for({e}, {self.limit(d)}));')

    def do_shield(self, at, kind, k):
        condition, e = self.awaitable(["shield_call" if kind == "call" else "shield", k])
        self.put(f'{f"if ({condition}) " if condition else ""}say_value("{at}", "shielded", await {e});')

    def do_gather(self, at, children, outcomes): self.gather(at, children, outcomes, 0)

    def gather(self, at, children, outcomes, d):
        children = unique(children)
        made = [self.awaitable(c) for c in children]
        conditions = " & ".join(c for c, e in made if c) or "true"
        self.put(f"if ({conditions}) {{")
        self.depth += 1
        self.put(("acc_outcome(int) " if outcomes else "int ") + ", ".join(f"r{j}" for j in range(len(made))) + ";")
        e = f"acc_gather({', '.join(f'r{j} = {e}' for j, (c, e) in enumerate(made))})"
        self.put(f"await acc_wait_for({e}, {self.limit(d)});" if d != 0 else f"await {e};")
        self.put(f'printf("{at} gathered");')
        for j in range(len(made)): self.put(f"say_outcome(r{j});" if outcomes else f'printf(" %d", r{j});')
        self.put('puts("");')
        self.depth -= 1
        self.put("}")

    def do_wait(self, at, mode, ks, d):
        ks = sorted(set(ks))
        self.put("{")
        self.depth += 1
        self.put(f"acc_task(int) all[{len(ks)}];")
        self.put("size_t n = 0;")
        for k in ks: self.put(f"if (alive({k})) all[n++] = slots[{k}];")
        self.put(f"if (n) {{ size_t done = await acc_wait(all, n, {['ACC_ALL_COMPLETED', 'ACC_FIRST_COMPLETED', 'ACC_FIRST_ERROR'][mode]}, {self.limit(d)});")
        self.put(f'say_value("{at}", "waited", (int)done); }}')
        self.depth -= 1
        self.put("}")

    def do_set(self, at, f): self.put(f'if (!acc_done(futures[{f}])) {{ acc_future_set_result(futures[{f}], {f}); say("{at}", "set"); }}')
    def do_future(self, at, f): self.put(f'if (!acc_done(futures[{f}])) say_value("{at}", "future", await futures[{f}]);')
    def do_cancel_future(self, at, f): self.put(f'if (!acc_done(futures[{f}])) say_value("{at}", "cancels future", acc_future_cancel(futures[{f}]));')
    def do_callback(self, at, k): self.put(f'if (alive({k})) acc_add_done_callback(slots[{k}], said_done, "{at}");')
    def do_soon(self, at): self.put(f'acc_call_soon(said_soon, "{at}");')
    def do_later(self, at, d): self.put(f'acc_call_later(until({d}), said_soon, "{at}");')
    def do_return(self, at): self.put(f'if (runs[{self.i}] < 9) return {self.i} + 100;')
    def do_break(self, at): self.put("break;")
    def do_continue(self, at): self.put("continue;")

    def do_try(self, at, body, catches, final):
        self.inside("try {", body)
        for kind, nodes in catches:
            self.inside(f"}} catch ({kind} e) {{", nodes, None, (f'say_error("{at}", "caught", e);',))
        if final is not None: self.inside("} finally {", final, None, (f'say("{at}", "finally");',))
        self.put("}")

    def do_timeout(self, at, d, body):
        name = "s" + at.replace(".", "_")
        self.scopes.append(name)
        self.put("{")
        self.depth += 1
        self.put(f"acc_timeout_scope *{name};")
        self.inside(f"async with ({name} = acc_timeout({self.limit(d)})) {{", body, "}")
        self.put(f'say_value("{at}", "expired", acc_expired({name}));')
        self.depth -= 1
        self.put("}")
        self.scopes.pop()

    def do_reschedule(self, at, d):
        if self.scopes: self.put(f"acc_reschedule({self.scopes[-1]}, {'ACC_NO_TIMEOUT' if d is None else 'acc_time() - 1' if d == 'zero' else f'acc_time() + {self.limit(d)}'});")

    def do_group(self, at, body):
        name = "g" + at.replace(".", "_")
        self.groups.append(name)
        self.inside(f"async with (acc_task_group *{name} = acc_task_group_new()) {{", body, "}", (f"(void){name};",))
        self.put(f'say("{at}", "group left");')
        self.groups.pop()

    def do_member(self, at, k):
        if self.groups: self.put(f'if (!created[{k}]) {{ created[{k}] = true; slots[{k}] = acc_group_create_task({self.groups[-1]}, {self.name(k)}()); say("{at}", "member {k}"); }}')

    def do_loop(self, at, n, body): self.inside(f"for (int i = 0; i < {n}; i++) {{", body, "}")

    def do_manager(self, at, waits, swallows, body):
        self.put("{")
        self.depth += 1
        self.put(f'manager m = {{"{at}", {int(waits)}, {int(swallows)}}};')
        self.inside("async with (&m) {", body, "}")
        self.depth -= 1
        self.put("}")

    def do_defer(self, at, what, body):
        self.put("{")
        self.depth += 1
        self.inside("defer {", what, "}", (f'say("{at}", "deferred");',))
        self.block(body)
        self.depth -= 1
        self.put("}")

    def do_guard(self, at, waits, body):
        self.inside("{", body, "}", (f'struct guard g __attribute__((cleanup(guard_{"waits" if waits else "end"}))) = {{"{at}"}};',))


def unique(children):
    seen, kept = set(), []
    for kind, k in children:
        if kind in ("call", "shield_call") or k not in seen: kept.append([kind, k])
        seen.add(k)
    return kept


class Python(Writer):
    def empty(self): self.put("pass")
    name = C.name
    def limit(self, d): return "None" if d is None else "0" if d == "zero" else f"until({d})"

    def function(self, i, body):
        self.inside(f"async def {self.name(i)}():", body, None, (f"runs[{i}] += 1", f"if runs[{i}] > 2: return -{i}", f'say("{i}", "begins")'))
        self.put(f'    say("{i}", "ends")')
        self.put(f"    return {i}")

    def main(self):
        self.put(f"async def main_{self.number}():")
        self.put(f"    await begin({self.number})")
        self.put(f'    try: say_value("main", "got", await {self.name(0)}())')
        self.put('    except BaseException as e: say_error("main", "caught", e)')
        self.put("    try: await asyncio.sleep(0)")
        self.put('    except BaseException as e: say_error("main", "ends", e)')

    def both(self, condition, text): self.put(f"if {condition}: {text}" if condition else text)
    def do_say(self, at): self.put(f'say("{at}", "says")')
    def do_turn(self, at): self.put(f'await asyncio.sleep(0); say("{at}", "turned")')
    def do_sleep(self, at, d): self.put(f'await asyncio.sleep(until({d})); say("{at}", "slept")')

    def do_create(self, at, k, eager):
        self.put(f'if not created[{k}]: created[{k}] = True; slots[{k}] = task({self.name(k)}(), {eager}); say("{at}", "created {k}")')

    def do_await(self, at, k): self.put(f'if usable({k}): say_value("{at}", "got", await slots[{k}])')
    def do_call(self, at, k): self.put(f'say_value("{at}", "called", await {self.name(k)}())')

    def do_tried(self, at, k):
        v = "r" + at.replace(".", "_")
        self.put(f'try: {v} = await {self.name(k)}(), None')
        self.put(f"except BaseException as e: {v} = None, e")
        self.put(f'if {v}[1]: say_error("{at}", "tried", {v}[1])')
        self.put(f'else: say_value("{at}", "tried", {v}[0])')
        self.put(f"{v} = None")

    def do_cancel(self, at, k, message):
        argument = f'"{message}"' if message else ""
        self.put(f'if alive({k}): say_value("{at}", "cancels {k}", int(slots[{k}].cancel({argument})))')

    def do_cancel_self(self, at, message):
        argument = f'"{message}"' if message else ""
        self.put(f'asyncio.current_task().cancel({argument}); say("{at}", "cancelled itself")')

    def do_uncancel(self, at): self.put(f'say_value("{at}", "uncancels", asyncio.current_task().uncancel())')
    def do_throw(self, at, kind, text): self.put(f'raise {"asyncio." if kind == "CancelledError" else ""}{kind}("{text}")')
    def do_again(self, at): self.put(f'say("{at}", "again"); raise')

    def awaitable(self, what):
        kind, k = what
        if kind == "call": return None, f"{self.name(k)}()"
        if kind == "shield_call": return None, f"asyncio.shield({self.name(k)}())"
        return f"usable({k})", f"slots[{k}]" if kind == "task" else f"asyncio.shield(slots[{k}])"

    def do_wait_for(self, at, what, d):
        if what[0] == "gather":
            return self.gather(at, [["call", k] for k in what[1]], what[2], d)
        condition, e = self.awaitable(what)
        self.both(condition, f'say_value("{at}", "in time", await asyncio.wait_for({e}, {self.limit(d)}))')

    def do_shield(self, at, kind, k):
        condition, e = self.awaitable(["shield_call" if kind == "call" else "shield", k])
        self.both(condition, f'say_value("{at}", "shielded", await {e})')

    def do_gather(self, at, children, outcomes): self.gather(at, children, outcomes, 0)

    def gather(self, at, children, outcomes, d):
        children = unique(children)
        made = [self.awaitable(c) for c in children]
        self.put(f"if {' & '.join(c for c, e in made if c) or 'True'}:")
        e = f"asyncio.gather({', '.join(e for c, e in made)}, return_exceptions={outcomes})"
        self.put(f"    r = await asyncio.wait_for({e}, {self.limit(d)})" if d != 0 else f"    r = await {e}")
        self.put(f'    print("{at} gathered", *map(outcome, r))')
        self.put("    r = None")

    def do_wait(self, at, mode, ks, d):
        self.put(f"r = [slots[k] for k in {sorted(set(ks))} if alive(k)]")
        self.put(f"if r: r = await asyncio.wait(r, return_when=interp.MODES[{mode}], timeout={self.limit(d)}); "
                 f'say_value("{at}", "waited", len(r[0])); r = None')

    def do_set(self, at, f): self.put(f'if not futures[{f}].done(): futures[{f}].set_result({f}); say("{at}", "set")')
    def do_future(self, at, f): self.put(f'if not futures[{f}].done(): say_value("{at}", "future", await futures[{f}])')
    def do_cancel_future(self, at, f): self.put(f'if not futures[{f}].done(): say_value("{at}", "cancels future", int(futures[{f}].cancel()))')
    def do_callback(self, at, k): self.put(f'if alive({k}): slots[{k}].add_done_callback(lambda t: print("{at} callback", int(t.cancelled())))')
    def do_soon(self, at): self.put(f'asyncio.get_running_loop().call_soon(print, "{at} called")')
    def do_later(self, at, d): self.put(f'asyncio.get_running_loop().call_later(until({d}), print, "{at} called")')
    def do_return(self, at): self.put(f"return {self.i} + 100")
    def do_break(self, at): self.put("break")
    def do_continue(self, at): self.put("continue")

    def do_try(self, at, body, catches, final):
        self.inside("try:", body)
        types = {"BaseError": "BaseException", "Error": "Exception", "ErrorGroup": "BaseExceptionGroup", "CancelledError": "asyncio.CancelledError"}
        for kind, nodes in catches:
            named = ", ".join(types.get(k, k) for k in kind.split(" | "))
            e = "e" + at.replace(".", "_")
            self.inside(f"except ({named},) as {e}:", nodes, None, (f'say_error("{at}", "caught", {e})',))
        if final is not None: self.inside("finally:", final, None, (f'say("{at}", "finally")',))

    def do_timeout(self, at, d, body):
        name = "s" + at.replace(".", "_")
        self.scopes.append(name)
        self.put(f"{name} = asyncio.timeout({self.limit(d)})")
        self.inside(f"async with {name}:", body)
        self.put(f'say_value("{at}", "expired", int({name}.expired()))')
        self.scopes.pop()

    def do_reschedule(self, at, d):
        if self.scopes:
            self.put(f"{self.scopes[-1]}.reschedule({'None' if d is None else 'asyncio.get_running_loop().time() - 1' if d == 'zero' else f'asyncio.get_running_loop().time() + {self.limit(d)}'})")
        else: self.put("pass")

    def do_group(self, at, body):
        name = "g" + at.replace(".", "_")
        self.groups.append(name)
        self.inside(f"async with group() as {name}:", body)
        self.put(f'say("{at}", "group left")')
        self.groups.pop()

    def do_member(self, at, k):
        if self.groups: self.put(f'if not created[{k}]: created[{k}] = True; slots[{k}] = member({self.groups[-1]}, {self.name(k)}()); say("{at}", "member {k}")')
        else: self.put("pass")

    def do_loop(self, at, n, body): self.inside(f"for i in range({n}):", body)
    def do_manager(self, at, waits, swallows, body): self.inside(f'async with Manager("{at}", {waits}, {swallows}):', body)

    def do_defer(self, at, what, body):
        # what is deferred is numbered first, as it stands first there
        kept, self.lines = self.lines, []
        self.inside("finally:", what, None, (f'say("{at}", "deferred")',))
        final, self.lines = self.lines, kept
        self.inside("try:", body)
        self.lines += final

    def do_guard(self, at, waits, body):
        self.inside(f'async with guard_waits("{at}"):' if waits else f'with guard("{at}"):', body)


# ---------------------------------------------------------------- running them

def c_text(programs):
    text = [(HERE / "head.ac").read_text()]
    text += [C(p, i).text() for i, p in enumerate(programs)]
    text.append("int main(int argc, char **argv) {\n    int first = argc > 1 ? atoi(argv[1]) : 0;\n    setvbuf(stdout, NULL, _IOLBF, 0);")
    text += [f"    if (first <= {i}) acc_run(main_{i}());" for i in range(len(programs))]
    text.append("    return 0;\n}\n")
    return "\n".join(text)


def python_text(programs):
    text = [(HERE / "head.py").read_text()] + [Python(p, i).text() for i, p in enumerate(programs)]
    text.append("first = int(sys.argv[1])")
    text += [f"if first <= {i}: run(main_{i}())" for i in range(len(programs))]
    return "\n".join(text) + "\n"


def command(cmd, seconds, **more):
    try:
        done = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", timeout=seconds,
                              stdin=subprocess.DEVNULL, **more)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as e:
        return "a timeout", (e.stdout or b"").decode(errors="replace"), (e.stderr or b"").decode(errors="replace")


def outputs(cmd, count, **more):
    """What each of the programs in an executable prints; where one ends it, the next goes on."""
    all, first = {}, 0
    while first < count:
        status, out, err = command(cmd + [str(first)], 100, **more)
        parts = out.split("== ")[1:]
        for part in parts:
            number, _, text = part.partition("\n")
            all[int(number)] = text
        if status == 0 and len(parts) == count - first: return all
        last = int(parts[-1].partition("\n")[0]) if parts else first
        all[last] = all.get(last, "") + f"ended with {status}\n" + err[-3000:]
        first = last + 1
    return all


def build(o, work, programs, flags, env=None):
    work.mkdir(parents=True, exist_ok=True)
    source = work / "fuzz.ac"
    source.write_text(c_text(programs))
    status, out, err = command([o.acc, *flags.split(), "-w", str(source), str(HERE / "virtual.c"), "-Wl,--wrap=clock_gettime,--wrap=epoll_wait",
                                "-o", str(work / "fuzz"), "-lm"], 500, env=env)
    return None if status == 0 else f"acc ended with {status}\n{err[:2000]}"


def hostile(o):
    return {**os.environ, "ACC_LIBDIR": o.hostile}, "-g -O0 -fsanitize=address,undefined -fno-sanitize-recover=undefined"


def bare(text):
    """asyncio gives a message to the first who waits for a cancelled task only, we to all; so with its context."""
    return re.sub(r"CancelledError\([^)]*\)( <- .*)?(?= c=)|CancelledError\([^)]*\)", "CancelledError", text)


def led_to(ours, theirs):
    """In asyncio what a caller handles is the context of what its callee throws and catches itself; ours is told when the error
    reaches the handler. So theirs may know more of what came before."""
    a, b = re.sub(" c=[0-9]+$", "", ours), re.sub(" c=[0-9]+$", "", theirs)
    at = 0
    for part in re.split(r"(?=[\],])", a):  # at the end of each chain
        at = b.find(part, at)
        if at < 0: return False
        at += len(part)
    return a[:a.find("(")] == b[:b.find("(")] and ours[len(a):] == theirs[len(b):]


def same(ours, theirs):
    a, b = ours.split("\n"), theirs.split("\n")
    return len(a) == len(b) and all(x == y or bare(x) == bare(y) or (" <- " in y and led_to(bare(x), bare(y))) for x, y in zip(a, b))


def difference(theirs, ours):
    return "".join(difflib.unified_diff(theirs.splitlines(True), ours.splitlines(True), "asyncio", "acc", n=12))


def compare(o, work, programs, exact=False):
    """A list: None, or why a program fails."""
    complaint = build(o, work, programs, o.flags)
    if complaint:
        if len(programs) == 1: return [complaint]
        middle = len(programs) // 2
        return compare(o, work, programs[:middle]) + compare(o, work, programs[middle:])
    ours = outputs([str(work / "fuzz")], len(programs))
    (work / "fuzz.py").write_text(python_text(programs))
    theirs = outputs([o.python, str(work / "fuzz.py")], len(programs), env={**os.environ, "INTERP": str(HERE.parent.parent / "runtime")})
    found = []
    for i in range(len(programs)):
        a, b = ours.get(i, "nothing"), theirs.get(i, "nothing")
        if "Error: " in b or "ended with" in b: found.append("the fuzzer: Python fails\n" + b[-1500:])
        else: found.append(None if same(a, b) else difference(b, a))
    if o.hostile:
        env, flags = hostile(o)
        complaint = build(o, work, programs, flags, env)
        if complaint: return [f or complaint for f in found]
        ours = outputs([str(work / "fuzz")], len(programs))
        for i, f in enumerate(found):
            text = ours.get(i, "nothing")
            if not f and ("ended with" in text or "deadlock" in text or text == "nothing"): found[i] = "hostile:\n" + text
    return found


# ---------------------------------------------------------------- shrinking

def smaller(node_list):
    """Lists with one node less, or with a node's blocks in its place."""
    for i, n in enumerate(node_list):
        yield node_list[:i] + node_list[i + 1:]
        for j, part in enumerate(n):
            if not isinstance(part, list): continue
            if n[0] == "try" and j == 2:
                if len(part) + (n[3] is not None) > 1:
                    for k in range(len(part)): yield node_list[:i] + [[*n[:2], part[:k] + part[k + 1:], n[3]]] + node_list[i + 1:]
                for k, (kind, body) in enumerate(part):
                    for b in smaller(body): yield node_list[:i] + [[*n[:2], part[:k] + [[kind, b]] + part[k + 1:], n[3]]] + node_list[i + 1:]
            elif n[0] in ("gather", "wait") and j in (1, 2):
                for k in range(len(part) if len(part) > 1 else 0):
                    yield node_list[:i] + [n[:j] + [part[:k] + part[k + 1:]] + n[j + 1:]] + node_list[i + 1:]
            elif n[0] == "wait_for": pass
            else:
                if n[0] not in ("loop",): yield node_list[:i] + part + node_list[i + 1:]
                for b in smaller(part): yield node_list[:i] + [n[:j] + [b] + n[j + 1:]] + node_list[i + 1:]
        if n[0] == "try" and n[3] is not None and n[2]: yield node_list[:i] + [[*n[:3], None]] + node_list[i + 1:]


def size(x): return 1 + sum(map(size, x)) if isinstance(x, list) else 0 if x is None else 1


def valid(program):
    def has(nodes, where):
        for n in nodes:
            if n[0] in ("break", "continue") and "loop" not in where: return False
            if n[0] == "again" and "catch" not in where: return False
            if n[0] == "return" and "cleanup" in where: return False
            if n[0] == "try":
                if not has(n[1], where) or not all(has(b, where | {"catch"}) for _, b in n[2]): return False
                if not n[2] and n[3] is None or n[3] and not has(n[3], (where | {"cleanup"}) - {"loop", "catch"}): return False
            elif n[0] == "defer":
                if not has(n[1], (where | {"cleanup"}) - {"loop", "catch"}) or not has(n[2], where): return False
            elif n[0] in ("timeout", "group", "loop", "manager", "guard"):
                if not has(n[-1], where | ({"loop"} if n[0] == "loop" else set())): return False
        return True
    return all(has(f, frozenset()) for f in program)


def shrink(o, work, program):
    """Many smaller programs at a time, in one executable; the smallest that still fails is taken."""
    for turn in range(60):
        candidates = [program[:i] + [[]] + program[i + 1:] for i in range(len(program)) if program[i]]
        for i, f in enumerate(program): candidates += [program[:i] + [s] + program[i + 1:] for s in smaller(f)]
        candidates = sorted((c for c in candidates if valid(c)), key=size)
        for at in range(0, len(candidates), 16):
            part = candidates[at:at + 16]
            failing = [c for c, f in zip(part, compare(o, work, part)) if f and not f.startswith("the fuzzer")]
            if failing:
                program = failing[0]
                break
        else:
            return program
    return program


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--count", type=int, default=50)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--show", type=int)
    p.add_argument("--acc", default=os.environ.get("ACC", "build/release/bin/acc"))
    p.add_argument("--python", default=os.environ.get("ACC_PYTHON", ""), help="CPython 3.13 or newer")
    p.add_argument("--hostile", default="", help="the folder of a hostile libacc: each program is also run with it")
    p.add_argument("--flags", default="-O0")
    p.add_argument("--work", type=pathlib.Path, default=pathlib.Path(os.environ.get("WORK", "build/fuzz-concurrent")))
    p.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("fuzz-failures"))
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--no-shrink", action="store_true")
    o = p.parse_args()
    if o.show is not None:
        program = Maker(o.show).program()
        print(Python(program, 0).text() + C(program, 0).text())
        return 0
    if not o.python:
        print("SKIP: no CPython 3.13 here")
        return 77
    seeds = list(range(o.seed, o.seed + o.count))
    batches = [seeds[i:i + BATCH] for i in range(0, len(seeds), BATCH)]
    failed = []
    with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
        for batch, found in zip(batches, pool.map(lambda b: compare(o, o.work / str(b[0]), [Maker(s).program() for s in b]), batches)):
            failed += [(s, why) for s, why in zip(batch, found) if why]
            if len(batches) > 4 and not found.count(None) == len(found): print(f"{batch[0]}: {len(found) - found.count(None)} differ", flush=True)
    for seed, why in failed[:20 if o.no_shrink else 3]:
        keep = o.keep / f"concurrent-{seed}"
        keep.mkdir(parents=True, exist_ok=True)
        program = Maker(seed).program()
        if o.no_shrink:
            print(f"FAILED: seed {seed}\n{why}")
            continue
        if not why.startswith("the fuzzer"):
            program = shrink(o, keep / "work", program)
            why = compare(o, keep / "work", [program])[0] or why
        (keep / "program.ac").write_text(c_text([program]))
        (keep / "program.py").write_text(python_text([program]))
        print(f"FAILED: seed {seed}, kept in {keep}\n{Python(program, 0).text()}{why}")
    print(f"{o.count - len(failed)} passed, {len(failed)} failed" + (f": {' '.join(str(s) for s, w in failed[:20])}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
