#!/bin/bash
# Hosts follow a license server that was replaced, without a visit: a real calm-hostd, its license server
# killed and its address taken over by another one; then that one replaced by one at another address, and
# that one restored from a backup, with another certificate.
# shellcheck disable=SC2317  # `expect` and traps call what looks unreachable
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
# shellcheck source=tests/clearinghouse/common.sh
source "$root/tests/clearinghouse/common.sh"
python=/usr/bin/python3
[ -x $python ] || python=python3
trap end_all EXIT
of() { on "$1" status --json | jq -r ".$2"; }

start_hostd() {
    calm-hostd --config host.toml 2>>hostd.log &
    running[hostd]=$!
}
host_status() { calm-hostd status --config host.toml --json 2>/dev/null; }

# USER REASON: what the agent says of a login.
logs_in() {
    local line reason
    line=$($python - "$desk/hostd.sock" "$1" <<'END'
import json, socket, sys
agent = socket.socket(socket.AF_UNIX)
agent.settimeout(20)
agent.connect(sys.argv[1])
agent.sendall(json.dumps({"ask": "admit", "service": "login", "user": sys.argv[2]}).encode() + b"\n")
print(agent.makefile().readline())
END
    )
    reason=$(jq -r .reason <<<"$line")
    [ "$reason" = "$2" ] || { echo "$1 was told: $line"; return 1; }
}
# NAME: the host is enrolled there, as far as it says, and has had a contact.
is_at() {
    local id
    id=$(of "$1" license_server_id)
    host_status | jq -e --arg id "$id" '.ledger == $id' >/dev/null
}
# COMMAND...: waits as long as a loaded machine may need.
until_true() {
    local i
    for ((i = 0; i < 1200; i++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    echo "never true: $*"
    grep "successor\|follow" hostd.log | tail -n 5
    return 1
}

echo 'correct horse battery staple' >passphrase.txt
pass=(--passphrase-file passphrase.txt)
house_port=$(free_port)
expect 'the vendor makes its root' calm vendor init 'Contoso Ltd' --output contoso "${pass[@]}"
expect 'which certifies the clearinghouse' calm vendor clearinghouse --key contoso.key --days 400 \
    --address "http://127.0.0.1:$house_port" --output house "${pass[@]}" --new-passphrase-file passphrase.txt
expect 'it opens' start_house house
port=$(free_port)
expect 'a product' house vendor product files-2026 --overuse refuse --initial-grace-days 0 --temporary-days 0
expect 'keys' house vendor keys files-2026 2 --count 1 --output keys.csv
key=$(sed -n 2p keys.csv | cut -d, -f1)

echo '--- a host and its license server'
expect 'a license server starts' start_calmd old "$port"
expect 'it trusts the vendor' on old vendor trust house.vendor --yes
expect 'it is activated' says 0 'Activated until' on old activation online --company 'Fabrikam Ltd' --country FR
expect 'a key becomes a pack' says 0 'Packs installed' on old pack redeem "$key"
fingerprint_of() { sed -n 's/.*certificate fingerprint \([0-9a-f]*\).*/\1/p' "$1.log" | tail -n 1; }
fingerprint=$(fingerprint_of old)
on old host token >host.token
printf '[host]\nname = "door"\nstate_dir = "%s"\nsocket = "%s"\n' "$desk/host" "$desk/hostd.sock" >host.toml
printf '[[server]]\naddress = "https://127.0.0.1:%s"\nfingerprint = "%s"\n' "$port" "$fingerprint" >>host.toml
printf '[service.login]\nproduct = "files-2026"\nmode = "user"\n' >>host.toml
expect 'the host enrols' calm-hostd enrol --config host.toml --server "https://127.0.0.1:$port" \
    --fingerprint "$fingerprint" --token @host.token
start_hostd
expect 'and is at it' until_true is_at old
expect 'anna has a CAL' logs_in anna cal_issued

echo '--- the license server dies; another one has its address'
old=$(of old license_server_id)
end old KILL
expect 'the new one starts' start_calmd new "$port"
expect 'it trusts the vendor' on new vendor trust house.vendor --yes
expect 'its certificate is another one' test "$(fingerprint_of new)" != "$fingerprint"
expect 'the host follows nobody without the vendor' logs_in anna offline_token
expect 'the vendor replaces the dead one' house vendor replace "$old" "$(of new license_server_id)" --old dead
expect 'the new one is activated' says 0 'Packs installed' on new activation online --company 'Fabrikam Ltd' --country FR
expect 'the host follows' until_true is_at new
expect 'it is enrolled there by its name' says 0 'door' on new host list
expect 'anna has a CAL there' logs_in anna cal_issued
expect 'of the pack that was moved' logs_in bruno cal_issued
expect 'which has no more' logs_in chloe no_cal_available
end hostd
start_hostd
expect 'and it stays so after a restart' until_true is_at new
expect 'anna holds it' logs_in anna cal_held

echo '--- and that one is replaced by one at another address'
other=$(free_port)
expect 'the next one starts' start_calmd next "$other"
expect 'it trusts the vendor' on next vendor trust house.vendor --yes
expect 'the one before gives up' on new activation deactivate --yes --output new.request
curl -sS --unix-socket house.sock -H 'Content-Type: text/plain' --data-binary @new.request http://h/v1/activations >/dev/null
expect 'the vendor replaces it' house vendor replace "$(of new license_server_id)" "$(of next license_server_id)" \
    --old reachable
expect 'the next one is activated' says 0 'Packs installed' on next activation online --company 'Fabrikam Ltd' --country FR
end new
expect 'the one before names it' start_calmd new "$port" '[hosts]' "successor = \"https://127.0.0.1:$other\""
expect 'the host follows there' until_true is_at next
end new
expect 'anna has a CAL there' logs_in anna cal_issued
end hostd
start_hostd
expect 'and it stays so after a restart' until_true is_at next
expect 'anna holds it' logs_in anna cal_held

echo '--- that one is lost, and restored from a backup on another machine'
expect 'a backup' on next backup "$desk/next.backup"
pinned=$(fingerprint_of next)
end next KILL
mv next.data next.lost
mkdir -m 700 next.data
expect 'is restored' calm restore "$desk/next.backup" --data "$desk/next.data"
expect 'the restored one starts' start_calmd next "$other"
expect 'its certificate is another one' test "$(fingerprint_of next)" != "$pinned"
expect 'the host believes it' until_true grep -q 'has another certificate; it is pinned now' hostd.log
expect 'it is there again' until_true is_at next
expect 'anna holds what she held' until_true logs_in anna cal_held
end hostd
start_hostd
expect 'and it stays so after a restart' until_true logs_in anna cal_held
finish
