#!/bin/bash
# Two license servers, four hosts, fifty logins a second; the first server is killed in the middle and comes
# back. No holder of a CAL is refused, no CAL goes beyond a pack, nobody is charged twice, and what the hosts
# decided alone is told.
# shellcheck disable=SC2016,SC2094,SC2317  # expect calls the functions; awk's own variables; a file's name is said
set -uo pipefail
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"
logins=${1:?the program that logs in}
hosts=(h1 h2 h3 h4)
rate=50
product=sql-1

at() { calm --server "unix:$desk/$1.sock" "${@:2}"; }

# NAME SEATS: a license server of the vendor's customer, at a port that it keeps.
license_server() {
    configure "$1"
    need start "$1"
    sed -i "s/^tls_port = 0/tls_port = $(sed -n 's|.*listening on https://127.0.0.1:||p' "$1.log" | head -n 1)/" "$1.toml"
    need answers 200 . "$1" PUT /v1/settings '{"initial_grace_days":0,"default_mode":"per_user"}'
    need at "$1" vendor trust vendor.vendor --yes
    need at "$1" product add $product --overuse refuse --initial-grace-days 0 --temporary-days 0
    need calm vendor pack $product "$2" --kind per_user --key vendor.key --passphrase-file passphrase \
        --output "$1.pack"
    need at "$1" pack add "$1.pack"
}

# HOST SERVER [OPTION]
enrol() {
    local port
    port=$(sed -n 's/^tls_port = //p' "$2.toml")
    at "$2" host token --json | jq -r .token >token
    need env "CALM_HOST_SOCKET=$desk/$1.sock" calm-hostd --config "$1.toml" enrol --token @token --name "$1" \
        --state-dir "$desk/$1" --server "https://127.0.0.1:$port" \
        --fingerprint "$(at "$2" status --json | jq -r .fingerprint)" "${@:3}"
}

status_of() { calm-hostd --config "$1.toml" status --json; }
status_has() { status_of "$1" | jq -e "$2" >/dev/null; }
# A host tells the same of each ledger that it is enrolled with; all but the first stand in `further`.
both_answer='[., .further[] | .servers[] | select(.answered)] | length == 2'
all_told='[., .further[] | .untold_decisions] == [0, 0]'

echo 'a passphrase for two servers' >passphrase
need calm vendor init 'Vendor of two' --output vendor --passphrase-file passphrase
license_server one 150
first=$server
license_server two 30
for host in "${hosts[@]}"; do
    enrol "$host" one
    enrol "$host" two --also
    calm-hostd --config "$host.toml" 2>"$host.log" &
    started+=("$!")
done
for host in "${hosts[@]}"; do
    expect "$host reaches both" until_true status_has "$host" "$both_answer"
done

# --- the logins: of five people one is new, the others have been at their host before
awk -v desk="$desk" 'BEGIN {
    srand(7)
    for (i = 1; i <= 1200; i++) {
        h = i % 4 + 1
        n = i % 5 == 0 || !people[h] ? ++people[h] : int(rand() * people[h]) + 1
        printf "%s/h%d.sock h%d-p%d\n", desk, h, h, n
    }
}' >plan
"$logins" "$product" $rate <plan >done.log &
load=$!
started+=("$load")
done_at_least() { [ "$(wc -l <done.log)" -ge "$1" ]; }

# NAME: of how many lonely decisions it was told since it started.
told() { curl -s --unix-socket "$desk/$1.sock" http://calmd/metrics | sed -n 's/^calm_offline_decisions //p'; }

until_true done_at_least 400
told_before=$(told one)
kill -KILL "$first" && wait "$first" 2>/dev/null
echo "the first server was killed after $(wc -l <done.log) logins"
until_true done_at_least 800
expect 'the first server starts again' start one
echo "the first server is back after $(wc -l <done.log) logins"
wait "$load"
expect 'every login has an answer' [ "$(wc -l <done.log)" -eq 1200 ]

# --- what the people saw
echo 'the reasons:'
awk '{ print $5 }' done.log | sort | uniq -c
expect 'the agents always answer' awk '$3 != "CALM_OK" { bad = 1; print } END { exit bad }' done.log
expect 'hosts have decided alone, too' grep -q ' offline_outage 1$' done.log
expect 'the second one admits on tokens of the first' grep -q ' cal_held_elsewhere 0$' done.log

# --- strangers come until neither has a CAL left. On a slow machine hosts decide alone in between.
refused_at_last() {
    local round
    for round in {1..30}; do
        for i in {1..40}; do echo "$desk/h$((i % 4 + 1)).sock h$((i % 4 + 1))-r$round-$i"; done |
            "$logins" "$product" 20 >strangers.log
        cat strangers.log >>done.log
        if grep -q ' 0 no_cal_available ' strangers.log; then return 0; fi
    done
    return 1
}
expect 'in the end strangers are refused' refused_at_last
expect 'no holder of a CAL is refused' awk '
    $4 == 0 && holds[$2] { bad = 1; print }
    $5 ~ /^(cal_issued|cal_held|cal_renewed|cal_held_elsewhere)$/ { holds[$2] = 1 }
    END { exit bad }' done.log

# --- what the hosts tell
for host in "${hosts[@]}"; do
    expect "$host reaches both again" until_true status_has "$host" "$both_answer"
    expect "$host has told all" until_true status_has "$host" "$all_told"
done
alone=$(cat h?.log | grep -cF '(no license server answered)')
told=$(($(told one) + $(told two) + told_before))
expect "what was decided alone is told, once ($alone, $told)" [ "$alone" -gt 0 -a "$alone" -eq "$told" ]

# --- what the ledgers say
# NAME: the holders of its live CALs.
holders() { at "$1" cal list --state active --limit 1000 --json | jq -r '.cals[].holder.name' | sort; }

# NAME: exports its log, and proves it.
read_ledger() {
    at "$1" audit export "$1.log.jsonl" >/dev/null 2>&1 && calm audit verify "$1.log.jsonl" --forget >/dev/null 2>&1
}
# NAME: the entries that gave a CAL.
given() { jq -c 'select(.entry == "cal_issued")' "$1.log.jsonl"; }
for each in one two; do
    expect "the log of $each proves itself" read_ledger $each
    seats=$(at $each pack list --json | jq '.packs[0].quantity')
    count=$(given $each | wc -l)
    expect "$each has given CALs, and none beyond its pack ($count of $seats)" \
        [ "$count" -gt 0 -a "$count" -le "$seats" ]
    holders $each >$each.holders
    expect "$each has given one to each, and none has ended" [ "$count" -eq "$(sort -u $each.holders | wc -l)" ]
done
expect 'nobody is charged by both' [ -z "$(comm -12 one.holders two.holders)" ]
expect 'who was told of a CAL has it' awk '
    NR == FNR { holds[$1] = 1; next }
    $5 ~ /^(cal_issued|cal_held|cal_renewed|cal_held_elsewhere)$/ && !holds[$2] { bad = 1; print }
    END { exit bad }' <(cat one.holders two.holders) done.log

# --- everybody who holds one comes until a server has said so
sort -u one.holders two.holders | sed -E "s|^(h[0-9])-.*|$desk/\1.sock &|" >plan
count=$(wc -l <plan)
for round in {1..60}; do
    [ -s plan ] || break
    "$logins" "$product" 20 <plan >again.log
    cat again.log >>all_again.log
    awk '$6 != 0 { print $1, $2 }' again.log >plan
done
expect "each of the $count holders is admitted, each time" awk '$4 == 0 { bad = 1; print } END { exit bad }' all_again.log
expect 'in the end by a server' [ ! -s plan ]
expect 'the one that gave the CAL, which is asked first' awk '
    $6 == 0 && $5 !~ /^cal_(held|renewed)$/ { bad = 1; print } END { exit bad }' all_again.log
for each in one two; do
    expect "and $each has given none for it" diff <(holders $each) $each.holders
done
finish
