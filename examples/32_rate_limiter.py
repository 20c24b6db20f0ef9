import asyncio

RATE, REQUESTS, PERIOD = 3, 8, 0.05


class Limiter:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.begun, self.next = [0.0] * RATE, 0

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        async with self.lock:
            wait = self.begun[self.next] + PERIOD - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            now = self.begun[self.next] = loop.time()
            self.next = (self.next + 1) % RATE
            return now

    async def __aexit__(self, kind, error, traceback):
        pass


limiter = Limiter()
times = []


async def request(i):
    async with limiter as begun:
        times.append(begun)
        print("request", i)
        await asyncio.sleep(0.005 * (i % 3))
    return i * 10


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    print(*await asyncio.gather(*[request(i) for i in range(REQUESTS)]))
    print(sum(times[i] - times[i - RATE] < PERIOD - 0.001 for i in range(RATE, REQUESTS)), "times too soon")
    print(f"took two periods: {int(loop.time() - start >= 2 * PERIOD - 0.001)}")


asyncio.run(main())
