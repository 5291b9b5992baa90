#!/bin/bash
# The console as people use it: Debian's Chromium plays with it against a calmd of the test's own, in English or in
# French. web/tests/browser.mjs has the plays, or another PLAY; this starts what they need.
#
#   tests/console/browser_test.sh en|fr [PLAY]     (ctest sets CALM_SOURCE, CALM_BUILD and CALM_BIN)
set -uo pipefail
chromium=${CALM_CHROMIUM:-$(command -v chromium)}
if [ -z "$chromium" ]; then
    echo "skipped: there is no chromium here; scripts/setup test installs Debian's"
    exit 77
fi
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/../product/common.sh"
"${CALM_SOURCE:?}/scripts/build-console" --modules || exit 1

# Somebody who is told of alerts: keeps what comes.
node "$CALM_SOURCE/web/tests/receiver.mjs" received >receiver.port &
started+=("$!")
for ((i = 0; i < 100; i++)); do
    [ -s receiver.port ] && break
    sleep 0.1
done
(umask 077 && printf 'a secret of the test\n' >secret)

configure calm '[webhook]' "urls = [\"http://127.0.0.1:$(cat receiver.port)/\"]" "secret_file = \"$desk/secret\""
start calm || exit 1
port=$(sed -n 's|.*listening on https://127.0.0.1:||p' calm.log)

# What a vendor would send: two packs that bring their product, and one that somebody has altered.
printf 'passphrase of the test\n' >passphrase
vendor() { calm vendor "$@" --passphrase-file passphrase >>vendor.log 2>&1; }
vendor init 'Contoso <b>Software</b>' --buy-url https://contoso.example/buy --output contoso || { cat vendor.log; exit 1; }
vendor pack files-2026 5 --key contoso.key --output five.pack || { cat vendor.log; exit 1; }
vendor pack files-2026 20 --key contoso.key --output twenty.pack || { cat vendor.log; exit 1; }
# Seats that float, and devices.
vendor pack cad-2026 2 --metric concurrent --kind per_user --key contoso.key --output floating.pack || { cat vendor.log; exit 1; }
vendor pack cad-2026 3 --metric per_server --kind per_user --key contoso.key --output server.pack || { cat vendor.log; exit 1; }
vendor pack kiosk-2026 9 --kind per_device --key contoso.key --output kiosk.pack || { cat vendor.log; exit 1; }
# One that goes to another license server, one that comes from there, and one that was on a server that is no more.
vendor pack till-2026 4 --kind per_device --key contoso.key --output leaving.pack || { cat vendor.log; exit 1; }
vendor pack till-2026 6 --kind per_device --key contoso.key --output coming.pack || { cat vendor.log; exit 1; }
vendor pack till-2026 2 --kind per_device --key contoso.key --output orphan.pack || { cat vendor.log; exit 1; }
# Too few for a room, one more, and enough.
for seats in 1 2 5; do vendor pack hall-2026 "$seats" --key contoso.key --output "hall-$seats.pack" || { cat vendor.log; exit 1; }; done
# The signature ends at the last dot: a letter on the line before it is one of its own.
sed "$(($(grep -n '\.' five.pack | tail -n 1 | cut -d: -f1) - 1))s/\(.*\)[a-z]/\1A/" five.pack >altered.pack

export CALM_CONSOLE=https://127.0.0.1:$port CALM_SOCKET=$desk/calm.sock CALM_DESK=$desk CALM_CHROMIUM=$chromium
CALM_LANGUAGE=${1:-en} node "$CALM_SOURCE/web/tests/${2:-browser}.mjs"
status=$?
[ "$status" -eq 0 ] || sed 's/^/    calmd: /' calm.log
exit "$status"
