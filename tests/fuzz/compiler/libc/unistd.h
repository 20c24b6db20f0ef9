#ifndef FUZZ_UNISTD_H
#define FUZZ_UNISTD_H
#include <stddef.h>
typedef long ssize_t;
typedef int pid_t;
unsigned sleep(unsigned);
int usleep(unsigned);
ssize_t read(int, void *, size_t);
ssize_t write(int, const void *, size_t);
int close(int);
int pipe(int[2]);
int unlink(const char *);
pid_t getpid(void);
#endif
