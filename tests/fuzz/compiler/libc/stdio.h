/* A libc of a few lines, so that reading it costs the fuzzer little. What a program wants beyond these headers is the system's. */
#ifndef FUZZ_STDIO_H
#define FUZZ_STDIO_H
#include <stdarg.h>
#include <stddef.h>
typedef struct FILE FILE;
extern FILE *stdin, *stdout, *stderr;
#define EOF (-1)
#define stdin stdin
#define stdout stdout
#define stderr stderr
int printf(const char *, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *, const char *, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *, size_t, const char *, ...) __attribute__((format(printf, 3, 4)));
int sprintf(char *, const char *, ...);
int vsnprintf(char *, size_t, const char *, va_list);
int vprintf(const char *, va_list);
int puts(const char *);
int putchar(int);
int fputs(const char *, FILE *);
int fputc(int, FILE *);
char *fgets(char *, int, FILE *);
int fflush(FILE *);
FILE *fopen(const char *, const char *);
FILE *open_memstream(char **, size_t *);
int fclose(FILE *);
size_t fread(void *, size_t, size_t, FILE *);
size_t fwrite(const void *, size_t, size_t, FILE *);
void perror(const char *);
#endif
