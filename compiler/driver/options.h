/* options.h: the command line, read once. */
#ifndef ACC_OPTIONS_H
#define ACC_OPTIONS_H

#include "../base/base.h"
#include "../base/diag.h"
#include "../translate.h"

/* Where to stop. */
typedef enum Stage {
    STAGE_PREPROCESS, /* -E, -M, -MM */
    STAGE_TRANSLATE,  /* --emit=, --dump= */
    STAGE_CHECK,      /* -fsyntax-only */
    STAGE_ASSEMBLY,   /* -S */
    STAGE_OBJECT,     /* -c */
    STAGE_LINK,
} Stage;

/* What the C compiler is given, in the order of the command line; each step of the work takes the kinds that concern it. */
typedef enum ArgKind {
    ARG_COMPILE,    /* an option for any step: -O2, -g, -std=, -f..., -m..., -W... */
    ARG_PREPROCESS, /* only for what is not preprocessed yet: -D, -I, -include ... */
    ARG_TEXT,       /* only for -E: -P, -dM, -CC ... */
    ARG_DEPENDENCY, /* -MD, -MF ... */
    ARG_LINK,       /* the linker's, in its place among the inputs: -l, -L, -Wl, -shared ... */
    ARG_INPUT,      /* a file for the C compiler */
    ARG_ASYNC,      /* a file for acc */
} ArgKind;

typedef struct Arg {
    ArgKind kind;
    const char *text, *value; /* value: the option's argument where it stands by itself; NULL: none */
    const char *language;     /* of an input: what -x said; NULL: by its suffix */
    const char *object;       /* of an input for acc: what stands for it when it is linked */
} Arg;

typedef enum Runtime { RUNTIME_STATIC, RUNTIME_SHARED, RUNTIME_NONE } Runtime;

typedef struct Options {
    Stage stage;
    VEC(Arg) args;
    size_t inputs, async_inputs; /* how many; async_inputs of them are acc's */
    const char *output;          /* -o; NULL: none */
    EmitKind emit;
    const char *dump;
    bool no_tracebacks; /* -fno-tracebacks */
    size_t many_awaits; /* -fmany-awaits=, for tests: see translate.h */
    CStrVec cc;         /* --cc= or $CC, words; empty: to be found */
    Runtime runtime;
    bool verbose, dry_run; /* -v, -### */
    bool time_report;      /* -ftime-report */
    CStrVec warnings;      /* acc's own -W, as diags_option takes them */
    CStrVec defines;       /* the names of -D */
    DiagFormat format;
    DiagColor color;
    /* dependencies */
    bool deps, deps_file, deps_target; /* -MD or -MMD; -MF; -MT or -MQ */
    const char *deps_output;           /* -MF's */
    /* what the linker is not to add */
    bool shared, relocatable, no_libraries;
    bool pass_on; /* no inputs, but something that cc answers by itself: -v, -dumpmachine ... */
} Options;

/* Reads the command line. -1: go on; else the process is to end with that status (help was shown, bad usage was told). */
int options_read(Arena *a, int argc, char **argv, Options *o);

/* Bad usage: tells it, gives the exit status 2. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Something that is wrong with a file: tells it. */
void driver_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
