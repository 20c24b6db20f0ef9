#!/usr/bin/env python3
"""docs/asyncio-parity.md and CPython's tests: is each of theirs listed, is nothing listed twice or that is not theirs, and is what
a line names here?

    parity.py [--python PYTHON]     PYTHON: CPython 3.13, with its tests; default: $ACC_PYTHON
    parity.py --list [--python PYTHON]

A heading `## test_x` begins the tests of test/test_asyncio/test_x.py (test_asyncgen: test/test_asyncgen.py), a line of the table
each: `| test | ours |`. A test is named without `test_`, with its class in front where two classes of the module have one of that
name. Ours are, in backquotes, files of tests/run without their ending, or paths from the project's root, and if there are none,
`n/a: why` or `open: why`. What a parity_*.ac is said to have, it has as a function: of the same name, or of that in parentheses behind the file's.
"""
import argparse, ast, collections, os, pathlib, re, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODULES = ["test_tasks", "test_waitfor", "test_timeouts", "test_taskgroups", "test_futures", "test_runners", "test_locks",
           "test_queues", "test_asyncgen", "test_threads", "test_subprocess",
           "test_streams", "test_server", "test_sock_lowlevel"]


def theirs(folder, module):
    """The names of a module's tests."""
    path = folder / f"{module}.py" if module == "test_asyncgen" else folder / "test_asyncio" / f"{module}.py"
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            names = [n.name for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
            found += [(node.name, n[5:]) for n in names if n.startswith("test_")]
        elif isinstance(node, ast.FunctionDef) and node.name == "add_subclass_tests":
            found += [(node.name, n.name[5:]) for n in node.body if isinstance(n, ast.FunctionDef)]
    found = list(dict.fromkeys(found))
    count = collections.Counter(name for _, name in found)
    return [name if count[name] == 1 else f"{cls}.{name}" for cls, name in found]


def listed(text):
    """module -> [(line number, test, ours)]"""
    module, result = None, {}
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.match(r"## (test_\w+)", line)
        if heading: module = heading[1]
        row = re.match(r"\| ([\w.]+) \| (.*) \|$", line)
        if module and row and row[1] != "test": result.setdefault(module, []).append((number, row[1], row[2]))
    return result


def functions(path):
    return set(re.findall(r"^(?:static )?(?:async )?(?:void|int) (\w+)\(", path.read_text(), re.M)) | \
        set(re.findall(r'puts\("(\w+)"\)', path.read_text()))


def ours_wrong(test, ours):
    """What is wrong with a line's right half; None: nothing."""
    files = re.findall(r"`([\w./-]+)`(?: \((\w+)\))?", ours)
    if re.match(r"(n/a|open): \S", ours): files = [f for f in files if "/" in f[0]]
    elif not files: return "neither a file nor `n/a: why`"
    for file, function in files:
        path = ROOT / file if "/" in file else ROOT / "tests/run" / f"{file}.ac"
        if not path.exists(): return f"there is no {path.relative_to(ROOT)}"
        if path.name.startswith("parity_"):
            wanted = function or test.split(".")[-1]
            if wanted not in functions(path): return f"{path.name} has no {wanted}"
    return None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--python", default="")
    p.add_argument("--list", action="store_true")
    options = p.parse_args()
    options.python = options.python or os.environ.get("ACC_PYTHON", "")
    folder = None
    if options.python:
        says = "import test.test_asyncio, sys; print(sys.version_info[:2] == (3, 13), list(test.__path__)[0])"
        done = subprocess.run([options.python, "-c", says], capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.startswith("True"): folder = pathlib.Path(done.stdout.split(None, 1)[1].strip())
    if options.list:
        for m in MODULES: print(m, *theirs(folder, m), sep="\n    ")
        return 0
    page = ROOT / "docs/asyncio-parity.md"
    lines = listed(page.read_text())
    wrong = 0
    for module in MODULES:
        names = collections.Counter(test for _, test, _ in lines.get(module, []))
        there = theirs(folder, module) if folder else names
        for name in there:
            if name not in names: print(f"{page.name}: {module}: {name} is not listed")
        for name, n in names.items():
            if n > 1: print(f"{page.name}: {module}: {name} is listed {n} times")
            if name not in there: print(f"{page.name}: {module}: {name} is none of theirs")
            wrong += n > 1 or name not in there
        wrong += sum(name not in names for name in there)
        for number, test, ours in lines.get(module, []):
            complaint = ours_wrong(test, ours)
            if complaint: print(f"{page.name}:{number}: {test}: {complaint}")
            wrong += complaint is not None
    print(f"{sum(map(len, lines.values()))} tests, {wrong} wrong")
    if wrong: return 1
    if not folder:
        print("SKIP: whether all are listed: no CPython 3.13 with its tests here")
        return 77
    return 0


sys.exit(main())
