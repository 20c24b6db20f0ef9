#!/bin/bash
# run.sh [option...] [name...]: the project beside its peers, in one run.
#
#   --rounds N      rounds, of which the median counts (5)
#   --check         no figures: every program is built and run once at a small size; all peers must give the same answer
#   --callgrind     also count the instructions of our own programs, at the small size
#   --instructions  only count them
#   --compare       only count them, and fail where they are 5 % more than in instructions.csv beside this file; or 5 % less, so that
#                   what was gained is written down
#   --baseline      write that file anew
#   --all           with --check: the peers in other languages too
#
#   --growth        how the cost of an operation of ours grows with the number of tasks: `sizes` of `about`, of grow.ac where there is
#                   one, else of acc.ac
#   --ours          leave out what is neither acc's nor the limit
#   --page          measures nothing: prints what was measured last as the tables of docs/performance.md
#
# A benchmark is a folder beside this file: `about` (title, limit, bar, size, small; see one), and a program a peer: acc.ac, c.c,
# c++20.cc (by g++, and by clang++ where that is there), libuv.c, asio.cc, go.go, tokio.rs, python.py (asyncio, and uvloop where that is there); or
# a run.sh of its own (translate). bench.h says what a program prints; peers/ is what the others share. Each round runs every
# peer once, so that what disturbs the machine disturbs all of them alike. A peer that cannot be built here is left out with a word.
#
# Environment: ACC, the acc driver (build/release/bin/acc); OUT, where programs and figures go (build/bench): NAME.csv, NAME.json,
# NAME.svg where gnuplot is there; NAME.growth.csv, growth.svg.
set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
ACC=${ACC:-$root/build/release/bin/acc}
OUT=${OUT:-$root/build/bench}
rounds=5 check= callgrind= growth= ours= all= compare= page= names=()
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2; shift ;;
    --check) check=1 ;;
    --callgrind) callgrind=also ;;
    --instructions) callgrind=only ;;
    --growth) growth=1 ;;
    --ours) ours=1 ;;
    --page) page=1 ;;
    --all) all=1 ;;
    --compare) callgrind=only compare=1 ;;
    --baseline) callgrind=only compare=new ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "run.sh: there is no option $1" >&2; exit 2 ;;
    *) names+=("$1") ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || for folder in "$here"/*/; do [ "$(basename "$folder")" = peers ] || names+=("$(basename "$folder")"); done
[ -x "$ACC" ] || { echo "run.sh: there is no acc at $ACC" >&2; exit 1; }
mkdir -p "$OUT"

# build NAME SOURCE PROGRAM: 77 where what builds it is missing, which is told.
build() {
    case $2 in
    *.ac) "$ACC" -O2 "$2" -o "$3" ;;
    */libuv.c)
        pkg-config --exists libuv 2>/dev/null || return 77
        # shellcheck disable=SC2046
        ${CC:-gcc} -O2 "$2" -o "$3" $(pkg-config --cflags --libs libuv)
        ;;
    *.c) ${CC:-gcc} -O2 "$2" -o "$3" ;;
    */asio.cc)
        [ -f /usr/include/asio.hpp ] && command -v "${CXX:-g++}" >/dev/null || return 77
        ${CXX:-g++} -std=c++20 -O2 -w "$2" -o "$3" -pthread
        ;;
    *.cc)
        command -v "${CXX:-g++}" >/dev/null || return 77
        ${CXX:-g++} -std=c++20 -O2 "$2" -o "$3"
        ;;
    *.go)
        command -v go >/dev/null || return 77
        mkdir -p "$OUT/go/$1"
        cp "$here/peers/common.go" "$2" "$OUT/go/$1/"
        (cd "$OUT/go/$1" && GO111MODULE=off go build -o "$3" common.go go.go)
        ;;
    *.rs)
        command -v cargo >/dev/null || return 77
        local crate=$OUT/tokio
        mkdir -p "$crate/src/bin"
        cp -u "$here/peers/Cargo.toml" "$here/peers/common.rs" "$crate/"
        cp -u "$2" "$crate/src/bin/$1.rs"
        (cd "$crate" && { cargo build --quiet --release --offline --bin "$1" 2>/dev/null || cargo build --quiet --release --bin "$1"; }) || return 77
        cp "$crate/target/release/$1" "$3"
        ;;
    *.py)
        "$python" -c 'import asyncio' 2>/dev/null || return 77
        printf '#!/bin/sh\nPYTHONPATH=%s exec %s %s "$@"\n' "$here/peers" "$python" "$2" >"$3"
        chmod +x "$3"
        ;;
    esac
}
python=${ACC_PYTHON:-$(command -v python3 || echo python3)}
[ ! -x "$OUT/python/bin/python" ] || python=$OUT/python/bin/python # ./dev bench makes it, with uvloop in it

# What builds from one source: the peers' names.
peers_of() {
    case $1 in
    */c++20.cc) echo c++20; ! command -v "${CLANGXX:-clang++-19}" >/dev/null || echo c++20-clang ;;
    *.py) echo asyncio; ! "$python" -c 'import uvloop' 2>/dev/null || echo uvloop ;;
    *) basename "${1%.*}" ;;
    esac
}

# What is a picture of a table: the peers' medians as bars, the limit first.
picture() {
    command -v gnuplot >/dev/null || return 0
    gnuplot <<PLOT 2>/dev/null || echo "NOTE: gnuplot failed for $1"
set terminal svg size 640,320 font "sans,11" background "white"
set output "$OUT/$1.svg"
set datafile separator ","
set title "$2"
set ylabel "ns, median"
set logscale y
set style fill solid 0.7
set boxwidth 0.6
set xtics rotate by -20
unset key
plot "$OUT/$1.csv" every ::1 using 0:5:xtic(2) with boxes, "" every ::1 using 0:5:(sprintf("%.3g", \$5)) with labels offset 0,0.7
PLOT
}

. "$here/median.sh"
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# instructions WORK SMALL LARGER: what one operation of our program takes, by the difference of two sizes.
instructions() {
    local one two
    one=$(count_instructions "$1" "$2") && two=$(count_instructions "$1" "$3") || return 1
    echo "$one $two" | awk '{ printf "%.1f", ($4 - $2) / ($3 - $1) }'
}
# count_instructions WORK SIZE: operations, instructions.
count_instructions() {
    local log=$1/callgrind
    timeout 300 valgrind --tool=callgrind --callgrind-out-file="$log.out" "$1/acc" "$2" >"$log.said" 2>"$log.log" || return 1
    echo "$(cut -d ' ' -f 3 "$log.said") $(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$log.log")"
}

# compare NAME COUNT: with the baseline.
baseline=$here/instructions.csv
compare() {
    [ -n "$compare" ] || return 0
    if [ "$compare" = new ]; then
        { grep -v "^$1," "$baseline" 2>/dev/null; echo "$1,$2"; } | sort >"$OUT/instructions.csv"
        cp "$OUT/instructions.csv" "$baseline"
        return
    fi
    local was
    was=$(sed -n "s/^$1,//p" "$baseline")
    [ -n "$was" ] || { echo "FAIL: $1 is not in $baseline; run.sh --baseline writes it"; failed=1; return; }
    awk -v a="$2" -v b="$was" 'BEGIN { exit !(a > b * 1.05 || a < b * 0.95) }' || return 0
    echo "FAIL: $1: $2 instructions an operation, the baseline says $was"
    failed=1
}

# grow NAME WORK PROGRAM: an operation's cost at each of the sizes, the least of the rounds.
grow() {
    local csv=$OUT/$1.growth.csv n
    echo 'tasks,ns' >"$csv"
    echo "$title: by tasks"
    for n in $sizes; do
        for ((round = 0; round < rounds; round++)); do timeout 300 "$2/$3" "$n" || echo FAIL; done | sort -g | head -n 1 |
            while read -r value _; do
                printf '  %10s %10.2f ns\n' "$n" "$value"
                echo "$n,$value" >>"$csv"
            done
    done
    sed 1d "$csv" | awk -F , '{ if (!least || $2 < least) least = $2; if ($2 > most) most = $2; last = $2; if (NR == 1) first = $2 }
        END { printf "  the last is %.2f times the first, the most %.2f times the least\n", last / first, most / least }'
    grown+=("$1")
}

# All that has grown in one picture.
growth_picture() {
    command -v gnuplot >/dev/null && [ ${#grown[@]} -gt 0 ] || return 0
    local name plots=
    for name in "${grown[@]}"; do plots+="${plots:+, }\"$OUT/$name.growth.csv\" every ::1 using 1:2 with linespoints title \"$name\""; done
    gnuplot <<PLOT 2>/dev/null || echo "NOTE: gnuplot failed for the growth"
set terminal svg size 800,480 font "sans,11" background "white" noenhanced
set output "$OUT/growth.svg"
set datafile separator ","
set logscale xy
set xlabel "tasks"
set ylabel "ns an operation"
set key outside right
set grid
plot $plots
PLOT
}

failed=0 grown=()
bench() {
    local name=$1 dir=$here/$1 work=$OUT/$1.d source peer peers=() status round value answer bytes
    if [ -x "$dir/run.sh" ]; then # one that measures something else than programs
        [ "$callgrind" = only ] || [ -n "$growth" ] || ROUNDS=$rounds "$dir/run.sh" ${check:+--check} || failed=1
        return
    fi
    [ -f "$dir/about" ] || { echo "run.sh: there is no benchmark $name" >&2; failed=1; return; }
    local title limit bar size small larger='' sizes='' bytes='' bytes_bar='' operations count=''
    # shellcheck source=/dev/null
    . "$dir/about"
    bytes_bar=$bytes
    mkdir -p "$work"
    for source in "$dir"/*.ac "$dir"/*.c "$dir"/*.cc "$dir"/*.go "$dir"/*.rs "$dir"/*.py; do
        [ -f "$source" ] || continue
        for peer in $(peers_of "$source"); do
            case $peer in
            acc | c | c++20) ;;
            *) [ -z "$check" ] || [ -n "$all" ] || continue ;;
            esac
            [ -z "$ours" ] || [ "$peer" = acc ] || [ "$peer" = "$limit" ] || continue
            if [ -n "$growth" ]; then [ "$peer" = "$([ -f "$dir/grow.ac" ] && echo grow || echo acc)" ] || continue
            else [ "$peer" != grow ] || continue; fi
            case $peer in
            c++20-clang) CXX=${CLANGXX:-clang++-19} build "$name" "$source" "$work/$peer" ;;
            uvloop) build "$name" "$source" "$work/$peer" && sed -i 's/^PYTHONPATH/BENCH_LOOP=uvloop PYTHONPATH/' "$work/$peer" ;;
            *) build "$name" "$source" "$work/$peer" ;;
            esac
            status=$?
            case $status in
            0) peers+=("$peer") ;;
            77) echo "NOTE: nothing here builds $peer" ;;
            *) echo "FAIL: $source does not compile"; failed=1 ;;
            esac
        done
    done
    if [ -n "$growth" ]; then
        [ -z "$sizes" ] || grow "$name" "$work" "${peers[0]}"
        return
    fi

    if [ -n "$check" ]; then
        local wanted=
        for peer in "${peers[@]}"; do
            read -r value answer operations bytes < <(timeout 60 "$work/$peer" "$small") || { echo "FAIL: $name: $peer does not run"; failed=1; continue; }
            [ -n "$wanted" ] || wanted=$answer
            [ "$answer" = "$wanted" ] || { echo "FAIL: $name: $peer gives $answer, another one $wanted"; failed=1; }
        done
        if [ -f "$dir/grow.ac" ]; then
            { build "$name" "$dir/grow.ac" "$work/grow" && timeout 60 "$work/grow" 10 >"$work/grow.said"; } || { echo "FAIL: $name: grow.ac does not run"; failed=1; }
        fi
        echo "$name: ${peers[*]}: $wanted"
        return
    fi
    if [ -n "$callgrind" ]; then
        if command -v valgrind >/dev/null; then
            if count=$(instructions "$work" "$small" "${larger:-$((2 * small))}"); then
                echo "$name: acc: $count instructions an operation"
                compare "$name" "$count"
            else
                echo "NOTE: $name: callgrind failed"
                [ -z "$compare" ] || failed=1
            fi
        else
            echo "NOTE: no valgrind here"
            [ -z "$compare" ] || failed=1
        fi
        [ "$callgrind" != only ] || return
    fi

    rm -f "$work"/*.times "$work"/*.bytes
    for ((round = 0; round < rounds; round++)); do
        for peer in "${peers[@]}"; do
            read -r value answer operations bytes < <(timeout 120 "$work/$peer" "$size") || { echo "FAIL: $name: $peer does not run"; failed=1; continue; }
            echo "$value" >>"$work/$peer.times"
            [ -z "$bytes" ] || echo "$bytes" >>"$work/$peer.bytes"
        done
    done

    local base csv=$OUT/$name.csv json=$OUT/$name.json comma=
    base=$(median <"$work/$limit.times")
    echo "$title (size $size, $rounds rounds)"
    printf '  %-12s %10s %8s %10s %10s %8s\n' peer 'median ns' "x $limit" least most bytes
    echo 'benchmark,peer,size,rounds,median_ns,ratio,least_ns,most_ns,bytes,instructions' >"$csv"
    printf '{"benchmark": "%s", "title": "%s", "size": %s, "rounds": %s, "limit": "%s", "bar": %s, "machine": "%s", "peers": [' \
        "$name" "$title" "$size" "$rounds" "$limit" "$bar" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" >"$json"
    for peer in "${peers[@]}"; do
        [ -f "$work/$peer.times" ] || continue
        local middle least most times bytes=''
        middle=$(median <"$work/$peer.times")
        least=$(sort -g "$work/$peer.times" | head -n 1)
        most=$(sort -g "$work/$peer.times" | tail -n 1)
        times=$(ratio "$middle" "$base")
        [ ! -f "$work/$peer.bytes" ] || bytes=$(median <"$work/$peer.bytes")
        printf '  %-12s %10.2f %8s %10.2f %10.2f %8s\n' "$peer" "$middle" "$times" "$least" "$most" "$bytes"
        [ "$peer" = acc ] || count=
        echo "$name,$peer,$size,$rounds,$middle,$times,$least,$most,$bytes,$count" >>"$csv"
        printf '%s\n  {"peer": "%s", "median_ns": %s, "ratio": %s, "least_ns": %s, "most_ns": %s, "bytes": %s, "instructions": %s}' \
            "$comma" "$peer" "$middle" "$times" "$least" "$most" "${bytes:-null}" "${count:-null}" >>"$json"
        comma=,
        if [ "$peer" = acc ]; then
            local verdict=reached
            awk -v a="$times" -v b="$bar" 'BEGIN { exit !(a > b) }' && verdict='not reached'
            verdict="at most $bar x $limit: $verdict"
            if [ -n "$bytes_bar" ]; then
                if awk -v a="$bytes" -v b="$bytes_bar" 'BEGIN { exit !(a > b) }'; then verdict+="; at most $bytes_bar bytes: not reached"
                else verdict+="; at most $bytes_bar bytes: reached"; fi
            fi
        fi
    done
    printf ']}\n' >>"$json"
    picture "$name" "$title"
    echo "  ${verdict-}"
    echo
}

# What was measured last, in Markdown: a row a benchmark, a column a peer; then by the number of tasks.
page() {
    local name limit bar title instructions
    echo '| | instructions | acc | C | C++20, g++ | clang++ | Asio | libuv | Go | tokio | asyncio | uvloop | quotient | wanted |'
    echo '|---|---|---|---|---|---|---|---|---|---|---|---|---|---|'
    for name in "${names[@]}"; do
        [ -f "$OUT/$name.csv" ] && [ -f "$here/$name/about" ] || continue
        # shellcheck source=/dev/null
        . "$here/$name/about"
        instructions=$(sed -n "s/^$name,//p" "$here/instructions.csv")
        awk -F , -v name="$name" -v title="$title" -v limit="$limit" -v bar="$bar" -v instructions="$instructions" '
            function shown(v) { return v == "" ? "" : v < 10 ? sprintf("%.1f", v) : sprintf("%.0f", v) }
            NR > 1 { took[$2] = $5 }
            END {
                n = split("acc c c++20 c++20-clang asio libuv go tokio asyncio uvloop", peers, " ")
                printf "| `%s`: %s | %s", name, title, shown(instructions)
                for (i = 1; i <= n; i++) printf " | %s", shown(took[peers[i]])
                printf " | %.2f x %s | %s |\n", took["acc"] / took[limit], limit == "c" ? "C" : "C++20", bar
            }' "$OUT/$name.csv"
    done
    echo
    echo '| tasks | 1 | 10 | 100 | 1,000 | 10,000 | 100,000 | 1,000,000 |'
    echo '|---|---|---|---|---|---|---|---|'
    for name in "${names[@]}"; do
        [ -f "$OUT/$name.growth.csv" ] || continue
        awk -F , -v name="$name" 'NR > 1 { took[$1] = sprintf($2 < 1000 ? "%.3g" : "%.0f", $2) }
            END { printf "| `%s`", name; for (n = 1; n <= 1000000; n *= 10) printf " | %s", took[n]; print " |" }' "$OUT/$name.growth.csv"
    done
}
[ -z "$page" ] || { page; exit 0; }
for name in "${names[@]}"; do bench "$name"; done
[ -z "$growth" ] || growth_picture
exit $failed
