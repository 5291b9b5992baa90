# shellcheck shell=bash
# Sourced by the tests beside it: a directory and license servers of the test's own. Every calmd that it
# starts is ended with it, however it ends.
export PATH=${CALM_BIN:?}:$PATH
export LC_ALL=C.UTF-8 TZ=UTC
unset LANGUAGE CALM_SERVER CALM_TOKEN CALM_FINGERPRINT
desk=$(mktemp -d)
cd "$desk" || exit 1
passed=0
failed=0
started=() # every process that must not outlive the test
server=    # the newest calmd
preload=() # what stands before it in its environment

leave() {
    local pid
    for pid in "${started[@]}"; do
        kill -KILL "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    cd / && rm -rf "$desk"
}
trap leave EXIT
trap 'exit 1' INT TERM

# WHAT COMMAND...: counts whether the command succeeds.
expect() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what"
        failed=$((failed + 1))
        return 1
    fi
}

not() { ! "$@"; }

# COMMAND...: sets the scene; without it there is no test.
need() {
    "$@" >need.log 2>&1 && return
    echo "could not set the scene: $*"
    sed 's/^/    /' need.log
    exit 1
}

# COMMAND...: waits until it succeeds, as long as a loaded machine may need: hosts tell their servers of things
# once a minute.
until_true() {
    local i
    for ((i = 0; i < 1800; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    echo "never true: $*"
    return 1
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# NAME [LINE...]: writes NAME.toml for a license server in the directory NAME. A line is either
# `section.key = value` or anything else, which is put at the end as it is.
configure() {
    local name=$1
    shift
    cat >"$name.toml" <<END
[data]
directory = "$desk/$name"
reserve_mib = 1
[listen]
socket = "$desk/$name.sock"
tls_address = "127.0.0.1"
tls_port = 0
END
    if [ $# -gt 0 ]; then printf '%s\n' "$@" >>"$name.toml"; fi
}

# NAME METHOD PATH [BODY]: asks the license server NAME over its socket as its owner. The answer's body
# and a last line with the status go to standard output.
ask() {
    local name=$1 method=$2 path=$3
    shift 3
    curl -sS --max-time 20 --unix-socket "$desk/$name.sock" -X "$method" -w '\n%{http_code}\n' \
        -H 'Content-Type: application/json' -H 'If-Match: *' ${1+-d "$1"} "http://localhost$path"
}

# STATUS FILTER NAME METHOD PATH [BODY]: the answer has this status, and its body passes the jq filter.
answers() {
    local status=$1 filter=$2 out
    shift 2
    out=$(ask "$@" 2>&1)
    if [ "$(tail -n 1 <<<"$out")" = "$status" ] &&
        head -n -1 <<<"$out" | jq -e "$filter" >/dev/null 2>&1; then return 0; fi
    echo "\`$*\` is not $status with \`$filter\`:"
    printf '    %s\n' "${out//$'\n'/$'\n'    }"
    return 1
}

# NAME: starts calmd with NAME.toml and waits until it answers. Its words go to NAME.log.
start() {
    local i
    env "${preload[@]}" calmd --config "$1.toml" 2>>"$1.log" &
    server=$!
    started+=("$server")
    for ((i = 0; i < 300; i++)); do
        if ask "$1" GET /readyz >/dev/null 2>&1; then return 0; fi
        if ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    echo "calmd did not start:"
    sed 's/^/    /' "$1.log"
    return 1
}

# STATUS PID: ends this calmd by SIGTERM; it must end with this status.
ends() {
    local got
    kill -TERM "$2" 2>/dev/null
    wait "$2"
    got=$?
    [ "$got" -eq "$1" ] || echo "calmd ended with $got, not $1"
    [ "$got" -eq "$1" ]
}

# STATUS TEXT NAME: calmd does not start with NAME.toml, ends with this status, and says this; in the
# language of the locale $spoken, else in English.
refuses() {
    local status=$1 text=$2 got
    timeout -k 1 20 env LC_ALL="${spoken:-C.UTF-8}" "${preload[@]}" calmd --config "$3.toml" >refusal 2>&1
    got=$?
    if [ "$got" -eq "$status" ] && grep -qF -- "$text" refusal; then return 0; fi
    echo "calmd ended with $got, not $status, or did not say \`$text\`:"
    sed 's/^/    /' refusal
    return 1
}

# From now on calmd sees a clock that may lie: turn() says by how much. Fails when faketime is not installed.
lies() {
    local library
    library=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -n 1)
    if [ -z "$library" ]; then
        echo "faketime is not installed; scripts/setup test installs it"
        return 1
    fi
    preload=("LD_PRELOAD=$library" "FAKETIME_TIMESTAMP_FILE=$desk/clock" FAKETIME_NO_CACHE=1
        FAKETIME_DONT_FAKE_MONOTONIC=1)
}

# OFFSET: the clock is wrong by so much from now on. Never does calmd read half a file.
turn() {
    echo "$1" >clock.new && mv clock.new clock
}

# NAME: what a license server knows, for comparing: its CALs and the size of its log.
knowledge() {
    ask "$1" GET '/v1/cals?limit=1000' | head -n -1 | jq -c .
    ask "$1" GET /v1/status | head -n -1 | jq -c '{license_server_id, entries, cals, hosts, products}'
}

# NAME: gives a running license server a product that is counted, one that is enforced, and a host.
furnish() {
    local token key
    key=$(printf 'ab%.0s' {1..32})
    answers 200 . "$1" PUT /v1/settings '{"initial_grace_days":0,"default_mode":"either"}' &&
        answers 201 . "$1" POST /v1/products '{"product":"mail-1","requires":"trusted"}' &&
        answers 201 . "$1" POST /v1/products '{"product":"sql-1","requires":"activated",
            "overuse":"refuse","initial_grace_days":0,"temporary_days":90}' &&
        answers 201 . "$1" POST /v1/packs \
            '{"declared":{"product":"mail-1","kind":"per_user","quantity":50}}' || return 1
    token=$(ask "$1" POST /v1/hosts/tokens '{}' | head -n -1 | jq -r .token)
    answers 201 '.host == 1' "$1" POST /v1/hosts \
        "{\"token\":\"$token\",\"name\":\"fs1\",\"public_key\":\"$key\"}"
}

# STATUS FILTER NAME PRODUCT KIND HOLDER: asks whether this user or device may connect.
admits() { answers "$1" "$2" "$3" POST /v1/admissions "{\"product\":\"$4\",\"$5\":\"$6\",\"host\":1}"; }
