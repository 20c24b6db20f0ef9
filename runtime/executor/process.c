/* process.c: a job in a process of its own.
 *
 * The pool's worker forks, and waits for the child. The child is a copy of the worker, whose thread runs no loop; it makes the
 * call, and its value or error goes into memory that the two share, so that no descriptor is needed: the child has 0 to 2 only.
 * What the parent finds there counts only if the child says at last that it is complete; else the job has crashed, has ended the
 * process, or was killed.
 *
 *     shared    [ report | value | room: errors with their texts and tracebacks ]
 *
 * An error is told with the addresses of its type and of its traceback's lines, which are the same in the parent unless the child
 * has loaded more code; then it is told by name.
 *
 * A job whose wait was cancelled goes on by itself. But it may hang: where its place is needed, since another job waits or the pool
 * is closed, it has GRACE from its cancellation on, and is killed then. */
#define _GNU_SOURCE
#include "executor.h"
#include <errno.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE 5000000000 /* nanoseconds */
#define ROOM (256u << 10)
#define DEPTH 64 /* of errors in errors */

enum { INCOMPLETE, VALUE, ERROR };

typedef struct report {
    int status; /* atomic */
    uint32_t error;
    size_t used; /* of the room */
} report;

/* In the room; places are bytes from its beginning, 0: none. */
typedef struct told {
    const acc_error_type *type;
    int code;
    uint32_t name, message, context;
    uint32_t lines, line_count;
    uint32_t members, member_count;
} told;
typedef struct told_line {
    const acc_site *site;
    const char *function;
} told_line;

typedef struct telling {
    char *room;
    size_t used;
    bool same; /* addresses are the same in the parent */
} telling;

/* ---- errors ---------------------------------------------------------------------------------------------------------------- */

static uint32_t take(telling *t, size_t size) {
    size_t at = (t->used + 15) & ~(size_t)15;
    if (size > ROOM - at) return 0;
    t->used = at + size;
    return (uint32_t)at;
}

/* As much of it as there is room for. */
static uint32_t tell_text(telling *t, const char *text) {
    size_t n = strlen(text) + 1, left = ROOM - ((t->used + 15) & ~(size_t)15);
    uint32_t at = left > 1 ? take(t, n < left ? n : left) : 0;
    if (!at) return 0;
    memcpy(t->room + at, text, (n < left ? n : left) - 1);
    return at; /* its end is zero, as all of the room was */
}

static uint32_t tell(telling *t, const acc_error *e, int depth) {
    if (!e || depth > DEPTH) return 0;
    uint32_t at = take(t, sizeof(told));
    if (!at) return 0;
    told *x = (told *)(t->room + at);
    *x = (told){.type = t->same ? e->type : NULL, .code = e->code};
    x->name = tell_text(t, e->type->name);
    x->message = tell_text(t, e->message);
    uint32_t lines = t->same ? acc__error_line_count(e) : 0;
    if (lines && (x->lines = take(t, lines * sizeof(told_line)))) {
        told_line *l = (told_line *)(t->room + x->lines);
        x->line_count = lines;
        for (uint32_t i = 0; i < lines; i++) l[i].site = acc__error_line(e, i, &l[i].function);
    }
    size_t members = acc_error_count(e);
    if (members && (x->members = take(t, members * sizeof(uint32_t)))) {
        uint32_t *m = (uint32_t *)(t->room + x->members);
        for (size_t i = 0; i < members && (m[i] = tell(t, acc_error_at(e, i), depth + 1)); i++) x->member_count++;
    }
    x->context = tell(t, e->context, depth + 1);
    return at;
}

static const acc_error *told_error(const char *room, uint32_t at) {
    const told *x = (const told *)(room + at);
    const char *message = x->message ? room + x->message : "";
    const acc_error *e;
    if (!x->type) {
        e = acc__error_new(&acc_error_type_Error, x->code, "%s: %s", x->name ? room + x->name : "", message);
    } else if (x->type == &acc_error_type_ErrorGroup) {
        const uint32_t *m = (const uint32_t *)(room + x->members);
        const acc_error **members = x->member_count ? acc__malloc(x->member_count * sizeof *members) : NULL;
        uint32_t count = members ? x->member_count : 0;
        for (uint32_t i = 0; i < count; i++) members[i] = told_error(room, m[i]);
        e = acc_abi_error_group(message, members, count);
        for (uint32_t i = 0; i < count; i++) acc_error_drop(members[i]);
        free(members);
    } else {
        e = acc__error_new(x->type, x->code, *message ? "%s" : NULL, message);
    }
    const told_line *l = (const told_line *)(room + x->lines);
    for (uint32_t i = 0; i < x->line_count; i++) acc__error_site(e, l[i].site, l[i].function);
    if (x->context) {
        const acc_error *context = told_error(room, x->context);
        acc_abi_context(e, context);
        acc_error_drop(context);
    }
    return e;
}

/* How often code was loaded. */
static int loads(struct dl_phdr_info *info, size_t size, void *count) {
    *(unsigned long long *)count = size >= offsetof(struct dl_phdr_info, dlpi_subs) ? info->dlpi_adds : 0;
    return 1;
}

/* ---- the child -------------------------------------------------------------------------------------------------------------- */

static int forks; /* atomic: how many forks away from the first process */
int acc__forks(void) { return __atomic_load_n(&forks, __ATOMIC_RELAXED); }

static void before_fork(void) {
    acc__pools_lock(true);
    acc__loops_lock(true);
    acc__slots_lock(true);
}
static void after_fork(void) {
    acc__slots_lock(false);
    acc__loops_lock(false);
    acc__pools_lock(false);
}
static void forked(void) {
    __atomic_fetch_add(&forks, 1, __ATOMIC_RELAXED);
    after_fork();
}

static void watch_forks(void) { pthread_atfork(before_fork, after_fork, forked); }

void acc__processes_begin(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
}

static _Noreturn void child(acc__job *j, report *shared, void *value, char *room, pid_t parent, unsigned long long loaded) {
    acc__thread *th = acc__self();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    acc__signals_forked();
    if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0)
        for (int fd = 3, end = (int)sysconf(_SC_OPEN_MAX); fd < end; fd++) close(fd);
    if (th->home) pthread_mutex_init(&th->home->lock, NULL);
    const acc_error *e = acc__call_make(j, value);
    if (e) {
        unsigned long long now = 0;
        dl_iterate_phdr(loads, &now);
        telling t = {room, 16, now == loaded};
        shared->error = tell(&t, e, 0);
    }
    fflush(stdout);
    fflush(stderr);
    __atomic_store_n(&shared->status, e ? ERROR : VALUE, __ATOMIC_RELEASE);
    _exit(0);
}

/* ---- the parent -------------------------------------------------------------------------------------------------------------- */

/* Until the child has ended and is no zombie. */
static void await_child(acc__worker *w, acc__job *j, pid_t pid, siginfo_t *info) {
    int fd = (int)syscall(SYS_pidfd_open, pid, 0); /* none: its end is asked for again and again */
    bool killed = false;
    for (;;) {
        int64_t abandoned = acc__job_in_the_way(j);
        int timeout = fd < 0 ? 10 : -1;
        if (abandoned && !killed) {
            int64_t left = abandoned + GRACE - acc__now();
            killed = left <= 0;
            if (!killed) timeout = fd < 0 ? 10 : (int)(left / 1000000) + 1;
            else if (fd < 0 || syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0)) kill(pid, SIGKILL);
        }
        struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = w->nudge, .events = POLLIN}};
        poll(p, 2, timeout);
        uint64_t nudges;
        if (p[1].revents && read(w->nudge, &nudges, sizeof nudges) < 0) continue;
        info->si_pid = 0;
        if (!waitid(P_PID, (id_t)pid, info, WEXITED | WNOHANG)) {
            if (info->si_pid) break;
        } else if (errno != EINTR) { /* somebody else has waited for it: how it ended is not known */
            info->si_pid = 0;
            break;
        }
    }
    if (fd >= 0) close(fd);
}

static const acc_error *broken(const siginfo_t *info) {
    if (!info->si_pid)
        return acc__error_new(&acc_error_type_BrokenExecutorError, 0, "the job's process has ended without a value");
    if (info->si_code == CLD_EXITED)
        return acc__error_new(&acc_error_type_BrokenExecutorError, info->si_status,
                              "the job's process exited with status %d", info->si_status);
    const char *name = strsignal(info->si_status);
    return acc__error_new(&acc_error_type_BrokenExecutorError, -info->si_status,
                          "the job's process was killed by signal %d (%s)", info->si_status, name ? name : "?");
}

static const acc_error *failed(int error, const char *what) {
    return acc__error_new(&acc_error_type_OSError, error, "%s: %s", what, strerror(error));
}

const acc_error *acc__process_run(acc__worker *w, acc__job *j) {
    size_t align = acc__max(j->call->result_align, 64u), value = (sizeof(report) + align - 1) / align * align;
    size_t room = (value + j->call->result_size + 63) / 64 * 64, size = room + ROOM;
    report *shared = acc__fail_alloc() || align > 4096
                         ? MAP_FAILED
                         : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED) return acc__error_new(&acc_error_type_MemoryError, 0, NULL);
    const acc_error *e = NULL;
    unsigned long long loaded = 0;
    dl_iterate_phdr(loads, &loaded);
    pid_t parent = getpid();
    flockfile(stdout); /* what is in its buffer must not be written twice */
    fflush_unlocked(stdout);
    pid_t pid = acc__fail_alloc() ? (errno = EAGAIN, -1) : fork();
    int error = errno;
    if (!pid) child(j, shared, (char *)shared + value, (char *)shared + room, parent, loaded);
    funlockfile(stdout);
    if (pid < 0) {
        e = failed(error, "fork");
    } else {
        siginfo_t info = {0};
        await_child(w, j, pid, &info);
        switch (__atomic_load_n(&shared->status, __ATOMIC_ACQUIRE)) {
            case VALUE: memcpy(acc__job_result(j), (char *)shared + value, j->call->result_size); break;
            case ERROR:
                e = shared->error ? told_error((char *)shared + room, shared->error)
                                  : acc__error_new(&acc_error_type_Error, 0, NULL);
                break;
            default: e = broken(&info); break;
        }
    }
    munmap(shared, size);
    return e;
}
