"""Random programs of tasks, as a description that write.py writes in two languages.

A program is {"functions": [...], "generators": [...]}. Function 0 is its main, function k is what runs in slot k; a function or
generator is a block, a list of nodes, and a node is [name, parameters..., blocks...]. A function waits for slots and calls functions
behind its own only, so that nobody waits for himself; what waits for a primitive may wait for ever, main is cancelled in the end.
"""
import random

SLOTS, FUTURES, GENERATORS = 6, 2, 2

THROWN = ["ValueError", "Boom", "Bang", "Bang", "CancelledError"]
CAUGHT = ["ValueError", "Boom", "Bang", "CancelledError", "CancelledError", "TimeoutError", "Error", "BaseError", "BaseError", "ErrorGroup",
          "ValueError | Boom", "TimeoutError | CancelledError", "InvalidStateError"]

# What is in every program, and what some have, each with what may stand in a function and what may be a block of one.
COMMON = ("say turn turn turn sleep sleep sleep create create create eager await await await cancel cancel cancel throw call callback return break continue",
          "try try try try loop defer guard")
THEMES = {
    "waiting": ("await wait_for wait_for wait_for shield shield gather gather wait tried tried completed", "timeout timeout completed"),
    "cancelling": ("cancel cancel_later cancel_later cancel_self uncancel tried wait_for shield reschedule reschedule", "timeout timeout group"),
    "groups": ("member member member member tried", "group group group timeout"),
    "futures": ("set set fail_future future future future cancel_future soon later count", "handle handle"),
    "managers": ("tried each", "manager manager manager each"),
    "generators": ("step step step step step step step step step", "each_of each_of each_call each_call each_call"),
    "lock": ("op:lock", "hold:lock hold:lock"),
    "event": ("op:event op:event", ""),
    "condition": ("op:condition op:lock", "hold:condition hold:condition hold:condition"),
    "semaphore": ("op:semaphore op:semaphore", "hold:semaphore hold:bounded"),
    "bounded": ("op:bounded op:bounded", "hold:bounded hold:bounded"),
    "barrier": ("op:barrier op:barrier op:barrier", "hold:barrier"),
    "fifo": ("op:fifo op:fifo op:fifo", ""),
    "lifo": ("op:lifo op:lifo op:lifo", ""),
    "priority": ("op:priority op:priority op:priority", ""),
}
PRIMITIVES = "lock event condition semaphore bounded barrier fifo lifo priority".split()

# The operations of the primitives: how often; how they are written is write.py's affair. The upper half waits.
QUEUE = "get get get put put put join get_nowait put_nowait task_done task_done shutdown size".split()
VERBS = {
    "lock": "acquire release release locked".split(),
    "event": "wait wait wait set set clear is_set".split(),
    "condition": "wait wait notify notify notify_all".split(),
    "semaphore": "acquire acquire release release locked".split(),
    "bounded": "acquire acquire release release locked".split(),
    "barrier": "wait wait wait wait reset abort waiting".split(),
    "fifo": QUEUE, "lifo": QUEUE, "priority": QUEUE,
}
WAITING = {"lock": ["acquire"], "event": ["wait"], "condition": ["wait"], "semaphore": ["acquire"], "bounded": ["acquire"],
           "barrier": ["wait"], "fifo": ["get", "get", "put", "join"], "lifo": ["get", "get", "put", "join"],
           "priority": ["get", "get", "put", "join"]}
INTEGERS = ("get", "wait:barrier")  # what waits for a number

LOOPS = ("loop", "each", "each_of", "each_call", "completed")
WAITS_FOR_SLOTS = ("await", "shield", "gather", "wait", "call", "tried", "completed", "wait_for")


class Maker:
    def __init__(self, seed):
        self.r = r = random.Random(seed * 7919 + 1)
        self.themes = r.sample(list(THEMES), r.randint(2, 4))
        self.primitives = [t for t in self.themes if t in PRIMITIVES]
        words = [COMMON] + [THEMES[t] for t in self.themes] * 2
        self.simple = [w for s, b in words for w in s.split()]
        self.blocks = [w for s, b in words for w in b.split()]

    def later(self, i): return self.r.randint(i + 1, SLOTS - 1)
    def duration(self): return self.r.choice([0, 0, 0, 1, 1, 2, 3, 5])
    def limit(self): return self.r.choice([0, 0, 0, 1, 1, 2, 3, 4, None, "zero"])
    def message(self): return self.r.choice(["", "", "m%d" % self.r.randint(1, 9)])
    def some(self, i): return [self.later(i) for _ in range(self.r.randint(1, 3))]

    def primitive(self):
        """One that waits: [which, verb]"""
        which = self.r.choice(self.primitives)
        return [which, self.r.choice(WAITING[which])]

    def awaitable(self, i, of=("call", "call", "task", "task", "shield", "shield_call")):
        if self.primitives and (i == SLOTS - 1 or self.r.random() < 0.4): return ["op", *self.primitive()]
        return [self.r.choice(of), self.later(i)]

    def block(self, i, depth, n, where):
        return [x for x in (self.node(i, depth, where) for _ in range(n)) if x]

    def node(self, i, depth, where):
        r = self.r
        name = r.choice(self.simple if depth >= 3 or r.random() < 0.65 else self.blocks)
        if "generator" in where and r.random() < 0.25 and "group" not in where: return ["yield", r.randint(1, 99)]
        name, _, which = name.partition(":")
        if i == SLOTS - 1 and name in WAITS_FOR_SLOTS and not (name == "wait_for" and self.primitives): name = "turn"
        n = r.randint(1, 3)
        if name == "sleep": return [name, self.duration()]
        if name in ("create", "eager"): return ["create", r.randint(1, SLOTS - 1), name == "eager"]
        if name in ("await", "call", "tried"): return [name, self.later(i)]
        if name == "cancel": return [name, r.randint(1, SLOTS - 1), self.message()]
        if name == "cancel_later": return [name, r.randint(0, SLOTS - 1), self.duration()]
        if name == "cancel_self": return [name, self.message()]
        if name == "throw": return [name, r.choice(THROWN), "e%d" % r.randint(1, 99)] if r.random() < 0.6 else None
        if name == "wait_for":
            if i < SLOTS - 1 and r.random() < 0.25: return [name, ["gather", self.some(i), r.random() < 0.5], self.limit()]
            return [name, self.awaitable(i), self.limit()]
        if name == "shield": return [name, r.choice(["call", "task", "task"]), self.later(i)]
        if name == "gather":
            children = [c for c in (self.awaitable(i) for _ in range(r.randint(1, 3))) if c[0] != "op" or c[2] == "get"]
            return [name, children or [["call", self.later(i)]], r.random() < 0.5]
        if name == "wait": return [name, r.randint(0, 2), self.some(i), self.limit()]
        if name == "completed": return [name, self.some(i), self.block(i, depth + 1, n, where + ["loop"])]
        if name in ("set", "future", "cancel_future", "fail_future"): return [name, r.randrange(FUTURES)]
        if name == "callback": return [name, r.randint(1, SLOTS - 1)]
        if name == "later": return [name, self.duration()]
        if name == "handle": return [name, self.duration(), self.block(i, depth + 1, n, where)]
        if name == "reschedule": return [name, self.limit()] if "timeout" in where else None
        if name == "member": return [name, r.randint(1, SLOTS - 1)] if "group" in where else None
        if name == "return": return [name] if "cleanup" not in where and r.random() < 0.3 else None
        if name in ("break", "continue"): return [name] if "loop" in where else None
        if name == "op": return [name, which, r.choice(VERBS[which])]
        if name == "hold":
            inner = self.block(i, depth + 1, n, where)
            if which == "condition": # wait and notify in it
                inner[r.randint(0, len(inner)):0] = [["op", which, r.choice(VERBS[which])] for _ in range(r.randint(1, 2))]
            return [name, which, inner]
        if name in ("step", "each_of", "each_call"):
            if "generator" in where or i >= SLOTS - 1: return ["turn"]
            k = r.randrange(GENERATORS)
            if name == "step":
                verb = r.choice("anext anext anext anext anext asend asend athrow aclose".split())
                what = r.randint(1, 99) if verb == "asend" else r.choice(THROWN) if verb == "athrow" else 0
                # not "zero": a step that is cancelled before it begins closes the generator in CPython, and never runs here
                return [name, k, verb, what, r.choice([0, 0, 1, 2, None]) if r.random() < 0.25 else -1]
            return [name, k, self.block(i, depth + 1, n, where + ["loop"])]
        if name == "each": return [name, r.randint(0, 3), r.random() < 0.5, r.random() < 0.2, self.block(i, depth + 1, n, where + ["loop"])]
        if name == "try": return self.attempt(i, depth, n, where)
        if name == "timeout": return [name, self.limit(), self.block(i, depth + 1, n, where + ["timeout"])]
        if name == "group": return [name, self.block(i, depth + 1, n + 1, where + ["group"])]
        if name == "loop": return [name, r.randint(2, 3), self.block(i, depth + 1, n, where + ["loop"])]
        if name == "manager":
            return [name, r.random() < 0.5, r.choice(["", "", "", "swallows", "swallows", "enter throws", "exit throws"]),
                    self.block(i, depth + 1, n, where)]
        if name == "defer":
            return [name, self.block(i, depth + 1, r.randint(1, 2), cleanup(where)), self.block(i, depth + 1, n, where)]
        if name == "guard": return [name, r.random() < 0.5, self.block(i, depth + 1, n, where)]
        return [name]

    def attempt(self, i, depth, n, where):
        r = self.r
        body = self.block(i, depth + 1, n, where)
        catches = [[r.choice(CAUGHT), self.block(i, depth + 1, r.randint(0, 2), where) + ([["again"]] if r.random() < 0.25 else [])]
                   for _ in range(r.choice([0, 1, 1, 1, 2]))]
        catches = [c for k, c in enumerate(catches) if not any(covers(d[0], c[0]) for d in catches[:k])]  # each can be reached
        final = self.block(i, depth + 1, r.randint(1, 2), cleanup(where)) if not catches or r.random() < 0.4 else None
        return ["try", body, catches, final]

    def lasting(self, nodes, share):
        """The same, but that an error ends only what threw it, mostly: so that a program lasts."""
        return [["try", [n], [["BaseError", []]], None] if n[0] not in ("try", "return") and self.r.random() < share else n for n in nodes]

    def program(self):
        functions = [self.lasting(self.block(i, 0, self.r.randint(2, 6) + (2 if i == 0 else 0), []), 0.4 if i else 0.8) for i in range(SLOTS)]
        functions[0][0:0] = [["create", k, False] for k in self.r.sample(range(1, SLOTS), self.r.randint(1, 3))]
        if "generators" not in self.themes: return {"functions": functions, "generators": []}
        generators = []
        for _ in range(GENERATORS):
            body = self.block(SLOTS - 2, 0, self.r.randint(2, 4), ["generator"])
            body.insert(self.r.randint(0, len(body)), ["yield", 1])
            generators.append(body)
        return {"functions": functions, "generators": generators}


def cleanup(where): return [w for w in where if w != "loop"] + ["cleanup"]


PARENTS = {"Bang": ["Boom", "Error", "BaseError"], "Boom": ["Error", "BaseError"], "ValueError": ["Error", "BaseError"],
           "CancelledError": ["BaseError"], "TimeoutError": ["Error", "BaseError"], "ErrorGroup": ["Error", "BaseError"],
           "InvalidStateError": ["Error", "BaseError"], "Error": ["BaseError"], "BaseError": []}


def covers(first, second):
    """Does a catch of `first` leave nothing of some type to one of `second`?"""
    first, second = first.split(" | "), second.split(" | ")
    return any(t == f or f in PARENTS[t] for t in second for f in first)


# ---------------------------------------------------------------- smaller programs

def bodies(program): return program["functions"] + program["generators"]


def rebuilt(program, all): return {"functions": all[:len(program["functions"])], "generators": all[len(program["functions"]):]}


def size(x): return 1 + sum(map(size, x)) if isinstance(x, list) else 0 if x is None else 1


def blocks(node):
    """Where in a node its blocks are: (the block, a function that puts another one there)"""
    if node[0] == "try":
        yield node[1], lambda b: ["try", b, *node[2:]]
        for k, (kind, body) in enumerate(node[2]):
            yield body, lambda b, k=k, kind=kind: ["try", node[1], node[2][:k] + [[kind, b]] + node[2][k + 1:], node[3]]
        if node[3] is not None: yield node[3], lambda b: ["try", *node[1:3], b]
    elif node[0] == "defer":
        yield node[1], lambda b: ["defer", b, node[2]]
        yield node[2], lambda b: ["defer", node[1], b]
    elif node[0] in LOOPS + ("timeout", "group", "manager", "guard", "hold", "handle"):
        yield node[-1], lambda b: node[:-1] + [b]


def numbered(program):
    """Each node's number, in the order in which write.py comes to them: outer before inner."""
    count = 0
    for body in bodies(program):
        stack = [body]
        while stack:
            for n in stack.pop():
                yield count, n
                count += 1
                stack += [b for b, put in blocks(n)]


def without(program, gone):
    """The program without the nodes whose id() is in `gone`."""
    def reduced(nodes):
        kept = []
        for n in nodes:
            if id(n) in gone: continue
            for k in range(len(list(blocks(n)))):
                b, put = list(blocks(n))[k]
                n = put(reduced(b))
            kept.append(n)
        return kept
    return rebuilt(program, [reduced(b) for b in bodies(program)])


def smaller_blocks(nodes):
    """Blocks with one node less, with a node's blocks in its place, or with something less in a node."""
    for i, n in enumerate(nodes):
        def other(*new): return nodes[:i] + list(new) + nodes[i + 1:]
        yield other()
        for b, put in blocks(n):
            yield other(*b)
            for c in smaller_blocks(b): yield other(put(c))
        if n[0] == "try":
            if len(n[2]) + (n[3] is not None) > 1:
                for k in range(len(n[2])): yield other(["try", n[1], n[2][:k] + n[2][k + 1:], n[3]])
                if n[3] is not None: yield other([*n[:3], None])
        elif n[0] in ("gather", "completed") and len(n[1]) > 1:
            for k in range(len(n[1])): yield other([n[0], n[1][:k] + n[1][k + 1:], *n[2:]])
        elif n[0] == "wait" and len(n[2]) > 1:
            for k in range(len(n[2])): yield other([*n[:2], n[2][:k] + n[2][k + 1:], n[3]])


def smaller(program):
    all = bodies(program)
    for i, body in enumerate(all):
        if body: yield rebuilt(program, all[:i] + [[]] + all[i + 1:])
    for i, body in enumerate(all):
        for b in smaller_blocks(body): yield rebuilt(program, all[:i] + [b] + all[i + 1:])


def valid(program):
    """Is every node where it may be?"""
    def fits(nodes, where):
        for n in nodes:
            if n[0] in ("break", "continue") and "loop" not in where: return False
            if n[0] == "again" and "catch" not in where: return False
            if n[0] == "return" and "cleanup" in where: return False
            if n[0] == "try" and not n[2] and n[3] is None: return False
            for b, put in blocks(n):
                inner = set(where)
                if n[0] in LOOPS: inner.add("loop")
                if n[0] == "try" and any(b is c for kind, c in n[2]): inner.add("catch")
                if n[0] == "defer" and b is n[1] or n[0] == "try" and b is n[3]: inner = inner - {"loop", "catch"} | {"cleanup"}
                if not fits(b, inner): return False
        return True
    return all(fits(b, set()) for b in bodies(program))
