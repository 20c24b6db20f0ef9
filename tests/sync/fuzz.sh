#!/bin/sh
# fuzz.sh PYTHON SEED COUNT: random scripts of primitives, by tests/run/sync_scripts.ac and by asyncio.
# ACC: the compiler; WORK: a folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$WORK" && mkdir -p "$WORK"
"$ACC" -O1 "$here/../run/sync_scripts.ac" -o "$WORK/program"
"$1" "$here/interp.py" fuzz "$WORK/program" "$2" "$3"
