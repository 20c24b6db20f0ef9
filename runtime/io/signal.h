/* signal.h: what core/signal.c and signal.ac have in common. */
#ifndef ACC_IO_SIGNAL_H
#define ACC_IO_SIGNAL_H

#include <acc.h>

typedef struct acc__watch { /* a signal, as its loop's waiters see it */
    acc_event came;         /* set and cleared each time: wakes who waits */
    uint64_t serial, given; /* how many have come; the last one that a waiter got */
    unsigned waiters;
    bool kept; /* one came while nobody waited */
} acc__watch;

#ifdef __ACC__
/* The loop has the signal from now on. */
acc_throws acc__watch *acc__signal_watch(int signum);
#endif

#endif
