#!/bin/bash
# A disk that is full and a clock that lies, under a running calmd: holders are admitted all the while,
# and nothing is lost.
# shellcheck disable=SC2016,SC2317  # the `...` are what calm says; expect calls the functions
set -uo pipefail
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"
lies || exit 77
preload=() # the disk first
same_as_before() { knowledge calm | diff before -; }

# --- a full disk: files may not grow beyond what the log has by now
configure calm
expect "it starts" start calm || exit 1
expect "it is furnished" furnish calm
expect "anna is admitted" admits 200 '.cal == 1' calm mail-1 user anna
expect "a device has a temporary CAL" admits 200 '.cal == 2' calm sql-1 device pc1
knowledge calm >before
prlimit --pid "$server" --fsize="$(stat -c %s calm/ledger.db calm/ledger.db-wal | sort -n | tail -n 1):"
expect "a new CAL is refused" admits 503 '.code == "disk_full"' calm mail-1 user bruno
expect "the next one too" admits 503 '.code == "disk_full"' calm mail-1 user chloe
expect "anna is admitted all the same" admits 200 '.cal == 1 and .verdict == "allow"' calm mail-1 user anna
expect "and the device" admits 200 '.cal == 2 and .verdict == "allow"' calm sql-1 device pc1
expect "nothing changed" same_as_before
prlimit --pid "$server" --fsize=unlimited:
expect "with room again bruno has his" admits 200 '.reason == "cal_issued"' calm mail-1 user bruno
knowledge calm >before
expect "it ends" ends 0 "$server"

# --- a clock that lies
lies
# WHAT STATE: the clock stands wrongly, or not; holders are served.
holds() {
    expect "$1: the status says so" answers 200 ".clock.state == \"$2\"" calm GET /v1/status
    expect "$1: anna is admitted" admits 200 '.cal == 1 and .verdict == "allow"' calm mail-1 user anna
    expect "$1: so is the device" admits 200 '.cal == 2 and .verdict == "allow"' calm sql-1 device pc1
    expect "$1: nothing expired" same_as_before
}
# The machine's clock is wrong for everything on it: calm sees it too.
doctor() {
    local port
    port=$(sed -n 's|.*listening on https://127.0.0.1:||p' calm.log | tail -n 1)
    sed "s/^tls_port.*/tls_port = $port/" calm.toml >known_port.toml
    env "${preload[@]}" calm doctor --config known_port.toml "$@"
}
# LEVEL TEXT MEND: what doctor finds about ledger time, to the word; at its end it says the same in its exit code.
finds() {
    local code
    doctor --json >found.json
    code=$?
    [ "$code" = "$(jq 'if any(.checks[]; .level == "bad") then 1 else 0 end' found.json)" ] &&
        jq -e --arg level "$1" --arg text "$2" --arg mend "$3" 'any(.checks[]; .check == "ledger_time" and
            .level == $level and (.sentence | test($text)) and (.mend // "") == $mend)' found.json >/dev/null && return
    jq -c '.checks[] | select(.check == "ledger_time" or .level == "bad")' found.json
    return 1
}
all_is_well() {
    finds good '^ledger time agrees with the clock$' '' &&
        jq -e '[.checks[] | select(.level == "bad")] == []' found.json >/dev/null && return
    jq -c '.checks[] | select(.level == "bad")' found.json
    return 1
}
# A wrong clock is the only thing that is wrong: nothing is to be renewed because of it.
nothing_else() {
    jq -e '[.checks[] | select(.level == "bad") | .check] - ["ledger_time"] == [] and
        any(.checks[]; .check == "certificate" and .level == "good")' found.json >/dev/null && return
    jq -c '.checks[] | select(.level == "bad" or .check == "certificate")' found.json
    return 1
}
# KIND STATE: the alert about the clock.
clock_alert() { answers 200 "[.alerts[] | select(.kind == \"$1\")] | last | .state == \"$2\"" calm GET '/v1/alerts?state=all'; }
in_french() {
    doctor --lang fr >french
    tr -s ' \n' ' ' <french |
        grep -F "Si l'horloge est fausse, réglez-la. Si elle est juste, exécutez \`calm clock accept\`." >/dev/null
}
export CALM_SERVER=unix:$desk/calm.sock
set_it_right='If the clock is wrong, set it right. If it is right, run `calm clock accept`.'
set_it_back="Set the server's clock right. If it is right, ledger time began or was accepted while it was ahead: wait until"
set_it_back+=' the clock has caught up, or restore a backup from before (`calm restore`).'
behind_text() { echo "^the server's clock is $1 s behind ledger time \\($2.*\\), which goes on by itself$"; }
ahead_text() { echo "^the server's clock is [0-9]+ s ahead of ledger time, which stands at $1.*: nothing expires, holders are admitted$"; }
today="($(date -u +%Y)|$(($(date -u +%Y) + 1)))-" # ledger time stands there, not ten years on

turn '-365d'
expect "it starts with the clock a year behind" start calm || exit 1
holds "a year behind" behind
expect "doctor names the mend" finds warning \
    "$(behind_text '315[0-9]{5}' "$today")" \
    "$set_it_back"
expect "and nothing else to mend" nothing_else
expect "an alert says so" until_true clock_alert clock_behind open
turn '+0'
holds "set right as doctor says" agrees
expect "doctor finds all well" all_is_well
expect "the alert is over" until_true clock_alert clock_behind resolved
turn '+3650d'
holds "ten years ahead" ahead
expect "doctor names the mend" finds bad "$(ahead_text "$today")" "$set_it_right"
expect "and nothing else to mend" nothing_else
expect "in French too" in_french
expect "an alert says so" until_true clock_alert clock_stands open
expect "it ends" ends 0 "$server"
expect "it starts with the clock ten years ahead" start calm || exit 1
holds "started ten years ahead" ahead
expect "doctor names the mend" finds bad "$(ahead_text "$today")" "$set_it_right"
expect "and nothing else to mend" nothing_else
turn '+0'
holds "set right as doctor says" agrees
expect "doctor finds all well" all_is_well
expect "the alert is over" until_true clock_alert clock_stands resolved
knowledge calm >before

# --- a clock that is right and looks wrong
turn '+20d'
holds "twenty days ahead" ahead
expect "doctor names the mend" finds bad "$(ahead_text "$today")" "$set_it_right"
# The command that doctor prints, in a terminal, where it asks.
mend=$(jq -r '.checks[] | select(.check == "ledger_time") | .mend' found.json | sed 's/.*run `\(.*\)`.*/\1/')
expect "it names a command" [ "$mend" = 'calm clock accept' ]
expect "which is run as it stands" script --quiet --return --command "$mend" accepted <<<'y'
expect "and it agrees" answers 200 '.clock.state == "agrees"' calm GET /v1/status
expect "doctor finds all well" all_is_well
expect "anna is still admitted" admits 200 '.cal == 1 and .verdict == "allow"' calm mail-1 user anna

# --- a clock that is wrong and that somebody vouched for all the same
expect "a backup is made in time" calm backup before.db
turn '+3650d'
expect "ten years ahead" answers 200 '.clock.state == "ahead"' calm GET /v1/status
expect "somebody vouches for that" calm clock accept --yes
turn '+20d'
expect "corrected: doctor names the mend" finds warning "$(behind_text '31[0-9]{7}' '20[0-9]+-')" "$set_it_back"
expect "it ends" ends 0 "$server"
mv calm calm.broken
expect "the backup is restored" calm restore before.db --data calm
expect "it starts" start calm
expect "doctor finds all well" all_is_well
expect "anna is still admitted" admits 200 '.cal == 1 and .verdict == "allow"' calm mail-1 user anna
expect "it ends" ends 0 "$server"
finish
