#!/bin/bash
# run.sh [name...]: real C goes through acc, unchanged in meaning.
#
# Each source of a program is made an .ac file with an async function behind its end, so that the whole pipeline reads it. It is
# built so and by the C compiler alone, the two do the same work, and must print the same: by gcc, then by clang where it is.
# Nothing of foreign code is kept here: npm and cargo fetch it, at fixed versions. Exit status 77, with a reason: they cannot.
#
#   sqlite    the amalgamation (npm: better-sqlite3): a script of SQL
#   parser    a generated parser of 530,000 lines (cargo: tree-sitter-cpp), where libtree-sitter is: it parses C++
#   lua       the interpreter (cargo: lua-src): scripts
#   zlib      (cargo: libz-sys) compresses and decompresses
#   lz4       (cargo: lz4-sys) the same
#   headers   those of curl, openssl, libpq, glib, gtk that are installed, in a file with an async function that uses them
#
# Environment: ACC; WORK, where all is built.
set -u
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
ACC=${ACC:-$root/build/release/bin/acc}
WORK=${WORK:-$root/build/real}
mkdir -p "$WORK" && cd "$WORK" || exit 1
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(sqlite parser lua zlib lz4 headers)
failed=0 skipped=0
fail() { echo "FAIL: $*"; failed=1; }
skip() { echo "SKIP: $*"; skipped=1; }

npm_package=better-sqlite3@11.8.1
fetch_npm() {
    [ -f sqlite/sqlite3.c ] && return
    command -v npm >/dev/null || { echo "no npm"; return 1; }
    timeout 300 npm pack --silent "$npm_package" >npm.log 2>&1 || { echo "npm cannot fetch $npm_package"; return 1; }
    mkdir -p sqlite && tar xzf better-sqlite3-*.tgz --strip-components=3 -C sqlite package/deps/sqlite3
}
fetch_cargo() {
    [ -d vendor/libz-sys ] && return
    command -v cargo >/dev/null || { echo "no cargo"; return 1; }
    mkdir -p crates/src && touch crates/src/lib.rs
    cat >crates/Cargo.toml <<'E2'
[package]
name = "real"
version = "0.0.0"
edition = "2021"
[dependencies]
libz-sys = "=1.1.20"
lua-src = "=547.0.0"
lz4-sys = "=1.11.1"
tree-sitter-cpp = "=0.23.4"
E2
    (cd crates && timeout 300 cargo vendor -q ../vendor) >cargo.log 2>&1 || { echo "cargo cannot fetch crates"; return 1; }
}

compilers=(gcc)
for cc in clang-19 clang; do command -v $cc >/dev/null && { compilers+=("$cc"); break; }; done

# both PROGRAM DRIVER FLAGS SOURCE...: PROGRAM.CC.c and PROGRAM.CC.ac, built each way; DRIVER is a .c file of our own.
both() {
    local program=$1 driver=$2 flags=$3 source cc files=() copies=()
    shift 3
    rm -rf "$program.d" && mkdir "$program.d"
    for source; do
        local copy=$program.d/$(basename "${source%.c}").ac
        # what the file includes lies beside the original
        { cat "$source"; printf '\n#include <acc.h>\nasync int acc_went_through_%s(int x) { return x; }\n' "$(basename "${source%.c}" | tr -c 'a-z0-9\n' _)"; } >"$copy"
        files+=("$source") copies+=("$copy")
    done
    for cc in "${compilers[@]}"; do
        # shellcheck disable=SC2086
        $cc -w -O1 $flags "${files[@]}" "$driver" -o "$program.$cc.c" -lm -ldl -lpthread $flags || { fail "$program: not by $cc itself"; return 1; }
        # shellcheck disable=SC2086
        "$ACC" --cc=$cc -w -O1 $flags -I "$(dirname "${files[0]}")" "${copies[@]}" "$driver" -o "$program.$cc.ac" -lm -ldl -lpthread $flags ||
            { fail "$program: not by acc with $cc"; return 1; }
    done
}
# same PROGRAM ARG...: the two print the same, and end alike.
same() {
    local program=$1 cc one two
    shift
    for cc in "${compilers[@]}"; do
        "./$program.$cc.c" "$@" >one.out 2>&1; one=$?
        "./$program.$cc.ac" "$@" >two.out 2>&1; two=$?
        [ $one = 0 ] || fail "$program $*: status $one by $cc itself"
        [ $one = $two ] && cmp -s one.out two.out || fail "$program $*: another outcome by acc with $cc"
        echo "ok: $program $(basename "${1-}") by $cc: $(wc -l <one.out) lines, $(cksum <one.out | cut -d ' ' -f 1)"
    done
}

real_sqlite() {
    local why
    why=$(fetch_npm) || { skip "sqlite: $why"; return; }
    both sqlite3 "$here/sqlite.c" "-I sqlite" sqlite/sqlite3.c && same sqlite3 "$here/script.sql"
}
real_parser() {
    local why
    why=$(fetch_cargo) || { skip "parser: $why"; return; }
    pkg-config --exists tree-sitter || { skip "parser: no libtree-sitter"; return; }
    both parser "$here/parser.c" "-I vendor/tree-sitter-cpp/src $(pkg-config --cflags --libs tree-sitter)" \
        vendor/tree-sitter-cpp/src/{parser,scanner}.c && same parser vendor/tree-sitter-cpp/src/scanner.c
}
real_lua() {
    local why dir=vendor/lua-src/lua-5.4.7 sources=() source
    why=$(fetch_cargo) || { skip "lua: $why"; return; }
    for source in $dir/*.c; do
        case $source in */luac.c | */lua.c | */onelua.c | */ltests.c) ;; *) sources+=("$source") ;; esac
    done
    both lua "$here/lua.c" "-DLUA_USE_POSIX -I $dir" "${sources[@]}" && same lua "$here/script.lua"
}
real_zlib() {
    local why
    why=$(fetch_cargo) || { skip "zlib: $why"; return; }
    both zlib "$here/zlib.c" "-DHAVE_UNISTD_H -I vendor/libz-sys/src/zlib" vendor/libz-sys/src/zlib/*.c &&
        same zlib vendor/tree-sitter-cpp/src/scanner.c
}
real_lz4() {
    local why
    why=$(fetch_cargo) || { skip "lz4: $why"; return; }
    both lz4 "$here/lz4.c" "-I vendor/lz4-sys/liblz4/lib" vendor/lz4-sys/liblz4/lib/{lz4,lz4hc,lz4frame,xxhash}.c &&
        same lz4 vendor/tree-sitter-cpp/src/scanner.c
}
real_headers() {
    local name cc flags
    for name in libcurl openssl libpq glib-2.0 gtk+-3.0; do
        pkg-config --exists $name || { skip "headers: no $name"; continue; }
        flags=$(pkg-config --cflags --libs $name)
        for cc in "${compilers[@]}"; do
            # -Wno-unused-value: clang is silent of macros' values, and there are none in preprocessed text
            # shellcheck disable=SC2086
            "$ACC" --cc=$cc -O1 -Wall -Werror -Wno-unused-value -Wno-blocking-call "$here/$name.ac" -o header $flags || { fail "headers: $name with $cc"; continue; }
            [ "$(./header)" = "$name: ok" ] || fail "headers: $name with $cc prints $(./header)"
            echo "ok: headers of $name by $cc"
        done
    done
}

for name in "${names[@]}"; do "real_$name"; done
[ $failed = 0 ] || exit 1
[ $skipped = 0 ] || exit 77
