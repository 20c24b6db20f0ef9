/* model.h: between model.ac and its scheduler. */
#ifndef MODEL_H
#define MODEL_H

#include <acc.h>

typedef struct model {
    long runs;
    int cancelled; /* the task that was cancelled while it was pending, -1: none was */
    bool stuck;    /* nothing could happen any more; then all tasks are cancelled */
} model;
extern model model_now;

void model_start(acc__any_task *tasks, int n); /* from now on all is choice */
void model_stop(void);
bool model_advance(void); /* to the next run; false: that was the last */
void model_stuck(void);   /* model.ac: is it right that these tasks wait? */

#endif
