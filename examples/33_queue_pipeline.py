# Python 3.13: QueueShutDown
import asyncio


async def split(text, out):
    for number, word in enumerate(text.split(), 1):
        await out.put((number, word))
    print("all words are split")
    out.shutdown()


async def shout(words, out):
    try:
        while True:
            number, word = await words.get()
            word = word.upper()
            if word != "AND":
                await out.put((number, word))
    except asyncio.QueueShutDown:
        print("all words are loud")
        out.shutdown()


async def show(words):
    shown = 0
    try:
        while True:
            print(*await words.get())
            shown += 1
    except asyncio.QueueShutDown:
        pass
    return shown


async def main():
    words, loud = asyncio.Queue(2), asyncio.Queue(1)
    async with asyncio.TaskGroup() as g:
        g.create_task(split("the quick fox and the lazy dog and the hen", words))
        g.create_task(shout(words, loud))
        shown = g.create_task(show(loud))
    print(shown.result(), "words")
    try:
        words.put_nowait((99, ""))
    except asyncio.QueueShutDown:
        print("too late")


asyncio.run(main())
