#ifndef FUZZ_ERRNO_H
#define FUZZ_ERRNO_H
int *__errno_location(void);
#define errno (*__errno_location())
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EINVAL 22
#define EPIPE 32
#define ETIMEDOUT 110
#define ECONNREFUSED 111
#define ECONNRESET 104
#endif
