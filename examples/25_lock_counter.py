import asyncio

lock = asyncio.Lock()
balance = 100


async def withdraw(who, amount):
    global balance
    async with lock:
        seen = balance
        print(f"{who} sees {seen}")
        await asyncio.sleep(0.01)  # asks somebody; without the lock, others would see the same
        if seen < amount:
            print(f"{who} gets nothing")
            return False
        balance = seen - amount
        print(f"{who} takes {amount}")
        return True


async def main():
    results = await asyncio.gather(withdraw("Ann", 60), withdraw("Bob", 60), withdraw("Cy", 40))
    print(*(int(r) for r in results))
    print(f"{balance} left, locked: {int(lock.locked())}")


asyncio.run(main())
