/* unsaid.h: the warnings that only the view shows. For files that know libclang. */
#ifndef ACC_UNSAID_H
#define ACC_UNSAID_H

#include "libclang.h"

#include "sema.h"

/* The options that libclang needs to give them. */
void unsaid_ask(Arena *a, const CStrVec *args, CStrVec *to);
/* A warning of clang's at a place in an async function. False: it is none of these. */
bool unsaid_report(Arena *a, Sema *s, Diags *diags, const CStrVec *args, CXDiagnostic d, size_t at, const char *words);
/* Bodies that are a semicolon: those that are generated have braces. */
void unsaid_bodies(Sema *s, Diags *diags, const CStrVec *args);

#endif
