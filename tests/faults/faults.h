/* faults.h: what the scenarios share. Each is `async void scenario(void)`, run again and again while the first, second, ...
 * allocation fails (main.ac). It may throw MemoryError, or a group of such, and nothing else. */
#ifndef FAULTS_H
#define FAULTS_H

#include <acc.h>

async void scenario(void);

extern int held;                    /* what was opened and not closed yet: 0 whenever a run has ended */
bool tolerated(const acc_error *e); /* a MemoryError, or a group of them */
void tolerate(const acc_error *e);  /* anything else ends the test. NULL is fine */
void expect(bool condition, const char *what);

/* faults.c */
void faults_mode(int mode); /* 0: as ever; 1: each frame is an allocation; 2: the hostile mode */
void faults_plan(long n);
bool faults_planned(void);
void faults_clean(void); /* nothing of the last run is left */

#endif
