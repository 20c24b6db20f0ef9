/* toolchain.h: the C compiler and the runtime that are used. */
#ifndef ACC_TOOLCHAIN_H
#define ACC_TOOLCHAIN_H

#include "options.h"

typedef struct Toolchain {
    CStrVec cc; /* its words */
    bool clang;
    const char *includedir, *libdir; /* NULL: not found */
} Toolchain;

/* Finds both. False: there is no C compiler, which is told. */
bool toolchain_find(Arena *a, const Options *o, Toolchain *t);
/* "gcc (Debian ...) 12.2.0". */
const char *toolchain_describe(Arena *a, const Toolchain *t);
/* The option that gives the C compiler's own diagnostics this format; NULL: it has none. */
const char *toolchain_format(Arena *a, const Toolchain *t, DiagFormat format);
/* Is dir one where the loader looks by itself? */
bool toolchain_system_libdir(const char *dir);

#endif
