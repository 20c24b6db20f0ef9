import asyncio


async def part(name, seconds):
    try:
        await asyncio.sleep(seconds)
        print(f"{name}: done")
        return int(seconds * 1000 + 0.5)
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise


async def breaks(seconds):
    await asyncio.sleep(seconds)
    raise ValueError("broken")


async def breaks_late():
    try:
        await asyncio.sleep(100)
    finally:
        await asyncio.sleep(0.01)
        raise OSError("cannot clean up")


def explain(group):
    print(group)
    try:
        raise group
    except* ValueError as e:
        for one in e.exceptions:
            print(f"a value: {one}")
    except* OSError as e:
        for one in e.exceptions:
            print(f"the system: {one}")


async def main():
    async with asyncio.TaskGroup() as g:
        a = g.create_task(part("a", 0.2))
        b = g.create_task(part("b", 0.01))
        print("both are under way")
    print(a.result(), b.result())

    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(part("long", 100))
            g.create_task(part("short", 0.01))
            g.create_task(breaks_late())
            g.create_task(breaks(0.3))
            await part("body", 100)
            print("never here")
    except ExceptionGroup as e:
        explain(e)

    async with asyncio.TaskGroup() as g:
        g.create_task(part("c", 0.01))
    print("no errors, no ErrorGroup")


asyncio.run(main())
