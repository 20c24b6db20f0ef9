#!/bin/sh
# calls.sh [STEP]: the n-th system call goes wrong, for every n (every STEP-th; 1): it fails, is interrupted, reads or writes less. The
# programs of calls/ say what is right then; here each must end, in time, and the sanitizers must have nothing to say.
# ACC: the compiler; WORK: a folder.
set -u
here=$(cd "$(dirname "$0")" && pwd)
step=${1-1}
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=verify_asan_link_order=0
${CC:-gcc} -O1 -fPIC -shared -w "$here/calls/calls.c" -o "$WORK/calls.so" -ldl || exit 1
runs=0 bad=0
fail() {
    echo "FAIL: $name, ACC_FAULT=$n ACC_FAULT_HOW=$how: $*"
    head -n 20 "$WORK/out" "$WORK/err"
    bad=$((bad + 1))
}
for source in "$here"/calls/*.ac; do
    name=$(basename "$source" .ac)
    "$ACC" -g -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=undefined "$source" -o "$WORK/$name" ||
        { bad=$((bad + 1)); continue; }
    for how in eintr short error; do
        n=1
        while :; do
            (cd "$WORK" && LD_PRELOAD=$WORK/calls.so ACC_FAULT=$n ACC_FAULT_HOW=$how timeout 30 "./$name") \
                >"$WORK/out" 2>"$WORK/err" </dev/null
            status=$?
            runs=$((runs + 1))
            if [ $status = 124 ]; then fail "it hangs"
            elif grep -q 'Sanitizer\|runtime error' "$WORK/err"; then fail "status $status"
            elif [ $status != 0 ]; then fail "status $status"
            fi
            grep -q '^fault: ' "$WORK/err" || break
            n=$((n + step))
            [ $bad -lt 10 ] || { echo "too many"; exit 1; }
        done
        echo "$name, $how: $((n - 1)) calls"
    done
done
echo "$runs runs, $bad bad"
[ $bad = 0 ]
