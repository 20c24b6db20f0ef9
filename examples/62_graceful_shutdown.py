import asyncio, signal

at_work = 0

def progress(what):
    print(f"{what}{at_work} at work")

async def worker(id):
    global at_work
    at_work += 1
    try:
        while True:
            await asyncio.sleep(0.02 * id)
    finally:
        print(f"worker {id} puts its tools away")

async def main():
    loop = asyncio.get_running_loop()
    workers = [asyncio.create_task(worker(i + 1)) for i in range(3)]
    loop.add_signal_handler(signal.SIGHUP, progress, "hangup: ")
    loop.call_later(0.05, signal.raise_signal, signal.SIGHUP)
    loop.call_later(0.07, signal.raise_signal, signal.SIGTERM)

    end = loop.create_future()
    for s in signal.SIGTERM, signal.SIGINT:
        loop.add_signal_handler(s, end.set_result, s.name)
    print(f"ending: {await end}")
    for w in workers:
        w.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    print("all done")

asyncio.run(main())
