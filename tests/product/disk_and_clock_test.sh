#!/bin/bash
# A disk that is full and a clock that lies, under a running calmd: holders are admitted all the while,
# and nothing is lost.
set -uo pipefail
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"
library=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -n 1)
if [ -z "$library" ]; then
    echo "faketime is not installed; scripts/setup test installs it"
    exit 77
fi
# shellcheck disable=SC2317  # expect calls it
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

# --- a clock that lies. The file `clock` says how much; only calmd sees it.
preload=("LD_PRELOAD=$library" "FAKETIME_TIMESTAMP_FILE=$desk/clock" FAKETIME_NO_CACHE=1
    FAKETIME_DONT_FAKE_MONOTONIC=1)
# OFFSET: the clock is wrong by so much from now on. Never does calmd read half a file.
turn() {
    echo "$1" >clock.new && mv clock.new clock
}
# WHAT STATE: the clock stands wrongly, or not; holders are served.
holds() {
    expect "$1: the status says so" answers 200 ".clock.state == \"$2\"" calm GET /v1/status
    expect "$1: anna is admitted" admits 200 '.cal == 1 and .verdict == "allow"' calm mail-1 user anna
    expect "$1: so is the device" admits 200 '.cal == 2 and .verdict == "allow"' calm sql-1 device pc1
    expect "$1: nothing expired" same_as_before
}
turn '-365d'
expect "it starts with the clock a year behind" start calm || exit 1
holds "a year behind" behind
turn '+0'
holds "corrected" agrees
turn '+3650d'
holds "ten years ahead" ahead
expect "it ends" ends 0 "$server"
expect "it starts with the clock ten years ahead" start calm || exit 1
holds "started ten years ahead" ahead
turn '+0'
holds "corrected again" agrees
turn '+20d'
holds "twenty days ahead" ahead
expect "the owner vouches for the clock" answers 200 '.ledger_time' calm POST /v1/clock/accept
expect "and it agrees" answers 200 '.clock.state == "agrees"' calm GET /v1/status
expect "anna is still admitted" admits 200 '.cal == 1 and .verdict == "allow"' calm mail-1 user anna
expect "it ends" ends 0 "$server"
finish
