#!/bin/bash
# run.sh [--check]: how fast acc itself is, beside the C compiler on its output; and how that grows. tests/bench/run.sh calls it.
#
# --check: nothing is timed; a small file of each shape that generate.awk makes is compiled, run, and large ones are translated.
# Environment: ACC, OUT as there; ROUNDS (5), of which the least time counts: acc and gcc take turns in each.
set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ACC=${ACC:-$here/../../../build/release/bin/acc}
OUT=${OUT:-$here/../../../build/bench}
work=$OUT/translate.d
mkdir -p "$work" && cd "$work" || exit 1
failed=0
shapes=(awaits variables blocks ifs loops elses cases sums commas operands parentheses initialisers functions labels declarations)

make_file() { awk -v shape="$1" -v n="$2" -v plain="${3-}" -f "$here/generate.awk" >"$4"; }

if [ "${1-}" = --check ]; then
    for shape in "${shapes[@]}"; do
        make_file "$shape" 12 '' small.ac
        "$ACC" -O1 small.ac -o small && ./small
        status=$?
        [ $status -lt 2 ] || { echo "FAIL: $shape: status $status"; failed=1; }
        make_file "$shape" 1000 '' large.ac
        timeout 100 "$ACC" --emit=c large.ac -o large.c || { echo "FAIL: $shape of 1000 is not translated"; failed=1; }
    done
    exit $failed
fi

# seconds COMMAND...: of the wall; what it says is not shown.
seconds() {
    local TIMEFORMAT=%R
    { time "$@" >/dev/null 2>&1; } 2>&1
}
least() { sort -g | head -n 1; }
# beside TITLE BAR ONE OTHER: the least of the times in these files, and their quotient.
beside() {
    awk -v title="$1" -v bar="$2" -v a="$(least <"$3")" -v b="$(least <"$4")" 'BEGIN {
        printf "  %-52s %7.3f s  %7.3f s  %5.2f  (at most %s: %s)\n", title, a, b, a / b, bar, a / b <= bar ? "reached" : "not reached" }'
}

echo "acc beside the C compiler ($(gcc --version | head -n 1); $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1))"
printf '  %-52s %9s  %9s  %5s\n' '' acc other x
rm -f ./*.times
if echo '#include <curl/curl.h>' | gcc -fsyntax-only -x c - 2>/dev/null; then
    make_file network 50 '' network.ac
    sed 's/curl_easy_setopt(p->handle, CURLOPT_URL, line)/curl_easy_pause(p->handle, done)/' network.ac >calls.ac
else echo "NOTE: no curl/curl.h here (libcurl4-openssl-dev)"; fi
make_file declarations 1000 1 plain.ac
make_file awaits 2000 '' many.ac
make_file awaits 2000 1 many-plain.c
sed -i 's/__attribute__((noinline)) int step(int x)/extern int step(int x);/; s/^{ return x + 1; }//' many-plain.c
for ((round = 0; round < ${ROUNDS:-5}; round++)); do
    for name in calls network; do
        [ -f $name.ac ] || continue
        seconds "$ACC" --emit=c $name.ac -o $name.c >>$name.acc.times
        seconds gcc -O2 -c $name.c -o $name.o >>$name.gcc.times
    done
    seconds "$ACC" --emit=c plain.ac -o plain.i >>plain.acc.times
    seconds gcc -E -C -x c plain.ac -o plain.i >>plain.gcc.times
    seconds "$ACC" --emit=c many.ac -o many.c >/dev/null
    seconds gcc -O2 -c many.c -o many.o >>many.acc.times
    seconds gcc -O2 -c many-plain.c -o many.o >>many.gcc.times
done
if [ -f calls.ac ]; then
    beside "50 functions; gcc -O2 of the output" 0.3 calls.acc.times calls.gcc.times
    beside "the same, curl_easy_setopt (32 kB) in each" 0.3 network.acc.times network.gcc.times
fi
beside "1 MB of plain C; its preprocessing" 1.5 plain.acc.times plain.gcc.times
beside "gcc -O2: 2,000 awaits in one function; 2,000 calls" 2 many.acc.times many.gcc.times

echo
echo "growth: milliseconds of each phase (acc -ftime-report)"
printf '  %-13s %7s %6s %6s %6s %7s %6s %6s %6s %6s %6s %7s\n' shape size scan parse view analyse ir check lower flow emit total
grow() {
    local shape=$1 n
    shift
    for n; do
        make_file "$shape" "$n" '' grow.ac
        timeout 200 "$ACC" -ftime-report --emit=c grow.ac -o grow.c 2>report || { echo "  $shape $n: FAILED: $(tail -n 1 report)"; failed=1; continue; }
        awk -v shape="$shape" -v n="$n" '/ wall / { match($0, /^ *[a-zA-Z]+/); name = substr($0, RSTART, RLENGTH); gsub(/ /, "", name); match($0, /: *[0-9.]+/)
                v[name] = substr($0, RSTART + 1, RLENGTH - 1) * 1000 }
            END { printf "  %-13s %7d %6.0f %6.0f %6.0f %7.0f %6.0f %6.0f %6.0f %6.0f %6.0f %7.0f\n", shape, n, v["scan"], v["parse"],
                v["view"], v["analyse"], v["ir"], v["check"], v["lower"], v["flow"], v["emit"], v["TOTAL"] - v["preprocess"] }' report
    done
}
grow awaits 100 1000 10000
grow variables 100 1000 10000
grow functions 100 1000 10000
grow blocks 10 100 1000 10000
grow ifs 10 100 1000 10000
grow loops 10 100 1000
grow parentheses 100 1000 10000
grow elses 500 5000
grow cases 500 5000
grow labels 500 5000
grow sums 2000 20000
grow commas 2000 20000
grow operands 500 5000
grow initialisers 10000 100000
grow declarations 100 1000 10000
exit $failed
