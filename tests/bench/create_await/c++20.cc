#include "../bench.h"
#include "../coroutine.hpp"

static spawned<long> work(long i) { co_return i & 7; }

static spawned<long long> parent(long n) {
    long long sum = 0;
    for (long i = 0; i < n; i++) {
        spawned<long> t = work(i);
        sum += co_await t;
    }
    co_return sum;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 5000000);
    double start = bench_now();
    spawned<long long> p = parent(n);
    loop.run();
    bench_report(bench_now() - start, (double)n, p.h.promise().value);
}
