import asyncio


async def save(what, seconds):
    print(f"saving {what}")
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"{what} is half written")
        raise
    print(f"{what} is saved")
    return 200


async def request(work):
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        print("the client has gone")
        raise


async def main():
    work = asyncio.create_task(save("a page", 0.4))
    client = asyncio.create_task(request(work))
    await asyncio.sleep(0.1)
    client.cancel()
    await asyncio.wait([client])
    print(f"client cancelled: {'yes' if client.cancelled() else 'no'}, work done: {'yes' if work.done() else 'no'}")
    print(f"status {await work}")

    work = asyncio.create_task(save("a book", 0.4))
    try:
        await asyncio.wait_for(asyncio.shield(work), 0.1)
    except TimeoutError:
        print("it takes long, but goes on")
    print(f"status {await work}")

    work = asyncio.create_task(save("a library", 100))
    client = asyncio.create_task(request(work))
    await asyncio.sleep(0.1)
    work.cancel()
    try:
        await client
    except asyncio.CancelledError:
        print("the work itself was cancelled")


asyncio.run(main())
