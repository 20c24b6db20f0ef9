/* check.h: shared by the files of the dialect's diagnostics, and nobody else sees it. */
#ifndef ACC_CHECK_H
#define ACC_CHECK_H

#include "ir.h"

/* What stands around a node, up to the statement expression or function that it is in. */
typedef struct Around {
    const Node *by;       /* the innermost operator whose operand is not evaluated; NULL: none */
    const char *word;     /* it, for the user */
    bool type;            /* its operand is a type */
    bool size;            /* the node is in the size of an array type in it */
    const char *no_await; /* why none can stand here: "a case label"; NULL: one can */
} Around;

typedef struct Check {
    Arena *a;
    Unit *u;
    const Node *async;    /* the async function around, or NULL */
    const Node *function; /* the function around, async or not, or NULL */
    const Node *told;     /* the function of which was last told that it is not async */
    bool nested;          /* that is a function inside another */
    bool dialect;         /* the region holds dialect words */
    Around around;        /* around the node that is looked at */
    Map *functions;       /* the functions that are defined in regions, by name: Node */
    Map *blocks;          /* what warn_blocking.c knows of them */
    Map *labels;          /* function -> Map of its labels, where check_errors.c was asked; */
    Map *defers;          /* block -> its defers: the same */
} Check;

/* check.c */
Place check_place(Check *c, size_t offset);
Node *check_callee(const Node *call);                                   /* the identifier that is called, or NULL */
char *check_text(Check *c, const Node *n);                              /* as the user wrote it */
bool check_named(Check *c, const Node *call, const char *const *names); /* does it call one of these, by name? */

bool check_number(Check *c, const Node *expression); /* of an arithmetic type, but not 0? */
void check_awaitable(Check *c, const Node *operand, const char *who, const char *what); /* ACC004 */

void check_builtin(Check *c, const Node *call);    /* check_builtin.c: the arguments of what C cannot type */
void check_evaluated(Check *c, const Node *await); /* warn_operand.c: -Wunevaluated-await */
void check_operand(Check *c, const Node *n, const Node *child);
void check_thrown(Check *c, const Node *n); /* check_errors.c: throw, try, */
void check_try(Check *c, const Node *n);
void check_with(Check *c, const Node *n); /* async with, async for, */
void check_each(Check *c, const Node *n);
void check_yield(Check *c, const Node *n);
void check_cleanup(Check *c, const Node *attribute);
void check_jump(Check *c, const Node *n);      /* and what leaves or enters them */
void check_throws(Check *c, const Node *call); /* warn_throw.c: -Wmay-throw */
void check_blocks(Check *c, const Node *call); /* warn_blocking.c: -Wblocking-call */

#endif
