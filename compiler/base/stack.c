/* stack.c: runs a function on a thread of its own, for the sake of its stack alone. Needs nothing; leaves nothing.
 *
 * The phases walk trees by recursion, and clang's parser does: how deep is the user's affair, not the shell's limit. Only the
 * pages that are touched cost memory. Where so much address space is not to be had (ulimit -v) a smaller stack is taken. Who
 * is on such a stack already stays there. */
#include "stack.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Call {
    void (*fn)(void *);
    void *arg;
    sigset_t mask;
} Call;

static _Thread_local bool deep;

static void *run(void *data) {
    Call *c = data;
    pthread_sigmask(SIG_SETMASK, &c->mask, NULL);
    deep = true;
    c->fn(c->arg);
    return NULL;
}

void stack_run(void (*fn)(void *), void *arg) {
    if (deep) {
        fn(arg);
        return;
    }
    Call call = {.fn = fn, .arg = arg};
    pthread_t thread;
    sigset_t all;
    sigfillset(&all); /* signals are the new thread's alone: what it holds back stays back */
    pthread_sigmask(SIG_SETMASK, &all, &call.mask);
    int error = -1;
    for (size_t size = (size_t)1 << 30; error && size >= (size_t)16 << 20; size /= 4) {
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        if (!pthread_attr_setstacksize(&attr, size)) error = pthread_create(&thread, &attr, run, &call);
        pthread_attr_destroy(&attr);
    }
    if (!error) pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &call.mask, NULL);
    if (error) fn(arg);
}
