from common import *


async def work(i):
    return i & 7


async def main():
    n = size(100000)
    total = 0
    start = now()
    tasks = [asyncio.create_task(work(i)) for i in range(n)]
    for t in tasks:
        total += await t
    report(now() - start, n, total)


run(main)
