#!/bin/sh
# scenario.sh NAME: compiles NAME.ac with main.ac and faults.c, and runs it. ACC: the compiler; WORK: a folder for it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$WORK"
"$ACC" -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -Wall -Wextra -Werror \
    "$here/$1.ac" "$here/main.ac" "$here/faults.c" -o "$WORK/$1"
UBSAN_OPTIONS=print_stacktrace=1 timeout 240 "$WORK/$1"
