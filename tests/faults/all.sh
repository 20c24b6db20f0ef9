#!/bin/sh
# all.sh [most]: every program of tests/run and examples, in hostile mode and under the sanitizers, its n-th allocation failing,
# n = 1, 2, ... until none fails, at most `most` (200) of them. Each run must end by itself, by return or with a traceback.
# ACC: the compiler; WORK: a folder.
set -u
here=$(cd "$(dirname "$0")" && pwd)
most=${1:-200} bad=0 runs=0
mkdir -p "$WORK"
export UBSAN_OPTIONS=print_stacktrace=1 ACC_HOSTILE=1
for source in "$here"/../run/*.ac "$here"/../../examples/*.ac; do
    base=${source%.ac}
    name=${base##*/}
    also=
    [ ! -d "$base" ] || also="-I$base $(find "$base" -name '*.ac' -o -name '*.c')"
    flags=
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    args=
    [ ! -f "$base.args" ] || args=$(cat "$base.args")
    # shellcheck disable=SC2086
    "$ACC" -g -w -fsanitize=address,undefined -fno-sanitize-recover=undefined $flags "$source" $also -o "$WORK/program" 2>/dev/null ||
        { echo "$name: not compiled"; continue; }
    n=1
    while [ "$n" -le "$most" ]; do
        # shellcheck disable=SC2086
        (cd "$WORK" && ACC_FAIL_ALLOC=$n timeout 30 ./program $args) >"$WORK/out" 2>"$WORK/err" </dev/null
        status=$?
        runs=$((runs + 1))
        if grep -q "Sanitizer\|runtime error" "$WORK/err" || [ $status = 124 ] || [ $status -ge 128 -a $status != 130 ]; then
            echo "FAIL: $name, ACC_FAIL_ALLOC=$n: status $status"
            grep -m 3 "Sanitizer\|runtime error" "$WORK/err"
            bad=$((bad + 1))
            break
        fi
        grep -q "ACC_FAIL_ALLOC" "$WORK/err" || break
        n=$((n + 1))
    done
done
echo "$runs runs, $bad bad programs"
[ $bad = 0 ]
