/* error.c: errors, their types, and their tracebacks.
 *
 * An error is counted; whoever holds a pointer that outlives the error's current owner keeps it. The traceback grows from
 * the innermost await to the outermost as the error travels (acc_pend adds each site), so that it is printed backwards.
 * Making an error must not fail: where memory is short, a MemoryError stands ready that is never freed and carries no
 * traceback; a CancelledError the same. */
#include "internal.h"
#include <errno.h>

typedef struct line {
    const acc_site *site;
    const char *function;
} line;

typedef struct error {
    acc_error pub; /* first: what users see */
    int refs;      /* atomic: an error may come from another thread. Negative: never freed */
    uint32_t line_count, line_room;
    bool alone; /* printed without its context */
    line *lines;
    size_t member_count; /* of an ErrorGroup */
    const acc_error **members;
    char text[];
} error;

/* Another thread may count at the same time. */
static inline int refs(const error *e) { return __atomic_load_n(&e->refs, __ATOMIC_RELAXED); }

#define TYPE(name, parent) const acc_error_type acc_error_type_##name = {#name, &acc_error_type_##parent}
const acc_error_type acc_error_type_BaseError = {"BaseError", NULL};
TYPE(CancelledError, BaseError);
TYPE(Error, BaseError);
TYPE(ValueError, Error);
TYPE(OSError, Error);
TYPE(ConnectionError, OSError);
TYPE(TimeoutError, OSError);
TYPE(FileNotFoundError, OSError);
TYPE(PermissionError, OSError);
TYPE(InvalidStateError, Error);
TYPE(MemoryError, Error);
TYPE(QueueFull, Error);
TYPE(QueueEmpty, Error);
TYPE(QueueShutDown, Error);
TYPE(BrokenBarrierError, Error);
TYPE(IncompleteReadError, Error);
TYPE(LimitOverrunError, Error);
TYPE(BrokenExecutorError, Error);
TYPE(ErrorGroup, Error);

static error no_memory = {.pub = {&acc_error_type_MemoryError, 0, "", NULL}, .refs = -1};
static error cancelled = {.pub = {&acc_error_type_CancelledError, 0, "", NULL}, .refs = -1};

/* throw OSError(errno, ...) throws the child that the errno names, as Python does. */
static const acc_error_type *refine(const acc_error_type *type, int code) {
    if (type != &acc_error_type_OSError) return type;
    switch (code) {
        case ENOENT: return &acc_error_type_FileNotFoundError;
        case EACCES:
        case EPERM: return &acc_error_type_PermissionError;
        case EPIPE:
        case ESHUTDOWN:
        case ECONNABORTED:
        case ECONNREFUSED:
        case ECONNRESET: return &acc_error_type_ConnectionError;
        case ETIMEDOUT: return &acc_error_type_TimeoutError;
        default: return type;
    }
}

static error *make(const acc_error_type *type, int code, size_t length) {
    error *e = acc__malloc(sizeof *e + length + 1);
    if (!e) return NULL;
    *e = (error){.pub = {refine(type, code), code, e->text, NULL}, .refs = 1};
    e->text[0] = '\0';
    return e;
}

const acc_error *acc__error_newv(const acc_error_type *type, int code, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = format ? vsnprintf(NULL, 0, format, args) : 0;
    error *e = make(type, code, length > 0 ? (size_t)length : 0);
    if (e && length > 0) vsnprintf(e->text, (size_t)length + 1, format, again);
    va_end(again);
    return e ? &e->pub : type == &acc_error_type_CancelledError ? &cancelled.pub : &no_memory.pub;
}

const acc_error *acc__error_new(const acc_error_type *type, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const acc_error *e = acc__error_newv(type, code, format, args);
    va_end(args);
    return e;
}

const acc_error *acc_abi_error(const acc_error_type *type, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const acc_error *e = acc__error_newv(type, code, format, args);
    va_end(args);
    return e;
}

const acc_error *acc__cancelled_error(const char *message) {
    error *e = make(&acc_error_type_CancelledError, 0, message ? strlen(message) : 0);
    if (e && message) strcpy(e->text, message);
    return e ? &e->pub : &cancelled.pub;
}

const acc_error *acc_error_keep(const acc_error *e) {
    error *x = (error *)e;
    if (x && refs(x) > 0) __atomic_fetch_add(&x->refs, 1, __ATOMIC_RELAXED);
    return e;
}

void acc_error_drop(const acc_error *e) {
    while (e) { /* a loop: contexts may form a long chain */
        error *x = (error *)e;
        if (refs(x) < 0 || __atomic_sub_fetch(&x->refs, 1, __ATOMIC_ACQ_REL)) return;
        e = x->pub.context;
        for (size_t i = 0; i < x->member_count; i++) acc_error_drop(x->members[i]);
        free(x->members);
        free(x->lines);
        free(x);
    }
}

/* Another error of the same content: where an outcome goes to several waiters, each has a traceback of its own. */
const acc_error *acc__error_clone(const acc_error *from) {
    const error *x = (const error *)from;
    if (refs(x) < 0) return from;
    error *e = make(x->pub.type, x->pub.code, strlen(x->pub.message));
    if (!e) return acc_error_keep(from);
    strcpy(e->text, x->pub.message);
    e->alone = x->alone;
    e->pub.context = acc_error_keep(x->pub.context);
    if (x->line_count && (e->lines = acc__malloc(x->line_count * sizeof *e->lines))) {
        memcpy(e->lines, x->lines, x->line_count * sizeof *e->lines);
        e->line_count = e->line_room = x->line_count;
    }
    if (x->member_count && (e->members = acc__malloc(x->member_count * sizeof *e->members))) {
        e->member_count = x->member_count;
        for (size_t i = 0; i < x->member_count; i++) e->members[i] = acc_error_keep(x->members[i]);
    }
    return &e->pub;
}

bool acc_error_is(const acc_error *e, const acc_error_type *type) {
    for (const acc_error_type *t = e ? e->type : NULL; t; t = t->parent)
        if (t == type) return true;
    return e && type == &acc_error_type_BaseError; /* a user's type may leave its parent out */
}

void acc__error_site(const acc_error *e, const acc_site *site, const char *function) {
    error *x = (error *)e;
    if (refs(x) < 0) return;
    if (x->line_count == x->line_room) {
        uint32_t room = x->line_room ? x->line_room * 2 : 8;
        line *lines = acc__realloc(x->lines, room * sizeof *lines);
        if (!lines) return; /* a traceback may end early */
        x->lines = lines;
        x->line_room = room;
    }
    x->lines[x->line_count++] = (line){site, function};
}

uint32_t acc__error_line_count(const acc_error *e) { return ((const error *)e)->line_count; }

const acc_site *acc__error_line(const acc_error *e, uint32_t i, const char **function) {
    const line *l = &((const error *)e)->lines[i];
    *function = l->function;
    return l->site;
}

void acc__throw_error(acc_ctx *cx, const acc_error *e) {
    cx->error = e;
    cx->signal = ACC_FAILED;
}

void acc__throw(acc_ctx *cx, const acc_error_type *type, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    acc__throw_error(cx, acc__error_newv(type, code, format, args));
    va_end(args);
}

void acc__throw_memory(acc_ctx *cx) { acc__throw(cx, &acc_error_type_MemoryError, 0, NULL); }

void acc_abi_throw(acc_ctx *cx, const acc_error *e, const acc_fn *fn, unsigned state) {
    if (!e) e = acc__error_new(&acc_error_type_InvalidStateError, 0, "there is no error to throw");
    acc__throw_error(cx, e);
    if (fn && state && state <= fn->site_count) acc__error_site(e, &fn->sites[state - 1], fn->name);
}

const acc_error *acc_abi_catch(acc_ctx *cx) {
    const acc_error *e = cx->error;
    cx->error = NULL;
    cx->signal = NULL;
    return e;
}

/* At the end of e's chain: what came before all that led to e. A chain must not bite its own tail: where the two have an error
 * in common, it is left as it is; and where it is long: an error that somebody keeps may be thrown again and again. */
void acc_abi_context(const acc_error *e, const acc_error *context) {
    error *last = (error *)e;
    for (int length = 0;; last = (error *)last->pub.context) {
        if (!context || refs(last) < 0 || ++length > 32) return;
        for (const acc_error *c = context; c; c = c->context)
            if (c == &last->pub) return;
        if (!last->pub.context) break;
    }
    last->pub.context = acc_error_keep(context);
}

void acc_abi_chain(acc_ctx *cx, const acc_error *handled) {
    if (handled != cx->error) acc_abi_context(cx->error, handled);
    acc_error_drop(handled);
}

void acc_abi_drop_outcomes(void *outcomes, size_t n, size_t size) {
    for (char *p = outcomes; n--; p += size) {
        acc_error_drop(*(const acc_error **)(void *)p);
        memset(p, 0, size);
    }
}

/* ---- groups ---------------------------------------------------------------------------------------------------------------- */

const acc_error *acc_abi_error_group(const char *message, const acc_error *const *errors, size_t count) {
    error *e = make(&acc_error_type_ErrorGroup, 0, strlen(message));
    if (!e) return &no_memory.pub;
    strcpy(e->text, message);
    if (!count) return &e->pub;
    if (!(e->members = acc__malloc(count * sizeof *e->members))) {
        free(e);
        return &no_memory.pub;
    }
    e->member_count = count;
    for (size_t i = 0; i < count; i++) e->members[i] = acc_error_keep(errors[i]);
    return &e->pub;
}

const acc_error *acc__error_group(const char *message, size_t count) {
    char suffix[64];
    snprintf(suffix, sizeof suffix, " (%zu sub-exception%s)", count, count == 1 ? "" : "s");
    error *e = make(&acc_error_type_ErrorGroup, 0, strlen(message) + strlen(suffix));
    if (e && !(e->members = acc__malloc(count * sizeof *e->members))) {
        free(e);
        e = NULL;
    }
    if (!e) return &no_memory.pub;
    strcpy(e->text, message);
    strcat(e->text, suffix);
    memset(e->members, 0, count * sizeof *e->members);
    e->member_count = count;
    e->alone = true; /* its members tell; Python: from None */
    return &e->pub;
}

void acc__error_member(const acc_error *group, size_t i, const acc_error *e) {
    ((error *)group)->members[i] = acc_error_keep(e);
}

static void insert_timeout(error *x) {
    for (; x->pub.context; x = (error *)x->pub.context) {
        if (!acc_error_is(x->pub.context, &acc_error_type_CancelledError)) continue;
        error *late = make(&acc_error_type_TimeoutError, 0, 0);
        if (!late) return;
        late->pub.context = x->pub.context;
        x->pub.context = &late->pub;
        return;
    }
}

void acc__error_timed_out(const acc_error *e) {
    insert_timeout((error *)e);
    for (size_t i = 0; i < acc_error_count(e); i++) insert_timeout((error *)acc_error_at(e, i));
}

size_t acc_error_count(const acc_error *e) {
    return e && e->type == &acc_error_type_ErrorGroup ? ((const error *)e)->member_count : 0;
}

const acc_error *acc_error_at(const acc_error *e, size_t i) {
    return i < acc_error_count(e) ? ((const error *)e)->members[i] : NULL;
}

/* ---- printing -------------------------------------------------------------------------------------------------------------- */

static void indent(FILE *to, unsigned depth) {
    while (depth-- > 0) fputs("  | ", to);
}

/* A recursion's repeated line is told, not repeated, after three times: as Python does. */
static void print_lines(FILE *to, const error *x, unsigned depth) {
    uint32_t same = 0;
    indent(to, depth);
    fputs("Traceback (most recent call last):\n", to);
    for (uint32_t i = x->line_count; i-- > 0;) {
        const line *l = &x->lines[i];
        bool repeats = i + 1 < x->line_count && l->site == l[1].site;
        same = repeats ? same + 1 : 0;
        if (same < 3) {
            indent(to, depth);
            fprintf(to, "  %s:%u in %s\n", l->site->file, (unsigned)l->site->line, l->function);
        }
        if (same >= 3 && (i == 0 || l[-1].site != l->site)) {
            indent(to, depth);
            fprintf(to, "  [Previous line repeated %u more time%s]\n", (unsigned)same - 2, same == 3 ? "" : "s");
        }
    }
}

static void print_one(FILE *to, const error *x, unsigned depth) {
    if (x->line_count) print_lines(to, x, depth);
    indent(to, depth);
    fprintf(to, *x->pub.message ? "%s: %s\n" : "%s\n", x->pub.type->name, x->pub.message);
}

static void print(FILE *to, const acc_error *e, unsigned depth) {
    size_t contexts = 0;
    for (const acc_error *c = e; c->context && !((const error *)c)->alone; c = c->context) contexts++;
    for (size_t i = contexts + 1; i-- > 0;) { /* innermost first */
        const acc_error *c = e;
        for (size_t k = 0; k < i; k++) c = c->context;
        print_one(to, (const error *)c, depth);
        for (size_t k = 0; k < acc_error_count(c) && depth < 16; k++) {
            indent(to, depth);
            fprintf(to, "  +---------------- %zu ----------------\n", k + 1);
            print(to, acc_error_at(c, k), depth + 1);
        }
        if (i) {
            fputc('\n', to);
            indent(to, depth);
            fputs("During handling of the above error, another error occurred:\n\n", to);
        }
    }
}

void acc_print_error(FILE *to, const acc_error *e) {
    if (e) print(to, e, 0);
}

void acc_set_error_handler(void (*fn)(const acc_error *e, void *arg), void *arg) {
    acc__thread *th = acc__self();
    th->on_error = fn;
    th->on_error_arg = arg;
}

void acc__report_error(acc__thread *th, const char *what, const acc_error *e) {
    if (th->on_error) {
        th->on_error(e, th->on_error_arg);
        return;
    }
    fflush(stdout);
    fprintf(stderr, "%s\n", what);
    acc_print_error(stderr, e);
}

void acc__report(acc__thread *th, acc__slot *s) {
    const acc_error *e = acc_error_keep(s->error);
    s->n.flags |= ACC__RETRIEVED;
    if (th->on_error) {
        th->on_error(e, th->on_error_arg);
    } else {
        bool task = s->n.kind == ACC__TASK;
        fflush(stdout);
        fprintf(stderr, "%s exception was never retrieved\n", task ? "Task" : "Future");
        char what[1024];
        if (acc__debug) {
            acc__describe(th, s, what, sizeof what);
            fprintf(stderr, "%s: %s\n", task ? "task" : "future", what);
        } else if (task && acc__called(th, s)) fprintf(stderr, "task: %s\n", acc__called(th, s));
        else if (task) fprintf(stderr, "task: Task-%u\n", (unsigned)s->serial);
        acc_print_error(stderr, e);
    }
    acc_error_drop(e);
}
