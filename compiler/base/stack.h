/* stack.h: a deep stack for what walks trees by recursion. */
#ifndef ACC_STACK_H
#define ACC_STACK_H

/* Calls fn(arg) on a stack that is deep enough for anything that a file may nest (TREE_DEPTH in syntax.h), and waits for it. */
void stack_run(void (*fn)(void *), void *arg);

#endif
