/* libclang.c: loads libclang. Needs its name, by CMake; leaves its functions' addresses. */
#include "libclang.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *load(void) {
    const char *file = strrchr(LIBCLANG, '/');
    void *library = dlopen(file ? file + 1 : LIBCLANG, RTLD_NOW | RTLD_LOCAL); /* wherever the loader finds it */
    if (!library) library = dlopen(LIBCLANG, RTLD_NOW | RTLD_LOCAL);           /* or where it was when acc was built */
    if (library) return library;
    fprintf(stderr, "acc: error: cannot load libclang, which knows the types: %s\n", dlerror());
    fprintf(stderr, "acc: note: install it (Debian: apt install libclang1-19), or build acc with the one that is here\n");
    exit(1);
}

const Libclang *libclang(void) {
    static Libclang functions;
    static bool loaded;
    if (loaded) return &functions;
    void *library = load(), *f;
    static const struct {
        const char *name;
        size_t at;
    } all[] = {
#define LIBCLANG_FUNCTION(f) {"clang_" #f, offsetof(Libclang, f)},
        LIBCLANG_FUNCTIONS(LIBCLANG_FUNCTION)
#undef LIBCLANG_FUNCTION
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!(f = dlsym(library, all[i].name))) {
            fprintf(stderr, "acc: error: %s has no function '%s': acc needs libclang 14 or newer\n", LIBCLANG, all[i].name);
            exit(1);
        }
        memcpy((char *)&functions + all[i].at, &f, sizeof f);
    }
    loaded = true;
    return &functions;
}
