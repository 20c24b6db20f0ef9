import asyncio
from dataclasses import dataclass


@dataclass
class Stats:
    count: int = 0
    mean: float = 0.0


async def measure(i):
    await asyncio.sleep(0.01)
    return 20.0 + i * 0.5


async def sample(count):
    s = Stats()
    while s.count < count:
        s.mean += await measure(s.count)
        s.count += 1
    s.mean /= s.count
    return s


async def forever():
    while True:
        await asyncio.sleep(0.001)


async def with_company():
    background = asyncio.create_task(forever())  # noqa: kept, so that it is not collected
    await asyncio.sleep(0.01)
    return 7


def main():
    s = asyncio.run(sample(5))
    print(f"{s.count} samples, mean {s.mean:.1f}")
    print("again, in a new loop:", asyncio.run(with_company()))


main()
