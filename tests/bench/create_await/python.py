from common import *


async def work(i):
    return i & 7


async def main():
    n = size(5000000, 50)
    total = 0
    start = now()
    for i in range(n):
        total += await asyncio.create_task(work(i))
    report(now() - start, n, total)


run(main)
