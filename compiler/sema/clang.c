/* clang.c: libclang's parser, asked in one way. Needs a preprocessed text; leaves a translation unit, the caller's to dispose. */
#include "clang.h"

#include <stdlib.h>

CXTranslationUnit clang_read(Arena *a, CXIndex index, const CStrVec *args, const char *const *own, const char *name,
                             const char *text, size_t len) {
    /* The last three: the text includes nothing, and looking for a gcc and its headers takes as long as a short text. */
    static const char *const always[] = {"-x",
                                         "cpp-output",
                                         "-Wformat",
                                         "-ferror-limit=0",
                                         "-fbracket-depth=1000000",
                                         "--gcc-toolchain=/dev/null",
                                         "--sysroot=/dev/null",
                                         "-nostdinc"};
    CStrVec argv = {0};
    for (size_t i = 0; args && i < args->len; i++) /* warnings are the C compiler's to give */
        if (strncmp(args->data[i], "-W", 2) && strncmp(args->data[i], "-pedantic", 9)) vec_push(a, &argv, args->data[i]);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) vec_push(a, &argv, always[i]);
    for (; *own; own++) vec_push(a, &argv, *own);
    /* libclang would parse on a thread of its own, with 8 MB of stack; ours is deeper, see base/stack.c */
    setenv("LIBCLANG_NOTHREADS", "1", 1);
    struct CXUnsavedFile file = {name, text, (unsigned long)len};
    CXTranslationUnit unit;
    enum CXErrorCode err =
        clang_parseTranslationUnit2(index, name, argv.data, (int)argv.len, &file, 1, CXTranslationUnit_KeepGoing, &unit);
    if (err != CXError_Success) bug("libclang refused a translation unit (error %d)", (int)err);
    return unit;
}
