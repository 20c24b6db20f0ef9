#!/bin/sh
# columns.sh CC: the places of all tokens of columns/main.c are those of columns/expected. ACC_UPDATE=1 writes it (gcc's).
cc=$1
command -v "$cc" >/dev/null || { echo "SKIP: no $cc here"; exit 77; }
cd "$(dirname "$0")/columns" && mkdir -p "$WORK" || exit 1
# clang calls an included file ./h.h, as its line markers do.
"$COLUMNS_OF" "$cc" main.c -DN=5 | sed 's,\./h\.h,h.h,g' >"$WORK/got" || exit 1
if [ "${ACC_UPDATE-}" = 1 ] && [ "$cc" = gcc ]; then cp "$WORK/got" expected; fi
diff -u expected "$WORK/got"
