from common import *


async def producer(q, n):
    for i in range(n):
        await q.put(i & 7)


async def consumer(q, n):
    total = 0
    for _ in range(n):
        total += await q.get()
    return total


async def main():
    n = size(2000000, 100)
    q = asyncio.Queue(1)
    start = now()
    _, total = await asyncio.gather(producer(q, n), consumer(q, n))
    report(now() - start, n, total)


run(main)
