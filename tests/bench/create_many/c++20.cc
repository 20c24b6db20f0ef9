#include "../bench.h"
#include "../coroutine.hpp"

static spawned<long> work(long i) { co_return i & 7; }

static spawned<long long> parent(long n) {
    std::vector<spawned<long>> tasks;
    tasks.reserve((size_t)n);
    for (long i = 0; i < n; i++) tasks.push_back(work(i));
    long long sum = 0;
    for (auto &t : tasks) sum += co_await t;
    co_return sum;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 100000);
    double start = bench_now();
    spawned<long long> p = parent(n);
    loop.run();
    bench_report(bench_now() - start, (double)n, p.h.promise().value);
}
