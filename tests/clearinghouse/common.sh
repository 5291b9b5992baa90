# shellcheck shell=bash
# shellcheck disable=SC2154  # desk is set by who sources this
# Sourced after tests/cli/common.sh: a clearinghouse of the test's own, and license servers beside it.
house_pids=()
declare -A running=()

# NAME [SETTINGS LINE]...: starts one on NAME.sock, and on loopback's port $house_port where that is set,
# with the files house.key, .cert and .vendor.
start_house() {
    local name=$1 i
    shift
    {
        printf '[data]\ndirectory = "%s"\n[listen]\nsocket = "%s"\n' "$desk/$name.data" "$desk/$name.sock"
        if [ -n "${house_port:-}" ]; then printf 'plain_address = "127.0.0.1"\nplain_port = %s\n' "$house_port"; fi
        printf '[signing]\nkey = "%s"\ncertificate = "%s"\n' "$desk/house.key" "$desk/house.cert"
        printf 'vendor = "%s"\npassphrase_file = "%s"\n' "$desk/house.vendor" "$desk/passphrase.txt"
        printf '[rules]\n'
        printf '%s\n' "$@"
    } >"$name.toml"
    calm-clearinghouse --config "$name.toml" 2>"$name.log" &
    house_pids+=($!)
    for ((i = 0; i < 200; i++)); do
        if curl -fsS --unix-socket "$name.sock" http://h/livez >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    cat "$name.log"
    return 1
}

# All that were started.
stop_house() {
    local pid status=0
    for pid in "${house_pids[@]}"; do
        kill "$pid" 2>/dev/null
        wait "$pid" || status=1
    done
    house_pids=()
    return "$status"
}

# WORDS...: `calm` with the clearinghouse.
house() { calm --server "unix:$desk/house.sock" "$@"; }

# NAME [PORT [LINE]...]: a license server on NAME.sock, with TLS on this port of loopback if one is given.
start_calmd() {
    local name=$1 port=${2:-} i
    shift $(($# < 2 ? $# : 2))
    {
        printf '[data]\ndirectory = "%s"\nreserve_mib = 0\n' "$desk/$name.data"
        printf '[listen]\nsocket = "%s"\ntls_address = "%s"\n' "$desk/$name.sock" "${port:+127.0.0.1}"
        printf '%s\n' ${port:+"tls_port = $port"} "$@"
    } >"$name.toml"
    calmd --config "$name.toml" 2>>"$name.log" &
    running[$name]=$!
    for ((i = 0; i < 300; i++)); do
        if on "$name" status >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    cat "$name.log"
    return 1
}
# NAME WORDS...: `calm` with this license server.
on() {
    local name=$1
    shift
    calm --server "unix:$desk/$name.sock" "$@"
}
# NAME [SIGNAL]: what runs under this name.
end() {
    kill "-${2:-TERM}" "${running[$1]}" 2>/dev/null
    wait "${running[$1]}" 2>/dev/null
    unset "running[$1]"
}
# For a trap at the end of a test.
end_all() {
    local name
    for name in "${!running[@]}"; do end "$name"; done
    stop_house
    leave
}

# METHOD PATH [BODY]: JSON to the clearinghouse, as its owner.
house_api() {
    curl -sS --unix-socket house.sock -X "$1" -H 'Content-Type: application/json' ${3:+--data-binary "$3"} "http://h$2"
}
