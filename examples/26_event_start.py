import asyncio

start = asyncio.Event()


async def runner(name, seconds):
    print(f"{name} is ready")
    await start.wait()
    await asyncio.sleep(seconds)
    print(f"{name} arrives")


async def main():
    runners = [asyncio.create_task(runner(n, s)) for n, s in (("Ann", 0.03), ("Bob", 0.01), ("Cy", 0.02))]
    await asyncio.sleep(0.01)
    print(f"started: {int(start.is_set())}")
    start.set()
    print(f"started: {int(start.is_set())}")
    for r in runners:
        await r
    await start.wait()  # set already: goes on at once
    start.clear()
    try:
        await asyncio.wait_for(start.wait(), 0.01)
    except TimeoutError:
        print("no second start")


asyncio.run(main())
