import asyncio


async def greet(name):
    print(f"Hello, {name}")
    await asyncio.sleep(0.01)
    print(f"Goodbye, {name}")
    return 42


async def main():
    coro = greet("Ada")
    print("the coroutine is made, nothing has run")
    answer = await coro
    print(f"it gave {answer}")

    queue = [greet("Grace"), greet("Edsger"), greet("nobody")]
    print("three more wait")
    for i in (1, 0):
        await queue[i]
    queue[2].close()
    print("the last one was closed unused")


asyncio.run(main())
