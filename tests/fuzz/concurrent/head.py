"""What the programs of write.py stand on, in Python; head.ac is the same in C."""
import asyncio, contextlib, gc, os, signal, sys
sys.path.insert(0, os.environ["INTERP"])
import interp

class Boom(Exception): pass
class Bang(Boom): pass
CancelledError = asyncio.CancelledError
class BrokenBarrierError(Exception): pass
asyncio.exceptions.BrokenBarrierError = BrokenBarrierError  # theirs is a RuntimeError
# What asyncio refuses by a RuntimeError or TypeError
Invalid = RuntimeError, TypeError, asyncio.InvalidStateError
SLOTS, FUTURES, GENERATORS = 6, 2, 2
lines = tries = timers = 0
always = True
over = False  # behind the end of main: generators yield no more, for what the loop's end leaves unfinished is the collector's

def told():
    global lines
    lines += 1
    if lines < 2000: return
    print("and so on", flush=True)
    os._exit(3)

def say(at, text): print(at, text, f"c={asyncio.current_task().cancelling()}"); told()
def say_value(at, text, value): print(at, text, value, f"c={asyncio.current_task().cancelling()}"); told()

def error(e):
    """With all its context."""
    chain = []
    while e:
        name = "ErrorGroup" if isinstance(e, BaseExceptionGroup) else "InvalidStateError" if isinstance(e, Invalid) else type(e).__name__
        inner = f"[{', '.join(map(error, e.exceptions))}]" if isinstance(e, BaseExceptionGroup) else ""
        message = str(e).replace("send non-None value", "send a value")
        chain.append(f"{name}{{{message}}}{inner}")
        e = e.__context__
    return " <- ".join(chain)

def say_error(at, text, e): print(at, text, error(e) or "no error", f"c={asyncio.current_task().cancelling()}"); told()

def outcome(r):
    if not isinstance(r, BaseException): return str(r)
    return "ErrorGroup" if isinstance(r, BaseExceptionGroup) else "InvalidStateError" if isinstance(r, Invalid) else type(r).__name__

def until(d):
    global timers
    timers += 1
    now = round(asyncio.get_running_loop().time() * 250)
    return ((now // 1024 + d + 1) * 1024 + timers - now) * 0.004

def exists(k): return slots[k] is not None
def alive(k): return exists(k) and not slots[k].done()
def usable(k):
    if not exists(k) or owned[k] or (slots[k].done() and touched[k]): return False
    touched[k] = True
    return True
def own(k):
    if not alive(k) or touched[k]: return False
    touched[k] = owned[k] = True
    return True

class Manager:
    def __init__(self, at, waits, does): self.at, self.waits, self.does = at, waits, does
    async def __aenter__(self):
        say(self.at, "enter")
        if self.waits: await asyncio.sleep(0)
        if self.does == "enter throws": raise Boom("enter")
    async def __aexit__(self, t, e, b):
        say_error(self.at, "exit", e)
        if self.waits: await asyncio.sleep(0)
        if self.does == "exit throws": raise Boom("exit")
        return self.does == "swallows"

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

class Counter:
    def __init__(self, at, n, waits, fails): self.at, self.n, self.waits, self.fails = at, n, waits, fails
    def __aiter__(self): return self
    async def __anext__(self):
        if self.waits: await asyncio.sleep(0)
        if not self.n and self.fails: raise Boom("anext")
        if self.n <= 0: raise StopAsyncIteration
        self.n -= 1
        return self.n + 1

def task(coro, eager):
    return asyncio.Task(coro, loop=asyncio.get_running_loop(), eager_start=eager)

def group():
    g = asyncio.TaskGroup()
    g._tasks = interp.Ordered()
    return g

def cancels(k):
    if alive(k) if k else not main_task.done(): print(f"cancelled {k}: {int((slots[k] if k else main_task).cancel())}")

def enough():
    global tries
    print("enough")
    for f in futures:
        if not f.done(): f.set_result(99)
    event.set()
    tries += 1
    if tries > 6: return
    if tries > 1: main_task.cancel()
    asyncio.get_running_loop().call_later(until(6), enough)

slots, created, touched, owned = [None] * SLOTS, [True] + [False] * SLOTS, [False] * SLOTS, [False] * SLOTS
runs, opened, generators = [0] * (SLOTS + GENERATORS), [False] * GENERATORS, [None] * GENERATORS

def begin():
    global main_task, futures, lock, event, condition, semaphore, bounded, barrier, fifo, lifo, priority
    main_task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *x: None)
    loop._asyncgens = interp.Ordered()
    futures = [loop.create_future() for _ in range(FUTURES)]
    lock, event = asyncio.Lock(), asyncio.Event()
    condition, semaphore, bounded = asyncio.Condition(lock), asyncio.Semaphore(2), asyncio.BoundedSemaphore(1)
    barrier = asyncio.Barrier(2)
    fifo, lifo, priority = asyncio.Queue(2), asyncio.LifoQueue(2), asyncio.PriorityQueue(3)
    loop.call_later(until(30), enough)

# What asyncio does to a set of tasks in the order of their addresses is done in the order of creation; and until none is left.
tasks = asyncio.runners.tasks
everything = tasks.all_tasks
tasks.all_tasks = lambda loop=None: sorted(everything(loop), key=lambda t: int(t.get_name()[5:]))
once = asyncio.runners._cancel_all_tasks
def cancel_all_tasks(loop):
    while tasks.all_tasks(loop): once(loop)
asyncio.runners._cancel_all_tasks = cancel_all_tasks

def on(k): return mask[k] == "1"

def run_all(mains):
    """Each program in a process of its own; or the first one with each of the masks that the arguments are."""
    global mask
    gc.disable()  # a task that nobody but its own wait knows lives on
    sys.stdout.reconfigure(line_buffering=True)
    masks = sys.argv[1:]
    for i in range(len(masks) or len(mains)):
        print("==", i)
        child = os.fork()
        if not child:
            signal.alarm(20)
            mask = masks[i] if masks else None
            asyncio.run(mains[0 if masks else i](), loop_factory=interp.VirtualLoop)
            sys.stdout.flush()
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if status and os.waitstatus_to_exitcode(status) != 3: print("ended with", status)
