#!/bin/sh
# run.sh SOURCE [argument...]: compiles it with acc and runs it. Environment: ACC, WORK, FLAGS, ACC_LIBDIR, ACC_HOSTILE.
set -eu
source=$1
shift
if [ -n "${ACC_LIBDIR-}" ] && [ ! -f "$ACC_LIBDIR/libacc.a" ]; then
    echo "SKIP: no runtime in $ACC_LIBDIR (./dev test builds it)"
    exit 77
fi
rm -rf "$WORK" && mkdir -p "$WORK"
case $FLAGS in *=thread*) ulimit -Ss 2048 ;; esac # ThreadSanitizer dies where more than 65,536 calls are nested
# shellcheck disable=SC2086
"$ACC" -Wall -Wextra $FLAGS "$source" -o "$WORK/program"
exec "$WORK/program" "$@"
