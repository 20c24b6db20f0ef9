#!/usr/bin/env python3
"""Random programs of tasks, run by CPython's asyncio as the oracle of interp.c.

    interp.py gen SEED COUNT      writes COUNT scripts
    interp.py run < scripts       runs them and prints what happens: interp.c prints the same
    interp.py fuzz PROGRAM SEED COUNT

A script is a list of tasks; task 0 is main. A task is a list of operations, separated by ';'; `!` after an operation's name
means that its error is caught and logged there:

    p x   log x                     y     sleep(0)                    s k  sleep, duration k
    c k   create task k             e k   create it eagerly           w k  await task k
    f k   await future k            r k   set its result              z k  cancel it
    x k   cancel task k             q     cancel the running task     u    uncancel it
    g ..  gather tasks              o ..  gather, errors as outcomes  n m k ..  wait: until, timeout k (-1: none), tasks
    k x   call_soon(log x)          l k x call_later                  d k x  done callback of task k
    t x   throw                     v x   return                  i     log the cancel count
    W k d wait_for task k           V k d wait_for coroutine k    J k d wait_for shield(task k)
    H k   shield(task k)            Q d ..  wait_for gather       x k m, q m  cancel with a message
    T d n the next n operations in a timeout                      G n   in a task group
    C k   create task k in the innermost group

d is a duration's number, -1 for none, -2 for zero. `!` after T or G catches what the whole block throws.

Each duration is used once in a script, and all sums of them differ, so that the order is certain. Time is virtual. What is
After 80 ms all futures are set. What is done already is left out of awaits and gathers: an outcome is taken once in the dialect. A gather makes tasks of those that
were not created yet; nobody else knows these then.
"""
import asyncio, os, random, re, subprocess, sys

MODES = [asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION]
DURATIONS = [0.004, 0.008, 0.016, 0.032, 0.002, 0.001]
TASKS, FUTURES = 7, 3


def close(ops, open_blocks):
    at = open_blocks.pop()
    ops[at] += f" {len(ops) - at - 1}"


def generate(rng, number):
    durations = list(range(len(DURATIONS)))
    rng.shuffle(durations)
    lines = [f"script {number}"]
    for i in range(TASKS):
        ops = [f"p start{i}"]
        count, names = rng.randint(1, 7) + (4 if i == 0 else 0), []
        open_blocks = []  # places of T and G whose length is not known yet
        for n in range(count):
            c = rng.choice("pyyyysccceeewwwwfffrrrzxxxxquggoonnkklddtTTGGCCWWVVHHJJQi" if i else "pyyycccceewwwfrrzxxgggooonnkklddTTGGGCCCWWVVHHJJQi")
            while open_blocks and rng.random() < 0.2: close(ops, open_blocks)
            mark = "!" if i == 0 or rng.random() < 0.5 else ""
            t = lambda: rng.randrange(1, TASKS)
            later = lambda: rng.randrange(i + 1, TASKS)  # so that nobody waits for itself
            some = lambda: " ".join(str(later()) for _ in range(rng.randint(1, 4)))
            if c in "wgonWVHJQC" and i == TASKS - 1: c = "y"
            limit = lambda: durations.pop() if durations and rng.random() < 0.6 else rng.choice((-1, -2))
            message = lambda: rng.choice(("", f" m{i}.{n}"))
            if c == "s" and durations: ops.append(f"s{mark} {durations.pop()}")
            elif c in "TG":
                open_blocks.append(len(ops))
                ops.append(f"T{mark} {limit()}" if c == "T" else f"G{mark}")
            elif c in "WVJ": ops.append(f"{c}{mark} {later()} {limit()}")
            elif c == "H": ops.append(f"{c}{mark} {later()}")
            elif c == "Q": ops.append(f"{c}{mark} {limit()} {some()}")
            elif c == "C": ops.append(f"C{mark} {later()}")
            elif c == "x": ops.append(f"x{mark} {t()}{message()}")
            elif c == "q": ops.append(f"q{mark}{message()}")
            elif c in "wcexd":
                ops.append(f"{c}{mark} {later() if c == 'w' else t()}" + (f" d{i}.{n}" if c == "d" else ""))
            elif c in "frz": ops.append(f"{c}{mark} {rng.randrange(FUTURES)}")
            elif c in "go": ops.append(f"{c}{mark} {some()}")
            elif c == "n":
                timeout = durations.pop() if durations and rng.random() < 0.4 else -1
                ops.append(f"n{mark} {rng.randrange(3)} {timeout} {some()}")
            elif c == "p" or c == "k": ops.append(f"{c} {c}{i}.{n}")
            elif c == "l" and durations: ops.append(f"l {durations.pop()} l{i}.{n}")
            elif c in "yui": ops.append(f"{c}{mark}" if c not in "ui" else c)
            elif c == "t" and rng.random() < 0.5:
                ops.append(f"t e{i}.{n}")
                break
        while open_blocks: close(ops, open_blocks)
        ops.append(f"v {i}")
        lines.append("; ".join(ops))
    return "\n".join(lines) + "\n"


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time passes when the loop waits, and only then."""
    def __init__(self):
        super().__init__()
        self.now = 1.0
        select = self._selector.select

        def virtual(timeout=None):
            if timeout is None:
                print("deadlock", flush=True)
                os._exit(3)
            self.now += timeout
            return select(0)

        self._selector.select = virtual

    def time(self):
        return round(self.now, 6)


class Gathering(asyncio.tasks._GatheringFuture):
    """Where the last child is not cancelled or has no message, ours gives the request's."""
    def cancel(self, msg=None):
        self.message = msg
        return super().cancel(msg)

    def set_exception(self, e):
        if isinstance(e, asyncio.CancelledError) and self._cancel_requested:
            if not any(c.cancelled() for c in self._children): e = asyncio.CancelledError()
            if not e.args and self.message: e = asyncio.CancelledError(self.message)
        super().set_exception(e)


asyncio.tasks._GatheringFuture = Gathering


class Boom(Exception):
    pass


class Ordered(dict):
    """A set in order of insertion, for TaskGroup: it cancels its tasks in the order of their addresses otherwise."""
    def add(self, x): self[x] = True
    def discard(self, x): self.pop(x, None)


def limit(n):
    return DURATIONS[n] if n >= 0 else None if n == -1 else 0


class World:
    def __init__(self, scripts):
        self.scripts, self.tasks, self.hidden = scripts, {}, set()

    def new(self, i, eager=False):
        loop = asyncio.get_running_loop()
        coro = self.task(i)
        if eager:
            self.tasks[i] = None
            self.tasks[i] = asyncio.Task(coro, loop=loop, eager_start=True)
        else:
            self.tasks[i] = loop.create_task(coro)

    def live(self, i):
        t = self.tasks.get(i)
        return t is not None and not t.done()

    async def task(self, i):
        print(f"{i} begins")
        try:
            return await self.block(i, 0, len(self.scripts[i]), [])
        finally:
            print(f"{i} ends")

    async def block(self, i, pc, end, groups):
        while pc < end:
            op = self.scripts[i][pc]
            name, args = op[0].rstrip("!"), op[1:]
            pc += 1
            inner = pc
            if name in "TG": pc += int(args[-1])
            try:
                if name == "T":
                    async with asyncio.timeout(limit(int(args[0]))) as scope:
                        print(f"{i} enters T")
                        await self.block(i, inner, pc, groups)
                    print(f"{i} leaves T expired {int(scope.expired())}")
                elif name == "G":
                    group = asyncio.TaskGroup()
                    group._tasks = Ordered()
                    async with group:
                        print(f"{i} enters G")
                        await self.block(i, inner, pc, groups + [group])
                    print(f"{i} leaves G")
                elif name == "C":
                    k = int(args[0])
                    if k not in self.tasks and k not in self.hidden and groups:
                        self.tasks[k] = groups[-1].create_task(self.task(k))
                        print(f"{i} created {k} in a group")
                else:
                    v = await self.op(i, name, args)
                    if name == "v":
                        return v
            except (Boom, asyncio.CancelledError, TimeoutError, RuntimeError, BaseExceptionGroup) as e:
                if not op[0].endswith("!"):
                    raise
                print(f"{i} {name} caught {describe(e)}")

    async def op(self, i, name, args):
        n = [int(a) for a in args] if name not in "pkldtxq" else []
        me = asyncio.current_task()
        loop = asyncio.get_running_loop()
        if name == "p": print(f"{i} says {args[0]}")
        elif name == "y": await asyncio.sleep(0); print(f"{i} yielded")
        elif name == "s": await asyncio.sleep(DURATIONS[n[0]]); print(f"{i} slept {n[0]}")
        elif name in "ce":
            if n[0] not in self.tasks and n[0] not in self.hidden:
                self.new(n[0], name == "e")
                print(f"{i} created {n[0]}")
        elif name == "w":
            if self.live(n[0]) and self.tasks[n[0]] is not me:
                v = await self.tasks[n[0]]
                print(f"{i} got {v} of {n[0]}")
        elif name == "f":
            if not self.futures[n[0]].done():
                v = await self.futures[n[0]]
                print(f"{i} got {v} of future {n[0]}")
        elif name == "r":
            if not self.futures[n[0]].done(): self.futures[n[0]].set_result(i * 10)
        elif name == "z": print(f"{i} cancels future {n[0]}: {int(self.futures[n[0]].cancel())}")
        elif name == "x":
            k = int(args[0])
            if self.live(k): print(f"{i} cancels {k}: {int(self.tasks[k].cancel(*args[1:]))}")
        elif name == "q": me.cancel(*args)
        elif name == "i": print(f"{i} cancelling: {me.cancelling()}")
        elif name in "WJV":
            k = n[0]
            if name == "V":
                if k in self.tasks or k in self.hidden: return
                self.hidden.add(k)
                what = self.task(k)
            elif self.live(k) and self.tasks[k] is not me:
                what = self.tasks[k] if name == "W" else asyncio.shield(self.tasks[k])
            else: return
            v = await asyncio.wait_for(what, limit(n[1]))
            print(f"{i} got {v} of {k} in time")
        elif name == "H":
            if self.live(n[0]) and self.tasks[n[0]] is not me:
                v = await asyncio.shield(self.tasks[n[0]])
                print(f"{i} got {v} of shielded {n[0]}")
        elif name == "u": print(f"{i} uncancels: {me.uncancel()}")
        elif name in "goQ":
            children, ids = [], []
            for k in n[1:] if name == "Q" else n:
                if k in ids or k == i:
                    continue
                if k not in self.tasks and k not in self.hidden:
                    self.hidden.add(k)
                    children.append(self.task(k))
                    ids.append(k)
                elif self.live(k):
                    children.append(self.tasks[k])
                    ids.append(k)
            r = asyncio.gather(*children, return_exceptions=name == "o")
            r = await (asyncio.wait_for(r, limit(n[0])) if name == "Q" else r)
            # asyncio's gather may lose a cancellation's message, where it gives it as a value
            print(f"{i} gathered", *[f"{k}={describe(v).partition('cancelled(')[0] or 'cancelled'}" for k, v in zip(ids, r)])
        elif name == "n":
            ids = []
            for k in n[2:]:
                if k not in ids and k != i and self.live(k): ids.append(k)
            if ids:
                done, pending = await asyncio.wait([self.tasks[k] for k in ids], return_when=MODES[n[0]],
                                                   timeout=DURATIONS[n[1]] if n[1] >= 0 else None)
                print(f"{i} waited", *[f"{k}:{'done' if self.tasks[k] in done else 'pending'}" for k in ids])
        elif name == "k": loop.call_soon(print, "soon", args[0])
        elif name == "l": loop.call_later(DURATIONS[int(args[0])], print, "later", args[1])
        elif name == "d":
            k = int(args[0])
            if self.live(k): self.tasks[k].add_done_callback(lambda t: print(f"callback {args[1]}"))
        elif name == "t": raise Boom(args[0])
        elif name == "v": return n[0]

    def enough(self):
        print("enough")
        for f in self.futures:
            if not f.done(): f.set_result(99)

    async def main(self):
        self.futures = [asyncio.get_running_loop().create_future() for _ in range(FUTURES)]
        self.tasks[0] = None
        asyncio.get_running_loop().call_later(0.08, self.enough)
        try:
            await self.task(0)
        except (Boom, asyncio.CancelledError, TimeoutError, RuntimeError, BaseExceptionGroup) as e:
            print(f"main {describe(e)}")
        print("main ends")


def describe(v):
    if isinstance(v, asyncio.CancelledError): return f"cancelled({v})"
    if isinstance(v, TimeoutError): return "timeout"
    if isinstance(v, RuntimeError): return "invalid"
    if isinstance(v, BaseExceptionGroup): return f"group({' '.join(describe(e) for e in v.exceptions)})"
    if isinstance(v, Boom): return f"error({v})"
    return str(v)


def read(text):
    script = None
    for line in text.splitlines():
        if line.startswith("script "):
            if script: yield script
            script = (line, [])
        elif script:
            script[1].append([op.split() for op in line.split(";")])
    if script: yield script


def run(text):
    tasks = asyncio.runners.tasks
    everything = tasks.all_tasks  # a set: its order is not told. Ours is that of creation
    tasks.all_tasks = lambda loop=None: sorted(everything(loop), key=lambda t: int(t.get_name()[5:]))
    once = asyncio.runners._cancel_all_tasks  # what cleanup starts is left as it is there; we go on until nothing is left

    def cancel_all_tasks(loop):
        while tasks.all_tasks(loop): once(loop)

    asyncio.runners._cancel_all_tasks = cancel_all_tasks
    for title, script in read(text):
        print(title)
        try:
            asyncio.run(World(script).main(), loop_factory=VirtualLoop)
        except BaseException as e:
            print("run", describe(e))


def same(ours, theirs):
    """A second waiter for a cancelled task gets no message in asyncio, ours does; and the message of a cancelled gather is that
    of its last child, even where that one swallowed it."""
    bare = lambda line: re.sub(r"cancelled\([^)]*\)", "cancelled()", line)
    a, b = ours.split("\n"), theirs.split("\n")
    return len(a) == len(b) and all(x == y or (bare(x) == bare(y) and (bare(y) == y or re.search(" [goQ] caught ", y)))
                                    for x, y in zip(a, b))


def fuzz(program, seed, count):
    text = "".join(generate(random.Random(seed * 1000003 + i), seed * 1000000 + i) for i in range(count))
    scripts = text.split("script ")[1:]
    bad = []
    def outputs(cmd, text):
        out = subprocess.run(cmd, input=text, capture_output=True, text=True)
        if out.returncode: print(out.stderr[-2000:], "exit", out.returncode)
        return out.stdout.split("script ")[1:]
    ours, theirs = outputs([program], text), outputs([sys.executable, __file__, "run"], text)
    for i, s in enumerate(scripts):
        if i >= len(ours) or i >= len(theirs) or not same(ours[i], theirs[i]): bad.append(s)
    for s in bad[:5]:
        ours, theirs = outputs([program], "script " + s), outputs([sys.executable, __file__, "run"], "script " + s)
        print("DIFFERS: script " + s + "--- asyncio\n" + "".join(theirs) + "--- ours\n" + "".join(ours))
    print(f"{count} scripts, {len(bad)} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1] == "gen":
        for i in range(int(sys.argv[3])): print(generate(random.Random(int(sys.argv[2]) * 1000003 + i), i), end="")
    elif sys.argv[1] == "run":
        run(sys.stdin.read())
    else:
        if sys.version_info < (3, 13): sys.exit(77)  # eager tasks, uncancel
        sys.exit(fuzz(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
