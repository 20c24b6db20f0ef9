import asyncio


class Ticker:
    def __init__(self, interval, count):
        self.interval = interval
        self.count = count
        self.ticks = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.ticks == self.count:
            raise StopAsyncIteration
        await asyncio.sleep(self.interval)
        self.ticks += 1
        return self.ticks


async def follow(name, interval, count):
    t = Ticker(interval, count)
    async for tick in t:
        if tick == 1:
            continue  # the first one does not count
        print(f"{name}: tick {tick}")
    print(f"{name}: over after {t.ticks}")


async def main():
    await asyncio.gather(follow("fast", 0.100, 4), follow("slow", 0.175, 3))


asyncio.run(main())
