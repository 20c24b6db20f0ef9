#!/bin/bash
# run.sh [--check]: bytes of text that an await adds to its function, beside C++20's co_await. tests/bench/run.sh calls it.
#
# A function of 101 awaits, of which each has LIVE values to keep, and one of a single await: the hundredth part of what the first has
# more of. Then the sum over the awaits of the examples, each by the values that it keeps. Nothing is timed, so that --check, which the
# tests call, asks the same, of ours alone: is it at most what g++ 12 was once measured to take for a co_await of a task with symmetric
# transfer, 125 bytes with two live values and 158 with four?
#
# And what all of async takes in the examples: the text of what acc makes of each with -O2, less that of the same where no await can
# suspend or fail: prologues, second bodies, catches and cleanup that only a failure leads to.
# Environment: ACC, OUT as there.
set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ACC=${ACC:-$here/../../../build/release/bin/acc}
OUT=${OUT:-$here/../../../build/bench}
work=$OUT/code_size.d
mkdir -p "$work" && cd "$work" || exit 1
failed=0

# source LANGUAGE LIVE AWAITS: acc or c++20.
source_of() {
    awk -v cpp="$([ "$1" = acc ] || echo 1)" -v live="$2" -v n="$3" 'BEGIN {
        print cpp ? "#include \"coroutine.hpp\"\ntask<int> step(int x);" : "#include <acc.h>\nasync int step(int x);"
        for (i = 0; i < live; i++) {
            params = params (i ? ", " : "") "int v" i
            sum = sum (i ? " ^ " : "") "v" i
        }
        print (cpp ? "task<int>" : "async int") " many(" params ") {"
        for (i = 0; i < n; i++) print "    v" i % live " += " (cpp ? "co_await" : "await") " step(v" (i + 1) % live " + " i % 100 ");"
        print "    " (cpp ? "co_return " : "return ") sum ";\n}"
    }'
}
# compiled PEER LIVE AWAITS: the bytes of text.
compiled() {
    case $1 in
    acc) source_of acc "$2" "$3" >awaits.ac && "$ACC" -O2 -c awaits.ac -o awaits.o ;;
    *) source_of c++20 "$2" "$3" >awaits.cc && "$1" -std=c++20 -O2 -w -I"$here/.." -c awaits.cc -o awaits.o ;;
    esac || return 1
    size -A awaits.o | awk '/^\.text/ { sum += $2 } END { print sum }'
}
# an_await PEER LIVE
an_await() {
    local one many
    one=$(compiled "$1" "$2" 1) && many=$(compiled "$1" "$2" 101) || return 1
    awk -v a="$one" -v b="$many" 'BEGIN { printf "%.0f", (b - a) / 100 }'
}

# text FILE.c: its bytes.
text() { ${CC:-gcc} -O2 -w -c "$1" -o size.o && size -A size.o | awk '/^\.text/ { sum += $2 } END { print sum + 0 }'; }
counts=(0 0 0 0 0 0 0 0 0) # awaits of the examples, by what they keep; the last: so many and more
all=0 sites=0
examples() {
    local example with without kept root=$here/../../..
    for example in "$root"/examples/*.ac; do
        "$ACC" -O2 --emit=c "$example" -o with.i 2>/dev/null && "$ACC" --emit=c "$example" -o once.i 2>/dev/null || continue
        sed -E 's/__builtin_expect\(acc__cx->signal != 0, 0\)\) \{ acc__pend/0) { acc__pend/g; s/case [0-9]+: goto acc__resume_[0-9]+;//g' once.i >without.i
        with=$(text with.i) && without=$(text without.i) || { echo "FAIL: $example"; failed=1; continue; }
        all=$((all + with - without))
        for kept in $(tr '\n' ' ' <once.i | grep -oE 'acc__resume_[0-9]+:[^:]*if \(acc__cx->signal\)' | awk -F '= acc__f->' '{ print (NF > 9 ? 8 : NF - 1) }'); do
            counts[kept]=$((counts[kept] + 1)) sites=$((sites + 1))
        done
    done
    [ $sites -gt 0 ] || { echo "FAIL: no await of the examples was counted"; failed=1; }
}
examples
# over_examples BYTES1 BYTES2 BYTES4 BYTES8: for each of their awaits.
over_examples() {
    awk -v a="$1" -v b="$2" -v c="$3" -v d="$4" -v counts="${counts[*]}" 'BEGIN {
        n = split(counts, count, " ")
        for (i = 1; i <= n; i++) {
            k = i - 1
            sum += count[i] * (k < 2 ? a : k < 4 ? b + (c - b) * (k - 2) / 2 : c + (d - c) * (k - 4) / 4)
            awaits += count[i]
        }
        printf "%.0f", awaits ? sum / awaits : 0
    }'
}

peers=(acc)
if [ "${1-}" != --check ]; then
    for peer in "${CXX:-g++}" "${CLANGXX:-clang++-19}"; do
        if command -v "$peer" >/dev/null; then peers+=("$peer"); else echo "NOTE: no $peer here"; fi
    done
    echo "bytes of text an await (-O2; $(gcc --version | head -n 1))"
    printf '  %-12s' 'live values'
    printf ' %12s' "${peers[@]}"
    echo
fi
declare -A took=()
for live in 1 2 4 8; do
    row=
    for peer in "${peers[@]}"; do
        bytes=$(an_await "$peer" $live) || { echo "FAIL: $peer with $live live values"; failed=1; bytes=-; }
        row+=$(printf ' %12s' "$bytes")
        took[$peer]="${took[$peer]-} $bytes"
        [ "$peer" != acc ] || ours=$bytes
    done
    printf '  %-12s%s\n' $live "$row"
    case $live in 1 | 2) bar=125 ;; 4) bar=158 ;; *) bar=9999 ;; esac
    [ "$(uname -m)" = x86_64 ] || bar=9999
    [ "$ours" = - ] || [ "$ours" -le $bar ] || { echo "FAIL: $ours bytes an await with $live live values, at most $bar are wanted"; failed=1; }
done
row=
# shellcheck disable=SC2086
for peer in "${peers[@]}"; do row+=$(printf ' %12s' "$(over_examples ${took[$peer]})"); done
printf '  %-12s%s   (%d awaits)\n' examples "$row" $sites
# shellcheck disable=SC2086
ours=$(over_examples ${took[acc]}) theirs=$(over_examples 125 125 158 224)
[ "$(uname -m)" != x86_64 ] || [ "$ours" -le "$theirs" ] || { echo "FAIL: $ours bytes an await in sum over the examples, at most $theirs are wanted"; failed=1; }
echo "all that async takes in the examples: $((all / (sites ? sites : 1))) bytes an await"
exit $failed
