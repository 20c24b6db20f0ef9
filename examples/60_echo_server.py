import asyncio


async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def client(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for i in range(1, 3):
        writer.write(f"{name} says {i}\n".encode())
        line = await reader.readline()
        print(f"{len(line)} bytes: {line.decode()}", end="")
        await asyncio.sleep(0.1)
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await client(port, "one")
        await client(port, "two")
    print("closed")


asyncio.run(main())
