/* explain.c: the page behind each number of a diagnostic, for --explain. */
#include <stdlib.h>

#include "help.h"

static const struct {
    int number;
    const char *page;
} pages[] = {
    {1, "ACC001: Syntax error\n"
        "\n"
        "The text is neither C nor the dialect. The place is that of the first word that fits nowhere, or behind the\n"
        "word where something is missing; the mistake may stand before it.\n"},
    {2, "ACC002: 'await' outside an async function\n"
        "\n"
        "Only an async function can wait: it is the one that is suspended. Make the function async and await it\n"
        "in turn, or run a coroutine to its end from ordinary C with acc_run.\n"
        "\n"
        "Wrong:\n"
        "    int total(void) { return await fetch(1); }\n"
        "\n"
        "Right:\n"
        "    async int total(void) { return await fetch(1); }\n"
        "    int from_c(void) { return acc_run(fetch(1)); }\n"},
    {3, "ACC003: A coroutine is used where its value was meant\n"
        "\n"
        "Calling an async function does not run it: it gives a coroutine, of type acc_coro(T). Its value comes\n"
        "from awaiting it.\n"
        "\n"
        "Wrong:\n"
        "    int n = fetch(1);\n"
        "\n"
        "The same goes for conditions, arguments and operands. An ordinary function cannot wait: there acc_run runs a\n"
        "coroutine to its end. To keep a coroutine, or to let it run beside, say so by the type.\n"
        "\n"
        "Right:\n"
        "    int n = await fetch(1);\n"
        "    acc_coro(int) later = fetch(2);\n"
        "    acc_task(int) beside = acc_create_task(fetch(3));\n"},
    {4, "ACC004: 'await' on what cannot be awaited\n"
        "\n"
        "'await' takes a coroutine, a task or a future. A plain value is there already, and a plain function's\n"
        "call is not waited for: leave 'await' out, or call the async function that was meant. An async function's\n"
        "name is no coroutine either: its call is.\n"
        "\n"
        "Wrong:\n"
        "    int n = await strlen(s);\n"
        "    await refresh;\n"
        "\n"
        "Right:\n"
        "    int n = strlen(s);\n"
        "    await refresh();\n"},
    {5, "ACC005: A coroutine is never awaited (-Wunawaited)\n"
        "\n"
        "Calling an async function gives a coroutine of which nothing has run yet. This one's value is dropped,\n"
        "so nothing of it ever will. Await it, or let it run beside with acc_create_task.\n"
        "\n"
        "Wrong:\n"
        "    save(file);\n"
        "\n"
        "Right:\n"
        "    await save(file);\n"
        "    acc_create_task(save(file));\n"},
    {6, "ACC006: 'await' where nothing is evaluated at run time\n"
        "\n"
        "A case label, an enumeration constant, the width of a bit-field and the initialiser of a static or global\n"
        "object are constants: they are worked out by the compiler, where there is nothing to wait for. Outside a\n"
        "function nothing is evaluated at all. Assign in a statement instead.\n"
        "\n"
        "Wrong:\n"
        "    static int n = await fetch(1);\n"
        "\n"
        "Right:\n"
        "    static int n;\n"
        "    n = await fetch(1);\n"},
    {7, "ACC007: A function that cannot be async\n"
        "\n"
        "An async function has a prototype with a fixed number of parameters and returns a complete type or void.\n"
        "'async' is a specifier of functions, of pointers to them and of typedefs of them; a variable is not async.\n"
        "\n"
        "Wrong:\n"
        "    async int log(const char *format, ...);\n"
        "\n"
        "Right:\n"
        "    async int log(const char *text);\n"},
    {8, "ACC008: acc_run in an async function\n"
        "\n"
        "acc_run makes a loop and runs it to its end. In an async function a loop runs already: await the coroutine.\n"
        "\n"
        "Wrong:\n"
        "    async int f(void) { return acc_run(fetch(1)); }\n"
        "\n"
        "Right:\n"
        "    async int f(void) { return await fetch(1); }\n"},
    {9, "ACC009: Not supported yet\n"
        "\n"
        "This is part of the language, but this version of acc does not translate it.\n"},
    {10, "ACC010: Functions of different types, one of them async\n"
         "\n"
         "An async function is called in a way of its own, so that a pointer to one is of another type: 'async' is\n"
         "part of it, and so is the type of the result. Declare the pointer as what it points to.\n"
         "\n"
         "Wrong:\n"
         "    int (*op)(int) = fetch;\n"
         "\n"
         "Right:\n"
         "    async int (*op)(int) = fetch;\n"},
    {11, "ACC011: acc_coro, acc_task and acc_future do not convert to each other\n"
         "\n"
         "A handle's type says what it is and which type its result has. acc_task(void) stands for any task (and\n"
         "future) whose result is not wanted; nothing else converts. A coroutine becomes a task by acc_create_task.\n"
         "\n"
         "Wrong:\n"
         "    acc_task(double) t = acc_create_task(fetch(1));    // async int fetch(int)\n"
         "\n"
         "Right:\n"
         "    acc_task(int) t = acc_create_task(fetch(1));\n"
         "    acc_task(void) any = t;\n"},
    {0, NULL}, /* the end */
};

int help_explain(const char *which) {
    const char *digits = which;
    char *end;
    while ((*digits | 32) >= 'a' && (*digits | 32) <= 'z') digits++;
    long number = strtol(digits, &end, 10);
    if (end == digits || *end) return usage_error("'%s' is not the number of a diagnostic: ACC012 is one", which);
    for (size_t i = 0; pages[i].page; i++) {
        if (pages[i].number != number) continue;
        fputs(pages[i].page, stdout);
        return 0;
    }
    driver_error("there is no diagnostic ACC%03ld", number);
    return 1;
}
