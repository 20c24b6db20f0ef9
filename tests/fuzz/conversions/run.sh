#!/bin/bash
# run.sh ACC COUNT [SEED] [KEEP]: COUNT programs of generate.py, from SEED (1) on, must print what they print as plain C. Those that do
# not stay in KEEP (./conversions-failures).
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
acc=$1 count=$2 first=${3:-1} keep=${4:-conversions-failures}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compilers=(gcc)
for other in clang-19 clang-14; do ! command -v $other >/dev/null || compilers+=($other); done
common=(-w -fwrapv)
failed=0 skipped=0
for ((seed = first; seed < first + count; seed++)); do
    cc=${compilers[seed % ${#compilers[@]}]} opt=-O$((seed / 3 % 3)) why=
    python3 "$here/generate.py" $seed >"$work/prog.ac" || exit 2
    sed 's/^static async/static/; s/^async //; s/await //g; s/acc_sleep(0)/(void)0/; s/#include <acc.h>//' "$work/prog.ac" >"$work/plain.c"
    "$cc" "${common[@]}" "$work/plain.c" -o "$work/plain" 2>"$work/errors" || why="the plain program does not compile"
    if [ -n "$why" ] && grep -q 'internal compiler error' "$work/errors"; then
        echo "skipped: seed $seed: $cc $opt has a fault of its own"
        skipped=$((skipped + 1))
        continue
    fi
    [ -n "$why" ] || timeout 100 "$acc" --cc="$cc" "${common[@]}" $opt "$work/prog.ac" -o "$work/prog" 2>"$work/errors" ||
        why="acc: $(grep -m 1 error "$work/errors")"
    [ -n "$why" ] || "$work/plain" >"$work/expected"
    [ -n "$why" ] || timeout 20 "$work/prog" >"$work/out" 2>&1 || why="it fails or hangs"
    [ -n "$why" ] || cmp -s "$work/expected" "$work/out" || why="prints other values: $(diff "$work/expected" "$work/out" | sed -n 2p)"
    [ -n "$why" ] || continue
    echo "FAIL: seed $seed ($cc $opt): $why"
    failed=$((failed + 1))
    mkdir -p "$keep" && cp "$work/prog.ac" "$keep/$seed.ac"
done
echo "$((count - failed - skipped)) passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
