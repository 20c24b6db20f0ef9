import asyncio


async def count(name, to):
    for i in range(1, to + 1):
        print(name, i)
        await asyncio.sleep(0)
    print(name, "is done")


async def main():
    await asyncio.gather(count("ping", 3), count("pong", 5))


asyncio.run(main())
