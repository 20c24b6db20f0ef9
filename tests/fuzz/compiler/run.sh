#!/bin/bash
# The second fuzzer: the compiler as a library, by libFuzzer. Builds it all with clang-19 and sanitizers, and feeds it mutations of
# the programs in the tests until RUNS inputs are done. What it finds is left in BUILD/found, and the exit status is 1.
#
#   run.sh BUILD [RUNS]     BUILD: a folder to build in; RUNS: 100000
#
# In the environment: JOBS, so many at a time (2); LIMIT, stop after so many seconds; SEED, other inputs (1).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=$1 runs=${2:-100000} jobs=${JOBS:-2}
flags="-g -O1 -fsanitize=address,undefined -fno-sanitize=function -fno-sanitize-recover=undefined"
flags="$flags -fsanitize-coverage=inline-8bit-counters,indirect-calls,pc-table"
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER=clang-19 -DCMAKE_C_FLAGS="$flags" \
    -DACC_TESTS=OFF -DACC_FUZZ=ON >/dev/null
cmake --build "$build" --target fuzz_compiler -- -j2 >&2
build=$(cd "$build" && pwd)
rm -rf "$build/seeds"
mkdir -p "$build/found"
"$here/seeds.py" "$build/seeds" "$(cat "$build/preprocess")" "$root"/tests/{run,diag,reject}/*.ac "$root"/examples/*.ac
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=4:malloc_context_size=3 LIBCLANG_DISABLE_CRASH_RECOVERY=1 FUZZ_FOUND=$build/found
# Each job does its part of the runs, in a corpus of its own. Leaks are looked for when it ends: clang keeps some memory from one
# input to the next, so that libFuzzer would look after each and then give up.
status=0
pids=()
for ((j = 0; j < jobs; j++)); do
    mkdir -p "$build/corpus-$j"
    (cd "$build" && exec ./bin/fuzz_compiler -runs=$((runs / jobs)) ${LIMIT:+-max_total_time=$LIMIT} -detect_leaks=0 -timeout=100 \
        -rss_limit_mb=3000 -max_len=4000 -mutate_depth=2 -dict="$here/words.dict" -artifact_prefix=found/ \
        -seed=$((${SEED:-1} * 100 + j)) "corpus-$j" "$here/corpus" seeds) >"$build/fuzz-$j.log" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
for ((j = 0; j < jobs; j++)); do
    grep -aE '^inputs:|ERROR|SUMMARY|internal error|runtime error|invalid C' "$build/fuzz-$j.log" || true
done
[ -z "$(ls "$build/found")" ] || status=1
[ $status = 0 ] || echo "run.sh: see $build/fuzz-*.log; the inputs are in $build/found"
exit $status
