/* interp.c: runs the scripts that interp.py describes, and prints what happens, as interp.py run does with asyncio.
 * Time is virtual on both sides: it passes when the loop waits. (Linked with --wrap for the two functions below.) */
#include "dialect.h"
#include <ctype.h>
#include <sys/epoll.h>
#include <time.h>

static int64_t virtual_time = 1000000000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t) {
    (void)clock;
    t->tv_sec = virtual_time / 1000000000;
    t->tv_nsec = virtual_time % 1000000000;
    return 0;
}

int __real_epoll_wait(int fd, struct epoll_event *events, int count, int timeout);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int timeout);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int count, int timeout) {
    if (timeout < 0) {
        puts("deadlock");
        exit(1);
    }
    virtual_time += (int64_t)timeout * 1000000;
    return __real_epoll_wait(fd, events, count, 0);
}

#define TASKS 16
#define FUTURES 3
static const double durations[] = {0.004, 0.008, 0.016, 0.032};

typedef struct op {
    char name;
    bool caught;
    int count, n[8];
    char text[16];
} op;

static op script[TASKS][32];
static int script_length[TASKS], script_tasks;
static void *tasks[TASKS], *futures[FUTURES];
static bool created[TASKS], hidden[TASKS];

static bool live(int k) { return tasks[k] && !acc_done(TASK(tasks[k])); }

static void say(void *text) { printf("soon %s\n", (char *)text); }
static void say_later(void *text) { printf("later %s\n", (char *)text); }
static void say_done(acc__any_task t, void *text) {
    assert(acc_done(t));
    printf("callback %s\n", (char *)text);
}

static const char *describe(const acc_error *e) {
    static char text[64];
    if (acc_error_is(e, &acc_error_type_CancelledError)) return "cancelled";
    snprintf(text, sizeof text, "error(%s)", e->message);
    return text;
}

struct task_f {
    acc_frame h;
    int i, pc, r;
    size_t done;
    op *o;
    void *gather, *list[8];
    int ids[8], count, values[8];
    const acc_error *errors[8];
    acc_dest dests[8];
};
ASYNC(int, task, int i)

static void collect(acc_ctx *cx, struct task_f *f, bool gather) {
    f->count = 0;
    for (int k = gather ? 0 : 2; k < f->o->count; k++) {
        int id = f->o->n[k];
        bool again = id == f->i;
        for (int j = 0; j < f->count; j++) again |= f->ids[j] == id;
        if (again) continue;
        if (gather && !created[id] && !hidden[id]) {
            hidden[id] = true;
            f->list[f->count] = CORO(task, id);
        } else if (live(id)) {
            f->list[f->count] = tasks[id];
        } else {
            continue;
        }
        f->ids[f->count++] = id;
    }
}

int task(acc_ctx *cx, int i) {
    BEGIN(task, f->i = i);
    printf("%d begins\n", f->i);
    for (f->pc = 0; f->pc < script_length[f->i]; f->pc++) {
        f->o = &script[f->i][f->pc];
        switch (f->o->name) {
            case 'p': printf("%d says %s\n", f->i, f->o->text); break;
            case 'y': {
                acc_sleep(cx, 0);
                if (cx->signal) goto suspend_1;
            after_1:
                printf("%d yielded\n", f->i);
                break;
            }
            case 's':
                acc_sleep(cx, durations[f->o->n[0]]);
                if (cx->signal) goto suspend_2;
            after_2:
                printf("%d slept %d\n", f->i, f->o->n[0]);
                break;
            case 'c':
            case 'e': {
                int k = f->o->n[0];
                if (created[k] || hidden[k]) break;
                created[k] = true;
                tasks[k] = NULL;
                void *t = CORO(task, k);
                t = f->o->name == 'c' ? acc_abi_create_task(cx, t) : acc_abi_create_task_eager(cx, t);
                if (cx->signal) goto failed;
                tasks[k] = t;
                printf("%d created %d\n", f->i, k);
                break;
            }
            case 'w':
                if (!live(f->o->n[0]) || tasks[f->o->n[0]] == (void *)acc_current_task()) break;
            retry_3:
                acc_await_task(cx, tasks[f->o->n[0]], &f->r);
                if (cx->signal) goto suspend_3;
                printf("%d got %d of %d\n", f->i, f->r, f->o->n[0]);
                break;
            case 'f':
                if (acc_done(TASK(futures[f->o->n[0]]))) break;
            retry_4:
                acc_await_task(cx, futures[f->o->n[0]], &f->r);
                if (cx->signal) goto suspend_4;
                printf("%d got %d of future %d\n", f->i, f->r, f->o->n[0]);
                break;
            case 'r': {
                int v = f->i * 10;
                acc_abi_future_try_set_result(cx, futures[f->o->n[0]], &v);
                break;
            }
            case 'z':
                printf("%d cancels future %d: %d\n", f->i, f->o->n[0], acc_future_cancel(TASK(futures[f->o->n[0]])));
                break;
            case 'x':
                if (live(f->o->n[0])) printf("%d cancels %d: %d\n", f->i, f->o->n[0], acc_cancel(TASK(tasks[f->o->n[0]])));
                break;
            case 'q': acc_cancel(acc_current_task()); break;
            case 'u': printf("%d uncancels: %d\n", f->i, acc_uncancel(acc_current_task())); break;
            case 'g':
            case 'o': {
                bool outcomes[8];
                collect(cx, f, true);
                for (int k = 0; k < f->count; k++) {
                    outcomes[k] = f->o->name == 'o';
                    f->errors[k] = NULL;
                    f->dests[k] = (acc_dest){&f->values[k], outcomes[k] ? &f->errors[k] : NULL};
                }
                f->gather = acc_abi_gather(cx, (size_t)f->count, f->list, outcomes);
                if (cx->signal) goto failed;
            }
            retry_5:
                acc_await_gather(cx, f->gather, f->dests);
                if (cx->signal) goto suspend_5;
                printf("%d gathered", f->i);
                for (int k = 0; k < f->count; k++) {
                    if (f->errors[k]) printf(" %d=%s", f->ids[k], describe(f->errors[k]));
                    else printf(" %d=%d", f->ids[k], f->values[k]);
                    acc_error_drop(f->errors[k]);
                }
                printf("\n");
                break;
            case 'n':
                collect(cx, f, false);
                if (!f->count) break;
                f->done = acc_wait(cx, f->list, (size_t)f->count, f->o->n[0],
                                   f->o->n[1] < 0 ? ACC_NO_TIMEOUT : durations[f->o->n[1]]);
                if (cx->signal) goto suspend_6;
            after_6:
                printf("%d waited", f->i);
                for (int k = 0; k < f->count; k++) {
                    size_t at = 0;
                    while (f->list[at] != tasks[f->ids[k]]) at++;
                    printf(" %d:%s", f->ids[k], at < f->done ? "done" : "pending");
                }
                printf("\n");
                break;
            case 'k': acc_call_soon(cx, say, f->o->text); goto check;
            case 'l': acc_call_later(cx, durations[f->o->n[0]], say_later, f->o->text); goto check;
            case 'd':
                if (live(f->o->n[0])) acc_add_done_callback(cx, TASK(tasks[f->o->n[0]]), say_done, f->o->text);
                break;
            case 't': acc_abi_throw(cx, acc_abi_error(&acc_error_type_ValueError, 0, "%s", f->o->text), fn, 1); goto check;
            case 'v': printf("%d ends\n", f->i); RETURN(f->o->n[0]);
        }
        continue;
    check:
        if (cx->signal) goto failed;
        continue;
#define SUSPEND(k, field, after)                                                            \
    suspend_##k : if (acc_pend(cx, &f->h, fn, k, offsetof(struct task_f, field))) return 0; \
    goto failed;                                                                            \
    case k:                                                                                 \
        if (cx->signal) goto suspend_##k;                                                   \
        goto after;
        SUSPEND(1, r, after_1)
        SUSPEND(2, r, after_2)
        SUSPEND(3, r, retry_3)
        SUSPEND(4, r, retry_4)
        SUSPEND(5, r, retry_5)
        SUSPEND(6, done, after_6)
    failed:
        if (!f->o->caught) {
            printf("%d ends\n", f->i);
            LEAVE
        }
        CATCH(e);
        printf("%d %c caught %s\n", f->i, f->o->name, describe(e));
        acc_error_drop(e);
    }
    RETURN(0);
    END
}

struct world_f {
    acc_frame h;
    int r;
};
ASYNC(int, world)

static void enough(void *arg) {
    int v = 99;
    (void)arg;
    printf("enough\n");
    for (int i = 0; i < FUTURES; i++) acc_abi_future_try_set_result(acc_thread_ctx(), futures[i], &v);
}

int world(acc_ctx *cx) {
    BEGIN(world, (void)0);
    for (int i = 0; i < FUTURES; i++) {
        TRY(futures[i] = acc_abi_future_new(cx, sizeof(int)));
    }
    TRY(acc_call_later(cx, 0.08, enough, NULL));
    AWAIT_OR(1, r, task(cx, 0), {
        CATCH(e);
        printf("main %s\n", describe(e));
        acc_error_drop(e);
    });
    printf("main ends\n");
    RETURN(0);
    END
}

static void unseen(const acc_error *e, void *arg) { (void)e, (void)arg; }

static void parse(char *line, int t) {
    for (char *s = strtok(line, ";"); s; s = strtok(NULL, ";")) {
        op *o = &script[t][script_length[t]++];
        *o = (op){0};
        while (isspace((unsigned char)*s)) s++;
        o->name = *s++;
        if (*s == '!') o->caught = true, s++;
        for (;;) {
            int used = 0, v;
            if (sscanf(s, " %d%n", &v, &used) == 1 && (isspace((unsigned char)s[used]) || !s[used])) o->n[o->count++] = v;
            else if (sscanf(s, " %15s%n", o->text, &used) < 1) break;
            s += used;
        }
    }
}

static void run_script(const char *title) {
    int r;
    acc_ctx *cx = acc_thread_ctx();
    memset(tasks, 0, sizeof tasks);
    memset(created, 0, sizeof created);
    memset(hidden, 0, sizeof hidden);
    created[0] = true;
    printf("%s\n", title);
    acc_abi_run(CORO(world), &r);
    acc_abi_check(cx);
    fflush(stdout);
}

int main(void) {
    char line[1024], title[1024] = "";
    acc_set_error_handler(unseen, NULL);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (!strncmp(line, "script ", 7)) {
            if (*title) run_script(title);
            snprintf(title, sizeof title, "%s", line);
            script_tasks = 0;
            memset(script_length, 0, sizeof script_length);
        } else {
            parse(line, script_tasks++);
        }
    }
    if (*title) run_script(title);
    return 0;
}
