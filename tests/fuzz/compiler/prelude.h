/* prelude.h: what stands before an input: the declarations of before.h. */
#ifndef FUZZ_PRELUDE_H
#define FUZZ_PRELUDE_H

#include "base/base.h"

void prelude_add(StrBuf *to, const char *text, size_t len); /* those that the text needs */
void prelude_whole(StrBuf *to);
bool prelude_declares(const char *name, size_t len);

#endif
