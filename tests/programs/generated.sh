#!/bin/bash
# generated.sh FILE.md: each block behind a line `    acc --emit=KIND NAME.ac` in the page is what that command prints of the page's first
# ```c block, which is NAME.ac. Environment: ACC, WORK; with ACC_UPDATE=1 the page is written anew.
set -u
page=$1
rm -rf "$WORK" && mkdir -p "$WORK" && cd "$WORK" || exit 1
name=$(sed -n 's/^    acc --emit=[a-z]* \([^ ]*\.ac\)$/\1/p' "$page" | head -n 1)
[ -n "$name" ] || { echo "FAIL: no command in $page"; exit 1; }
awk '/^```c$/ && !n { n = 1; next } /^```$/ && n == 1 { exit } n == 1' "$page" >"$name"
commands=0 skip=
while IFS= read -r line; do
    case $skip:$line in
    open:'```'*)
        printf '%s\n' "$line"
        "$ACC" --emit="$kind" "$name" || exit 1
        skip=close
        continue
        ;;
    close:'```') skip= ;;
    close:*) continue ;;
    :'    acc --emit='*)
        kind=${line#*--emit=} kind=${kind%% *} skip=open
        commands=$((commands + 1))
        ;;
    esac
    printf '%s\n' "$line"
done <"$page" >page
if [ "${ACC_UPDATE-}" = 1 ]; then
    cmp -s page "$page" || { cp page "$page" && echo "updated $page"; }
    exit 0
fi
diff -u "$page" page || { echo "FAIL: $page does not show what acc gives (./dev test --update generated)"; exit 1; }
# and what it shows compiles, without a warning, and runs
"$ACC" --emit=readable "$name" -o shown.c && "$ACC" -Wall -Wextra -Werror shown.c -o program && ./program
