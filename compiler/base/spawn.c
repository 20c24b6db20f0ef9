/* spawn.c: runs a program, feeds and empties its pipes without a deadlock: all of them in one poll loop.
 * Needs an argument vector; leaves nothing behind but the exit status and the text. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
volatile pid_t spawn_running;

typedef struct Pipes {
    int in[2], out[2], err[2]; /* -1: not used */
} Pipes;

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void close_all(Pipes *p) {
    for (int i = 0; i < 2; i++) {
        close_fd(&p->in[i]);
        close_fd(&p->out[i]);
        close_fd(&p->err[i]);
    }
}

static bool open_pipes(Pipes *p, const Spawn *s) {
    *p = (Pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (s->input && pipe2(p->in, O_CLOEXEC) < 0) return false;
    if (s->out && pipe2(p->out, O_CLOEXEC) < 0) return false;
    if (s->err && s->err != s->out && pipe2(p->err, O_CLOEXEC) < 0) return false;
    return true;
}

/* Signals are held back from here until spawn_running is set, and the child gets our mask and a SIGPIPE that works. */
static int start(const Spawn *s, Pipes *p, pid_t *pid) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t all, old, defaults;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    sigfillset(&all);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigprocmask(SIG_BLOCK, &all, &old);

    if (p->in[0] >= 0) posix_spawn_file_actions_adddup2(&files, p->in[0], 0);
    if (p->out[1] >= 0) posix_spawn_file_actions_adddup2(&files, p->out[1], 1);
    if (p->err[1] >= 0) posix_spawn_file_actions_adddup2(&files, p->err[1], 2);
    else if (s->err) posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawnattr_setsigmask(&attr, &old);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    int error = posix_spawnp(pid, s->argv[0], &files, &attr, (char *const *)s->argv, environ);
    if (!error) spawn_running = *pid;
    sigprocmask(SIG_SETMASK, &old, NULL);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return error;
}

static void drain(int *fd, StrBuf *to) {
    char buf[1 << 16];
    ssize_t n = read(*fd, buf, sizeof buf);
    if (n > 0) sb_addn(to, buf, (size_t)n);
    else if (n == 0 || errno != EINTR) close_fd(fd);
}

static void feed(int *fd, const Spawn *s, size_t *sent) {
    ssize_t n = write(*fd, s->input + *sent, s->input_len - *sent);
    if (n > 0) *sent += (size_t)n;
    if (*sent == s->input_len || (n < 0 && errno != EINTR && errno != EAGAIN)) close_fd(fd);
}

static void pump(const Spawn *s, Pipes *p) {
    size_t sent = 0;
    if (p->in[1] >= 0) fcntl(p->in[1], F_SETFL, O_NONBLOCK);
    if (p->in[1] >= 0 && s->input_len == 0) close_fd(&p->in[1]);
    while (p->in[1] >= 0 || p->out[0] >= 0 || p->err[0] >= 0) {
        struct pollfd fds[3] = {{p->in[1], POLLOUT, 0}, {p->out[0], POLLIN, 0}, {p->err[0], POLLIN, 0}};
        if (poll(fds, 3, -1) < 0 && errno != EINTR) break;
        if (fds[0].revents) feed(&p->in[1], s, &sent);
        if (fds[1].revents) drain(&p->out[0], s->out);
        if (fds[2].revents) drain(&p->err[0], s->err);
    }
}

int spawn_run(const Spawn *s) {
    Pipes p;
    pid_t pid;
    int error = open_pipes(&p, s) ? 0 : errno;
    if (!error) error = start(s, &p, &pid);
    if (error) {
        close_all(&p);
        errno = error;
        return -1;
    }
    close_fd(&p.in[0]);
    close_fd(&p.out[1]);
    close_fd(&p.err[1]);
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigaction(SIGPIPE, &ignore, &old); /* it need not read all that it is given */
    pump(s, &p);
    sigaction(SIGPIPE, &old, NULL);
    close_all(&p);

    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) bug("waitpid: %s", strerror(errno));
    spawn_running = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
