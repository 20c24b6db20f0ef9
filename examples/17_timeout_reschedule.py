import asyncio

chunks = [("one", 0.2), ("two", 0.2), ("three", 0.2), ("four", 0.2), ("never", 100)]


async def download(limit):
    n = 0
    try:
        async with asyncio.timeout(limit) as s:
            while True:
                text, seconds = chunks[n]
                await asyncio.sleep(seconds)
                print(text)
                s.reschedule(asyncio.get_running_loop().time() + limit)
                n += 1
    except TimeoutError:
        print("stalled")
    return n


async def before(when, name, seconds):
    try:
        async with asyncio.timeout_at(when):
            await asyncio.sleep(seconds)
            print(f"{name}: in time")
    except TimeoutError:
        print(f"{name}: too late")


async def main():
    print(f"{await download(0.7)} chunks")

    loop = asyncio.get_running_loop()
    when = loop.time() + 0.5
    await before(when, "first", 0.01)
    await before(when, "second", 100)
    await before(when, "third", 0.01)  # the time is up already

    async with asyncio.timeout(0.1) as s:
        s.reschedule(None)
        await asyncio.sleep(0.3)
        print("no deadline any more")
    try:
        s.reschedule(loop.time() + 1)
    except RuntimeError as e:
        print(e)

    try:
        async with asyncio.timeout(None) as s:
            s.reschedule(loop.time() - 1)  # at the next turn of the loop
            print("still here")
            await asyncio.sleep(100)
    except TimeoutError:
        print("now")


asyncio.run(main())
