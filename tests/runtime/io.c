/* io.c: readers and writers of descriptors. */
#include "dialect.h"
#include <fcntl.h>
#include <unistd.h>

static int pipes[2], reads, writes;
static char got[16];
static void *arrived;

static void readable(void *arg) {
    (void)arg;
    reads++;
    if (read(pipes[0], got + strlen(got), 1) != 1) abort(); /* one byte a turn: it is called again */
    if (strlen(got) == 3) {
        assert(acc_remove_reader(pipes[0]) && !acc_remove_reader(pipes[0]));
        acc_abi_future_try_set_result(acc_thread_ctx(), arrived, NULL);
    }
}
static void wrong(void *arg) {
    (void)arg;
    abort();
}
static void writable(void *arg) {
    (void)arg;
    writes++;
    if (write(pipes[1], "abc", 3) != 3) abort();
    assert(acc_remove_writer(pipes[1]));
}

struct io_f {
    acc_frame h;
    int fd, i;
};
ASYNC(int, io)
int io(acc_ctx *cx) {
    BEGIN(io, (void)0);
    if (pipe(pipes)) abort();
    TRY(arrived = acc_abi_future_new(cx, 0));
    TRY(acc_add_reader(cx, pipes[0], wrong, NULL));
    TRY(acc_add_reader(cx, pipes[0], readable, NULL)); /* replaces */
    TRY(acc_add_writer(cx, pipes[1], writable, NULL));
    AWAIT_VOID(1, acc_await_task(cx, arrived, NULL));
    assert(reads == 3 && writes == 1 && !strcmp(got, "abc"));
    /* removed when it is about to be called */
    TRY(acc_add_writer(cx, pipes[1], wrong, NULL));
    acc_remove_writer(pipes[1]);
    AWAIT_VOID(2, acc_sleep(cx, 0.002));
    /* busy: descriptors are looked at all the same, every ten microseconds */
    reads = 0;
    memset(got, 0, sizeof got);
    TRY(arrived = acc_abi_future_new(cx, 0));
    TRY(acc_add_reader(cx, pipes[0], readable, NULL));
    if (write(pipes[1], "xyz", 3) != 3) abort();
    for (f->i = 0; f->i < 1000000 && !acc_done(TASK(arrived)); f->i++) {
        AWAIT_VOID(3, acc_sleep(cx, 0));
    }
    assert(reads == 3);
    /* what epoll refuses */
    acc_add_reader(cx, -1, wrong, NULL);
    assert(cx->signal);
    {
        CATCH(e);
        assert(e->type == &acc_error_type_ValueError);
        acc_error_drop(e);
    }
    f->fd = open("/proc/self/exe", O_RDONLY);
    acc_add_reader(cx, f->fd, wrong, NULL);
    assert(cx->signal);
    {
        CATCH(e);
        assert(e->type == &acc_error_type_PermissionError);
        acc_error_drop(e);
    }
    close(f->fd);
    /* closed without being removed, and the number used again */
    TRY(acc_add_reader(cx, pipes[0], wrong, NULL));
    close(pipes[0]);
    close(pipes[1]);
    if (pipe(pipes)) abort();
    TRY(arrived = acc_abi_future_new(cx, 0));
    memset(got, 0, sizeof got);
    reads = 0;
    TRY(acc_add_reader(cx, pipes[0], readable, NULL));
    if (write(pipes[1], "123", 3) != 3) abort();
    AWAIT_VOID(4, acc_await_task(cx, arrived, NULL));
    assert(reads == 3);
    TRY(acc_add_reader(cx, pipes[0], wrong, NULL)); /* left to the loop's end */
    RETURN(0);
    END
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    const acc_error *e = acc_c_add_reader(0, wrong, NULL); /* no loop */
    assert(acc_error_is(e, &acc_error_type_InvalidStateError));
    acc_error_drop(e);
    e = acc_c_add_signal_handler(1, wrong, NULL);
    assert(acc_error_is(e, &acc_error_type_InvalidStateError));
    acc_error_drop(e);
    acc_abi_run(CORO(io), &r);
    acc_abi_check(cx);
    puts("ok");
    return 0;
}
