#include "../bench.h"
#include <coroutine>
#include <exception>

struct generator {
    struct promise_type {
        long value;
        generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(long v) {
            value = v;
            return {};
        }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> h;
    bool next() {
        h.resume();
        return !h.done();
    }
    ~generator() { h.destroy(); }
};

__attribute__((noinline)) static generator count(long n) {
    for (long i = 0; i < n; i++) co_yield i & 7;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 50000000);
    long long sum = 0;
    double start = bench_now();
    auto g = count(n);
    while (g.next()) sum += g.h.promise().value;
    bench_report(bench_now() - start, (double)n, sum);
}
