import asyncio


async def download(mirror, seconds):
    print(f"{mirror}: started")
    await asyncio.sleep(seconds)
    print(f"{mirror}: finished")
    return int(seconds * 1000 + 0.5)


async def main():
    tasks = {
        asyncio.create_task(download("Frankfurt", 0.09)),
        asyncio.create_task(download("Oslo", 0.03)),
        asyncio.create_task(download("Lisbon", 0.06)),
    }

    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(f"{len(done)} done, {len(pending)} pending")
    print(f"the first took {await done.pop()} ms")

    done, pending = await asyncio.wait(pending)
    print(f"{len(done)} done")
    print(f"the others took {sum(t.result() for t in done)} ms in all")


asyncio.run(main())
