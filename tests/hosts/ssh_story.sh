#!/bin/bash
# The ssh story: real logins through a real sshd, pam_calm.so, calm-hostd and calmd, on loopback.
#
#   tests/hosts/ssh_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
#
# Three people, two CALs: who is admitted, what the third one reads, and what happens when a CAL is
# released, when the license server stops for a day, for a week and for good, when somebody tampers with
# the host's files, when the agent dies, and when the server's history is rolled back. A second door
# charges devices by client address. Root always gets in.
#
# Needs root: it makes accounts and PAM services of its own (named after this process) and takes them
# away again, also when it fails. The machine's own sshd is not touched: copies of its binary run under
# other names, which is what PAM calls their service. Exit 77: skipped, and why.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=ssh_door.sh
source "$(dirname "$0")/ssh_door.sh"
needs_root_and "only root can make accounts and run an sshd" "${ssh_needs[@]}"
begin "$(mktemp -d "/tmp/$tag-XXXXXX")"

door=${tag}sshd                   # charges users
kiosk=${tag}kiosk                 # charges devices by client address; lets people in without an agent

set_up_doors() {
    set_up_ssh
    door_port=$(free_port)
    start_sshd "$door" '' "$door_port"
    kiosk_port=$(free_port)
    start_sshd "$kiosk" 'product=story-kiosk-1 mode=device fail=open' "$kiosk_port"
}

# PERSON REASON: got in, and why.
admitted() {
    login "$1" && [ "$(last_reason "$1")" = "$2" ]
}

# PERSON REASON SENTENCE: was kept out, why, and what they read.
refused() {
    ! login "$1" && [ "$(last_reason "$1")" = "$2" ] && grep -qF "$3" "$work/login.err"
}

# PERSON: what they read on their terminal when they log on.
reads() {
    printf 'echo "got-"in\nexit\n' |
        ssh "${ssh_options[@]}" -i "$work/person_key" -o BatchMode=yes -tt -p "$door_port" "$1@127.0.0.1" \
            2>"$work/login.err" >"$work/terminal"
    # Whoever did not get in has read nothing.
    grep -q got-in "$work/terminal" || echo "(did not get in)" >>"$work/terminal"
    cat "$work/terminal"
}

reads_notice() { grep -qF "$2" <<<"$(reads "$1")"; }
reads_no_notice() { ! grep -qE 'Licensing:|Licences :|did not get in' <<<"$(reads "$1")"; }

password_login() {
    SSHPASS="story of $1" sshpass -e ssh -o PreferredAuthentications=password "${ssh_options[@]}" \
        -p "$door_port" "$1@127.0.0.1" 'echo in' </dev/null 2>"$work/login.err" | grep -qx in
}

from_address() { login "$1" "$kiosk_port" "$2" && [ "$(last_reason '')" = "$3" ]; }
refused_from() {
    ! login "$1" "$kiosk_port" "$2" && grep -qF 'All licenses for this server are in use' "$work/login.err"
}

# How many hosts a restored server awaits; null: none any more.
server_awaits() {
    "$bin/calm" status --json | jq -e ".restore.hosts_awaited == $1" >/dev/null
}

# PERSON REASON: what the server answers without the host's agent.
answers_for() {
    [ "$("$bin/calm" admit story-door-1 --user "$1" --host "$tag" --json | jq -r .reason)" = "$2" ]
}

# --- the story

first=${people[0]} second=${people[1]} third=${people[2]}
in_use_en='All licenses for this server are in use. Ask your administrator'
in_use_fr='Toutes les licences de ce serveur sont utilisées. Demandez à votre administrateur'

chapter_cals() {
    echo "# Three people, two CALs"
    fact 'the first is given a CAL' admitted "$first" cal_issued
    fact 'the second is given the last one' admitted "$second" cal_issued
    fact 'the third is refused and reads what to do' refused "$third" no_cal_available "$in_use_en"
    fact 'who holds a CAL gets in again' admitted "$first" cal_held
    fact 'root needs none' login root
    fact 'two CALs are out' equals "$(cals_active story-door-1)" 2
    restart_hostd 0 CALM_HOST_LANGUAGE=fr
    fact 'on a French host the sentence is French' refused "$third" no_cal_available "$in_use_fr"
    restart_hostd
    # A copy of the ledger as it is now, for the last chapter.
    stop calmd
    cp -a "$work/data" "$work/data.older"
    start_calmd
    fact 'after a restart of the license server all is as before' admitted "$second" cal_held
    need "$bin/calm" cal release "$(cal_of "$first")" --yes
    fact 'a released CAL is given to the third' admitted "$third" cal_issued
    fact 'now the first is refused' refused "$first" no_cal_available "$in_use_en"
    fact 'a holder gets in with a password too' password_login "$second"
    fact 'two CALs are out still' equals "$(cals_active story-door-1)" 2
}

# The license server does not answer, and the outage period of seven days has begun.
chapter_notices() {
    echo "# What administrators read at a logon"
    need usermod --append --groups adm "$second"
    fact 'an administrator reads how long people are admitted' reads_notice "$second" 'days left: 7'
    fact 'and not a second time that day' reads_no_notice "$second"
    fact 'nobody else reads it' reads_no_notice "$third"
    restart_hostd 0 CALM_HOST_LANGUAGE=fr
    fact 'a restart of the agent does not repeat it' reads_no_notice "$second"
    fact 'root reads it, on a French host in French' reads_notice root 'jours restants : 7'
    fact 'and not a second time' reads_no_notice root
    need "$bin/calm" host policy edit hide_notices enabled --file "$work/Registry.pol"
    restart_hostd 1
    fact 'a policy is in force that hides it' status_has .hide_notices
    fact 'the next day it is hidden from the administrator' reads_no_notice "$second"
    fact 'and from root' reads_no_notice root
    need "$bin/calm" host policy edit hide_notices not_configured --file "$work/Registry.pol"
    fact 'without that policy' until_true status_has '.hide_notices == false'
    fact 'the administrator reads it again' reads_notice "$second" 'days left: 6'
    sed -i 's/^\[host\]$/[host]\nhide_notices = true/' "$host_toml"
    restart_hostd 2
    fact 'host.toml hides it, too' reads_no_notice "$second"
    sed -i '/^hide_notices = true$/d' "$host_toml"
    restart_hostd 2
    fact 'and nobody else has read it meanwhile' reads_no_notice "$third"
    fact 'the third day there are fewer days left' reads_notice "$second" 'days left: 5'
}

chapter_server_gone() {
    echo "# The license server is gone"
    # The agent fetches each token and the list of what was released by itself.
    need until_true status_has '.tokens == 2'
    fact 'calmd ends cleanly' stop calmd
    # Before anybody logs on for a command: that counts as read.
    chapter_notices
    fact 'a holder gets in on its token' admitted "$second" offline_token
    fact 'the other holder too' admitted "$third" offline_token
    fact 'a stranger gets in while the outage period lasts' admitted "$first" offline_outage
    fact 'root gets in' login root
    restart_hostd 8
    fact 'an administrator reads that the outage period is over' \
        reads_notice root 'the outage period ended on'
    fact 'eight days later a holder still gets in' admitted "$second" offline_token
    fact 'a stranger does not, and reads why' \
        refused "$first" server_unreachable 'The license server does not answer.'
    fact 'root gets in' login root
    restart_hostd 70
    fact 'when the CAL is over, so is its token' \
        refused "$second" server_unreachable 'The license server does not answer.'
    fact 'root gets in' login root
    restart_hostd
    fact 'a clock set back brings nobody back' \
        refused "$second" server_unreachable 'The license server does not answer.'
    start_calmd
    fact 'when the server is back it is asked again' until_true admitted "$second" cal_held
    fact 'what was decided meanwhile is told' until_true status_has '.untold_decisions == 0'
    fact 'and the clock is the right one again' until_true status_has \
        ".time < \"$(date -u -d '+1 day' +%FT%TZ)\""
}

chapter_tampering() {
    echo "# Somebody tampers with the agent"
    need login "$second"
    need login "$third"
    need until_true status_has '.tokens == 2'
    stop hostd
    stop calmd
    cp -a "$work/host" "$work/host.saved"
    rm "$work/host/state.json"
    start_hostd
    fact 'without its state the host admits no stranger' \
        refused "$first" server_unreachable 'The license server does not answer.'
    fact 'nor a holder: nobody knows what was revoked' \
        refused "$second" server_unreachable 'The license server does not answer.'
    fact 'root gets in' login root
    stop hostd
    rm -rf "$work/host"
    cp -a "$work/host.saved" "$work/host"
    sed -i 's/v4\.public\.\(....\)./v4.public.\1A/' "$work/host/state.json"
    start_hostd
    fact 'an edited state is none' \
        refused "$first" server_unreachable 'The license server does not answer.'
    start_calmd
    fact 'the next contact heals it' until_true status_has .last_contact
    stop hostd KILL
    fact 'without an agent the door says so' not login "$second"
    fact 'in so many words' grep -qF 'its license agent does not answer' "$work/login.err"
    fact 'root gets in without an agent' login root
    fact 'a door with fail=open lets people in' login "$second" "$kiosk_port"
    start_hostd
    fact 'and all is well when it is back' admitted "$second" cal_held
}

chapter_devices() {
    echo "# A door that charges devices"
    fact 'the first address is given a device CAL' from_address "$first" 127.0.0.1 cal_issued
    fact 'the second one too' from_address "$first" 127.0.0.2 cal_issued
    fact 'the third address is refused' refused_from "$first" 127.0.0.3
    fact 'somebody else at the first address needs no other' from_address "$second" 127.0.0.1 cal_held
    fact 'root gets in from anywhere' login root "$kiosk_port" 127.0.0.3
    fact 'two device CALs are out' equals "$(cals_active story-kiosk-1)" 2
}

chapter_rollback() {
    echo "# The license server's ledger is rolled back"
    fact 'so far the history is whole' status_has '.rollback == null'
    stop calmd
    mv "$work/data" "$work/data.newer"
    cp -a "$work/data.older" "$work/data"
    start_calmd
    restart_hostd
    fact 'the host sees it at the next contact' until_true status_has '.rollback.detail | test("shorter|forked")'
    fact 'and says so, loudly' grep -q 'critical ALARM' "$work/hostd.log"
    fact 'people are admitted all the same' admitted "$second" cal_held
}

# What the ledger of `rollback` says: the first two hold the CALs.
chapter_restore() {
    echo "# A backup is restored"
    need "$bin/calm" cal release "$(cal_of "$first")" --yes
    need "$bin/calm" backup "$work/backup.db"
    fact 'the third is given a CAL that the backup does not know' admitted "$third" cal_issued
    stop hostd
    stop calmd
    mv "$work/data" "$work/data.lost"
    mkdir -m 700 "$work/data"
    cp "$work/data.lost"/tls.* "$work/data"
    need "$bin/calm" restore "$work/backup.db" --config "$work/calmd.toml"
    start_calmd
    fact 'the host is awaited' server_awaits 1
    fact 'meanwhile nobody is given the seat that looks free' answers_for "$first" restore_window
    start_hostd
    fact 'the host tells what it holds' until_true server_awaits null
    fact 'the third has the CAL again' admitted "$third" cal_held
    fact 'the first finds none' refused "$first" no_cal_available "$in_use_en"
    fact 'two CALs are out' equals "$(cals_active story-door-1)" 2
}

echo "# calmd, calm-hostd, two sshd and three accounts ($tag)"
set_up_server
sell story-door-1 2 per_user "${strict[@]}"
sell story-kiosk-1 2 per_device "${strict[@]}"
enrol --service "$door=story-door-1"
sed -i "s|^\[host\]$|[host]\npolicy = [\"$work/Registry.pol\"]|" "$host_toml"
restart_hostd
set_up_doors
chapter_cals
chapter_server_gone
chapter_tampering
chapter_devices
chapter_rollback
chapter_restore
finish
