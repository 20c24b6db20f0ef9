"""What the Python programs share: bench.h says what they print. BENCH_LOOP=uvloop runs them on uvloop. A size is divided where
Python would take minutes: the figure is of one operation."""

import asyncio
import os
import sys
import time


def size(usual, less=1):
    n = int(sys.argv[1]) if len(sys.argv) > 1 else usual
    return n // less if n == usual else n


def now():
    return time.process_time()


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def report(seconds, operations, check, memory=None):
    print(f"{seconds * 1e9 / operations:.3f} {check} {operations:.0f}" + (f" {memory / operations:.1f}" if memory is not None else ""))


def fib_calls(n):
    a, b = 1, 1
    for _ in range(1, n):
        a, b = b, a + b + 1
    return b


def run(main):
    if os.environ.get("BENCH_LOOP") == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(main())
