import asyncio


async def work(name, seconds):
    print(f"  {name} starts")
    await asyncio.sleep(seconds)
    print(f"  {name} ends")
    return int(seconds * 1000 + 0.5)


async def main():
    print("awaited coroutines, one after the other:")
    a = await work("A", 0.04)
    b = await work("B", 0.02)
    print(f"{a + b} ms")

    print("tasks, side by side:")
    c = asyncio.create_task(work("C", 0.04))
    d = asyncio.create_task(work("D", 0.02))
    print("  both are scheduled")
    longest = await c
    await d
    print(f"{longest} ms")


asyncio.run(main())
