/* function.h: what the files share that print one function: function.c, many.c, twice.c, statement.c, await.c, parts.c. */
#ifndef ACC_EMIT_FUNCTION_H
#define ACC_EMIT_FUNCTION_H

#include "emit.h"

typedef struct Emit {
    Printer *p;
    Unit *u;
    Func *f;
    Arena *a;
    BitSet declared;            /* temporaries */
    VEC(Var *) owned;           /* what begins empty in the frame and goes with the call */
    VEC(const Node *) comments; /* "fall through" */
    const char *pend;           /* what links the frame: inline where the function is small, else a call */
    bool twice; /* it is, and the body is a function of its own, inline where it is entered and where it is resumed */
} Emit;

/* ---- parts.c ---- */
const char *emit_declared(Arena *a, const Type *t, const char *name); /* `before NAME after` */
const char *emit_stored(Emit *e, const Var *v);                       /* the value of a variable in the frame */
void emit_assign(Emit *e, const Type *t, const char *to, const char *from);
void emit_save(Emit *e, const Await *w); /* what is live over an await, in the frame */
void emit_restore(Emit *e, const Await *w);
const char *emit_nothing(Emit *e); /* what an async function returns when it has nothing to return */
void emit_outcomes(Emit *e, bool begin);
bool emit_drops_apart(const Emit *e);
void emit_leave(Emit *e); /* before each way out that is no suspension */
void emit_failed(Emit *e, const char *handler);
void emit_declare_temp(Emit *e, const Var *v, bool assigned);

/* ---- function.c ---- */
bool emit_sized_parameters(const Func *f);
const Await *emit_only_suspension(const Func *f); /* NULL: there is none, or more than one */
void emit_resume_cases(Emit *e);
void emit_step_cases(Emit *e); /* of a small function, which is resumed in its step function alone */
void emit_returned(Emit *e);
void emit_keep_argument(Emit *e, const Var *v);
void emit_resident(Emit *e); /* makes the frame where something lives in it from the start */

/* ---- many.c: a function of many awaits ---- */
bool emit_shared_tail(const Func *f);
bool emit_into_frame(const Await *w, bool assigned);
bool emit_alone(const Await *w);
void emit_few_passes(Printer *p);
void emit_many_dispatch(Emit *e);
void emit_many_await(Emit *e, const Await *w, bool in_frame, bool dropped);

/* ---- twice.c: a small function ---- */
bool emit_is_small(const Emit *e);
void emit_body_head(Emit *e);
void emit_body_prologue(Emit *e);
void emit_entry_of(Emit *e); /* f itself, behind its body */

/* ---- statement.c, await.c ---- */
void emit_list(Emit *e, Stmt *s);
void emit_find_comments(Emit *e, const Node *n);
void emit_line_comments(Emit *e, size_t at); /* those behind what becomes several lines stand above them */
void emit_await_statement(Emit *e, Stmt *s);

#endif
