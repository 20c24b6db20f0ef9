#!/bin/bash
#
# Differential fuzzing of acc: random programs, each as plain C and as async C, must print the same.
# See README.md beside this file; --help lists the options.
#
# One seed is one program and one line of output. `one_program` makes it, builds it every way and leaves its verdict in
# DIR/verdict (pass, skip or fail, and why); the loop at the end keeps --jobs of them going until --count have a verdict
# other than skip.

set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<'END'
usage: run.sh --acc PATH [options]
  --acc PATH          the acc to test
  --mock              test the fuzzer instead: gcc and mock/acc.h in place of acc
  --generator NAME    csmith (default): csmith's programs, made async by asyncify
                      ggen: programs made for what state machine compilers get wrong
  --count N           programs to test (20)
  --seed S            seed of the first one (1); the others follow
  --cc CC             C compiler behind acc (gcc)
  --opt FLAG          optimisation behind acc (-O1); `mix` changes compiler and optimisation with the seed
  --acc-flags FLAGS   more flags for acc, such as -fsanitize=address,undefined
  --suspend WHEN      never, sometimes, always or a percentage; `mix` (default) changes with the seed
  --operands PERCENT  operands that csmith's programs pass through a coroutine (3)
  --tasks PERCENT     calls of csmith's programs that run as a task of their own (2)
  --ggen-flags FLAGS  for ggen (--coros=5; with --mock --c-order)
  --jobs N            programs at a time (2)
  --keep DIR          where failing programs are kept (./fuzz-failures)
  --shrink            shrink each failing program: csmith's with cvise, ggen's by dropping statements
  --asyncify PATH, --ggen PATH   the tools, if already built
  --csmith-include DIR           csmith's headers (found by itself where packages put them)
END
}

acc= mock= generator=csmith count=20 first=1 cc=gcc opt=-O1 acc_flags= suspend=mix operands=3 tasks=2 jobs=2
keep=fuzz-failures shrink= asyncify= ggen= ggen_flags= include=
while [ $# -gt 0 ]; do
    case $1 in
    --acc) acc=$2; shift ;;
    --mock) mock=1 ;;
    --generator) generator=$2; shift ;;
    --count) count=$2; shift ;;
    --seed) first=$2; shift ;;
    --cc) cc=$2; shift ;;
    --opt) opt=$2; shift ;;
    --acc-flags) acc_flags=$2; shift ;;
    --suspend) suspend=$2; shift ;;
    --operands) operands=$2; shift ;;
    --tasks) tasks=$2; shift ;;
    --ggen-flags) ggen_flags=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    --keep) keep=$2; shift ;;
    --shrink) shrink=1 ;;
    --asyncify) asyncify=$2; shift ;;
    --ggen) ggen=$2; shift ;;
    --csmith-include) include=$2; shift ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
[ -n "$acc$mock" ] || { usage >&2; exit 2; }

# ---------------------------------------------------------------- the tools

work=$(mktemp -d "${TMPDIR:-/tmp}/acc-fuzz.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }

if [ -n "$acc" ]; then
    [ -x "$acc" ] || { echo "run.sh: there is no $acc"; exit 2; }
    acc=$(absolute "$acc")
fi

case $generator in
csmith)
    if ! command -v csmith >/dev/null; then
        echo "skipped: csmith is not installed"
        exit 77
    fi
    if [ -z "$include" ]; then
        for dir in /usr/include/csmith /usr/local/include/csmith /usr/include/csmith-* /usr/local/include/csmith-*; do
            [ -f "$dir/csmith.h" ] && include=$dir && break
        done
    fi
    [ -f "$include/csmith.h" ] || { echo "skipped: csmith's headers are not installed"; exit 77; }
    if [ -z "$asyncify" ]; then
        asyncify=$work/asyncify
        llvm=${LLVM:-/usr/lib/llvm-19}
        gcc -std=gnu11 -O1 -I"$llvm/include" "$here/asyncify.c" -o "$asyncify" -L"$llvm/lib" -lclang-19 || exit 2
    fi
    asyncify=$(absolute "$asyncify")
    plain_opt=-O1
    program_args=1 ;;       # csmith's programs then print every global's checksum, not just the sum of all
ggen)
    if [ -z "$ggen" ]; then
        ggen=$work/ggen
        gcc -std=gnu11 -D_GNU_SOURCE=1 -O1 "$here"/ggen/*.c -o "$ggen" || exit 2
    fi
    ggen=$(absolute "$ggen")
    # What the mock header makes of a program has C's order of evaluation, and no coroutines.
    [ -n "$ggen_flags" ] || ggen_flags=${mock:+--c-order}
    [ -n "$ggen_flags" ] || ggen_flags=--coros=5
    plain_opt=-O0
    program_args= ;;
*)
    usage >&2; exit 2 ;;
esac

# ---------------------------------------------------------------- one program

# What to ask of csmith, and flags for all compilers, by seed: the default most of the time, else something that it
# leaves out. Sets csmith_flags and c_flags.
choose_csmith_flags() {
    c_flags="-I$include"
    case $(($1 % 8)) in
    1) csmith_flags="--inline-function" ;;
    2) csmith_flags="--float" ;;
    3) csmith_flags="--max-funcs 20 --max-block-size 3 --max-expr-complexity 6" ;;
    4) csmith_flags="--max-pointer-depth 4 --max-block-depth 3" ;;
    5) csmith_flags="--max-expr-complexity 4 --max-funcs 6"     # the safe operations as macros: statement expressions,
       c_flags="$c_flags -DUSE_MATH_MACROS" ;;                  # arguments that are used more than once
    6) csmith_flags="--max-block-depth 7 --max-block-size 3 --no-packed-struct" ;;
    *) csmith_flags= ;;
    esac
}

# Sets suspend_of, cc_of, opt_of, size_of (for ggen) for a seed.
choose_modes() {
    suspend_of=$suspend cc_of=$cc opt_of=$opt
    if [ "$suspend" = mix ]; then
        case $(($1 % 5)) in 0) suspend_of=never ;; 1) suspend_of=always ;; 2) suspend_of=5 ;; *) suspend_of=sometimes ;; esac
    fi
    if [ "$opt" = mix ]; then   # 5, 8 and 9 have no common divisor: all combinations come
        case $(($1 % 9)) in
        0 | 2 | 5) opt_of=-O0 ;;
        1) opt_of=-O2 ;;
        4) opt_of=-O1 ;;
        3 | 7) opt_of=-O0 cc_of=clang-19 ;;
        6) opt_of=-O2 cc_of=clang-19 ;;
        *) opt_of=-O1 cc_of=clang-19 ;;
        esac
        command -v "$cc_of" >/dev/null || cc_of=$cc
    fi
    size_of=                    # the optimisers take most of the time: what they get is small
    [ "$opt_of" = -O0 ] || size_of="--functions=3 --statements=5"
}

# A large program of csmith's is not optimised where nobody asked for it.
ease_large() { [ "$opt" != mix ] || [ "$(wc -c <plain.c)" -lt 60000 ] || opt_of=-O0; }

# The command that compiles an .ac file; $1 and $2 are words for a script.
acc_command() {
    if [ -n "$mock" ]; then echo "$cc_of -x c $opt_of -w -I$here/mock $c_flags $acc_flags $1 -o $2 -lm"
    else echo "$acc --cc=$cc_of $opt_of -w $c_flags $acc_flags $1 -o $2 -lm"; fi
}

# run NAME SECONDS: runs ./NAME, leaves output and exit status in NAME.out.
run() {
    timeout -k 5 "$2" "./$1" $program_args >"$1.out" 2>"$1.err" </dev/null
    local status=$?
    echo "exit $status" >>"$1.out"
    return $status
}

timed_out() { [ "$1" -eq 124 ] || [ "$1" -eq 137 ]; }

# build_and_compare SOURCE NAME WHAT: compiles with acc, runs, compares with plain.out; fails with a reason in $why.
build_and_compare() {
    timeout -k 5 300 $(acc_command "$1" "$2") >"$2.log" 2>&1
    local status=$?
    if timed_out $status; then why="$3: acc takes more than 300 s"; return 1; fi
    if [ $status -ge 128 ] || grep -q 'Sanitizer' "$2.log"; then why="$3: acc crashes (exit $status)"; return 1; fi
    if [ $status -ne 0 ]; then why="$3: acc rejects it: $(grep -m1 error "$2.log")"; return 1; fi
    run "$2" 60
    status=$?
    if timed_out $status; then why="$3: does not end"; return 1; fi
    if ! cmp -s plain.out "$2.out"; then why="$3: prints something else, exit $status"; return 1; fi
    return 0
}

write_reproducer() {    # why
    cat >reproduce.sh <<END
#!/bin/sh
# $(echo "$1" | tr '\n' ' ')
# Made by: $made_by
cd "\$(dirname "\$0")" || exit 2
gcc -std=gnu11 $plain_opt -w $c_flags plain.c -o plain -lm && ./plain $program_args >plain.out; echo "exit \$?" >>plain.out
for f in same prog; do
    [ -f \$f.ac ] || continue
    echo "\$f.ac:"
    rm -f \$f
    $(acc_command '$f.ac' '$f') && ./\$f $program_args >\$f.out; echo "exit \$?" >>\$f.out
    diff plain.out \$f.out | head
done
END
    chmod +x reproduce.sh
}

# Whether other compilers make the same of the plain program; if not, it is no oracle.
plain_is_reliable() {
    gcc -std=gnu11 -O0 -w $c_flags plain.c -o plain0 -lm && run plain0 10
    cmp -s plain.out plain0.out || return 1
    command -v clang-19 >/dev/null || return 0
    clang-19 -std=gnu11 -O1 -w $c_flags plain.c -o plain1 -lm 2>/dev/null || return 0
    run plain1 10
    cmp -s plain.out plain1.out
}

one_program() {         # in a directory of its own
    local seed=$1 why= c_flags= csmith_flags= suspend_of cc_of opt_of size_of made_by size
    choose_modes "$seed"
    if [ "$generator" = csmith ]; then
        choose_csmith_flags "$seed"
        made_by="csmith --seed $seed $csmith_flags"
        timeout 20 $made_by >plain.c 2>csmith.err || { echo "skip csmith fails"; return; }
        size=$(wc -c <plain.c)  # a third of them has hardly a call; what a few have takes more time than ten others
        if [ "$size" -lt 5000 ]; then echo "skip too small to tell anything"; return; fi
        if [ "$size" -gt 150000 ]; then echo "skip too large"; return; fi
        ease_large
    else
        made_by="ggen --seed=$seed --suspend=$suspend_of $size_of $ggen_flags"
        "$ggen" $size_of $ggen_flags --seed="$seed" --suspend="$suspend_of" --plain=plain.c --async=prog.ac 2>ggen.err \
            || { echo "fail the fuzzer: ggen fails"; return; }
    fi
    timeout 60 gcc -std=gnu11 $plain_opt -w $c_flags plain.c -o plain -lm 2>plain.log
    case $? in
    0) ;;
    124) echo "skip gcc takes too long"; return ;;
    *) if [ "$generator" = csmith ]; then echo "skip gcc rejects it"
       else echo "fail the fuzzer: gcc rejects the plain program"; write_reproducer "gcc rejects it"; fi
       return ;;
    esac
    run plain 2
    if timed_out $?; then echo "skip the plain program runs too long"; return; fi

    if [ "$generator" = csmith ]; then
        if [ $((seed % 4)) = 0 ]; then
            cp plain.c same.ac
            if ! build_and_compare same.ac same "unchanged"; then
                plain_is_reliable || { echo "skip compilers disagree on the plain program"; return; }
                write_reproducer "$why"; echo "fail $why"; return
            fi
            rm -f same.ac
        fi
        made_by="$made_by | asyncify --seed=$seed --suspend=$suspend_of --operands=$operands --tasks=$tasks"
        "$asyncify" --seed="$seed" --suspend="$suspend_of" --operands="$operands" --tasks="$tasks" plain.c -o prog.ac \
            -- $c_flags 2>asyncify.err && "$asyncify" --check prog.ac -- -I"$here/mock" $c_flags >check.out 2>&1 \
            || { echo "fail the fuzzer: asyncify: $(head -1 asyncify.err)"; return; }
    fi
    if ! build_and_compare prog.ac prog "async"; then
        plain_is_reliable || { echo "skip compilers disagree on the plain program"; return; }
        write_reproducer "$why"; echo "fail $why"; return
    fi
    echo "pass suspend=$suspend_of $cc_of $opt_of $csmith_flags"
}

# ---------------------------------------------------------------- shrinking

# A csmith program: cvise on the .ac file itself. The file is given a head that makes it plain C for everyone but acc, so
# that it is its own oracle, and cvise's own C front end can read it. A candidate is interesting while it is free of
# undefined behaviour as far as gcc, clang and their sanitizers can tell, awaits all its calls, and fails as before.
shrink_with_cvise() {   # in the kept directory; $1 why
    local file=prog.ac kind c_flags csmith_flags suspend_of cc_of opt_of size_of seed=$2 expect=
    command -v cvise >/dev/null || { echo "  cvise is not installed: not shrunk"; return; }
    [ -f same.ac ] && file=same.ac
    choose_modes "$seed"; choose_csmith_flags "$seed"; ease_large
    case $1 in
    *rejects*) kind=rejects         # the same complaint: its words without places, names and numbers
        expect=$(echo "${1##*error: }" | sed "s/‘[^’]*’\|'[^']*'/.*/g; s/[][\\^\$*]/./g; s/[0-9]\+/[0-9]*/g" | cut -c1-120) ;;
    *crashes*) kind=crashes ;;
    *more*) kind=slow ;;
    *) kind=differs ;;
    esac
    mkdir -p shrunk
    {
        printf '#ifdef __ACC__\n#include <acc.h>\n#else\n#define async\n#define await __extension__\n'
        printf '#define acc_create_task(c) (c)\nextern int printf(const char *, ...);\n'
        printf 'static void acc_sleep(double s) { (void)s; }\n#endif\n'
        grep -v '^#include <acc.h>' $file
    } >shrunk/prog.ac
    # Warnings that hint at undefined behaviour; one that the whole program has already is no reason to refuse a part.
    local suspicious= name
    gcc -fsyntax-only -O2 -Wall -Wextra $c_flags -x c shrunk/prog.ac 2>shrunk/warnings.log
    gcc -O2 -Wall -Wextra $c_flags -x c -S -o /dev/null shrunk/prog.ac 2>>shrunk/warnings.log
    command -v clang-19 >/dev/null \
        && clang-19 -fsyntax-only -Wall -Wextra -Wconditional-uninitialized $c_flags -x c shrunk/prog.ac 2>>shrunk/warnings.log
    for name in uninitialized maybe-uninitialized sometimes-uninitialized conditional-uninitialized return-type \
            implicit-function-declaration implicit-int int-conversion incompatible-pointer-types \
            incompatible-function-pointer-types discarded-qualifiers sequence-point unsequenced array-bounds \
            stringop-overflow stringop-overread dangling-pointer return-local-addr return-stack-address \
            deprecated-non-prototype old-style-definition; do
        grep -q -e "-W$name[]=]" shrunk/warnings.log || suspicious="$suspicious|$name"
    done
    cat >shrunk/interesting.sh <<END
#!/bin/bash
# Succeeds while ./prog.ac still shows the failure: $(echo "$1" | tr '\n' ' ')
plain="-x c -std=gnu11 $c_flags prog.ac -lm"
suspicious='\[-W(${suspicious#|})[]=]|too (few|many) arguments'
run() { timeout 10 ./\$1 $program_args >\$1.out 2>\$1.err; local s=\$?; echo "exit \$s" >>\$1.out; [ \$s -lt 124 ]; }
gcc -O0 -Wall -Wextra -Wno-unused \$plain -o gcc0 2>gcc0.log && ! grep -Eq "\$suspicious" gcc0.log && run gcc0 || exit 1
gcc -O2 -Wall -Wextra -Wno-unused \$plain -o gcc2 2>gcc2.log && ! grep -Eq "\$suspicious" gcc2.log && run gcc2 || exit 1
cmp -s gcc0.out gcc2.out || exit 1
gcc -O1 -w -fsanitize=address,undefined -fno-sanitize=alignment -fno-sanitize-recover=all \$plain -o ubsan 2>/dev/null \\
    && ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1 run ubsan && cmp -s gcc0.out ubsan.out || exit 1
if command -v clang-19 >/dev/null; then
    clang-19 -O1 -Wall -Wextra -Wno-unused -Wconditional-uninitialized \$plain -o clang1 2>clang1.log \\
        && ! grep -Eq "\$suspicious" clang1.log && run clang1 && cmp -s gcc0.out clang1.out || exit 1
    if clang-19 -O1 -w -fsanitize=memory -fno-sanitize-recover=all \$plain -o msan 2>/dev/null; then
        run msan && cmp -s gcc0.out msan.out || exit 1
    fi
fi
$asyncify --check prog.ac -- -D__ACC__ -I$here/mock $c_flags >/dev/null 2>&1 || exit 1
timeout 120 $(acc_command prog.ac acc1) >acc1.log 2>&1
status=\$?
case $kind in
rejects) [ \$status -ne 0 ] && [ \$status -lt 124 ] && grep -q '$(echo "$expect" | tr -d "'")' acc1.log ;;
crashes) [ \$status -ge 128 ] && [ \$status -ne 137 ] ;;
slow) [ \$status -eq 124 ] ;;
differs) [ \$status -eq 0 ] || exit 1
    timeout 20 ./acc1 $program_args >acc1.out 2>/dev/null
    echo "exit \$?" >>acc1.out
    ! cmp -s gcc0.out acc1.out ;;
esac
END
    chmod +x shrunk/interesting.sh
    if ! (mkdir -p shrunk/try && cd shrunk/try && cp ../prog.ac . && ../interesting.sh); then
        echo "  not shrunk: shrunk/interesting.sh refuses the whole program, perhaps for undefined behaviour"
        return
    fi
    rm -rf shrunk/try
    (cd shrunk && cp prog.ac prog.orig.ac && CVISE_INCLUDE_PATH=$include CREDUCE_INCLUDE_PATH=$include \
        cvise --n "$jobs" --tidy ./interesting.sh prog.ac >cvise.log 2>&1)
    echo "  shrunk to $(wc -l <shrunk/prog.ac) lines: $PWD/shrunk/prog.ac"
}

# A program of ggen: drop statements, half of them at a time at first, while the failure stays of the same kind.
shrink_by_dropping() {  # in the kept directory; $1 why, $2 seed
    local c_flags= suspend_of cc_of opt_of size_of why kind total chunk at drop= try
    kind=$(echo "$1" | cut -d' ' -f1-3)
    choose_modes "$2"
    mkdir -p shrunk && cd shrunk || return
    total=$("$ggen" $size_of $ggen_flags --seed="$2" --count)
    still_fails() {
        "$ggen" $size_of $ggen_flags --seed="$2" --suspend="$suspend_of" --drop="$1" --plain=plain.c --async=prog.ac || return 1
        gcc -std=gnu11 -O0 -w plain.c -o plain -lm 2>/dev/null && run plain 5
        timed_out $? && return 1
        [ -x plain ] || return 1
        ! build_and_compare prog.ac prog async && [ "$(echo "$why" | cut -d' ' -f1-3)" = "$kind" ]
    }
    local -A out=()         # the numbers of the statements dropped so far
    for ((chunk = total / 2; chunk >= 1; chunk /= 2)); do
        for ((at = total - 1; at >= 0; at -= chunk)); do
            local fresh=() i
            for ((i = at; i > at - chunk && i >= 0; i--)); do [ -n "${out[$i]-}" ] || fresh+=("$i"); done
            [ ${#fresh[@]} -gt 0 ] || continue
            try=$(IFS=,; echo "${!out[*]}${out[*]:+,}${fresh[*]}")
            rm -f plain prog
            if still_fails "$try" "$2"; then
                for i in "${fresh[@]}"; do out[$i]=1; done
            fi
        done
    done
    drop=$(IFS=,; echo "${!out[*]}")
    still_fails "$drop" "$2"
    made_by="ggen --seed=$2 --suspend=$suspend_of $size_of $ggen_flags --drop=$drop" write_reproducer "$1"
    echo "  shrunk to $(wc -l <prog.ac) lines: $PWD/prog.ac"
}

# ---------------------------------------------------------------- all programs

passed=0 failed=0 skipped=0 next=$first
declare -A running=()       # seed of each job, by process

finish() {                  # takes in the verdict of process $1
    local seed=${running[$1]} verdict
    unset "running[$1]"
    verdict=$(cat "$work/$seed/verdict" 2>/dev/null)
    printf '%s seed %s: %s\n' "$generator" "$seed" "${verdict:-fail the fuzzer: no verdict}"
    case $verdict in
    pass*) passed=$((passed + 1)) ;;
    skip*) skipped=$((skipped + 1)) ;;
    *)
        failed=$((failed + 1))
        local kept=$keep/$generator-$seed
        rm -rf "$kept"
        mkdir -p "$keep" && cp -r "$work/$seed" "$kept"
        echo "  kept in $(absolute "$kept"); run reproduce.sh there"
        if [ -n "$shrink" ] && [ "${verdict#fail the fuzzer}" = "$verdict" ]; then
            if [ "$generator" = csmith ]; then (cd "$kept" && shrink_with_cvise "${verdict#fail }" "$seed")
            else (cd "$kept" && shrink_by_dropping "${verdict#fail }" "$seed"); fi
        fi ;;
    esac
    rm -rf "${work:?}/$seed"
}

while [ $((passed + failed)) -lt "$count" ]; do
    if [ $skipped -gt $((count * 3 + 20)) ]; then
        echo "run.sh: too many programs were skipped"
        failed=$((failed + 1))
        break
    fi
    while [ ${#running[@]} -lt "$jobs" ] && [ $((passed + failed + ${#running[@]})) -lt "$count" ]; do
        mkdir -p "$work/$next"
        (cd "$work/$next" && one_program "$next" >verdict 2>trouble) &
        running[$!]=$next
        next=$((next + 1))
    done
    wait -n -p done_pid "${!running[@]}"
    finish "$done_pid"
done

echo "$passed passed, $failed failed ($skipped skipped, seeds $first to $((next - 1)))"
[ $failed -eq 0 ]
