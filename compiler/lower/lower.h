/* lower.h: shared by lower's files: what an expression leaves behind once its awaits are statements. */
#ifndef ACC_LOWER_H
#define ACC_LOWER_H

#include "../ir/ir.h"

typedef struct Lower {
    Arena *a;
    Unit *u;
    Func *f;
    Stmt *block; /* statements are appended to its list */
    Stmt *loop, *breakable;
    const char *handler; /* the label of the acc_try around */
} Lower;

/* expr.c */
Code *lower_value(Lower *l, Expr *e);            /* its value; what must come before it has been appended */
Code *lower_place(Lower *l, Expr *e, bool keep); /* an lvalue; keep: found now, for use after something else */
void lower_discard(Lower *l, Expr *e);           /* for its effects */
void lower_operands(Lower *l, Expr **args, size_t n, Code **out);
Code *lower_keep(Lower *l, Expr *e, Code *value); /* the value, in a temporary */
Code *lower_rest(Lower *l, Expr *e, Code **args); /* e's own text around its operands' code */
/* await.c */
Code *lower_await(Lower *l, Expr *e);
Code *lower_builtin(Lower *l, Expr *e);
Code *lower_cold_call(Lower *l, Expr *e);
/* trying.c */
Code *lower_try(Lower *l, Expr *e);
bool lower_is_outcome(Lower *l, Node *place); /* (part of) a local outcome, whose old error goes when it is assigned anew */
/* plain.c */
void lower_plain(Arena *a, Unit *u);
/* stmt.c */
void lower_statement(Lower *l, Stmt *s);
Stmt *lower_append(Lower *l, StmtKind kind, size_t at);
Stmt *lower_code(Lower *l, size_t at, Code *c, Var *kill); /* appends a statement of code */
Stmt *lower_nested(Lower *l, size_t at);                   /* a made block, current until lower_back */
Stmt *lower_begin(Lower *l, Stmt *block);                  /* makes it current, gives the one before */

#endif
