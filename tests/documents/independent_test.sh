#!/bin/bash
# What docs/internals describes is enough to verify its examples with openssl, sha256sum and jq alone:
# signatures, the Merkle tree of the log, the commitment and the CAL token.
set -uo pipefail
for tool in openssl jq sha256sum base64 xxd; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
# shellcheck source=tests/documents/page.sh
source "$(dirname "$0")/page.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Bytes of base64url text on standard input.
unbase64url() {
    local text
    text=$(tr -d '\n' | tr '_-' '/+')
    while [ $((${#text} % 4)) -ne 0 ]; do text+='='; done
    base64 -d <<<"$text"
}
base64url() { base64 -w0 | tr '/+' '_-' | tr -d '='; }
unhex() { xxd -r -p; }
sha256() { sha256sum | cut -d' ' -f1; }

# NUMBER: its 8 bytes, lowest first.
le64() {
    local value=$1 i
    # shellcheck disable=SC2059  # the format is the byte
    for i in 1 2 3 4 5 6 7 8; do
        printf "\\x$(printf %02x $((value & 255)))"
        value=$((value >> 8))
    done
}
pae() {
    le64 $#
    local file
    for file in "$@"; do
        le64 "$(stat -c %s "$file")"
        cat "$file"
    done
}

# Writes an Ed25519 public key (base64url) as the DER file that openssl reads (RFC 8410).
der_of() { { unhex <<<302a300506032b6570032100; unbase64url <<<"$1"; } >"$2"; }

# KIND KEY PAYLOAD-AND-SIGNATURE-FILE: verifies as docs/internals/documents.md says.
verify() {
    local kind=$1 key=$2 body=$3 size
    size=$(stat -c %s "$body")
    printf 'v4.public.' >"$scratch/header"
    head -c $((size - 64)) "$body" >"$scratch/payload"
    tail -c 64 "$body" >"$scratch/signature"
    printf '{"kid":"%s"}' "$(unbase64url <<<"$key" | sha256 | cut -c1-16)" >"$scratch/footer"
    printf '%s' "$kind" >"$scratch/kind"
    pae "$scratch/header" "$scratch/payload" "$scratch/footer" "$scratch/kind" >"$scratch/signed"
    der_of "$key" "$scratch/key.der"
    openssl pkeyutl -verify -pubin -inkey "$scratch/key.der" -keyform DER -rawin \
        -in "$scratch/signed" -sigfile "$scratch/signature" >/dev/null 2>&1
}

# A document in armour: its body in $scratch/body, its footer in $scratch/stated_footer.
take_armoured() {
    local token
    token=$(block "$1" | grep -v '^-----' | tr -d '\n')
    token=${token#v4.public.}
    unbase64url <<<"${token%%.*}" >"$scratch/body"
    unbase64url <<<"${token#*.}" >"$scratch/stated_footer"
}

vendor_key=$(block 'json vendor' | jq -r .key)
for kind in vendor key-pack; do
    name=${kind#key-}
    take_armoured "text $name"
    expect "the signature of the $name" verify "calm.$kind.v1" "$vendor_key" "$scratch/body"
    expect "the payload of the $name" cmp -s "$scratch/payload" <(block "json $name" | tr -d '\n')
    expect "the footer of the $name" cmp -s "$scratch/footer" "$scratch/stated_footer"
    expect "the $name is no tree head" eval "! verify calm.tree-head.v1 $vendor_key $scratch/body"
done
expect "the fingerprint" test \
    "$(block 'text fingerprint' | tr -d ' \n')" = "$(unbase64url <<<"$vendor_key" | sha256)"

# The Merkle tree: leaves, then pairs; what has no partner goes up as it is.
mapfile -t hashes < <(block 'jsonl log' | while IFS= read -r line; do printf '\0%s' "$line" | sha256; done)
node() { { printf '\1'; unhex <<<"$1"; unhex <<<"$2"; } | sha256; }
leaves=("${hashes[@]}")
while [ ${#hashes[@]} -gt 1 ]; do
    next=()
    for ((i = 0; i < ${#hashes[@]}; i += 2)); do
        if [ $((i + 1)) -lt ${#hashes[@]} ]; then
            next+=("$(node "${hashes[i]}" "${hashes[i + 1]}")")
        else
            next+=("${hashes[i]}")
        fi
    done
    hashes=("${next[@]}")
done
expect "the log has 7 lines" test "${#leaves[@]}" -eq 7
expect "the root of the log" test "${hashes[0]}" = "$(block 'text root')"
expect "the root in the tree head" test "${hashes[0]}" = "$(block 'json tree-head' | jq -r .root)"

# The CAL token, part by part.
IFS=. read -r -a part < <(block 'text cal-token' | tr -d '\n')
expect "a token has nine parts" test "${#part[@]}" -eq 9
unbase64url <<<"${part[2]}" >"$scratch/certificate"
expect "the certificate" verify calm.node-certificate.v1 "${part[1]}" "$scratch/certificate"
node_key=$(jq -r .node <"$scratch/payload")
unbase64url <<<"${part[3]}" >"$scratch/head"
expect "the tree head" verify calm.tree-head.v1 "$node_key" "$scratch/head"
expect "its root" test "$(jq -r .root <"$scratch/payload")" = "${hashes[0]}"
unbase64url <<<"${part[8]}" >"$scratch/pack"
expect "the pack" verify calm.key-pack.v1 "$vendor_key" "$scratch/pack"

cal=$(unbase64url <<<"${part[4]}")
subject=$(unbase64url <<<"${part[5]}")
expect "the CAL's holder" test "$(jq .holder <<<"$cal")" = "$(jq .subject <<<"$subject")"
unbase64url <<<"${part[6]}" >"$scratch/opening"
expect "the holder's name" test "$(tail -c +17 "$scratch/opening")" = anna
commitment=$({ head -c 16 "$scratch/opening"; printf 'user\0'; tail -c +17 "$scratch/opening"; } | sha256)
expect "the commitment" test "$commitment" = "$(jq -r .commitment <<<"$subject")"

# Leaves 5 and 6 of 7: 5 takes 4 from the proof, 6 has no partner; then they meet, and take 0 to 3.
proof=$(unbase64url <<<"${part[7]}" | xxd -p -c 32)
mapfile -t sibling <<<"$proof"
meeting=$(node "$(node "${sibling[0]}" "${leaves[5]}")" "${leaves[6]}")
expect "the proof has two hashes" test "${#sibling[@]}" -eq 2
expect "the proof" test "$(node "${sibling[1]}" "$meeting")" = "${hashes[0]}"
expect "a part encodes to itself" test "$(base64url <"$scratch/opening")" = "${part[6]}"

finish
