/* interrupt.c: the first SIGINT cancels main, whose cleanup runs, and the process exits with 130; the second kills. */
#include "dialect.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int mode;
static void interrupt(void *arg) {
    (void)arg;
    kill(getpid(), SIGINT);
}

struct waits_f {
    acc_frame h;
    int i, r;
};
ASYNC(int, waits)
int waits(acc_ctx *cx) {
    BEGIN(waits, (void)0);
    TRY(acc_call_later(cx, 0.01, interrupt, NULL));
    if (mode == 1) {
        TRY(acc_call_later(cx, 0.02, interrupt, NULL));
    }
    if (mode == 2) { /* busy, not asleep */
        for (;;) {
            AWAIT_VOID_OR(1, acc_sleep(cx, 0), break);
        }
    } else {
        AWAIT_VOID_OR(2, acc_sleep(cx, 1000), {
            acc_error_drop(acc_abi_catch(cx));
            AWAIT_VOID_OR(3, acc_sleep(cx, mode == 1 ? 1000 : 0.001), LEAVE);
            if (write(1, "cleanup\n", 8) != 8) abort();
            THROW(CancelledError, NULL);
        });
    }
    if (write(1, "cleanup\n", 8) != 8) abort();
    LEAVE
    END
}

int main(void) {
    for (mode = 0; mode < 3; mode++) {
        int status, r;
        pid_t child = fork();
        if (!child) {
            acc_ctx *cx = acc_thread_ctx();
            acc_abi_run(CORO(waits), &r);
            _exit(99);
        }
        waitpid(child, &status, 0);
        if (mode == 1) assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
        else assert(WIFEXITED(status) && WEXITSTATUS(status) == 130);
    }
    puts("ok");
    return 0;
}
