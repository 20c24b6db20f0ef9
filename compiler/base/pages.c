/* pages.c: the page behind each number. The examples may use what tests/diag/pages.h declares. */
#include "pages.h"

#include <stddef.h>

const DiagPage *diag_page(int number) {
    for (const DiagPage *p = diag_pages; p->number; p++)
        if (p->number == number) return p;
    return NULL;
}

const DiagPage diag_pages[] = {
    {1, NULL, "Syntax error",
     "The text is neither C nor the dialect. The place is that of the first word that fits nowhere, or behind the word "
     "where\n"
     "something is missing; the mistake may stand before it. await, yield, throw and their like are words of the dialect "
     "only\n"
     "where they can act as such.\n",
     "async int total(void) {\n"
     "    int n = await;\n"
     "    return n;\n"
     "}\n",
     "async int total(void) {\n"
     "    int n = await fetch(1);\n"
     "    return n;\n"
     "}\n"},
    {2, NULL, "'await' outside an async function",
     "Only an async function can wait: it is the one that is suspended. Make the function async and await it in turn, or "
     "run a\n"
     "coroutine to its end from ordinary C with acc_run. A nested function is an ordinary one.\n",
     "int total(void) { return await fetch(1); }\n",
     "async int total(void) { return await fetch(1); }\n"
     "int from_c(void) { return acc_run(total()); }\n"},
    {3, NULL, "A coroutine, a task or a future is used where its value was meant",
     "Calling an async function does not run it: it gives a coroutine, of type acc_coro(T). Its value comes from awaiting "
     "it. The\n"
     "same goes for conditions, arguments and operands. An ordinary function cannot wait: there acc_run runs a coroutine to "
     "its\n"
     "end. To keep a coroutine, or to let it run beside, say so by the type. 'await' binds as '!' does, weaker than '->', "
     "'.' and\n"
     "'[': the member of what is awaited is (await f())->m.\n",
     "async int total(void) {\n"
     "    int n = fetch(1);\n"
     "    return n;\n"
     "}\n",
     "async int total(void) {\n"
     "    int n = await fetch(1);\n"
     "    acc_coro(int) later = fetch(2);\n"
     "    acc_task(int) beside = acc_create_task(fetch(3));\n"
     "    return n + await later + await beside;\n"
     "}\n"},
    {4, NULL, "'await' on what cannot be awaited",
     "'await' takes a coroutine, a task or a future. A plain value is there already, and a plain function's call is not "
     "waited for:\n"
     "leave 'await' out, or call the async function that was meant. An async function's name is no coroutine either: its "
     "call is.\n",
     "async size_t size(const char *s) {\n"
     "    await refresh;\n"
     "    return await strlen(s);\n"
     "}\n",
     "async size_t size(const char *s) {\n"
     "    await refresh();\n"
     "    return strlen(s);\n"
     "}\n"},
    {5, "unawaited", "A coroutine is never awaited",
     "Calling an async function gives a coroutine of which nothing has run yet. This one's value is dropped, so nothing of "
     "it ever\n"
     "will. Await it, or let it run beside with acc_create_task. A cast to void says that it is meant.\n",
     "async void tick(void) { refresh(); }\n",
     "async void tick(void) {\n"
     "    await refresh();\n"
     "    acc_create_task(refresh());\n"
     "}\n"},
    {6, NULL, "'await' where nothing is evaluated at run time",
     "A case label, an enumeration constant, the width of a bit-field and the initialiser of a static or global object are\n"
     "constants: they are worked out by the compiler, where there is nothing to wait for. Outside a function nothing is "
     "evaluated\n"
     "at all. Assign in a statement instead; and before the expression, where an await is meant to be the size of an array "
     "type.\n",
     "async int total(void) {\n"
     "    static int n = await fetch(1);\n"
     "    return n;\n"
     "}\n",
     "async int total(void) {\n"
     "    static int n;\n"
     "    n = await fetch(1);\n"
     "    return n;\n"
     "}\n"},
    {7, NULL, "What cannot be async",
     "An async function has a prototype with a fixed number of parameters, and returns void or a complete type that C lets "
     "a\n"
     "function return. 'async' is a specifier of functions, of pointers to them and of typedefs of them; a variable is not "
     "async.\n",
     "async int report(const char *format, ...);\n", "async int report(const char *text);\n"},
    {8, NULL, "acc_run in an async function",
     "acc_run makes a loop and runs it to its end. In an async function a loop runs already: await the coroutine.\n",
     "async int total(void) { return acc_run(fetch(1)); }\n", "async int total(void) { return await fetch(1); }\n"},
    {9, NULL, "Not supported yet", "This is part of the language, but this version of acc does not translate it.\n", NULL,
     NULL},
    {10, NULL, "Functions of different types, one of them async",
     "An async function is called in a way of its own, so that a pointer to one is of another type: 'async' is part of it, "
     "and so\n"
     "is the type of the result. Declare the pointer as what it points to.\n",
     "int (*op)(int) = fetch;\n", "async int (*op)(int) = fetch;\n"},
    {11, NULL, "acc_coro, acc_task and acc_future do not convert to each other",
     "A handle's type says what it is and which type its result has. acc_task(void) stands for any task (and future) whose "
     "result\n"
     "is not wanted; nothing else converts. A coroutine becomes a task by acc_create_task.\n",
     "async void start(void) {\n"
     "    acc_task(double) t = acc_create_task(fetch(1)); // async int fetch(int)\n"
     "    await t;\n"
     "}\n",
     "async void start(void) {\n"
     "    acc_task(int) t = acc_create_task(fetch(1));\n"
     "    acc_task(void) any = t;\n"
     "    acc_cancel(any);\n"
     "}\n"},
    {19, NULL, "Wrong arguments of a function of acc.h",
     "The functions that take coroutines or tasks of any type are known to acc, which checks their arguments as the C "
     "compiler\n"
     "checks others. An acc_gather takes awaitables, each with a place for its result before it or without; the results "
     "are\n"
     "assigned by the await that waits for it, so that a gather with places stands under an 'await', alone or in "
     "acc_wait_for.\n",
     "async int both(void) {\n"
     "    int a;\n"
     "    char *b;\n"
     "    await acc_gather(a = fetch(1), b = fetch(2));\n"
     "    return a + *b;\n"
     "}\n",
     "async int both(void) {\n"
     "    int a, b;\n"
     "    await acc_gather(a = fetch(1), b = fetch(2));\n"
     "    return a + b;\n"
     "}\n"},
    {20, NULL, "setjmp in an async function",
     "An async function leaves its stack when it suspends, so that a longjmp would come back to a stack that is gone. Put "
     "setjmp\n"
     "and what it guards into an ordinary function, or throw an error instead of the longjmp.\n",
     "static jmp_buf place;\n"
     "async int guarded(void) {\n"
     "    if (setjmp(place)) return -1;\n"
     "    return await fetch(1);\n"
     "}\n",
     "static jmp_buf place;\n"
     "static int guarded(int n) { return setjmp(place) ? -1 : parse(n); }\n"
     "async int careful(void) { return guarded(await fetch(1)); }\n"},
    {21, NULL, "A block of alloca's is used across an 'await'",
     "What alloca gives lies on the stack, which an async function leaves when it suspends: behind the 'await' the block is "
     "gone.\n"
     "Local arrays, variable-length ones too, are kept across an 'await'; so is what malloc gives. An alloca whose block is "
     "not\n"
     "used behind an 'await' is as good as in any function.\n",
     "async int total(int n) {\n"
     "    int *all = alloca(n * sizeof *all);\n"
     "    for (int i = 0; i < n; i++) all[i] = await fetch(i);\n"
     "    return sum(all, n);\n"
     "}\n",
     "async int total(int n) {\n"
     "    int all[n];\n"
     "    for (int i = 0; i < n; i++) all[i] = await fetch(i);\n"
     "    return sum(all, n);\n"
     "}\n"},
    {22, NULL, "An async main that is none",
     "The program's entry is 'async int main(void)' or 'async int main(int argc, char **argv)', as C has it: acc writes a C "
     "main\n"
     "that runs it and returns its value.\n",
     "async void main(void) { await refresh(); }\n",
     "async int main(void) {\n"
     "    await refresh();\n"
     "    return 0;\n"
     "}\n"},
    {23, "unevaluated-await", "'await' in an operand that is not evaluated",
     "The operand of sizeof, typeof, _Alignof and the like is not evaluated, only its type is asked: nothing is awaited. "
     "What a\n"
     "macro puts into such an operand gets no warning, so that assert(await ready()) is as good as in C.\n",
     "async size_t size(void) { return sizeof(await fetch(1)); }\n",
     "async size_t size(void) {\n"
     "    int n = await fetch(1);\n"
     "    return sizeof n;\n"
     "}\n"},
    {24, "may-throw", "An error may end the process here",
     "An error travels up through async functions. An ordinary function has nowhere to let it go: an error that is thrown "
     "there\n"
     "ends the process, with its traceback. acc_try gives the error as a value. acc_run, and scheduling and cancelling, "
     "which fail\n"
     "for want of memory only, get no warning.\n",
     "static void done(acc_future(int) f) { acc_future_set_result(f, 1); } // it may have a result already\n",
     "static void done(acc_future(int) f) { acc_future_try_set_result(f, 1); }\n"
     "static int value(acc_task(int) t) {\n"
     "    acc_outcome(int) r = acc_try(acc_result(t));\n"
     "    return r.error ? -1 : r.value;\n"
     "}\n"},
    {25, "blocking-call", "A call that blocks the loop",
     "All tasks of a loop share one thread. While a call such as this one waits in the kernel, none of them runs: use what "
     "is\n"
     "named instead, or give the call to a thread with acc_to_thread. An ordinary function of the file that makes such a "
     "call is\n"
     "found too. No warning is given where the call is seen not to wait: with MSG_DONTWAIT or WNOHANG, poll with a timeout\n"
     "of 0; nor for calls on descriptors in a function that asks acc_readable or acc_writable first.\n",
     "async void pause_a_little(void) { sleep(1); }\n", "async void pause_a_little(void) { await acc_sleep(1); }\n"},
    {26, "escaping-local", "A task may outlive the local variable whose address it has",
     "A local variable is gone when the function that it belongs to ends, a task is not. The warning comes where the "
     "address of a\n"
     "local variable, a local array or a compound literal is among the arguments of what acc_create_task starts, and the "
     "function\n"
     "can end without having waited for the task: the handle is dropped, or there is a way to the function's end on which\n"
     "nothing waits for the task. Any use of the handle but asking, naming, cancelling and detaching counts as waiting; "
     "ways out\n"
     "by an error are not looked at.\n",
     "async void start(void) {\n"
     "    int count = 0;\n"
     "    acc_create_task(worker(&count));\n"
     "}\n",
     "async void start(void) {\n"
     "    int count = 0;\n"
     "    acc_task(void) t = acc_create_task(worker(&count));\n"
     "    await t;\n"
     "}\n"},
    {27, "lock-across-await", "A thread's lock is held across an 'await'",
     "While this function is suspended other tasks of the loop run, on the same thread. One that wants the same mutex "
     "blocks that\n"
     "thread, and with it the task that could unlock it: a deadlock. Unlock before the 'await', or use an acc_lock, for "
     "which\n"
     "tasks wait without blocking the thread.\n",
     "static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;\n"
     "#pragma GCC diagnostic ignored \"-Wblocking-call\"\n"
     "async void update(int *total) {\n"
     "    pthread_mutex_lock(&mutex);\n"
     "    *total += await fetch(1);\n"
     "    pthread_mutex_unlock(&mutex);\n"
     "}\n",
     "static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;\n"
     "#pragma GCC diagnostic ignored \"-Wblocking-call\"\n"
     "async void update(int *total) {\n"
     "    int n = await fetch(1);\n"
     "    pthread_mutex_lock(&mutex);\n"
     "    *total += n;\n"
     "    pthread_mutex_unlock(&mutex);\n"
     "}\n"},
    {28, "frame-size", "A frame is larger than -Wframe-size=BYTES allows",
     "What must survive an 'await' is kept in the function's frame, on the heap, for as long as the call lasts. With many "
     "calls that\n"
     "wait at once the frames are what the program's memory goes to. The option sets a limit for each; without it there is\n"
     "none. The notes name the largest variables and an 'await' that keeps each: end the variable's scope before the "
     "'await',\n"
     "use it up before, or keep the data elsewhere. acc --emit=frames shows a frame whole.\n"
     "\n"
     "The limit in these examples is 1024.\n",
     "async int save(int n) {\n"
     "    char text[2000];\n"
     "    memset(text, n, sizeof text);\n"
     "    await refresh();\n"
     "    return text[0];\n"
     "}\n",
     "async int save(int n) {\n"
     "    int first;\n"
     "    {\n"
     "        char text[2000];\n"
     "        memset(text, n, sizeof text);\n"
     "        first = text[0];\n"
     "    }\n"
     "    await refresh();\n"
     "    return first;\n"
     "}\n"},
    {30, NULL, "An error type that is not known",
     "The names behind throw and catch are error types, which have a name space of their own: those of acc.h, and what\n"
     "acc_define_error defines or acc_declare_error declares. Declare the type before it is used.\n",
     "async void check(int status) {\n"
     "    if (status != 200) throw HttpError(status, \"refused\");\n"
     "}\n",
     "acc_define_error(HttpError, OSError); // in a header: acc_declare_error(HttpError);\n"
     "async void check(int status) {\n"
     "    if (status != 200) throw HttpError(status, \"refused\");\n"
     "}\n"},
    {31, NULL, "'throw' or 'try' outside an async function",
     "Errors travel through async functions only. In ordinary C acc_try gives the error of what it holds as a value, and\n"
     "acc_error_new makes one that can be returned.\n",
     "int load(void) {\n"
     "    throw ValueError(\"no file\");\n"
     "}\n",
     "async int load(void) {\n"
     "    throw ValueError(\"no file\");\n"
     "}\n"},
    {32, NULL, "'throw;' outside a catch",
     "Without an error behind it throw throws again the error that is being handled. Outside a catch there is none.\n",
     "async void retry(void) {\n"
     "    throw;\n"
     "}\n",
     "async void retry(void) {\n"
     "    try {\n"
     "        await fetch(1);\n"
     "    } catch (OSError) {\n"
     "        throw;\n"
     "    }\n"
     "}\n"},
    {33, NULL, "A jump out of 'finally' or 'defer'",
     "Cleanup runs while something else is under way: a return, a jump, an error. A jump out of it would lose that. Let it\n"
     "run to its end; an error that it throws is allowed, and keeps the one before as its context.\n",
     "async int f(void) {\n"
     "    try {\n"
     "        return await fetch(1);\n"
     "    } finally {\n"
     "        return 0;\n"
     "    }\n"
     "}\n",
     "async int f(void) {\n"
     "    int n = 0;\n"
     "    try {\n"
     "        n = await fetch(1);\n"
     "    } catch (OSError) {\n"
     "        n = 0;\n"
     "    }\n"
     "    return n;\n"
     "}\n"},
    {34, NULL, "A jump into guarded statements",
     "A goto or case label may not enter a try, catch, finally, async for or async with from outside, nor pass a defer: "
     "what\n"
     "these set up would be missing.\n",
     "async void f(int n) {\n"
     "    if (n) goto inside;\n"
     "    try {\n"
     "    inside:\n"
     "        await fetch(n);\n"
     "    } finally {\n"
     "    }\n"
     "}\n",
     "async void f(int n) {\n"
     "    try {\n"
     "        if (!n) await fetch(n);\n"
     "    } finally {\n"
     "    }\n"
     "}\n"},
    {35, "unreachable-catch", "A catch that is never reached",
     "Clauses are tried in their order. One that names nothing but types, or descendants of types, that an earlier one "
     "takes\n"
     "is never reached: put the narrower one first.\n",
     "async void f(void) {\n"
     "    try {\n"
     "        await fetch(1);\n"
     "    } catch (OSError) {\n"
     "    } catch (TimeoutError) {\n"
     "    }\n"
     "}\n",
     "async void f(void) {\n"
     "    try {\n"
     "        await fetch(1);\n"
     "    } catch (TimeoutError) {\n"
     "    } catch (OSError) {\n"
     "    }\n"
     "}\n"},
    {36, NULL, "A computed goto where cleanup is pending",
     "Where it goes is known at run time only, so the cleanup between here and there cannot be run. Use a goto to a label, "
     "or\n"
     "a switch.\n",
     "async void f(void *where) {\n"
     "    defer puts(\"left\");\n"
     "    goto *where;\n"
     "}\n",
     "async void f(int where) {\n"
     "    defer puts(\"left\");\n"
     "    if (where == 1) goto end;\n"
     "    await fetch(where);\n"
     "end:;\n"
     "}\n"},
    {37, NULL, "No context manager, no iterator",
     "'async with' takes a pointer to a type M for which M_aenter and M_aexit are declared, 'async for' one to a type with\n"
     "M_anext, or a generator. They are found by the type's own name, a typedef's or a structure's tag.\n",
     "struct door { int open; };\n"
     "async void f(struct door *d) {\n"
     "    async with (d) puts(\"inside\");\n"
     "}\n",
     "struct door { int open; };\n"
     "async void door_aenter(struct door *d) { d->open = 1; }\n"
     "async void door_aexit(struct door *d, const acc_error *error) { d->open = 0; }\n"
     "async void f(struct door *d) {\n"
     "    async with (d) puts(\"inside\");\n"
     "}\n"},
    {38, NULL, "A variable of another type than what it is given",
     "The variable that 'async with' or 'async for' declares is given what M_aenter, M_anext or the generator gives, and "
     "must\n"
     "be of that type.\n",
     "typedef struct door { int open; } door;\n"
     "async int door_aenter(door *d) { return d->open++; }\n"
     "async void door_aexit(door *d, const acc_error *error) { d->open = error != NULL; }\n"
     "async void f(door *d) {\n"
     "    async with (char *name = d) puts(name);\n"
     "}\n",
     "typedef struct door { int open; } door;\n"
     "async int door_aenter(door *d) { return d->open++; }\n"
     "async void door_aexit(door *d, const acc_error *error) { d->open = error != NULL; }\n"
     "async void f(door *d) {\n"
     "    async with (int count = d) printf(\"%d\\n\", count);\n"
     "}\n"},
    {39, NULL, "'yield' where it cannot stand",
     "Only a generator yields: an async function whose result is declared as acc_generator(T). Each yield gives one T.\n",
     "async int numbers(void) {\n"
     "    yield 1;\n"
     "    return 2;\n"
     "}\n",
     "async acc_generator(int) numbers(void) {\n"
     "    yield 1;\n"
     "    yield 2;\n"
     "}\n"},
    {40, "throw-format", "An error's message and its arguments do not fit",
     "The text behind an error type is a format as printf's. What stands behind it must be what the format says.\n",
     "async void check(int status) {\n"
     "    throw ValueError(\"status %s\", status);\n"
     "}\n",
     "async void check(int status) {\n"
     "    throw ValueError(\"status %d\", status);\n"
     "}\n"},
    {45, NULL, "A call that cannot be made elsewhere",
     "acc_to_thread(f(args)) and acc_run_in_executor(pool, f(args)) take a call: its arguments are evaluated at once, the "
     "call "
     "is\n"
     "made in another thread or process. What is no call has nothing to be made there. A function of acc's own that belongs "
     "to "
     "the\n"
     "loop that runs here (acc_create_task and its like), and a generator, cannot be used from another thread. The types of "
     "the\n"
     "arguments and of the value must have names outside the function: a structure that is declared within it has none.\n",
     "int slow(int n);\n"
     "async int f(void) {\n"
     "    return await acc_to_thread(slow);\n"
     "}\n",
     "int slow(int n);\n"
     "async int f(void) {\n"
     "    return await acc_to_thread(slow(3));\n"
     "}\n"},
    {46, NULL, "A pointer that comes from another process",
     "A job of a process pool works on a copy of the memory: what it allocates or writes is gone with its process, so that "
     "a\n"
     "pointer among what it gives would point to nothing. It gives back values: a structure with the bytes in it, for "
     "instance.\n"
     "Where acc cannot know what kind of pool it is, acc_run_in_executor throws a ValueError instead.\n",
     "char *render(int n);\n"
     "async void f(void) {\n"
     "    async with (acc_executor *pool = acc_process_pool_new(2)) {\n"
     "        puts(await acc_run_in_executor(pool, render(3)));\n"
     "    }\n"
     "}\n",
     "struct page { char text[400]; };\n"
     "struct page render(int n);\n"
     "async void f(void) {\n"
     "    async with (acc_executor *pool = acc_process_pool_new(2)) {\n"
     "        struct page p = await acc_run_in_executor(pool, render(3));\n"
     "        puts(p.text);\n"
     "    }\n"
     "}\n"},
    {0, NULL, NULL, NULL, NULL, NULL},
};
