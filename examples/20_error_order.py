import asyncio


async def fail(kind):
    await asyncio.sleep(0)
    if kind == 1:
        raise ValueError("one")
    if kind == 2:
        raise OSError("two")
    if kind == 3:
        raise asyncio.BrokenBarrierError("three")


async def handled(kind):
    try:
        await fail(kind)
        print("  body: to its end")
    except ValueError as e:
        print(f"  value: {e}")
        return "returned from the catch"
    except OSError as e:
        print(f"  os: {e}")
        raise
    finally:
        await asyncio.sleep(0)
        print("  finally")
    return "after the try"


async def layers():
    try:
        try:
            try:
                await fail(1)
            finally:
                print("innermost finally")
        except OSError:
            print("not for this one")
        finally:
            print("middle finally")
    except Exception as e:
        print(f"outer catch: {e}")


async def translate():
    try:
        await fail(2)
    except OSError:
        raise ValueError("cannot read the settings")


async def cleanup_fails():
    try:
        await translate()
    finally:
        raise RuntimeError("and cannot close them")


async def main():
    for kind in range(4):
        print(f"kind {kind}")
        try:
            how = await handled(kind)
            print(f"  {how}")
        except Exception as e:
            print(f"  came out: {e}")

    await layers()

    try:
        await cleanup_fails()
    except Exception as e:
        while e:
            print(e)
            e = e.__context__


asyncio.run(main())
