import asyncio, contextlib, os, sys
sys.path.insert(0, os.environ["INTERP"])
import interp

class Boom(Exception): pass
class Bang(Boom): pass
SLOTS, FUTURES = 16, 3

def say(at, text): print(at, text, f"c={asyncio.current_task().cancelling()}")
def say_value(at, text, value): print(at, text, value, f"c={asyncio.current_task().cancelling()}")

def error(e):
    """With what Python would print as its context."""
    chain = []
    while e:
        name = "ErrorGroup" if isinstance(e, BaseExceptionGroup) else "InvalidStateError" if isinstance(e, RuntimeError) else type(e).__name__
        inner = f"[{', '.join(map(error, e.exceptions))}]" if isinstance(e, BaseExceptionGroup) else ""
        chain.append(f"{name}({e}){inner}")
        e = e.__context__ if e.__cause__ or not e.__suppress_context__ else None
    return " <- ".join(chain)

def say_error(at, text, e): print(at, text, error(e) or "no error", f"c={asyncio.current_task().cancelling()}")

def outcome(r):
    if not isinstance(r, BaseException): return str(r)
    return "ErrorGroup" if isinstance(r, BaseExceptionGroup) else type(r).__name__

def until(d):
    global timers
    timers += 1
    now = round(asyncio.get_running_loop().time() * 250)
    return ((now // 1024 + d + 1) * 1024 + timers - now) * 0.004

def exists(k): return slots[k] is not None
def alive(k): return exists(k) and not slots[k].done()
def usable(k):
    if not exists(k) or (slots[k].done() and touched[k]): return False
    touched[k] = True
    return True

class Manager:
    def __init__(self, at, waits, swallows): self.at, self.waits, self.swallows = at, waits, swallows
    async def __aenter__(self):
        say(self.at, "enter")
        if self.waits: await asyncio.sleep(0)
    async def __aexit__(self, t, e, b):
        say_error(self.at, "exit", e)
        if self.waits: await asyncio.sleep(0)
        return self.swallows

@contextlib.contextmanager
def guard(at):
    try: yield
    finally: say(at, "guard")

class guard_waits(Manager):
    def __init__(self, at): self.at = at
    async def __aenter__(self): pass
    async def __aexit__(self, t, e, b):
        say(self.at, "guard waits")
        await asyncio.sleep(0)
        say(self.at, "guard waited")

def task(coro, eager):
    return asyncio.Task(coro, loop=asyncio.get_running_loop(), eager_start=eager)

def group():
    g = asyncio.TaskGroup()
    g._tasks = interp.Ordered()
    return g

def enough():
    print("enough")
    for f in futures:
        if not f.done(): f.set_result(99)

async def begin(number):
    global slots, created, touched, futures, runs, timers
    print("==", number)
    slots, created, touched, runs, timers = [None] * SLOTS, [True] + [False] * SLOTS, [False] * SLOTS, [0] * SLOTS, 0
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *x: None)
    futures = [loop.create_future() for _ in range(FUTURES)]
    loop.call_later(until(40), enough)

# What asyncio does to a set of tasks in the order of their addresses is done in the order of creation; and until none is left.
tasks = asyncio.runners.tasks
everything = tasks.all_tasks
tasks.all_tasks = lambda loop=None: sorted(everything(loop), key=lambda t: int(t.get_name()[5:]))
once = asyncio.runners._cancel_all_tasks
def cancel_all_tasks(loop):
    while tasks.all_tasks(loop): once(loop)
asyncio.runners._cancel_all_tasks = cancel_all_tasks

def run(main): asyncio.run(main, loop_factory=interp.VirtualLoop)

def member(g, coro):
    t = g.create_task(coro)
    return t
