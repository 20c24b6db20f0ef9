import asyncio


class Request:
    def __init__(self, number, answer):
        self.number = number
        self.answer = answer


def complete(r):
    print(f"the device answers {r.number}")
    r.answer.set_result(r.number * 1.5)


async def ask_device(number):
    loop = asyncio.get_running_loop()
    r = Request(number, loop.create_future())
    loop.call_later(0.02, complete, r)
    print(f"asked {number},", "answered" if r.answer.done() else "not answered yet")
    answer = await r.answer
    print(f"got {answer:.1f}")
    return answer


async def main():
    a = await ask_device(3)
    b = await ask_device(5)
    print(f"{a + b:.1f}")


asyncio.run(main())
