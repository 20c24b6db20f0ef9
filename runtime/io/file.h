/* file.h: the border between file.c, whose functions run in the pool, and file.ac, which waits for them. */
#ifndef ACC_IO_FILE_H
#define ACC_IO_FILE_H

#include "io.h"

#pragma GCC visibility push(hidden)

typedef struct acc__file {
    acc_lock lock; /* held by whoever uses what follows: one task, and a thread of the pool for it */
    int fd, flags;
    char *in; /* what was read: from start to end; a byte more than room */
    size_t start, end, room;
    char *out; /* what is to be written */
    size_t sent, pending, out_room;
    size_t line;      /* the length of the last line, */
    size_t ended;     /* where it was ended by a zero byte (0: nowhere), */
    char kept;        /* in place of that */
    int64_t position; /* where a seek has led */
    unsigned users;
    bool closed;
    char path[];
} acc__file;

/* With one user more, who leaves it. acc__file_use throws where it is closed. */
ACC__THROWS(acc__file *, acc__file_new, const char *path, const char *mode);
ACC__THROWS(acc__file *, acc__file_use, acc_file *handle);
void acc__file_leave(acc__file *f);
/* Its handle; NULL, thrown: no memory. */
ACC__THROWS(acc_file *, acc__file_handle, acc__file *f);
/* The handle is stale from now on. NULL: it was before. */
acc__file *acc__file_end(acc_file *handle);
/* Throws what happened to it. */
ACC__THROWS(void, acc__file_check, acc__file *f, int error);

/* In the pool; they give 0 or an errno. fill: until there are `want` bytes in the buffer, or at the end. */
int acc__file_open(acc__file *f);
int acc__file_fill(acc__file *f, size_t want);
int acc__file_send(acc__file *f);
int acc__file_seek(acc__file *f, int64_t offset, int whence);
int acc__file_shut(acc__file *f);

/* At once. */
ACC__THROWS(void, acc__file_put, acc__file *f, const void *p, size_t n);
size_t acc__file_take(acc__file *f, void *buf, size_t n);
char *acc__file_take_all(acc__file *f, size_t *n);
/* A line of the buffer; whole: what is left counts as one. */
bool acc__file_line(acc__file *f, char **line, bool whole);

#pragma GCC visibility pop
#endif
