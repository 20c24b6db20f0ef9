/* with.c: async with over streams, servers and sockets: entering and leaving.
 *
 * By hand, as acc__certain says: what is open must be closed even where there is no memory for a frame. */
#include "stream.h"

typedef struct frame {
    acc_frame head;
    void *object;
    bool failed;
} frame;

#pragma GCC visibility push(default)
acc_stream *acc_stream_aenter(acc_ctx *cx, acc_stream *s);
acc_server *acc_server_aenter(acc_ctx *cx, acc_server *v);
acc_udp *acc_udp_aenter(acc_ctx *cx, acc_udp *u);
void acc_stream_aexit(acc_ctx *cx, acc_stream *s, const acc_error *error);
void acc_server_aexit(acc_ctx *cx, acc_server *v, const acc_error *error);
void acc_udp_aexit(acc_ctx *cx, acc_udp *u, const acc_error *error);
void acc_stream_close(acc_ctx *cx, acc_stream *s);
void acc_server_wait_closed(acc_ctx *cx, acc_server *v);
#pragma GCC visibility pop

/* False: return; nothing is to be done now. *f: the frame, if there is one; its state is 1 where it has waited. */
static bool begin(acc_ctx *cx, const acc_fn *fn, frame **f, void *object, bool failed) {
    *f = NULL;
    if (!acc_guarded(cx)) return true;
    if (!(*f = (frame *)acc_enter(cx, fn))) return false;
    if ((*f)->head.up.state != 0) return true;
    (*f)->object = object;
    (*f)->failed = failed;
    (*f)->head.up.state = ACC_STATE_START;
    return false;
}

/* Suspended: it waits; failed: false. */
static bool pend(acc_ctx *cx, const acc_fn *fn, frame *f, void *object) {
    if (cx->signal == ACC_FAILED) return false;
    f = (frame *)acc_pend(cx, f ? &f->head : NULL, fn, 1, 0);
    if (f) f->object = object;
    return f;
}

/* ---- entering gives what is entered --------------------------------------------------------------------------------------------- */

static void *enter(acc_ctx *cx, const acc_fn *fn, void *object) {
    frame *f;
    if (!begin(cx, fn, &f, object, false)) return NULL;
    return f ? f->object : object;
}

static void enter_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    void *object = enter(cx, f->fn, NULL);
    if (!cx->signal) *(void **)acc_result_place(f) = object;
}

#define ENTER(type)                                                                                               \
    static const acc_fn type##_enter = {                                                                          \
        enter_step, "acc_" #type "_aenter", &acc__certain, sizeof(frame), sizeof(void *), _Alignof(frame), 0, 0}; \
    acc_##type *acc_##type##_aenter(acc_ctx *cx, acc_##type *object) { return enter(cx, &type##_enter, object); }
ENTER(stream)
ENTER(server)
ENTER(udp)

/* ---- leaving -------------------------------------------------------------------------------------------------------------------- */

static void stream_exit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_stream_aexit(cx, NULL, NULL);
}
static const acc_fn stream_exit = {
    stream_exit_step, "acc_stream_aexit", &acc__certain, sizeof(frame), 0, _Alignof(frame), 0, 0};

/* After an error nobody waits for what was written; what can be sent at once is. */
void acc_stream_aexit(acc_ctx *cx, acc_stream *s, const acc_error *error) {
    frame *f;
    bool failed = error;
    if (!begin(cx, &stream_exit, &f, s, failed)) return;
    if (f) {
        s = f->object;
        failed = f->failed;
        if (f->head.up.state == 1) {
            if (cx->signal) acc__stream_end(s);
            return;
        }
    }
    if (!failed) {
        acc_stream_close(cx, s);
        if (!cx->signal || pend(cx, &stream_exit, f, s)) return;
    }
    acc__stream_end(s);
}

static void server_exit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_server_aexit(cx, NULL, NULL);
}
static const acc_fn server_exit = {
    server_exit_step, "acc_server_aexit", &acc__certain, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_server_aexit(acc_ctx *cx, acc_server *v, const acc_error *error) {
    frame *f;
    bool failed = error;
    if (!begin(cx, &server_exit, &f, v, failed)) return;
    if (f) {
        if (f->head.up.state == 1) return;
        v = f->object;
        failed = f->failed;
    }
    acc_server_close(v);
    if (failed) acc__server_cancel(v);
    acc_server_wait_closed(cx, v);
    if (cx->signal) pend(cx, &server_exit, f, v);
}

static void udp_exit_step(acc_ctx *cx, acc_frame *f) {
    acc_resume(cx, f);
    acc_udp_aexit(cx, NULL, NULL);
}
static const acc_fn udp_exit = {udp_exit_step, "acc_udp_aexit", &acc__certain, sizeof(frame), 0, _Alignof(frame), 0, 0};

void acc_udp_aexit(acc_ctx *cx, acc_udp *u, const acc_error *error) {
    frame *f;
    if (begin(cx, &udp_exit, &f, u, error)) acc_udp_close(f ? f->object : u);
}
