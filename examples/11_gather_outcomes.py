import asyncio


async def job(n, seconds):
    await asyncio.sleep(seconds)
    return n * 100


def report(name, r):
    if isinstance(r, BaseException):
        print(f"{name}: {type(r).__name__}")
    else:
        print(f"{name}: {r}")


async def main():
    first = asyncio.create_task(job(1, 0.02))
    second = asyncio.create_task(job(2, 0.04))
    third = asyncio.create_task(job(3, 0.06))
    second.cancel()

    a, b, c = await asyncio.gather(first, second, third, return_exceptions=True)
    report("first", a)
    report("second", b)
    report("third", c)


asyncio.run(main())
