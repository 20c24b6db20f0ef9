#!/usr/bin/env python3
"""Makes small inputs for the compiler's fuzzer of programs: each function with an await, with what it needs of its file.

    seeds.py OUT PREPROCESS FILE...      PREPROCESS: the command, up to the file's name

A program is preprocessed behind the prelude; what comes behind that is cut into declarations, and each async function becomes
an input with those declarations, in their order, whose names it uses, directly or not. Small inputs are fast, and a change in
one breaks little."""
import hashlib, os, re, subprocess, sys

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[A-Za-z_]\w*|\S', re.S)
WORD = re.compile(r"[A-Za-z_]\w*\Z")
MAX = 3500


def declarations(text):
    """The external declarations of a text."""
    depth, start, function = 0, 0, False
    tokens = list(TOKEN.finditer(text))
    for i, m in enumerate(tokens):
        t = m.group()
        if t in "([{":
            if t == "{" and depth == 0:
                function = tokens[i - 1].group() == ")" and "=" not in text[start : m.start()].split()
            depth += 1
        elif t in ")]}":
            depth -= 1
        if depth == 0 and (t == ";" or (t == "}" and function)):
            yield text[start : m.end()].strip()
            start, function = m.end(), False


def names(declaration):
    """Which names a declaration may declare: those in front of its body, and those of its body's first level (enumerators)."""
    head = declaration.split("{")[0].split("=")[0]
    found = {w for w in TOKEN.findall(head) if WORD.match(w)}
    if "enum" in found or "typedef" in found:
        found |= {w for w in TOKEN.findall(declaration) if WORD.match(w)}
    return found


def inputs(text):
    parts = list(declarations(text))
    own = [names(p) for p in parts]
    uses = [{w for w in TOKEN.findall(p) if WORD.match(w)} for p in parts]
    common = {"int", "void", "char", "const", "static", "async", "struct", "unsigned", "long", "double", "bool", "return", "typedef",
              "acc_error", "acc_task", "acc_coro", "acc_generator", "acc_queue", "acc_lock", "acc_event", "v", "n", "i", "p", "x", "e", "a", "b",
              "fz_s", "size_t", "enum", "union", "extern", "inline", "arg", "self", "out", "value", "s", "t", "c", "to", "from", "name"}
    for i, part in enumerate(parts):
        if "async" not in uses[i] or "{" not in part:
            continue
        wanted, todo = {i}, [i]
        while todo:
            need = uses[todo.pop()] - common
            for k, o in enumerate(own):
                if k not in wanted and need & o - common:
                    wanted.add(k)
                    todo.append(k)
        yield "\n".join(parts[k] for k in sorted(wanted)) + "\n"


def main():
    out, preprocess, files = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
    os.makedirs(out, exist_ok=True)
    made, refused = 0, 0
    for file in files:
        r = subprocess.run([*preprocess, "-I", os.path.splitext(file)[0], file], capture_output=True, text=True, errors="replace")
        if r.returncode:
            refused += 1
            print(f"seeds.py: {file}: {r.stderr.splitlines()[0]}", file=sys.stderr)
            continue
        lines = r.stdout.split("\n")
        begin = max((i for i, l in enumerate(lines) if re.match(r'# 1 "%s"( |$)' % re.escape(file), l)), default=0)
        text = "\n".join(l for l in lines[begin:] if l.strip() and not re.match(r"# \d", l))
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        for one in [text, *inputs(text)]:
            if len(one) <= MAX:
                with open(os.path.join(out, hashlib.sha1(one.encode()).hexdigest()[:16]), "w") as f:
                    f.write(one)
                made += 1
    print(f"seeds.py: {made} inputs of {len(files) - refused} programs", file=sys.stderr)


main()
