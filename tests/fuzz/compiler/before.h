/* What stands before every input, preprocessed once: <acc.h> whole, a small libc, and names for the mutator to put in. */
#include <acc.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct fz_s {
    int a;
    unsigned b : 3;
    struct {
        long c[2];
    } in;
} fz_s;
typedef struct fz_it fz_it;
extern int fz_n;
extern fz_s fz_one;
extern fz_it *fz_range;
extern acc_lock fz_lock;
extern acc_queue(int) fz_queue;
extern acc_task(int) fz_task;
extern acc_future(int) fz_future;
extern async int (*fz_pointer)(int);
async void fz_v(void);
async int fz_i(int);
async double fz_d(double);
async char *fz_p(char *);
async fz_s fz_st(int);
async acc_generator(int) fz_g(int);
async bool fz_it_anext(fz_it *, int *);
async int fz_it_aenter(fz_it *);
async void fz_it_aexit(fz_it *, const acc_error *);
void fz_clean(void *);
acc_declare_error(FuzzError);
