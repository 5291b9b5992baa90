#!/bin/bash
# The commands of docs/operating/ssh.md, on a machine of its own: from nothing to a login through its sshd that
# takes a CAL. What happens to logins after that is the ssh story's.
#
#   tests/hosts/ssh_page.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can run an sshd" sshd ssh ssh-keygen sshpass apt-get
[ -e /etc/pam.d/sshd ] || skip "openssh-server is not installed"
own_machine

product=terminal-services-2022

# Nothing of CALM is installed.
make_machine() {
    may_write /usr || skip "no overlay can be mounted here"
    find /usr/lib -path '*/security/pam_calm.so' -delete
    rm -rf /etc/calm /usr/bin/calm-hostd
    make_people
    mkdir -p /run/sshd
    rm -f /etc/ssh/ssh_host_*
    need ssh-keygen -A
    /usr/sbin/sshd -D -e -o UsePAM=yes -o PasswordAuthentication=yes 2>>"$work/sshd.log" &
    pids[sshd]=$!
    need until_true ssh-keyscan 127.0.0.1
}
end_server() { stop sshd; }
# They are made already.
make() { :; }
# What the page installs is what runs.
restart_calm_hostd() { bin=/usr/bin restart_hostd; }

# PERSON
login() {
    SSHPASS="story of $1" sshpass -e ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o PreferredAuthentications=password -o LogLevel=INFO "$1@127.0.0.1" 'echo in' \
        </dev/null 2>"$work/login.err" | grep -x in >/dev/null
}
was_told() { grep -F "$1" "$work/login.err" >/dev/null; }

echo "# calmd, and an sshd that knows nothing of CALs"
make_machine
set_up_server
sell $product 1 per_user "${strict[@]}"
fact 'people log on' login "${people[0]}"
token=$("$bin/calm" host token --json | jq -r .token)
fingerprint=$("$bin/calm" status --json | jq -r .fingerprint)
follow_page docs/operating/ssh.md "s|https://[^ ]*|https://127.0.0.1:$tls_port|; s|FINGERPRINT|$fingerprint|
    s|TOKEN|$token|; s|\./build/packages|$CALM_BUILD/packages|g"
fact 'the host'\''s key is for the agent'\''s account alone' \
    equals "$(stat -c '%U %a' /var/lib/calm-host/host.key)" 'calm-host 600'
fact 'what was installed is what runs' [ "/proc/${pids[hostd]}/exe" -ef /usr/bin/calm-hostd ]
need until_true status_has .last_contact
fact 'the first login takes a CAL' login "${people[0]}"
fact 'it is shown' not equals "$(cal_of "${people[0]}")" null
fact 'the next one is refused, and reads why' refused "${people[1]}" no_cal_available "$in_use"
finish
