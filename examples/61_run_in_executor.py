import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def count(id, milliseconds):
    time.sleep(milliseconds / 1000)
    return id, id * 100


def parse(line):
    if line == 13:
        raise ValueError(f"line {line} is bad")
    return line * 2


async def show(pool, id, milliseconds):
    id, words = await asyncio.get_running_loop().run_in_executor(pool, count, id, milliseconds)
    print(f"report {id}: {words} words")


async def main():
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, parse, 21))
    with ThreadPoolExecutor(2) as pool:
        await asyncio.gather(show(pool, 1, 100), show(pool, 2, 300), show(pool, 3, 400))
        try:
            await loop.run_in_executor(pool, parse, 13)
        except ValueError as e:
            print(e)
    print("the pool is closed")


asyncio.run(main())
