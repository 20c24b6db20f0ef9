import asyncio


async def parse(text):
    await asyncio.sleep(0.01)
    if text == "seven":
        return 7
    raise ValueError(f"not a number: {text}")


async def twice(text):
    return 2 * await parse(text)


def show(name, t):
    if not t.done():
        print(f"{name}: not done")
    else:
        print(f"{name}: {t.exception() or 'no error'}")


async def main():
    good = asyncio.create_task(twice("seven"))
    bad = asyncio.create_task(twice("cheese"))
    show("bad, at once", bad)
    try:
        print(bad.result())
    except asyncio.InvalidStateError as e:
        print(f"{type(e).__name__}: {e}")

    await asyncio.sleep(0.3)
    show("good", good)
    show("bad", bad)

    print(f"good gives {good.result()}")
    try:
        print(f"bad gives {await bad}")
    except ValueError as e:
        print(f"bad throws {type(e).__name__}: {e}")

    tasks = [asyncio.create_task(twice(text)) for text in ("seven", "ham", "seven")]
    total = 0
    for i, t in enumerate(tasks):
        try:
            total += await t
        except Exception as e:
            print(f"task {i}: {e}")
    print(f"the sum of the others: {total}")


asyncio.run(main())
