import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

counter = 0


def primes_below(n):
    return sum(all(i % d for d in range(2, int(i**0.5) + 1)) for i in range(2, n))


def count_up():
    global counter
    counter += 1
    return counter


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        limits = [1000, 5000, 20000]
        found = await asyncio.gather(*(loop.run_in_executor(pool, primes_below, n) for n in limits))
        for n, count in zip(limits, found):
            print(f"below {n}: {count} primes")

        there = await loop.run_in_executor(pool, count_up)
        print(f"there: {there}, here: {counter}")
        try:
            await loop.run_in_executor(pool, os._exit, 3)
        except BrokenProcessPool:
            print("that process is no more")
    print("the pool is closed")


asyncio.run(main())
