/* warn_blocking.c: -Wblocking-call: a call that may wait in the kernel, in an async function: no task of the loop runs then.
 *
 * needs: a call in an async function, and the trees of the file's other functions
 * leaves: the warning, with what to use instead; where an ordinary function of the file makes the call, with a note there */
#include "check.h"

typedef enum Unless {
    ALWAYS,
    ON_STDIN,     /* only where stdin is among the arguments */
    NOT_READY,    /* not where the function asks acc_readable or acc_writable, or the call says MSG_DONTWAIT */
    WITHOUT_HANG, /* not with WNOHANG */
    TIMEOUT_LAST, /* not where the last argument is 0 */
} Unless;

static const struct Blocking {
    const char *name;
    Unless unless;
    const char *instead;
} blocking[] = {
    {"sleep", ALWAYS, "await acc_sleep(seconds)"},
    {"usleep", ALWAYS, "await acc_sleep(seconds)"},
    {"nanosleep", ALWAYS, "await acc_sleep(seconds)"},
    {"clock_nanosleep", ALWAYS, "await acc_sleep(seconds)"},
    {"thrd_sleep", ALWAYS, "await acc_sleep(seconds)"},
    {"pause", ALWAYS, "await acc_signal_wait(signum)"},
    {"sigwait", ALWAYS, "await acc_signal_wait(signum)"},
    {"sigwaitinfo", ALWAYS, "await acc_signal_wait(signum)"},
    {"sigtimedwait", ALWAYS, "await acc_signal_wait(signum)"},
    {"sigsuspend", ALWAYS, "await acc_signal_wait(signum)"},
    {"read", NOT_READY, "await acc_readable(fd) before it, or a stream or acc_file"},
    {"readv", NOT_READY, "await acc_readable(fd) before it, or a stream or acc_file"},
    {"recv", NOT_READY, "await acc_sock_recv(fd, buf, n)"},
    {"recvfrom", NOT_READY, "await acc_udp_recv(...)"},
    {"recvmsg", NOT_READY, "await acc_readable(fd) before it"},
    {"send", NOT_READY, "await acc_sock_send_all(fd, buf, n)"},
    {"sendto", NOT_READY, "await acc_udp_send(...)"},
    {"sendmsg", NOT_READY, "await acc_writable(fd) before it"},
    {"accept", NOT_READY, "await acc_sock_accept(fd, &addr)"},
    {"accept4", NOT_READY, "await acc_sock_accept(fd, &addr)"},
    {"connect", NOT_READY, "await acc_sock_connect(fd, sa, len)"},
    {"getaddrinfo", ALWAYS, "await acc_getaddrinfo(host, service, &hints)"},
    {"gethostbyname", ALWAYS, "await acc_getaddrinfo(host, service, &hints)"},
    {"gethostbyname2", ALWAYS, "await acc_getaddrinfo(host, service, &hints)"},
    {"gethostbyaddr", ALWAYS, "await acc_to_thread(gethostbyaddr(...))"},
    {"getnameinfo", ALWAYS, "await acc_to_thread(getnameinfo(...))"},
    {"fgets", ON_STDIN, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"fgetc", ON_STDIN, "acc_stdin() and await acc_stream_read(s, buf, size)"},
    {"getc", ON_STDIN, "acc_stdin() and await acc_stream_read(s, buf, size)"},
    {"fread", ON_STDIN, "acc_stdin() and await acc_stream_read(s, buf, size)"},
    {"fscanf", ON_STDIN, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"__isoc99_fscanf", ON_STDIN, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"getline", ON_STDIN, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"getdelim", ON_STDIN, "acc_stdin() and await acc_stream_read_until(s, sep, n, &p)"},
    {"getchar", ALWAYS, "acc_stdin() and await acc_stream_read(s, buf, size)"},
    {"scanf", ALWAYS, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"__isoc99_scanf", ALWAYS, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"gets", ALWAYS, "acc_stdin() and await acc_stream_read_line(s, &p)"},
    {"acc_thread_result", TIMEOUT_LAST, "await acc_to_thread(f(...)), f calling it"},
    {"system", ALWAYS, "await acc_create_subprocess_shell(cmd, options)"},
    {"popen", ALWAYS, "await acc_create_subprocess_shell(cmd, options)"},
    {"pclose", ALWAYS, "acc_create_subprocess_shell and await acc_process_wait(p)"},
    {"wait", ALWAYS, "await acc_process_wait(p)"},
    {"waitpid", WITHOUT_HANG, "await acc_process_wait(p)"},
    {"waitid", WITHOUT_HANG, "await acc_process_wait(p)"},
    {"wait3", WITHOUT_HANG, "await acc_process_wait(p)"},
    {"wait4", WITHOUT_HANG, "await acc_process_wait(p)"},
    {"poll", TIMEOUT_LAST, "await acc_readable(fd) or acc_writable(fd)"},
    {"epoll_wait", TIMEOUT_LAST, "await acc_readable(fd) or acc_writable(fd)"},
    {"epoll_pwait", ALWAYS, "await acc_readable(fd) or acc_writable(fd)"},
    {"ppoll", ALWAYS, "await acc_readable(fd) or acc_writable(fd)"},
    {"select", ALWAYS, "await acc_readable(fd) or acc_writable(fd)"},
    {"pselect", ALWAYS, "await acc_readable(fd) or acc_writable(fd)"},
    {"pthread_mutex_lock", ALWAYS, "an acc_lock, or pthread_mutex_trylock"},
    {"pthread_mutex_timedlock", ALWAYS, "an acc_lock, or pthread_mutex_trylock"},
    {"pthread_rwlock_rdlock", ALWAYS, "an acc_lock, or pthread_rwlock_tryrdlock"},
    {"pthread_rwlock_wrlock", ALWAYS, "an acc_lock, or pthread_rwlock_trywrlock"},
    {"mtx_lock", ALWAYS, "an acc_lock, or mtx_trylock"},
    {"mtx_timedlock", ALWAYS, "an acc_lock, or mtx_trylock"},
    {"pthread_cond_wait", ALWAYS, "an acc_condition, or an acc_event"},
    {"pthread_cond_timedwait", ALWAYS, "an acc_condition, or an acc_event"},
    {"cnd_wait", ALWAYS, "an acc_condition, or an acc_event"},
    {"cnd_timedwait", ALWAYS, "an acc_condition, or an acc_event"},
    {"pthread_join", ALWAYS, "await acc_to_thread(f(args)) instead of a thread"},
    {"thrd_join", ALWAYS, "await acc_to_thread(f(args)) instead of a thread"},
    {"pthread_barrier_wait", ALWAYS, "an acc_barrier"},
    {"sem_wait", ALWAYS, "an acc_semaphore, or sem_trywait"},
    {"sem_timedwait", ALWAYS, "an acc_semaphore, or sem_trywait"},
    {"curl_easy_perform", ALWAYS, "await acc_to_thread(curl_easy_perform(curl)), or acc/http.h"},
    {"PQconnectdb", ALWAYS, "acc/postgres.h"},
    {"PQexec", ALWAYS, "acc/postgres.h"},
    {"PQexecParams", ALWAYS, "acc/postgres.h"},
    {"PQgetResult", ALWAYS, "acc/postgres.h"},
    {"sqlite3_exec", ALWAYS, "acc/sqlite.h"},
};
enum { BLOCKING = sizeof blocking / sizeof *blocking };

static bool mentions(Check *c, const Node *n, const char *word) {
    if (n->kind == N_identifier) return node_is(c->u->source, n, word);
    for (uint32_t i = 0; i < n->count; i++)
        if (mentions(c, n->children[i], word)) return true;
    return false;
}

/* The text of its arguments, macros expanded as they are: does the word, or a number that it stands for, occur? */
static const Node *last_argument(const Node *args) {
    const Node *last = NULL;
    for (uint32_t i = 0; i < args->count; i++)
        if (node_named(args->children[i])) last = args->children[i];
    return last;
}

static bool is_zero(Check *c, const Node *n) { return n && node_is(c->u->source, node_stripped(n), "0"); }

/* The flags' macros are expanded in the text: MSG_DONTWAIT is an enumerator in glibc's headers, WNOHANG is 1. */
static bool waits(Check *c, const struct Blocking *b, const Node *call, const Node *function) {
    const Node *args = node_field(call, F_arguments), *last = args ? last_argument(args) : NULL;
    switch (b->unless) {
        case ON_STDIN: return args && mentions(c, args, "stdin");
        case NOT_READY:
            return !(args && mentions(c, args, "MSG_DONTWAIT")) && !mentions(c, function, "acc_readable") &&
                   !mentions(c, function, "acc_writable");
        case WITHOUT_HANG:
            return !(last &&
                     (mentions(c, args, "WNOHANG") || node_is(c->u->source, node_stripped(last), "1") ||
                      (!strcmp(b->name, "wait4") && args->count > 5 && node_is(c->u->source, args->children[5], "1"))));
        case TIMEOUT_LAST: return !is_zero(c, last);
        default: return true;
    }
}

static const struct Blocking *blocking_named(Check *c, const Node *callee) {
    for (size_t i = 0; i < BLOCKING; i++)
        if (node_is(c->u->source, callee, blocking[i].name)) return &blocking[i];
    return NULL;
}

/* The call that blocks below n, in a function of the file; *what: which it is. */
typedef struct Found {
    const struct Blocking *what; /* NULL: nothing in the function blocks */
    const Node *call;            /* in that function; of what blocks, or of a function that does */
    bool busy;                   /* it is being looked into: recursion */
} Found;

static Found *in_function(Check *c, const Node *function);

static bool find(Check *c, const Node *n, const Node *function, Found *f) {
    if (n->kind == N_function_definition || n->kind == N_sizeof_expression || n->kind == N_typeof_specifier) return false;
    const Node *callee = n->kind == N_call_expression ? check_callee(n) : NULL;
    if (callee) {
        const Node *own = map_get(c->functions, c->u->source->text + callee->start, callee->end - callee->start);
        const struct Blocking *b = own ? NULL : blocking_named(c, callee);
        if (b && waits(c, b, n, function)) {
            *f = (Found){.what = b, .call = n};
            return true;
        }
        Found *inner = own ? in_function(c, own) : NULL;
        if (inner && inner->what) {
            *f = (Found){.what = inner->what, .call = n};
            return true;
        }
    }
    for (uint32_t i = 0; i < n->count; i++)
        if (find(c, n->children[i], function, f)) return true;
    return false;
}

static Found *in_function(Check *c, const Node *function) {
    Found *f = map_get_u64(c->blocks, (uint64_t)(uintptr_t)function);
    if (f) return f->busy ? NULL : f;
    f = NEW(c->a, Found);
    map_set_u64(c->blocks, (uint64_t)(uintptr_t)function, f);
    const Node *body = node_field(function, F_body);
    if (!body || node_child(function, N_async_specifier)) return f; /* an async one is warned about in itself */
    f->busy = true;
    Found found = {0};
    find(c, body, function, &found);
    *f = found;
    return f;
}

/* Is the call not made, or made by another thread? Asked only of one that would be warned about: it looks at all around it. */
static bool elsewhere(Check *c, const Node *call) {
    for (const Node *p = call->parent; p && p != c->async; p = p->parent)
        if (p->kind == N_sizeof_expression || p->kind == N_typeof_specifier ||
            (p->kind == N_call_expression && check_callee(p) &&
             (node_is(c->u->source, check_callee(p), "acc_to_thread") ||
              node_is(c->u->source, check_callee(p), "acc_run_in_executor"))))
            return true;
    return false;
}

void check_blocks(Check *c, const Node *call) {
    const Node *callee = check_callee(call);
    if (!c->async || !callee) return;
    Decl *d = sema_ref(c->u->sema, callee->start);
    if (d && d->kind != D_FUNCTION) return; /* a pointer that is called so */
    const Node *own = map_get(c->functions, c->u->source->text + callee->start, callee->end - callee->start);
    const struct Blocking *b = own ? NULL : blocking_named(c, callee);
    if (b) {
        if (waits(c, b, call, c->async) && !elsewhere(c, call))
            diag_add(c->u->diags, DIAG_WARNING, 25, "blocking-call", check_place(c, callee->start),
                     "'%s' blocks the loop and every task on it; use %s", b->name, b->instead);
        return;
    }
    Found *f = own ? in_function(c, own) : NULL;
    if (!f || !f->what || elsewhere(c, call)) return;
    Diag *diag = diag_add(c->u->diags, DIAG_WARNING, 25, "blocking-call", check_place(c, callee->start),
                          "'%s' blocks the loop and every task on it: it calls '%s'; use %s", check_text(c, callee),
                          f->what->name, f->what->instead);
    for (int depth = 0; f && f->what && depth < 8; depth++) {
        const Node *name = check_callee(f->call);
        diag_note(c->u->diags, diag, check_place(c, name->start), "'%s' is called here", check_text(c, name));
        const Node *next = map_get(c->functions, c->u->source->text + name->start, name->end - name->start);
        f = next ? map_get_u64(c->blocks, (uint64_t)(uintptr_t)next) : NULL;
    }
}
