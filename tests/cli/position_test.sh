#!/bin/bash
# The position of a real license server: counted, listed, written as signed files, and those verified without
# the server; then altered by one byte and refused.
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/common.sh"
echo 'swordfish is the password' >password
cat >calmd.toml <<TOML
[data]
directory = "$desk/data"
reserve_mib = 0
[listen]
socket = "$desk/calmd.sock"
tls_address = "127.0.0.1"
tls_port = $(free_port)
TOML
export CALM_SERVER=unix:$desk/calmd.sock
start_server || exit 1

# --- somebody tracks a mail server: 2 CALs entered by hand, 3 people
expect "a product" says 0 '' calm product add exchange-2010 --requires trusted
expect "nothing yet" says 0 'Nothing is required' calm position
expect "CALs entered by hand" says 0 '' calm pack declare exchange-2010 2 --kind per_user
expect "a host" enrol_host mail
for user in anna bruno '=chloe'; do
    expect "$user is admitted" gives 0 '.verdict == "allow"' calm admit exchange-2010 --host mail --user "$user"
done
expect "3 required, 2 owned, 1 short" gives 0 \
    '.rows == [.rows[0]] and (.rows[0] | .required == 3 and .owned == 2 and .declared == 2 and .short == 1 and .spare == 0)' \
    calm position
expect "and who" says 0 'exchange-2010 per_user: 3 users, 2 CALs, 1 missing:' calm position exchange-2010
expect "by name" says 0 '=chloe' calm position
expect "in French" says 0 'il en manque 1' calm position --lang fr
expect "an unknown product" says 3 '' calm position nothing-1
expect "a day before there was anything" says 2 '' calm position --at 2020-01-01
expect "a day to come" says 2 '' calm position --at 2099-01-01

# --- the auditor fetches the reports
expect "an auditor" says 0 '' calm account add auditor.a --role auditor --password-file password
expect "and an operator" says 0 '' calm account add operator.o --role operator --password-file password
auditor=$(calm account token auditor.a --json | jq -r .token)
operator=$(calm account token operator.o --json | jq -r .token)
id=$(calm status --json | jq -r .license_server_id)
expect "the operator makes no report" says 4 '' calm --token "$operator" position --csv no.csv
expect "and none is left behind" [ ! -e no.csv ]
expect "the auditor does" says 0 'position.pdf.sig' calm --token "$auditor" position --csv position.csv --pdf position.pdf
expect "in French too" says 0 '' calm --token "$auditor" position --pdf fr.pdf --csv fr.csv --lang fr
expect "no file is overwritten" says 7 '' calm --token "$auditor" position --csv position.csv
expect "the CSV holds the numbers" grep -q '^position,exchange-2010,trusted,per_user,3,3,0,0,2,2,2,1,' position.csv
expect "and no formula" grep -qF "\"'=chloe\"" position.csv
expect "its titles are French in French" grep -q 'Manquantes' fr.csv
expect "the PDF is one" [ "$(head -c 5 position.pdf)" = %PDF- ]
if command -v pdftotext >/dev/null; then
    expect "it says who" grep -qF '=chloe' <(pdftotext position.pdf -)
    expect "and how many" grep -qF '3 users, 2 CALs, 1 missing' <(pdftotext position.pdf -)
    expect "with page numbers, in French" grep -qF 'Page 1 sur 1' <(pdftotext fr.pdf -)
fi

# --- anyone verifies, without the server
expect "calmd ends clean" stop_server
for file in position.csv position.pdf fr.csv fr.pdf; do
    expect "$file is sound" says 0 'exactly these bytes' calm report verify "$file" --server-id "$id"
done
expect "what it states" gives 0 ".verified and .license_server_id == \"$id\" and .entries > 5" \
    calm report verify position.csv --server-id "$id"
expect "the id may be typed without hyphens" says 0 '' calm report verify position.csv --server-id "${id//-/}"
expect "without an id nobody is trusted" says 1 "signed by the license server" calm report verify position.csv
other=$(tr 'A-Y' 'B-Z' <<<"$id")
expect "another id is another server, or none" [ "$(calm report verify position.csv --server-id "$other" >/dev/null 2>&1; echo $?)" != 0 ]
expect "the other file's signature does not fit" says 1 'altered' \
    calm report verify position.csv --signature position.pdf.sig --server-id "$id"

# FILE AT: one bit of the byte at AT.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N1 "$1")
    # shellcheck disable=SC2059  # an octal escape
    printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
for file in position.csv position.pdf; do
    size=$(stat -c %s "$file")
    for at in 0 $((size / 2)) $((size - 1)); do
        cp "$file" altered
        flip altered "$at"
        expect "$file with another byte at $at is refused" says 1 'altered' \
            calm report verify altered --signature "$file.sig" --server-id "$id"
    done
done
sed -E '3s/^(.{19})A/\1B/; t; 3s/^(.{19})./\1A/' position.csv.sig >altered.sig
expect "an altered signature is refused" [ "$(calm report verify position.csv --signature altered.sig --server-id "$id" >/dev/null 2>&1; echo $?)" = 1 ]

# --- whoever has verified the log knows the server by it
start_server || exit 1
expect "the log is verified" says 0 '' calm audit verify
expect "then its reports are known" says 0 'exactly these bytes' calm report verify position.csv
expect "calmd ends clean" stop_server
finish
