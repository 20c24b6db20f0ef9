/* command.h: the commands that do the work. */
#ifndef ACC_COMMAND_H
#define ACC_COMMAND_H

#include "options.h"
#include "toolchain.h"

/* All that the steps of one run of acc share. */
typedef struct Job {
    Arena *arena;
    Options *options;
    Toolchain tools;
    const char *format; /* the C compiler's -fdiagnostics-format=, or NULL */
    StrBuf input;       /* standard input, where it is a file for acc */
    bool input_read;
} Job;

#define KIND(k) (1u << (k))

/* The C compiler's words. */
CStrVec command_new(Job *j);
void command_add(Job *j, CStrVec *argv, const char *word);
/* Words up to a NULL. */
void command_addn(Job *j, CStrVec *argv, ...) __attribute__((sentinel));
/* The options of these kinds, in order. */
void command_options(Job *j, CStrVec *argv, unsigned kinds);
/* The folder of acc.h, last among the -I. */
void command_include(Job *j, CStrVec *argv);
/* A file, with its -x. */
void command_input(Job *j, CStrVec *argv, const Arg *arg);

/* Shows the command where -v or -### ask for it. argv may, but need not, end with NULL. */
void command_show(Job *j, const CStrVec *argv);
/* Shows it, runs it unless -### forbids. Did it succeed? */
bool command_run(Job *j, CStrVec argv);
bool command_run_with_input(Job *j, CStrVec argv, const char *input, size_t len);

/* link.c: what is linked of acc's own comes behind all else. False: the runtime is nowhere, which is told. */
bool link_runtime(Job *j, CStrVec *argv);
bool link_program(Job *j);

/* async_input.c: a file for acc, through all its steps. */
bool async_input(Job *j, Arg *arg);

/* pragmas.c: has clang let pass the pragmas about acc's own warnings. False: there are none in what it read; else it is to read it
 * anew. */
bool pragmas_shown(Job *j, PreprocessOptions *pre, const StrBuf *text);

/* Does cc compile it, rather than hand it to the linker? */
bool is_source(const Arg *arg);
/* The name without folder and suffix, with another suffix. */
const char *with_suffix(Arena *a, const char *name, const char *suffix);

#endif
