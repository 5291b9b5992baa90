#!/bin/bash
# The console's source: it fits the API's description, its own tests hold, its texts are whole, and what it takes
# from npm works with Debian's Node.js and names no registry.
set -uo pipefail
cd "${CALM_SOURCE:?}/web" || exit 1
passed=0
failed=0
expect() {
    local what=$1 out
    shift
    if out=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        printf 'FAILED: %s\n%s\n' "$what" "$out"
        failed=$((failed + 1))
    fi
}

expect "what it takes from npm is there" ../scripts/build-console --modules
expect "the types of api/openapi.yaml are made" npx --no-install openapi-typescript ../api/openapi.yaml --output build/api.d.ts
expect "the source fits the types" npx --no-install tsc --noEmit
expect "its own tests hold" npx --no-install vitest run --silent
expect "its texts are whole" node scripts/check-texts.mjs
expect "every package admits Node.js 18.19, and none names a registry" node scripts/check-packages.mjs
first_load() { node scripts/first-load.mjs "${CALM_BUILD:?}/console.bundle"; }
expect "the first load has at most 400 KiB" first_load

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
