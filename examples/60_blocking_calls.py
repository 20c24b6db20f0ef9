import asyncio
import time


def seconds_of(name):
    return len(name)


def read_slowly(name, milliseconds):
    time.sleep(milliseconds / 1000)
    return seconds_of(name)


async def ticks():
    for i in range(3):
        print(f"tick {i}")
        await asyncio.sleep(0.05)


async def main():
    _, config, data = await asyncio.gather(
        ticks(),
        asyncio.to_thread(read_slowly, "config", 400),
        asyncio.to_thread(read_slowly, "data", 600),
    )
    print(f"config: {config}, data: {data}")
    try:
        await asyncio.wait_for(asyncio.to_thread(time.sleep, 0.5), 0.05)
    except TimeoutError:
        print("too slow: nobody waits for that thread any more")


asyncio.run(main())
