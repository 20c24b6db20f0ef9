import asyncio


class Tally:
    done = 0
    cancelled = 0


async def work(seconds):
    await asyncio.sleep(seconds)
    return 1


async def main():
    tally = Tally()

    def finished(t):
        tally.done += 1
        tally.cancelled += t.cancelled()
        print(f"{t.get_name()} has ended{', cancelled' if t.cancelled() else ''}")

    tasks = []
    for i, name in enumerate(["alpha", "beta", "gamma"]):
        t = asyncio.create_task(work(0.02 * (3 - i)))
        t.set_name(name)
        t.add_done_callback(finished)
        tasks.append(t)
    await asyncio.sleep(0.03)
    tasks[1].cancel()
    await tasks[0]
    await asyncio.sleep(0)
    print(f"{tally.done} done, {tally.cancelled} of them cancelled")


asyncio.run(main())
