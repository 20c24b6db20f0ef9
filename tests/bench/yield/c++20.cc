#include "../bench.h"
#include "../coroutine.hpp"

static long long steps;

static spawned<int> yielder(long turns) {
    for (long i = 0; i < turns; i++) {
        co_await yield{};
        steps++;
    }
    co_return 0;
}

int main(int argc, char **argv) {
    long turns = bench_size(argc, argv, 10000);
    std::vector<spawned<int>> tasks;
    for (int i = 0; i < 1000; i++) tasks.push_back(yielder(turns));
    double start = bench_now();
    loop.run();
    bench_report(bench_now() - start, 1000.0 * (double)turns, steps);
}
