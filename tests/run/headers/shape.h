#ifndef SHAPE_H
#define SHAPE_H
#include <acc.h>

struct shape;
typedef async double (*area_function)(const struct shape *s);

struct shape {
    const char *name;
    double w, h;
    area_function area;
    async void (*grow)(struct shape *s, double by);
};

async struct shape make_rectangle(double w, double h);
async double total(const struct shape *shapes, int n);
async int even(int n);
async int odd(int n);
extern int changes;

static inline async double half(double d) {
    await acc_sleep(0);
    return d / 2;
}

int in_plain_c(struct acc_loop *loop);
#endif
