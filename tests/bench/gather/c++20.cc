// when_all of two: both are tasks of the scheduler, as a gather's are; the last one that is done wakes the waiter.
#include "../bench.h"
#include "../coroutine.hpp"

static spawned<long> work(long i) { co_return i & 7; }

static spawned<int> loop_of(long n, long long &sum) {
    for (long i = 0; i < n; i++) {
        auto a = work(i);
        auto b = work(i + 1);
        sum += co_await a;
        sum += co_await b;
    }
    co_return 0;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 3000000);
    long long sum = 0;
    double start = bench_now();
    auto t = loop_of(n, sum);
    loop.run();
    bench_report(bench_now() - start, (double)n, sum);
}
