import asyncio


def say(text):
    print(text)


async def main():
    loop = asyncio.get_running_loop()
    print("running:", "yes" if loop.is_running() else "no")

    start = loop.time()
    loop.call_later(0.06, say, "after 0.06 s")
    loop.call_later(0.02, say, "after 0.02 s")
    loop.call_at(start + 0.04, say, "at 0.04 s")
    loop.call_soon(say, "soon")
    never = loop.call_later(0.03, say, "never")
    never.cancel()
    print("scheduled")

    await asyncio.sleep(0.1)
    elapsed = loop.time() - start
    print("the clock went on:", "yes" if elapsed >= 0.1 else "no")


asyncio.run(main())
