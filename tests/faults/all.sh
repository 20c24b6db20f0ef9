#!/bin/sh
# all.sh: whole programs, in hostile mode and under the sanitizers, each with its n-th allocation failing, for n = 1, 2, ... until
# none fails. Every run ends by itself, as it does with memory enough or with a MemoryError and its traceback, and leaves nothing
# behind. The programs are those of tests/run and examples that do nothing of their own that short memory turns into a wait for
# what nobody will do, or into an error that nobody drops; between them they use every part of the runtime.
# ACC: the compiler; WORK: a folder; PROGRAMS: others than these.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tests="alloca calls_recursion deadlines_groups error_traceback error_unretrieved expr_order flow_loops futures gather_array
    gather_outcomes handles locals_vla loop_callbacks loop_readers loop_threadsafe run_teardown run_threads scopes shield sigint
    tasks_callbacks tasks_create tasks_order tasks_stale try_outcome sync_event sync_lock sync_semaphore try_returned try_ways_out with_and_each"
examples="05_run 08_wait_first_completed 09_cancel_pending 11_gather_outcomes 12_futures 13_done_callbacks"
[ -z "${PROGRAMS-}" ] || tests=$PROGRAMS examples=
mkdir -p "$WORK"
export UBSAN_OPTIONS=print_stacktrace=1 ACC_HOSTILE=1
runs=0 bad=0
fail() {
    echo "FAIL: $name, ACC_FAIL_ALLOC=$n: $*"
    grep -m 3 'Sanitizer\|runtime error' "$WORK/err" || tail -n 3 "$WORK/err"
    bad=$((bad + 1))
}
for source in $(for t in $tests; do echo "$here/../run/$t.ac"; done) $(for t in $examples; do echo "$here/../../examples/$t.ac"; done); do
    base=${source%.ac}
    name=${base##*/}
    flags= usual=0
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    [ ! -f "$base.status" ] || usual=$(cat "$base.status")
    n=0
    # shellcheck disable=SC2086
    "$ACC" -g -O1 -w -fsanitize=address,undefined -fno-sanitize-recover=undefined $flags "$source" -o "$WORK/program" 2>"$WORK/err" ||
        { fail "not compiled"; continue; }
    while n=$((n + 1)); do
        (cd "$WORK" && ACC_FAIL_ALLOC=$n timeout 20 ./program) >"$WORK/out" 2>"$WORK/err" </dev/null
        status=$?
        runs=$((runs + 1))
        if [ $status = 124 ]; then fail "waits for ever"
        elif grep -q 'Sanitizer\|runtime error' "$WORK/err"; then fail "status $status"
        elif [ $status != "$usual" ] && ! { [ $status = 1 ] && grep -q '^MemoryError' "$WORK/err"; }; then fail "status $status"
        elif grep -q "ACC_FAIL_ALLOC" "$WORK/err"; then continue
        fi
        break
    done
done
echo "$runs runs, $bad bad programs"
[ $bad = 0 ]
