#!/bin/bash
# The Samba story: people connect to the shares of a real file server, which asks PAM, pam_calm.so, calm-hostd and
# calmd. The server is set up with the commands of docs/hosts/samba.md, on a machine of its own.
#
#   tests/hosts/samba_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can run a file server" smbd smbpasswd smbclient smbstatus testparm curl
[ -e /etc/pam.d/samba ] || skip "samba-common is not installed"
own_machine

product=file-server-2022

make_shares() {
    local person
    homes=(--create-home --base-dir "$work/homes")
    make_people
    # Nothing of this machine's own server.
    mount -t tmpfs -o mode=755 calm-story /var/lib/samba || exit 1
    mkdir -p /var/lib/samba/private /var/log/samba /run/samba
    for person in "${people[@]}"; do
        printf '%s\n%s\n' "story of $person" "story of $person" | need smbpasswd -s -a "$person"
    done
}

is_open() { (: <"/dev/tcp/127.0.0.1/445") 2>/dev/null; }
restart_smbd() {
    stop smbd
    smbd --foreground --no-process-group >>"$work/smbd.log" 2>&1 &
    pids[smbd]=$!
    need until_true is_open
}
end_server() { stop smbd; }

# PERSON [PASSWORD]
login() {
    smbclient "//127.0.0.1/$1" --user "$1%${2:-story of $1}" --command ls </dev/null >"$work/login.err" 2>&1 &&
        grep -F 'blocks available' "$work/login.err" >/dev/null
}

# The client is told no more than that; the sentence is in the agent's log.
was_told() { grep -F NT_STATUS_ACCESS_DENIED "$work/login.err" >/dev/null && agent_wrote "$1"; }

# PERSON: says Samba itself.
is_connected() { smbstatus --brief | grep -wF "$1" >/dev/null; }

# PERSON: connects, and stays until go.
stay() {
    mkfifo "$work/words" 2>/dev/null
    smbclient "//127.0.0.1/$1" --user "$1%story of $1" <"$work/words" >"$work/stay.log" 2>&1 &
    pids[client]=$!
    exec 8>"$work/words"
    until_true is_connected "$1"
}
go() {
    exec 8>&-
    wait "${pids[client]}"
    unset 'pids[client]'
}

echo "# calmd, calm-hostd, smbd and three accounts"
make_shares
set_up_server
sell $product 2 per_user "${strict[@]}"
sell files-device-1 1 per_device "${strict[@]}"
sell files-floating-1 1 concurrent "${strict[@]}"
# shellcheck disable=SC2119
enrol
follow_page docs/hosts/samba.md
chapter_three_people_two_cals $product
chapter_outage $product
chapter_no_agent
chapter_devices files-device-1
chapter_concurrent files-floating-1
finish
