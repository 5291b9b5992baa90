#!/bin/bash
# The xrdp story: people log on through xrdp's real session manager, which asks PAM, pam_calm.so, calm-hostd and
# calmd, and starts a real X server and their desktop. The host is set up with the commands of docs/hosts/xrdp.md,
# on a machine of its own.
#
#   tests/hosts/xrdp_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
#
# xrdp-sesrun stands in for xrdp itself: it asks the session manager as xrdp does, and no RDP is spoken.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can run a session manager" xrdp-sesman xrdp-sesrun Xvnc curl
own_machine

product=remote-desktop-2022
log=/var/log/xrdp-sesman.log

# A desktop that says that it is there, and ends when its owner leaves.
make_desktops() {
    homes=(--create-home --base-dir "$work/homes")
    make_people
    may_write /tmp || skip "no overlay can be mounted here"
    chmod 1777 /tmp
    [ -x "$bin/calmd" ] || skip "the programs are beyond an overlay of /tmp"
    rm -rf /tmp/.X*
    mkdir -m 1777 "$work/desktops"
    cat >/etc/xrdp/startwm.sh <<-END
	#!/bin/sh
	echo "\$DISPLAY" >"$work/desktops/\$(id -un)"
	while [ -e "$work/desktops/\$(id -un)" ]; do sleep 0.1; done
	END
    # Root of this machine has a home and a password of its own.
    mkdir "$work/homes/root"
    sed -i "s|:/root:|:$work/homes/root:|" /etc/passwd
    echo 'root:story of root' | chpasswd
}

is_open() { (: <"/dev/tcp/localhost/3350") 2>/dev/null; }
start_sesman() {
    xrdp-sesman --nodaemon >>"$work/sesman.log" 2>&1 &
    pids[sesman]=$!
    need until_true is_open
}
end_server() {
    rm -f "$work/desktops"/*
    stop sesman
}

# Its number of sessions that have ended.
ended() { grep -c 'terminated session' "$log"; }
has_ended_since() { [ "$(ended)" -gt "$1" ]; }

# PERSON [PASSWORD]: logs on, and stays.
stay() {
    wc -l <"$log" >"$work/log.before"
    xrdp-sesrun -t Xvnc -F 9 "$1" 9<<<"${2:-story of $1}" </dev/null >"$work/login.err" 2>&1 &&
        grep '^ok data=1' "$work/login.err" >/dev/null && until_true [ -s "$work/desktops/$1" ]
}
# PERSON: logs off.
go() {
    local before
    before=$(ended)
    rm "$work/desktops/$1" && until_true has_ended_since "$before"
}
login() { stay "$@" && go "$1"; }

# In xrdp's log, since the login began.
was_told() {
    tail -n "+$(($(cat "$work/log.before") + 1))" "$log" | grep -F "PAM: $1" >/dev/null
}

echo "# calmd, calm-hostd, xrdp-sesman and three accounts"
make_desktops
start_sesman
set_up_server
sell $product 2 per_user "${strict[@]}"
sell desktop-floating-1 1 concurrent "${strict[@]}"
# shellcheck disable=SC2119
enrol
follow_page docs/hosts/xrdp.md
chapter_three_people_two_cals $product
fact 'root needs none' login root
chapter_outage $product
chapter_no_agent
chapter_concurrent desktop-floating-1
finish
