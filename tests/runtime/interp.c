/* interp.c: runs the scripts that interp.py describes, and prints what happens, as interp.py run does with asyncio.
 * Time is virtual on both sides: virtual.c. */
#include "dialect.h"
#include <ctype.h>

#define TASKS 16
#define FUTURES 3
static const double durations[] = {0.004, 0.008, 0.016, 0.032, 0.002, 0.001};

static double duration(int n) { return n >= 0 ? durations[n] : n == -1 ? ACC_NO_TIMEOUT : 0; }

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
    static char text[256];
    if (acc_error_is(e, &acc_error_type_CancelledError)) snprintf(text, sizeof text, "cancelled(%s)", e->message);
    else if (acc_error_is(e, &acc_error_type_TimeoutError)) return "timeout";
    else if (acc_error_is(e, &acc_error_type_InvalidStateError)) return "invalid";
    else if (acc_error_count(e)) {
        size_t at = (size_t)snprintf(text, sizeof text, "group(");
        char whole[256];
        for (size_t i = 0; i < acc_error_count(e); i++) {
            strcpy(whole, text);
            const char *one = describe(acc_error_at(e, i));
            char copy[256];
            strcpy(copy, one);
            strcpy(text, whole);
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", i ? " " : "", copy);
        }
        snprintf(text + at, sizeof text - at, ")");
    } else snprintf(text, sizeof text, "error(%s)", e->message);
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
    struct {
        char kind;
        bool caught;
        int end;
        void *p;
    } scopes[16];
    int depth;
    bool swallow;
    void *entered;
    const acc_error *error; /* on its way out of the scopes */
};
ASYNC(int, task, int i)

static void collect(acc_ctx *cx, struct task_f *f, bool gather) {
    f->count = 0;
    for (int k = gather ? f->o->name == 'Q' : 2; k < f->o->count; k++) {
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
    f->depth = 0;
    f->error = NULL;
    for (f->pc = 0; f->pc < script_length[f->i] || f->depth; f->pc++) {
    next:
        if (f->depth && f->pc >= f->scopes[f->depth - 1].end) goto leave;
        if (f->pc >= script_length[f->i]) break;
        f->o = &script[f->i][f->pc];
        switch (f->o->name) {
            case 'T': /* duration, how many operations */
                f->entered = acc_timeout(cx, duration(f->o->n[0]));
                if (cx->signal) goto failed;
                acc_timeout_scope_aenter(cx, f->entered);
                if (cx->signal) goto suspend_8;
                goto after_8;
            case 'G':
                f->entered = acc_task_group_new(cx);
                if (cx->signal) goto failed;
                acc_task_group_aenter(cx, f->entered);
                if (cx->signal) goto suspend_8;
            after_8:
                f->scopes[f->depth].kind = f->o->name;
                f->scopes[f->depth].caught = f->o->caught;
                f->scopes[f->depth].end = f->pc + 1 + f->o->n[f->o->name == 'T'];
                f->scopes[f->depth++].p = f->entered;
                printf("%d enters %c\n", f->i, f->o->name);
                break;
            case 'C': {
                int k = f->o->n[0], d = f->depth;
                while (d && f->scopes[d - 1].kind != 'G') d--;
                if (created[k] || hidden[k] || !d) break;
                void *t = acc_abi_group_create_task(cx, f->scopes[d - 1].p, CORO(task, k), false);
                if (cx->signal) goto failed;
                created[k] = true;
                tasks[k] = t;
                printf("%d created %d in a group\n", f->i, k);
                break;
            }
            case 'W':
            case 'V':
            case 'J': {
                int k = f->o->n[0];
                void *t = tasks[k];
                if (f->o->name == 'V') {
                    if (created[k] || hidden[k]) break;
                    hidden[k] = true;
                    t = CORO(task, k);
                } else if (!live(k) || t == (void *)acc_current_task()) break;
                if (f->o->name == 'J') t = acc_abi_nameless(acc_abi_shield(cx, t));
                if (cx->signal) goto failed;
                acc_await_coro(cx, acc_abi_wait_for(cx, t, duration(f->o->n[1]), false), &f->r);
                if (cx->signal) goto suspend_9;
            after_9:
                printf("%d got %d of %d in time\n", f->i, f->r, f->o->n[0]);
                break;
            }
            case 'H': {
                int k = f->o->n[0];
                if (!live(k) || tasks[k] == (void *)acc_current_task()) break;
                f->gather = acc_abi_nameless(acc_abi_shield(cx, tasks[k]));
                if (cx->signal) goto failed;
            }
                acc_await_task(cx, f->gather, &f->r);
                if (cx->signal) goto suspend_10;
            after_10:
                printf("%d got %d of shielded %d\n", f->i, f->r, f->o->n[0]);
                break;
            case 'i': printf("%d cancelling: %d\n", f->i, acc_cancelling(acc_current_task())); break;
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
                acc_await_task(cx, tasks[f->o->n[0]], &f->r);
                if (cx->signal) goto suspend_3;
            after_3:
                printf("%d got %d of %d\n", f->i, f->r, f->o->n[0]);
                break;
            case 'f':
                if (acc_done(TASK(futures[f->o->n[0]]))) break;
                acc_await_task(cx, futures[f->o->n[0]], &f->r);
                if (cx->signal) goto suspend_4;
            after_4:
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
                if (live(f->o->n[0]))
                    printf("%d cancels %d: %d\n", f->i, f->o->n[0],
                           acc_cancel_msg(TASK(tasks[f->o->n[0]]), *f->o->text ? f->o->text : NULL));
                break;
            case 'q': acc_cancel_msg(acc_current_task(), *f->o->text ? f->o->text : NULL); break;
            case 'u': printf("%d uncancels: %d\n", f->i, acc_uncancel(acc_current_task())); break;
            case 'g':
            case 'o':
            case 'Q': {
                bool outcomes[8];
                collect(cx, f, true);
                for (int k = 0; k < f->count; k++) {
                    outcomes[k] = f->o->name == 'o';
                    f->errors[k] = NULL;
                    f->dests[k] = (acc_dest){&f->values[k], outcomes[k] ? &f->errors[k] : NULL};
                }
                f->gather = acc_abi_gather(cx, (size_t)f->count, f->list, outcomes);
                if (cx->signal) goto failed;
                if (f->o->name != 'Q') goto retry_5;
                acc_await_coro(cx, acc_abi_wait_for(cx, acc_abi_nameless(f->gather), duration(f->o->n[0]), true), NULL);
                if (cx->signal) goto suspend_11;
            }
            retry_5:
                acc_await_gather(cx, f->gather, f->dests);
                if (cx->signal) goto suspend_5;
                printf("%d gathered", f->i);
                for (int k = 0; k < f->count; k++) {
                    if (acc_error_is(f->errors[k], &acc_error_type_CancelledError)) printf(" %d=cancelled", f->ids[k]);
                    else if (f->errors[k]) printf(" %d=%s", f->ids[k], describe(f->errors[k]));
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
        SUSPEND(3, r, after_3)
        SUSPEND(4, r, after_4)
        SUSPEND(5, r, retry_5)
        SUSPEND(6, done, after_6)
        SUSPEND(8, entered, after_8)
        SUSPEND(9, r, after_9)
        SUSPEND(10, r, after_10)
        SUSPEND(11, r, retry_5)
    failed:
        if (f->o->caught) {
            CATCH(e);
            printf("%d %c caught %s\n", f->i, f->o->name, describe(e));
            acc_error_drop(e);
            continue;
        }
        f->error = acc_abi_catch(cx);
    leave:
        if (!f->depth) {
            printf("%d ends\n", f->i);
            acc_abi_throw(cx, f->error, NULL, 0);
            LEAVE
        }
        f->swallow = f->scopes[f->depth - 1].kind == 'T' ? acc_timeout_scope_aexit(cx, f->scopes[f->depth - 1].p, f->error)
                                                         : acc_task_group_aexit(cx, f->scopes[f->depth - 1].p, f->error);
        if (0) {
        suspend_7:
            if (cx->signal && acc_pend(cx, &f->h, fn, 7, offsetof(struct task_f, swallow))) return 0;
        }
        if (cx->signal == ACC_FAILED) {
            acc_error_drop(f->error);
            f->error = acc_abi_catch(cx);
        } else if (cx->signal) {
            goto suspend_7;
        }
        if (0) {
            case 7: goto suspend_7;
        }
        f->depth--;
        f->pc = f->scopes[f->depth].end;
        if (!f->error) {
            printf("%d leaves %c", f->i, f->scopes[f->depth].kind);
            if (f->scopes[f->depth].kind == 'T') printf(" expired %d", acc_expired(f->scopes[f->depth].p));
            printf("\n");
            goto next;
        }
        if (!f->scopes[f->depth].caught) goto leave;
        printf("%d %c caught %s\n", f->i, f->scopes[f->depth].kind, describe(f->error));
        acc_error_drop(f->error);
        f->error = NULL;
        goto next;
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
    if (cx->signal) {
        CATCH(e);
        printf("run %s\n", describe(e));
        acc_error_drop(e);
    }
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
