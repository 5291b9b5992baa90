#!/bin/bash
# An implementation of PASETO from npm verifies our documents, and we verify its.
set -uo pipefail
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
bin=${CALM_BIN:?CALM_BIN: where calm is}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# WHAT COMMAND...: what it says is in `said` from then on.
expect() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        sed 's/^/    /' "$work/said"
    fi
}
# WORDS: the last command said them.
said() {
    if grep -qF -- "$1" "$work/said"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: it did not say $1"
    fi
}
# FILE: the same with another character in its third line.
altered() {
    awk 'NR == 3 { c = substr($0, 10, 1); $0 = substr($0, 1, 9) (c == "A" ? "B" : "A") substr($0, 11) } 1' "$1"
}

cp "$here"/paseto/{package.json,package-lock.json,.npmrc,check.mjs} "$work"/
(cd "$work" && npm ci --engine-strict --silent) || { echo "npm ci failed"; exit 1; }
cd "$work" || exit 1
echo 'correct horse battery staple' >passphrase
"$bin/calm" vendor init 'Contoso' --output contoso --passphrase-file passphrase >/dev/null 2>&1 || exit 1
"$bin/calm" vendor pack files-2026 25 --key contoso.key --passphrase-file passphrase --output files.pack >/dev/null 2>&1 || exit 1

expect "npm verifies our vendor document" node check.mjs verify calm.vendor.v1 contoso.vendor
said '"vendor":"Contoso"'
expect "npm verifies our key pack" node check.mjs verify calm.key-pack.v1 files.pack
said '"quantity":25'
altered files.pack >altered.pack
# shellcheck disable=SC2016  # the words are the inner shell's
expect "an altered pack fails under npm, too" bash -c '! node check.mjs verify calm.key-pack.v1 altered.pack'

expect "npm signs a vendor document and a pack" node check.mjs make .
expect "we verify its vendor document" "$bin/calm" vendor show npm.vendor
said 'Node Ltd'
expect "we verify its pack" "$bin/calm" pack show npm.pack
said 'Node Ltd'
said ' 7'
altered npm.pack >altered.pack
expect "we refuse its pack when it was altered" bash -c "! '$bin/calm' pack show altered.pack"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
