#!/bin/sh
# Makes src/ anew from grammar.js. A developer's command: it needs npm (for tree-sitter-c) and the tree-sitter command, from PATH or
# $TREE_SITTER (cargo install tree-sitter-cli --version 0.25.10 --locked). What it makes is committed; users need neither.
set -eu
cd "$(dirname "$0")"
[ -d node_modules/tree-sitter-c ] || npm install --no-save --no-package-lock --ignore-scripts --omit=peer tree-sitter-c@0.24.1
"${TREE_SITTER:-tree-sitter}" generate --abi 14
rm -f src/tree_sitter/alloc.h src/tree_sitter/array.h
sha256sum grammar.js > src/grammar.sha256
