import asyncio


class ConflictError(Exception):
    pass


class Transaction:
    def __init__(self, name):
        self.name = name
        self.changes = 0

    async def __aenter__(self):
        await asyncio.sleep(0.001)
        print(f"{self.name}: begin")
        return self

    async def __aexit__(self, kind, error, traceback):
        await asyncio.sleep(0.001)
        if error is None:
            print(f"{self.name}: commit {self.changes}")
            return False
        print(f"{self.name}: roll back, {kind.__name__}")
        return isinstance(error, ConflictError)


async def transfer(name, amount):
    async with Transaction(name) as t:
        t.changes += 1
        if amount > 100:
            raise ValueError(f"{amount} is too much")
        await asyncio.sleep(0.001 * amount)
        if amount == 13:
            raise ConflictError
        t.changes += 1
        return amount  # committed on the way
    return 0  # the conflict was swallowed


async def main():
    print(await transfer("rent", 20))
    print(await transfer("tea", 13))
    try:
        await transfer("yacht", 5000)
    except ValueError as e:
        print(e)
    try:
        await asyncio.wait_for(transfer("slow", 99), 0.05)
    except TimeoutError as e:
        print(type(e).__name__)


asyncio.run(main())
