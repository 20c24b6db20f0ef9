from common import *

steps = 0


async def yielder(turns):
    global steps
    for _ in range(turns):
        await asyncio.sleep(0)
        steps += 1


async def main():
    turns = size(3000000, 100)
    start = now()
    tasks = [asyncio.create_task(yielder(turns)) for _ in range(1)]
    for t in tasks:
        await t
    report(now() - start, 1 * turns, steps)


run(main)
