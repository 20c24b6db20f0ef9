#!/bin/sh
# all.sh [most]: every program of tests/run and examples, in hostile mode and under the sanitizers, its n-th allocation failing,
# n = 1, 2, ... until none fails, at most `most` (200) of them. No run may leak memory or misuse it. These programs are not
# written for short memory: one that then waits for what nobody will do is told, and one that reads a null pointer of its own
# is left at that. (The scenarios beside this file are: they are the test that nothing hangs.)
# ACC: the compiler; WORK: a folder.
set -u
here=$(cd "$(dirname "$0")" && pwd)
most=${1:-200} bad=0 runs=0
misuse='AddressSanitizer: [a-z]*-\|AddressSanitizer: attempting\|LeakSanitizer'
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
        (cd "$WORK" && ACC_FAIL_ALLOC=$n timeout 10 ./program $args) >"$WORK/out" 2>"$WORK/err" </dev/null
        status=$?
        runs=$((runs + 1))
        if [ $status = 124 ]; then
            echo "note: $name, ACC_FAIL_ALLOC=$n: waits for ever"
            break
        fi
        if grep -q "$misuse" "$WORK/err" || [ $status = 134 ]; then
            echo "FAIL: $name, ACC_FAIL_ALLOC=$n: status $status"
            grep -m 3 "$misuse" "$WORK/err"
            bad=$((bad + 1))
            break
        fi
        grep -q "ACC_FAIL_ALLOC" "$WORK/err" || break
        n=$((n + 1))
    done
done
echo "$runs runs, $bad bad programs"
[ $bad = 0 ]
