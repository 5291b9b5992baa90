#!/bin/bash
# The vendor's side of a license server's life, with real processes: keys are made offline, the
# clearinghouse sells, activates in all three ways, moves, renews and takes back. $1 is the program that
# plays the customers' license servers.
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
# shellcheck source=tests/clearinghouse/common.sh
source "$root/tests/clearinghouse/common.sh"
trap 'stop_house; leave' EXIT
customer=$1
export CALM_SERVER=unix:$desk/house.sock

echo 'correct horse battery staple' >passphrase.txt
pass=(--passphrase-file passphrase.txt)
expect 'the root is made' calm vendor init 'Contoso Ltd' --output contoso "${pass[@]}"
expect 'and certifies a key that sells' calm vendor clearinghouse --key contoso.key --days 400 \
    --address https://licenses.contoso.example --output house "${pass[@]}" --new-passphrase-file passphrase.txt
expect 'the new vendor file reads as before' says 0 'Contoso Ltd' calm vendor show house.vendor
expect 'the key is for its owner only' [ "$(stat -c %a house.key)" = 600 ]
# The root goes back into its safe: nothing below needs it.
rm contoso.key

expect 'settings that name nothing are refused' says 2 'signing.key' calm-clearinghouse --config /dev/null --check
expect 'the clearinghouse starts' start_house house 'moves_per_year_max = 2'
expect 'its settings are sound' calm-clearinghouse --config house.toml --check
expect 'a second one on the same books is refused' says 1 '' calm-clearinghouse --config house.toml

expect 'a product' calm vendor product sql-2012 --overuse refuse
expect 'a customer' gives 0 '.customer == 1' calm vendor customer 'Fabrikam Ltd' --country FR
expect 'keys' calm vendor keys sql-2012 25 --count 3 --customer 1 --output keys.csv
expect 'a hundred thousand at once' calm vendor keys sql-2012 1 --count 100000 --output many.csv
expect 'no two of them alike' [ "$(tail -n +2 many.csv | cut -d, -f1 | sort -u | wc -l)" -eq 100000 ]
expect 'they are not made over others' says 7 'exists already' calm vendor keys sql-2012 25 --output keys.csv
expect 'cards of them, in French' calm vendor cards keys.csv --output cards.pdf --lang fr
expect 'say where to use them' grep -q licenses.contoso.example <(pdftotext cards.pdf -)
mapfile -t keys < <(tail -n +2 keys.csv | cut -d, -f1)
expect 'there are three' [ "${#keys[@]}" -eq 3 ]
expect 'no key stands in the books' [ "$(cat house.data/*.db* | grep -c -- "${keys[0]}")" -eq 0 ]

# TEXT FILE: does not stand there.
# shellcheck disable=SC2317  # expect calls it, and those below
lacks() { ! grep -qF -- "$1" "$2"; }

# SEED WORDS...: the customer's request to the clearinghouse; what its answer says.
# shellcheck disable=SC2317
ask() {
    local seed=$1
    shift
    "$customer" "$seed" request house.vendor "$@" >request.txt || return 1
    curl -sS --unix-socket house.sock -H 'Content-Type: text/plain' --data-binary @request.txt \
        http://h/v1/activations >answer.txt
    "$customer" "$seed" answer house.vendor <answer.txt | tee said.txt
}
# SEED CODE WORDS...: the request is refused so.
# shellcheck disable=SC2317
is_refused() {
    local seed=$1 code=$2
    shift 2
    ask "$seed" "$@" >/dev/null
    [ "$(jq -r .code answer.txt)" = "$code" ] || { cat answer.txt; return 1; }
}

expect 'online: certificate and pack' says 0 'activation 1 ' ask 1 activate 1 10 "${keys[0]}"
first=$(awk '$1 == "pack" { print $2 }' said.txt)
cp answer.txt online.txt
expect 'it is ours' grep -q "$first sql-2012 25 renewal 0 ours" said.txt
expect 'the same request gets the same answer' cmp <(curl -sS --unix-socket house.sock \
    -H 'Content-Type: text/plain' --data-binary @request.txt http://h/v1/activations) online.txt
expect 'another of its number none' is_refused 1 activation_request_used packs 1 11
expect 'the key is no other server'"'"'s' is_refused 2 product_key_used activate 1 10 "${keys[0]}"

"$customer" 2 request house.vendor activate 2 10 >request.txt
expect 'by file: the answer is taken back from the page' curl -fsS --unix-socket house.sock -F file=@request.txt -F as=file \
    -F "keys=${keys[1]}" -o answer.txt http://h/pack
expect 'it is the same as online' says 0 'sql-2012 25 renewal 0 ours' "$customer" 2 answer house.vendor <answer.txt

third=$("$customer" 3 id)
expect 'by read-out' gives 0 '.serial > 0' calm vendor read-out "$third" --request "$("$customer" 3 code)"
code=$(calm vendor read-out "$third" --request "$("$customer" 3 code)" --json | jq -r .code)
expect 'the code holds' says 0 activation "$customer" 3 read-activation house.vendor "$code"
expect 'and for this server only' says 1 readout_altered "$customer" 1 read-activation house.vendor "$code"
code=$(calm vendor read-out "$third" --product-key "${keys[2]}" --json | jq -r .code)
expect 'a pack by read-out' says 0 pack "$customer" 3 read-pack house.vendor sql-2012 25 "$code"
expect 'not for more than it says' says 1 readout_altered "$customer" 3 read-pack house.vendor sql-2012 26 "$code"

expect 'a clone is found out' is_refused 1 server_cloned packs 3 4
expect 'and told' [ "$(house_api GET /v1/events | jq '[.events[] | select(.what == "server_cloned")] | length')" -eq 1 ]
expect 'the server itself goes on' says 0 'list' ask 1 packs 4 20

expect 'an ending pack' gives 0 '.renewal == 0' calm vendor issue "$("$customer" 1 id)" --product sql-2012 \
    --quantity 5 --until 2099-12-31 --customer 1
ending=$(house_api GET "/v1/packs?server=$("$customer" 1 id)" | jq -r '.packs[] | select(.expires_at) | .pack')
expect 'is renewed' gives 0 '.renewal == 1' calm vendor renew "$ending" --until 2100-06-30
expect 'never to a sooner end' says 7 'renewal_unfit' calm vendor renew "$ending" --until 2099-06-30 --json
expect 'the server gets the renewal' says 0 "pack $ending sql-2012 5 renewal 1 ours" ask 1 packs 5 21
expect 'it is taken back' calm vendor revoke "$ending" --why 'not paid'
expect 'the list says so' says 0 "$ending ours" ask 1 packs 6 22
expect 'and the pack is not there' lacks "pack $ending" said.txt

fourth=$("$customer" 4 id)
replace=(calm vendor replace "$("$customer" 1 id)" "$fourth")
expect 'an active server gives up first' says 7 server_still_active "${replace[@]}" --old reachable --json
expect 'it does' says 0 list ask 1 deactivate 7 23
expect 'and is replaced' "${replace[@]}" --old reachable
expect 'its pack is the new one'"'"'s' says 0 'sql-2012 25 renewal 0 ours' ask 4 activate 8 10
expect 'under another number' lacks "$first" said.txt
expect 'the old one is told' is_refused 1 server_replaced activate 9 30

expect 'it ends clean' stop_house
expect 'and said so' grep -q 'ended' house.log
expect 'started again it knows everything' start_house house
expect 'serials go on' says 0 'activation' ask 4 reactivate 10 30
expect 'the fourth server has its pack' says 0 'sql-2012 25' ask 4 packs 11 40
expect 'what was sold is told' gives 0 '.sold[0].in_packs == 75' calm vendor report
expect 'in words too' says 0 'IN PACKS' calm vendor report
packs=()
for quantity in 2 3; do packs+=(--pack "$(calm vendor issue "$fourth" --product sql-2012 --quantity "$quantity" --json | jq -r .pack)"); done
expect 'two packs become one' gives 0 '.terms.quantity == 5 or .quantity == 5' calm vendor merge "$fourth" "${packs[@]}" --output merged.pack
expect 'which is written down' says 0 '5' calm pack show merged.pack
expect 'once' says 7 'pack_' calm vendor merge "$fourth" "${packs[@]}" --json
order=$(calm vendor order 1 sql-2012 40 --channel service_provider --agreement service_provider:1234567 --json | jq -r .order)
expect 'a service provider draws packs' calm vendor issue "$fourth" --order "$order" --quantity 12
expect 'and has to say so by the month' says 0 'Fabrikam Ltd' calm vendor report --month "$(date -u +%Y-%m)"
expect 'how many' gives 0 '.customers[0] | .quantity == 12 and .agreement == "1234567"' calm vendor report --month "$(date -u +%Y-%m)"
expect 'an event of each act' gives 0 '[.events[].what] | contains(["pack_merged", "order_taken", "pack_revoked"])' calm vendor events
expect 'or those of one server' gives 0 '[.events[].server] | unique | length == 1' calm vendor events --for "$fourth"
expect 'the key of nobody is unknown' is_refused 4 product_key_unknown packs 12 50 "$("$customer" 5 guess)"
finish
