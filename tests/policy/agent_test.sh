#!/bin/bash
# A real calm-hostd under a policy: the file's values are in force at once and whenever they change, without a
# restart; what is set at the license server comes second, host.toml third; nothing in a file locks people out.
#
#   tests/policy/agent_test.sh            (ctest sets CALM_BIN and CALM_SOURCE)
#
# Needs no root: whoever runs the agent may ask it. Exit 77: skipped, and why.
# shellcheck disable=SC2317  # expect calls the functions
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=../product/common.sh
source "${CALM_SOURCE:?}/tests/product/common.sh"
for tool in jq curl python3; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

export CALM_SERVER=unix:$desk/calmd.sock LANG=en_US.UTF-8 LC_ALL=''
export CALM_HOST_SOCKET=$desk/hostd.sock
product=ts-2022
pol=$desk/Registry.pol

status_has() { calm-hostd --config host.toml status --json | jq -e "$1" >/dev/null; }
start_hostd() {
    calm-hostd --config host.toml >>hostd.log 2>&1 &
    hostd=$!
    started+=("$hostd")
    need until_true status_has .name
}
edit() { calm host policy edit "$@" --config host.toml >/dev/null 2>edit.log || { cat edit.log; return 1; }; }
set_mode() { calm host set here --mode "$@" >/dev/null 2>&1; }

# USER DEVICE: the agent's answer, one line of JSON.
asked() {
    python3 - "$CALM_HOST_SOCKET" "$1" "$2" <<'PYTHON'
import json
import socket
import sys

path, user, device = sys.argv[1:]
with socket.socket(socket.AF_UNIX) as link:
    link.connect(path)
    link.sendall(json.dumps({"ask": "admit", "service": "files", "user": user, "device": device}).encode() + b"\n")
    print(link.makefile().readline())
PYTHON
}
# REASON USER DEVICE
is_answered() { asked "$2" "$3" | jq -e --arg reason "$1" '.reason == $reason' >/dev/null; }
# FILTER: of the setting, as `calm host policy show` has it.
in_force() {
    calm host policy show --config host.toml --json |
        jq -e --arg name "$1" ".settings[] | select(.setting == \$name) | $2" >/dev/null
}

set_up() {
    local token
    configure calmd
    need start calmd
    echo 'a passphrase for the test' >passphrase
    need calm vendor init 'Test Vendor' --output vendor --passphrase-file passphrase
    need calm vendor trust vendor.vendor --yes
    need calm product add $product --requires activated --overuse refuse --initial-grace-days 0 --temporary-days 0
    need calm vendor pack $product 1 --kind per_user --key vendor.key --passphrase-file passphrase --output users.pack
    need calm vendor pack $product 1 --kind per_device --key vendor.key --passphrase-file passphrase \
        --output devices.pack
    need calm pack add users.pack
    need calm pack add devices.pack
    token=$(calm host token --json | jq -r .token)
    cat >host.toml <<TOML
[host]
name = "here"
state_dir = "$desk/host"
policy = ["$pol"]
mode = "per_user"
[[server]]
address = "unix:$desk/calmd.sock"
[service.files]
product = "$product"
TOML
    need calm-hostd --config host.toml enrol --server "unix:$desk/calmd.sock" --token "$token"
    start_hostd
    need until_true status_has .last_contact
}

server_has_mode() { calm host show here --json | jq -e --arg mode "$1" '.mode == $mode' >/dev/null; }

set_up
expect 'a host enrols with the mode of its host.toml' server_has_mode per_user
expect 'and is told it at its contact' until_true status_has '.mode == "per_user" and .mode_from == "license_server"'
expect 'a user takes the CAL' is_answered cal_issued anna pc-1
expect 'and nobody else gets one' is_answered no_cal_available bruno pc-1

expect 'a policy asks for another mode' edit licensing_mode enabled per_device
expect 'the agent takes it up by itself' until_true status_has '.mode == "per_device" and .mode_from == "policy"'
expect 'a device takes a CAL now' is_answered cal_issued bruno pc-1
expect 'whoever sits there' is_answered cal_held chloe pc-1
expect 'what was set at the server stays' server_has_mode per_user
expect 'show says so' in_force licensing_mode '.value == "per_device" and .from == "policy" and .policy == "enabled"'

expect 'the policy is disabled' edit licensing_mode disabled
expect 'the server is next' until_true status_has '.mode == "per_user" and .mode_from == "license_server"'
expect 'and its mode counts' is_answered no_cal_available bruno pc-1
expect 'the console sets another' set_mode either --preferred per_device
expect 'it comes with a contact' until_true status_has '.mode == "either" and .mode_at_server == "either"'
expect 'and with none set there' set_mode not_configured
expect 'host.toml counts' until_true status_has '.mode == "per_user" and .mode_from == "file"'
expect 'with the server, too' is_answered cal_held anna pc-2
expect 'show knows the server' in_force licensing_mode '.from == "file" and .policy == "disabled"'

told_contact() { asked bruno pc-9 | jq -e '.sentence | contains("poste 42")' >/dev/null; }
expect 'the policy has a contact' edit contact enabled poste 42
expect 'who is refused reads it' until_true told_contact
expect 'notices are hidden' edit hide_notices enabled
expect 'the agent knows' until_true status_has .hide_notices
expect 'the policy gives the service another product' edit services enabled files=nothing-1
expect 'which no server knows' until_true is_answered product_unknown anna pc-1
expect 'and takes it back' edit services not_configured
expect 'as it was' until_true is_answered cal_held anna pc-1

# What a policy says of servers.
answers_from() { status_has "[.servers[].name] == [\"$1\"]"; }
expect 'the local computer is named as server' edit license_servers enabled "$(hostname | cut -d. -f1)"
expect 'it is asked at its socket' until_true is_answered cal_held anna pc-1
expect 'a server that nobody reaches is named' edit license_servers enabled https://127.0.0.1:1
expect 'the agent goes to that one' until_true answers_from https://127.0.0.1:1
expect 'and the CAL that is kept admits meanwhile' until_true is_answered offline_token anna pc-1
expect 'the policy is taken back' edit license_servers not_configured
expect 'and the server answers again' until_true is_answered cal_held anna pc-1

# Nothing in a file locks people out.
cp "$pol" good.pol
# A DWORD licensing mode of 3, and a LicenseServers of the wrong type.
bad_values() {
    /usr/bin/env python3 - "$pol" <<'PYTHON'
import os
import struct
import sys

KEY = "Software\\Policies\\Microsoft\\Windows NT\\Terminal Services"


def wide(text):
    return text.encode("utf-16-le")


def dword(value, number):
    return (wide("[" + KEY + "\0;" + value + "\0;") + struct.pack("<I", 4) + wide(";") + struct.pack("<I", 4) +
            wide(";") + struct.pack("<I", number) + wide("]"))


with open(sys.argv[1] + ".new", "wb") as file:
    file.write(b"PReg\1\0\0\0" + dword("LicensingMode", 3) + dword("LicenseServers", 1))
os.rename(sys.argv[1] + ".new", sys.argv[1])
PYTHON
}
agent_wrote() { grep -qF -- "$1" hostd.log; }
names() {
    # What is to be mended makes it end with 1.
    calm host policy show --config host.toml --json >shown.json
    [ $? -eq 1 ] && jq -e "[.problems[].problem] == $1" shown.json >/dev/null
}
expect 'bad values are written' bad_values
expect 'the agent names them' until_true agent_wrote 'unknown_mode'
expect 'so does show' names '["wrong_type", "unknown_mode"]'
expect 'the next in the order counts' until_true status_has '.mode_from == "file"'
expect 'and people are admitted' is_answered cal_held anna pc-1
expect 'a good file comes back' cp good.pol "$pol"
expect 'and is in force' until_true status_has .hide_notices
cut_off() { head -c 20 good.pol >cut.pol && mv cut.pol "$pol"; }
expect 'it is cut off' cut_off
expect 'the agent says so' until_true agent_wrote 'registry_pol_malformed'
expect 'and goes on with what it had' status_has .hide_notices
expect 'people are admitted' is_answered cal_held anna pc-1
restart_hostd() {
    kill -TERM "$hostd" && wait "$hostd"
    start_hostd
}
expect 'one that starts begins without it' restart_hostd
expect 'and knows nothing of it' status_has '.hide_notices == false'
expect 'people are admitted' until_true is_answered cal_held anna pc-1
finish
