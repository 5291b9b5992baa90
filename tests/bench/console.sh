#!/bin/bash
# How long each page of the console takes to be usable in Chromium, against a calmd that has a million CALs and
# ten thousand hosts, and how much the first load is. No test: it prints a table for docs/performance.md.
#
#   tests/bench/console.sh [PAGE...]     wants build/release (scripts/build release calm_product) and about 2 GB of disk
#
# CALM_BENCH_CALS and CALM_BENCH_HOSTS make it smaller; CALM_BENCH_DATA=DIRECTORY keeps the ledger there, and begins
# with the one that is there.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export CALM_SOURCE=$root CALM_BUILD=${CALM_BUILD:-$root/build/release}
export CALM_BIN=$CALM_BUILD/bin
CALM_CHROMIUM=${CALM_CHROMIUM:-$(command -v chromium)}
[ -n "$CALM_CHROMIUM" ] || { echo "there is no chromium here; scripts/setup test installs Debian's" >&2; exit 1; }
# shellcheck source=tests/product/common.sh
source "$root/tests/product/common.sh"
"$root/scripts/build-console" --modules || exit 1

configure calm
if [ -n "${CALM_BENCH_DATA:-}" ]; then sed -i "s|^directory = .*|directory = \"$CALM_BENCH_DATA\"|" calm.toml; fi
start calm || exit 1
CALM_CONSOLE=https://127.0.0.1:$(sed -n 's|.*listening on https://127.0.0.1:||p' calm.log)
export CALM_CONSOLE CALM_SOCKET=$desk/calm.sock CALM_CHROMIUM
node "$root/web/tests/measure.mjs" "$@" || { sed 's/^/    calmd: /' calm.log; exit 1; }
node "$root/web/scripts/first-load.mjs" "$CALM_BUILD/console.bundle" | tail -n 1
