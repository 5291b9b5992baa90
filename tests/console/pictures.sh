#!/bin/bash
# Makes the pictures of the manual anew: a calmd of its own whose log began three months ago, and Chromium. No test.
#
#   CALM_BIN=build/release/bin tests/console/pictures.sh DIRECTORY [NAME...]      DIRECTORY: docs/images
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
into=$(realpath "${1:?}")
shift
CALM_BIN=$(realpath "${CALM_BIN:?}")
CALM_CHROMIUM=${CALM_CHROMIUM:-$(command -v chromium)}
faketime=/usr/lib/$(uname -m)-linux-gnu/faketime/libfaketimeMT.so.1
export CALM_BIN CALM_CHROMIUM
# shellcheck source=tests/product/common.sh
source "$root/tests/product/common.sh"
"$root/scripts/build-console" --modules || exit 1

# DAYS COMMAND...: as if it were so many days ago.
ago() { env LD_PRELOAD="$faketime" FAKETIME="-$1d" "${@:2}"; }

printf 'passphrase of the pictures\n' >passphrase
vendor() { ago 91 calm vendor "$@" --passphrase-file passphrase >>vendor.log 2>&1 || { cat vendor.log; exit 1; }; }
vendor init Contoso --buy-url https://contoso.example/buy --output contoso
sign() { vendor pack "$@" --key contoso.key; }
sign terminal-services-2022 25 --output first.pack
sign terminal-services-2022 25 --output second.pack
sign terminal-services-2022 25 --output third.pack
sign wms-2011 4 --output stations.pack
sign cad-1 2 --metric concurrent --kind per_user --output floating.pack
sign kiosk-1 5 --kind per_device --output kiosk.pack

configure calm
# Ledger time takes steps of a week at the most.
for ((days = 90; days >= 0; days -= 6)); do
    preload=()
    if [ "$days" -gt 0 ]; then preload=("LD_PRELOAD=$faketime" "FAKETIME=-${days}d"); fi
    start calm || exit 1
    CALM_CONSOLE=https://127.0.0.1:$(sed -n 's|.*listening on https://127.0.0.1:||p' calm.log | tail -n 1)
    export CALM_CONSOLE CALM_SOCKET=$desk/calm.sock CALM_DESK=$desk
    if [ "$days" -eq 90 ]; then calm --server "unix:$desk/calm.sock" vendor trust contoso.vendor --yes >>vendor.log 2>&1 || { cat vendor.log; exit 1; }; fi
    node "$root/web/tests/pictured.mjs" "$days" || { tail -n 20 calm.log; exit 1; }
    if [ "$days" -gt 0 ]; then ends 0 "$server" || exit 1; fi
done
node "$root/web/tests/pictures.mjs" "$into" "$@" || exit 1

# One that nobody has an account on yet.
preload=()
configure new
start new || exit 1
CALM_CONSOLE=https://127.0.0.1:$(sed -n 's|.*listening on https://127.0.0.1:||p' new.log | tail -n 1)
CALM_SOCKET=$desk/new.sock node "$root/web/tests/pictures.mjs" "$into" "$@"
