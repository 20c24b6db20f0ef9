#!/bin/bash
# Drives gdb through program.ac: breakpoints, steps, locals, backtraces, and the helper (runtime/gdb/acc-gdb.py).
# Environment: ACC, the driver; WORK, a folder; FLAGS, for acc; CC. Exit status 77: skipped.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
helper=$here/../../runtime/gdb/acc-gdb.py
source=$here/program.ac
skip() { echo "SKIP: $*"; exit 77; }
command -v gdb >/dev/null || skip "no gdb here"
gdb -nx -batch -ex 'python print(6 * 7)' 2>/dev/null | grep -qx 42 || skip "this gdb has no Python"
unset DEBUGINFOD_URLS
rm -rf "$WORK" && mkdir -p "$WORK" && cd "$WORK" || exit 1
# shellcheck disable=SC2086
"$ACC" -g -O0 ${FLAGS-} "$source" -o program || exit 1
[ "$(./program)" = 114 ] || { echo "FAIL: the program is wrong"; exit 1; }
gdb -nx -batch -ex run ./program 2>&1 | grep -q '^114$' || skip "gdb cannot run programs here"

failed=0
# session NAME COMMAND...: what gdb says is in $said.
session() {
    name=$1
    shift
    local args=()
    for command in "$@"; do args+=(-ex "$command"); done
    said=$(timeout 60 gdb -nx -batch -ex "source $helper" -ex 'set width 0' -ex 'set pagination off' "${args[@]}" ./program 2>&1)
}
# says PATTERN...: lines that match, in this order, anything between them.
says() {
    local rest=$said pattern
    for pattern in "$@"; do
        local at
        at=$(grep -nm1 -E -- "$pattern" <<<"$rest") || {
            echo "FAIL: $name: no line '$pattern' in its place; gdb says:"
            sed 's/^/    /' <<<"$said"
            failed=1
            return
        }
        rest=$(tail -n "+$((${at%%:*} + 1))" <<<"$rest")
    done
}
# silent PATTERN: no line matches.
silent() {
    ! grep -qE -- "$1" <<<"$said" || { echo "FAIL: $name: '$1' is said:"; sed 's/^/    /' <<<"$said"; failed=1; }
}

session 'a breakpoint on a line' 'break program.ac:9' run 'print plain' bt
says 'Breakpoint 1(\.1)?, inner .*program\.ac:9$' '^9.*line 9' '= 10$' '^#0 +inner .*program\.ac:9$' 

session 'a breakpoint on a function, and its callers' 'break inner' run bt 'print n'
says 'Breakpoint 1(\.1)?, inner .*n=5.*program\.ac:5$' '^#0 +inner .*program\.ac:5$' '^#1.* outer .*program\.ac:22$' '^#2.* acc__main .*program\.ac:40$' '= 5$'

session 'stepping inside a function' 'break outer' run next next next 'print point' 'print *alias' 'acc print point'
says 'Breakpoint 1(\.1)?, outer' '^20' '^21' '^22' '^\$1 = ' '^\$2 = \{x = 5, y = 10\}$' '^point = \{x = 5, y = 10\}$'

session 'stepping into an awaited call' 'break program.ac:22' run step
says 'Breakpoint 1(\.1)?, outer' '^inner .*n=5.*program\.ac:5$'

session 'what shares its place in the frame' 'break program.ac:76' run 'acc print first' 'break program.ac:81' continue 'acc print second' 'acc print sum' 'acc locals'
says '^first = \{31, 32\}$' '^second = \{41, 42\}$' '^sum = 32$' '^second = \{41, 42\}$'

session 'stepping over an await that suspends' 'break program.ac:22' run 'acc next' 'print sum' 'acc next' 'acc next' 'acc print point'
says 'Breakpoint 1(\.1)?, outer' '^23' '^\$1 = 96$' '^24' '^25' '^point = \{x = 5, y = 11\}$'

session 'locals that live in the frame' 'break program.ac:13' run 'acc print buffer' 'print $acc("buffer")[1]' 'acc print buffer_2' 'acc locals' \
    'acc print nothing'
says 'Breakpoint 1(\.1)?, inner' '^buffer = \{15, 6, 7, 8\}$' '^buffer_2 = \{70, 71\} ' '^\$1 = 6$' '^buffer_2 = \{70, 71\}' '^plain = 10$' \
    '^buffer = \{15, 6, 7, 8\}$' '^buffer_2 = \{70, 71\}$' 'No local "nothing"'

session 'a pointer that is kept, and no local of such a type' 'break program.ac:53' run 'acc print pointer' 'print *$acc("pointer")'
says 'Breakpoint 1(\.1)?, apart' '^pointer = 0x.*eight' '= \{text = "a text.*"\}$'

session 'the awaits behind a task' 'break program.ac:9' run 'acc bt' 'acc bt 2' 'acc bt 99'
says '^#0 +inner \(.*program\.ac:9\)$' '^#1 +outer \(.*program\.ac:22\)$' '^#2 +main \(.*program\.ac:40\)$' '^#0 +idle \(.*program\.ac:29\)$' 'no Task-99'

session 'a stored coroutine' 'acc break stored' run 'print n' 'acc bt' 'delete' 'break program.ac:35' continue 'acc bt' 'print value'
says 'Breakpoint 1, stored .*n=' '^#0 +stored ' '^#1 +main \(.*program\.ac:42\)$' '^#0 +stored .*:35\)$' '^#1 +main \(.*program\.ac:42\)$' '= 2$'
session 'a function begins once' 'acc break stored' run continue
says 'Breakpoint 1, stored' '^114$' 'exited normally'

session 'tasks' 'break program.ac:9' run 'acc tasks' delete 'break twice' run
says '^Task-1 running$' '^Task-2 asleep: idle \(.*program\.ac:29\)$'
session 'tasks that do not run' 'break twice' 'run' 'acc tasks' 'acc locals'
says '^Task-1 running$' '^Task-2 new: idle \(not started\)$' 'no async function'
silent 'Python Exception|Traceback'

# a generator's body: its step function alone
session generator 'acc break numbers' run 'acc locals' 'acc bt' delete 'break program.ac:60' continue 'acc locals' 'acc bt'
says 'Breakpoint 1,.*program\.ac:5[67]' '#0 .numbers \(.*program\.ac:5[67]\)' '#1 .stepped \(.*program\.ac:67\)' \
    'Breakpoint 2,.*program\.ac:60' '^total = 7$' '#0 .numbers \(.*program\.ac:60\)' '#1 .stepped \(.*program\.ac:67\)' '#2 .apart'

[ $failed = 0 ] && echo "all sessions as they should be"
exit $failed
