#ifndef FUZZ_WCHAR_H
#define FUZZ_WCHAR_H
#include <stddef.h>
size_t wcslen(const wchar_t *);
#endif
