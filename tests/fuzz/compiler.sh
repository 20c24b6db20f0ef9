#!/bin/bash
# The second fuzzer: the compiler as a library, by libFuzzer. Builds it all with clang-19 and sanitizers, and feeds it mutations of
# the programs in the tests until RUNS inputs are done. What it finds is left in the folder FOUND, and the exit status is 1.
#
#   compiler.sh BUILD [RUNS]     BUILD: a folder to build in; RUNS: 100000; SECONDS_EACH: stop after so many seconds
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$1 runs=${2:-100000} jobs=${JOBS:-2}
flags="-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=undefined"
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER=clang-19 -DCMAKE_C_FLAGS="$flags" \
    -DACC_TESTS=OFF -DACC_FUZZ=ON >/dev/null
cmake --build "$build" --target fuzz_compiler -- -j2 >&2
mkdir -p "$build/seeds" "$build/corpus" "$build/found"
for file in "$root"/tests/run/*.ac "$root"/tests/diag/*.ac "$root"/examples/*.ac; do
    grep -v '^ *#' "$file" >"$build/seeds/$(basename "$(dirname "$file")")-$(basename "$file")" || true
done
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 LIBCLANG_DISABLE_CRASH_RECOVERY=
# Each job does its part of the runs. Deep recursion of clang's own is its own: inputs stay small.
status=0
pids=()
for ((j = 0; j < jobs; j++)); do
    (cd "$build" && ./bin/fuzz_compiler -runs=$((runs / jobs)) ${LIMIT:+-max_total_time=$LIMIT} -timeout=20 -rss_limit_mb=3000 -max_len=4000 \
        -dict="$here/compiler.dict" -use_value_profile=0 -artifact_prefix=found/ -print_final_stats=1 -seed="${SEED:-$((j + 1))}" \
        corpus "$here/corpus" seeds) >"$build/fuzz-$j.log" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
for ((j = 0; j < jobs; j++)); do
    grep -E 'stat::number_of_executed_units|ERROR|SUMMARY|internal error|runtime error' "$build/fuzz-$j.log" || true
done
[ $status = 0 ] || echo "compiler.sh: see $build/fuzz-*.log; the inputs are in $build/found"
exit $status
