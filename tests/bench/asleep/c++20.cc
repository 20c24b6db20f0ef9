#include "../bench.h"
#include "../coroutine.hpp"

static long long woken;

static int64_t now() {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000 + t.tv_nsec;
}

struct sleep_for {
    double seconds;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) {
        loop.timers.push_back({(now() + (int64_t)(seconds * 1e9) + 999999) / 1000000 * 1000000, h});
        std::push_heap(loop.timers.begin(), loop.timers.end());
    }
    void await_resume() {}
};

static spawned<char> sleeper(double seconds) {
    co_await sleep_for{seconds};
    woken++;
    co_return 0;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 1000000);
    double memory = bench_memory(), start = bench_now();
    int64_t when = now() + 1000000000;
    std::vector<spawned<char>> tasks;
    tasks.reserve((size_t)n);
    for (long i = 0; i < n; i++) tasks.push_back(sleeper((double)(when - now()) / 1e9));
    loop.run();
    memory = bench_memory() - memory;
    auto &timers = loop.timers;
    while (!timers.empty()) {
        int64_t t = now();
        while (!timers.empty() && timers.front().when <= t) {
            auto h = timers.front().h;
            std::pop_heap(timers.begin(), timers.end());
            timers.pop_back();
            h.resume();
        }
        loop.run();
        if (!timers.empty() && timers.front().when > t) usleep((unsigned)((timers.front().when - t) / 1000));
    }
    tasks.clear();
    bench_report_memory(bench_now() - start, (double)n, woken, memory);
}
