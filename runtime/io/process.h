/* process.h: the border between process.c, which starts and reaps, and process.ac, which waits. */
#ifndef ACC_IO_PROCESS_H
#define ACC_IO_PROCESS_H

#include "io.h"
#include <stdlib.h>

#pragma GCC visibility push(hidden)

typedef struct acc__output { /* what communicate has read of a pipe */
    char *data;
    size_t length, room;
} acc__output;

typedef struct acc__talk {
    bool fed; /* what it was to be sent is in the stream */
    acc__output out, err;
} acc__talk;

/* Starts it, without waiting for it. */
ACC__THROWS(acc_process *, acc__process_start, const char *const *argv, const acc_process_options *options);
/* The event that tells of its end. Throws where p is closed. */
ACC__THROWS(acc_event *, acc__process_ended, acc_process *p);
ACC__THROWS(acc__talk *, acc__process_talk, acc_process *p);
ACC__THROWS(void, acc__process_room, acc__output *o);
/* Closes the pipes and kills it. False: it is closed already. */
bool acc__process_close_begin(acc_process *p);
/* It has ended: closed. forget: its memory goes at once. */
void acc__process_close_end(acc_process *p, bool forget);

#pragma GCC visibility pop
#endif
