import asyncio


class HttpError(OSError):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Unavailable(HttpError):  # may be tried again
    pass


calls = 0


async def get(failures, status):
    global calls
    await asyncio.sleep(0.01)
    calls += 1
    if calls > failures:
        return 200
    if status == 503:
        raise Unavailable(status, f"busy, call {calls}")
    raise HttpError(status, f"refused, call {calls}")


async def with_retries(failures, status, attempts):
    global calls
    calls = 0
    pause = 0.02
    i = 1
    while True:
        try:
            return await get(failures, status)
        except Unavailable as e:
            print(f"  {e.code}: {e}")
            if i == attempts:
                raise
        print(f"  again in {pause * 1000:.0f} ms")
        await asyncio.sleep(pause)
        pause *= 2
        i += 1


async def show(name, failures, status, limit):
    print(name)
    try:
        async with asyncio.timeout(limit):
            got = await with_retries(failures, status, 4)
            print(f"  status {got}")
    except TimeoutError:
        print("  out of time")
    except HttpError as e:
        print(f"  given up, {type(e).__name__} {e.code}")


async def main():
    await show("well at once", 0, 503, 100)
    await show("well at the third call", 2, 503, 100)
    await show("never well", 10, 503, 100)
    await show("not to be tried again", 10, 403, 100)
    await show("no time left", 10, 503, 0)


asyncio.run(main())
