#!/bin/sh
# The pages behind --explain: docs/diagnostics.md is what they say; each wrong example is diagnosed by the number of its page, and
# each right one by nothing. CTest calls it with ACC and WORK; with ACC_UPDATE=1 the document is written anew.
set -u
here=$(cd "$(dirname "$0")" && pwd)
docs=$here/../../docs/diagnostics.md
status=0
fail() { echo "FAIL: $*"; status=1; }

rm -rf "$WORK" && mkdir -p "$WORK" && cd "$WORK" || exit 1
"$ACC" --explain=markdown >diagnostics.md || exit 1
if [ "${ACC_UPDATE-}" = 1 ]; then
    cmp -s "$docs" diagnostics.md || { cp diagnostics.md "$docs" && echo "updated $docs"; }
else
    diff -u "$docs" diagnostics.md || fail "docs/diagnostics.md is not what acc --explain=markdown gives (./dev test --update pages)"
fi

# NUMBER.wrong.ac and NUMBER.right.ac from the document
awk -v header="$here/pages.h" '
    /^## ACC/ { number = substr($2, 1, 6) }
    /^Wrong:$/ { kind = "wrong" }
    /^Right:$/ { kind = "right" }
    /^```$/ && file != "" { close(file); file = "" }
    file != "" { print > file }
    /^```c$/ && number != "" { file = number "." kind ".ac"; printf "#include \"%s\"\n#line 1 \"%s\"\n", header, file > file }
' diagnostics.md

examples=0
for file in ACC*.ac; do
    examples=$((examples + 1))
    number=${file%%.*}
    "$ACC" -c -std=gnu11 -Wframe-size=1024 "$file" -o example.o >messages 2>&1
    case $file in
    *.wrong.ac)
        grep -q ": \(error\|warning\): .*\[$number\]" messages || { cat "$file" messages; fail "$file gets no $number"; }
        ! grep "\[ACC" messages | grep -qv "\[$number\]" || { cat messages; fail "$file gets more than $number"; }
        ;;
    *) [ ! -s messages ] || { cat "$file" messages; fail "$file is not right"; } ;;
    esac
done
pages=$(grep -c '^## ACC' diagnostics.md)
[ $examples -ge $((2 * pages - 2)) ] || fail "$examples examples in $pages pages"
exit $status
