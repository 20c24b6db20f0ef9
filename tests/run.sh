#!/bin/sh
# One test of a pair of files. CTest calls it with ACC (the compiler), WORK (a folder for this test), and for programs FLAGS, CC,
# ACC_LIBDIR. With ACC_UPDATE=1 what is expected is written anew instead of compared (./dev test --update). Exit status 77: skipped.
#
#   run.sh run NAME.ac [variant]      NAME.expected: what the program prints
#                                     variant readable: by way of --emit=readable and an ordinary C compiler
#   run.sh example NAME.ac [variant]  the same; NAME.py, its original, prints that too, where there is a python3 (3.11, or what its first
#                                     line says: # Python 3.N); ACC_PYTHON: a newer one
#   run.sh diag NAME.ac               NAME.expected: what the compiler says on stderr, and its exit status
#   run.sh reject NAME.ac             the same, as text, as JSON and as SARIF; one diagnostic a line in the latter two
#   run.sh emit NAME.ac KIND          NAME.KIND: what --emit=KIND gives
#
# Beside NAME.ac may stand: NAME.flags (for acc), NAME.args and NAME.input (for the program), NAME.status (its exit status),
# NAME.stderr (what it says there), NAME.skip (lines "variant reason", the variant without a name is `plain`), and a folder NAME/ whose .ac and .c are linked with it.
set -u
mode=$1 source=$2 variant=${3-}
base=${source%.ac}
name=${base##*/}

fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "SKIP: $*"; exit 77; }

rm -rf "$WORK" && mkdir -p "$WORK" || exit 1
case ${FLAGS-} in *=thread*) ulimit -Ss 2048 ;; esac # ThreadSanitizer dies where more than 65,536 calls are nested

# compare EXPECTED ACTUAL
compare() {
    if [ "${ACC_UPDATE-}" = 1 ] && [ -z "$variant" ]; then
        cmp -s "$1" "$2" || { cp "$2" "$1" && echo "updated $1"; }
        return 0
    fi
    [ -f "$1" ] || fail "there is no $1"
    diff -u "$1" "$2" || fail "$name: not as expected (-: expected, +: got)"
}

# What a person reads, compiled by the C compiler as a person would: it finds acc.h and the user's headers, nothing else.
through_readable() {
    include=${ACC%/bin/acc}/include objects=
    for file in "$source" $(find "$base" -name '*.ac' 2>/dev/null | sort) $(find "$base" -name '*.c' 2>/dev/null | sort); do
        c=$file object=$WORK/$(basename "$file").o
        if [ "${file##*.}" = ac ]; then
            c=$WORK/$(basename "$file").c
            # shellcheck disable=SC2086
            "$ACC" $flags "-I$base" --emit=readable "$file" -o "$c" || return
            # and the frames are laid out as --emit=frames says
            # shellcheck disable=SC2086
            "$ACC" $flags "-I$base" --emit=frames "$file" -o "$c.frames" || return
            awk '/^[^ ].*: [^ ]*$/ { f = $NF == "main" ? "acc__main" : $NF; said = "" }
                 $1 ~ /^[0-9]+$/ && $2 ~ /^[0-9]+$/ {
                    said = said "_Static_assert(__builtin_offsetof(struct acc__frame_" f ", " $3 ") == " $1 ", \"" $3 "\");\n"
                    said = said "_Static_assert(sizeof(((struct acc__frame_" f " *)0)->" $3 ") <= " $2 ", \"" $3 "\");\n" }
                 / bytes in all$/ { print said "_Static_assert(sizeof(struct acc__frame_" f ") == " $1 ", \"size\");" }' "$c.frames" >>"$c"
        fi
        # shellcheck disable=SC2086
        "${CC:-gcc}" -Wall -Wextra $werror $FLAGS $flags "-I$include" "-I$base" -iquote "${file%/*}" -c "$c" -o "$object" || return
        objects="$objects $object"
    done
    # shellcheck disable=SC2086
    "$ACC" $FLAGS $flags $objects -o "$WORK/program"
}

program() {
    if [ -f "$base.skip" ]; then
        reason=$(sed -n "s/^${variant:-plain} //p" "$base.skip")
        [ -z "$reason" ] || skip "$reason"
    fi
    werror=-Werror
    case $variant in
    hostile) [ -f "$ACC_LIBDIR/libacc.a" ] || skip "no hostile runtime in $ACC_LIBDIR (./dev test builds it)" ;;
    clang)
        command -v "$CC" >/dev/null || skip "no $CC here"
        werror=
        ;;
    esac
    also=
    [ ! -d "$base" ] || also="-I$base $(find "$base" -name '*.ac' -o -name '*.c' | sort)"
    flags=
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    if [ "$variant" = readable ]; then
        through_readable 2>"$WORK/messages"
    else
        # shellcheck disable=SC2086
        "$ACC" -Wall -Wextra $werror $FLAGS $flags "$source" $also -o "$WORK/program" 2>"$WORK/messages"
    fi
    status=$?
    cat "$WORK/messages"
    [ $status = 0 ] || fail "acc ended with $status"
    [ -z "$werror" ] || [ ! -s "$WORK/messages" ] || fail "the compiler had something to say"

    input=/dev/null args= expected_status=0
    [ ! -f "$base.input" ] || input=$base.input
    [ ! -f "$base.args" ] || args=$(cat "$base.args")
    [ ! -f "$base.status" ] || expected_status=$(cat "$base.status")
    export UBSAN_OPTIONS="print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}"
    # shellcheck disable=SC2086
    (cd "$WORK" && eval "timeout 120 ./program $args") <"$input" >"$WORK/stdout" 2>"$WORK/stderr"
    status=$?
    sed -i "s|${source%/*}/||g" "$WORK/stdout" "$WORK/stderr" # tracebacks: wherever this checkout is
    [ $status = "$expected_status" ] || { tail -n 60 "$WORK/stdout" "$WORK/stderr"; fail "the program ended with $status, not $expected_status"; }
    [ ! -f "$base.stderr" ] || compare "$base.stderr" "$WORK/stderr"
    compare "$base.expected" "$WORK/stdout"
}

original() {
    [ -f "$base.py" ] && [ -z "$variant" ] || return 0
    needs=$(sed -n '1s/^# Python 3\.\([0-9]*\).*/\1/p' "$base.py")
    for python in "${ACC_PYTHON:-python3.13}" python3 ''; do
        "$python" -c "import sys, asyncio; sys.exit(sys.version_info < (3, ${needs:-11}))" 2>/dev/null && break
    done
    if [ -z "$python" ]; then
        echo "NOTE: no python3 (3.${needs:-11} or newer): $name.py was not run"
        return 0
    fi
    timeout 120 "$python" "$base.py" >"$WORK/python" 2>"$WORK/python.err" || { cat "$WORK/python.err"; fail "$name.py ended with $?"; }
    diff -u "$WORK/python" "$WORK/stdout" || fail "$name.py prints something else (-: Python, +: acc)"
}

case $mode in
run) program ;;
example)
    program
    original
    ;;
diag)
    flags=--emit=c
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    # shellcheck disable=SC2086
    (cd "${source%/*}" && "$ACC" $flags "$name.ac" -o /dev/null) >"$WORK/stdout" 2>"$WORK/stderr"
    echo "exit $?" >>"$WORK/stderr"
    [ ! -s "$WORK/stdout" ] || { cat "$WORK/stdout"; fail "acc wrote to stdout"; }
    compare "$base.expected" "$WORK/stderr"
    ;;
reject)
    flags=--emit=c
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    for format in text json sarif; do
        # shellcheck disable=SC2086
        (cd "${source%/*}" && "$ACC" $flags -fdiagnostics-format=$format "$name.ac" -o "$WORK/left") 2>"$WORK/$format"
        status=$?
        [ $status = 0 ] || [ ! -e "$WORK/left" ] || fail "an output file is left behind"
        echo "== $format: exit $status"
        # the preprocessor's own messages are its affair; the rules and where we are differ or are told elsewhere
        case $format in
        text) cat "$WORK/$format" ;;
        json) grep -m 1 '^\[' "$WORK/$format" | sed 's/^\[{"kind"/[\n{"kind"/; s/, {"kind": "\(error\|warning\)"/,\n{"kind": "\1"/g' ;;
        sarif) grep -m 1 '^{' "$WORK/$format" | sed 's/.*"results": \[/[/; s/{"ruleId"/\n&/g' ;;
        esac
    done >"$WORK/all"
    compare "$base.expected" "$WORK/all"
    ;;
emit)
    kind=$3 variant=
    flags=
    [ ! -f "$base.flags" ] || flags=$(cat "$base.flags")
    # shellcheck disable=SC2086
    (cd "${source%/*}" && "$ACC" $flags --emit="$kind" "$name.ac") >"$WORK/stdout" 2>"$WORK/stderr" ||
        { cat "$WORK/stderr"; fail "acc ended with $?"; }
    compare "$base.$kind" "$WORK/stdout"
    if [ "$kind" = states ] && command -v dot >/dev/null; then
        dot -Tsvg "$WORK/stdout" >"$WORK/svg" 2>&1 || { cat "$WORK/svg"; fail "dot does not take it"; }
    fi
    ;;
*) fail "no such mode: $mode" ;;
esac
