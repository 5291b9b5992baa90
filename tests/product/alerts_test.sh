#!/bin/bash
# Warnings from calmd to a mail server and a webhook: $1 is the program that receives both. The webhook
# fails once; nothing is told twice, not even after a restart.
# shellcheck disable=SC2317  # expect calls the functions
set -uo pipefail
receiver_program=$1
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"

mkdir received
"$receiver_program" "$desk/received" &
started+=($!)
# FILE: waits until it is there.
arrives() {
    local i
    for ((i = 0; i < 300; i++)); do
        if [ -e "received/$1" ]; then return 0; fi
        sleep 0.1
    done
    echo "there is no $1:"
    ls received
    return 1
}
expect "somebody receives" arrives ports || exit 1
read -r smtp http <received/ports
echo 'a secret of many letters' >secret
chmod 600 secret
configure calm '[alerts]' 'pool_percents = [50, 80, 100]' '[mail]' "server = \"127.0.0.1:$smtp\"" \
    'security = "none"' 'from = "calm@example.org"' 'to = ["anna@example.org"]' \
    '[webhook]' "urls = [\"http://127.0.0.1:$http/hook\"]" "secret_file = \"$desk/secret\""
expect "it starts" start calm || exit 1
expect "it is furnished" furnish calm
expect "a product" answers 201 . calm POST /v1/products '{"product":"files-1","requires":"trusted"}'
expect "with two seats" answers 201 . calm POST /v1/packs \
    '{"declared":{"product":"files-1","kind":"per_user","quantity":2}}'
expect "one is taken" admits 200 '.reason == "cal_issued"' calm files-1 user anna

# --- the mail
expect "a mail arrives" arrives mail-1
expect "from and to the right ones" bash -c \
    'grep -q "^MAIL FROM:<calm@example.org>" received/mail-1 && grep -q "^RCPT TO:<anna@" received/mail-1'
sed '1,/^Content-Transfer/d' received/mail-1 | tr -d '\r\n' | base64 -d >mail
expect "it says what is so" grep -qF '50 % of the seats per user of files-1 are used: 1 of 2.' mail
expect "and what to do" grep -qF 'calm pack add FILE' mail
expect "and who says so" grep -qF "$(ask calm GET /v1/status | head -n -1 | jq -r .license_server_id)" mail

# --- the webhook: refused once, then taken
expect "the webhook is called" arrives post-1
expect "and again, since it failed" arrives post-2
# FILE: the body's signature is that of the header, and not old.
is_signed() {
    local at sign
    IFS=' ' read -r at sign < <(tr -d '\r' <"received/$1" |
        sed -n 's/^CALM-Signature: t=\([0-9]*\),sha256=\([0-9a-f]*\)$/\1 \2/p')
    [ "$((EPOCHSECONDS - at))" -lt 60 ] &&
        [ "$({ printf '%s.' "$at" && cat "body-$1"; } |
            openssl dgst -sha256 -hmac 'a secret of many letters' | sed 's/.*= //')" = "$sign" ]
}
for post in post-1 post-2; do
    sed '1,/^\r$/d' "received/$post" >"body-$post"
    expect "$post is signed" is_signed "$post"
done
expect "both are the same message" cmp body-post-1 body-post-2
expect "it is the alert" jq -e '.alerts[0].kind == "pool_filling" and .alerts[0].level == 50 and
    .test == false' body-post-2
expect "and the server knows" answers 200 '.deliveries | all(.state == "sent")' calm GET /v1/alerts/1

# --- calm
export CALM_SERVER=unix:$desk/calm.sock
expect "calm lists it" bash -c 'calm alert list | grep -qF "50 % of the seats per user"'
expect "in French too" bash -c 'calm alert list --lang fr | grep -qF "50 % des places par utilisateur"'
expect "calm shows who was told" bash -c 'calm alert show 1 | grep -q "^mail *sent *1"'
expect "status mentions it" bash -c 'calm status 2>&1 | grep -q "Open alerts: 1"'
expect "doctor mentions it" bash -c 'calm doctor --config calm.toml | grep -q "open alerts: 1"'
expect "it is acknowledged" calm alert acknowledge 1
expect "a test reaches both" calm alert test
expect "by mail" arrives mail-2
expect "and by webhook" arrives post-3
expect "the forecast says what it lacks" bash -c 'calm forecast files-1 | grep -q "1 of 2 seats used; too early for a forecast: it needs 14 days"'

# --- a restart tells nothing twice; what is more urgent is told
expect "it ends" ends 0 "$server"
expect "it starts again" start calm
sleep 8 # longer than until the first look
expect "nobody is told again" test ! -e received/mail-3
expect "the second seat is taken" admits 200 '.verdict == "allow"' calm files-1 user bruno
expect "that is told" arrives mail-3
sed '1,/^Content-Transfer/d' received/mail-3 | tr -d '\r\n' | base64 -d >mail
expect "as it is" grep -qF 'All seats per user of files-1 are used: 2 of 2.' mail
expect "and acknowledged no more" answers 200 '.state == "open" and .level == 100' calm GET /v1/alerts/1
expect "it ends" ends 0 "$server"

# --- settings that cannot be
chmod 644 secret
expect "a secret that everybody may read" refuses 1 'everybody on this machine may read it' calm
finish
