#!/bin/bash
# An initial grace that is over, as people meet it: somebody is refused at a real host, an administrator sees why on
# Home and mends it there, and the next login is admitted. web/tests/grace.mjs has the play, in French.
set -uo pipefail
chromium=${CALM_CHROMIUM:-$(command -v chromium)}
faketime=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -n 1)
if [ -z "$chromium" ] || [ -z "$faketime" ]; then
    echo "skipped: there is no chromium or no faketime here; scripts/setup test installs Debian's"
    exit 77
fi
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/../product/common.sh"
"${CALM_SOURCE:?}/scripts/build-console" --modules || exit 1

printf 'passphrase of the test\n' >passphrase
export CALM_SERVER=unix:$desk/calm.sock CALM_HOST_SOCKET=$desk/hostd.sock
# COMMAND...: as if it were two days ago.
ago() { env LD_PRELOAD="$faketime" FAKETIME=-2d "$@"; }
need ago calm vendor init Contoso --output contoso --passphrase-file passphrase
need ago calm vendor pack files-2026 5 --key contoso.key --output five.pack --passphrase-file passphrase

# Two days ago: a host joins, and its initial grace is of one day.
configure calm
preload=("LD_PRELOAD=$faketime" "FAKETIME=-2d")
need start calm
sed -i "s/^tls_port = 0/tls_port = $(sed -n 's|.*listening on https://127.0.0.1:||p' calm.log | head -n 1)/" calm.toml
need answers 200 . calm PUT /v1/settings '{"initial_grace_days":1,"default_mode":"per_user"}'
need ago calm vendor trust contoso.vendor --yes
need ago calm product add files-2026 --requires activated --overuse refuse
ago calm host token --json >made.json
jq -r .token made.json >token
need ago calm-hostd --config host.toml enrol --server "https://127.0.0.1:$(sed -n 's/^tls_port = //p' calm.toml)" \
    --fingerprint "$(ago calm status --json | jq -r .fingerprint)" --token @token --name salle.example.org \
    --service sshd=files-2026 --state-dir "$desk/host"
need ends 0 "$server"

# Today.
preload=()
need start calm
calm-hostd --config host.toml 2>hostd.log &
started+=("$!")
port=$(sed -n 's/^tls_port = //p' calm.toml)
export CALM_CONSOLE=https://127.0.0.1:$port CALM_SOCKET=$desk/calm.sock CALM_DESK=$desk CALM_CHROMIUM=$chromium
node "$CALM_SOURCE/web/tests/grace.mjs"
status=$?
[ "$status" -eq 0 ] || sed 's/^/    calmd: /' calm.log
exit "$status"
