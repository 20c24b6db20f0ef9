from common import *


async def fib(n):
    if n < 2:
        return n
    return await fib(n - 1) + await fib(n - 2)


async def main():
    n = size(32)
    small = 20 if n == 32 else n
    start = now()
    for _ in range(10):
        value = await fib(small)
    report(now() - start, fib_calls(small) * 10, value)


run(main)
