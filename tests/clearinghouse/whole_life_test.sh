#!/bin/bash
# The whole life with real processes: a vendor sells, customers' license servers activate in each of the
# three ways and give CALs, one is replaced, a pack is renewed and another taken back; attacks are refused
# with their own reason; and all goes on when the clearinghouse is switched off.
# shellcheck disable=SC2317  # `expect` and traps call what looks unreachable
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
# shellcheck source=tests/clearinghouse/common.sh
source "$root/tests/clearinghouse/common.sh"
trap end_all EXIT
id_of() { on "$1" status --json | jq -r .license_server_id; }
# NAME: a license server that trusts the vendor and has a host.
customer() {
    start_calmd "$1" && on "$1" vendor trust house.vendor --yes >/dev/null &&
        enrol_at "$1"
}
# NAME: the host `door`, with a key that signs nothing here.
enrol_at() {
    local key
    key=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
    curl -sS --fail-with-body --unix-socket "$1.sock" -H 'Content-Type: application/json' \
        -d "{\"token\":\"$(on "$1" host token)\",\"name\":\"door\",\"public_key\":\"$key\"}" http://h/v1/hosts >/dev/null
}
# NAME USER REASON: this is what comes of asking. `calm admit` ends with 5 where there is no CAL.
asks() {
    local reason
    reason=$(on "$1" admit files-2026 --host door --user "$2" --json 2>/dev/null | jq -r .reason)
    [ "$reason" = "$3" ] || { echo "$2 was told $reason, not $3"; return 1; }
}
# FILE ANSWER: carries a request to the clearinghouse, and its answer back.
carry() { curl -sS --unix-socket house.sock -H 'Content-Type: text/plain' --data-binary "@$1" http://h/v1/activations >"$2"; }

echo 'correct horse battery staple' >passphrase.txt
pass=(--passphrase-file passphrase.txt)
house_port=$(free_port)

expect 'the vendor makes its root' calm vendor init 'Contoso Ltd' --output contoso "${pass[@]}"
expect 'which certifies the clearinghouse' calm vendor clearinghouse --key contoso.key --days 400 \
    --address "http://127.0.0.1:$house_port" --output house "${pass[@]}" --new-passphrase-file passphrase.txt
expect 'it opens' start_house house 'wrong_keys_per_hour_max = 3'
expect 'a product' house vendor product files-2026 --overuse refuse --initial-grace-days 0 --temporary-days 0
expect 'a customer' house vendor customer 'Fabrikam Ltd' --country FR
house vendor order 1 files-2026 2 --keys 4 --json >order.json
mapfile -t keys < <(jq -r '.keys[]' order.json)
expect 'an order of four keys' [ "${#keys[@]}" -eq 4 ]

echo '--- online'
expect 'a license server starts' customer one
expect 'it is not activated' says 0 'not activated' on one activation list
expect 'a key mistyped names its group' says 2 'group 2' on one pack redeem "${keys[0]:0:6}22222${keys[0]:11}"
expect 'online: activated' says 0 'Activated until' on one activation online --company 'Fabrikam Ltd' --country FR
expect 'the key becomes a pack' says 0 'Packs installed' on one pack redeem "${keys[0]}"
expect 'anna has a CAL' asks one anna cal_issued
expect 'bruno too' asks one bruno cal_issued
expect 'chloe finds none' asks one chloe no_cal_available

echo '--- by file'
expect 'another server' customer two
expect 'its request is a file' on two activation request --company 'Fabrikam Ltd' --output two.request
carry two.request two.answer
expect 'the answer is taken' says 0 'Activated until' on two activation answer two.answer
expect 'replayed it counts for nothing' says 7 'activation_not_asked' on two activation answer two.answer --json
expect 'a key goes the same way' on two pack redeem "${keys[1]}" --request two-keys.request
carry two-keys.request two-keys.answer
two=$(id_of two)
expect 'and brings its pack' says 0 'Packs installed' on two activation answer two-keys.answer
expect 'carla has a CAL' asks two carla cal_issued

echo '--- read out'
expect 'a third server' customer three
code=$(on three activation request --json | jq -r .code)
expect 'what the vendor reads back is typed' says 0 'Activated until' on three activation read-out \
    "$(house vendor read-out "$(id_of three)" --request "$code" --json | jq -r .code)"
expect 'its product is known' on three product add files-2026 --requires activated --overuse refuse \
    --temporary-days 0 --initial-grace-days 0
expect 'a pack is read out for a key' says 0 'files-2026' on three pack read-out files-2026 2 \
    "$(house vendor read-out "$(id_of three)" --product-key "${keys[2]}" --json | jq -r .code)"
expect 'dora has a CAL' asks three dora cal_issued

echo '--- attacks'
expect 'the same key on two servers' says 7 'redeemed for another' on three pack redeem "${keys[0]}"
sed -n '/BEGIN CALM KEY PACK/,/END CALM KEY PACK/p' two-keys.answer >theirs.pack
expect 'a pack for another server' says 1 'pack_for_another_server' on three pack add theirs.pack --json
expect 'an answer for another server' says 1 'activation_for_another_server' on three activation answer two.answer --json
on three activation request --again-because redeployed --output again.request >/dev/null
carry again.request again.answer
awk 'NR == 4 { c = substr($0, 20, 1); $0 = substr($0, 1, 19) (c == "A" ? "B" : "A") substr($0, 21) } 1' again.answer >altered.answer
expect 'an altered answer' says 1 'activation_' on three activation answer altered.answer --json
expect 'the true one still counts' says 0 'Activated until' on three activation answer again.answer
# A key that nobody made, with sound groups: three an hour from one address, the fourth is not looked at.
for n in first second third; do
    expect "a $n guess" says 7 'product key' on three pack redeem 26226-2222R-2222Q-2222K-2222J
done
expect 'whoever guesses is made to wait' says 6 'too many' on three pack redeem "${keys[3]}"

echo '--- replaced'
expect 'the first one gives up' on one activation deactivate --yes --output one.request
carry one.request one.gone
expect 'who lost the file is given one again' on one activation deactivate --yes --output one.again
expect 'a file in the way is seen before' says 7 'exists already' on one activation deactivate --yes --output one.again
expect 'its successor starts' customer four
expect 'and takes its place' house vendor replace "$(id_of one)" "$(id_of four)" --old reachable
expect 'it is activated, and has the pack' says 0 'Packs installed' on four activation online
expect 'its people get CALs there' asks four anna cal_issued
expect 'the first one gives nothing new' asks one emil server_not_activated
expect 'what it gave stands' asks one anna cal_held
end two KILL
expect 'a dead one is replaced without its word' customer five
expect 'by its successor' house vendor replace "$two" "$(id_of five)" --old dead
on five activation request --output five.request >/dev/null
carry five.request five.answer
expect 'which has its pack' says 0 'Packs installed' on five activation answer five.answer
expect 'it was not dead' start_calmd two
expect 'and learns what it has lost' says 0 'Packs taken back' on two activation refresh
end two
expect 'nothing was bought twice' [ "$(house vendor packs --json | jq '[.packs[] | select(.revoked_at == null)] | map(.quantity) | add')" -eq 6 ]

echo '--- a clone'
end four
cp -r four.data clone.data
expect 'the server itself goes on' start_calmd four
expect 'bruno has a CAL' asks four bruno cal_issued
expect 'and it hears the news' on four activation refresh
expect 'its clone starts' start_calmd clone
expect 'and is found out' says 7 'entries' on clone activation refresh
end clone

echo '--- renewed, and taken back'
expect 'a subscription' house vendor issue "$(id_of four)" --product files-2026 --quantity 3 --until "$(date -d '+40 days' +%F)"
expect 'comes with the news' says 0 'Packs installed' on four activation refresh
expect 'emil has a CAL of it' asks four emil cal_issued
pack=$(house vendor packs --json | jq -r '.packs[] | select(.expires_at and .revoked_at == null) | .pack')
expect 'it is renewed' house vendor renew "$pack" --until "$(date -d '+400 days' +%F)"
expect 'which comes by itself' says 0 'Packs renewed' on four activation refresh
expect 'emil keeps his CAL' asks four emil cal_held
curl -sS --unix-socket house.sock "http://h/v1/status-list?server=$(id_of four)" >older.list
expect 'it is taken back' house vendor revoke "$pack" --why 'not paid'
expect 'the server is told' says 0 'Packs taken back' on four activation refresh
expect 'emil has what he has' asks four emil cal_held
expect 'and nobody gets another' asks four fritz no_cal_available
curl -sS --unix-socket house.sock "http://h/v1/status-list?server=$(id_of four)" >newest.list
awk 'NR == 3 { c = substr($0, 20, 1); $0 = substr($0, 1, 19) (c == "A" ? "B" : "A") substr($0, 21) } 1' newest.list >forged.list
expect 'a forged list is refused' says 1 'status_list' on four activation answer forged.list
expect 'an older list says nothing' says 1 'status_list_older' on four activation answer older.list --json
expect 'the pack stays taken back' asks four fritz no_cal_available
expect 'the vendor has seen it all' gives 0 '[.events[].what] | contains(["server_replaced", "server_cloned", "pack_revoked"])' \
    house vendor events

echo '--- the clearinghouse is switched off'
expect 'it ends' stop_house
end four
expect 'the license server starts without it' start_calmd four
expect 'who has a CAL is admitted' asks four anna cal_held
expect 'a CAL that is given back' on four cal release 1 --because left --yes
expect 'goes to somebody else' asks four gerda cal_issued
expect 'asking it says what to do' says 6 'Nothing is lost' on four activation refresh
finish
