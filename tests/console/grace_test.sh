#!/bin/bash
# An initial grace that is over, as people meet it: somebody is refused at a real sshd, an administrator sees why on
# Home and mends it there, and the next login is admitted. web/tests/grace.mjs has the play.
#
#   tests/console/grace_test.sh en|fr            (ctest sets CALM_SOURCE, CALM_BUILD and CALM_BIN)
#
# Needs root, as the ssh story does. Exit 77: skipped, and why.
set -uo pipefail
# shellcheck source=tests/hosts/story.sh
source "${CALM_SOURCE:?}/tests/hosts/story.sh"
# shellcheck source=tests/hosts/ssh_door.sh
source "$CALM_SOURCE/tests/hosts/ssh_door.sh"
language=${1:-en}
chromium=${CALM_CHROMIUM:-$(command -v chromium)}
[ -n "$chromium" ] || skip "there is no chromium here; scripts/setup test installs Debian's"
needs_root_and "only root can make accounts and run an sshd" curl "${ssh_needs[@]}"
"$CALM_SOURCE/scripts/build-console" --modules || exit 1
begin "$(mktemp -d "/tmp/$tag-XXXXXX")"
door=${tag}sshd

two_days_ago() { export LD_PRELOAD=$faketime FAKETIME=-2d FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1; }
today() { unset LD_PRELOAD FAKETIME FAKETIME_DONT_FAKE_MONOTONIC NO_FAKE_STAT; }

# Its initial grace is of one day.
host_joins() {
    set_up_server
    need curl --silent --fail --unix-socket "$work/calmd.sock" -X PUT -H 'If-Match: *' -H 'Content-Type: application/json' \
        -d '{"initial_grace_days":1,"default_mode":"per_user"}' http://calmd/v1/settings
    need "$bin/calm" product add files-2026 --requires activated --overuse refuse
    need "$bin/calm" vendor pack files-2026 5 --key "$work/vendor.key" --passphrase-file "$work/passphrase" \
        --output "$work/five.pack"
    enrol --service "$door=files-2026"
    need stop hostd
    need stop calmd
}

# The play logs in as login() does: `in`, or what the person reads.
write_login() {
    {
        echo '#!/bin/bash'
        declare -p work door_port ssh_options
        declare -f login
        # shellcheck disable=SC2016  # its own
        echo 'if login "$1"; then echo in; else cat "$work/login.err"; fi'
    } >"$work/login"
    chmod 755 "$work/login"
}

two_days_ago
host_joins
today
start_calmd
start_hostd 0 "CALM_HOST_LANGUAGE=$language"
set_up_ssh
door_port=$(free_port)
start_sshd "$door" '' "$door_port"
write_login
export PATH=$bin:$PATH CALM_LANGUAGE=$language CALM_CHROMIUM=$chromium CALM_DESK=$work CALM_SOCKET=$work/calmd.sock
CALM_CONSOLE=https://127.0.0.1:$tls_port CALM_HOST=$tag CALM_PERSON=${people[0]} node "$CALM_SOURCE/web/tests/grace.mjs"
status=$?
[ "$status" -eq 0 ] || tail -n 40 "$work/calmd.log" "$work/hostd.log" "$work/$door.log" "$work/login.err"
exit "$status"
