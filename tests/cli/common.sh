# shellcheck shell=bash
# Sourced by the tests beside it: a directory, a license server and a `calm` of the test's own.
# shellcheck disable=SC2034  # for those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PATH=${CALM_BIN:?}:$PATH
export LC_ALL=C.UTF-8 TZ=UTC
unset LANGUAGE CALM_SERVER CALM_TOKEN CALM_FINGERPRINT
desk=$(mktemp -d)
export HOME=$desk/home CALM_CONFIG=$desk/calmd.toml
mkdir "$HOME"
cd "$desk" || exit 1
passed=0
failed=0
server=

leave() {
    stop_server
    rm -rf "$desk"
}
trap leave EXIT

# WHAT COMMAND...: counts whether the command succeeds.
expect() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what"
        failed=$((failed + 1))
    fi
}

# STATUS TEXT COMMAND...: the command ends with this status, and what it says holds the text.
says() {
    local status=$1 text=$2 out got
    shift 2
    out=$("$@" 2>&1)
    got=$?
    if [ "$got" -eq "$status" ] && grep -qF -- "$text" <<<"$out"; then return 0; fi
    echo "\`$*\` ended with $got, not $status, or did not say \`$text\`:"
    # shellcheck disable=SC2001  # every line is indented
    echo "$out" | sed 's/^/    /'
    return 1
}

# NUMBER PATTERN COMMAND...: so many whole lines of what it says are like this.
says_lines() {
    local number=$1 pattern=$2 out
    shift 2
    out=$("$@" 2>&1)
    if [ "$(grep -cx -- "$pattern" <<<"$out")" -eq "$number" ]; then return 0; fi
    echo "not $number lines of \`$*\` are like \`$pattern\`:"
    # shellcheck disable=SC2001  # every line is indented
    echo "$out" | sed 's/^/    /'
    return 1
}

# STATUS FILTER COMMAND...: the command ends with this status, and its JSON passes the jq filter.
gives() {
    local status=$1 filter=$2 out got
    shift 2
    out=$("$@" --json 2>"$desk/stderr")
    got=$?
    if [ "$got" -eq "$status" ] && jq -e "$filter" <<<"$out" >/dev/null 2>&1; then return 0; fi
    echo "\`$*\` ended with $got, not $status, or is not \`$filter\`:"
    { echo "$out"; cat "$desk/stderr"; } | sed 's/^/    /'
    return 1
}

free_port() {
    # Of the range that the kernel does not hand out by itself; each test process begins elsewhere.
    local port=$((20000 + $$ % 10000))
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

# Starts calmd with $CALM_CONFIG and waits until it answers. Its words go to $desk/calmd.log.
start_server() {
    calmd --config "$CALM_CONFIG" 2>>"$desk/calmd.log" &
    server=$!
    local i
    for ((i = 0; i < 200; i++)); do
        if calm status >/dev/null 2>&1; then return 0; fi
        if ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    echo "calmd did not start:"
    sed 's/^/    /' "$desk/calmd.log"
    return 1
}

stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    local status=$?
    server=
    return "$status"
}

# NAME: enrols a host under this name, with a key that signs nothing here.
enrol_host() {
    local key
    key=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d " \n")
    curl -sS --fail-with-body --unix-socket "$desk/calmd.sock" -H 'Content-Type: application/json' \
        -d "{\"token\":\"$(calm host token)\",\"name\":\"$1\",\"public_key\":\"$key\"}" \
        http://localhost/v1/hosts >"$desk/enrolled" || { local status=$?; cat "$desk/enrolled"; return "$status"; }
}

# SECRET [STEPS]: the code that an app shows for a secret in base32 (RFC 6238), so many steps of 30 seconds
# from now.
totp() {
    local key mac at
    key=$(printf %s "$1" | base32 -d | xxd -p)
    mac=$(printf %016x $(($(date +%s) / 30 + ${2:-0})) | xxd -r -p | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key")
    mac=${mac##* }
    at=$((2 * 0x${mac:39:1}))
    printf %06d $(((0x${mac:at:8} & 0x7fffffff) % 1000000))
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
