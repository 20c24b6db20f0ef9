/* bug.c: the end of the road: a fault of acc's own. Says so, lets the driver remove what was begun, ends with status 1.
 * The one registered cleanup is the only global state of the compiler: an abort has no context to be passed. */
#include "base.h"

#include <stdlib.h>

#ifndef ACC_ISSUES
#define ACC_ISSUES "the project's issue tracker"
#endif

static void (*cleanup)(void *);
static void *cleanup_arg;

void bug_cleanup(void (*fn)(void *), void *arg) {
    cleanup = fn;
    cleanup_arg = arg;
}

void bug(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fflush(stdout);
    fputs("acc: internal error: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputs("\nacc: this is a fault of acc, not of your program: please report it at " ACC_ISSUES
          " with the source file and the command line\n",
          stderr);
    va_end(ap);
    void (*fn)(void *) = cleanup;
    cleanup = NULL; /* a bug in the cleanup ends here too */
    if (fn) fn(cleanup_arg);
    exit(1);
}
