/* debug.c: debug mode, as PYTHONASYNCIODEBUG: what it remembers and what it says.
 *
 * Off, it costs nothing: a loop takes its slow turns only while `attention` is up, which it must look at in any case, and places
 * are told to acc_take_at, which looks at acc__debug where it saved more than that. On, each chunk of slots has beside it a table
 * of where its coroutines were made; an entry is good for one generation of its slot, and the next one, as a task. */
#define _GNU_SOURCE
#include "internal.h"
#include <dlfcn.h>
#include <time.h>

struct acc__origin {
    const acc_fn *fn;
    const char *file;
    uint32_t line, generation; /* a task's: as a coroutine */
};

int acc__debug;
const char acc__other_loop[] = "Non-thread-safe operation invoked on an event loop other than the current one";
static int64_t slow = 100 * 1000000; /* nanoseconds */

static void at_exit(void);

static void set(bool on) {
    static int registered;
    if (on && !__atomic_exchange_n(&registered, 1, __ATOMIC_RELAXED)) atexit(at_exit);
    __atomic_store_n(&acc__debug, on, __ATOMIC_RELAXED);
}

static void read_environment(void) {
    const char *debug = getenv("ACC_DEBUG"), *ms = getenv("ACC_SLOW_MS");
    char *end;
    double limit = ms ? strtod(ms, &end) : 0;
    if (ms && end != ms && limit >= 0 && limit < 1e12) slow = (int64_t)(limit * 1e6);
    if (debug && *debug && strcmp(debug, "0")) set(true);
}

void acc__debug_init(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_environment);
}

void acc_set_debug(bool on) {
    acc_loop *l = acc_running_loop(); /* the environment was read at the latest now */
    set(on);
    if (l) acc__self()->quick = !on;
    if (l && on) __atomic_fetch_or(&l->attention, ACC__LOOP_DEBUG, __ATOMIC_RELEASE);
}

bool acc_get_debug(void) {
    acc__debug_init();
    return __atomic_load_n(&acc__debug, __ATOMIC_RELAXED);
}

/* ---- where things were made ------------------------------------------------------------------------------------------------ */

static void remember(acc__slot *s, struct acc__origin origin) {
    acc__chunk *c = acc__chunks[s->index >> ACC__CHUNK_BITS];
    if (!c->origins && !(c->origins = calloc(ACC__CHUNK_SLOTS, sizeof *c->origins))) return;
    c->origins[s->index & (ACC__CHUNK_SLOTS - 1)] = origin;
}

void acc__debug_made(acc__slot *s, const char *file, unsigned line) {
    remember(s, (struct acc__origin){s->leaf->fn, file, line, s->generation - (s->n.kind == ACC__TASK)});
}

static const struct acc__origin *origin_of(const acc__slot *s) {
    const acc__chunk *c = acc__chunks[s->index >> ACC__CHUNK_BITS];
    const struct acc__origin *o = c->origins ? &c->origins[s->index & (ACC__CHUNK_SLOTS - 1)] : NULL;
    return o && o->fn && o->generation + (s->n.kind == ACC__TASK) == s->generation ? o : NULL;
}

void acc__debug_object(acc__thread *th, acc__slot *s) {
    acc__slot *t = th->current;
    const struct acc__origin *o = t ? origin_of(t) : NULL;
    if (o) remember(s, (struct acc__origin){o->fn, o->file, o->line, s->generation});
}

/* ---- descriptions ------------------------------------------------------------------------------------------------------------ */

typedef struct text {
    char *at, *end;
} text;

static __attribute__((format(printf, 2, 3))) void add(text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->at, (size_t)(t->end - t->at), format, args);
    va_end(args);
    if (n > 0) t->at += n < t->end - t->at ? n : t->end - t->at - 1;
}

static void add_created(text *t, const struct acc__origin *o) {
    if (o && o->file) add(t, " created at %s:%u", o->file, (unsigned)o->line);
}

/* The task's function, and where it stands. Its first frame is there as long as it is pending. */
static void add_coro(text *t, acc__slot *s, const struct acc__origin *o) {
    const acc_frame *root = s->n.state == ACC__PENDING ? acc__data(s) : NULL;
    const acc_fn *fn = root ? root->fn : o ? o->fn : NULL;
    if (!fn) return;
    add(t, " coro=<%s()", fn->name);
    if (!root) add(t, " done");
    else if (root->up.state && root->up.state <= fn->site_count)
        add(t, " running at %s:%u", fn->sites[root->up.state - 1].file, (unsigned)fn->sites[root->up.state - 1].line);
    add(t, ">");
}

void acc__describe(acc__thread *th, acc__slot *s, char *buffer, size_t size) {
    static const char *const states[] = {"pending", "finished", "finished", "cancelled"};
    text t = {buffer, buffer + size};
    const struct acc__origin *o = origin_of(s);
    bool task = s->n.kind == ACC__TASK;
    add(&t, "<%s %s", task ? "Task" : "Future", states[s->n.state]);
    if (task && acc__called(th, s)) add(&t, " name='%.100s'", acc__called(th, s));
    else if (task) add(&t, " name='Task-%u'", (unsigned)s->serial);
    if (task) add_coro(&t, s, o);
    if (s->n.state == ACC__FAILED && s->error) add(&t, " exception=%s('%.200s')", s->error->type->name, s->error->message);
    add_created(&t, o);
    add(&t, ">");
}

/* A function of the program: its name, where the dynamic linker knows it, else its place in its file, for addr2line. */
static void describe_call(uintptr_t address, char *buffer, size_t size) {
    text t = {buffer, buffer + size};
    Dl_info at;
    if (!dladdr((void *)address, &at)) add(&t, "<Handle %p>", (void *)address);
    else if (at.dli_sname && (uintptr_t)at.dli_saddr == address) add(&t, "<Handle %s()>", at.dli_sname);
    else add(&t, "<Handle %s+%#lx>", at.dli_fname, (unsigned long)(address - (uintptr_t)at.dli_fbase));
}

/* ---- what it says -------------------------------------------------------------------------------------------------------------- */

static __attribute__((format(printf, 1, 2))) void say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fflush(stdout);
    vfprintf(stderr, format, args);
    va_end(args);
}

void acc__debug_run(acc__thread *th, acc__node *n, void (*run)(acc__thread *, acc__node *)) {
    acc__slot *s = acc__slot_with(n);
    void *handle = n->kind == ACC__TASK ? acc__handle(s) : NULL;
    char what[1024] = "<Handle>";
    if (n->kind == ACC__TASK) acc__describe(th, s, what, sizeof what); /* it may be gone afterwards */
    else if (n->kind == ACC__CALL || n->kind == ACC__IO) describe_call((uintptr_t)s->fn, what, sizeof what);
    else if (n->kind == ACC__CALLBACK) describe_call((uintptr_t)s->done_fn, what, sizeof what);
    int64_t from = acc__now();
    run(th, n);
    int64_t took = acc__now() - from;
    if (took < slow || !acc__debug) return;
    s = handle ? acc__find_task(th, handle) : NULL;
    if (s) acc__describe(th, s, what, sizeof what);
    say("Executing %s took %.3f seconds\n", what, (double)took / 1e9);
}

void acc__debug_unawaited(acc__slot *s) {
    const struct acc__origin *o = origin_of(s);
    if (!acc__debug) return;
    say("RuntimeWarning: coroutine '%s' was never awaited\n", s->leaf->fn->name);
    if (o && o->file) say("Coroutine created at %s:%u\n", o->file, (unsigned)o->line);
}

void acc__destroyed(acc__thread *th, acc__slot *s) {
    char what[1024];
    acc__describe(th, s, what, sizeof what);
    say("Task was destroyed but it is pending!\ntask: %s\n", what);
}

void acc__unclosed(acc__slot *s) {
    const struct acc__origin *o = origin_of(s);
    const char *name = s->type->name; /* "the stream" */
    say("ResourceWarning: unclosed %s\n", strncmp(name, "the ", 4) ? name : name + 4);
    if (o && o->file) say("Object allocated in %s(), created at %s:%u\n", o->fn->name, o->file, (unsigned)o->line);
    else if (o) say("Object allocated in %s()\n", o->fn->name);
}

bool acc__foreign(const void *handle) {
    uint32_t index = (uint32_t)(uintptr_t)handle;
    acc__chunk *c = handle ? __atomic_load_n(&acc__chunks[index >> ACC__CHUNK_BITS], __ATOMIC_ACQUIRE) : NULL;
    acc__thread *owner = c ? __atomic_load_n(&c->owner, __ATOMIC_RELAXED) : NULL;
    return owner && owner != acc__self() && owner != &acc__shared;
}

bool acc__stray(const void *handle) {
    if (!acc__debug || !acc__foreign(handle)) return false;
    say("InvalidStateError: %s\n", acc__other_loop);
    return true;
}

/* ---- the process's end: coroutines made while no loop ran, which none has closed -------------------------------------------------- */

static void find_unawaited(acc__thread *th, acc__slot *s, void *arg) {
    (void)th, (void)arg;
    if (s->n.kind == ACC__CORO) acc__debug_unawaited(s);
}

static void at_exit(void) { acc__slots_each(acc__self(), find_unawaited, NULL); }
