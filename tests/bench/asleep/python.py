from common import *

woken = 0


async def sleeper(seconds):
    global woken
    await asyncio.sleep(seconds)
    woken += 1


async def main():
    n = size(1000000, 10)
    loop = asyncio.get_running_loop()
    memory, start = resident(), now()
    when = loop.time() + 1
    tasks = [asyncio.create_task(sleeper(when - loop.time())) for i in range(n)]
    await asyncio.sleep(0)  # all asleep now
    memory = resident() - memory
    for t in tasks:
        await t
    report(now() - start, n, woken, memory)


run(main)
