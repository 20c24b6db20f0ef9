import asyncio

condition = asyncio.Condition()
stock = 0


async def buyer(name, wanted):
    global stock
    async with condition:
        while stock < wanted:
            print(f"{name} waits for {wanted}")
            await condition.wait()
        stock -= wanted
        print(f"{name} buys {wanted}, {stock} left")


async def supplier():
    global stock
    for _ in range(3):
        await asyncio.sleep(0.01)
        async with condition:
            stock += 2
            print(f"2 more: {stock}")
            condition.notify_all()


async def main():
    await asyncio.gather(buyer("Ann", 3), buyer("Bob", 1), supplier(), buyer("Cy", 2))


asyncio.run(main())
