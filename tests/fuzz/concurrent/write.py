"""A program (programs.py) as async C and as Python.

Each node has a place, FUNCTION.NUMBER, which both print. With `masked`, each node stands in an `if (on(n))`, n being its number in
numbered(program), so that one executable is all of its smaller programs."""
import pathlib
from programs import *

HERE = pathlib.Path(__file__).resolve().parent


class Writer:
    def __init__(self, program, number, masked=False):
        self.program, self.number, self.lines, self.depth, self.count = program, number, [], 0, 0
        self.masks = {id(n): k for k, n in numbered(program)} if masked else None

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
            if self.masks is not None:
                self.put(self.guarded(self.masks[id(n)]))
                self.depth += 1
            getattr(self, "do_" + n[0])(self.at, *n[1:])
            if self.masks is not None:
                self.depth -= 1
                self.put(self.unguarded)

    def text(self):
        for i, f in enumerate(bodies(self.program)):
            self.i, self.count, self.scopes, self.groups = i, 0, [], []
            (self.function if i < len(self.program["functions"]) else self.generator)(i, f)
        self.main()
        return "\n".join(self.lines) + "\n"

    def name(self, i): return f"p{self.number}_{i}"
    def generator_name(self, k): return self.name(len(self.program["functions"]) + k)
    def value(self): return self.count % 7


def variable(prefix, at): return prefix + at.replace(".", "_")


QUEUES = ("fifo", "lifo", "priority")


class C(Writer):
    unguarded = "}"
    def guarded(self, k): return f"if (on({k})) {{"
    def empty(self): pass
    def limit(self, d): return "ACC_NO_TIMEOUT" if d is None else "0" if d == "zero" else f"until({d})"

    def function(self, i, body):
        if i == 0: self.declare()
        self.inside(f"static async int {self.name(i)}(void) {{", body, None, (f"if (++runs[{i}] > 2) return -{i};", f'say("{i}", "begins");'))
        self.put(f'    say("{i}", "ends");')
        self.put(f"    return {i};")
        self.put("}")

    def generator(self, i, body):
        self.inside(f"static async acc_generator(int) {self.name(i)}(void) {{", body, None, (f"if (++runs[{i}] > 2) return;", f'say("{i}", "begins");'))
        self.put(f'    say("{i}", "ends");')
        self.put("}")

    def declare(self):
        for k in range(len(self.program["functions"])): self.put(f"static async int {self.name(k)}(void);")
        for k in range(len(self.program["generators"])): self.put(f"static async acc_generator(int) {self.generator_name(k)}(void);")

    def main(self):
        self.put(f"static async int main_{self.number}(void) {{")
        self.put("    begin();")
        self.put(f'    try {{ say_value("main", "got", await {self.name(0)}()); }} catch (BaseError e) {{ say_error("main", "caught", e); }}')
        self.put('    try { await acc_sleep(0); } catch (BaseError e) { say_error("main", "ends", e); }')
        self.put("    over = true;")
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

    def do_cancel_later(self, at, k, d): self.put(f"acc_call_later(until({d}), cancels, (void *)(intptr_t){k});")

    def do_cancel_self(self, at, message):
        self.put(f'acc_cancel_msg(acc_current_task(), "{message}");' if message else "acc_cancel(acc_current_task());")
        self.put(f'say("{at}", "cancelled itself");')

    def do_uncancel(self, at): self.put(f'say_value("{at}", "uncancels", acc_uncancel(acc_current_task()));')
    def do_count(self, at): self.put(f'say_value("{at}", "tasks", (int)acc_all_tasks(NULL, 0));')
    def do_throw(self, at, kind, text): self.put(f'if (always) throw {kind}("{text}");')
    def do_again(self, at): self.put(f'say("{at}", "again"); if (always) throw;')

    def operation(self, which, verb):
        """(an expression, does it wait, has it a value)"""
        if which in QUEUES:
            value = f", {self.value()}" if verb.startswith("put") else f", {self.value() % 2}" if verb == "shutdown" else ""
            return f"acc_queue_{verb}({which}{value})", verb in ("get", "put", "join"), verb in ("get", "get_nowait", "size")
        kind = "semaphore" if which == "bounded" else which
        e = "acc_barrier_n_waiting(&barrier)" if verb == "waiting" else f"acc_{kind}_{verb}(&{which}{', 1' if verb == 'notify' else ''})"
        return e, verb in ("acquire", "wait", "reset", "abort"), verb in ("locked", "is_set", "waiting") or (which, verb) == ("barrier", "wait")

    def do_op(self, at, which, verb):
        e, waits, has_value = self.operation(which, verb)
        if which == "lock" and verb == "release" and self.count % 3: self.put("if (acc_lock_locked(&lock))")
        if waits: e = "await " + e
        self.put(f'say_value("{at}", "{which} {verb}", (int){e});' if has_value else f'{{ {e}; say("{at}", "{which} {verb}"); }}')

    def do_hold(self, at, which, body):
        head = "int i = &barrier" if which == "barrier" else "&" + which
        self.inside(f"async with ({head}) {{", body, "}", (f'say_value("{at}", "holds {which}", {"i" if which == "barrier" else 0});',))
        self.put(f'say("{at}", "left {which}");')

    def awaitable(self, what):
        """(condition, expression, has it a value)"""
        if what[0] == "op":
            e, waits, has_value = self.operation(what[1], what[2])
            return None, e, has_value
        kind, k = what
        if kind == "call": return None, f"{self.name(k)}()", True
        if kind == "shield_call": return None, f"acc_shield({self.name(k)}())", True
        return f"usable({k})", f"slots[{k}]" if kind == "task" else f"acc_shield(slots[{k}])", True

    def do_wait_for(self, at, what, d):
        if what[0] == "gather":
            return self.gather(at, [["call", k] for k in what[1]], what[2], d)
        condition, e, has_value = self.awaitable(what)
        e = f"await acc_wait_for({e}, {self.limit(d)})"
        if condition: self.put(f"if ({condition})")
        self.put(f'say_value("{at}", "in time", (int){e});' if has_value else f'{{ {e}; say("{at}", "in time"); }}')

    def do_shield(self, at, kind, k):
        condition, e, v = self.awaitable(["shield_call" if kind == "call" else "shield", k])
        self.put(f'{f"if ({condition}) " if condition else ""}say_value("{at}", "shielded", await {e});')

    def do_gather(self, at, children, outcomes): self.gather(at, children, outcomes, 0)

    def gather(self, at, children, outcomes, d):
        made = [self.awaitable(c) for c in unique(children)]
        conditions = " & ".join(c for c, e, v in made if c) or "true"
        self.put(f"if ({conditions}) {{")
        self.depth += 1
        self.put(("acc_outcome(int) " if outcomes else "int ") + ", ".join(f"r{j}" for j in range(len(made))) + ";")
        e = f"acc_gather({', '.join(f'r{j} = {e}' for j, (c, e, v) in enumerate(made))})"
        self.put(f"await acc_wait_for({e}, {self.limit(d)});" if d != 0 else f"await {e};")
        self.put(f'printf("{at} gathered");')
        for j in range(len(made)): self.put(f"say_outcome(r{j});" if outcomes else f'printf(" %d", r{j});')
        self.put('puts("");')
        self.depth -= 1
        self.put("}")

    def some(self, ks, of):
        self.put(f"acc_task(int) all[{len(ks)}];")
        self.put("size_t n = 0;")
        for k in ks: self.put(f"if ({of}({k})) all[n++] = slots[{k}];")

    def do_wait(self, at, mode, ks, d):
        self.put("{")
        self.depth += 1
        self.some(sorted(set(ks)), "alive")
        self.put(f"if (n) {{ size_t done = await acc_wait(all, n, {['ACC_ALL_COMPLETED', 'ACC_FIRST_COMPLETED', 'ACC_FIRST_ERROR'][mode]}, {self.limit(d)});")
        self.put(f'say_value("{at}", "waited", (int)done); }}')
        self.depth -= 1
        self.put("}")

    def do_completed(self, at, ks, body):
        self.put("{")
        self.depth += 1
        self.some(sorted(set(ks)), "own")
        self.inside("async for (acc_task(int) t in acc_as_completed(all, n)) {", body, "}", (f'say_value("{at}", "completed", await t);',))
        self.depth -= 1
        self.put("}")

    def do_set(self, at, f): self.put(f'if (!acc_done(futures[{f}])) {{ acc_future_set_result(futures[{f}], {f}); say("{at}", "set"); }}')
    def do_fail_future(self, at, f): self.put(f'if (!acc_done(futures[{f}])) {{ acc_future_set_error(futures[{f}], Boom("f{f}")); say("{at}", "failed"); }}')
    def do_future(self, at, f): self.put(f'if (!acc_done(futures[{f}])) say_value("{at}", "future", await futures[{f}]);')
    def do_cancel_future(self, at, f): self.put(f'if (!acc_done(futures[{f}])) say_value("{at}", "cancels future", acc_future_cancel(futures[{f}]));')
    def do_callback(self, at, k): self.put(f'if (alive({k})) acc_add_done_callback(slots[{k}], said_done, "{at}");')
    def do_soon(self, at): self.put(f'acc_call_soon(said_soon, "{at}");')
    def do_later(self, at, d): self.put(f'acc_call_later(until({d}), said_soon, "{at}");')

    def do_handle(self, at, d, body):
        h = variable("h", at)
        self.inside("{", body, None, (f'acc_handle {h} = acc_call_later(until({d}), said_soon, "{at}");',))
        self.put(f'    acc_handle_cancel({h}); say_value("{at}", "handle", acc_handle_cancelled({h}));')
        self.put("}")

    def do_return(self, at): self.put("if (always) return;" if self.i >= len(self.program["functions"]) else f"if (always) return {self.i} + 100;")
    def do_break(self, at): self.put("if (always) break;")
    def do_continue(self, at): self.put("if (always) continue;")

    def do_try(self, at, body, catches, final):
        self.inside("try {", body)
        for kind, nodes in catches:
            self.inside(f"}} catch ({kind} e) {{", nodes, None, (f'say_error("{at}", "caught", e);',))
        if final is not None: self.inside("} finally {", final, None, (f'say("{at}", "finally");',))
        self.put("}")

    def do_timeout(self, at, d, body):
        name = variable("s", at)
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
        name = variable("g", at)
        self.groups.append(name)
        self.inside(f"async with (acc_task_group *{name} = acc_task_group_new()) {{", body, "}", (f"(void){name};",))
        self.put(f'say("{at}", "group left");')
        self.groups.pop()

    def do_member(self, at, k):
        if self.groups: self.put(f'if (!created[{k}]) {{ created[{k}] = true; slots[{k}] = acc_group_create_task({self.groups[-1]}, {self.name(k)}()); say("{at}", "member {k}"); }}')

    def do_loop(self, at, n, body): self.inside(f"for (int i = 0; i < {n}; i++) {{", body, "}")

    def do_manager(self, at, waits, does, body):
        self.put("{")
        self.depth += 1
        self.put(f'manager m = {{"{at}", {int(waits)}, "{does}"}};')
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

    def do_each(self, at, n, waits, fails, body):
        self.put("{")
        self.depth += 1
        self.put(f'counter c = {{"{at}", {n}, {int(waits)}, {int(fails)}}};')
        self.inside("async for (int v in &c) {", body, "}", (f'say_value("{at}", "each", v);',))
        self.depth -= 1
        self.put("}")

    def open(self, at, k):
        self.put(f'if (!opened[{k}]) {{ opened[{k}] = true; generators[{k}] = {self.generator_name(k)}(); say("{at}", "opened"); }}')

    def do_step(self, at, k, verb, what, d):
        arguments = {"anext": ", &v", "asend": f", {what}, &v", "athrow": f', {what}("thrown"), &v', "aclose": ""}[verb]
        e = f"acc_{verb}(generators[{k}]{arguments})"
        e = f"await {e}" if d == -1 else f"await acc_wait_for({e}, {self.limit(d)})"
        self.open(at, k)
        self.put("{ int v = -1;")
        self.put(f'    {e}; say("{at}", "closed"); }}' if verb == "aclose" else f'    bool more = {e}; say_value("{at}", more ? "next" : "over", v); }}')

    def do_each_of(self, at, k, body):
        self.open(at, k)
        self.inside(f"async for (int v in generators[{k}]) {{", body, "}", (f'say_value("{at}", "each", v);',))

    def do_each_call(self, at, k, body):
        self.inside(f"async for (int v in {self.generator_name(k)}()) {{", body, "}", (f'say_value("{at}", "each", v);',))

    def do_yield(self, at, value): self.put(f'if (!over) say_value("{at}", "sent", yield {value});')


def unique(children):
    seen, kept = set(), []
    for c in children:
        if c[0] in ("call", "shield_call", "op") or c[1] not in seen: kept.append(c)
        if c[0] != "op": seen.add(c[1])
    return kept


class Python(Writer):
    unguarded = ""
    def guarded(self, k): return f"if on({k}):"
    def empty(self): self.put("pass")
    def limit(self, d): return "None" if d is None else "0" if d == "zero" else f"until({d})"

    def function(self, i, body):
        self.inside(f"async def {self.name(i)}():", body, None, (f"runs[{i}] += 1", f"if runs[{i}] > 2: return -{i}", f'say("{i}", "begins")'))
        self.put(f'    say("{i}", "ends")')
        self.put(f"    return {i}")

    def generator(self, i, body):
        self.inside(f"async def {self.name(i)}():", body, None, (f"runs[{i}] += 1", f"if runs[{i}] > 2: return", f'say("{i}", "begins")'))
        self.put(f'    say("{i}", "ends")')
        self.put("    if not always: yield")

    def main(self):
        self.put(f"async def main_{self.number}():")
        self.put("    global over")
        self.put("    begin()")
        self.put(f'    try: say_value("main", "got", await {self.name(0)}())')
        self.put('    except BaseException as e: say_error("main", "caught", e)')
        self.put("    try: await asyncio.sleep(0)")
        self.put('    except BaseException as e: say_error("main", "ends", e)')
        self.put("    over = True")

    def both(self, condition, text): self.put(f"if {condition}: {text}" if condition else text)
    def do_say(self, at): self.put(f'say("{at}", "says")')
    def do_turn(self, at): self.put(f'await asyncio.sleep(0); say("{at}", "turned")')
    def do_sleep(self, at, d): self.put(f'await asyncio.sleep(until({d})); say("{at}", "slept")')

    def do_create(self, at, k, eager):
        self.put(f'if not created[{k}]: created[{k}] = True; slots[{k}] = task({self.name(k)}(), {eager}); say("{at}", "created {k}")')

    def do_await(self, at, k): self.put(f'if usable({k}): say_value("{at}", "got", await slots[{k}])')
    def do_call(self, at, k): self.put(f'say_value("{at}", "called", await {self.name(k)}())')

    def do_tried(self, at, k):
        v = variable("r", at)
        self.put(f"try: {v} = await {self.name(k)}(), None")
        self.put(f"except BaseException as e: {v} = None, e")
        self.put(f'if {v}[1]: say_error("{at}", "tried", {v}[1])')
        self.put(f'else: say_value("{at}", "tried", {v}[0])')
        self.put(f"{v} = None")

    def do_cancel(self, at, k, message):
        argument = f'"{message}"' if message else ""
        self.put(f'if alive({k}): say_value("{at}", "cancels {k}", int(slots[{k}].cancel({argument})))')

    def do_cancel_later(self, at, k, d): self.put(f"asyncio.get_running_loop().call_later(until({d}), cancels, {k})")

    def do_cancel_self(self, at, message):
        argument = f'"{message}"' if message else ""
        self.put(f'asyncio.current_task().cancel({argument}); say("{at}", "cancelled itself")')

    def do_uncancel(self, at): self.put(f'say_value("{at}", "uncancels", asyncio.current_task().uncancel())')
    def do_count(self, at): self.put(f'say_value("{at}", "tasks", len(asyncio.all_tasks()))')
    def do_throw(self, at, kind, text): self.put(f'raise {kind}("{text}")')
    def do_again(self, at): self.put(f'say("{at}", "again"); raise')

    def operation(self, which, verb):
        waits, has_value = C.operation(self, which, verb)[1:]
        if which in QUEUES:
            value = self.value() if verb.startswith("put") else bool(self.value() % 2) if verb == "shutdown" else ""
            return f"{which}.{'qsize' if verb == 'size' else verb}({value})", waits, has_value
        return "barrier.n_waiting" if verb == "waiting" else f"{which}.{verb}({1 if verb == 'notify' else ''})", waits, has_value

    def do_op(self, at, which, verb):
        e, waits, has_value = self.operation(which, verb)
        if waits: e = "await " + e
        self.both("lock.locked()" if which == "lock" and verb == "release" and self.count % 3 else "",
                  f'say_value("{at}", "{which} {verb}", int({e}))' if has_value else f'{e}; say("{at}", "{which} {verb}")')

    def do_hold(self, at, which, body):
        self.inside(f"async with {which}{' as held' if which == 'barrier' else ''}:", body, None,
                    (f'say_value("{at}", "holds {which}", {"held" if which == "barrier" else 0})',))
        self.put(f'say("{at}", "left {which}")')

    def awaitable(self, what):
        if what[0] == "op":
            e, waits, has_value = self.operation(what[1], what[2])
            return None, e, has_value
        kind, k = what
        if kind == "call": return None, f"{self.name(k)}()", True
        if kind == "shield_call": return None, f"asyncio.shield({self.name(k)}())", True
        return f"usable({k})", f"slots[{k}]" if kind == "task" else f"asyncio.shield(slots[{k}])", True

    def do_wait_for(self, at, what, d):
        if what[0] == "gather":
            return self.gather(at, [["call", k] for k in what[1]], what[2], d)
        condition, e, has_value = self.awaitable(what)
        e = f"await asyncio.wait_for({e}, {self.limit(d)})"
        self.both(condition, f'say_value("{at}", "in time", {e})' if has_value else f'{e}; say("{at}", "in time")')

    def do_shield(self, at, kind, k):
        condition, e, v = self.awaitable(["shield_call" if kind == "call" else "shield", k])
        self.both(condition, f'say_value("{at}", "shielded", await {e})')

    def do_gather(self, at, children, outcomes): self.gather(at, children, outcomes, 0)

    def gather(self, at, children, outcomes, d):
        made = [self.awaitable(c) for c in unique(children)]
        self.put(f"if {' & '.join(c for c, e, v in made if c) or 'True'}:")
        e = f"asyncio.gather({', '.join(e for c, e, v in made)}, return_exceptions={outcomes})"
        self.put(f"    r = await asyncio.wait_for({e}, {self.limit(d)})" if d != 0 else f"    r = await {e}")
        self.put(f'    print("{at} gathered", *map(outcome, r))')
        self.put("    r = None")

    def do_wait(self, at, mode, ks, d):
        self.put(f"r = [slots[k] for k in {sorted(set(ks))} if alive(k)]")
        self.put(f"if r: r = await asyncio.wait(r, return_when=interp.MODES[{mode}], timeout={self.limit(d)}); "
                 f'say_value("{at}", "waited", len(r[0])); r = None')

    def do_completed(self, at, ks, body):
        self.inside(f"async for t in asyncio.as_completed([slots[k] for k in {sorted(set(ks))} if own(k)]):", body, None,
                    (f'say_value("{at}", "completed", await t)',))

    def do_set(self, at, f): self.put(f'if not futures[{f}].done(): futures[{f}].set_result({f}); say("{at}", "set")')
    def do_fail_future(self, at, f): self.put(f'if not futures[{f}].done(): futures[{f}].set_exception(Boom("f{f}")); say("{at}", "failed")')
    def do_future(self, at, f): self.put(f'if not futures[{f}].done(): say_value("{at}", "future", await futures[{f}])')
    def do_cancel_future(self, at, f): self.put(f'if not futures[{f}].done(): say_value("{at}", "cancels future", int(futures[{f}].cancel()))')
    def do_callback(self, at, k): self.put(f'if alive({k}): slots[{k}].add_done_callback(lambda t: print("{at} callback", int(t.cancelled())))')
    def do_soon(self, at): self.put(f'asyncio.get_running_loop().call_soon(print, "{at} called")')
    def do_later(self, at, d): self.put(f'asyncio.get_running_loop().call_later(until({d}), print, "{at} called")')

    def do_handle(self, at, d, body):
        h = variable("h", at)
        self.put(f'{h} = asyncio.get_running_loop().call_later(until({d}), print, "{at} called")')
        self.block(body)
        self.put(f'{h}.cancel(); say_value("{at}", "handle", int({h}.cancelled()))')

    def do_return(self, at): self.put("return" if self.i >= len(self.program["functions"]) else f"return {self.i} + 100")
    def do_break(self, at): self.put("break")
    def do_continue(self, at): self.put("continue")

    def do_try(self, at, body, catches, final):
        self.inside("try:", body)
        types = {"BaseError": "BaseException", "Error": "Exception", "ErrorGroup": "BaseExceptionGroup", "InvalidStateError": "Invalid"}
        for kind, nodes in catches:
            named = ", ".join(types.get(k, k) for k in kind.split(" | "))
            e = variable("e", at)
            self.inside(f"except ({named}) as {e}:", nodes, None, (f'say_error("{at}", "caught", {e})',))
        if final is not None: self.inside("finally:", final, None, (f'say("{at}", "finally")',))

    def do_timeout(self, at, d, body):
        name = variable("s", at)
        self.scopes.append(name)
        self.put(f"{name} = asyncio.timeout({self.limit(d)})")
        self.inside(f"async with {name}:", body)
        self.put(f'say_value("{at}", "expired", int({name}.expired()))')
        self.scopes.pop()

    def do_reschedule(self, at, d):
        time = "asyncio.get_running_loop().time()"
        if self.scopes: self.put(f"{self.scopes[-1]}.reschedule({'None' if d is None else f'{time} - 1' if d == 'zero' else f'{time} + {self.limit(d)}'})")
        else: self.put("pass")

    def do_group(self, at, body):
        name = variable("g", at)
        self.groups.append(name)
        self.inside(f"async with group() as {name}:", body)
        self.put(f'say("{at}", "group left")')
        self.groups.pop()

    def do_member(self, at, k):
        if self.groups: self.put(f'if not created[{k}]: created[{k}] = True; slots[{k}] = {self.groups[-1]}.create_task({self.name(k)}()); say("{at}", "member {k}")')
        else: self.put("pass")

    def do_loop(self, at, n, body): self.inside(f"for i in range({n}):", body)
    def do_manager(self, at, waits, does, body): self.inside(f'async with Manager("{at}", {waits}, "{does}"):', body)

    def do_defer(self, at, what, body):
        # what is deferred is numbered first, as it stands first there
        kept, self.lines = self.lines, []
        self.inside("finally:", what, None, (f'say("{at}", "deferred")',))
        final, self.lines = self.lines, kept
        self.inside("try:", body)
        self.lines += final

    def do_guard(self, at, waits, body):
        self.inside(f'async with guard_waits("{at}"):' if waits else f'with guard("{at}"):', body)

    def do_each(self, at, n, waits, fails, body):
        self.inside(f'async for v in Counter("{at}", {n}, {waits}, {fails}):', body, None, (f'say_value("{at}", "each", v)',))

    def open(self, at, k):
        self.put(f'if not opened[{k}]: opened[{k}] = True; generators[{k}] = {self.generator_name(k)}(); say("{at}", "opened")')

    def do_step(self, at, k, verb, what, d):
        e = f"generators[{k}]"
        e = {"anext": f"anext({e})", "asend": f"{e}.asend({what})", "athrow": f'{e}.athrow({what}("thrown"))', "aclose": f"{e}.aclose()"}[verb]
        if d != -1: e = f"asyncio.wait_for({e}, {self.limit(d)})"
        self.open(at, k)
        if verb == "aclose":
            self.put(f"try: await {e}")
            self.put("except StopAsyncIteration: pass")  # it was told before, and yielded all the same
            self.put(f'say("{at}", "closed")')
        else:
            v = variable("r", at)
            self.put(f'try: {v} = "next", await {e}')
            self.put(f'except StopAsyncIteration: {v} = "over", -1')
            if verb == "athrow": self.put(f'if {v}[1] is None: {v} = "over", -1')  # of a generator that has ended it gives None
            self.put(f'say_value("{at}", *{v})')

    def do_each_of(self, at, k, body):
        self.open(at, k)
        self.inside(f"async for v in generators[{k}]:", body, None, (f'say_value("{at}", "each", v)',))

    def do_each_call(self, at, k, body):
        self.put(f"async with contextlib.aclosing({self.generator_name(k)}()) as it:")
        self.depth += 1
        self.inside("async for v in it:", body, None, (f'say_value("{at}", "each", v)',))
        self.depth -= 1

    def do_yield(self, at, value): self.put(f'if not over: say_value("{at}", "sent", (yield {value}) or 0)')


# ---------------------------------------------------------------- files

def c_text(programs, masked=False):
    text = [(HERE / "head.ac").read_text()]
    text += [C(p, i, masked).text() for i, p in enumerate(programs)]
    text.append(f"static async int (*const mains[])(void) = {{{', '.join(f'main_{i}' for i in range(len(programs)))}}};")
    text.append("static void run(int i) { acc_run(mains[i]()); }")
    text.append(f"int main(int argc, char **argv) {{ return run_all(argc, argv, {len(programs)}, run); }}")
    return "\n".join(text) + "\n"


def python_text(programs, masked=False):
    text = [(HERE / "head.py").read_text()] + [Python(p, i, masked).text() for i, p in enumerate(programs)]
    text.append(f"run_all([{', '.join(f'main_{i}' for i in range(len(programs)))}])")
    return "\n".join(text) + "\n"
