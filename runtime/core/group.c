/* group.c: task groups: asyncio's TaskGroup.
 *
 * A member is a hook that waits for its task. A failed one stays with its error until the group ends, so that nothing needs
 * memory then. Leaving the group parks its task until the last member is done; whatever is thrown at it meanwhile only makes
 * the others end sooner. */
#include "scope.h"

typedef struct member member;
struct member {
    acc__block block;
    acc__hook hook;
    acc_task_group *group;
    member *prev, *next;
    const acc_error *error;
};

typedef struct list {
    member *first, *last;
    size_t count;
} list;

struct acc_task_group {
    acc__scope scope;
    void *parent; /* the task that entered; NULL: none has */
    list members, failed;
    bool exiting, aborting, cancelled_parent;
    bool waited_for; /* the parent is parked until there are no members */
};

static void append(list *l, member *m) {
    m->prev = l->last;
    m->next = NULL;
    if (l->last) l->last->next = m;
    else l->first = m;
    l->last = m;
    l->count++;
}

static void take_out(list *l, member *m) {
    *(m->prev ? &m->prev->next : &l->first) = m->next;
    *(m->next ? &m->next->prev : &l->last) = m->prev;
    l->count--;
}

static void abort_group(acc__thread *th, acc_task_group *g) {
    g->aborting = true;
    for (member *m = g->members.first, *next; m; m = next) {
        next = m->next;
        acc__cancel(th, m->hook.target, NULL);
    }
}

/* asyncio: _on_task_done. */
static void member_done(acc__thread *th, acc__hook *h) {
    member *m = (member *)((char *)h - offsetof(member, hook));
    acc_task_group *g = m->group;
    acc__slot *s = h->target, *parent = acc__find_task(th, g->parent);
    bool failed = s->n.state == ACC__FAILED;
    take_out(&g->members, m);
    if (!g->members.count && g->waited_for) acc__unpark(th, parent);
    if (failed) {
        s->n.flags |= ACC__RETRIEVED;
        m->error = acc_error_keep(s->error);
        append(&g->failed, m);
    } else {
        acc__block_free(th, m);
    }
    acc__release(th, s, false);
    if (failed && !g->aborting && !g->cancelled_parent) {
        abort_group(th, g);
        g->cancelled_parent = true;
        if (parent) acc__cancel(th, parent, NULL);
    }
}

static void drop_failed(acc__thread *th, acc_task_group *g) {
    for (member *m = g->failed.first, *next; m; m = next) {
        next = m->next;
        acc_error_drop(m->error);
        acc__block_free(th, m);
    }
    g->failed = (list){0};
}

/* It is left by its aexit first, so that there are no members; where it was never left, the last member frees nothing. */
static void end(acc__thread *th, acc__scope *s) {
    acc_task_group *g = (acc_task_group *)s;
    drop_failed(th, g);
    if (!g->members.count) acc__block_free(th, g);
}

acc_task_group *acc_task_group_new(acc_ctx *cx) {
    acc__thread *th = acc__of(cx);
    if (!acc__need_loop(cx)) return NULL;
    acc_task_group *g = acc__block_new(th, sizeof *g);
    if (!g) {
        acc__throw_memory(cx);
        return NULL;
    }
    acc__block block = g->scope.block;
    *g = (acc_task_group){.scope = {.block = block, .end = end}};
    return g;
}

void *acc_abi_group_create_task(acc_ctx *cx, acc_task_group *g, void *coro, bool detached) {
    acc__thread *th = acc__of(cx);
    const char *why = !g                                ? "no task group"
                      : !g->parent                      ? "TaskGroup has not been entered"
                      : g->exiting && !g->members.count ? "TaskGroup is finished"
                      : g->aborting                     ? "TaskGroup is shutting down"
                                                        : NULL;
    if (why) {
        acc_coro_close((acc__any_coro)coro);
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "%s", why);
        return NULL;
    }
    acc__slot *s = acc__find_coro(cx, coro);
    if (!s) return NULL;
    member *m = acc__block_new(th, sizeof *m);
    if (!m) {
        acc_coro_close((acc__any_coro)coro);
        acc__throw_memory(cx);
        return NULL;
    }
    acc__block block = m->block;
    acc__task_start(th, s, true);
    if (detached) s->n.flags |= ACC__DETACHED;
    *m = (member){.block = block, .hook = {.n.kind = ACC__HOOK, .run = member_done, .target = s}, .group = g};
    append(&g->members, m);
    acc__wait_add(s, &m->hook.n);
    return acc__handle(s);
}

/* ---- async with ---------------------------------------------------------------------------------------------------------------- */

typedef struct enter_frame {
    acc_frame head;
    acc_task_group *g;
} enter_frame;

static void aenter_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_task_group *g = acc_task_group_aenter(cx, NULL);
    if (!cx->signal) *(acc_task_group **)acc_result_place(f) = g;
}
static const acc_fn aenter_fn = {aenter_step,    "acc_task_group_aenter", NULL, sizeof(enter_frame),
                                 sizeof(void *), _Alignof(enter_frame),   0,    0};

acc_task_group *acc_task_group_aenter(acc_ctx *cx, acc_task_group *g) {
    if (acc_guarded(cx)) {
        enter_frame *f = (enter_frame *)acc_enter(cx, &aenter_fn);
        if (!f) return NULL;
        if (f->head.up.state == 0) {
            f->g = g;
            f->head.up.state = ACC_STATE_START;
            return NULL;
        }
        g = f->g;
    }
    if (g->parent) {
        acc__throw(cx, &acc_error_type_InvalidStateError, 0, "TaskGroup has already been entered");
        return NULL;
    }
    g->parent = acc__handle(acc__of(cx)->current);
    return g;
}

typedef struct exit_frame {
    acc_frame head;
    acc_task_group *g;
    const acc_error *error;     /* the body's */
    const acc_error *cancelled; /* a CancelledError to throw in the end, kept */
    const acc_error *trouble;   /* another error that came while the members were waited for, kept */
} exit_frame;

static void aexit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    bool swallow = acc_task_group_aexit(cx, NULL, NULL);
    if (!cx->signal) *(bool *)acc_result_place(f) = swallow;
}
static const acc_fn aexit_fn = {
    aexit_step, "acc_task_group_aexit", &acc__certain, sizeof(exit_frame), sizeof(bool), _Alignof(exit_frame), 0, 0};

/* What was thrown while members were waited for. asyncio: except CancelledError in __aexit__'s loop. */
static void interrupted(acc__thread *th, exit_frame *f) {
    const acc_error *e = acc_abi_catch(&th->cx);
    bool cancelled = acc_error_is(e, &acc_error_type_CancelledError);
    const acc_error **place = !cancelled ? &f->trouble : f->g->aborting ? NULL : &f->cancelled;
    if (place) {
        acc_error_drop(*place);
        *place = e;
    } else {
        acc_error_drop(e);
    }
    if (!f->g->aborting) abort_group(th, f->g);
}

/* All members are done: what the statement throws. */
static void leave(acc_ctx *cx, exit_frame *f) {
    acc__thread *th = (acc__thread *)cx;
    acc_task_group *g = f->g;
    acc__any_task parent = (acc__any_task)g->parent;
    bool own = f->cancelled != NULL;
    if (g->cancelled_parent && acc_uncancel(parent) == 0) own = false;
    size_t count = 0;
    bool body = f->error && !acc_error_is(f->error, &acc_error_type_CancelledError);
    if (own && !g->failed.count && !f->trouble) {
        if (f->cancelled != f->error) acc__throw_error(cx, acc_error_keep(f->cancelled));
    } else if ((count = g->failed.count + body + (f->trouble != NULL))) {
        if (acc_cancelling(parent)) {
            acc_uncancel(parent);
            acc_cancel(parent);
        }
        const acc_error *group = acc__error_group("unhandled errors in a TaskGroup", count);
        if (acc_error_count(group)) {
            size_t i = 0;
            for (member *m = g->failed.first; m; m = m->next) acc__error_member(group, i++, m->error);
            if (body) acc__error_member(group, i++, f->error);
            if (f->trouble) acc__error_member(group, i++, f->trouble);
        }
        acc__throw_error(cx, group);
    }
    acc_error_drop(f->cancelled);
    acc_error_drop(f->trouble);
    drop_failed(th, g);
}

bool acc_task_group_aexit(acc_ctx *cx, acc_task_group *g, const acc_error *error) {
    acc__thread *th = acc__of(cx);
    exit_frame here = {.g = g, .error = error}, *f = NULL;
    if (acc_guarded(cx)) {
        if (!(f = (exit_frame *)acc_enter(cx, &aexit_fn))) return false;
        switch (f->head.up.state) {
            case 0:
                f->g = g;
                f->error = error;
                f->cancelled = f->trouble = NULL;
                f->head.up.state = ACC_STATE_START;
                return false;
            case ACC_STATE_START: break;
            default:
                f->g->waited_for = false;
                if (cx->signal) interrupted(th, f);
                goto wait;
        }
    }
    exit_frame *x = f ? f : &here;
    g = x->g;
    g->exiting = true;
    if (x->error) {
        if (acc_error_is(x->error, &acc_error_type_CancelledError)) x->cancelled = acc_error_keep(x->error);
        if (!g->aborting) abort_group(th, g);
    }
    if (!g->members.count) {
        leave(cx, x);
        return false;
    }
    if (!f) {
        if (!(f = (exit_frame *)acc__frame_certain(th, &aexit_fn))) { /* the members are left to themselves */
            acc_error_drop(here.cancelled);
            acc__throw_memory(cx);
            return false;
        }
        acc_frame head = f->head;
        *f = here;
        f->head = head;
    }
wait:
    if (!f->g->members.count) {
        leave(cx, f);
        return false;
    }
    f->g->waited_for = true;
    acc__park(cx, ACC__NEVER);
    acc_pend(cx, &f->head, &aexit_fn, 1, 0);
    return false;
}
