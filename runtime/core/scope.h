/* scope.h: what acc_timeout, acc_timeout_at and acc_task_group_new give: objects that live to the end of the block around
 * their statement. The compiler holds them there (acc_abi_hold); one that was never held goes with its loop. */
#ifndef ACC_CORE_SCOPE_H
#define ACC_CORE_SCOPE_H

#include "internal.h"

typedef struct acc__scope acc__scope;
struct acc__scope { /* the head of each kind */
    acc__block block;
    unsigned held;
    void (*end)(acc__thread *th, acc__scope *s); /* nobody holds it any more: lets go of what it has, and frees it */
};

struct acc_timeout_scope {
    acc__scope scope;
    int64_t when; /* ACC__NEVER: there is no deadline */
    void *task;   /* whose it is */
    acc_handle timer;
    int cancelling; /* of the task, when it entered */
    uint8_t state;
};

/* The deadline begins to count. False: it has thrown. */
bool acc__timeout_begin(acc_ctx *cx, acc_timeout_scope *s);
/* It ends, the block having ended with that error (NULL: with none). Gives the TimeoutError to throw instead, or NULL. */
const acc_error *acc__timeout_end(acc__thread *th, acc_timeout_scope *s, const acc_error *error);

#endif
