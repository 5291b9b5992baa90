#!/bin/bash
# Told to write where they may not, calmd, calm and calm-hostd name the path and what to do, end with an
# exit code of their own, and leave nothing behind. The superuser may write everywhere: as root all of this runs
# as an account that may not.
# shellcheck disable=SC2016,SC2317  # the `...` are what the programs say; expect calls the functions
set -uo pipefail
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"
somebody=()
if [ "$(id -u)" -eq 0 ]; then
    somebody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    if ! "${somebody[@]}" true 2>/dev/null; then
        echo "no other account can be used here"
        exit 77
    fi
fi

# That account finds its way to the programs and to what it may write.
chmod 711 "$desk"
mkdir bin closed gone
mkdir -m 777 open
for program in calmd calm calm-hostd; do
    install -m 755 "$CALM_BIN/$program" bin/
done
export PATH=$desk/bin:$PATH HOME=$desk/open
# By a shell: setpriv itself still finds its way while it starts a program.
if ! "${somebody[@]}" sh -c '"$0" version' "$desk/bin/calm" >/dev/null 2>&1; then
    echo "another account cannot run what stands in $desk"
    exit 77
fi
touch file
echo 'five words that do not fit' >passphrase
chmod 644 passphrase
chmod 555 closed
ln -s open/calm.sock calm.sock # for common.sh

# What stands in the places that nothing may be written to, and who owns it.
places() { find closed file gone bin -printf '%p %s %M %u\n' 2>/dev/null | sort; }
places >before
# STATUS TEXT… -- COMMAND…: ends with this status, says all of this, and leaves nothing behind.
told() {
    local status=$1 texts=() got text
    shift
    while [ "$1" != -- ]; do
        texts+=("$1")
        shift
    done
    shift
    timeout -k 1 60 "${somebody[@]}" "$@" >said 2>&1 </dev/null
    got=$?
    [ "$got" -eq "$status" ] || echo "it ended with $got, not $status"
    for text in "${texts[@]}"; do
        tr -s ' \n' ' ' <said | grep -qF -- "$text" || { echo "it did not say: $text"; got=none; }
    done
    places | diff before - >left || { echo "it left something:" && sed 's/^/    /' left && got=none; }
    [ "$got" = "$status" ] && return
    sed 's/^/    /' said
    return 1
}
same_as_known() { knowledge calm | diff known -; }
clean() { [ -z "$(find open -mindepth 1)" ] || { find open && return 1; }; }
elsewhere='What to do: Name another place, or run the command as an account that may write there'
no_place='What to do: Correct the path, or make the directory first'
# PLACE: what calm says of it, in $code, $why and $mend.
in_place() {
    case $1 in
        closed) code=4 why='Permission denied' mend=$elsewhere ;;
        file) code=3 why='Not a directory' mend=$no_place ;;
    esac
}

# --- calmd
preload=("${somebody[@]}")
# FILE LINE…: its data below this directory.
at() {
    configure calm "${@:2}"
    sed -i "s|^directory.*|directory = \"$1\"|; s|^socket.*|socket = \"${socket:-$desk/open/calm.sock}\"|" calm.toml
}
at "$desk/closed/data"
expect "calmd: a directory that it may not make" refuses 4 'closed/data` cannot be made: Permission denied' calm
expect "what to do" grep -q 'make it and all that is in it belong to the user that calmd runs as' refusal
spoken=fr_FR.UTF-8 expect "the same in French" refuses 4 'Que faire' calm
at "$desk/closed"
expect "calmd: a directory that it may not write in" refuses 4 'closed/ledger.lock`: Permission denied' calm
at "$desk/file/below"
expect "calmd: below a file" refuses 4 'file/below` cannot be made: Not a directory' calm
at "$desk/file"
expect "calmd: a file" refuses 4 'file' calm
places >after
expect "calmd left nothing" cmp before after
expect "anywhere" clean
socket=$desk/closed/calm.sock at "$desk/open/data"
expect "calmd: a socket where it may not" refuses 4 'closed/calm.sock`: Permission denied' calm
expect "what to do" grep -q 'Make the directory of the socket belong to that user' refusal
socket=$desk/file/calm.sock at "$desk/open/data"
expect "calmd: a socket below a file" refuses 1 'file/calm.sock`: Not a directory' calm
at "$desk/open/data"
expect "with that mended it starts" start calm
expect "and is furnished" furnish calm
knowledge calm >known
export CALM_SERVER=unix:$desk/open/calm.sock

# --- calm asks the license server and may not keep what it says
for place in closed file; do
    in_place "$place"
    for command in 'backup FILE' 'export sqlite FILE' 'audit export FILE' 'position --csv FILE' 'position --pdf FILE'; do
        read -r -a words <<<"${command/FILE/$desk/$place/out}"
        expect "calm $command, $place" told "$code" "\`$desk/$place/out\`: $why" "$mend" -- calm "${words[@]}"
    done
done
expect "calm backup, where there is no directory" \
    told 3 "\`gone/none/out\`: No such file or directory" "$no_place" -- calm backup gone/none/out
mkdir open/csv.sig
expect "a report whose signature would take another file's name" told 7 'csv.sig`' -- calm position --csv "$desk/open/csv"
expect "is not begun" [ ! -e open/csv ]
expect "in French" told 4 'Que faire : Indiquez un autre endroit' -- calm backup "$desk/closed/out" --lang fr
expect "as JSON" told 4 '"code":"file_forbidden"' -- calm backup "$desk/closed/out" --json
expect "what the server knows is as before" same_as_known

# --- calm on its own
expect "calm init: settings" told 4 'closed/calmd.toml`: Permission denied' "$elsewhere" -- \
    calm init --config "$desk/closed/calmd.toml" --data "$desk/open/new/data" --socket "$desk/open/new/run/s"
expect "calm init: data" told 4 'closed/data`: Permission denied' "$elsewhere" -- \
    calm init --config "$desk/open/new/calmd.toml" --data "$desk/closed/data" --socket "$desk/open/new/s"
expect "calm init: the socket" told 4 'closed/run`: Permission denied' "$elsewhere" -- \
    calm init --config "$desk/open/new/calmd.toml" --data "$desk/open/new/data" --socket "$desk/closed/run/s"
expect "calm init: below a file" told 3 'file`: Not a directory' "$no_place" -- \
    calm init --config "$desk/file/calmd.toml" --data "$desk/open/new/data" --socket "$desk/open/new/s"
expect "calm init left nothing" [ ! -e open/new ]
expect "calm init, where it may" told 6 'calmd.toml' -- \
    calm init --config "$desk/open/new/calmd.toml" --data "$desk/open/new/data" --socket "$desk/open/new/s"
expect "wrote the settings" [ -s open/new/calmd.toml ]
expect "a backup to restore" told 0 -- calm backup "$desk/open/backup.db"
for place in closed/data closed; do
    expect "calm restore, $place" told 4 "$desk/$place" 'What to do' -- \
        calm restore open/backup.db --data "$desk/$place"
done
expect "calm restore, below a file" told 3 'file/data`: Not a directory' "$no_place" -- \
    calm restore open/backup.db --data "$desk/file/data"
for place in closed file; do
    in_place "$place"
    expect "calm vendor init, $place" told "$code" "$place/contoso.key\`: $why" "$mend" -- \
        calm vendor init Contoso -o "$desk/$place/contoso" --passphrase-file passphrase
done
expect "calm vendor init, where it may" told 0 -- calm vendor init Contoso -o open/contoso --passphrase-file passphrase
for place in closed file; do
    in_place "$place"
    expect "calm vendor pack, $place" told "$code" "$place/sql.pack\`: $why" "$mend" -- \
        calm vendor pack sql-1 5 --key open/contoso.key --passphrase-file passphrase -o "$desk/$place/sql.pack"
    expect "calm vendor clearinghouse, $place" told "$code" "$place/house" "$mend" -- \
        calm vendor clearinghouse --key open/contoso.key --passphrase-file passphrase --new-passphrase-file passphrase \
        --address https://house.example.org -o "$desk/$place/house"
done

# --- calm-hostd: a token is not spent on what cannot be kept
token=$(ask calm POST /v1/hosts/tokens '{}' | head -n -1 | jq -r .token)
for place in closed file; do
    expect "calm-hostd: settings, $place" told 4 "cannot write \`$desk/$place/host.toml\`" 'belong to the account' -- \
        calm-hostd --config "$desk/$place/host.toml" enrol --server "$CALM_SERVER" --token "$token" \
        --name fs2 --state-dir "$desk/open/host"
    expect "calm-hostd: state, $place" told 4 "$desk/$place/host" 'belong to the account' -- \
        calm-hostd --config "$desk/open/host.toml" enrol --server "$CALM_SERVER" --token "$token" \
        --name fs2 --state-dir "$desk/$place/host"
done
expect "no host was enrolled" same_as_known
expect "and no settings written" [ ! -e open/host.toml ]
expect "the token is good still" told 0 -- calm-hostd --config "$desk/open/host.toml" enrol \
    --server "$CALM_SERVER" --token "$token" --name fs2 --state-dir "$desk/open/host"

# --- a database that is not the server's own any more, as after a copy by hand
expect "it ends" ends 0 "$server"
knows_all() { start calm && ask calm GET /v1/status | head -n -1 | jq -e '.hosts == 2' >/dev/null && ends 0 "$server"; }
for file in ledger.lock ledger.db; do
    chmod 0 "open/data/$file"
    if [ "$(id -u)" -eq 0 ]; then chown 0 "open/data/$file"; fi
    expect "calmd: a $file of somebody else's" refuses 4 "open/data/$file\`: Permission denied" calm
    expect "what to do" grep -q 'make it and all that is in it belong to the user' refusal
    chmod 600 "open/data/$file"
    if [ "$(id -u)" -eq 0 ]; then chown 65534 "open/data/$file"; fi
    expect "given back, all is there" knows_all
done

# --- a file system that is read-only, for root too
preload=()
ro_mounted() { unshare --mount --propagation private bash -c 'mount -t tmpfs -o ro none "$0/gone" && exec "$@"' "$desk" "$@"; }
if [ "$(id -u)" -eq 0 ] && ro_mounted true 2>/dev/null; then
    preload=(unshare --mount --propagation private bash -c 'mount -t tmpfs -o ro none "$0/gone" && exec "$@"' "$desk")
    at "$desk/gone/data"
    expect "calmd: a file system that is read-only" refuses 4 'gone/data` cannot be made: Read-only file system' calm
    somebody=("${preload[@]}")
    expect "calm: the same" told 4 'gone/key.key`: Read-only file system' "$elsewhere" -- \
        calm vendor init Contoso -o "$desk/gone/key" --passphrase-file passphrase
else
    echo "no file system can be mounted here: the read-only one is left out"
fi
finish
