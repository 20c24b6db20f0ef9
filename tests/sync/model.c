/* model.c: the scheduler of model.ac: it stands in for the loop's turns (the linker puts it there: --wrap=acc__turn and
 * acc__turns).
 *
 * Of what stands in the ready queue it runs one, and which one is a choice; before each step a task may be cancelled, once in a
 * run. A run follows a list of choices and takes the first possibility behind its end; then the last choice that has another
 * possibility is advanced, until none has: all runs there are. */
#include "../../runtime/core/internal.h"
#include "model.h"

enum { DEPTH = 400 };
static struct {
    int taken, of;
} choices[DEPTH];
static int at, known;

static acc__any_task *tasks;
static int task_count;
static bool may_cancel;
model model_now;

static int choose(int n) {
    if (n < 2) return 0;
    if (at == DEPTH) abort();
    if (at == known) choices[known++].taken = 0;
    choices[at].of = n;
    return choices[at++].taken;
}

bool model_advance(void) {
    model_now.runs++;
    model_now.cancelled = -1;
    model_now.stuck = false;
    at = 0;
    while (known && choices[known - 1].taken + 1 == choices[known - 1].of) known--;
    if (!known) return false;
    choices[known - 1].taken++;
    return true;
}

void model_start(acc__any_task *all, int n) {
    tasks = all;
    task_count = n;
    may_cancel = true;
    model_now.cancelled = -1;
}

void model_stop(void) { task_count = 0; }

static bool pending(void) {
    for (int i = 0; i < task_count; i++)
        if (!acc_done(tasks[i])) return true;
    return false;
}

/* The ready queue, which is empty then. */
static acc__node *taken(acc__thread *th) {
    if (acc__ready_empty(th)) return NULL;
    acc__ready_last(th)->next = NULL;
    acc__ready_clear(th);
    return th->ready.head;
}

static void append(acc__thread *th, acc__node *n) {
    for (acc__node *next; n; n = next) {
        next = n->next;
        acc__ready(th, n);
    }
}

void __real_acc__turn(acc__thread *th, bool may_wait);
void __wrap_acc__turn(acc__thread *th, bool may_wait);
void __wrap_acc__turns(acc__thread *th);

void __wrap_acc__turn(acc__thread *th, bool may_wait) {
    if (task_count && may_cancel && pending()) {
        int c = choose(task_count + 1) - 1;
        if (c >= 0) {
            may_cancel = false;
            if (acc_cancel(tasks[c])) model_now.cancelled = c;
        }
    }
    int n = 0;
    acc__node *all = taken(th);
    for (acc__node *q = all; q; q = q->next) n++;
    if (!n && task_count) { /* nothing will ever happen */
        model_now.stuck = true;
        model_stuck();
        for (int i = 0; i < task_count; i++) acc_cancel(tasks[i]);
        return;
    }
    if (n < 2 || !task_count) {
        append(th, all);
        __real_acc__turn(th, may_wait);
        return;
    }
    acc__node *before = NULL, *chosen = all;
    for (int c = choose(n); c > 0; c--) before = chosen, chosen = chosen->next;
    if (before) before->next = chosen->next;
    else all = chosen->next;
    acc__ready(th, chosen);
    __real_acc__turn(th, false);
    acc__node *made = taken(th);
    append(th, all);
    append(th, made);
}

void __wrap_acc__turns(acc__thread *th) {
    while (!th->stopping) __wrap_acc__turn(th, true);
}
