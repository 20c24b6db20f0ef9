/* every.c: linked with a whole program, which then runs again and again, its n-th allocation failing, n = 1, 2, ... until none fails.
 *
 * Each run is a fork made before main, so that compiling, loading and starting the sanitizers are paid for once; several are under
 * way at a time, since most programs sleep. A run is right where it ends by itself, as it would with memory enough or with a
 * MemoryError, caught or told: no signal, no word of a sanitizer, nothing left behind. What is wrong is told with its n.
 *
 * FAULT_FIRST, FAULT_LAST: a range of n; FAULT_JOBS: how many at a time; FAULT_SECONDS: what a run may take; FAULT_USUAL: the exit
 * status with memory enough. Without FAULT_JOBS the program runs as ever. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64 };
static struct run {
    pid_t pid; /* 0: free */
    long n;
    int said; /* its stderr */
} runs[MOST];
static int running, bad;
static long count, last; /* the first n at which nothing failed, once it is known */

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text && *text ? atol(text) : otherwise;
}

/* In the child: main follows. */
static void begin(struct run *r) {
    char text[32];
    snprintf(text, sizeof text, "%ld", r->n);
    setenv("ACC_FAIL_ALLOC", text, 1);
    setenv("ACC_HOSTILE", "1", 1);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(r->said, 2);
    for (int i = 3; i < 256; i++) close(i);
    signal(SIGINT, SIG_DFL);
    alarm((unsigned)number("FAULT_SECONDS", 20));
}

static void judge(struct run *r, int status) {
    static char said[1 << 16];
    ssize_t n = pread(r->said, said, sizeof said - 1, 0);
    said[n < 0 ? 0 : n] = 0;
    close(r->said);
    const char *wrong = NULL;
    bool told = strstr(said, "MemoryError") != NULL; /* alone or in a group */
    told |=
        strstr(said, "Resource temporarily unavailable") != NULL; /* of a thread or a process, as the system would say it */
    if (WIFSIGNALED(status)) wrong = WTERMSIG(status) == SIGALRM ? "waits for ever" : strsignal(WTERMSIG(status));
    else if (strstr(said, "Sanitizer") || strstr(said, "runtime error")) wrong = "the sanitizer complains";
    else if (WEXITSTATUS(status) != number("FAULT_USUAL", 0) && !(WEXITSTATUS(status) == 1 && told))
        wrong = "its exit status";
    if (!strstr(said, "ACC_FAIL_ALLOC") && (!last || r->n < last)) last = r->n;
    if (wrong && bad++ < 5) printf("n = %ld: %s (status %#x)\n%.2000s\n", r->n, wrong, (unsigned)status, said);
    count++;
    r->pid = 0;
    running--;
}

static void wait_for_one(void) {
    int status;
    pid_t pid = wait(&status);
    for (int i = 0; i < MOST; i++)
        if (pid > 0 && runs[i].pid == pid) judge(&runs[i], status);
}

__attribute__((constructor)) static void every(void) {
    if (!getenv("FAULT_JOBS")) return;
    int jobs = (int)number("FAULT_JOBS", 1);
    long end = number("FAULT_LAST", 1000000);
    if (jobs < 1 || jobs > MOST) jobs = 4;
    for (long n = number("FAULT_FIRST", 1); !last && n <= end; n++) {
        while (running >= jobs) wait_for_one();
        if (last) break;
        struct run *r = runs;
        while (r->pid) r++;
        *r = (struct run){.n = n, .said = memfd_create("stderr", 0)};
        fflush(stdout);
        r->pid = fork();
        if (!r->pid) {
            begin(r);
            return;
        }
        if (r->pid < 0 || r->said < 0) abort();
        running++;
    }
    while (running) wait_for_one();
    printf("%ld runs, %d bad\n", count, bad);
    fflush(stdout);
    _exit(bad != 0);
}
