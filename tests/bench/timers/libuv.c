/* A timer of libuv's for each. */
#include "../bench.h"
#include <uv.h>

static long long woken;

static void fired(uv_timer_t *t) {
    (void)t;
    woken++;
}

int main(int argc, char **argv) {
    long n = bench_size(argc, argv, 200000);
    double start = bench_now();
    uv_timer_t *timers = malloc((size_t)n * sizeof *timers);
    for (long i = 0; i < n; i++) {
        uv_timer_init(uv_default_loop(), &timers[i]);
        uv_timer_start(&timers[i], fired, (uint64_t)(i * 7919 % 1000 + 1), 0);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    bench_report(bench_now() - start, (double)n, woken);
    free(timers);
    return 0;
}
