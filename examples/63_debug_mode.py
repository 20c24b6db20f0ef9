import asyncio, time

async def fetch(n):
    await asyncio.sleep(0.01)
    return n

async def blocks():
    await asyncio.sleep(0)
    time.sleep(0.15)
    await asyncio.sleep(0)

async def run_all():
    forgotten = fetch(1)
    t = asyncio.create_task(blocks())
    print(f"fetched {await fetch(2)}")
    await t
    print(f"debug: {asyncio.get_running_loop().get_debug():d}")

asyncio.run(run_all(), debug=True)
