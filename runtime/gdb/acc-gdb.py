# acc-gdb.py: what gdb needs to know of acc, for programs compiled with -g. Load it with `source`, or put that into ~/.gdbinit.
#
#   acc print NAME    a local of the selected async function, wherever it lives
#   acc locals        all of them
#   $acc("NAME")      the same in an expression: print $acc("buffer")[3]
#   acc break FUNCTION  stops where it begins, not where it is made a coroutine or resumed
#   acc next          as next; where an await suspends, on to where the function goes on behind it
#   acc bt [N]        the awaits behind the current task, or behind Task-N, innermost first
#   acc tasks         every task: what it does, where it is suspended
#
# A local of an async function is a C local, or a field of the frame, *acc__f. Where its type has no name outside the function,
# the field is bytes, and a pointer of its name, which is never set, has the type. So plain `print NAME` serves for the first
# kind only.
#
# The runtime's structures are read by offset, so that it needs no debug information of its own: LAYOUT mirrors
# runtime/core/internal.h. Where there is debug information, that is believed instead. tests/gdb would notice a difference.
import re

import gdb

LAYOUT = {
    "acc__chunk": {"base": 0, "owner": 8, "stride": 24, "fresh": 28},
    "acc__slot": {"kind": 8, "state": 10, "flags": 12, "index": 16, "leaf": 24, "on": 40, "serial": 56},
    "acc__thread": {"current": 464, "names": 1504},
}
SLOT_HEAD = 64
CHUNK_SLOTS, CHUNKS = 4096, 1 << 20
TASK = 0  # enum acc__kind
KINDS = {0: "task", 1: "future", 2: "gather"}
NAMED, PARKED, SEPARATE = 1, 4, 64
STATES = ["pending", "done", "failed", "cancelled"]
ROOT, STOP = 2, 8  # flags of a frame
STEP = "acc__step_" # and the name: what the trampoline calls
BODY = "acc__body_" # and the name: the body of a small function, inline where it is entered and where it is resumed
START = 0xFFFF


# ---- reading memory ----

def _read(address, size):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, size).tobytes(), "little")


def _text(address):
    return gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string(errors="replace") if address else "?"


def _offsets(struct):
    """The offsets of a structure of the runtime's, from its debug information if there is any."""
    found = dict(LAYOUT[struct])
    try:
        def walk(t, base):
            for f in t.strip_typedefs().fields():
                if not hasattr(f, "bitpos"):
                    continue
                at = base + f.bitpos // 8
                if f.name in found:
                    found[f.name] = at
                if f.type.strip_typedefs().code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION) and f.name in (None, "", "n"):
                    walk(f.type, at)
        walk(gdb.lookup_type("struct " + struct), 0)
    except gdb.error:
        pass
    return found


def _symbol_address(name):
    symbol = gdb.lookup_minimal_symbol(name) if hasattr(gdb, "lookup_minimal_symbol") else None
    if symbol:
        return int(symbol.value().address)
    return int(gdb.parse_and_eval("(unsigned long)&" + name))


# ---- frames: acc_frame is { fn, parent, result, state, size class, flags } and acc_fn { step, name, sites, ... } ----

class Frame:
    def __init__(self, address):
        self.address = address
        self.fn = _read(address, 8)
        self.parent = _read(address + 8, 8)
        self.state = _read(address + 20, 2)
        self.flags = _read(address + 23, 1)
        self.name = _text(_read(self.fn + 8, 8))

    def place(self):
        """Where it is suspended."""
        sites, count = _read(self.fn + 16, 8), _read(self.fn + 34, 2)
        if self.state == START or self.state == 0:
            return "not started"
        if not sites or self.state > count:
            return "in libacc"
        site = sites + 16 * (self.state - 1)
        return "%s:%d" % (_text(_read(site, 8)), _read(site + 8, 4))

    def callers(self):
        """This frame, then those that await it."""
        f = self
        for _ in range(10_000_000):
            yield f
            if f.flags & (ROOT | STOP) or not f.parent:
                return
            f = Frame(f.parent)


# ---- tasks ----

def _serial(task, owner, at):
    """N of Task-N. One that was given a name has its place there, an entry of 16 bytes: the text, the number."""
    serial = _read(task + at["serial"], 4)
    if _read(task + at["flags"], 2) & NAMED and owner:
        serial = _read(_read(owner + _offsets("acc__thread")["names"], 8) + 16 * serial + 8, 4)
    return serial


class Task:
    def __init__(self, address, owner, at):
        self.address, self.owner = address, owner
        self.serial = _serial(address, owner, at)
        self.state = _read(address + at["state"], 1)
        self.flags = _read(address + at["flags"], 2)
        self.running = owner and _read(owner + _offsets("acc__thread")["current"], 8) == address
        self.leaf = _read(address + at["leaf"], 8) if self.state == 0 else 0
        self.on = _read(address + at["on"], 8)
        self.at = at
        self.name = "Task-%d" % self.serial

    def doing(self):
        if self.state:
            return STATES[self.state] if self.state < len(STATES) else "?"
        if self.running:
            return "running"
        if self.leaf and Frame(self.leaf).state == START:
            return "new"
        if self.flags & PARKED:
            return "asleep" if self.on else "parked"
        if not self.on:
            return "ready"
        kind = _read(self.on + self.at["kind"], 1)
        if _read(self.on + self.at["state"], 1):
            return "ready"
        if kind == TASK:
            return "waits for Task-%d" % _serial(self.on, self.owner, self.at)
        return "waits for a " + KINDS.get(kind, "?")

    def frames(self):
        return Frame(self.leaf).callers() if self.leaf else iter(())


def _tasks():
    """Every task of every thread, by age."""
    chunk_at, slot_at = _offsets("acc__chunk"), _offsets("acc__slot")
    table, found = _symbol_address("acc__chunks"), []
    for i in range(CHUNKS):
        chunk = _read(table + 8 * i, 8)
        if not chunk:
            break
        base, owner = _read(chunk + chunk_at["base"], 8), _read(chunk + chunk_at["owner"], 8)
        if not base:
            continue
        stride = _read(chunk + chunk_at["stride"], 4)
        for k in range(_read(chunk + chunk_at["fresh"], 4)):
            slot = base + k * stride
            if _read(slot + slot_at["kind"], 1) == TASK:
                found.append(Task(slot, owner, slot_at))
    return sorted(found, key=lambda t: t.serial)


# ---- the locals of the selected frame ----

def _local_symbols(frame):
    """The user's own, innermost first; each name once. Those of acc's making begin with acc__."""
    block, seen = frame.block(), {}
    while block and not block.is_global and not block.is_static:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and not symbol.name.startswith("acc__"):
                if symbol.name not in seen and (symbol.is_argument or not symbol.line or symbol.line <= frame.find_sal().line):
                    seen[symbol.name] = symbol
        if block.function:
            break
        block = block.superblock
    return seen


def _continuation(frame):
    """*acc__f, None where there is none (yet)."""
    try:
        f = frame.read_var("acc__f")
        return None if f.is_optimized_out or int(f) == 0 else f.dereference()
    except (ValueError, gdb.error):
        return None


def _fields(value, inside=False):
    """The frame's fields by name. Those inside an unnamed member are good at a suspension only and do not count, but for the
union of what blocks keep that are not executed at once: acc__blocks is the first in it."""
    found = {}
    for f in value.type.strip_typedefs().fields():
        if not f.name:
            if inside or f.type.fields()[0].name == "acc__blocks":
                found.update(_fields(value[f], True))
        elif not f.name.startswith("acc__"):
            found[f.name] = value[f]
    return found


def _local(frame, name, symbols, fields):
    """The value of a local. None: there is no such name."""
    symbol, field = symbols.get(name), fields.get(name)
    if symbol is None:
        return field
    pointer = symbol.type.strip_typedefs()
    if field is not None and pointer.code == gdb.TYPE_CODE_PTR and _is_bytes(field.type, pointer.target().sizeof):
        return field.address.cast(pointer).dereference()
    return symbol.value(frame) if symbol.needs_frame else symbol.value()


def _is_bytes(t, size):
    """Is it how a frame keeps what has a type of the function's own?"""
    return t.code == gdb.TYPE_CODE_ARRAY and t.sizeof == size and t.target().name == "unsigned char"


def _selected():
    frame = gdb.selected_frame()
    if not _is_async(frame):
        raise gdb.GdbError("The selected frame is no async function's.")
    value = _continuation(frame)
    return frame, _local_symbols(frame), _fields(value) if value is not None else {}


def _shadows(name, fields):
    return [f for f in fields if re.fullmatch(re.escape(name) + r"_\d+", f)]


def _same(a, b):
    try:
        return a.format_string() == b.format_string()
    except gdb.error:
        return True


def _is_async(frame):
    """Is it the function of an async one?"""
    try:
        block = frame.block()
    except RuntimeError:
        return False
    while block and not block.function:
        block = block.superblock
    if not block or not any(s.is_argument and s.name == "acc__cx" for s in block):
        return False
    return not block.function.name.startswith(STEP) or _is_body(block)


def _is_body(block):
    """Is the step function of this block a generator's body? Others only call the function."""
    return any(s.name == "acc__f" for s in block)


def _generator(name):
    """The name of the body of the generator of that name, None where it is none."""
    symbol = gdb.lookup_static_symbol(STEP + name) or gdb.lookup_symbol(STEP + name)[0]
    if symbol is None or not symbol.symtab:
        return None
    block = gdb.block_for_pc(int(symbol.value().address))
    return symbol.name if block and _is_body(block) else None


def _name(frame):
    """An async function's name as the user wrote it."""
    name = frame.name()
    for prefix in (STEP, BODY):
        if name.startswith(prefix):
            name = name[len(prefix):]
    return name[5:] if name == "acc__main" else name


class AccFunction(gdb.Function):
    """$acc("NAME"): a local of the selected async function, wherever it lives."""

    def __init__(self):
        super().__init__("acc")

    def invoke(self, name):
        frame, symbols, fields = _selected()
        value = _local(frame, name.string(), symbols, fields)
        if value is None:
            raise gdb.GdbError("No local \"%s\" in this async function." % name.string())
        return value


class AccCommand(gdb.Command):
    """Commands for programs compiled by acc: acc print NAME, acc locals, acc bt, acc tasks."""

    def __init__(self):
        super().__init__("acc", gdb.COMMAND_DATA, prefix=True)


class AccPrint(gdb.Command):
    """acc print NAME: a local of the selected async function, wherever it lives.
Where several are called so, those of other blocks that live in the frame come behind it as NAME_2 and so on; each can be asked
for by that name. A parameter that lives in the frame has two values, of which the frame's counts: both are shown if they differ."""

    def __init__(self):
        super().__init__("acc print", gdb.COMMAND_DATA, gdb.COMPLETE_SYMBOL)

    def invoke(self, argument, from_tty):
        name = argument.strip()
        if not name:
            raise gdb.GdbError("acc print NAME")
        frame, symbols, fields = _selected()
        value = _local(frame, name, symbols, fields)
        if value is None and not _shadows(name, fields):
            raise gdb.GdbError("No local \"%s\" in this async function." % name)
        if value is not None:
            gdb.write("%s = %s\n" % (name, value.format_string()))
        if name in symbols and symbols[name].is_argument and name in fields and not _same(value, fields[name]):
            gdb.write("%s = %s (in the frame)\n" % (name, fields[name].format_string()))
        for other in _shadows(name, fields):
            if other not in symbols:
                gdb.write("%s = %s (in the frame)\n" % (other, fields[other].format_string()))


class AccLocals(gdb.Command):
    """acc locals: the locals of the selected async function, wherever they live."""

    def __init__(self):
        super().__init__("acc locals", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        frame, symbols, fields = _selected()
        for name in list(symbols) + [f for f in fields if f not in symbols]:
            gdb.write("%s = %s\n" % (name, _local(frame, name, symbols, fields).format_string()))


class AccBreak(gdb.Command):
    """acc break FUNCTION: stops where an async function begins. A plain break on its name stops also where it is called only to make
a coroutine, and wherever it is resumed."""

    def __init__(self):
        super().__init__("acc break", gdb.COMMAND_BREAKPOINTS, gdb.COMPLETE_SYMBOL)

    def invoke(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError("acc break FUNCTION")
        body = _generator(argument.strip())
        if body:
            gdb.Breakpoint(body).condition = "acc__frame->up.state == %d" % START
            return
        point = gdb.Breakpoint(argument.strip())
        try:
            gdb.decode_line(BODY + argument.strip())
            point.condition = "acc__cx->cold != acc__cx"
            gdb.Breakpoint(STEP + argument.strip()).condition = "acc__frame->up.state == %d" % START
            return
        except gdb.error:
            pass
        point.condition = "acc__cx->cold != acc__cx && (!acc__cx->resume || acc__cx->resume->up.state == %d)" % START


class AccNext(gdb.Command):
    """acc next: as next, but not out of the function where an await suspends: on to where it goes on behind it."""

    def __init__(self):
        super().__init__("acc next", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        start = gdb.selected_frame()
        if not _is_async(start):
            raise gdb.GdbError("The selected frame is no async function's.")
        name = start.name()
        while True:
            gdb.execute("next", to_string=True)
            frame = self.here(name)
            if frame is None:
                break
            value = _continuation(frame)
            signal = int(frame.read_var("acc__cx")["signal"])
            if signal in (0, 1):
                break
            if value is None or signal != int(value.address) + 8:
                continue  # not linked yet: still on its way out
            if not self.resumed(name, int(value.address)):
                break
        if gdb.selected_inferior().pid:
            gdb.execute("frame")

    @staticmethod
    def here(name):
        """The selected frame, if it is that function's."""
        if not gdb.selected_inferior().pid:
            return None
        frame = gdb.selected_frame()
        return frame if frame.name() == name and _is_async(frame) else None

    def resumed(self, name, address):
        """Runs until that frame is resumed, and on to its await. False: something else came first."""
        twice = name.startswith(BODY)
        point = gdb.Breakpoint(function=STEP + name[len(BODY):] if twice else name, internal=True)
        point.condition = "(unsigned long)%s == %d" % ("acc__frame" if twice else "acc__cx->resume", address)
        point.silent = True
        gdb.execute("continue", to_string=True)
        hit = point.is_valid() and point.hit_count > 0
        if point.is_valid():
            point.delete()
        if not hit:
            return False
        entry = gdb.selected_frame().find_sal().line
        while True:
            gdb.execute("next", to_string=True)
            frame = self.here(name)
            if frame is None:
                return False
            if frame.find_sal().line != entry:
                break
        f = Frame(address)
        return f.place().rsplit(":", 1)[-1] == str(frame.find_sal().line)


class AccTasks(gdb.Command):
    """acc tasks: every task, what it does, and the awaits it is suspended at, innermost first."""

    def __init__(self):
        super().__init__("acc tasks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        for t in _tasks():
            gdb.write("%s %s" % (t.name, t.doing()))
            if t.leaf and not t.running:
                for i, f in enumerate(t.frames()):
                    if i == 8:
                        gdb.write(" <- ...")
                        break
                    gdb.write("%s %s (%s)" % (" <-" if i else ":", f.name, f.place()))
            gdb.write("\n")


class AccBacktrace(gdb.Command):
    """acc bt [N]: the async functions behind the current task, or behind Task-N, innermost first."""

    LIMIT = 100

    def __init__(self):
        super().__init__("acc bt", gdb.COMMAND_STACK)
        self.number = 0

    def line(self, name, place):
        if self.number < self.LIMIT:
            gdb.write("#%-2d %s (%s)\n" % (self.number, name, place))
        self.number += 1

    def suspended(self, frames):
        for f in frames:
            self.line(f.name, f.place())

    def current(self):
        """The C stack as far as it is async; behind each step the frames that await what it steps. What acc_await_coro steps has
        its caller on the C stack."""
        frame, body = gdb.newest_frame(), ""
        while frame:
            name = frame.name() or ""
            if _is_async(frame) and name != body: # that which it is inline in is the same call
                at = frame.find_sal()
                self.line(_name(frame), "%s:%d" % (at.symtab.filename if at.symtab else "?", at.line))
            body = name[len(BODY):] if name.startswith(BODY) else ""
            if name.startswith(STEP):
                try:
                    f = Frame(int(frame.read_var("acc__frame")))
                    caller = frame.older().name() if frame.older() else ""
                    if caller != "acc_await_coro" and not f.flags & (ROOT | STOP) and f.parent:
                        self.suspended(Frame(f.parent).callers())
                except (ValueError, gdb.error, OverflowError):
                    self.line("?", "optimised out")
            frame = frame.older()

    def invoke(self, argument, from_tty):
        self.number = 0
        if argument.strip():
            serial = int(re.sub(r"^Task-", "", argument.strip()))
            for t in _tasks():
                if t.serial == serial and not t.running:
                    self.suspended(t.frames())
                    break
                if t.serial == serial:
                    self.current()
                    break
            else:
                raise gdb.GdbError("There is no Task-%d." % serial)
        else:
            self.current()
        if self.number > self.LIMIT:
            gdb.write("... %d in all\n" % self.number)


AccFunction()
AccCommand()
AccPrint()
AccLocals()
AccBreak()
AccNext()
AccTasks()
AccBacktrace()
