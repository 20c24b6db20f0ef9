import asyncio

HOSTS = 6


async def probe(host):
    await asyncio.sleep(0.1 * host)
    if host % 3 == 2:
        raise ConnectionError(f"host {host} does not answer")
    return 10 * host


async def loud(host):
    v = await probe(host)
    print(f"host {host}: {v}")
    return v


async def main():
    try:
        a, b, c = await asyncio.gather(loud(1), loud(2), loud(4))
        print(a, b, c)
    except ConnectionError as e:
        print(f"gather throws: {e}")
    await asyncio.sleep(0.6)  # the last child was not cancelled
    print("--")

    results = await asyncio.gather(*(probe(i) for i in range(HOSTS)), return_exceptions=True)

    total = failed = 0
    for r in results:
        if isinstance(r, BaseException):
            print(f"{type(r).__name__}: {r}")
            failed += 1
        else:
            total += r
    print(f"{failed} failed, the others sum up to {total}")


asyncio.run(main())
