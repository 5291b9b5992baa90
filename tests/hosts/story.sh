# shellcheck shell=bash disable=SC2034  # those who source it read what is set here
# Sourced by the stories beside it: real logins through a real server, pam_calm.so, calm-hostd and calmd.
#
# A story counts facts. It needs root and the tools that it names; exit 77: skipped, and why. What it starts
# it ends by itself, also when it fails: it never looks for processes by name.
bin=${CALM_BIN:?CALM_BIN: where calmd, calm-hostd and calm are}
module=${CALM_BUILD:?CALM_BUILD: the build directory}/lib/pam_calm.so
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/sbin:/sbin

skip() {
    echo "skipped: $1"
    exit 77
}

# WHY TOOL...
needs_root_and() {
    local tool program
    [ "$(id -u)" -eq 0 ] || skip "$1"
    for tool in useradd userdel chpasswd jq "${@:2}"; do
        command -v "$tool" >/dev/null || skip "$tool is not installed"
    done
    faketime=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -1)
    [ -n "$faketime" ] || skip "faketime is not installed"
    for program in "$bin/calmd" "$bin/calm-hostd" "$bin/calm" "$module"; do
        [ -e "$program" ] || { echo "$program was not built"; exit 1; }
    done
}

tag=calm$$                        # in every name that this run adds to the machine
people=("${tag}a" "${tag}b" "${tag}c")
work=
declare -A pids=()                # what runs: name -> pid
passed=0
failed=0
host_toml=
hostd_socket=

export LC_ALL=C.UTF-8
unset LANGUAGE CALM_TOKEN CALM_FINGERPRINT

# NAME [SIGNAL]: ends what was started under this name, and nothing else; its exit code.
stop() {
    local pid=${pids[$1]:-} status=0
    [ -n "$pid" ] || return 0
    unset "pids[$1]"
    kill "-${2:-TERM}" "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null || status=$?
    return "$status"
}

# A story may have a tidy_up of its own for what stands outside its directory.
leave() {
    local name person
    for name in "${!pids[@]}"; do stop "$name" KILL; done
    for person in "${people[@]}"; do userdel "$person" 2>/dev/null; done
    if declare -F tidy_up >/dev/null; then tidy_up; fi
    cd / && rm -rf "$work" 2>/dev/null
}

# DIRECTORY: the story's own, which goes with it.
begin() {
    work=$1
    chmod 755 "$work"
    host_toml=$work/host.toml
    hostd_socket=$work/hostd.sock
    export CALM_SERVER=unix:$work/calmd.sock
    trap leave EXIT
    trap 'exit 1' INT TERM HUP
}

# WHAT COMMAND...: one fact of the story.
fact() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "NOT OK  $what"
        echo "        ($*)"
        tail -n 4 "$work/login.err" "$work/hostd.log" 2>/dev/null | sed 's/^/        /'
    fi
}

# Setting the scene is no fact; without it there is no story.
need() {
    "$@" >"$work/need.log" 2>&1 && return
    echo "could not set the scene: $*"
    sed 's/^/    /' "$work/need.log"
    exit 1
}

# Waits as long as a loaded machine may need (contacts are a minute apart at most) for COMMAND... to succeed.
until_true() {
    local i
    for ((i = 0; i < 900; ++i)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    return 1
}

free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 30000))
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

equals() { [ "$1" = "$2" ]; }
not() { ! "$@"; }

# The end of every story.
finish() {
    echo "# The end"
    fact 'calm-hostd ends cleanly' stop hostd
    fact 'and takes its socket with it' [ ! -e "$hostd_socket" ]
    fact 'calmd ends cleanly' stop calmd
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# --- the license server

start_calmd() {
    "$bin/calmd" --config "$work/calmd.toml" >>"$work/calmd.log" 2>&1 &
    pids[calmd]=$!
    need until_true "$bin/calm" status
}

# HOLDER: the number of the live CAL that somebody holds.
cal_of() {
    "$bin/calm" cal list --holder "$1" --state active --json | jq -r '.cals[0].cal'
}

# PRODUCT: the numbers of its live CALs.
cals_of() {
    "$bin/calm" cal list --product "$1" --state active --json | jq -r '.cals[].cal'
}

# PRODUCT: how many CALs are out.
cals_active() {
    "$bin/calm" cal list --product "$1" --state active --json | jq '.cals | length'
}

set_up_server() {
    tls_port=$(free_port)
    cat >"$work/calmd.toml" <<-END
	[data]
	directory = "$work/data"
	reserve_mib = 1
	[listen]
	socket = "$work/calmd.sock"
	tls_address = "127.0.0.1"
	tls_port = $tls_port
	END
    start_calmd
    echo 'a passphrase for the story' >"$work/passphrase"
    need "$bin/calm" vendor init 'Story Vendor' --output "$work/vendor" \
        --passphrase-file "$work/passphrase"
    need "$bin/calm" vendor trust "$work/vendor.vendor" --yes
}

# PRODUCT SEATS KIND RULE...: the product, and a pack of so many CALs for it. The kind `concurrent` is of users.
sell() {
    local product=$1 seats=$2 kind=(--kind "$3")
    [ "$3" != concurrent ] || kind=(--kind per_user --metric concurrent)
    need "$bin/calm" product add "$product" "${@:4}"
    need "$bin/calm" vendor pack "$product" "$seats" "${kind[@]}" --key "$work/vendor.key" \
        --passphrase-file "$work/passphrase" --output "$work/$product.pack"
    need "$bin/calm" pack add "$work/$product.pack"
}
strict=(--overuse refuse --initial-grace-days 0 --outage-days 7 --temporary-days 0)

# --- the host

# [DAYS [VARIABLE=VALUE]...]: the agent, its clock so many days ahead. Only its clock: calmd has no way
# to be told another time.
start_hostd() {
    local days=${1:-0}
    shift
    local settings=("$@")
    if [ "$days" -gt 0 ]; then
        settings+=("LD_PRELOAD=$faketime" "FAKETIME=+${days}d" FAKETIME_DONT_FAKE_MONOTONIC=1
            NO_FAKE_STAT=1)
    fi
    env "${settings[@]}" "$bin/calm-hostd" --config "$host_toml" >>"$work/hostd.log" 2>&1 &
    pids[hostd]=$!
    need until_true "$bin/calm-hostd" --config "$host_toml" status
}

restart_hostd() {
    stop hostd
    start_hostd "$@"
}

status() { "$bin/calm-hostd" --config "$host_toml" status --json; }
status_has() { status | jq -e "$1" >/dev/null; }

# REASON of the last admission of PERSON that the agent decided.
last_reason() {
    grep "user \`$1\`" "$work/hostd.log" | tail -n 1 | sed -E 's/.*: (allow|deny) ([a-z_]+).*/\2/'
}

# ARGUMENT...: of `calm-hostd enrol`, such as --service sshd=ssh-1.
enrol() {
    local token fingerprint
    token=$("$bin/calm" host token --json | jq -r .token)
    fingerprint=$("$bin/calm" status --json | jq -r .fingerprint)
    echo "$token" >"$work/token"
    need env "CALM_HOST_SOCKET=$hostd_socket" "$bin/calm-hostd" --config "$host_toml" enrol \
        --server "https://127.0.0.1:$tls_port" --fingerprint "$fingerprint" \
        --token "@$work/token" --name "$tag" --state-dir "$work/host" "$@"
    need chmod 600 "$host_toml"
    start_hostd
    need until_true status_has .last_contact
}

homes=(--no-create-home --home-dir /)  # for useradd
make_people() {
    local person
    for person in "${people[@]}"; do
        need useradd "${homes[@]}" --shell /bin/sh "$person"
        echo "$person:story of $person" | chpasswd
    done
}
