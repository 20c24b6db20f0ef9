/* What the examples in the pages of `acc --explain` may use. */
#include <acc.h>
#include <alloca.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

async int fetch(int n);
async void refresh(void);
async void worker(int *count);
int parse(int n);
int sum(const int *all, int n);
