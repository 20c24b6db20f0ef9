#include "../bench.h"
#include "../coroutine.hpp"
#include "../queue.hpp"

static spawned<int> producer(queue<long, 1> &q, long n) {
    for (long i = 0; i < n; i++) co_await q.put(i & 7);
    co_return 0;
}

static spawned<long long> consumer(queue<long, 1> &q, long n) {
    long long sum = 0;
    for (long i = 0; i < n; i++) sum += co_await q.get();
    co_return sum;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 2000000);
    queue<long, 1> q;
    double start = bench_now();
    auto p = producer(q, n);
    auto c = consumer(q, n);
    loop.run();
    bench_report(bench_now() - start, (double)n, c.await_resume());
}
