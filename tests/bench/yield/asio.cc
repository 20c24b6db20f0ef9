// Asio's own coroutines: co_await post.
#define ASIO_STANDALONE
#include "../bench.h"
#include <asio.hpp>

static long long steps;

static asio::awaitable<void> yielder(long turns) {
    for (long i = 0; i < turns; i++) {
        co_await asio::post(asio::use_awaitable);
        steps++;
    }
}

int main(int argc, char **argv) {
    long turns = bench_size(argc, argv, 10000) / (argc > 1 && atol(argv[1]) < 10000 ? 1 : 10);
    asio::io_context loop(1);
    for (int i = 0; i < 1000; i++) asio::co_spawn(loop, yielder(turns), asio::detached);
    double start = bench_now();
    loop.run();
    bench_report(bench_now() - start, 1000.0 * (double)turns, steps);
}
