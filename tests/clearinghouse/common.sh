# shellcheck shell=bash
# shellcheck disable=SC2154  # desk is set by who sources this
# Sourced after tests/cli/common.sh: a clearinghouse of the test's own.
house_pids=()

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

# METHOD PATH [BODY]: JSON to the clearinghouse, as its owner.
house_api() {
    curl -sS --unix-socket house.sock -X "$1" -H 'Content-Type: application/json' ${3:+--data-binary "$3"} "http://h$2"
}
