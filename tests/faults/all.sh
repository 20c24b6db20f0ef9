#!/bin/bash
# all.sh: whole programs, in hostile mode and under the sanitizers, each with its n-th allocation failing, for n = 1, 2, ... until
# none fails. Every run ends by itself, as it does with memory enough or with a MemoryError and its traceback, and leaves nothing
# behind; every.c, which is linked with each, has the loop. The programs are those of tests/run and examples that do nothing of
# their own that short memory turns into a wait for what nobody will do, into an error that nobody drops, or into a result that
# they call wrong (the parity_ programs and most of sync_ do); the rest of the runtime is in the scenarios beside this file.
# ACC: the compiler; WORK: a folder; PROGRAMS: others than these; FAULT_JOBS: how many runs at a time.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tests="alloca as_completed attribute_numbers c_c23 c_crlf c_float128 c_goto c_literals c_macros c_names c_parsing c_places c_qualifiers
    c_statement_expressions c_storage c_switch c_tags c_text c_types c_vla calls_arguments calls_kinds calls_pointers
    calls_struct_in_result calls_structs cleanup_awaits deadlines_groups defer_ordinary error_context error_names error_null
    error_ordinary error_run error_run_in_loop error_stale error_traceback error_unretrieved expr_bits expr_calls
    expr_compound expr_conditions expr_initialisers expr_logic expr_logic_deep expr_operators expr_order expr_places expr_void flow_goto
    flow_loops flow_returns flow_switch flow_unusual futures gather_array gather_order gather_outcomes gather_places generators globals
    handle_out_of_scope handles headers io_short locals_literals locals_scopes locals_values locals_vla loop_callbacks loop_readers
    loop_threadsafe macros plain_c preprocessor preprocessor_twice run_teardown run_threads scopes several_files shield sigint
    sync_event sync_lock sync_semaphore tasks_callbacks tasks_create tasks_order tasks_stale try_outcome try_ways_out
    with_and_each"
examples="05_run 08_wait_first_completed 09_cancel_pending 11_gather_outcomes 12_futures 13_done_callbacks"
[ -z "${PROGRAMS-}" ] || tests=$PROGRAMS examples=
mkdir -p "$WORK"
export UBSAN_OPTIONS=print_stacktrace=1 FAULT_JOBS=${FAULT_JOBS:-4}
programs=0 runs=0 bad=0
for name in $tests $examples; do
    base=$here/../run/$name
    [ -f "$base.ac" ] || base=$here/../../examples/$name
    flags= usual=0 also=
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    [ ! -f "$base.status" ] || usual=$(cat "$base.status")
    [ ! -d "$base" ] || also="-I$base $(find "$base" -name '*.ac' -o -name '*.c' | sort | tr '\n' ' ')"
    # shellcheck disable=SC2086
    "$ACC" -g -O0 -w -fsanitize=address,undefined -fno-sanitize-recover=undefined $flags "$base.ac" $also "$here/every.c" \
        -o "$WORK/$name" 2>"$WORK/err" || { echo "FAIL: $name is not compiled"; tail -n 3 "$WORK/err"; bad=$((bad + 1)); continue; }
    programs=$((programs + 1))
    told=$(cd "$WORK" && FAULT_USUAL=$usual timeout "${FAULT_LIMIT:-500}" "./$name" 2>&1) && status=0 || status=$?
    n=$(tail -n 1 <<<"$told" | sed -n 's/^\([0-9]*\) runs.*/\1/p')
    runs=$((runs + ${n:-0}))
    [ -z "${FAULT_VERBOSE-}" ] || echo "$name: ${n:-0}"
    if [ $status != 0 ]; then
        echo "FAIL: $name ($status)"
        echo "$told"
        bad=$((bad + 1))
    fi
    rm -f "$WORK/$name"
done
echo "$programs programs, $runs runs, $bad bad programs"
[ $bad = 0 ]
