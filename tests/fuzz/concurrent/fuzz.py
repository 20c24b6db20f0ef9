#!/usr/bin/env python3
"""Random programs of tasks, as async C and as Python from one description: they must print the same.

    fuzz.py --count 2000 [--seed 1] [--acc ACC] [--cc CC] [--python PYTHON] [--hostile DIR] [--keep DIR] [--jobs N]
    fuzz.py --show SEED            one program, in both languages
"""
import argparse, concurrent.futures, difflib, os, pathlib, re, shutil, subprocess, sys
from programs import Maker, numbered, size, smaller, valid, without
from write import C, Python, c_text, python_text

HERE = pathlib.Path(__file__).resolve().parent
RUNTIME = HERE.parent.parent / "runtime"  # tests/runtime: the virtual clocks
BATCH = 40  # programs in one executable

# ---------------------------------------------------------------- running them

def command(cmd, seconds, **more):
    try:
        done = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", timeout=seconds,
                              stdin=subprocess.DEVNULL, **more)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as e:
        return "a timeout", (e.stdout or b"").decode(errors="replace"), (e.stderr or b"").decode(errors="replace")


def outputs(cmd, count, **more):
    """What each of the programs in an executable prints."""
    status, out, err = command(cmd, 30 + 20 * count, **more)
    parts = [p.partition("\n")[2] for p in ("\n" + out).split("\n== ")[1:]]
    if status or len(parts) != count: sys.exit(f"{cmd[0]} ended with {status} after {len(parts)} of {count}\n{err[-2000:]}")
    return parts, err


def build(o, work, text):
    """Compiled once, linked with the library and with the hostile one. What acc says where it fails."""
    work.mkdir(parents=True, exist_ok=True)
    (work / "fuzz.ac").write_text(text)
    cc = [f"--cc={o.cc}"] if o.cc else []
    status, out, err = command([o.acc, *cc, *o.flags.split(), "-w", "-c", str(work / "fuzz.ac"), "-o", str(work / "fuzz.o")], 500)
    if status: return f"acc ended with {status}\n{err[:2000]}"
    link = [str(work / "fuzz.o"), str(RUNTIME / "virtual.c"), "-Wl,--wrap=clock_gettime,--wrap=epoll_wait", "-lm", "-o"]
    ways = [([o.acc, *o.flags.split(), *link, str(work / "fuzz")], None)]
    if o.hostile:
        ways.append(([o.acc, "-fsanitize=address,undefined", *link, str(work / "hostile")], {**os.environ, "ACC_LIBDIR": o.hostile}))
    for cmd, env in ways:
        status, out, err = command(cmd, 100, env=env)
        if status: sys.exit(f"linking failed\n{err[:2000]}")
    return None


def compare(o, work, programs, masks=None):
    """For each program, or for each mask of the only one: what is wrong, or None."""
    masked, masks = masks is not None, masks or []
    complaint = build(o, work, c_text(programs, masked))
    if complaint:
        if len(programs) == 1: return [complaint] * (len(masks) or 1)
        middle = len(programs) // 2
        return compare(o, work, programs[:middle]) + compare(o, work, programs[middle:])
    (work / "fuzz.py").write_text(python_text(programs, masked))
    return judge(o, work, len(programs), masks)


def judge(o, work, count, masks):
    count = len(masks) or count
    ours, complaints = outputs([str(work / "fuzz"), *masks], count)
    ours = [x.replace("asend(): asynchronous generator is", "anext(): asynchronous generator is") for x in ours]  # their wording
    theirs, said = outputs([o.python, str(work / "fuzz.py"), *masks], count, env={**os.environ, "INTERP": str(RUNTIME)})
    hostile, shouted = outputs([str(work / "hostile"), *masks], count) if o.hostile else ([""] * count, "")
    return [verdict(*x, shouted + complaints, said) for x in zip(ours, theirs, hostile)]


def verdict(ours, theirs, hostile, complaints, said):
    if "ended with" in theirs: return "the fuzzer: Python fails\n" + theirs[-500:] + said[-1500:]
    if "ended with" in ours: return difference(theirs, ours) + complaints[-3000:]
    if "ended with" in hostile: return "hostile:\n" + hostile[-1000:] + complaints[-3000:]
    return None if same(ours, theirs) else difference(theirs, ours)


# ---------------------------------------------------------------- what is the same

# asyncio's lines and ours are the same but for the chains of contexts, for three reasons:
#  - In asyncio what a caller handles is the context of what its callee throws and catches itself; ours is told when the error reaches
#    the handler. So theirs may know more of what came before.
#  - What is thrown into a coroutine that waits, be it a cancellation or the outcome of what it waited for, CPython gives the
#    handled error of each coroutine that it passes on its way out as its one context, and what it had is lost. We put that at the
#    chain's end. So ours may know more.
#  - asyncio gives a cancelled task's own CancelledError to the first who waits for it, to others a new one without message
#    and context; we give all of them the same.

ERROR = re.compile(r"(\w+)\{([^}]*)\}")


def chain(text):
    """`A{message} <- G{message}[A{..} <- B{..}, C{..}]` as a list of (type, message, members)."""
    def one(at):
        elements = []
        while True:
            m = ERROR.match(text, at)
            if not m: raise ValueError(text)
            at, members = m.end(), []
            while text[at:at + 1] == ("," if members else "["):
                part, at = one(at + (2 if members else 1))
                members.append(part)
            if members: at += 1
            elements.append((m[1], m[2], members))
            if not text.startswith(" <- ", at): return elements, at
            at += 4
    return one(0)[0]


def like(a, b):
    if a[0] != b[0] or len(a[2]) != len(b[2]): return False
    if a[1] != b[1] and not (a[0] == "CancelledError" and "" in (a[1], b[1])): return False
    return all(alike(x, y) for x, y in zip(a[2], b[2]))


def within(part, whole):
    rest = iter(whole)
    return all(any(like(x, y) for y in rest) for x in part)


def alike(ours, theirs):
    """Equal first; behind that one has all that the other has, or both have the same in common, in the same order."""
    if not like(ours[0], theirs[0]): return False
    if within(ours, theirs) or within(theirs, ours): return True
    a = [x for x in ours[1:] if any(like(x, y) for y in theirs[1:])]
    b = [y for y in theirs[1:] if any(like(x, y) for x in ours[1:])]
    return bool(a) and (within(a, b) or within(b, a))


LINE = re.compile(r"(\S+ (?:caught|tried|exit|ends) )(\w+\{.*)( c=\d+)")


def same_line(ours, theirs):
    if ours == theirs: return True
    a, b = LINE.fullmatch(ours), LINE.fullmatch(theirs)
    return bool(a and b and a[1] == b[1] and a[3] == b[3] and alike(chain(a[2]), chain(b[2])))


def same(ours, theirs):
    a, b = ours.split("\n"), theirs.split("\n")
    return len(a) == len(b) and all(map(same_line, a, b))


def difference(theirs, ours):
    a, b = theirs.split("\n"), ours.split("\n")
    b = [x if k < len(b) and k < len(a) and same_line(b[k], x) else b[k] for k, x in enumerate(a) if k < len(b)] + b[len(a):]
    return "\n".join(difflib.unified_diff(a, b, "asyncio", "acc", lineterm="", n=12))


# ---------------------------------------------------------------- shrinking

def fails(f): return f and not f.startswith("the fuzzer")


def leave_out(o, work, program):
    """Nodes are left out while it fails: one executable, of which each part is run with some of its nodes."""
    nodes = dict(numbered(program))
    if not nodes or not fails(compare(o, work, [program], ["1" * len(nodes)])[0]): return program
    kept, part = sorted(nodes), len(nodes)
    while part >= 1:
        candidates = [kept[:i] + kept[i + part:] for i in range(0, len(kept), part)]
        masks = ["".join("01"[k in c] for k in range(len(nodes))) for c in map(set, candidates)]
        found = [c for c, f in zip(candidates, judge(o, work, 1, masks)) if fails(f)] if candidates else []
        if found: kept = found[0]
        if not found or part > len(kept): part //= 2
    return without(program, {id(n) for k, n in nodes.items() if k not in kept})


def shrink(o, work, program):
    """The smallest that still fails is taken, many at a time in one executable."""
    program = leave_out(o, work, program)
    while True:
        candidates = sorted((c for c in smaller(program) if valid(c)), key=size)
        for at in range(0, len(candidates), BATCH):
            part = candidates[at:at + BATCH]
            failing = [c for c, f in zip(part, compare(o, work, part)) if fails(f)]
            if failing:
                program = failing[0]
                break
        else:
            return program


# ---------------------------------------------------------------- the command

def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--count", type=int, default=50)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--show", type=int)
    p.add_argument("--acc", default=os.environ.get("ACC", "build/release/bin/acc"))
    p.add_argument("--cc", default=shutil.which("clang-19") or shutil.which("clang-14") or "", help="clang is twice as fast as gcc here")
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
    if o.hostile and not pathlib.Path(o.hostile, "libacc.a").exists():
        print(f"NOTE: no hostile runtime in {o.hostile} (./dev build hostile): not run with it")
        o.hostile = ""
    seeds = list(range(o.seed, o.seed + o.count))
    batches = [seeds[i:i + BATCH] for i in range(0, len(seeds), BATCH)]
    failed = []
    with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
        for batch, found in zip(batches, pool.map(lambda b: compare(o, o.work / str(b[0]), [Maker(s).program() for s in b]), batches)):
            failed += [(s, why) for s, why in zip(batch, found) if why]
            if len(batches) > 4: print(f"{batch[-1] - o.seed + 1} of {o.count}, {len(failed)} differ", file=sys.stderr, flush=True)
            shutil.rmtree(o.work / str(batch[0]))
    for seed, why in failed[:20 if o.no_shrink else 3]:
        if o.no_shrink:
            print(f"FAILED: seed {seed}\n{why}")
            continue
        keep = o.keep / f"concurrent-{seed}"
        program = Maker(seed).program()
        if fails(why):
            program = shrink(o, keep / "work", program)
            why = compare(o, keep / "work", [program])[0] or why
        keep.mkdir(parents=True, exist_ok=True)
        (keep / "program.ac").write_text(c_text([program]))
        (keep / "program.py").write_text(python_text([program]))
        print(f"FAILED: seed {seed}, kept in {keep}\n{Python(program, 0).text()}{why}")
    print(f"{o.count - len(failed)} passed, {len(failed)} failed" + (f": {' '.join(str(s) for s, w in failed[:20])}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
