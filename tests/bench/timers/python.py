from common import *

woken = 0


async def sleeper(seconds):
    global woken
    await asyncio.sleep(seconds)
    woken += 1


async def main():
    n = size(200000, 10)
    start = now()
    tasks = [asyncio.create_task(sleeper((i * 7919 % 1000 + 1) / 1000)) for i in range(n)]
    for t in tasks:
        await t
    report(now() - start, n, woken)


run(main)
