import asyncio
from dataclasses import dataclass


@dataclass
class User:
    id: int
    name: str
    balance: float


async def fetch_user(id):
    names = ["Ada", "Brian", "Claude", "Dennis", "Edsger"]
    await asyncio.sleep(0.02 * ((id * 3) % 5 + 1))
    print(f"user {id} arrived")
    return User(id, names[id], id * 12.5)


async def main():
    # By name.
    first, second = await asyncio.gather(fetch_user(0), fetch_user(1))
    print(f"{first.name} and {second.name}")

    # As a list.
    requests = [fetch_user(i) for i in range(5)]
    users = await asyncio.gather(*requests)
    for u in users:
        print(f"{u.id} {u.name:<8} {u.balance:6.2f}")


asyncio.run(main())
