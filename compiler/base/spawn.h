/* spawn.h: other programs, run by posix_spawn with an argument vector; never a shell. */
#ifndef ACC_SPAWN_H
#define ACC_SPAWN_H

#include <sys/types.h>

#include "base.h"

typedef struct Spawn {
    const char *const *argv; /* ends with NULL; argv[0] is looked up in PATH */
    const char *input;       /* what it reads from its standard input; NULL: ours */
    size_t input_len;
    StrBuf *out, *err; /* what it writes is added here; NULL: goes where ours goes */
} Spawn;

/* Runs it to its end. Its exit status; 128 + n where signal n killed it; -1 where it could not be started (errno says why). */
int spawn_run(const Spawn *s);

/* The process that spawn_run waits for, 0: none. For a signal handler that must end it too. */
extern volatile pid_t spawn_running;

#endif
