/* help.h: what acc says about itself. Each gives the exit status. */
#ifndef ACC_HELP_H
#define ACC_HELP_H

#include "options.h"

int help_show(void);
int help_version(Arena *a, const Options *o);
int help_explain(const char *number); /* "ACC012", "acc12" or "12" */

#endif
