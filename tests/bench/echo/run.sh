#!/bin/bash
# run.sh [--check]: an echo server's processor time for a request: 100 connections, 64 bytes each, over loopback. tests/bench/run.sh
# calls it. The client (load.c) is the same for all, and is not counted. Beside it, memory a connection at 1,000 of them.
#
# --check: nothing is timed; every peer answers rightly.
# Environment: ACC, OUT, ROUNDS as there.
set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ACC=${ACC:-$here/../../../build/release/bin/acc}
OUT=${OUT:-$here/../../../build/bench}
work=$OUT/echo.d
mkdir -p "$work" || exit 1
bar=1.10 failed=0 peers=(c acc)
${CC:-gcc} -O2 "$here/load.c" -o "$work/load" && ${CC:-gcc} -O2 "$here/c.c" -o "$work/c" && "$ACC" -O2 "$here/acc.ac" -o "$work/acc" || exit 1
if pkg-config --exists libuv 2>/dev/null; then
    # shellcheck disable=SC2046
    ${CC:-gcc} -O2 "$here/libuv.c" -o "$work/libuv" $(pkg-config --cflags --libs libuv) && peers+=(libuv)
else
    echo "NOTE: no libuv here: it is left out"
fi
python=python3
[ ! -x "$OUT/python/bin/python" ] || python=$OUT/python/bin/python
if command -v "$python" >/dev/null; then
    printf '#!/bin/sh\nexec %s %s/python.py\n' "$python" "$here" >"$work/asyncio"
    peers+=(asyncio)
    if "$python" -c 'import uvloop' 2>/dev/null; then
        printf '#!/bin/sh\nBENCH_LOOP=uvloop exec %s %s/python.py\n' "$python" "$here" >"$work/uvloop"
        peers+=(uvloop)
    fi
    chmod +x "$work"/asyncio "$work"/uvloop 2>/dev/null
fi

if [ "${1-}" = --check ]; then
    for peer in "${peers[@]}"; do
        "$work/load" "$work/$peer" 20 400 >"$work/said" || { echo "FAIL: echo: $peer"; failed=1; }
    done
    exit $failed
fi

. "$here/../median.sh"
requests=${REQUESTS:-100000}
rm -f "$work"/*.times "$work"/*.bytes
for _ in $(seq "${ROUNDS:-5}"); do
    for peer in "${peers[@]}"; do
        "$work/load" "$work/$peer" 100 "$requests" >"$work/said" || { echo "FAIL: echo: $peer"; failed=1; continue; }
        cut -d ' ' -f 1 "$work/said" >>"$work/$peer.times"
        ulimit -n 4096 2>/dev/null
        "$work/load" "$work/$peer" 1000 2000 2>/dev/null | cut -d ' ' -f 3 >>"$work/$peer.bytes"
    done
done
[ $failed = 0 ] || exit 1
limit=$(median <"$work/c.times")
echo "echo server, 100 connections, 64 bytes: its CPU for a request"
echo "peer,microseconds,ratio,bytes" >"$OUT/echo.csv"
for peer in "${peers[@]}"; do
    awk -v peer="$peer" -v t="$(median <"$work/$peer.times")" -v l="$limit" -v b="$(median <"$work/$peer.bytes")" -v csv="$OUT/echo.csv" 'BEGIN {
        printf "  %-10s %8.2f us  %5.2f  %7.0f bytes a connection\n", peer, t, t / l, b
        printf "%s,%s,%.3f,%s\n", peer, t, t / l, b >>csv }'
done
awk -v t="$(median <"$work/acc.times")" -v l="$limit" -v bar=$bar 'BEGIN {
    printf "  at most %s x limit: %s\n\n", bar, t / l <= bar ? "reached" : "not reached" }'
