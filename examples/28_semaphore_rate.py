import asyncio

limit = asyncio.Semaphore(3)
running = most = 0


async def request(i):
    global running, most
    async with limit:
        running += 1
        most = max(most, running)
        print(f"request {i}")
        await asyncio.sleep(0.01)
        running -= 1
    return i * i


async def main():
    results = await asyncio.gather(*(request(i) for i in range(10)))
    print(*results)
    print(f"at most {most} at once")
    door = asyncio.BoundedSemaphore(1)
    await door.acquire()
    door.release()
    try:
        door.release()
    except ValueError as e:
        print(e)


asyncio.run(main())
