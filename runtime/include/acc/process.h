/* acc/process.h: subprocesses. Part of acc.h, which includes it.
 *
 * A process that was started is reaped as soon as it ends, waited for or not; one that still runs when it is closed, or at its
 * loop's end, is killed. */
#ifndef ACC_PROCESS_H
#define ACC_PROCESS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ACC_STILL_RUNNING INT_MIN

typedef struct acc_process {    /* to be read, not written */
    acc_stream *in, *out, *err; /* the other ends of its pipes; NULL where there is none */
    int pid;
    int returncode; /* its exit status, or minus the signal that ended it; ACC_STILL_RUNNING */
} acc_process;

/* What the process has as its descriptors 0 to 2. */
enum {
    ACC_INHERIT = 0, /* what this process has there */
    ACC_PIPE = -1,   /* a stream of acc_process */
    ACC_STDOUT = -2, /* err: where out goes */
    ACC_DEVNULL = -3,
    /* a positive number: that descriptor, which stays the caller's */
};

typedef struct acc_process_options {
    int in, out, err;
    const char *cwd;        /* where it runs; NULL: here */
    char *const *env;       /* "NAME=value" each, then NULL; NULL: this process's */
    const char *executable; /* the program, if argv[0] is to be something else */
    const int *pass_fds;    /* what it has besides 0 to 2, by the same numbers; all others are closed there */
    size_t pass_fd_count;
    bool new_session; /* setsid() */
    bool new_group;   /* a process group of its own */
    size_t limit;     /* of the streams: see acc_stream_set_limits; 0: the usual one */
} acc_process_options;

#ifdef __ACC__
/* Starts argv[0], searched for in PATH (of env) where it has no slash, with those arguments (NULL behind the last). options:
 * NULL: all inherited. Throws what keeps it from starting, FileNotFoundError and PermissionError with the path among it,
 * ValueError where argv is empty. Signals are as usual there: none blocked, SIGPIPE kills. asyncio: create_subprocess_exec(). */
async acc_process *acc_create_subprocess_exec(const char *const *argv, const acc_process_options *options);
/* The same by /bin/sh -c. asyncio: create_subprocess_shell(). */
async acc_process *acc_create_subprocess_shell(const char *cmd, const acc_process_options *options);
/* Waits until it has ended, and gives its returncode; any number of times. asyncio: wait(). */
async int acc_process_wait(acc_process *p);
/* Sends it n bytes, if in is a pipe, and the end; reads all that it writes, and waits for it: its returncode. What it has
 * written to out and err is the caller's to free, and has a zero byte behind it; NULL where that is no pipe. Where `out` (`err`)
 * is NULL it is read all the same. Cancelled, what was read is kept for the next call, which need not send anything again.
 * asyncio: communicate(). */
async int acc_process_communicate(acc_process *p, const void *in, size_t n, char **out, size_t *out_len, char **err,
                                  size_t *err_len);
/* Throw OSError (its code is ESRCH) where it has ended. asyncio: kill(), terminate(), send_signal(). */
acc_throws void acc_process_send_signal(acc_process *p, int signum);
acc_throws void acc_process_terminate(acc_process *p);
acc_throws void acc_process_kill(acc_process *p);
/* Closes its pipes, kills it if it runs still, and waits until it is gone; then p is closed. */
async void acc_process_close(acc_process *p);
/* async with closes. */
async acc_process *acc_process_aenter(acc_process *p);
async void acc_process_aexit(acc_process *p, const acc_error *error);
#endif

#ifdef __cplusplus
}
#endif
#endif
