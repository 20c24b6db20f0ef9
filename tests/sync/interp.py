#!/usr/bin/env python3
"""Random programs of tasks that share primitives, run by CPython's asyncio as the oracle of tests/run/sync_scripts.ac.

    interp.py gen SEED COUNT      writes COUNT scripts
    interp.py run < scripts       runs them and prints what happens: tests/run/sync_scripts.ac prints the same
    interp.py fuzz PROGRAM SEED COUNT

A script is a list of tasks, one a line, which start in that order. A task is a list of operations, separated by ';'; its first
letter says on what, the second one what:

    la lr lw k      lock: acquire, release, hold it for k turns (async with)
    es ec ew        event: set, clear, wait
    cw cn k cN      condition (on the lock): wait, notify k, notify all. With the lock held, or an error
    ch k            the lock held for k turns by way of the condition
    sa sr sw k      semaphore of 2          ba br bw k      bounded semaphore of 1
    pw pr px pi     barrier of 3: wait, reset, abort, async with
    fp fg fP fG     queue of 2: put, get, the same nowait           fd fj  task_done, join
    Lp ..., Pp ...  last-in-first-out queue, priority queue of 3: the same
    fs k Ls Ps      shut down, k: immediately
    y               sleep(0)
    x k             cancel task k

Each task catches what its operations throw and logs it; a cancellation ends it, unless there is a `!` behind the
operation's name. No time passes: all is turns of the loop. A turn that nobody uses ends the script: who
waits then is cancelled, task by task.
"""
import asyncio, random, subprocess, sys

TASKS = 5
QUEUES = "fLP"


def operation(rng):
    q = rng.choice(QUEUES)
    return rng.choice([
        "la", "lr", "la", "lr", f"lw {rng.randrange(4)}", f"lw {rng.randrange(4)}",
        "es", "ec", "ew", "ew",
        "cw", "cw", "cw", f"cn {rng.randrange(3)}", "cN", f"ch {rng.randrange(3)}",
        "sa", "sr", f"sw {rng.randrange(4)}", f"sw {rng.randrange(4)}",
        "ba", "br", f"bw {rng.randrange(4)}",
        "pw", "pw", "pw", "pi", "pr", "px",
        f"{q}p", f"{q}p", f"{q}p", f"{q}g", f"{q}g", f"{q}g", f"{q}P", f"{q}G", f"{q}d", f"{q}j",
        f"{q}s {rng.randrange(2)}" if rng.random() < 0.3 else f"{q}g",
        "y", "y", "y", "y",
        f"x {rng.randrange(TASKS)}", f"x {rng.randrange(TASKS)}",
    ])


def generate(rng, number):
    # few kinds of things in one script, so that tasks meet
    kinds = set(rng.sample("lecsbpfLP", rng.randint(1, 3))) | set("xy")
    if "c" in kinds: kinds.add("l")
    lines = [f"script {number}"]
    for i in range(TASKS):
        ops = []
        while len(ops) < rng.randint(2, 9):
            o = operation(rng)
            if o[0] not in kinds: continue
            if o == "cw" or o[:2] in ("cn", "cN") and rng.random() < 0.9: ops += ["la!" if rng.random() < 0.3 else "la", o, "lr"]
            else: ops.append(o)
        ops = [o.replace(o.split()[0], o.split()[0] + "!", 1) if rng.random() < 0.3 and "!" not in o else o for o in ops]
        lines.append("; ".join(ops))
    return "\n".join(lines) + "\n"


class World:
    def __init__(self, script):
        self.script = script
        self.l, self.e = asyncio.Lock(), asyncio.Event()
        self.c = asyncio.Condition(self.l)
        self.s, self.b, self.p = asyncio.Semaphore(2), asyncio.BoundedSemaphore(1), asyncio.Barrier(3)
        self.q = {"f": asyncio.Queue(2), "L": asyncio.LifoQueue(2), "P": asyncio.PriorityQueue(3)}
        self.items = 0

    def next_item(self):
        self.items += 1
        return self.items * 7 % 5 * 1000 + self.items  # the thousands are the priority; they are all different

    async def hold(self, i, what, k):
        async with what:
            print(f"{i} holds")
            for _ in range(k): await asyncio.sleep(0)

    async def op(self, i, name, n):
        kind, what = name[0], name[1:]
        q = self.q.get(kind)
        if name == "y": await asyncio.sleep(0)
        elif name == "x": print(f"{i} cancels {n}: {int(self.tasks[n].cancel())}")
        elif name == "la": await self.l.acquire()
        elif name == "lr": self.l.release()
        elif name == "lw": await self.hold(i, self.l, n)
        elif name == "es": self.e.set()
        elif name == "ec": self.e.clear()
        elif name == "ew": await self.e.wait()
        elif name == "cw": await self.c.wait()
        elif name == "cn": self.c.notify(n)
        elif name == "cN": self.c.notify_all()
        elif name == "ch": await self.hold(i, self.c, n)
        elif what == "a": await (self.s if kind == "s" else self.b).acquire()
        elif what == "r" and kind in "sb": (self.s if kind == "s" else self.b).release()
        elif what == "w" and kind in "sb": await self.hold(i, self.s if kind == "s" else self.b, n)
        elif name == "pw": print(f"{i} is number {await self.p.wait()}")
        elif name == "pr": await self.p.reset()
        elif name == "px": await self.p.abort()
        elif name == "pi":
            async with self.p as k: print(f"{i} is number {k} inside")
        elif what == "p":
            v = self.next_item()
            await q.put(v)
            print(f"{i} put {v}")
        elif what == "P":
            v = self.next_item()
            q.put_nowait(v)
            print(f"{i} put {v}")
        elif what == "g": print(f"{i} got {await q.get()}")
        elif what == "G": print(f"{i} got {q.get_nowait()}")
        elif what == "d": q.task_done()
        elif what == "j": await q.join()
        elif what == "s": q.shutdown(bool(n))

    def state(self):
        p = self.p
        return (f"{int(self.l.locked())}{int(self.e.is_set())}{int(self.s.locked())}{int(self.b.locked())} "
                f"{p.n_waiting}{int(p.broken)} " + " ".join(f"{q.qsize()}{int(q.full())}" for q in self.q.values()))

    async def task(self, i):
        for word in self.script[i]:
            name, *n = word.split()
            mark = name.endswith("!")
            name = name.rstrip("!")
            try:
                await self.op(i, name, int(n[0]) if n else 0)
                print(f"{i} {name} [{self.state()}]")
            except asyncio.CancelledError:
                print(f"{i} {name} cancelled [{self.state()}]")
                if not mark: raise
            except (RuntimeError, ValueError, asyncio.QueueFull, asyncio.QueueEmpty, asyncio.QueueShutDown,
                    asyncio.BrokenBarrierError) as e:
                print(f"{i} {name} {'InvalidStateError' if type(e) is RuntimeError else type(e).__name__} [{self.state()}]")

    async def main(self):
        self.tasks = [asyncio.create_task(self.task(i)) for i in range(len(self.script))]
        for victim in range(-1, len(self.tasks)):
            if victim >= 0 and not self.tasks[victim].done():
                print(f"main cancels {victim}")
                self.tasks[victim].cancel()
            for _ in range(60): await asyncio.sleep(0)
        while not all(t.done() for t in self.tasks):
            for t in self.tasks: t.cancel()
            if self.l.locked(): self.l.release()  # else who waits for a condition never ends
            await asyncio.sleep(0)
        print(f"end [{self.state()}]")


def scripts(text):
    script = None
    for line in text.splitlines():
        if line.startswith("script "):
            if script: yield script
            script = (line, [])
        else: script[1].append([o.strip() for o in line.split(";")])
    if script: yield script


def run(text):
    for title, script in scripts(text):
        print(title)
        asyncio.run(World(script).main())


def fuzz(program, seed, count):
    text = "".join(generate(random.Random(seed + n), seed + n) for n in range(count))
    ours = subprocess.run([program], input=text, capture_output=True, text=True)
    theirs = subprocess.run([sys.executable, __file__, "run"], input=text, capture_output=True, text=True)
    if theirs.returncode: sys.exit(theirs.stderr)
    a, b = (p.stdout.split("script ")[1:] for p in (ours, theirs))
    for x, y in zip(a, b):
        if x == y: continue
        n = int(y.split()[0])
        print(generate(random.Random(n), n))
        x, y = x.split("\n"), y.split("\n")
        same = next(k for k in range(len(y)) if k >= len(x) or x[k] != y[k])
        print("\n".join(y[:same]))
        print("asyncio:", *y[same:same + 5], sep="\n  ")
        print("acc:", *x[same:same + 5], sep="\n  ")
        sys.exit(f"script {n} differs")
    if len(a) != len(b) or ours.returncode: sys.exit(f"the program ended with {ours.returncode}: {ours.stderr[-2000:]}")
    print(f"{count} scripts, no difference")


if __name__ == "__main__":
    if sys.version_info < (3, 13): sys.exit(77)
    command, args = sys.argv[1], sys.argv[2:]
    if command == "gen":
        for n in range(int(args[1])): sys.stdout.write(generate(random.Random(int(args[0]) + n), int(args[0]) + n))
    elif command == "run": run(sys.stdin.read())
    else: fuzz(args[0], int(args[1]), int(args[2]))
