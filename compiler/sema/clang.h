/* clang.h: within sema/ only: libclang's parser, asked in one way by syntax.c and analyse.c. */
#ifndef ACC_CLANG_H
#define ACC_CLANG_H

#include "libclang.h"

#include "../base/base.h"

/* Reads a preprocessed text, with the user's options and these. Errors of clang's own (it crashed) are bugs. */
CXTranslationUnit clang_read(Arena *a, CXIndex index, const CStrVec *args, const char *const *own, const char *name,
                             const char *text, size_t len);

#endif
