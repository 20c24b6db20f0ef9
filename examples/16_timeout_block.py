import asyncio


async def step(name, seconds):
    await asyncio.sleep(seconds)
    print(name)


async def order(baking):
    try:
        async with asyncio.timeout(0.5) as s:
            await step("mixed", 0.01)
            await step("baked", baking)
            await step("eaten", 0.01)
        print("in time")
    except TimeoutError:
        print("too late")
    print(f"expired: {'yes' if s.expired() else 'no'}")


async def nested(outer, inner):
    try:
        async with asyncio.timeout(outer):
            try:
                async with asyncio.timeout(inner):
                    await asyncio.sleep(100)
            except TimeoutError:
                print("the inner one")
            print("on with the outer block")
            await asyncio.sleep(0.01)
    except TimeoutError:
        print("the outer one")


async def limited():
    async with asyncio.timeout(100):
        await asyncio.sleep(100)


async def main():
    await order(0.01)
    await order(100)
    await nested(100, 0.1)
    await nested(0.1, 100)

    t = asyncio.create_task(limited())
    await asyncio.sleep(0.01)
    t.cancel()
    try:
        await t
    except TimeoutError:
        print("not this one: nobody's deadline has come")
    except asyncio.CancelledError:
        print("cancelled, not timed out")


asyncio.run(main())
