/* faults.c: looks inside the runtime. */
#include "../../runtime/core/internal.h"

void acc__fail_plan(long n);
bool acc__fail_planned(void);
void faults_mode(int mode);
void faults_plan(long n);
bool faults_planned(void);
void faults_clean(void);

void faults_mode(int mode) {
    acc__thread *th = acc__self();
    th->hostile = mode > 0;
    th->cx.limit = th->cx.room = mode == 2 ? UINTPTR_MAX : th->stack_floor;
}
void faults_plan(long n) { acc__fail_plan(n); }
bool faults_planned(void) { return acc__fail_planned(); }
void faults_clean(void) {
    acc__thread *th = acc__self();
    if (!th->frames_live && !th->reserve_live && !th->chunks && !th->blocks && !th->cx.signal) return;
    fprintf(stderr, "left behind: %zu frames, %zu of the reserve, slots %d, blocks %d, signal %d\n", th->frames_live,
            th->reserve_live, th->chunks != NULL, th->blocks != NULL, th->cx.signal != NULL);
    abort();
}
