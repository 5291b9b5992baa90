#!/bin/bash
# Every kind of warning out of a running calmd, as time passes and things fill up: `calm alert list` shows it,
# a mail server and a webhook are told, somebody acknowledges it, and it is over when its cause is. $1 is
# the program that receives both.
# shellcheck disable=SC2016,SC2317  # the $... are jq's; expect calls the functions
set -uo pipefail
receiver_program=$1
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"
lies || exit 77

mkdir received
"$receiver_program" "$desk/received" &
started+=($!)
expect "somebody receives" until_true test -e received/ports || exit 1
read -r smtp http <received/ports
echo 'a secret of many letters' >secret
chmod 600 secret
# NAME DAYS: a certificate that ends so many days after the test began.
certificate() {
    need openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$2" -subj "/CN=$1" \
        -addext 'subjectAltName=IP:127.0.0.1' -keyout "$1.key" -out "$1.crt"
}
certificate old 50
certificate new 3000
configure calm '[mail]' "server = \"127.0.0.1:$smtp\"" 'security = "none"' 'from = "calm@example.org"' \
    'to = ["anna@example.org"]' '[webhook]' "urls = [\"http://127.0.0.1:$http/hook\"]" \
    "secret_file = \"$desk/secret\"" '[tls]' "certificate = \"$desk/old.crt\"" "key = \"$desk/old.key\""
export CALM_SERVER=unix:$desk/calm.sock

# KIND FILTER [STATE]: `calm alert list` has an alert of this kind for which the filter holds, in words too; $alert is its number.
listed() {
    local sentence
    calm alert list --state "${3:-open}" --json >list.json || return
    alert=$(jq -r "[.alerts[] | select(.kind == \"$1\" and ($2))] | first | .alert // empty" list.json)
    [ -n "$alert" ] || return
    sentence=$(jq -r ".alerts[] | select(.alert == $alert) | .sentence" list.json)
    calm alert list --state "${3:-open}" | grep -F "$sentence" >/dev/null
}
# By mail and by webhook, of the alert that was listed last, as it was then: a message has one number for both.
told() {
    local post id mail sentence level
    sentence=$(jq -r ".alerts[] | select(.alert == $alert) | .sentence" list.json)
    level=$(jq ".alerts[] | select(.alert == $alert) | .level" list.json)
    for post in received/post-*; do
        sed '1,/^\r$/d' "$post" | jq -e "any(.alerts[]; .alert == $alert and .level == $level)" >/dev/null || continue
        id=$(sed -n 's/^CALM-Message: \([0-9a-f]*\).*/\1/p' "$post")
        mail=$(grep -lF "Message-ID: <$id@" received/mail-*) || continue
        sed '1,/^Content-Transfer/d' "$mail" | tr -d '\r\n' | base64 -d | grep -F "$sentence" >/dev/null && return
    done
    return 1
}
# WHAT KIND FILTER: there is such an alert, and everybody hears of it.
raises() {
    if expect "$1" until_true listed "$2" "$3"; then
        expect "$1: mail and webhook say so" until_true told
    else
        jq -c '.alerts[]' list.json
    fi
}
# WHAT: somebody takes care of the alert that was listed last.
acknowledges() {
    expect "$1: it is acknowledged" calm alert acknowledge "$alert"
    expect "$1: and stays so" answers 200 '.state == "acknowledged"' calm GET "/v1/alerts/$alert"
}
# WHAT KIND FILTER: the alert is over.
ends_alert() { expect "$1: it is over" until_true listed "$2" "$3" resolved; }
# DAYS: so many days after the test began; somebody vouches for the clock, since no test lasts that long.
day() {
    turn "+$1d"
    expect "day $1" answers 200 '.ledger_time' calm POST /v1/clock/accept
}
turn '+0'
expect "it starts" start calm || exit 1

# --- how full a pool is: 80, 90, 100 %, and beyond
expect "no grace" answers 200 . calm PUT /v1/settings '{"initial_grace_days":0,"default_mode":"either"}'
expect "a product" answers 201 . calm POST /v1/products '{"product":"files-1","requires":"trusted"}'
expect "ten seats" answers 201 . calm POST /v1/packs '{"declared":{"product":"files-1","kind":"per_user","quantity":10}}'
# NAME: a host, enrolled.
host() {
    local token key
    token=$(ask calm POST /v1/hosts/tokens '{}' | head -n -1 | jq -r .token)
    key=$(printf '%s' "$1" | sha256sum | cut -c1-64)
    answers 201 . calm POST /v1/hosts "{\"token\":\"$token\",\"name\":\"$1\",\"public_key\":\"$key\"}"
}
expect "a host" host fs1
# FIRST LAST: these users come.
come() {
    local i
    for ((i = $1; i <= $2; i++)); do
        admits 200 '.verdict == "allow"' calm files-1 user "u$i" || return
    done
}
expect "seven people" come 1 7
expect "are told of to nobody" not listed pool_filling true
expect "an eighth" come 8 8
raises "80 %" pool_filling '.level == 80 and .about.name == "files-1" and .severity == "warning"'
acknowledges "80 %"
expect "a ninth" come 9 9
raises "90 %, the same alert" pool_filling '.level == 90'
expect "a tenth" come 10 10
raises "100 %" pool_filling '.level == 100'
acknowledges "100 %"
expect "an eleventh" come 11 11
raises "over-use" over_use '.about.name == "files-1"'
acknowledges "over-use"
expect "ten more seats" answers 201 . calm POST /v1/packs '{"declared":{"product":"files-1","kind":"per_user","quantity":10}}'
ends_alert "the pool" pool_filling '.about.name == "files-1"'
expect "who was beyond has a seat" come 11 11
ends_alert "over-use" over_use '.about.name == "files-1"'

# --- a device that looks like another one
echo 'five words that fit together' >passphrase
# FILE WORD…: a pack of a vendor, of five seats for devices.
pack() {
    need calm vendor pack sql-1 5 --kind per_device --key contoso.key --passphrase-file passphrase --requires activated \
        --temporary-days 0 --output "$1" "${@:2}"
    calm pack add "$1" --yes
}
need calm vendor init Contoso --output contoso --passphrase-file passphrase
need calm vendor trust contoso.vendor --yes
expect "seats for devices" pack first.pack
# NAME REASON: a device with the same hardware.
device() {
    answers 200 ".reason == \"$2\"" calm POST /v1/admissions \
        "{\"product\":\"sql-1\",\"device\":\"$1\",\"hardware_id\":\"serial-4711\",\"host\":1}"
}
expect "a device" device pc1 cal_issued
expect "one with its hardware" device pc2 quarantine_begun
raises "a look-alike" look_alike '.about.name == "pc2"'
acknowledges "a look-alike"
expect "somebody decides" calm device accept pc2
ends_alert "a look-alike" look_alike '.about.name == "pc2"'

# --- a clock that moved
turn '+400d'
raises "a clock that jumped" clock_stands '.severity == "critical"'
acknowledges "a clock that jumped"
turn '+0'
ends_alert "a clock that jumped" clock_stands true
turn '-1d'
raises "a clock that was set back" clock_behind '.severity == "warning"'
acknowledges "a clock that was set back"
turn '+0'
ends_alert "a clock that was set back" clock_behind true

# --- what ends: a grace of 40 days, a pack of 45, a certificate of 50
expect "a grace" answers 200 . calm PUT /v1/settings '{"initial_grace_days":40,"default_mode":"either"}'
expect "a host that has it" host rds1
raises "the grace begins" initial_grace '.about.name == "rds1" and .severity == "notice"'
acknowledges "the grace begins"
expect "a pack that ends" answers 201 . calm POST /v1/packs "{\"declared\":{\"product\":\"files-1\",\"kind\":\"per_user\",
    \"quantity\":5,\"expires_at\":\"$(date -u -d '+45 days' +%Y-%m-%dT%H:%M:%SZ)\"}}"
pack=$(ask calm GET /v1/packs | head -n -1 | jq '[.packs[].pack] | max')
day 9
expect "nothing else ends yet" not listed pack_expiring true
# Days after the beginning, what is told then, and how many days it says are left.
while read -r at kind left; do
    day "$at"
    raises "day $at: $kind, $left" "$kind" ".level == $left"
    # Whoever takes care of it is told again when it is more urgent.
    acknowledges "day $at: $kind"
done <<END
10 initial_grace 30
15 pack_expiring 30
20 certificate_expiring 30
26 initial_grace 14
31 pack_expiring 14
33 initial_grace 7
36 certificate_expiring 14
38 pack_expiring 7
39 initial_grace 1
40 initial_grace "over"
43 certificate_expiring 7
44 pack_expiring 1
45 pack_expiring "over"
END
day 47
ends_alert "the grace, a week later" initial_grace '.about.name == "rds1"'
expect "the pack is removed" calm pack remove "$pack" --yes
ends_alert "the pack" pack_expiring true
day 49
raises "day 49: the certificate, 1 day left" certificate_expiring '.level == 1 and .severity == "critical"'
expect "it ends" ends 0 "$server"
sed -i 's|/old\.|/new.|' calm.toml
expect "it starts with another certificate" start calm
ends_alert "the certificate" certificate_expiring true

# --- in the end
expect "nothing is open" [ "$(calm alert list --json | jq '.alerts | length')" = 0 ]
kinds='["certificate_expiring","clock_behind","clock_stands","initial_grace","look_alike","over_use","pack_expiring","pool_filling"]'
expect "every kind was told" [ "$(calm alert list --state all --json | jq -c '[.alerts[].kind] | unique')" = "$kinds" ]
expect "and each reached both" [ "$(calm alert list --state all --json |
    jq '[.alerts[].deliveries | length == 2 and all(.state == "sent")] | all')" = true ]
expect "it ends" ends 0 "$server"
finish
