#!/bin/bash
# The Dovecot story: people read mail over a real IMAP server, which asks PAM, pam_calm.so, calm-hostd and calmd.
# Nobody is refused, all are counted. The server is set up with the commands of docs/hosts/dovecot.md, on a
# machine of its own.
#
#   tests/hosts/dovecot_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can run a mail server" dovecot curl
[ -e /etc/pam.d/dovecot ] || skip "dovecot-core is not installed"
own_machine

product=exchange-2019
strict_product=mail-archive-1
people+=("${tag}d")

start_dovecot() {
    dovecot -F >>"$work/dovecot.out" 2>&1 &
    pids[dovecot]=$!
    need until_true is_open 993
}
end_server() { stop dovecot; }
restart_dovecot() {
    stop dovecot
    start_dovecot
}

# PORT
is_open() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# PERSON [PASSWORD]
login() {
    curl --silent --show-error --insecure --max-time 20 --user "$1:${2:-story of $1}" \
        --request 'STATUS INBOX (MESSAGES)' imaps://127.0.0.1/ </dev/null 2>"$work/login.err" |
        grep '^\* STATUS INBOX (MESSAGES 0)' >/dev/null
}

# REQUIRED OWNED SHORT
position_is() {
    [ "$("$bin/calm" position "$product" --json | jq -r "$position")" = "$*" ]
}
position='.rows[0] | "\(.required) \(.owned) \(.short)"'

chapter_counted() {
    echo "# Three people, two CALs, and nobody is refused"
    fact 'the first is given a CAL' admitted "${people[0]}" cal_issued
    fact 'the second is given the last one' admitted "${people[1]}" cal_issued
    fact 'two are required and owned' position_is 2 2 0
    fact 'the third is admitted, with an over-use CAL' admitted "${people[2]}" cal_overuse_issued
    fact 'one is short' position_is 3 2 1
    fact 'who comes again is not counted again' admitted "${people[0]}" cal_held
    fact 'nor is who is over' admitted "${people[2]}" cal_overuse_held
    fact 'a wrong password never reaches CALM' stays_outside "${people[0]}"
    fact 'one is short still' position_is 3 2 1
}

chapter_server_gone() {
    echo "# The license server is gone"
    fact 'calmd ends cleanly' stop calmd
    fact 'a holder gets in' login "${people[0]}"
    fact 'a stranger gets in while the outage period lasts' admitted "${people[3]}" offline_outage
    fact 'what was decided is kept' status_has '.untold_decisions > 0'
    restart_hostd 8
    fact 'and after it: nobody is refused' admitted "${people[3]}" offline_policy
    restart_hostd
    start_calmd
    fact 'when the server is back it is asked again' until_true admitted "${people[1]}" cal_held
    fact 'what was decided meanwhile is told' until_true status_has '.untold_decisions == 0'
    fact 'all of it, and once' all_was_told
    fact 'nobody was given a CAL by that' position_is 3 2 1
    fact 'the stranger is counted at the next login' admitted "${people[3]}" cal_overuse_issued
    fact 'two are short' position_is 4 2 2
}

# With a product that does refuse.
chapter_refusing() {
    echo "# A product that refuses people"
    sed -i "s/$product/$strict_product/" "$host_toml"
    systemctl restart calm-hostd
    fact 'the first is given the only CAL' admitted "${people[0]}" cal_issued
    fact 'the second is refused' refused "${people[1]}" no_cal_available "$in_use"
    fact 'the first gets in again' admitted "${people[0]}" cal_held
}
# The mail program is told no more than that; the sentence is in the agent's log.
was_told() { grep -F "Login denied" "$work/login.err" >/dev/null && agent_wrote "$1"; }

echo "# calmd, calm-hostd, Dovecot and four accounts"
homes=(--create-home --base-dir "$work/homes")
make_people
printf 'log_path = %s\n' "$work/dovecot.log" >/etc/dovecot/conf.d/99-story.conf
set_up_server
sell $product 2 per_user --requires trusted --initial-grace-days 0 --outage-days 7
sell $strict_product 1 per_user "${strict[@]}"
sell mail-device-1 1 per_device "${strict[@]}"
# shellcheck disable=SC2119
enrol
follow_page docs/hosts/dovecot.md
chapter_counted
chapter_server_gone
chapter_refusing
chapter_devices mail-device-1
finish
