#!/bin/bash
# calm-token-verify on the token and the vendor document that docs/internals/documents.md shows.
set -uo pipefail
# shellcheck source=tests/documents/page.sh
source "$(dirname "$0")/page.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program=${CALM_BIN:?}/calm-token-verify
block 'text vendor' >"$scratch/contoso.vendor"
block 'text cal-token' | tr -d '\n' >"$scratch/anna.token"
echo >>"$scratch/anna.token"
ledger=$(block 'json tree-head' | sed 's/.*"ledger":"\([^"]*\)".*/\1/')
now=2026-12-24T18:00:00Z

# STATUS TEXT ARGUMENT...: the program ends with this status, and says this.
says() {
    local status=$1 text=$2 out got
    shift 2
    out=$("$program" "$@" 2>&1)
    got=$?
    if [ "$got" -eq "$status" ] && grep -qF -- "$text" <<<"$out"; then return 0; fi
    echo "$* ended with $got, not $status, and said: $out"
    return 1
}
verify=(--vendor "$scratch/contoso.vendor" --at "$now" "$scratch/anna.token")

expect "a sound token" says 0 'sound: active CAL 1' "${verify[@]}"
expect "who holds it" says 0 'holder          anna (user)' "${verify[@]}"
expect "until when" says 0 'valid until     2027-01-20T18:24:21Z' "${verify[@]}"
expect "whose pack" says 0 '50 CALs of Contoso, bound to no license server' "${verify[@]}"
expect "as JSON" says 0 '"holder":"anna","holder_kind":"user","product":"sql-2012"' --json "${verify[@]}"
expect "by the license server alone" says 0 'none that a vendor you trust has signed' \
    --ledger "$ledger" --at "$now" "$scratch/anna.token"
expect "from standard input" says 0 'sound' --ledger "$ledger" --at "$now" - <"$scratch/anna.token"

expect "an expired one" says 5 'the CAL has expired: it was valid until 2027-01-20T18:24:21Z' \
    --vendor "$scratch/contoso.vendor" --at 2027-01-20T18:24:21Z "$scratch/anna.token"
expect "one from the future" says 5 'the CAL was issued in the future' \
    --vendor "$scratch/contoso.vendor" --at 2025-01-20T18:24:21Z "$scratch/anna.token"
expect "a stranger's license server" says 4 'nobody you trust stands behind this CAL' \
    --ledger 3PP6G-KJHE8-ZTD8G-XC4JD-8JFB2-VVYBT-GW3PV --at "$now" "$scratch/anna.token"
expect "the same as JSON" says 4 '{"sound":false,"code":"cal_token_untrusted"}' \
    --ledger 3PP6G-KJHE8-ZTD8G-XC4JD-8JFB2-VVYBT-GW3PV --at "$now" --json "$scratch/anna.token"

sed 's/AGFubmE\./AG90dG8./' "$scratch/anna.token" >"$scratch/otto.token"
expect "another name" says 1 "the token was altered: the holder's name is not the one in the log" \
    --vendor "$scratch/contoso.vendor" --at "$now" "$scratch/otto.token"
head -c 600 "$scratch/anna.token" >"$scratch/cut.token"
expect "half a token" says 1 'the token cannot be read' \
    --vendor "$scratch/contoso.vendor" --at "$now" "$scratch/cut.token"
sed 's/^eyJ/eyK/; s/^b8V/b9V/' "$scratch/contoso.vendor" >"$scratch/altered.vendor"
expect "an altered vendor document" says 1 'altered.vendor' \
    --vendor "$scratch/altered.vendor" --at "$now" "$scratch/anna.token"
expect "no such file" says 3 'cannot read' --vendor "$scratch/contoso.vendor" "$scratch/no_such.token"
expect "no such vendor file" says 3 'cannot read' --vendor "$scratch/no_such.vendor" "$scratch/anna.token"
expect "nobody to trust" says 2 'Usage:' "$scratch/anna.token"
expect "an unknown option" says 2 'is no option' --vend x "$scratch/anna.token"
expect "a wrong id" says 2 'group 1' --ledger "9${ledger:1}" "$scratch/anna.token"
expect "a wrong time" says 2 '--at: ' --at yesterday "$scratch/anna.token"
expect "help" says 0 'Example: calm-token-verify' --help

finish
