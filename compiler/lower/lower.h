/* lower.h: shared by lower's files: what an expression leaves behind once its awaits are statements. */
#ifndef ACC_LOWER_H
#define ACC_LOWER_H

#include "../ir/ir.h"

/* Where errors go: the label of the try, acc_try or cleanup around. */
typedef struct Handler {
    const char *label;
    bool used;
} Handler;

/* A way out of a piece of code: a return, break, continue or goto. */
typedef struct Way {
    StmtKind kind;
    const char *name; /* goto */
    size_t place;     /* its label's */
    Stmt *target;     /* break, continue */
} Way;

/* The value of a statement expression. */
typedef struct Last {
    Var *value; /* NULL: it is not missed */
} Last;

/* A place where a way is taken: statements that say so, filled in when it is known what must be said. */
typedef struct Exit {
    Stmt *way, *error;
    size_t number;
} Exit;

/* What must run when a piece of code is left. */
typedef struct Cleanup Cleanup;

/* An error that is being handled: by the catch around, or by the cleanup that it runs (there it may be NULL). */
typedef struct Handled {
    Var *error;
    const struct Handled *outer;
} Handled;

/* The gotos, labels and cases of a function, in their order, and what else is looked for in it. */
typedef struct Jumps {
    VEC(const Node *) gotos;
    VEC(const Node *) labels;
    VEC(const Node *) cases;
    VEC(const Node *) awaited; /* the names that are awaited */
} Jumps;

typedef struct Lower {
    Arena *a;
    Unit *u;
    Func *f;
    Stmt *block; /* statements are appended to its list */
    Stmt *loop, *breakable;
    Handler *handler; /* NULL: errors leave the function */
    Cleanup *cleanup; /* the innermost that is pending */
    Var *caught;      /* the error of the catch around */
    const Handled *handled;
    Jumps *jumps; /* made when first asked for */
    Var *value;   /* what return gave, while cleanup runs */
} Lower;

struct Cleanup {
    Cleanup *outer;
    Handler *outer_handler, handler;
    Stmt *block, *outer_block;
    size_t at, start, end; /* of the source: what it guards */
    Code *simple;          /* it can neither fail nor wait: this, at each way out; */
    Code *on_error;        /* where an error is that way, this; NULL: the same */
    const char *label, *after, *unclean;
    Var *way, *error; /* which way out was taken; the error, NULL where it is none */
    VEC(Way) ways;
    VEC(Exit) exits;
    bool fails, swallows;            /* an error may come; the cleanup may end it by setting `error` to NULL */
    void (*run)(Lower *, Cleanup *); /* lowers the cleanup */
    Stmt *stmt;                      /* for it */
    Var *object;
    const char *function;
    Type *result;
};

/* expr.c */
Code *lower_value(Lower *l, Expr *e);            /* its value; what must come before it has been appended */
Code *lower_place(Lower *l, Expr *e, bool keep); /* an lvalue; keep: found now, for use after something else */
void lower_discard(Lower *l, Expr *e);           /* for its effects */
void lower_operands(Lower *l, Expr **args, size_t n, Code **out);
Code *lower_keep(Lower *l, Expr *e, Code *value); /* the value, in a temporary */
Code *lower_rest(Lower *l, Expr *e, Code **args); /* e's own text around its operands' code */
/* await.c */
Await *lower_suspension(Lower *l, AwaitKind kind, size_t at, Code *call, Var *result);
Code *lower_await(Lower *l, Expr *e);
Var *lower_open(Lower *l, const Node *operand); /* guard.c: its Var.open, NULL where it is no local that has one */
Code *lower_yield(Lower *l, Expr *e);
int lower_generator_place(const Lower *l); /* where the context remembers the generator that the next await steps */
Code *lower_builtin(Lower *l, Expr *e);
Code *lower_cold_call(Lower *l, Expr *e);
Code *lower_generator_call(Lower *l, Expr *e);
/* queue.c */
Code *lower_queue(Lower *l, Expr *e);                                 /* a function of acc_queue(T), not awaited */
Code *lower_queue_await(Lower *l, Expr *call, Type *type, size_t at); /* await acc_queue_get, acc_queue_put */
/* captured.c */
Code *lower_captured_await(Lower *l, Expr *call, Type *type, size_t at); /* await acc_to_thread(...) */
Code *lower_captured_coroutine(Lower *l, Expr *e);
void lower_captured_plain(Arena *a, Unit *u, Node *n, Edits *e);
/* trying.c */
Code *lower_try(Lower *l, Expr *e);
bool lower_is_outcome(Lower *l, Node *place); /* (part of) a local outcome, whose old error goes when it is assigned anew */
/* cleanup.c */
Cleanup *cleanup_begin(Lower *l, size_t at, size_t start, size_t end); /* sets in; what follows is guarded */
void cleanup_end(Lower *l, Cleanup *c);
void lower_return(Lower *l, size_t at, Code *value); /* a return where cleanup is pending */
void lower_jump(Lower *l, size_t at, StmtKind kind, const char *name, Stmt *target);
const Jumps *lower_jumps(Lower *l);
bool lower_falls(Lower *l, Stmt *s); /* does control reach its end? */
Var *lower_error_temp(Lower *l);
void lower_set(Lower *l, size_t at, Var *v, const char *value);
void lower_caught(Lower *l, size_t at, Var *error); /* takes the pending error; it came while those around were handled */
void lower_context(Lower *l, size_t at);            /* it did, and is pending still */
void lower_label(Lower *l, size_t at, const char *name);
void lower_goto(Lower *l, size_t at, const char *name);
const char *lower_handler(Lower *l);  /* the label where an error goes, or NULL; it is used now */
void lower_fail(Lower *l, size_t at); /* the pending error goes on its way */
/* errors.c */
void lower_throw(Lower *l, Stmt *s);
void lower_try_statement(Lower *l, Stmt *s);
Code *lower_error_value(Lower *l, Expr *e); /* TYPE(...) or an error: a reference that is the taker's */
/* manage.c */
void lower_with(Lower *l, Stmt *s);
void lower_each(Lower *l, Stmt *s);
/* guard.c */
bool lower_guards(Lower *l, Stmt *s, Stmt *next); /* must something run when the scope of a declaration ends? */
/* Those of a block; what the last one's value becomes, or NULL where it is a plain block. */
void lower_list(Lower *l, Stmt **s, size_t n, const Last *last);
void lower_plain(Arena *a, Unit *u);
/* The handle of the coroutine that the call at that place has just made; the place is for debug mode. */
const char *lower_take(Arena *a, const Unit *u, const char *context, size_t at);
/* stmt.c */
void lower_statement(Lower *l, Stmt *s);
Stmt *lower_append(Lower *l, StmtKind kind, size_t at);
/* v, a temporary, has the type of what an await of the handle gives; or of a handle that gives the same. Told where that type has
 * no name at file scope. */
void lower_like_value(Lower *l, Var *v, const Code *handle);
void lower_like_handle(Lower *l, Var *v, const Code *handle, const char *tag);
Stmt *lower_code(Lower *l, size_t at, Code *c, Var *kill); /* appends a statement of code */
Stmt *lower_nested(Lower *l, size_t at);                   /* a made block, current until lower_back */
Stmt *lower_begin(Lower *l, Stmt *block);                  /* makes it current, gives the one before */

#endif
