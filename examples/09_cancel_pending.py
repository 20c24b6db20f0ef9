import asyncio


async def ask(server, seconds):
    asyncio.current_task().set_name(server)
    await asyncio.sleep(seconds)
    print(f"{server} answered")
    return int(seconds * 1000 + 0.5)


async def main():
    tasks = [
        asyncio.create_task(ask("slow", 5.0)),
        asyncio.create_task(ask("fast", 0.05)),
        asyncio.create_task(ask("slower", 10.0)),
    ]

    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(f"the answer: {await done.pop()}")

    pending = [t for t in tasks if not t.done()]
    for t in pending:
        print(f"cancelling {t.get_name()}")
        t.cancel()
    await asyncio.wait(pending)
    for t in pending:
        print(f"{t.get_name()}: {'cancelled' if t.cancelled() else 'not cancelled'}")


asyncio.run(main())
