#!/bin/bash
# An administrator's first days, by the command line alone: set up, buy, admit, be refused, look after,
# back up, restore. Exit codes and messages are what scripts and people rely on.
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/common.sh"
echo 'correct horse battery staple' >phrase
echo 'incorrect horse' >wrong
echo 'swordfish is the password' >password
port=$(free_port)

# --- set up
expect "without a server, init writes the settings and says how to start calmd" \
    says 6 "calmd --config $CALM_CONFIG" calm init --data data --socket calmd.sock --tls-address 127.0.0.1 \
    --tls-port "$port" --yes
expect "the data directory is private" [ "$(stat -c %a data)" = 700 ]
expect "nobody answers yet" says 6 'does not answer' calm status
start_server || exit 1
expect "init makes the owner" gives 0 '.account_made and (.password | length == 24)' calm init --yes
expect "init may be repeated" says 0 'exists already' calm init --yes
expect "a second calmd on the same data is refused" says 7 'in use' calmd --config "$CALM_CONFIG"
expect "status names the license server" \
    gives 0 '.license_server_id | test("^([0-9A-Z]{5}-){6}[0-9A-Z]{5}$")' calm status
expect "the doctor finds the directory private" \
    gives 0 '.checks | map(select(.check == "permissions"))[0].level == "good"' calm doctor
expect "the doctor reads the certificate" \
    gives 0 '.checks | map(select(.check == "certificate"))[0].level == "good"' calm doctor

# --- vendor and packs
expect "a vendor" says 0 'Contoso Ltd' calm vendor init 'Contoso Ltd' --output contoso --passphrase-file phrase
sign=(calm vendor pack --key contoso.key --passphrase-file phrase)
expect "a pack that brings its product" says 0 '' "${sign[@]}" sql-2012 2 --requires activated \
    --overuse refuse --temporary-days 0 --initial-grace-days 0 --output users.pack
expect "an expired pack" says 0 '' "${sign[@]}" sql-2012 5 --from 2019-01-01 --until 2019-12-31 --output old.pack
expect "a pack for tomorrow" says 0 '' "${sign[@]}" sql-2012 5 --from 2099-01-01 --output early.pack
expect "a wrong passphrase signs nothing" says 1 'passphrase is wrong' calm vendor pack sql-2012 2 \
    --key contoso.key --passphrase-file wrong --output no.pack
expect "and leaves nothing" [ ! -e no.pack ]
expect "a pack of a stranger" says 4 'unknown vendor' calm pack add users.pack
expect "trust wants the right fingerprint" says 1 'not the one you confirmed' calm vendor trust contoso.vendor --confirm 'abcd abcd'
expect "trust" says 0 'accepted from now on' calm vendor trust contoso.vendor --confirm \
    "$(calm vendor show contoso.vendor --json | jq -r .fingerprint)"
expect "an expired pack is refused" says 1 'expired' calm pack add old.pack
expect "a pack of a product that nobody defined is refused" says 3 "not defined here" calm pack add early.pack
sed '3s/./\U&/20; 3s/./\L&/21; 3s/A/B/; 3s/a/b/' users.pack >altered.pack
expect "an altered pack is refused" says 1 '' calm pack add altered.pack
expect "a pack" says 0 '2 CALs for sql-2012' calm pack add users.pack
expect "not twice" says 7 '' calm pack add users.pack
expect "the product came with it" gives 0 '.requires == "activated" and .overuse == "refuse"' \
    calm product show sql-2012

# --- admissions
expect "a host" enrol_host fs1
expect "a host's name is taken once" says 22 'host_name_taken' enrol_host fs1
ask=(calm admit sql-2012 --host fs1)
expect "anna is admitted" gives 0 '.verdict == "allow" and .reason == "cal_issued"' "${ask[@]}" --user anna
expect "and again, with the same CAL" gives 0 '.reason == "cal_held"' "${ask[@]}" --user anna
expect "bruno takes the last" gives 0 '.reason == "cal_issued"' "${ask[@]}" --user bruno
expect "chloe finds none" gives 5 '.verdict == "deny" and .reason == "no_cal_available"' "${ask[@]}" --user chloe
expect "and is told what to do, in French" says 5 'Que faire' "${ask[@]}" --user chloe --lang fr
expect "who was refused is counted" gives 0 \
    '.refusals | map([.user, .attempts, .host_name]) == [["chloe", 2, "fs1"]]' calm refusal list
expect "with what was the matter" says 0 'sql-2012  no_cal_available         2    1     1' calm refusal list --totals
expect "as far as somebody wants to know" says 0 'Nobody was refused' calm refusal list --product mail-1
expect "and a day that is none is told" says 2 'is not a day such as' calm refusal list --since yesterday
id=00112233445566778899aabbccddeeff
expect "anna leaves" gives 0 '.state == "returned"' calm cal release 1 --yes
expect "chloe takes her seat" gives 0 '.reason == "cal_issued"' "${ask[@]}" --user chloe --request-id $id
expect "the same question has the same answer" gives 0 '.reason == "cal_issued"' "${ask[@]}" --user chloe --request-id $id
expect "another question under that number is a conflict" says 7 '' "${ask[@]}" --user dora --request-id $id
expect "an unknown product" gives 3 '.reason == "product_unknown"' calm admit nothing-1 --user anna --host fs1
expect "a product that is not there, in French" says 3 "\`nothing-1\` n'est pas défini ici" \
    calm product show nothing-1 --lang fr
expect "and as JSON" says 3 "\"detail\":\"\`nothing-1\` n'est pas défini ici\"" \
    calm product show nothing-1 --lang fr --json
printf '[[product]]\nproduct = "x-1"\nprodct = 3\n' >mistyped.toml
expect "a mistyped field, by its line" says 2 "mistyped.toml:3 : \`prodct\` n'est pas un champ ici ; vouliez-vous dire \`product\` ?" \
    calm product import mistyped.toml --lang fr
printf '[[product]]\nproduct = "x-2"\nrequired = 3\n' >>mistyped.toml
expect "two mistakes, a line each" says_lines 2 "  mistyped.toml:[36]: .*" calm product import mistyped.toml
expect "a file that is not there" says 3 "\`missing.toml\` : ce fichier ou ce dossier n'existe pas" \
    calm product import missing.toml --lang fr
expect "an unknown host" says 3 '' calm admit sql-2012 --user anna --host fs9
expect "a name with control characters" says 2 '' "${ask[@]}" --user $'anna\x1b[2J'
expect "a name that is too long" says 2 '' "${ask[@]}" --user "$(printf 'x%.0s' {1..300})"
expect "who holds what" gives 0 '[.cals[].holder.name] == ["bruno", "chloe"]' calm cal list --state active
expect "a CAL that never was" says 3 '' calm cal show 99
expect "no CAL is revoked without a reason" says 2 'because' calm cal revoke 2 --yes
expect "nor for one that is none" says 2 'because' calm cal revoke 2 --because whim --yes
expect "a user's CAL is not revoked" says 4 '' calm cal revoke 2 --because lost --yes
# shellcheck disable=SC2094  # the word and the file are two things
calm cal token 2 >token
expect "a CAL's token is sound without the server" says 0 'sound' calm-token-verify --vendor contoso.vendor token
expect "the doctor sees the pool full" \
    gives 1 '.checks | map(select(.check == "pool"))[0].level == "bad"' calm doctor
expect "a pack in use stays" says 7 '' calm pack remove 1 --yes

# --- somebody else, over the network
expect "an operator" says 0 '' calm account add otto --role operator --password-file password
expect "an account is made once" says 7 '' calm account add otto --role operator --password-file password
print=$(calm status --json | jq -r .fingerprint)
export CALM_SERVER=https://127.0.0.1:$port
expect "a stranger's certificate is not believed" says 6 "$print" calm status
expect "not without asking" says 2 "$print" calm login --account otto --password-file password
expect "a wrong password" says 4 '' calm login --account otto --password-file wrong --fingerprint "$print"
expect "the operator signs in" says 0 'operator' calm login --account otto --password-file password --yes
expect "and sees the status" gives 0 '.issuing' calm status
expect "but may not make accounts" says 4 '' calm account list
expect "nor read the log" says 4 '' calm audit verify
expect "another certificate than the pinned one is refused" says 6 'not the expected one' \
    calm status --fingerprint "$(printf 'ab%.0s' {1..32})"
# --- an own password, and another role
printf 'tomorrow, a battery horse\n' >new-password
expect "not with another one than one's own" says 4 '' calm account password --password-file wrong --new-password-file new-password
expect "the own password is changed" says 0 '' calm account password --password-file password --new-password-file new-password
expect "and this session goes on" gives 0 '.issuing' calm status
expect "an operator gives nobody a role" says 4 '' calm account role otto owner
owner=(calm --server "unix:$desk/calmd.sock")
expect "an owner does" says 0 'auditor' "${owner[@]}" account role otto auditor
expect "which counts at once" says 0 '' calm audit verify
expect "and who it was is kept" gives 0 '.accounts[] | select(.account == "otto") | .role_changed_at != null' "${owner[@]}" account list
expect "back again" says 0 'operator' "${owner[@]}" account role otto operator
expect "no more now" says 4 '' calm audit verify
expect "what is no role" says 2 '' "${owner[@]}" account role otto king
expect "and the old password again" says 0 '' calm account password --password-file new-password --new-password-file password
# --- a second step at sign-in
secret=$(calm account add-factor --password-file password --json | jq -r .secret)
expect "a wrong code turns nothing on" says 4 '' calm account add-factor --code 000000
expect "the first code brings ten to keep on paper" gives 0 '.recovery_codes | length == 10' \
    calm account add-factor --code "$(totp "$secret")"
expect "the operator signs out" says 0 '' calm logout
expect "and is nobody" says 4 '' calm status
expect "the password is not enough" says 2 '--code' calm login --account otto --password-file password
code=$(totp "$secret" 1)
expect "with a code it is" says 0 'operator' calm login --account otto --password-file password --code "$code"
expect "which counts once" says 4 'code' calm login --account otto --password-file password --code "$code"
expect "an operator helps nobody out" says 4 '' calm account remove-factor otto --yes
expect "the operator signs out again" says 0 '' calm logout
expect "the owner does" says 0 'off' calm --server "unix:$desk/calmd.sock" account remove-factor otto --yes
calm --server "unix:$desk/calmd.sock" audit export removed.jsonl 2>/dev/null
expect "the log says so, and names nobody" jq -es 'any(.entry == "second_factor_removed" and has("account"))' removed.jsonl
expect "the password is enough again" says 0 'operator' calm login --account otto --password-file password
expect "and out" says 0 '' calm logout
export CALM_SERVER=unix:$desk/calmd.sock
token=$(calm account token otto --valid-for 1h)
expect "a token acts as the account" says 4 '' calm account list --token "$token"

# --- the log
expect "the log proves itself" gives 0 '.verified' calm audit verify
expect "an exported one without the server" says 0 'Everything fits' bash -c 'calm audit export log.jsonl && calm audit verify log.jsonl'
expect "jq reads it" jq -es 'map(select(.entry == "cal_issued")) | length == 3' log.jsonl
expect "no name is in it" bash -c '! grep -E "anna|bruno|chloe|fs1|otto" log.jsonl'
sed '5s/2/3/' log.jsonl >bad.jsonl
expect "a changed one does not" says 1 '' calm audit verify bad.jsonl
expect "bruno's data" gives 0 '.name == "bruno" and (.cals | length == 1)' calm subject export user bruno
expect "nobody is forgotten without a reason" says 2 'because' calm subject erase user bruno --yes
expect "bruno is forgotten" says 0 'forgotten' calm subject erase user bruno --because left --yes
calm audit export erased.jsonl 2>/dev/null
expect "the log keeps the reason" jq -es 'any(.entry == "subject_erased" and .why == "left")' erased.jsonl
expect "for good" says 3 '' calm subject export user bruno
expect "whom nobody ever let in is known by what was refused" gives 3 '.reason' calm admit nothing-1 --user hugo --host fs1
expect "and told so" gives 0 '.subject == 0 and (.refusals | length == 1)' calm subject export user hugo
expect "and forgotten" says 0 'only ever refused' calm subject erase user hugo --because requested --yes
expect "without a trace" says 3 '' calm subject export user hugo
expect "and the log still proves itself" gives 0 '.verified' calm audit verify

# --- an edition that is sold by core only, in packs of two
expect "a product says how it is sold" \
    gives 0 '.pack_kinds == ["core"] and .administrators_max == 3 and .cal_pack_sizes == []' \
    calm product add cluster-1 --requires trusted --server-license yes --pack-kind core --core-pack 2 --administrators-max 3
expect "what contradicts itself is refused" says 2 'pack_kinds' calm product set cluster-1 --cal-pack-size 5
expect "a pack of another kind is refused, and it says which there are" \
    says 1 'packs of the kind core' calm pack declare cluster-1 5 --kind per_user
expect "one of its own kind is not" says 0 '' calm pack declare cluster-1 4 --kind core
expect "every kind again, and sizes" \
    gives 0 '.pack_kinds == [] and .cal_pack_sizes == [5, 20]' \
    calm product set cluster-1 --pack-kind any --cal-pack-size 5 --cal-pack-size 20
expect "a size that is not sold" says 1 'packs of 5 or 20' calm pack declare cluster-1 10 --kind per_user
expect "is no size at all" says 2 'cal_pack_sizes' calm product set cluster-1 --cal-pack-size five
expect "it is shown with all of it" says 0 'cal_pack_sizes             5, 20' calm product show cluster-1
expect "any size again" gives 0 '.cal_pack_sizes == []' calm product set cluster-1 --cal-pack-size 0

# --- backup and restore
expect "a backup" says 0 'verified' calm backup backup.db
expect "is not overwritten" says 7 '' calm backup backup.db
expect "plain tables" says 0 '' calm export sqlite plain.db
expect "with what each pack covers" says 0 'a pack of sql-2012' sqlite3 plain.db \
    'SELECT "a pack of " || product FROM pack JOIN pack_covers USING (pack, product) WHERE metric = "named"'
# What was refused is written every few seconds.
# shellcheck disable=SC2317  # expect calls it
exported_refusals() {
    local i
    for ((i = 0; i < 600; i++)); do
        rm -f refused.db && calm export sqlite refused.db >/dev/null 2>&1 || return 1
        sqlite3 refused.db 'SELECT user, host, reason, attempts FROM refused WHERE user = "chloe"' >rows
        grep -qx 'chloe|fs1|no_cal_available|2' rows && return 0
        sleep 0.1
    done
    cat rows
    return 1
}
expect "and who was refused" exported_refusals
expect "restore stops while calmd runs" says 7 'in use' calm restore backup.db
calm product add later-1 --requires none >/dev/null
calm audit verify >/dev/null 2>&1
expect "calmd ends clean" stop_server
expect "restore stops over a database" says 7 '' calm restore backup.db
mv data lost && mkdir -m 700 data && cp lost/tls.* data
head -c 20000 backup.db >half.db
expect "half a backup is refused" says 1 '' calm restore half.db
expect "a restore" says 0 'new epoch' calm restore backup.db
start_server || exit 1
expect "it begins a new epoch" gives 0 '.epoch == 1' calm status
expect "what came after the backup is gone" says 3 '' calm product show later-1
expect "who verifies is told" says 0 'restored' calm audit verify
expect "chloe still has her CAL" gives 0 '.reason == "cal_held"' "${ask[@]}" --user chloe
expect "calmd ends clean again" stop_server
start_server || exit 1
expect "and no further epoch begins" gives 0 '.epoch == 1' calm status
finish
