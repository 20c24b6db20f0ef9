/* errors.c: tracebacks, contexts, groups, and the report of errors that nobody retrieved. Its output is errors.expected. */
#include "dialect.h"
#include <errno.h>
#include <unistd.h>

acc_define_error(HttpError, OSError);

struct fails_f {
    acc_frame h;
    int n, r;
};
ASYNC(int, fails, int n)
int fails(acc_ctx *cx, int n) {
    BEGIN(fails, f->n = n);
    AWAIT_VOID(1, acc_sleep(cx, 0));
    if (f->n == 0) THROW(ValueError, "Cannot process %s", "zero");
    if (f->n == 1) THROW(MemoryError, NULL);
    if (f->n == 2) {
        acc_abi_throw(cx, acc_abi_error(&acc_error_type_HttpError, 404, "not found"), fn, 9);
        LEAVE
    }
    if (f->n == 3) {
        acc_abi_throw(cx, acc_abi_error(&acc_error_type_OSError, ENOENT, "%s", strerror(ENOENT)), fn, 9);
        LEAVE
    }
    AWAIT(2, r, fails(cx, f->n - 10));
    RETURN(f->r);
    END
}

struct context_f {
    acc_frame h;
    int r;
    const acc_error *e;
};
ASYNC(int, context)
int context(acc_ctx *cx) {
    BEGIN(context, (void)0);
    AWAIT_OR(3, r, fails(cx, 0), {
        f->e = acc_abi_catch(cx);
        const acc_error *e = acc_abi_error(&acc_error_type_InvalidStateError, 0, "while handling");
        acc_abi_context(e, f->e);
        acc_error_drop(f->e);
        acc_abi_throw(cx, e, fn, 4);
        LEAVE
    });
    RETURN(0);
    END
}

static void handler(const acc_error *e, void *arg) { printf("%s: %s\n", (char *)arg, e->type->name); }

struct all_f {
    acc_frame h;
    int i, r;
    void *t;
};
ASYNC(int, all)
int all(acc_ctx *cx) {
    BEGIN(all, (void)0);
    for (f->i = 0; f->i < 4; f->i++) {
        AWAIT_OR(5, r, fails(cx, f->i + 10), {
            CATCH(e);
            printf("code %d\n", e->code);
            acc_print_error(stdout, e);
            acc_error_drop(e);
        });
    }
    puts("-- a long recursion");
    AWAIT_OR(6, r, fails(cx, 200), {
        CATCH(e);
        acc_print_error(stdout, e);
        acc_error_drop(e);
    });
    puts("-- a context");
    TRY(f->t = acc_abi_create_task(cx, CORO(context)));
    AWAIT_TASK_OR(7, r, f->t, {
        CATCH(e);
        acc_print_error(stdout, e);
        acc_abi_context(e->context, e); /* no circle */
        assert(!e->context->context);
        acc_error_drop(e);
    });
    puts("-- a group");
    {
        const acc_error *two[2] = {acc_abi_error(&acc_error_type_ValueError, 0, "one"),
                                   acc_abi_error(&acc_error_type_HttpError, 500, "two")};
        const acc_error *g = acc_abi_error_group("unhandled errors in a task group (2 sub-errors)", two, 2);
        assert(acc_error_count(g) == 2 && acc_error_at(g, 1) == two[1] && !acc_error_at(g, 2) && !acc_error_count(two[0]));
        acc_error_drop(two[0]);
        acc_error_drop(two[1]);
        acc_print_error(stdout, g);
        assert(acc_error_is(acc_error_at(g, 1), &acc_error_type_OSError));
        assert(acc_error_is(acc_error_at(g, 1), &acc_error_type_BaseError));
        assert(!acc_error_is(acc_error_at(g, 1), &acc_error_type_ValueError));
        assert(!acc_error_is(NULL, &acc_error_type_BaseError));
        acc_error_drop(g);
    }
    puts("-- nobody retrieves: detached, then at the loop's end");
    fflush(stdout);
    TRY(acc_abi_create_task_detached(cx, CORO(fails, 0)));
    TRY(f->t = acc_abi_create_task(cx, CORO(fails, 10)));
    acc_set_name(TASK(f->t), "lost");
    TRY(f->t = acc_abi_create_task(cx, CORO(fails, 0)));
    AWAIT_VOID(8, acc_sleep(cx, 0));
    AWAIT_VOID(9, acc_sleep(cx, 0));
    assert(acc_task_error(TASK(f->t))); /* retrieved */
    TRY(f->t = acc_abi_future_new(cx, 0));
    TRY(acc_abi_future_set_error(cx, f->t, acc_abi_error(&acc_error_type_ValueError, 0, "of a future")));
    TRY(f->t = acc_abi_future_new(cx, 0));
    acc_future_cancel(TASK(f->t));
    RETURN(0);
    END
}

int main(void) {
    acc_ctx *cx = acc_thread_ctx();
    int r;
    dup2(1, 2);
    acc_abi_run(CORO(all), &r);
    puts("-- a handler");
    acc_set_error_handler(handler, "handler");
    acc_abi_run(CORO(all), &r);
    puts("-- an error escapes");
    acc_abi_run(CORO(fails, 30), &r);
    acc_abi_check(cx);
    puts("not reached");
    return 0;
}
