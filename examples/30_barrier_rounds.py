import asyncio

barrier = asyncio.Barrier(3)


async def simulate(part):
    for step in range(2):
        await asyncio.sleep(0.01 * (part + 1))
        print(f"part {part} has done step {step}")
        if await barrier.wait() == 0:
            print(f"all have done step {step}")


async def late():
    try:
        await barrier.wait()
    except asyncio.BrokenBarrierError as e:
        print(e)


async def main():
    await asyncio.gather(*(simulate(i) for i in range(3)))
    waits = asyncio.create_task(late())
    await asyncio.sleep(0.01)
    print(f"{barrier.n_waiting} of {barrier.parties} there")
    await barrier.abort()
    await waits


asyncio.run(main())
