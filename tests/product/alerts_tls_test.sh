#!/bin/bash
# Alerts to mail servers and webhooks that want TLS and a sign-in, of an authority of one's own; and to such
# that are not to be trusted: nothing goes there, and it is said why.
# shellcheck disable=SC2016,SC2317  # the $... are jq's; expect calls the functions
set -uo pipefail
receivers=$(cd "$(dirname "$0")" && pwd)/receivers.py
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"
if ! command -v python3 >/dev/null; then
    echo "python3 is not installed; scripts/setup test installs it"
    exit 77
fi

# NAME: an authority. AUTHORITY NAME HOST [DAY…]: a certificate of it for HOST, with its key, in NAME.pem.
authority() {
    need openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" \
        -keyout "$1.key" -out "$1.crt"
}
certificate() {
    need openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" -keyout "$2.key" -out "$2.csr"
    echo "subjectAltName=$3" >"$2.ext"
    need openssl x509 -req -in "$2.csr" -CA "$1.crt" -CAkey "$1.key" -CAcreateserial -extfile "$2.ext" -out "$2.crt" "${@:4}"
    cat "$2.crt" "$2.key" >"$2.pem"
}
authority own
authority strange
certificate own good IP:127.0.0.1 -days 20
certificate own elsewhere DNS:mail.example.org -days 20
certificate own ended IP:127.0.0.1 -days 0
certificate strange unknown IP:127.0.0.1 -days 20

mkdir received
python3 "$receivers" received calm 'five words that fit' starttls=starttls:good.pem tls=tls:good.pem bare=bare: \
    https=https:good.pem mail_unknown=starttls:unknown.pem mail_elsewhere=tls:elsewhere.pem \
    web_unknown=https:unknown.pem web_elsewhere=https:elsewhere.pem web_ended=https:ended.pem &
started+=($!)
expect "they listen" until_true test -e received/ports || exit 1
port() { sed -n "s/^$1 //p" received/ports; }
echo 'five words that fit' >password
echo 'five words that do not' >wrong
echo 'a secret of many letters' >secret
chmod 600 password wrong secret

# MAIL SECURITY WEB [LINE…]: tells the mail server MAIL and the webhook WEB from now on.
tell() {
    configure calm '[webhook]' "urls = [\"https://127.0.0.1:$(port "$3")/hook\"]" "secret_file = \"$desk/secret\"" \
        "ca_file = \"$desk/own.crt\"" '[mail]' "server = \"127.0.0.1:$(port "$1")\"" "security = \"$2\"" \
        'from = "calm@example.org"' 'to = ["anna@example.org"]' "${@:4}"
    start calm
}
signed_in=('account = "calm"' "password_file = \"$desk/password\"" "ca_file = \"$desk/own.crt\"")
export CALM_SERVER=unix:$desk/calm.sock
# FILTER: what `calm alert test` says of $mail and $web.
outcome() {
    calm alert test --json >outcome.json 2>outcome.log
    jq -e "(.receivers[] | select(.receiver == \"mail\")) as \$mail |
        (.receivers[] | select(.receiver != \"mail\")) as \$web | $1" outcome.json >/dev/null && return
    cat outcome.json outcome.log
    return 1
}
# NAME: took nothing.
got_nothing() { [ -z "$(compgen -G "received/$1-[0-9]*")" ]; }

# --- receivers that are what they should be
expect "it starts" tell starttls starttls https "${signed_in[@]}" || exit 1
expect "it is furnished" furnish calm
expect "a product" answers 201 . calm POST /v1/products '{"product":"files-1","requires":"trusted"}'
expect "with a seat" answers 201 . calm POST /v1/packs \
    '{"declared":{"product":"files-1","kind":"per_user","quantity":1}}'
expect "it is taken" admits 200 '.reason == "cal_issued"' calm files-1 user anna
expect "a mail arrives" until_true test -e received/starttls-1
expect "under TLS, signed in" grep -q '^# TLSv1.[23] signed in as calm$' received/starttls-1
expect "to the right one" grep -qx 'RCPT TO:<anna@example.org>' received/starttls-1
sed '1,/^Content-Transfer/d' received/starttls-1 | tr -d '\r\n' | base64 -d >mail
expect "it says what is so" grep -qF 'All seats per user of files-1 are used: 1 of 1.' mail
expect "the password stands in no file of the receiver" not grep -rqF 'five words' received
expect "the webhook is called" until_true test -e received/https-1
expect "under TLS" grep -q '^# TLSv1.[23]$' received/https-1
expect "with the alert" bash -c 'tail -n 1 received/https-1 | jq -e ".alerts[0].kind == \"pool_filling\"" >/dev/null'
expect "the server knows" until_true answers 200 '.deliveries | all(.state == "sent")' calm GET /v1/alerts/1
expect "nobody was refused" not compgen -G 'received/*.refused'
expect "it ends" ends 0 "$server"
expect "TLS from the first byte" tell tls tls https "${signed_in[@]}"
expect "a test reaches both" outcome '$mail.sent and $web.sent'
expect "signed in" grep -q '^# TLSv1.[23] signed in as calm$' received/tls-1
expect "it ends" ends 0 "$server"

# --- receivers that are not
# WHAT MAIL SECURITY WEB MAIL-WHY WEB-WHY [LINE…]: neither gets anything, and calm says why.
refused() {
    local what=$1 mail=$2 web=$4
    expect "$what: it starts" tell "$mail" "$3" "$web" "${@:7}"
    expect "$what: it is said" outcome "(\$mail.why | test(\"$5\")) and (\$web.why | test(\"$6\"))"
    expect "$what: calm ends so" not calm alert test
    expect "$what: no mail went there" got_nothing "$mail"
    expect "$what: the webhook neither" got_nothing "$web"
    expect "$what: it ends" ends 0 "$server"
}
untrusted='^its certificate is not trusted: '
refused "an authority nobody knows" mail_unknown starttls web_unknown "$untrusted.*issuer" "$untrusted.*issuer" "${signed_in[@]}"
refused "a certificate for another name" mail_elsewhere tls web_elsewhere "$untrusted.*name" "$untrusted.*name" "${signed_in[@]}"
refused "no TLS there, and a certificate that ended" bare starttls web_ended '^it offers no TLS: ' "$untrusted.*expired" "${signed_in[@]}"
rm received/starttls-*
expect "a wrong password" tell starttls starttls https "${signed_in[@]/$desk\/password/$desk/wrong}"
expect "it is said" outcome '$mail.why | test("^it does not accept the account and its password: ")'
expect "no mail went there" got_nothing starttls
expect "the webhook got its own" jq -e '.receivers[] | select(.receiver != "mail") | .sent' outcome.json
expect "it ends" ends 0 "$server"
expect "no account" tell starttls starttls https "ca_file = \"$desk/own.crt\""
expect "it is said" outcome '$mail.why | test("530")'
expect "no mail went there" got_nothing starttls
expect "it ends" ends 0 "$server"
finish
