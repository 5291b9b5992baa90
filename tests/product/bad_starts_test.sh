#!/bin/bash
# What an administrator meets when calmd is started wrongly or in a bad place: each has its own message
# and exit status, and nothing is lost.
# shellcheck disable=SC2016  # the `...` are what calmd says
set -uo pipefail
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"

# --- a license server with one CAL, which is what may not be lost
configure calm
expect "it starts" start calm || exit 1
expect "a product that is counted" answers 201 '.product == "mail-1"' calm POST /v1/products \
    '{"product":"mail-1","requires":"trusted"}'
expect "seats" answers 201 '.quantity == 50' calm POST /v1/packs \
    '{"declared":{"product":"mail-1","kind":"per_user","quantity":50}}'
expect "no grace" answers 200 '.initial_grace_days == 0' calm PUT /v1/settings \
    '{"initial_grace_days":0,"default_mode":"per_user"}'
token=$(ask calm POST /v1/hosts/tokens '{}' | head -n -1 | jq -r .token)
key=$(printf 'ab%.0s' {1..32})
expect "a host" answers 201 '.host == 1' calm POST /v1/hosts \
    "{\"token\":\"$token\",\"name\":\"fs1\",\"public_key\":\"$key\"}"
anna='{"product":"mail-1","user":"anna","host":1}'
expect "anna is admitted" answers 200 '.reason == "cal_issued"' calm POST /v1/admissions "$anna"
knowledge calm >before
# shellcheck disable=SC2317  # expect calls it
same_as_before() { knowledge "$1" | diff before -; }

# --- what is taken already
expect "a second calmd on the same data is refused" refuses 7 "is in use by process $server" calm
expect "and told what to do" grep -q 'What to do: Stop the other one' refusal
configure elsewhere
sed -i "s|^socket.*|socket = \"$desk/calm.sock\"|" elsewhere.toml
expect "a socket in use" refuses 7 'calm.sock` is served by another process' elsewhere
port=$(sed -n 's|.*listening on https://127.0.0.1:||p' calm.log)
configure elsewhere
sed -i "s/^tls_port.*/tls_port = $port/" elsewhere.toml
expect "a port in use" refuses 7 "\`127.0.0.1\` port $port: Address already in use" elsewhere
spoken=fr_FR.UTF-8 expect "the same in French" refuses 7 "Arrêtez l'autre processus" elsewhere
expect "nobody noticed" same_as_before calm
expect "it ends clean" ends 0 "$server"

# --- settings
# LINE...: settings.toml is that of the license server and these lines.
settings() {
    configure settings "$@"
    sed -i "s|^directory.*|directory = \"$desk/calm\"|" settings.toml
}
settings 'tls_prot = 7443'
expect "a key that means nothing, with what was meant" \
    refuses 2 'line 8: `listen.tls_prot` is no setting; did you mean `listen.tls_port`?' settings
spoken=fr_FR.UTF-8 expect "the same in French" refuses 2 'Corrigez la clé que le message nomme' settings
settings 'plain_port = 70000'
expect "a value out of its range" \
    refuses 2 'line 8: `listen.plain_port`: `70000` is not a whole number from 0 to 65535' settings
settings 'plain_address = "0.0.0.0"'
expect "HTTP without TLS for everybody" refuses 1 '`0.0.0.0` needs TLS' settings
settings 'plain_address = "localhost"'
expect "a name for an address" refuses 1 '`localhost` is not an IPv4 or IPv6 address' settings
settings 'plain_port = '
expect "what is not TOML" refuses 2 'settings.toml: line 8: ' settings
expect "settings that are not there" refuses 2 '`nowhere.toml` cannot be read' nowhere

# --- a directory that is none. The superuser may write everywhere, but not below a file.
configure elsewhere
touch file
sed -i "s|^directory.*|directory = \"$desk/file/below\"|" elsewhere.toml
expect "a data directory that cannot be made" refuses 4 'file/below` cannot be made: Not a directory' elsewhere
expect "and what to do about it" grep -q 'What to do: Create the directory and make it' refusal

# --- a database that is another one. Each is tried on a copy.
# NAME: a copy of the stopped license server under this name.
copy() {
    rm -rf "$1" && cp -r calm "$1" && configure "$1"
}
sql() { sqlite3 "$1/ledger.db" "$2"; }
copy newer
sql newer 'PRAGMA user_version = 99'
expect "a database of a newer version" refuses 1 'it has form 99; this program knows' newer
expect "and what to do with it" grep -q 'What to do: Install that version again' refusal
expect "it stays as it was" [ "$(sql newer 'PRAGMA user_version')" = 99 ]
copy foreign
echo 'no database, but somebody'"'"'s text' >foreign/ledger.db
cp foreign/ledger.db text
expect "a foreign file in the database's place" refuses 1 'foreign/ledger.db` is not a database' foreign
expect "is not touched, although a write-ahead log is beside it" cmp text foreign/ledger.db
rm foreign/ledger.db-*
expect "nor is it without one" refuses 1 'foreign/ledger.db` is not a database' foreign
expect "not in any case" cmp text foreign/ledger.db
copy strange
rm strange/ledger.db*
sql strange 'CREATE TABLE recipes (name TEXT)'
expect "another program's database" refuses 1 'it is an SQLite database with application id 0' strange
expect "is not touched either" [ "$(sql strange '.tables')" = recipes ]
copy damaged
sql damaged "UPDATE entries SET line = replace(line, '\"quantity\":50', '\"quantity\":90')"
expect "one byte of the log that was changed" refuses 1 'are not those that the tree head of' damaged
expect "and what to do about it" grep -q 'What to do: Restore the newest backup' refusal
copy cut
sql cut 'DELETE FROM entries WHERE sequence = (SELECT max(sequence) FROM entries)'
expect "a log that lost its end" refuses 1 'a log of 8 entries has a tree head of 9' cut
copy same
expect "an honest copy starts" start same
expect "and knows everything" same_as_before same
expect "it ends" ends 0 "$server"
finish
