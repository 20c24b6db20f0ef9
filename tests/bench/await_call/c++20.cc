#include "../bench.h"
#include "../coroutine.hpp"

static task<int> fib(int n) {
    if (n < 2) co_return n;
    co_return co_await fib(n - 1) + co_await fib(n - 2);
}

int main(int argc, char **argv) {
    int n = (int)bench_size(argc, argv, 32), rounds = 1, value = 0;
    auto run = [](int k) {
        task<int> t = fib(k);
        t.h.resume();
        return t.h.promise().value;
    };
    double start = bench_now();
    for (int i = 0; i < rounds; i++) value = run(n);
    double end = bench_now();
    bench_report(end - start, bench_fib_calls(n) * rounds, value);
}
