import asyncio


async def fetch(url, delay):
    print(f"fetching {url}")
    await asyncio.sleep(delay)  # in place of the network
    print(f"fetched {url}")
    return int(delay * 10000 + 0.5)


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    users = asyncio.create_task(fetch("/users", 0.09))
    posts = asyncio.create_task(fetch("/posts", 0.03))
    tags = asyncio.create_task(fetch("/tags", 0.06))

    count = await users + await posts + await tags
    elapsed = loop.time() - start

    print(f"{count} bytes")
    print("concurrently:", "yes" if 0.09 <= elapsed < 0.18 else "no")


asyncio.run(main())
