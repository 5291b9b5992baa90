#!/bin/bash
# The life of the Debian packages on a machine: the commands of docs/operating/install.md to the first CAL, a host and
# a clearinghouse beside it, upgrade, removal, purge.
#
#   tests/packages/life_test.sh [--boot] [ROOT]         (ctest sets CALM_BIN, CALM_BUILD and CALM_SOURCE)
#
# ROOT is the machine's file system, such as tests/packages/debian_root makes; else that of this machine. Nothing is
# written to it: all happens in an overlay, in namespaces without a network. No systemd runs there, and the services
# are started as their units say, by hand; with --boot one does, and the units' sandboxes are tested, too.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=../hosts/story.sh
source "$(dirname "$0")/../hosts/story.sh"
# shellcheck source-path=SCRIPTDIR source=../hosts/own_machine.sh
source "$(dirname "$0")/../hosts/own_machine.sh"
# shellcheck source-path=SCRIPTDIR source=machine.sh
source "$(dirname "$0")/machine.sh"
people=()                        # accounts are made inside alone
goods=/run/story/goods           # what comes from outside: packages, what the vendor sends
product=terminal-2022

# --- outside: what is brought along, and the way in

# FROM TO: the packages, as a later version.
make_later() {
    local package tree=$work/later
    mkdir -p "$2"
    for package in "$1"/*.deb; do
        rm -rf "$tree"
        need dpkg-deb -R "$package" "$tree"
        sed -i -E 's/^Version: .*/&+later/; s/\(= ([0-9.]+)\)/(= \1+later)/' "$tree/DEBIAN/control"
        need dpkg-deb -Zgzip -z1 -b "$tree" "$2"
    done
}

what_the_vendor_sends() {
    cd "$1" || exit 1
    echo 'a passphrase for the test' >passphrase
    local pass=(--passphrase-file passphrase)
    need "$bin/calm" vendor init 'Example Software' --output example "${pass[@]}"
    need "$bin/calm" vendor pack $product 2 --requires activated --overuse refuse --initial-grace-days 0 \
        --key example.key "${pass[@]}" --output two.pack
    need "$bin/calm" vendor clearinghouse --key example.key --days 400 --address https://licenses.example.org \
        --output house "${pass[@]}" --new-passphrase-file passphrase
    cd /
}

# DIRECTORY
bring() {
    need cp -r "$CALM_BUILD/packages" "$1/now"
    make_later "$1/now" "$1/later"
    what_the_vendor_sends "$1"
}

# --- inside

# Nobody is asked, nothing else is fetched, and nothing of it has to last.
quiet_apt() {
    export DEBIAN_FRONTEND=noninteractive
    printf '%s\n' 'APT::Install-Recommends "false";' 'APT::Get::Assume-Yes "true";' 'APT::Sandbox::User "root";' \
        'DPkg::Options { "--force-unsafe-io"; };' 'DPkg::Use-Pty "0";' >/etc/apt/apt.conf.d/99calm-story
    # A policy of the machine that lets no service start would hide what the packages do.
    rm -f /usr/sbin/policy-rc.d
    echo '127.0.0.1 localhost story' >/etc/hosts
}

# UNIT KEY: what stands there; the last one counts.
unit_says() { sed -n "s/^$2=//p" "/lib/systemd/system/$1.service" | tail -n 1; }
is_enabled() { [ -L "/etc/systemd/system/multi-user.target.wants/$1.service" ]; }
# UNIT: its process.
pid_of() { echo "${pids[$1]:-0}"; }
runs() { local pid; pid=$(pid_of "$1"); [ "$pid" -ne 0 ] && [ "$(stat -c %U "/proc/$pid")" = "$(unit_says "$1" User)" ]; }

# Without a systemd: what it would do with a unit, but for its sandbox.
start_unit() {
    local condition account state
    condition=$(unit_says "$1" ConditionPathExists)
    [ -z "$condition" ] || [ -e "$condition" ] || return 0
    account=$(unit_says "$1" User)
    state=/var/lib/$(unit_says "$1" StateDirectory)
    install -d -m "$(unit_says "$1" StateDirectoryMode)" -o "$account" -g "$account" "$state" || return
    # shellcheck disable=SC2046  # the words of a command
    setpriv --reuid "$account" --regid "$account" --init-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
        -- $(unit_says "$1" ExecStart) >>"/run/story/$1.log" 2>&1 &
    pids[$1]=$!
}
systemctl() {
    local unit
    for unit in "${@:2}"; do
        case $1 in
            start | restart) stop "$unit"; start_unit "$unit" ;;
            stop) stop "$unit" ;;
            *) return 2 ;;
        esac
    done
}
# What the packages would have asked systemd for.
services_as_after_installing() {
    local unit
    for unit in "$@"; do if is_enabled "$unit"; then systemctl restart "$unit"; fi; done
}
apt-get() {
    command apt-get "$@" || return
    if [[ $* == *calm-server_* ]]; then services_as_after_installing calmd calm-hostd; fi
}

# With one, all this is the packages' own work.
if [ "${CALM_STORY_MACHINE:-}" = booted ]; then
    unset -f systemctl apt-get
    services_as_after_installing() { :; }
    pid_of() { systemctl show --property MainPID --value "$1"; }
fi

owner_and_mode() { [ "$(stat -c '%U:%G %a' "$1")" = "$2" ]; }
ledger_id() { calm status --json | sed -n 's/.*"license_server_id":"\([^"]*\)".*/\1/p'; }
holds_cals() { [ "$(calm cal list --state active --json | grep -o '"cal":' | wc -l)" -eq "$1" ]; }
sessions_are() { calm-hostd status --json | grep -q "\"sessions\":$1\b"; }
# PERSON: logs in, and stays until `go`.
stay() {
    rm -f /run/story/hold
    mkfifo /run/story/hold
    su "$1" -c cat </run/story/hold >/dev/null 2>&1 &
    pids[stay]=$!
    exec 9>/run/story/hold
}
go() {
    exec 9>&-
    wait "${pids[stay]}" 2>/dev/null
    unset 'pids[stay]'
}
login_of() { su "$1" -c true </dev/null >/run/story/login.err 2>&1; }
refuses_removal() { ! command apt-get remove "$1" >/run/story/remove.log 2>&1; }
leftovers() {
    find /etc /usr/bin /usr/lib/{systemd,sysusers.d,tmpfiles.d} /usr/lib/*/security /usr/share/{doc,calm} /var/lib/{calm*,systemd} \
        -iname '*calm*' ! -name '*calm-story*' 2>/dev/null
}
keeps() { [ -s "$1" ] && [ -s "$2" ]; }

chapter_first_cal() {
    echo "# From nothing to the first CAL"
    follow_page docs/operating/install.md "s|\./|$goods/now/|g; s|example\.vendor|$goods/&|; s|two\.pack|$goods/&|; s|sshd=|su=|"
    fact 'the first CAL is there' holds_cals 1
    fact 'calmd runs as its account' runs calmd
    fact 'it is started with the machine' is_enabled calmd
    fact 'the ledger is its account'\''s alone' owner_and_mode /var/lib/calm 'calm:calm 700'
    fact 'parts of CALM meet in /run/calm' owner_and_mode /run/calm 'root:calm 1775'
    fact 'the settings are there' keeps /etc/calm/calmd.toml /etc/calm/host.toml
    ledger=$(ledger_id)
}

chapter_host() {
    echo "# A host beside it"
    need command apt-get install "$goods"/now/{libpam-calm,libcalm1}_*.deb
    fact 'calm-hostd is started with the machine' is_enabled calm-hostd
    fact 'and has waited until the host was enrolled' not runs calm-hostd
    fact 'the host'\''s key is its account'\''s alone' owner_and_mode /var/lib/calm-host/host.key 'calm-host:calm-host 600'
    systemctl start calm-hostd
    fact 'it runs' until_true calm-hostd status
    fact 'as its account' runs calm-hostd
    for person in anna bruno chloe; do need useradd --no-create-home --home-dir / "$person"; done
    printf 'account required pam_calm.so\nsession optional pam_calm.so\n' >>/etc/pam.d/su
    rm -rf /etc/ssl/certs
    fact 'no authority is needed to know the server by its fingerprint' grep -q '^good  *tls ' <(calm doctor)
    fact 'who has a CAL logs in' login_of anna
    fact 'the next one takes the last CAL' login_of bruno
    fact 'the third is refused' not login_of chloe
    fact 'with a sentence' grep -q 'All licenses for this server are in use' /run/story/login.err
    fact 'two CALs are out' holds_cals 2
    # Whose processes the agent sees, though they are not its account's.
    stay anna
    fact 'a session is known' until_true sessions_are 1
    go
    fact 'and ends with its word' until_true sessions_are 0
    stay anna
    need until_true sessions_are 1
    kill -KILL "${pids[stay]}"
    fact 'or when its process is gone' until_true sessions_are 0
    go
    fact 'programs find libcalm' grep -q libcalm.so.1 <(/sbin/ldconfig -p)
}

chapter_clearinghouse() {
    echo "# A clearinghouse beside it"
    need command apt-get install "$goods"/now/calm-{clearinghouse,doc}_*.deb
    services_as_after_installing calm-clearinghouse
    fact 'it waits for its settings' not runs calm-clearinghouse
    install -m 600 -o calm-clearinghouse "$goods"/house.{key,cert,vendor} "$goods/passphrase" /etc/calm/
    printf '[signing]\nkey = "/etc/calm/house.key"\ncertificate = "/etc/calm/house.cert"\nvendor = "/etc/calm/house.vendor"\npassphrase_file = "/etc/calm/passphrase"\n' \
        >/etc/calm/clearinghouse.toml
    systemctl start calm-clearinghouse
    fact 'it sells' until_true calm vendor product $product --server unix:/run/calm/clearinghouse.sock
    fact 'it runs as its account' runs calm-clearinghouse
    fact 'the manual is there' [ -s /usr/share/doc/calm/docs/operating/install.md ]
    fact 'nobody took the place of another' runs calmd
}

chapter_upgrade() {
    echo "# An upgrade"
    local package unit
    need command apt-get install "$goods"/later/{calm-server,calm-cli,calm-host,calm-clearinghouse,calm-doc,libpam-calm,libcalm1}_*.deb
    services_as_after_installing calmd calm-hostd calm-clearinghouse
    need until_true calm status
    for package in calm-server calm-host libpam-calm; do
        fact "$package is the later one" grep -q '+later$' <(dpkg-query -W -f '${Version}\n' $package)
    done
    fact 'the ledger is the same' equals "$(ledger_id)" "$ledger"
    fact 'the CALs are there' holds_cals 2
    fact 'the host is enrolled still' until_true calm-hostd status
    fact 'who has a CAL logs in' login_of anna
    for unit in calmd calm-hostd calm-clearinghouse; do fact "$unit runs" until_true runs $unit; done
}

chapter_removal() {
    echo "# Removal"
    fact 'the PAM module is not removed while a login needs it' refuses_removal libpam-calm
    fact 'and apt says which' grep -q '/etc/pam.d/su$' /run/story/remove.log
    fact 'so that logins work' login_of anna
    sed -i '/pam_calm/d' /etc/pam.d/su
    systemctl stop calmd calm-hostd calm-clearinghouse
    need command apt-get remove calm-server calm-cli calm-host calm-clearinghouse calm-doc libpam-calm libcalm1
    fact 'the programs are gone' not compgen -G '/usr/bin/calm*'
    fact 'the ledger stays' [ -s /var/lib/calm/ledger.db ]
    fact 'the host stays enrolled' [ -s /var/lib/calm-host/host.key ]
    fact 'settings stay' keeps /etc/calm/calmd.toml /etc/calm/host.toml
    need command apt-get install "$goods"/later/{calm-server,calm-cli}_*.deb
    services_as_after_installing calmd
    fact 'installed again it goes on' until_true calm status
    fact 'with the same ledger' equals "$(ledger_id)" "$ledger"
    systemctl stop calmd
}

chapter_purge() {
    echo "# Purge"
    need command apt-get purge calm-server calm-cli calm-host calm-clearinghouse
    fact 'the data is gone' not compgen -G '/var/lib/calm*'
    fact 'what an administrator has put there stays' [ -f /etc/calm/house.key ]
    fact 'and nothing else' [ "$(find /etc/calm -name '*.toml')" = '' ]
    rm -rf /etc/calm
    fact 'nothing else is left' equals "$(leftovers)" ''
}

case ${CALM_STORY_MACHINE:-} in
    inside | booted) ;;
    *)
        compgen -G "$CALM_BUILD/packages/calm-server_*.deb" >/dev/null || skip 'the packages were not made'
        if [ "${1:-}" = --boot ]; then
            boot_machine "$2" tests/packages/life_test.sh
        else
            enter_machine "${1:-/}" tests/packages/life_test.sh
        fi
        ;;
esac
begin /run/story
unset CALM_SERVER  # the packages' own
quiet_apt
chapter_first_cal
chapter_host
chapter_clearinghouse
chapter_upgrade
chapter_removal
chapter_purge
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
