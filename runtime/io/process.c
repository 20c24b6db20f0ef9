/* process.c: starting subprocesses, and reaping them.
 *
 * A process is started by posix_spawn, which does not copy this one's memory and says why an exec has failed. A descriptor of
 * it (pidfd) tells of its end to the poll, which reaps it right there: whoever waits is woken by an event, and no zombie is
 * left if nobody does. Where the kernel has no such descriptors a timer asks.
 *
 * The structure is the payload of an object's slot, but unlike other objects' its address is what the user has, since its
 * fields are public. One that is closed while it may still be held keeps its slot until some others have been closed, so that
 * using it is found out. */
#define _GNU_SOURCE
#include "process.h"
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSED_ONES 64
#define ASK_AGAIN 0.01 /* seconds */

typedef struct process {
    acc_process pub;   /* first */
    acc__polled watch; /* its fd is the pidfd; -1: there is none (any more) */
    acc_event ended;
    acc__talk talk;
    acc_handle timer; /* where there are no pidfds */
    bool closing, closed;
} process;

static _Thread_local struct { /* of the loop with that number: closed ones, the oldest next */
    uint64_t loop;
    process *closed[CLOSED_ONES];
    unsigned next;
} old;

/* ---- its end ------------------------------------------------------------------------------------------------------------- */

static process *of_watch(acc__polled *w) { return (process *)((char *)w - offsetof(process, watch)); }

/* It has ended, or is not to be asked any more. */
static void unwatch(acc__thread *th, process *p) {
    if (p->watch.fd >= 0) {
        acc__polled_end(th, &p->watch);
        close(p->watch.fd);
    }
    p->watch.fd = -1;
    acc_handle_cancel(p->timer);
}

/* Takes its status, if it has ended (or waits until it has). */
static bool reap(acc__thread *th, process *p, bool wait) {
    int status;
    pid_t got;
    while ((got = waitpid(p->pub.pid, &status, wait ? 0 : WNOHANG)) < 0 && errno == EINTR);
    if (!got) return false;
    if (got < 0) {
        fflush(stdout);
        fprintf(stderr, "child process pid %d exit status already read: will report returncode 255\n", p->pub.pid);
        p->pub.returncode = 255;
    } else {
        p->pub.returncode = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }
    unwatch(th, p);
    acc_event_set(&p->ended);
    return true;
}

static void polled(acc__thread *th, acc__polled *w, uint32_t events) {
    process *p = of_watch(w);
    if (events && p->pub.returncode == ACC_STILL_RUNNING) reap(th, p, false);
}

static void ask(void *arg);
static bool ask_later(acc_ctx *cx, process *p) {
    p->timer = acc_call_later(cx, ASK_AGAIN, ask, p);
    return !cx->signal;
}
static void ask(void *arg) {
    process *p = arg;
    acc_ctx *cx = acc_thread_ctx();
    p->timer = (acc_handle){0};
    if (reap(acc__of(cx), p, false) || ask_later(cx, p)) return;
    acc_error_drop(acc_abi_catch(cx)); /* no memory for a timer: it is waited for here */
    reap(acc__of(cx), p, true);
}

/* False: thrown. */
static bool watch(acc_ctx *cx, process *p) {
    int fd = (int)syscall(SYS_pidfd_open, p->pub.pid, 0);
    int error = fd < 0 ? errno : 0;
    if (error == ENOSYS || error == EPERM || error == EINVAL) return ask_later(cx, p);
    if (error == ESRCH) { /* gone already, and the kernel keeps nothing of it */
        reap(acc__of(cx), p, true);
        return true;
    }
    p->watch.ready = polled;
    p->watch.fd = fd;
    if (!error) error = acc__polled_set(acc__of(cx), &p->watch, EPOLLIN);
    if (!error) return true;
    acc__throw(cx, &acc_error_type_OSError, error, "process %d: %s", p->pub.pid, strerror(error));
    return false;
}

/* ---- starting ---------------------------------------------------------------------------------------------------------------- */

typedef struct start {
    int child[3];  /* what it has as 0, 1, 2; -1: what we have */
    int parent[3]; /* our ends of pipes; -1: none */
    bool own[3];   /* `child` is to be closed here */
} start;

static void start_end(start *s) {
    for (int i = 0; i < 3; i++) {
        if (s->own[i]) close(s->child[i]);
        if (s->parent[i] >= 0) close(s->parent[i]);
        s->own[i] = false;
        s->parent[i] = -1;
    }
}

/* A copy beyond 0 to 2, which are to be overwritten in the child. 0 or an errno. */
static int lift(int *fd, bool *own) {
    if (*fd > 2) return 0;
    int copy = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return errno;
    if (*own) close(*fd);
    *fd = copy;
    *own = true;
    return 0;
}

static int open_one(start *s, int i, int what) {
    int ends[2];
    if (what == ACC_INHERIT) return 0;
    if (what == ACC_STDOUT) {
        s->child[i] = s->child[1] >= 0 ? s->child[1] : 1;
        return i == 2 ? lift(&s->child[i], &s->own[i]) : EINVAL;
    }
    if (what == ACC_DEVNULL) {
        if ((s->child[i] = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0) return errno;
        s->own[i] = true;
    } else if (what == ACC_PIPE) {
        if (pipe2(ends, O_CLOEXEC)) return errno;
        s->child[i] = ends[i != 0];
        s->parent[i] = ends[i == 0];
        s->own[i] = true;
    } else if (what > 0) {
        s->child[i] = what;
    } else {
        return EINVAL;
    }
    return lift(&s->child[i], &s->own[i]);
}

static const char *variable(char *const *env, const char *name) {
    size_t n = strlen(name);
    if (!env) return getenv(name);
    for (; *env; env++)
        if (!strncmp(*env, name, n) && (*env)[n] == '=') return *env + n + 1;
    return NULL;
}

/* The file of a program without a slash, in `path`; gives 0 or an errno. */
static int search(const char *name, char *const *env, char path[PATH_MAX]) {
    const char *dirs = variable(env, "PATH");
    int error = ENOENT;
    for (const char *at = dirs ? dirs : "/bin:/usr/bin", *end; at; at = *end ? end + 1 : NULL) {
        struct stat st;
        end = at + strcspn(at, ":");
        int n = snprintf(path, PATH_MAX, "%.*s%s%s", (int)(end - at), at, end > at ? "/" : "", name);
        if (n >= PATH_MAX || stat(path, &st) || !S_ISREG(st.st_mode)) continue;
        if (!faccessat(AT_FDCWD, path, X_OK, AT_EACCESS)) return 0;
        error = EACCES;
    }
    return error;
}

static int by_number(const void *a, const void *b) { return *(const int *)a < *(const int *)b ? -1 : 1; }

/* Which descriptors the child has, in order: 0 to 2, those that are passed, and no other. */
static int descriptors(posix_spawn_file_actions_t *actions, const start *s, const acc_process_options *o) {
    int error = 0, next = 3;
    for (int i = 0; i < 3 && !error; i++)
        if (s->child[i] >= 0) error = posix_spawn_file_actions_adddup2(actions, s->child[i], i);
    int *fds = o->pass_fd_count ? acc__malloc(o->pass_fd_count * sizeof *fds) : NULL;
    if (o->pass_fd_count && !fds) return ENOMEM;
    if (fds) {
        memcpy(fds, o->pass_fds, o->pass_fd_count * sizeof *fds);
        qsort(fds, o->pass_fd_count, sizeof *fds, by_number);
    }
    for (size_t i = 0; i < o->pass_fd_count && !error; i++) {
        if (fds[i] < next) continue; /* the same again, or one of 0 to 2 */
        for (; next < fds[i] && !error; next++)
            if (fcntl(next, F_GETFD) >= 0) error = posix_spawn_file_actions_addclose(actions, next);
        if (!error) error = posix_spawn_file_actions_adddup2(actions, fds[i], fds[i]); /* clears close-on-exec */
        next = fds[i] + 1;
    }
    free(fds);
    return error ? error : posix_spawn_file_actions_addclosefrom_np(actions, next);
}

static int spawn(pid_t *pid, const char *path, const char *const *argv, const start *s, const acc_process_options *o) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    if ((error = posix_spawnattr_init(&attributes))) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                  (o->new_session ? POSIX_SPAWN_SETSID : 0) |
                                                  (o->new_group ? POSIX_SPAWN_SETPGROUP : 0)));
    if (o->cwd) error = posix_spawn_file_actions_addchdir_np(&actions, o->cwd);
    if (!error) error = descriptors(&actions, s, o);
    if (!error) error = posix_spawn(pid, path, &actions, &attributes, (char *const *)argv, o->env ? o->env : environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void give_back(acc__thread *th, void *object) {
    process *p = object;
    if (p->pub.returncode == ACC_STILL_RUNNING) {
        kill(p->pub.pid, SIGKILL);
        reap(th, p, true);
    }
    unwatch(th, p);
    free(p->talk.out.data);
    free(p->talk.err.data);
}

static bool left_open(const void *object) { return ((const process *)object)->pub.returncode == ACC_STILL_RUNNING; }

static const acc__object_type process_type = {"the process", give_back, left_open};

/* Streams over our ends of the pipes. */
static bool streams(acc_ctx *cx, process *p, start *s, size_t limit) {
    acc_stream **const ends[] = {&p->pub.in, &p->pub.out, &p->pub.err};
    for (int i = 0; i < 3; i++) {
        if (s->parent[i] < 0) continue;
        *ends[i] = acc_stream_from_fd(cx, s->parent[i]);
        if (cx->signal) return false;
        s->parent[i] = -1;
        if (limit) acc_stream_set_limits(cx, *ends[i], limit, 0);
    }
    return true;
}

static void end_streams(process *p) {
    acc_stream *const ends[] = {p->pub.in, p->pub.out, p->pub.err};
    for (int i = 0; i < 3; i++)
        if (ends[i] && acc__stream_is(ends[i])) acc__stream_end(ends[i]);
}

acc_process *acc__process_start(acc_ctx *cx, const char *const *argv, const acc_process_options *options) {
    static const acc_process_options usual;
    const acc_process_options *o = options ? options : &usual;
    const int what[] = {o->in, o->out, o->err};
    acc__thread *th = acc__of(cx);
    start s = {{-1, -1, -1}, {-1, -1, -1}, {false}};
    char found[PATH_MAX];
    if (!acc__need_loop(cx)) return NULL;
    if (!argv || !argv[0]) {
        acc__throw(cx, &acc_error_type_ValueError, 0, "there is no program to start");
        return NULL;
    }
    const char *path = o->executable ? o->executable : argv[0];
    process *p = acc__object_new(th, &process_type, sizeof *p);
    if (!p) {
        acc__throw_memory(cx);
        return NULL;
    }
    p->watch.fd = -1;
    p->pub.returncode = 0; /* nothing runs yet */
    int error = 0;
    for (int i = 0; i < 3 && !error; i++) error = open_one(&s, i, what[i]);
    if (error) {
        acc__throw(cx, error == EINVAL ? &acc_error_type_ValueError : &acc_error_type_OSError, error == EINVAL ? 0 : error,
                   error == EINVAL ? "no such kind of descriptor" : "pipe: %s", strerror(error));
    } else if (streams(cx, p, &s, o->limit)) {
        error = strchr(path, '/') ? 0 : search(path, o->env, found);
        if (!error) error = spawn(&p->pub.pid, strchr(path, '/') ? path : found, argv, &s, o);
        if (error == ENOMEM) {
            acc__throw_memory(cx);
        } else if (error) {
            struct stat st;
            const char *wrong = o->cwd && stat(o->cwd, &st) ? o->cwd : o->cwd && !S_ISDIR(st.st_mode) ? o->cwd : path;
            acc__throw(cx, &acc_error_type_OSError, error, "%s: %s", wrong, strerror(error));
        } else {
            p->pub.returncode = ACC_STILL_RUNNING;
            watch(cx, p);
        }
    }
    start_end(&s);
    if (!cx->signal) return &p->pub;
    const acc_error *e = acc_abi_catch(cx);
    end_streams(p);
    give_back(th, p);
    acc__object_free(th, p);
    acc__throw_error(cx, e);
    return NULL;
}

/* ---- using and closing ------------------------------------------------------------------------------------------------------- */

static process *find(acc_process *pub) {
    if (!pub) return NULL;
    acc__slot *s = (acc__slot *)(void *)pub - 1;
    if (s->n.kind != ACC__OBJECT || s->type != &process_type) return NULL;
    process *p = (process *)pub;
    return p->closed ? NULL : p;
}

static process *get(acc_ctx *cx, acc_process *pub) {
    process *p = find(pub);
    if (!p)
        acc__throw(cx, &acc_error_type_InvalidStateError, 0,
                   pub ? "the process is closed" : "the process is a null pointer");
    else if (acc__foreign(acc__object_handle(p)))
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "%s", acc__other_loop);
    else return p;
    return NULL;
}

acc_event *acc__process_ended(acc_ctx *cx, acc_process *pub) {
    process *p = get(cx, pub);
    return p ? &p->ended : NULL;
}

acc__talk *acc__process_talk(acc_ctx *cx, acc_process *pub) {
    process *p = get(cx, pub);
    return p ? &p->talk : NULL;
}

void acc__process_room(acc_ctx *cx, acc__output *o) {
    if (o->room - o->length > 4096) return;
    size_t room = o->room ? o->room * 2 : 16384;
    char *more = acc__realloc(o->data, room);
    if (!more) {
        acc__throw_memory(cx);
        return;
    }
    o->data = more;
    o->room = room;
}

void acc_process_send_signal(acc_ctx *cx, acc_process *pub, int signum) {
    process *p = get(cx, pub);
    if (!p) return;
    if (p->pub.returncode == ACC_STILL_RUNNING && !reap(acc__of(cx), p, false)) {
        if (kill(p->pub.pid, signum)) /* it is not reaped yet: nobody else has the number */
            acc__throw(cx, &acc_error_type_OSError, errno, "process %d: %s", p->pub.pid, strerror(errno));
    } else {
        acc__throw(cx, &acc_error_type_OSError, ESRCH, "process %d: %s", p->pub.pid, strerror(ESRCH));
    }
}
void acc_process_terminate(acc_ctx *cx, acc_process *p) { acc_process_send_signal(cx, p, SIGTERM); }
void acc_process_kill(acc_ctx *cx, acc_process *p) { acc_process_send_signal(cx, p, SIGKILL); }

bool acc__process_close_begin(acc_process *pub) {
    process *p = find(pub);
    if (!p || p->closing) return false;
    p->closing = true;
    end_streams(p);
    if (p->pub.returncode == ACC_STILL_RUNNING && !reap(acc__self(), p, false)) kill(p->pub.pid, SIGKILL);
    return true;
}

void acc__process_close_end(acc_process *pub, bool forget) {
    acc__thread *th = acc__self();
    process *p = find(pub);
    if (!p) return;
    give_back(th, p);
    p->talk = (acc__talk){0};
    p->closed = true;
    if (p->ended.waiters.first) forget = false; /* their nodes are in its list until they run */
    if (!forget && th->loop) {
        if (old.loop != th->loop->serial) memset(&old, 0, sizeof old);
        old.loop = th->loop->serial;
        process *oldest = old.closed[old.next % CLOSED_ONES];
        old.closed[old.next++ % CLOSED_ONES] = p;
        p = oldest;
    }
    if (p) acc__object_free(th, p);
}
