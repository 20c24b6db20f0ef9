#!/bin/bash
# driver.sh CASE: one test of the command line. CTest calls it with ACC and WORK; each case starts in a folder with these files.
set -u
fail() { echo "FAIL: $*"; exit 1; }
rm -rf "$WORK" && mkdir -p "$WORK/tmp" && cd "$WORK" || exit 1
export TMPDIR=$WORK/tmp # so that what is left behind is seen
unset CC ACC_LIBDIR ACC_INCLUDEDIR CPATH LIBRARY_PATH
[ -z "${SANITIZE-}" ] || export CC="gcc -fsanitize=$SANITIZE" # as the runtime of this build is

cat >hello.ac <<'E2'
#include <acc.h>
#include "number.h"
int doubled(int);
static async int compute(int n) { return doubled(n); }
async int main(void) {
    printf("%d\n", await compute(NUMBER));
    return 0;
}
E2
echo '#define NUMBER 21' >number.h
echo 'int doubled(int n) { return 2 * n; }' >doubled.c
cat >plain.ac <<'E2'
#ifndef __ACC__
#error acc defines it
#endif
int doubled(int n) { int async = n; return n + async; }
E2
printf '#include <acc.h>\nasync int f(void) { return 1 +; }\n' >wrong.ac
echo 'int x = ;' >wrong.c

# acc with arguments: what it says goes to out and err; its exit status to $status.
acc() { "$ACC" "$@" >out 2>err; status=$?; }
# The status, and no file left that was not there.
expect() {
    [ $status = "$1" ] || { cat out err; fail "status $status, not $1"; }
    [ -z "$(ls -A tmp)" ] || fail "left in TMPDIR: $(ls -A tmp)"
    # "acc exits 0, 1, 2"; what went wrong is always said
    [ "$1" = 0 ] || [ -s err ] || fail "status $1 without a word"
}
has() { grep -q -e "$2" "$1" || { cat "$1"; fail "no '$2' in $1"; }; }
lacks() { ! grep -q -e "$2" "$1" || { cat "$1"; fail "'$2' in $1"; }; }
exists() { for f; do [ -e "$f" ] || fail "$f was not made"; done; }
absent() { for f; do [ ! -e "$f" ] || fail "$f is there"; done; }
prints() { [ "$("./$1")" = "$2" ] || fail "$1 prints $("./$1"), not $2"; }

# ---- what it makes ----

test_link() {
    acc hello.ac doubled.c -o hello; expect 0
    [ ! -s err ] || { cat err; fail "it said something"; }
    prints hello 42
    absent hello.o doubled.o hello.i a.out
    acc hello.ac plain.ac; expect 0
    prints a.out 42
}

test_object() {
    acc -c hello.ac plain.ac doubled.c; expect 0
    exists hello.o plain.o doubled.o
    acc hello.o doubled.o -o hello; expect 0
    prints hello 42
    acc hello.o plain.o -o hello2; expect 0
    prints hello2 42
    mkdir sub
    acc -c hello.ac -o sub/other.o; expect 0
    exists sub/other.o
}

test_assembly() {
    acc -S hello.ac plain.ac; expect 0
    exists hello.s plain.s
    acc hello.s plain.s -o hello; expect 0
    prints hello 42
}

test_archive_and_library() {
    acc -c doubled.c && ar rcs libdoubled.a doubled.o
    acc hello.ac libdoubled.a -o hello; expect 0
    prints hello 42
    acc hello.ac -L. -ldoubled -o hello2; expect 0
    prints hello2 42
}

test_shared_library() {
    [ -f "${ACC%/bin/acc}/lib/libacc.so" ] || { echo "SKIP: no libacc.so"; exit 77; }
    acc --libacc=shared hello.ac doubled.c -o hello; expect 0
    prints hello 42
    ldd hello | grep -q libacc || fail "not linked with libacc.so"
    acc -shared -fPIC hello.ac doubled.c -o libhello.so; expect 0
    exists libhello.so
}

test_preprocess() {
    acc -E hello.ac; expect 0
    has out 'await compute(21)'
    acc -E plain.ac -o plain.i; expect 0
    has plain.i 'int async = n'
    acc -E -dM plain.ac; expect 0
    has out '#define __ACC__ 1'
    acc -E -dM doubled.c; expect 0
    lacks out __ACC__
    acc -M hello.ac; expect 0
    has out '^hello.o: hello.ac'
    has out number.h
}

test_emit_c() {
    acc --emit=c hello.ac; expect 0
    has out '^# 1 "hello.ac"'
    lacks out 'await compute'
    acc --emit=c hello.ac -o hello.i; expect 0
    acc hello.i doubled.c -o hello; expect 0
    prints hello 42
    acc --emit=c -DNUMBER_OF=3 hello.ac -o hello.c; expect 0
    has hello.c '^#undef linux'
    has hello.c '^#undef NUMBER_OF'
    gcc -c -Wall -Wextra -Werror hello.c || fail "cc does not take it"
    acc hello.o doubled.c -o hello3; expect 0
    prints hello3 42
}

# What is a macro to begin with, but a name in the source, does not expand a second time.
test_emit_c_names() {
    printf '#include <acc.h>\nasync int main(void) { int linux = 3, unix = 4; return linux + unix - 7; }\n' >names.ac
    acc -std=c11 --emit=c names.ac -o names.c; expect 0
    acc names.c -o names; expect 0
    ./names || fail "it ends with $?"
    printf '#include <acc.h>\n#define old HIDDEN\nasync int main(void) { int NAME = 1; return NAME - 1; }\n' >names.ac
    acc -DNAME=other -DUNUSED --emit=c names.ac -o names.c; expect 0
    gcc -DNAME=3 -c names.c || fail "NAME expanded again"
}

test_emit_readable() {
    acc --emit=readable hello.ac; expect 0
    has out '^#include <acc.h>'
    has out '/\* suspension point 1: await '
    lacks out '^# '
    acc --emit=readable -DNUMBER_OF=3 hello.ac -o hello.c; expect 0
    has hello.c '^#define NUMBER_OF 3'
    gcc -c -Wall -Wextra -Werror "-I${ACC%/bin/acc}/include" hello.c || fail "cc does not take it"
    acc hello.o doubled.c -o hello4; expect 0
    prints hello4 42
    acc --emit=readable -x ac - <hello.ac; expect 0
    has out "The C of standard input"
    printf '#include <acc.h>\nasync int main(void) { int linux = 3; return linux - 3; }\n' >names.ac
    acc -std=c11 --emit=readable names.ac -o names.c; expect 0
    gcc -c "-I${ACC%/bin/acc}/include" names.c || fail "linux expanded again"
    printf '#define FOUR 4\nenum { five = 5 };\n' >given.h # what the command line gives is on the page
    printf '#include <acc.h>\n\nint nine = FOUR + five;\nasync int f(void) { await acc_sleep(0); return nine + SIX; }\n' >given.ac
    for cc in gcc clang-19; do
        command -v $cc >/dev/null || { echo "NOTE: no $cc here"; continue; }
        acc --cc=$cc --emit=readable -include given.h -DSIX=6 given.ac -o given.c; expect 0
        has given.c '^#include ".*given.h"'
        has given.c '^#define SIX 6'
        has given.c '^int nine = FOUR + five;'
        lacks given.c '__STDC'
        $cc -c -Wall -Wextra -Werror "-I${ACC%/bin/acc}/include" given.c || fail "$cc does not take it"
        acc --cc=$cc --emit=readable -include given.h -DSIX=6 -x ac - -o given.c <given.ac; expect 0
        has given.c '^int nine = 4 + five;'
        lacks given.c '__STDC'
        $cc -c -Wall -Wextra -Werror "-I${ACC%/bin/acc}/include" given.c || fail "$cc does not take it"
    done
    acc --emit=readable wrong.ac -o wrong.c; expect 1
    absent wrong.c
}

test_emit_other() {
    for kind in frames states; do
        acc --emit=$kind hello.ac -o hello.$kind; expect 0
        exists hello.$kind
    done
    acc --emit=readable plain.ac; expect 0
    cmp out plain.ac || fail "a file without dialect is not given as it is"
    acc --emit=frames plain.ac; expect 0
    [ ! -s out ] || fail "plain.ac has no frames"
}

test_syntax_only() {
    acc -fsyntax-only hello.ac plain.ac doubled.c; expect 0
    absent a.out hello.o plain.o
    acc -fsyntax-only wrong.ac; expect 1
}

test_standard_input() {
    acc -x ac - -x none doubled.c -o hello <hello.ac; expect 0
    prints hello 42
    acc -xac -c - -o in.o <plain.ac; expect 0
    exists in.o
    acc --emit=c -x ac - <hello.ac; expect 0
    has out '"<stdin>"'
    acc -x ac - <wrong.ac; expect 1
    has err '<stdin>:2:'
    acc -; expect 2
}

test_language() {
    cp hello.ac hello.txt
    acc -x ac hello.txt -x none doubled.c -o hello; expect 0
    prints hello 42
    acc -x c hello.ac -o hello2; expect 1
    acc -c -x c plain.ac -o plain.o; expect 1
    has err 'acc defines it'
}

test_response_file() {
    echo '-DNUMBER_A="two words" hello.ac' >args
    echo "'doubled.c' @more" >>args
    printf -- '-o\nhel\\ lo' >more
    acc @args; expect 0
    prints 'hel lo' 42
    acc @nosuch; expect 1
}

test_double_dash() {
    cp hello.ac -- -hello.ac
    cp doubled.c -- -doubled.c
    acc -o hello -- -doubled.c ./-hello.ac; expect 0
    prints hello 42
}

test_options_handed_on() {
    touch a.o
    acc -### -O2 -g -m64 -std=gnu17 -DX -UY -I inc -isystem sys -include number.h -fno-common -Wall -Wl,-z,now -lm -pthread \
        --param max-inline-insns-single=7 -Xlinker -v hello.ac doubled.c a.o -o hello
    expect 0
    grep -- ' -E ' err >preprocess; grep cpp-output err >compile; grep ' -o hello$' err >link
    for o in -O2 -std=gnu17 -DX -UY '-I inc' '-isystem sys' '-include number.h' __ACC__ '--param max-inline-insns-single=7'; do
        has preprocess "$o"
    done
    for o in -O2 -g -m64 -std=gnu17 -fno-common -Wall -pthread '--param max-inline-insns-single=7'; do
        has compile " $o"
        has link " $o"
    done
    for o in -DX '-I inc' -lm -Wl,; do lacks compile " $o"; done
    for o in -lm -Wl,-z,now '-Xlinker -v' libacc doubled.c a.o -DX; do has link "$o"; done
    lacks link __ACC__
    absent hello
}

# acc's own warnings are not handed on, what is meant for both is.
test_warning_options() {
    acc -### -Wno-unawaited -Werror=blocking-call -Werror -w -Wextra -c hello.ac; expect 0
    lacks err unawaited
    lacks err blocking
    grep cpp-output err >compile
    has compile '-Werror -w -Wextra'
}

test_diagnostics_format() {
    acc -fdiagnostics-format=json wrong.ac; expect 1
    [ "$(head -c 2 err)" = '[{' ] || fail "no JSON: $(cat err)"
    acc -fdiagnostics-format=sarif wrong.ac; expect 1
    has err '"version": "2.1.0"'
    acc -fdiagnostics-format=nosuch wrong.ac; expect 2
    acc -fdiagnostics-color=always wrong.ac; expect 1
    has err $'\33\\[01;31m'
    GCC_COLORS='error=04' acc -fdiagnostics-color=always wrong.ac; expect 1
    has err $'\33\\[04m'
    acc -fdiagnostics-color=auto wrong.ac; expect 1
    lacks err $'\33'
}

test_compiler() {
    acc -### --cc='gcc -pipe' -c hello.ac; expect 0
    has err '^ gcc -pipe -E'
    CC='gcc -fno-common' acc -### -c hello.ac; expect 0
    has err '^ gcc -fno-common -E'
    CC=nosuch acc -c hello.ac; expect 1
    has err nosuch
    CC=$ACC acc -c hello.ac; expect 0 # as make CC=acc has it
    acc --cc="$ACC" -c hello.ac; expect 1
    acc --cc= hello.ac; expect 2
    command -v clang-19 >/dev/null && [ -z "${SANITIZE-}" ] || return 0
    acc --cc=clang-19 hello.ac doubled.c -o hello; expect 0
    prints hello 42
}

# clang's preprocessor would drop the pragmas that name acc's own warnings, and complain.
test_pragmas() {
    mkdir -p sub
    cat >sub/quiet.h <<'EOF'
#define QUIET _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wunawaited\"")
#define LOUD _Pragma("GCC diagnostic pop")
EOF
    cat >pragmas.ac <<'EOF'
#include <acc.h>
#include <unistd.h>
#include "sub/quiet.h"
async int f(void) { await acc_sleep(0); return 1; }
#if 0
#pragma GCC diagnostic ignored "-Wblocking-call"
#endif
async int main(void) {
#pragma GCC diagnostic push
#pragma GCC diagnostic \
    ignored "-Wunawaited"
    f();
#pragma GCC diagnostic pop
    f(); // line 14
    QUIET f(); LOUD f();
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wblocking-call\"")
    usleep(0);
    _Pragma("GCC diagnostic pop")
    usleep(0); // line 19
    await acc_sleep(0);
    return 0;
}
EOF
    for cc in gcc clang-14 clang-19; do
        command -v $cc >/dev/null || { echo "NOTE: no $cc here"; continue; }
        for how in '' '-Wall -Wextra' -Werror=unused; do
            # shellcheck disable=SC2086
            acc --cc=$cc $how -c pragmas.ac; expect 0
            [ "$(grep -c 'warning: ' err)" = 3 ] || fail "$cc $how: $(cat err)"
            has err '^pragmas.ac:14:5: warning: .*-Wunawaited'
            has err '^pragmas.ac:15:21: warning: .*-Wunawaited'
            has err '^pragmas.ac:19:5: warning: .*-Wblocking-call'
        done
        acc --cc=$cc -Werror -c pragmas.ac; expect 1
        [ "$(grep -c 'error: ' err)" = 3 ] || fail "$cc -Werror: $(cat err)"
        acc --cc=$cc -x ac - -c -o in.o <pragmas.ac; expect 0
        [ "$(grep -c 'warning: ' err)" = 3 ] || fail "$cc, standard input: $(cat err)"
        acc --cc=$cc -MD --emit=c pragmas.ac -o pragmas.i; expect 0
        has pragmas.d 'sub/quiet.h'
        lacks pragmas.d 'pragmas.txt'
        lacks pragmas.i 'ACC *diagnostic'
    done
}

# "::" is one token for clang where attributes have brackets, and two for acc, which counts them.
test_columns_attributes() {
    cat >attributes.ac <<'EOF'
#include <acc.h>
[[gnu::unused]] static int unused;
async int f(void) { await acc_sleep(0); return 1; }
async int main(void) {
    [[gnu::unused]] int n = await f(); f();
    return 0;
}
EOF
    for cc in gcc clang-14 clang-19; do
        command -v $cc >/dev/null || { echo "NOTE: no $cc here"; continue; }
        acc --cc=$cc -std=gnu2x -c attributes.ac; expect 0
        has err '^attributes.ac:5:40: warning: .*-Wunawaited'
    done
}

# libclang takes longer to load than a file of plain C to read.
test_libclang_when_needed() {
    echo 'int main(void) { return 0; }' >plain.c
    echo 'int f(void) { return 0; }' >plain.ac
    for args in '-c plain.c' '-c plain.ac' '--emit=c plain.ac -o plain.i' '--help' '--version'; do
        # shellcheck disable=SC2086
        LD_DEBUG=files acc $args
        lacks err 'calling init.*libclang'
    done
    LD_DEBUG=files acc -c hello.ac
    has err 'calling init.*libclang'
}

test_side_outputs() {
    acc --coverage hello.ac doubled.c -o hello; expect 0
    exists hello-hello.gcno
    prints hello 42
    exists hello-hello.gcda
    acc -fstack-usage -c hello.ac -o sub.o; expect 0
    exists sub.su
}

test_environment() {
    mkdir inc lib
    echo '#error mine' >inc/acc.h
    ACC_INCLUDEDIR=$PWD/inc acc -c hello.ac; expect 1
    has err 'mine'
    ACC_LIBDIR=$PWD/lib acc hello.ac doubled.c; expect 1
    has err "$PWD/lib/libacc.a"
}

# ---- dependencies ----

test_dependencies() {
    acc -MD -c hello.ac; expect 0
    has hello.d '^hello.o: hello.ac'
    has hello.d number.h
    has hello.d stdio.h
    rm hello.d
    mkdir sub
    acc -MMD -MP -c hello.ac -o sub/h.o; expect 0
    has sub/h.d '^sub/h.o: hello.ac'
    has sub/h.d '^number.h:'
    lacks sub/h.d stdio.h
    acc -MMD -MF deps -MT 'a b' -MQ '$x' -c plain.ac; expect 0
    has deps '^a b \$\$x: plain.ac'
    acc -MMD hello.ac doubled.c -o prog; expect 0
    has prog-hello.d '^prog: hello.ac'
    acc -MMD hello.ac -shared -fPIC -o single.so --libacc=none; expect 0
    has single.d '^single.so: hello.ac'
}

# ---- what goes wrong ----

test_usage() {
    acc; expect 2
    has err 'no input files'
    acc -o; expect 2
    acc -I; expect 2
    acc hello.ac -MF; expect 2
    acc --emit=nosuch hello.ac; expect 2
    has err readable
    acc --emit=c doubled.c; expect 2
    acc --dump=nosuch hello.ac; expect 2
    acc --libacc=nosuch hello.ac; expect 2
    acc -c hello.ac plain.ac -o x.o; expect 2
    acc --emit=c hello.ac plain.ac -o x.c; expect 2
    absent x.o x.c
}

test_input_is_output() {
    cp hello.ac before
    acc hello.ac -o hello.ac; expect 2
    acc -c hello.ac -o ./hello.ac; expect 2
    acc hello.ac -MD -MF hello.ac -o hello; expect 2
    ln hello.ac other.ac
    acc --emit=c hello.ac -o other.ac; expect 2
    touch hello.o
    acc -c hello.ac hello.o; expect 2
    exists hello.o
    cmp before hello.ac || fail "the source is gone"
    acc -E -x c /dev/null -o /dev/null; expect 0
}

test_missing_input() {
    acc nosuch.ac; expect 1
    has err 'nosuch.ac: No such file'
    acc hello.ac nosuch.o -o hello; expect 1
    has err 'nosuch.o: No such file'
    acc .; expect 1
    absent hello a.out
}

# No output is left, not even an old one.
test_failure_leaves_nothing() {
    acc -MD -c wrong.ac; expect 1
    absent wrong.o wrong.d
    touch old.o old.d
    acc -MD -MF old.d -c wrong.ac -o old.o; expect 1
    absent old.o old.d
    acc --emit=c wrong.ac -o wrong.out; expect 1
    absent wrong.out
    acc hello.ac wrong.ac -o prog; expect 1
    absent prog
    acc -c hello.ac wrong.c; expect 1
    absent hello.o wrong.o
    has err 'wrong.c:1:9: error'
    acc -MMD -c wrong.c plain.ac; expect 1
    absent plain.o plain.d
    acc hello.ac -o hello; expect 1 # no doubled()
    absent hello
    has err 'undefined reference'
    echo '#error stop' >stop.ac
    acc -MD -c stop.ac; expect 1
    has err 'stop.ac:1:2: error: #error stop'
    absent stop.o stop.d
    acc -c wrong.ac -o /dev/null; expect 1
    [ -c /dev/null ] || fail "/dev/null is gone"
    acc -E stop.ac -o stop.i; expect 1
    absent stop.i
    touch hello
    acc hello.ac wrong.c -o hello; expect 1
    absent hello
    touch hello
    acc '-###' wrong.ac -MF x -o hello; expect 0
    exists hello
}

# All files are looked at, so that each says what is wrong with it.
test_all_errors() {
    sed s/f/g/ wrong.ac >wrong2.ac
    acc -c wrong.ac wrong2.ac wrong.c; expect 1
    has err '^wrong.ac:2:'
    has err '^wrong2.ac:2:'
    has err '^wrong.c:1:'
}

test_unwritable() {
    acc --emit=c hello.ac -o /nosuch/x.c; expect 1
    acc -c hello.ac -o /nosuch/x.o; expect 1
    acc -c hello.ac -MD -MF /nosuch/x.d -o x.o; expect 1
    absent x.o
    [ -e /dev/full ] || return 0
    "$ACC" --emit=c hello.ac >/dev/full 2>err; status=$?; expect 1
    has err 'No space left'
}

# A preprocessor's warning comes once, whether the file is translated or not.
test_warnings_once() {
    echo '#warning look' >>hello.ac
    echo '#warning look' >>plain.ac
    acc -c hello.ac; expect 0
    [ "$(grep -c 'warning: #warning look' err)" = 1 ] || fail "$(cat err)"
    acc -c plain.ac; expect 0
    [ "$(grep -c 'warning: #warning look' err)" = 1 ] || fail "$(cat err)"
    acc -Werror -c hello.ac; expect 1
}

# Killed in the middle: nothing is left.
# What async functions become is GNU C, and nobody wants to hear of it; the user's own files are told as ever.
test_pedantic() {
    for options in "-std=c11 -pedantic -Werror" "-std=c17 -pedantic-errors" "-Wpedantic -Werror"; do
        # shellcheck disable=SC2086
        "$ACC" $options hello.ac doubled.c -o hello >out 2>&1 || { cat out; fail "with $options"; }
        [ ! -s out ] || { cat out; fail "it says something with $options"; }
        [ "$(./hello)" = 42 ] || fail "the program, with $options"
    done
    echo 'int empty(void) { struct { } e; return sizeof e; }' >own.c
    "$ACC" -pedantic -c own.c 2>&1 | grep -q Wpedantic || fail "the user's own C is not told of"
}

test_signal() {
    mkfifo slow.h
    echo '#include "slow.h"' >>hello.ac
    for signal in TERM INT HUP; do
        # (a shell's background job would ignore SIGINT)
        (exec setsid env --default-signal="$signal" "$ACC" -MD -c hello.ac doubled.c 2>err) &
        acc_process=$!
        for _ in $(seq 100); do # until the preprocessor waits for the header
            grep -q . "/proc/$acc_process/task/$acc_process/children" && break
            sleep 0.05
        done
        sleep 0.2
        kill -s "$signal" "$acc_process"
        wait "$acc_process"
        status=$?
        [ $status = $((128 + $(kill -l "$signal"))) ] || fail "$signal: status $status"
        [ -z "$(ls -A tmp)" ] || fail "$signal left $(ls -A tmp)"
        absent hello.o hello.d doubled.o
        exec 3<>slow.h 3>&- # what gcc started waits for it still
    done
}

# ---- what it tells ----

test_help() {
    acc --help; expect 0
    has out 'Usage: acc'
    has out '--emit=readable'
    [ "$(wc -L <out)" -le 110 ] || fail "a line is too long"
    for option in -c -S -E -o --emit= --dump= -MD --cc= --libacc= -fdiagnostics-format= --explain -v '-###' --version; do
        has out "$option"
    done
    acc --version; expect 0
    has out '^acc [0-9]*\.[0-9]*\.[0-9]* (ABI [0-9]*)'
    has out '^C compiler: gcc'
    acc -v; expect 0
    has err '^acc '
    acc -dumpmachine; expect 0
    has out -
}

# The options that --help names and those of acc.1 are the same, and both name every warning.
test_manual() {
    manual=$(dirname "$0")/../../docs/acc.1
    acc --help; expect 0
    cp out help
    sed -n '/^Example/q; s/^  \(-.*\)/\1/p' help | sed 's/   .*//' | grep -o -E '(^|[ ,])-[-#A-Za-z][-A-Za-z#=]*' |
        sed 's/^[ ,]*//; s/NAME$//; /^--emit=/!s/=.*//' | sort -u >in_help
    awk '/^\.It (Fl|Xo)/ || inside { fl = 0
            if ($2 == "Xo") inside = 1
            if ($1 == ".Xc") inside = 0
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^\.?Fl$/) fl = 1
                else if ($i ~ /^\.?(It|Ar|Cm|Op|Ns|Xo|Xc|Ev|Pa|Sy)$/) fl = 0
                else if (fl && $i != "," && $i != "|") print "-" $i
            } }' "$manual" | sed 's/,\\&$//; /^--emit=/!s/=.*//' | sort -u >in_manual
    [ "$(wc -l <in_help)" -gt 40 ] || { cat in_help; fail "so few options in --help?"; }
    diff in_help in_manual || fail "--help (<) and acc.1 (>) do not name the same options"
    acc --explain; expect 0
    for name in $(sed -n 's/.*(-W\([a-z-]*\).*/\1/p' out | sort -u); do
        has help "$name"
        has "$manual" "$name"
    done
}

test_explain() {
    for wrong in nonsense ACC999 ACC 003x -W; do
        acc --explain "$wrong"; expect 2
        has err "there is no diagnostic '$wrong'"
        has err '^ACC003: '
    done
    acc --explain; expect 0
    has out '^ACC003: '
    has out '^ACC005: .*(-Wunawaited)'
    for page in ACC005 acc5 5 005 unawaited -Wunawaited; do
        acc --explain "$page"; expect 0
        has out '^ACC005: '
        has out '^Wrong:'
    done
    acc --explain=ACC003; expect 0
    # every number that the compiler uses has its page
    for number in $(sed -n 's/.*diag_add([^,]*, *DIAG_[A-Z]*, *\([0-9][0-9]*\),.*/\1/p' "$(dirname "$0")"/../../compiler/*/*.c | sort -un); do
        [ "$number" = 0 ] || { acc --explain "$number"; expect 0; }
    done
}

test_time_report() {
    acc -ftime-report --emit=c hello.ac -o hello.c; expect 0
    has err "acc: hello.ac: seconds by phase"
    for phase in preprocess scan parse view analyse ir check lower flow emit TOTAL; do has err "^ $phase  *: .*wall.*cpu"; done
    acc -ftime-report -c hello.ac; expect 0
    has err "^ emit "
    acc -fno-time-report --emit=c hello.ac -o hello.c; expect 0
    lacks err "seconds by phase"
}

test_tracebacks() {
    cat >late.ac <<'E2'
#include <acc.h>
async static void inner(void) { await acc_sleep(0); throw ValueError("late"); }
async int main(void) { await inner(); return 0; }
E2
    acc late.ac -o late; expect 0
    ./late 2>err; [ $? = 1 ] || fail "exit status"
    has err "late.ac:3 in main"
    acc -fno-tracebacks late.ac -o late; expect 0
    ./late 2>err; [ $? = 1 ] || fail "exit status"
    has err "^ValueError: late"
    lacks err "late.ac"
}

# A frame's state has 16 bits: more awaits than it can number get a diagnostic, at the first that is too much.
test_awaits_limit() {
    awk 'BEGIN { print "#include <acc.h>\nasync int f(int);\nasync int g(void) {\nint x = 0;"
        for (i = 1; i <= 65535; i++) print "x += await f(1);"
        print "return x; }" }' >limit.ac
    acc --emit=c limit.ac -o limit.c
    expect 1
    has err "limit.ac:65539:.*more than 65534 awaits in a function are not supported"
    sed -i 65539d limit.ac
    acc --emit=c limit.ac -o limit.c
    expect 0
    awk 'BEGIN { print "#include <acc.h>\nasync acc_generator(int) g(void) {"
        for (i = 1; i <= 32767; i++) print "yield 1;"
        print "}" }' >limit.ac
    acc --emit=c limit.ac -o limit.c
    expect 1
    has err "limit.ac:32769:.*more than 32766 awaits in a function that yields"
}

# An inline function of a header is each file's own, however it is spelled and optimised.
test_inline_headers() {
    for word in 'inline ' '__inline ' '__inline__ ' 'static inline ' 'static __inline '; do
        echo "${word}async int both(int n) { await acc_sleep(0); return n; }" >both.h
        printf '#include <acc.h>\n#include "both.h"\nasync int other(void) { return await both(2); }\n' >other.ac
        printf '#include <acc.h>\n#include "both.h"\nasync int other(void);\n' >main.ac
        echo 'async int main(void) { return await both(1) + await other() != 3; }' >>main.ac
        for level in 0 2; do
            acc -O$level main.ac other.ac -o both; expect 0
            ./both || fail "${word}-O$level: the wrong sum"
        done
    done
}

# A body that stands twice is warned of once, and of the same.
test_warnings_twice() {
    cat >twice.ac <<'E2'
#include <acc.h>
static int g;
async int f(int unused, int g) { await acc_sleep(0); int dead; return g; }
async int h(int n) { await acc_sleep(0); n = 3; return 0; }
async int main(void) { return await f(1, 2) + await h(g); }
E2
    for level in 0 2; do
        acc -O$level -Wall -Wextra -Wshadow -Wmissing-prototypes -c twice.ac; expect 0
        grep -o '^twice.ac:[0-9]*\|\[-W.*\]' err | sort >warned$level
    done
    cmp warned0 warned2 || fail "-O2 warns otherwise than -O0"
    has err 'unused-parameter'
}

# Of a call that may throw, in an ordinary function, nobody need use the value: behind a comma neither.
test_unused_values() {
    cat >unused.ac <<'E2'
#include <acc.h>
static void f(void *p) { (void)p; }
int main(void) {
    for (int n = 0; n < 2; n++, acc_call_soon(f, NULL))
        if (n) acc_call_soon(f, NULL), (acc_call_soon(f, NULL), acc_call_later(1, f, NULL));
    acc_handle h = (acc_call_soon(f, NULL), acc_call_later(1, f, NULL));
    acc_handle_cancel(h);
    return 0;
}
E2
    for cc in gcc clang-14 clang-19; do
        command -v $cc >/dev/null || { echo "NOTE: no $cc here"; continue; }
        acc --cc=$cc -Wall -Wextra -Werror -c unused.ac; expect 0
    done
}

# However deep a file nests, there is C or a diagnostic.
test_deep() {
    local open close levels
    for shape in '( )' '{ }' 'if(x){ }' 'for(;x;){ }'; do
        read -r open close <<<"$shape"
        for levels in 10000 120000; do
            [ $levels = 10000 ] || [ "$open" = '(' ] || continue
            {
                echo '#include <acc.h>'
                echo 'async int step(int x) { return x; }'
                echo 'async int deep(int x) { int y = 0;'
                [ "$open" = '(' ] && printf 'y = '
                yes "$open" | head -n $levels | tr -d '\n'
                [ "$open" = '(' ] || printf 'y += '
                printf 'await step(x)'
                [ "$open" = '(' ] || printf ';'
                yes "$close" | head -n $levels | tr -d '\n'
                printf '; return y; }\n'
            } >deep.ac
            acc --emit=c deep.ac -o deep.c
            if [ $levels = 120000 ]; then
                expect 1
                has err "deep.ac:4:.*levels deep"
            else expect 0; fi
        done
    done
}

test_verbose() {
    acc -v -c hello.ac; expect 0
    has err '^ gcc.* -E .*hello.ac'
    has err 'cpp-output'
    acc '-###' -c nosuch.ac; expect 1
    acc '-###' hello.ac -o 'a b'; expect 0
    has err "-o 'a b'"
    absent 'a b'
}

"test_$1"
