/* help.c: --help, --version. */
#include "help.h"

#include "toolchain.h"

static const char text[] =
    "Usage: acc [option...] file.ac... [file...] [-o output]\n"
    "\n"
    "Compiles C with async/await. A driver as cc is: it translates each .ac file to C, hands that and\n"
    "every other file (.c, .i, .s, .S, .o, .a, .so) to the C compiler, and links with libacc.\n"
    "\n"
    "Where to stop, and what to write:\n"
    "  -o FILE               write to FILE\n"
    "  -c                    compile, do not link\n"
    "  -S                    stop at assembly\n"
    "  -E                    preprocess only\n"
    "  -fsyntax-only         only check\n"
    "  --emit=c              the translated C; made for cc -c where -o ends in .c, else preprocessed text\n"
    "  --emit=readable       the translated C for a person to read\n"
    "  --emit=frames         the frame of each async function: fields, types, offsets, sizes, reasons\n"
    "  --emit=states         each async function's state machine, for Graphviz\n"
    "  --dump=PHASE          what a phase of the compiler leaves, for work on acc itself; one of:\n"
    "                       ";
static const char rest[] =
    "\n"
    "\n"
    "As with cc, and handed on to it:\n"
    "  -D -U -I -include -isystem -iquote -std= -O -g -W -f -m -pthread -l -L -Wl, -x LANGUAGE ...\n"
    "  -MD -MMD -MF FILE -MT TARGET -MQ TARGET -MP\n"
    "                        write a dependency file for make\n"
    "  -x ac                 what follows is C with async/await, whatever its suffix (- is standard input)\n"
    "  @FILE                 read more of the command line from FILE\n"
    "  --                    what follows are files\n"
    "\n"
    "Generated code:\n"
    "  -fno-tracebacks       leave the places of awaits out: less data, and tracebacks without this file\n"
    "\n"
    "The C compiler and the runtime:\n"
    "  --cc=CC               the C compiler: gcc 12 or newer, clang 14 or newer (else $CC, gcc, cc)\n"
    "  --libacc=static       link libacc.a (the default, but with -shared)\n"
    "  --libacc=shared       link libacc.so\n"
    "  --libacc=none         link neither\n"
    "\n"
    "Diagnostics:\n"
    "  -Wno-NAME, -Werror=NAME\n"
    "                        one warning of acc off, or an error: unawaited, blocking-call, escaping-local,\n"
    "                        lock-across-await, may-throw, throw-format, unevaluated-await,\n"
    "                        unreachable-catch; all of them\n"
    "                        are on. #pragma GCC diagnostic holds for them too\n"
    "  -Wframe-size=BYTES    warn of async functions that keep more than that while they wait\n"
    "  -w, -Werror           no warnings, warnings are errors (of acc and of the C compiler)\n"
    "  -fdiagnostics-format=text|json|sarif\n"
    "  -fdiagnostics-color=auto|always|never\n"
    "  --explain ACC003      tell more about a diagnostic; without a number: list them\n"
    "\n"
    "About acc:\n"
    "  -v                    show the commands that are run\n"
    "  -###                  show them and run none\n"
    "  -ftime-report         tell how long each phase takes, of acc and then of the C compiler\n"
    "  --help, --version\n"
    "\n"
    "Environment:\n"
    "  CC                    the C compiler, where --cc= does not name one\n"
    "  ACC_INCLUDEDIR        the folder of acc.h, instead of the one beside acc\n"
    "  ACC_LIBDIR            the folder of libacc, instead of the one beside acc\n"
    "  TMPDIR                the folder for temporary files\n"
    "  GCC_COLORS, NO_COLOR  colours of diagnostics, as for gcc\n"
    "\n"
    "Exit status: 0; 1 where an error was diagnosed; 2 on bad usage. No output file is left on failure.\n"
    "\n"
    "Example:\n"
    "  acc -O2 -Wall hello.ac -o hello && ./hello\n";

int help_show(void) {
    fputs(text, stdout);
    for (const char *const *dump = translate_dumps; *dump; dump++) printf(" %s", *dump);
    fputs(rest, stdout);
    return 0;
}

int help_version(Arena *a, const Options *o) {
    Toolchain t;
    printf("acc %s (ABI %s)\n", ACC_VERSION, ACC_ABI);
    if (toolchain_find(a, o, &t)) {
        printf("C compiler: %s\n", toolchain_describe(a, &t));
        printf("headers: %s\nlibraries: %s\n", t.includedir ? t.includedir : "not found", t.libdir ? t.libdir : "not found");
    }
    return 0;
}
