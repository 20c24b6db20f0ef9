import asyncio


async def worker():
    print("worker: connected")
    try:
        i = 1
        while True:
            print(f"worker: step {i}")
            await asyncio.sleep(100 if i == 2 else 0.01)
            i += 1
    except asyncio.CancelledError as e:
        print(f"worker: cancelled, {e}")
        raise
    finally:
        print("worker: disconnecting")
        await asyncio.sleep(0.01)
        print("worker: disconnected")


async def stubborn():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        me = asyncio.current_task()
        print(f"stubborn: asked {me.cancelling()} time(s) to stop, goes on")
        print(f"stubborn: {me.uncancel()} after uncancel")
    await asyncio.sleep(0.01)
    return 42


async def main():
    t = asyncio.create_task(worker())
    await asyncio.sleep(0.3)
    t.cancel("the shop closes")
    print(f"main: asked it to stop; done: {'yes' if t.done() else 'no'}")
    try:
        await t
    except asyncio.CancelledError:
        print("main: the worker has ended")

    s = asyncio.create_task(stubborn())
    await asyncio.sleep(0.01)
    s.cancel()
    print(f"main: stubborn gives {await s}")

    never = asyncio.create_task(worker())
    never.cancel()  # before its first step: it never runs, so there is nothing to clean up
    await asyncio.wait([never])
    print(f"main: the third is {'cancelled' if never.cancelled() else 'done'}")


asyncio.run(main())
