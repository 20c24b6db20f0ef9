/* The limit: a call that is a call. Without the attribute gcc inlines fib into itself, with tail calls it makes a loop of it. */
#include "../bench.h"

__attribute__((noinline, noclone, optimize("no-optimize-sibling-calls"))) static int fib(int n) {
    if (n < 2) return n;
    return fib(n - 1) + fib(n - 2);
}

int main(int argc, char **argv) {
    int n = (int)bench_size(argc, argv, 32), rounds = 10, value = 0;
    double start = bench_now();
    for (int i = 0; i < rounds; i++) {
        value = fib(n);
        __asm__ volatile("" : "+r"(value));
    }
    double end = bench_now();
    bench_report(end - start, bench_fib_calls(n) * rounds, value);
    return 0;
}
