/* timing.h: how long each phase takes, for -ftime-report. A NULL Timing is one that nobody wants: nothing is measured. */
#ifndef ACC_TIMING_H
#define ACC_TIMING_H

#include "base.h"

typedef struct Timing Timing;
Timing *timing_new(Arena *a);
void timing_phase(Timing *t, const char *name); /* ends the phase before, begins this one; NULL: only ends it */
void timing_print(const Timing *t, const char *file, FILE *to);

#endif
