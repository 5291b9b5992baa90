#!/bin/bash
# Every example of every `--help`, as it stands: the commands are run in the order in which help lists
# them, so that what an early one makes, a later one may use. $1 is the program that receives alerts.
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=tests/clearinghouse/common.sh
source "$root/tests/clearinghouse/common.sh"

# The words under "Commands:" of a help text.
commands_in() { awk '/^Commands:/ { on = 1; next } /^[^ ]/ { on = 0 } on && /^  [a-z]/ { print $1 }'; }
examples_in() { sed -n 's/^  \$ //p'; }

echo 'correct horse battery staple' >passphrase.txt
echo 'swordfish is the password' >password.txt
cp "$root/share/products/exchange-2010.toml" .
cp "$root/tests/scenarios/device_cal_covers_everyone_on_it.calm" first.calm
echo 'sixteen letters or more' >webhook.secret
chmod 600 webhook.secret
mkdir received
"$1" "$desk/received" &
receiver=$!
trap 'kill "$receiver" 2>/dev/null; stop_agent; stop_house; leave' EXIT
for ((i = 0; i < 100; i++)); do
    if [ -e received/ports ]; then break; fi
    sleep 0.1
done
read -r _ hook <received/ports || exit 1
cat >calmd.toml <<TOML
[data]
directory = "$desk/data"
reserve_mib = 0
[listen]
socket = "$desk/calmd.sock"
tls_address = "127.0.0.1"
tls_port = $(free_port)
[webhook]
urls = ["http://127.0.0.1:$hook/"]
secret_file = "$desk/webhook.secret"
TOML
export CALM_SERVER=unix:$desk/calmd.sock
start_server || exit 1

# Waits for it, and until it was tried to tell it.
# shellcheck disable=SC2317  # expect calls it
first_alert() {
    local i
    for ((i = 0; i < 100; i++)); do
        if calm alert show 1 --json 2>/dev/null | jq -e '.deliveries[0].tries > 0' >/dev/null; then return 0; fi
        sleep 0.1
    done
    return 1
}

agent=
# shellcheck disable=SC2317  # expect calls it
start_agent() {
    local i
    calm-hostd --config host.toml 2>hostd.log &
    agent=$!
    for ((i = 0; i < 300; i++)); do
        if calm-hostd --config host.toml status 2>/dev/null | grep -q 'Last contact'; then return 0; fi
        sleep 0.1
    done
    return 1
}
stop_agent() {
    if [ -n "$agent" ]; then kill "$agent" 2>/dev/null && wait "$agent"; fi
    agent=
}

# The newest pack of the clearinghouse that ends.
newest_pack() { calm vendor packs --json | jq -er '[.packs[] | select(.expires_at != null and .revoked_at == null)][0].pack'; }

# The token of an account that may approve what the owner of the machine asked for.
second_account() {
    local ask=(curl -fsS --unix-socket four.sock -H 'Content-Type: application/json')
    "${ask[@]}" -d '{"account":"olga","role":"owner"}' http://h/v1/accounts >/dev/null
    "${ask[@]}" -d '{}' http://h/v1/accounts/olga/tokens | jq -er .token
}

count=0
# COMMAND WORDS...
run_examples() {
    local line lines
    mapfile -t lines < <(calm "$@" --help | examples_in)
    expect "calm $* has an example" [ "${#lines[@]}" -gt 0 ]
    for line in "${lines[@]}"; do
        count=$((count + 1))
        # `says` wants words; an example is a line of shell.
        expect "example: $line" says 0 '' bash -c "$line"
    done
}

# A second clearinghouse of the same vendor, on loopback.
near() { calm --server "unix:$desk/near.sock" "$@"; }
# shellcheck disable=SC2317  # expect calls it
near_house() {
    house_port=$(free_port)
    calm vendor clearinghouse --key contoso.key --number 2 --address "http://127.0.0.1:$house_port" \
        --passphrase-file passphrase.txt --new-passphrase-file passphrase.txt --output near || return
    mkdir first && mv house.key house.cert first/ && cp near.key house.key && cp near.cert house.cert || return
    start_house near && near vendor product sql-2012 --overuse refuse
}

# What the examples of a command name is there when its turn comes.
prepare() {
    case $1 in
        'vendor product')
            expect "a clearinghouse runs" start_house house
            expect "and one where four eyes look" start_house four 'four_eyes = true'
            license_server=$CALM_SERVER
            export CALM_SERVER=unix:$desk/house.sock
            ;;
        'vendor renew' | 'vendor revoke') PACK=$(newest_pack) && export PACK ;;
        'vendor split') PACK=$(calm pack show drawn.pack --json | jq -r .document) && export PACK ;;
        'vendor merge')
            # The parts of the pack that was split.
            local parts
            mapfile -t parts < <(calm vendor packs --json | jq -r --arg whole "$PACK" '.packs[] | select(.came_from == $whole and .revoked_at == null).pack')
            export PACK=${parts[0]} OTHER_PACK=${parts[1]}
            ;;
        'vendor replace') NEW_SERVER=$(calm status --server "$license_server" --json | jq -r .license_server_id) && export NEW_SERVER ;;
        'vendor approve')
            CALM_SERVER=unix:$desk/four.sock
            expect "a product there" calm vendor product sql-2012
            expect "keys that wait" says 0 approval calm vendor keys sql-2012 5 --output waiting.csv
            CALM_TOKEN=$(second_account) && export CALM_TOKEN
            ;;
        'activation list')
            export CALM_SERVER=$license_server
            unset CALM_TOKEN
            expect "a clearinghouse that the license server reaches" near_house
            expect "the vendor's newer file" calm vendor trust near.vendor --yes
            ;;
        'activation answer')
            curl -sS --unix-socket near.sock -H 'Content-Type: text/plain' --data-binary @again.request \
                http://h/v1/activations >again.answer
            ;;
        'activation read-out')
            local code
            code=$(calm activation request --again-because redeployed --output told.request --json | jq -r .code)
            near vendor read-out "$(calm status --json | jq -r .license_server_id)" --request "$code" --json | jq -r .code >read-out.txt
            ;;
        'pack redeem')
            expect "a product key" near vendor keys sql-2012 5 --output near.csv
            tail -n 1 near.csv | cut -d, -f1 >product-key.txt
            ;;
        'pack read-out')
            near vendor read-out "$(calm status --json | jq -r .license_server_id)" --product sql-2012 --quantity 5 --json |
                jq -r .code >pack-code.txt
            ;;
        'pack assign')
            expect "fs1 enrols" enrol_host fs1
            expect "a per-server pack" calm pack declare exchange-2010 5 --kind per_user --metric per_server
            ;;
        'pack move')
            expect "one more pack" calm vendor pack sql-2012 3 --key contoso.key --passphrase-file passphrase.txt --output sql-more.pack
            expect "it is pack 8" calm pack add sql-more.pack
            ;;
        'pack reserve') expect "sam is in sales" calm group join sales --user sam ;;
        'host list') expect "old-server enrols" enrol_host old-server ;;
        'host enrol')
            export CALM_HOST_SOCKET=$desk/hostd.sock
            calm host token >host.token 2>/dev/null
            ;;
        'host status') expect "the agent runs" start_agent ;;
        'host policy show') stop_agent ;;
        'cal lend') expect "chloe has CAL 3" says 0 'cal_issued' calm admit sql-2012 --user chloe --host fs1 ;;
        'cal borrow')
            expect "a product" calm product add cad-1 --requires trusted
            expect "with a concurrent seat" calm pack declare cad-1 1 --kind per_user --metric concurrent
            expect "dora has CAL 5, after the stand-in" says 0 'seat_taken' calm admit cad-1 --user dora --host fs1
            ;;
        'device merge') expect "pc-1 is installed again" calm admit sql-2012 --device pc-1-new --host fs1 ;;
        'device accept')
            expect "pc-3 has a CAL" calm admit sql-2012 --device pc-3 --hardware-id 4C4C4544 --host fs1
            expect "pc-2 looks like it" says 0 'Looks like' calm admit sql-2012 --device pc-2 --hardware-id 4C4C4544 --host fs1
            ;;
        'account add-factor') expect "anna.b signs in" calm login --account anna.b --password-file password.txt ;;
        'account remove-factor')
            local secret
            secret=$(calm account add-factor --password-file password.txt --json | jq -r .secret)
            expect "anna.b has a second step" calm account add-factor --code "$(totp "$secret")"
            expect "and signs out" calm logout
            ;;
        'account password')
            cp password.txt new.txt
            expect "anna.b signs in once more" calm login --account anna.b --password-file password.txt
            ;;
        'account remove') expect "and signs out once more" calm logout ;;
        # A host's initial grace raises the first one.
        'alert list') expect "there is an alert" first_alert ;;
    esac
}

# COMMAND WORDS...: the examples of the command, or of all that it has below it.
walk() {
    local below next
    mapfile -t below < <(calm "$@" --help | commands_in)
    if [ "${#below[@]}" -eq 0 ]; then
        prepare "$*"
        run_examples "$@"
    fi
    for next in "${below[@]}"; do walk "$@" "$next"; done
}
walk
expect "there were many" [ "$count" -gt 50 ]
expect "calmd ends clean" stop_server
finish
