import asyncio


async def arrivals(queue):
    for urgency, what in ((3, "sort the mail"), (1, "put out the fire"), (2, "answer the phone")):
        await queue.put((urgency, what))
    await asyncio.sleep(0.01)
    await queue.put((0, "go home"))


async def clerk(queue):
    while True:
        urgency, what = await queue.get()
        print(f"{urgency}: {what}")
        if urgency == 0:
            return


async def main():
    queue = asyncio.PriorityQueue()
    await asyncio.gather(arrivals(queue), clerk(queue))
    stack = asyncio.LifoQueue(2)
    stack.put_nowait("first")
    stack.put_nowait("second")
    try:
        stack.put_nowait("third")
    except asyncio.QueueFull:
        print("full")
    print(stack.get_nowait(), stack.get_nowait())
    try:
        stack.get_nowait()
    except asyncio.QueueEmpty:
        print("empty")


asyncio.run(main())
