import asyncio


async def fetch(name, seconds):
    try:
        await asyncio.sleep(seconds)
        print(f"{name}: fetched")
        return 200
    except asyncio.CancelledError:
        print(f"{name}: given up")
        raise
    finally:
        await asyncio.sleep(0.01)
        print(f"{name}: closed")


async def try_it(name, seconds, limit):
    try:
        status = await asyncio.wait_for(fetch(name, seconds), limit)
        print(f"status {status}")
    except TimeoutError:
        print("timed out")


async def fails():
    await asyncio.sleep(0.01)
    raise ConnectionError("refused")


async def main():
    await try_it("quick", 0.01, 10)
    await try_it("slow", 100, 0.1)
    await try_it("patient", 0.01, None)
    await try_it("no time", 0.01, 0)  # it has not even started

    try:
        a, b = await asyncio.wait_for(
            asyncio.gather(fetch("left", 100), fetch("right", 100)), 0.1
        )
        print(a, b)
    except TimeoutError:
        print("both timed out")

    try:
        await asyncio.wait_for(fails(), 10)
    except TimeoutError:
        print("not this one")
    except OSError as e:
        print(f"{type(e).__name__}: {e}")


asyncio.run(main())
