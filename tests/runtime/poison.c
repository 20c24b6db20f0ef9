/* poison.c: AddressSanitizer reports a read of a frame that was freed, be it in the pool or given back to malloc; and of no
 * other. Without that sanitizer in the runtime there is nothing to see: exit status 77. */
#include <sys/wait.h>
#include <unistd.h>

#include "dialect.h"

#if defined __SANITIZE_ADDRESS__
#define ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif

#ifdef ASAN
static void step(acc_ctx *cx, acc_frame *f) { (void)cx, (void)f; }
struct frame {
    acc_frame h;
    int kept[10];
};
static const acc_fn fn = {step, "f", NULL, sizeof(struct frame), 0, _Alignof(struct frame), 0, 0};

/* A child that reads from a frame, before or after it is freed; what ASan says goes to a pipe. Did it report? */
static bool reported(bool freed, char *text, size_t size) {
    int pipes[2];
    assert(pipe(pipes) == 0);
    pid_t child = fork();
    assert(child >= 0);
    if (!child) {
        dup2(pipes[1], 2);
        acc_ctx *cx = acc_thread_ctx();
        struct frame *f = (struct frame *)acc_frame_new(cx, &fn);
        f->kept[5] = 7;
        volatile int *kept = &f->kept[5];
        if (freed) acc_frame_free(cx, &f->h);
        int value = *kept;
        _exit(value == 7 ? 0 : 3);
    }
    close(pipes[1]);
    size_t n = 0;
    for (ssize_t got; n + 1 < size && (got = read(pipes[0], text + n, size - 1 - n)) > 0;) n += (size_t)got;
    text[n] = '\0';
    close(pipes[0]);
    int status;
    assert(waitpid(child, &status, 0) == child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}
#endif

int main(void) {
#ifdef ASAN
    static char text[1 << 16];
    const char *hostile = getenv("ACC_HOSTILE");
    const char *what = hostile && *hostile == '1' ? "heap-use-after-free" : "use-after-poison";
    assert(!reported(false, text, sizeof text));
    assert(reported(true, text, sizeof text));
    if (!strstr(text, what)) {
        fprintf(stderr, "not reported as %s:\n%s", what, text);
        return 1;
    }
    return 0;
#else
    fprintf(stderr, "SKIP: the runtime is not built with AddressSanitizer (preset hostile is)\n");
    return 77;
#endif
}
