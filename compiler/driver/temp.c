/* temp.c: what is removed at the end, also when a signal is the end. The list is the process's own, hence global: a signal
 * handler has nothing else. It only ever grows, and is changed with signals held back. */
#include "temp.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/base.h"
#include "../base/spawn.h"

typedef struct Doomed {
    struct Doomed *next;
    bool output;
    char path[];
} Doomed;

static Doomed *doomed;
static char *folder; /* of the temporary files */
static unsigned count;

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* Only what is safe in a signal handler. A device or a folder that was named as output is left alone. */
static void remove_all(bool outputs) {
    struct stat st;
    for (Doomed *d = doomed; d; d = d->next)
        if ((outputs || !d->output) && lstat(d->path, &st) == 0 && S_ISREG(st.st_mode)) unlink(d->path);
    if (folder) rmdir(folder);
}

static void on_signal(int sig) {
    int saved = errno;
    if (spawn_running > 0) { /* what the C compiler writes must not come after */
        kill(spawn_running, sig);
        waitpid(spawn_running, NULL, 0);
    }
    remove_all(true);
    errno = saved;
    signal(sig, SIG_DFL);
    raise(sig);
}

/* A fault of acc's own: told as one, on a stack of its own since the usual one may be what ran out. */
static void on_fault(int sig) {
    static const char says[] =
        "acc: internal error: it crashed; this is a fault of acc, not of your program: please report it with "
        "the source file and the command line\n";
    if (write(STDERR_FILENO, says, sizeof says - 1) < 0) sig = 0;
    (void)sig;
    remove_all(true);
    _exit(1);
}

static void on_bug(void *arg) {
    (void)arg;
    remove_all(true);
}

void temp_begin(void) {
    static const int ends[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGXCPU, SIGXFSZ};
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction end = {.sa_handler = on_signal},
                     fault = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_RESETHAND};
    sigfillset(&end.sa_mask);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction old;
        if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(ends[i], &end, NULL);
    }
    stack_t stack = {.ss_size = 1 << 16};
    stack.ss_sp = SANITIZED ? NULL : malloc(stack.ss_size);
    if (stack.ss_sp && sigaltstack(&stack, NULL) == 0)
        for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigaction(faults[i], &fault, NULL);
    bug_cleanup(on_bug, NULL);
}

static Doomed *doom(const char *path, bool output) {
    size_t n = strlen(path) + 1;
    Doomed *d = malloc(sizeof *d + n);
    if (!d) bug("out of memory");
    d->output = output;
    memcpy(d->path, path, n);
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    d->next = doomed;
    doomed = d;
    sigprocmask(SIG_SETMASK, &old, NULL);
    return d;
}

static bool is_doomed(const char *path) {
    for (Doomed *d = doomed; d; d = d->next)
        if (strcmp(d->path, path) == 0) return true;
    return false;
}

static bool make_folder(void) {
    if (folder) return true;
    const char *dir = getenv("TMPDIR");
    if (!dir || access(dir, W_OK | X_OK) != 0) dir = "/tmp";
    size_t n = strlen(dir) + sizeof "/acc-XXXXXX";
    char *path = malloc(n);
    if (!path) return false;
    snprintf(path, n, "%s/acc-XXXXXX", dir);
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    folder = mkdtemp(path);
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (!folder) free(path);
    return folder != NULL;
}

const char *temp_file(const char *name) {
    char path[4096];
    if (!make_folder()) return NULL;
    const char *slash = strrchr(name, '/');
    if (slash) name = slash + 1;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    while (is_doomed(path)) { /* two files of one name from two folders */
        if (snprintf(path, sizeof path, "%s/%u-%s", folder, ++count, name) < (int)sizeof path) continue;
        errno = ENAMETOOLONG;
        return NULL;
    }
    return doom(path, false)->path;
}

void temp_output(const char *path) { doom(path, true); }

/* What the C compiler put beside our temporary files. */
static void empty_folder(void) {
    DIR *dir = folder ? opendir(folder) : NULL;
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));)
        if (*e->d_name != '.') unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
}

void temp_end(bool well) {
    empty_folder();
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    remove_all(!well);
    while (doomed) {
        Doomed *d = doomed;
        doomed = d->next;
        free(d);
    }
    free(folder);
    folder = NULL;
    sigprocmask(SIG_SETMASK, &old, NULL);
}
