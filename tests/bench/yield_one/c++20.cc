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
    long turns = bench_size(argc, argv, 3000000);
    double start = bench_now();
    auto t = yielder(turns);
    loop.run();
    bench_report(bench_now() - start, (double)turns, steps);
}
