import asyncio


async def producer(queue):
    for i in range(8):
        await queue.put((i, f"item {i}"))  # waits where three are there already
        print(f"put {i}")


async def worker(name, queue):
    while True:
        number, text = await queue.get()
        await asyncio.sleep(0.01)
        print(f"{name}: {text}")
        queue.task_done()


async def main():
    queue = asyncio.Queue(3)
    workers = [asyncio.create_task(worker(n, queue)) for n in ("a", "b")]
    await producer(queue)
    await queue.join()
    print(f"all done, {queue.qsize()} left")
    for w in workers:
        w.cancel()
    for w in workers:
        try:
            await w
        except asyncio.CancelledError:
            print("worker stopped")


asyncio.run(main())
