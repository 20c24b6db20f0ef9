#ifndef FUZZ_STDLIB_H
#define FUZZ_STDLIB_H
#include <stddef.h>
void *malloc(size_t);
void *calloc(size_t, size_t);
void *realloc(void *, size_t);
void free(void *);
_Noreturn void exit(int);
_Noreturn void _Exit(int);
_Noreturn void abort(void);
int atoi(const char *);
long strtol(const char *, char **, int);
char *getenv(const char *);
int setenv(const char *, const char *, int);
int system(const char *);
int rand(void);
int abs(int);
void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
int mkstemp(char *);
#define alloca __builtin_alloca
#endif
