# The same with asyncio's streams, or uvloop's.
import asyncio
import os
import sys


async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(0, ended.set)
    await ended.wait()
    os._exit(0)


if os.environ.get("BENCH_LOOP") == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(main())
