#!/bin/bash
# The air-gapped way: clearinghouse and license server in two network namespaces without any link, each in
# a directory of its own. What goes between them is files, and nothing else.
# shellcheck disable=SC2317  # `expect` and traps call what looks unreachable
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
unshare --net true 2>/dev/null || { echo 'skipped: network namespaces may not be made here'; exit 77; }
mkdir vendor customer
pids=()
end_both() {
    local pid
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    leave
}
trap end_both EXIT

# COMMAND...: answers within 20 seconds.
until_true() {
    local i
    for ((i = 0; i < 200; i++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    return 1
}
house() { (cd vendor && calm --server "unix:$desk/vendor/house.sock" "$@"); }
server() { (cd customer && calm --server "unix:$desk/customer/calmd.sock" "$@"); }
# FILE: over the gap, in whichever direction it lies.
carry() { if [ -e "vendor/$1" ]; then cp "vendor/$1" customer/; else cp "customer/$1" vendor/; fi; }

cd vendor || exit 1
echo 'correct horse battery staple' >passphrase.txt
calm vendor init 'Contoso Ltd' --output contoso --passphrase-file passphrase.txt >/dev/null 2>&1 || exit 1
calm vendor clearinghouse --key contoso.key --address https://licenses.contoso.example --output house \
    --passphrase-file passphrase.txt --new-passphrase-file passphrase.txt >/dev/null 2>&1 || exit 1
cat >house.toml <<TOML
[data]
directory = "$desk/vendor/data"
[listen]
socket = "$desk/vendor/house.sock"
[signing]
key = "$desk/vendor/house.key"
certificate = "$desk/vendor/house.cert"
vendor = "$desk/vendor/house.vendor"
passphrase_file = "$desk/vendor/passphrase.txt"
TOML
unshare --net calm-clearinghouse --config house.toml 2>house.log &
pids+=($!)
cd ../customer || exit 1
printf '[data]\ndirectory = "%s"\nreserve_mib = 0\n[listen]\nsocket = "%s"\ntls_address = ""\n' \
    "$desk/customer/data" "$desk/customer/calmd.sock" >calmd.toml
unshare --net calmd --config calmd.toml 2>calmd.log &
pids+=($!)
cd .. || exit 1

links_of() { nsenter --target "$1" --net ip -o link show | grep -cv ' lo:'; }
apart() { [ "$(readlink "/proc/${pids[0]}/ns/net")" != "$(readlink "/proc/${pids[1]}/ns/net")" ]; }

expect 'the clearinghouse runs' until_true house vendor servers
expect 'the license server runs' until_true server status
expect 'each in a network of its own' apart
expect 'neither has a link' [ "$(links_of "${pids[0]}")$(links_of "${pids[1]}")" = 00 ]
expect 'a product' house vendor product files-2026 --overuse refuse --initial-grace-days 0 --temporary-days 0
expect 'a key' house vendor keys files-2026 5 --count 1 --output keys.csv
key=$(tail -n 1 vendor/keys.csv | cut -d, -f1)

carry house.vendor
expect 'the customer trusts the vendor' server vendor trust house.vendor --yes
expect 'online there is nobody' says 6 'by file' server activation online
expect 'a request' server activation request --output out.request
carry out.request
curl -sS --unix-socket vendor/house.sock -H 'Content-Type: text/plain' --data-binary @vendor/out.request \
    http://h/v1/activations >vendor/back.answer
carry back.answer
expect 'and its answer' says 0 'Activated until' server activation answer back.answer
expect 'the key, in the same way' server pack redeem "$key" --request keys.request
carry keys.request
curl -sS --unix-socket vendor/house.sock -H 'Content-Type: text/plain' --data-binary @vendor/keys.request \
    http://h/v1/activations >vendor/keys.answer
carry keys.answer
expect 'brings five CALs' says 0 'Packs installed' server activation answer keys.answer
expect 'of which none is given' gives 0 '.packs[0].free == 5' server pack list
finish
