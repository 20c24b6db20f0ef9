#!/bin/bash
# docs.sh FILE.md: every program in the page (a ```c block with a main) compiles without a warning of acc's and prints what the
# ```text block behind it says. Environment: ACC, WORK.
set -u
page=$1
rm -rf "$WORK" && mkdir -p "$WORK" && cd "$WORK" || exit 1
awk -v dir=. '
    /^```c$/    { n++; file = dir "/" n ".ac"; kind = "c"; after = 0; next }
    /^```text$/ { if (after == NR - 1) file = dir "/" n ".expected"; else file = "/dev/null"; kind = "text"; printf "" > file; next }
    /^```/      { if (kind == "c") after = NR; if (kind == "") { kind = "other"; next } kind = ""; file = ""; next }
    kind == "c" || kind == "text" { print > file }
' "$page"
failed=0 count=0
for source in *.ac; do
    grep -q 'int main(' "$source" || continue
    name=${source%.ac}
    count=$((count + 1))
    if ! timeout 60 "$ACC" "$source" -o "$name" 2>"$name.messages" || [ -s "$name.messages" ]; then
        echo "FAIL: program $name of $page:"; cat "$name.messages"; failed=1; continue
    fi
    [ -f "$name.expected" ] || continue
    timeout 20 "./$name" >"$name.out" 2>&1 || { echo "FAIL: program $name of $page ends with $?"; failed=1; }
    diff -u "$name.expected" "$name.out" || { echo "FAIL: program $name of $page prints something else"; failed=1; }
done
[ $count -gt 0 ] || { echo "FAIL: no program in $page"; exit 1; }
echo "$count programs"
exit $failed
