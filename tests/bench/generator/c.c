/* The limit: an iterator's next(), a call that is not inlined. */
#include "../bench.h"
#include <stdbool.h>

struct count {
    long i, n;
};

__attribute__((noinline)) static bool next(struct count *c, long *v) {
    if (c->i == c->n) return false;
    *v = c->i++ & 7;
    return true;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 50000000), v;
    long long sum = 0;
    struct count c = {.n = n};
    double start = bench_now();
    while (next(&c, &v)) sum += v;
    bench_report(bench_now() - start, (double)n, sum);
    return 0;
}
