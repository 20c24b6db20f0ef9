/* types.h: clang's types as ours (types.c), for analyse only. */
#ifndef ACC_TYPES_H
#define ACC_TYPES_H

#include "libclang.h"

#include "sema.h"

typedef struct Types {
    Arena *a;
    Map *made;         /* clang's type -> Type */
    Map *tags, *names; /* what the bodies of async functions declare */
    CStrVec *aliases;  /* a typedef for each type whose name they hide */
} Types;

void types_init(Types *ts, Arena *a, CStrVec *aliases);
Type *types_get(Types *ts, CXType t);
Type *types_parameter(Types *ts, CXType t);
Type *types_pointer(Types *ts, Type *to);
bool types_file_scope(CXCursor decl);
const char *types_string(Types *ts, CXString s); /* disposes s */
/* A message of clang's in the user's terms: no type or name of the view is left in it. */
char *types_reworded(Arena *a, const char *message);

#endif
