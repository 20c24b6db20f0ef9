import asyncio


async def compute(n):
    await asyncio.sleep(n * 0.05)
    return n * n


async def main():
    inline_result = await compute(2)  # runs inline, like a call
    t = asyncio.create_task(compute(3))  # runs alongside
    task_result = await t
    print(inline_result, task_result)  # 4 9


asyncio.run(main())
