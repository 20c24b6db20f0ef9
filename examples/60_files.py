import asyncio, os, tempfile

def write_log(path):
    with open(path, "w") as f:
        for i in range(5):
            f.write(f"{'WARN' if i % 2 else 'INFO'} entry {i}\n")

def count(path, word):
    with open(path) as f:
        return sum(line.startswith(word) for line in f)

def end(path):
    with open(path, "r+") as f:
        f.seek(0, os.SEEK_END)
        f.write("the end\n")
        size = f.tell()
        f.seek(0)
        text = f.read()
        return size, len(text), text[text.index("the end"):]

async def main():
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        await asyncio.to_thread(write_log, path)
        info, warn = await asyncio.gather(asyncio.to_thread(count, path, "INFO"), asyncio.to_thread(count, path, "WARN"))
        print(f"{info} INFO, {warn} WARN")
        size, n, last = await asyncio.to_thread(end, path)
        print(f"{size} bytes, {n} read, last: {last}", end="")
        try:
            await asyncio.to_thread(open, "/no/such/file")
        except FileNotFoundError:
            print("no such file")
    finally:
        os.unlink(path)

asyncio.run(main())
