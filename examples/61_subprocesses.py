import asyncio
from asyncio.subprocess import PIPE

async def run(cmd):
    p = await asyncio.create_subprocess_shell(cmd, stdout=PIPE, stderr=PIPE)
    out, err = await p.communicate()
    print(f"[{cmd} exited with {p.returncode}]")
    if out:
        print(f"[stdout] {out.decode()}", end="")
    if err:
        print(f"[stderr] {err.decode()}", end="")
    return p.returncode

async def talk():
    p = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    for i in range(1, 4):
        p.stdin.write(f"question {i}\n".encode())
        line = await p.stdout.readline()
        print(f"answer: {line.decode()}", end="")
    p.stdin.close()
    print(f"cat: {await p.wait()}")

async def sleeper(seconds, status):
    p = await asyncio.create_subprocess_shell(f"sleep {seconds:.2f}; exit {status}")
    try:
        return await p.wait()
    except asyncio.CancelledError:
        p.kill()
        await p.wait()
        raise

async def main():
    await run("echo hello")
    await run("ls /no/such/folder 2>/dev/null || echo nothing >&2; exit 3")
    await talk()
    a, b, c = await asyncio.gather(sleeper(0.03, 1), sleeper(0.02, 2), sleeper(0.01, 3))
    print(a, b, c)
    try:
        await asyncio.wait_for(sleeper(10, 0), 0.1)
    except TimeoutError:
        print("killed")

asyncio.run(main())
