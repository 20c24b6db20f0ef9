#!/bin/bash
# docs.sh FILE.md: every ```c block in the page compiles without a word under -Wall -Wextra -Werror: a program (it has a main) as it stands,
# what has none behind an #include <acc.h>. A program prints what the ```text block right behind it says, and ends with 0.
# A ```c shortened block is what --emit=readable makes of the program before it: its lines in their order, but where a line is `...`.
# Environment: ACC, WORK; with ACC_UPDATE=1 the ```text blocks are written anew.
set -u
page=$1
rm -rf "$WORK" && mkdir -p "$WORK" && cd "$WORK" || exit 1
awk '
    /^```c$/    { n++; dir = sprintf("%02d", n); system("mkdir " dir); file = dir "/program.ac"; kind = "c"; after = 0; next }
    /^```text$/ { file = after == NR - 1 && NR > 1 ? dir "/expected" : "/dev/null"; kind = "text"; printf "" > file; next }
    /^```c shortened$/ { file = dir "/shortened"; kind = "text"; next }
    /^```/      { if (kind == "c") after = NR; if (kind == "") { kind = "other"; next } kind = ""; file = ""; next }
    kind == "c" || kind == "text" { print > file }
' "$page"
failed=0 count=0 programs=0
fail() { echo "FAIL: block $name of $page$*"; failed=1; }
for name in [0-9]*; do
    cd "$WORK/$name" || exit 1
    count=$((count + 1))
    to=(-o program)
    if ! grep -q 'int main(' program.ac; then
        sed -i '1s/^/#include <acc.h>\n#line 1\n/' program.ac
        to=(-c -o program.o)
    fi
    if ! timeout 60 "$ACC" -g -Wall -Wextra -Werror program.ac "${to[@]}" >messages 2>&1 || [ -s messages ]; then
        fail ":"; cat program.ac messages; continue
    fi
    if [ -f shortened ]; then
        "$ACC" --emit=readable program.ac >readable
        awk 'NR == FNR { line[++n] = $0; next }
             $1 == "..." { anywhere = 1; next }
             { do got = line[++at]; while (got != $0 && (anywhere || !started) && at <= n)
               if (got != $0) { print "  " $0; exit 1 }
               anywhere = 0; started = 1 }' readable shortened || fail " is not shortened to that: the line above is not there"
    fi
    [ "${to[0]}" = -o ] || continue
    programs=$((programs + 1))
    timeout 20 ./program >out 2>&1 || fail " ends with $?"
    if [ -f expected ]; then
        [ "${ACC_UPDATE-}" = 1 ] || diff -u expected out || fail " prints something else"
    elif grep -q 'printf\|puts' program.ac; then
        fail " prints something, and no block behind it says what"
    fi
done
cd "$WORK" || exit 1
if [ "${ACC_UPDATE-}" = 1 ]; then
    awk '
        /^```c$/ { n++; kind = "c"; after = 0; print; next }
        /^```text$/ && after == NR - 1 { print; file = sprintf("%02d/out", n); while ((getline line < file) > 0) print line; kind = "skip"; next }
        /^```/ { if (kind == "c") after = NR; kind = kind == "" ? "other" : ""; print; next }
        kind != "skip" { print }
    ' "$page" >page.new
    cmp -s page.new "$page" || { cp page.new "$page" && echo "updated $page"; }
fi
[ $programs -gt 0 ] || { echo "FAIL: no program in $page"; exit 1; }
echo "$count blocks, $programs programs"
exit $failed
