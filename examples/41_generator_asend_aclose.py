import asyncio


async def mean(name):
    count = total = 0
    try:
        value = yield 0.0  # the first step goes as far as here
        while True:
            try:
                await asyncio.sleep(0.001)  # as if it were stored somewhere
                total += value
                count += 1
                value = yield total / count
            except ValueError as e:
                print(f"{name}: {e}, after {count}")
                count = total = 0
                value = yield 0.0
    finally:
        print(f"{name}: closed at {total} of {count}")


async def main():
    room = mean("room")
    await anext(room)
    for degrees in range(18, 22):
        now = await room.asend(degrees)
        print(f"{degrees}: {now:.2f}")
    now = await room.athrow(ValueError("sensor replaced"))
    print(f"goes on, {now:.2f}")
    now = await room.asend(30)
    print(f"30: {now:.2f}")

    await room.aclose()
    await room.aclose()  # nothing more to close
    try:
        await anext(room)
        print("goes on")
    except StopAsyncIteration:
        print("ended")


asyncio.run(main())
