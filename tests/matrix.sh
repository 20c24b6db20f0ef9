#!/bin/bash
# matrix.sh [-j JOBS] [-c CONFIGURATION] [PATTERN...]: every program of tests/run and examples/ whose name matches, in every way
# that a user may compile it: gcc and clang, each -O, -flto, sanitizers; warnings of ours under -Wall -Wextra -Wshadow -Wconversion
# in each dialect of C; the same bytes however often it is translated. By ./dev check matrix, and some of it by ./dev test.
# Environment: ACC, WORK, LC_ALL=C; LIBACC_HOSTILE: a folder with the hostile runtime.
set -u
here=$(cd "$(dirname "$0")" && pwd)
jobs=1 only=
while getopts j:c: option; do
    case $option in
    j) jobs=$OPTARG ;;
    c) only=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
ulimit -c 0

#   name               the C compiler, its options
configurations="
gcc-O0                 gcc -O0 -g
gcc-O1                 gcc -O1
gcc-O2                 gcc -O2 -std=gnu11
gcc-O3                 gcc -O3 -std=gnu2x
gcc-lto                gcc -O2 -flto=auto
gcc-sanitized          gcc -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
clang-14-O0            clang-14 -O0 -g
clang-14-O2            clang-14 -O2
clang-14-lto           clang-14 -O2 -flto
clang-19-O0            clang-19 -O0 -g
clang-19-O1            clang-19 -O1
clang-19-O2            clang-19 -O2
clang-19-O3            clang-19 -O3
clang-19-sanitized     clang-19 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
"
# What a program's own text may be told; anything else, and anything that names what is ours, is our fault.
users='\[-W(sign-|float-|arith-)?conversion\]$|\[-Wshadow\]$|\[ACC[0-9]*\]|-Wunknown-warning-option\]$'

# one NAME.ac: all that is wrong with it
one() {
    local source=$1 base=${1%.ac} name work problems=0 flags='' also='' args='' input=/dev/null status=0 config cc options
    name=$(basename "$base")
    work=$WORK/$name
    rm -rf "$work" && mkdir -p "$work"
    bad() { echo "FAIL: $name: $*"; problems=1; }
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    [ ! -f "$base.args" ] || args=$(cat "$base.args")
    [ ! -f "$base.input" ] || input=$base.input
    [ ! -f "$base.status" ] || status=$(cat "$base.status")
    [ ! -d "$base" ] || also="-I$base $(find "$base" -name '*.ac' -o -path "$base/*" -name '*.c' | sort | tr '\n' ' ')"

    skipped() { [ -f "$base.skip" ] && grep -q "^$1 " "$base.skip"; } # see run.sh; and: clang-14

    if [ -z "$only" ] || [ "$only" = bytes ]; then # whatever the temporary files are called and memory lies
        mkdir -p "$work/elsewhere"
        "$ACC" $flags "-I$base" --emit=c "$source" -o "$work/first.i" || bad "not translated"
        env TMPDIR="$work/elsewhere" X="$(printf %5000s x)" setarch -R "$ACC" $flags "-I$base" --emit=c "$source" -o "$work/second.i" 2>"$work/message" ||
            env TMPDIR="$work/elsewhere" X=1 "$ACC" $flags "-I$base" --emit=c "$source" -o "$work/second.i" || bad "not translated"
        cmp "$work/first.i" "$work/second.i" || bad "not the same bytes twice"
    fi
    for standard in gnu11 gnu17 gnu2x; do
        [ -z "$only" ] || [ "$only" = warnings ] || continue
        case $flags in *-std=*) [ $standard = gnu17 ] || continue ;; esac # its own counts, once
        ! skipped plain || continue
        "$ACC" -std=$standard $flags "-I$base" -O2 -Wall -Wextra -Wshadow -Wconversion -c "$source" -o "$work/o" >"$work/messages" 2>&1 ||
            bad "does not compile with -std=$standard"
        if grep -E '(warning|error): ' "$work/messages" | grep -Ev "$users" >"$work/ours" || grep 'warning: .*acc__' "$work/messages" >"$work/ours"; then
            cat "$work/ours"
            bad "warnings with -std=$standard"
        fi
    done
    while read -r config cc options; do
        [ -n "$config" ] || continue
        [ -z "$only" ] || [ "$only" = "$config" ] || continue
        command -v "$cc" >/dev/null || continue
        case $config in
        *-sanitized) ! skipped hostile || continue ;;&
        clang-14-*) ! skipped clang-14 || continue ;;&
        clang-*) ! skipped clang || continue ;;
        *) ! skipped plain || continue ;;
        esac
        local libdir=()
        case $config in *-sanitized) libdir=(env "ACC_LIBDIR=$LIBACC_HOSTILE") ;; esac
        if ! "${libdir[@]}" "$ACC" "--cc=$cc" -Wall -Wextra $options $flags "$source" $also -o "$work/program" >"$work/messages" 2>&1; then
            cat "$work/messages"
            bad "$config: does not compile"
            continue
        fi
        if grep 'warning: ' "$work/messages" | grep -q 'acc__\|-Wunused-value\|-Wuninit\|-Wunused-var\|-Wunused-label'; then
            cat "$work/messages"
            bad "$config: warnings"
        fi
        (cd "$work" && eval "timeout 120 ./program $args") <"$input" >"$work/stdout" 2>"$work/stderr"
        local ended=$?
        sed -i "s|${source%/*}/||g" "$work/stdout" "$work/stderr"
        [ $ended = "$status" ] || { tail -n 20 "$work/stderr"; bad "$config: it ended with $ended"; }
        diff "$base.expected" "$work/stdout" || bad "$config: it prints something else"
    done <<<"$configurations"
    rm -rf "$work"
    return $problems
}

rm -rf "$WORK" && mkdir -p "$WORK" || exit 1
while read -r config cc _; do
    [ -n "$config" ] && ! command -v "$cc" >/dev/null || continue
    [ "$only" != "$config" ] || { echo "SKIP: no $cc here"; exit 77; }
    [ -n "$only" ] || echo "NOTE: no $cc here: not $config"
done <<<"$configurations"
[ -z "$only" ] || [[ $only = bytes || $only = warnings || $configurations = *$only* ]] || { echo "no such configuration: $only"; exit 2; }
failed=0 count=0 running=0
for source in "$here"/run/*.ac "$here"/../examples/*.ac; do
    matches=$([ $# = 0 ] && echo yes)
    for pattern; do [[ $(basename "$source") != *$pattern* ]] || matches=yes; done
    [ -n "$matches" ] || continue
    count=$((count + 1))
    one "$(readlink -f "$source")" &
    running=$((running + 1))
    if [ $running -ge "$jobs" ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
done
for ((; running > 0; running--)); do wait -n || failed=1; done
[ $count -gt 0 ] || { echo "no program matches"; exit 1; }
echo "$count programs"
exit $failed
