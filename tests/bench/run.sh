#!/bin/bash
# run.sh [option...] [name...]: the project beside its peers, in one run.
#
#   --rounds N      rounds, of which the median counts (5)
#   --check         no figures: every program is built and run once at a small size; all peers must give the same answer
#   --callgrind     also count the instructions of our own programs, at the small size
#   --instructions  only count them
#
# A benchmark is a folder beside this file: `about` (title, limit, bar, size, small; see one), and a program a peer: acc.ac, c.c,
# c++20.cc; or a run.sh of its own (translate). bench.h says what a program prints. Each round runs every peer once, so that what disturbs the machine disturbs
# all of them alike. A peer whose compiler is missing is left out with a word.
#
# Environment: ACC, the acc driver (build/release/bin/acc); OUT, where programs and figures go (build/bench): NAME.csv, NAME.json.
set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
ACC=${ACC:-$root/build/release/bin/acc}
OUT=${OUT:-$root/build/bench}
rounds=5 check= callgrind= names=()
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2; shift ;;
    --check) check=1 ;;
    --callgrind) callgrind=also ;;
    --instructions) callgrind=only ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "run.sh: there is no option $1" >&2; exit 2 ;;
    *) names+=("$1") ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || for folder in "$here"/*/; do names+=("$(basename "$folder")"); done
[ -x "$ACC" ] || { echo "run.sh: there is no acc at $ACC" >&2; exit 1; }
mkdir -p "$OUT"

# build NAME SOURCE PROGRAM: 77 where the compiler is missing.
build() {
    local flags=()
    case $2 in
    *.ac) "$ACC" -O2 "$2" -o "$3" ;;
    *.c) ${CC:-gcc} -O2 "$2" -o "$3" ;;
    *.cc)
        command -v "${CXX:-g++}" >/dev/null || return 77
        ${CXX:-g++} -std=c++20 -O2 "$2" -o "$3"
        ;;
    esac
}

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
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

failed=0
bench() {
    local name=$1 dir=$here/$1 work=$OUT/$1.d source peer peers=() status round value answer bytes
    if [ -x "$dir/run.sh" ]; then # one that measures something else than programs
        [ "$callgrind" = only ] || ROUNDS=$rounds "$dir/run.sh" ${check:+--check} || failed=1
        return
    fi
    [ -f "$dir/about" ] || { echo "run.sh: there is no benchmark $name" >&2; failed=1; return; }
    local title limit bar size small larger='' bytes='' bytes_bar='' operations count=''
    # shellcheck source=/dev/null
    . "$dir/about"
    bytes_bar=$bytes
    mkdir -p "$work"
    for source in "$dir"/*.ac "$dir"/*.c "$dir"/*.cc; do
        [ -f "$source" ] || continue
        peer=$(basename "${source%.*}")
        build "$name" "$source" "$work/$peer"
        status=$?
        case $status in
        0) peers+=("$peer") ;;
        77) echo "NOTE: no compiler for $peer here" ;;
        *) echo "FAIL: $source does not compile"; failed=1 ;;
        esac
    done

    if [ -n "$check" ]; then
        local wanted=
        for peer in "${peers[@]}"; do
            read -r value answer operations bytes < <(timeout 60 "$work/$peer" "$small") || { echo "FAIL: $name: $peer does not run"; failed=1; continue; }
            [ -n "$wanted" ] || wanted=$answer
            [ "$answer" = "$wanted" ] || { echo "FAIL: $name: $peer gives $answer, another one $wanted"; failed=1; }
        done
        echo "$name: ${peers[*]}: $wanted"
        return
    fi
    if [ -n "$callgrind" ]; then
        if command -v valgrind >/dev/null; then
            if count=$(instructions "$work" "$small" "${larger:-$((2 * small))}"); then echo "$name: acc: $count instructions an operation"
            else echo "NOTE: $name: callgrind failed"; fi
        else
            echo "NOTE: no valgrind here"
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
    printf '  %-8s %10s %8s %10s %10s %8s\n' peer 'median ns' "x $limit" least most bytes
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
        printf '  %-8s %10.2f %8s %10.2f %10.2f %8s\n' "$peer" "$middle" "$times" "$least" "$most" "$bytes"
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
    echo "  ${verdict-}"
    echo
}

for name in "${names[@]}"; do bench "$name"; done
exit $failed
