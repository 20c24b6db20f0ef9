import asyncio

WORKERS = 20
finished = 0


async def worker(id):
    global finished
    await asyncio.sleep(0.01 * (WORKERS - id))  # the last one started is the first one done
    finished += 1
    print(id, end=" " if finished < WORKERS else "\n")
    return id * id


async def main():
    squares = await asyncio.gather(*(worker(i) for i in range(WORKERS)))
    print(f"{finished} finished, sum of squares {sum(squares)}, last {squares[-1]}")


asyncio.run(main())
