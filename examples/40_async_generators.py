import asyncio
from contextlib import aclosing

PAGE, PAGES = 3, 4


async def items():
    try:
        for page in range(1, PAGES + 1):
            print(f"fetching page {page}")
            await asyncio.sleep(0.01)
            for i in range(PAGE):
                yield page, (page - 1) * PAGE + i
    finally:
        print("connection closed")


async def even(source):
    async with aclosing(source):
        async for page, number in source:
            if number % 2 == 0:
                yield page, number


async def main():
    total = 0
    async with aclosing(items()) as all_items:
        async for page, number in all_items:
            total += number
    print(f"all: {total}")

    async with aclosing(even(items())) as some:
        async for page, number in some:
            print(f"item {number} of page {page}")
            if number == 4:
                break  # pages 3 and 4 are never fetched
    print("done")


asyncio.run(main())
