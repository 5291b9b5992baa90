#!/bin/bash
# An end under load, and clients that are slow on purpose: whoever was answered keeps what he was told, and
# nobody waits for the slow ones.
set -uo pipefail
# shellcheck source=tests/product/common.sh
source "$(dirname "$0")/common.sh"

# --- an end under load
configure calm 'plain_address = "127.0.0.1"' 'plain_port = 0'
expect "it starts" start calm || exit 1
expect "it is furnished" furnish calm
expect "anna is admitted" admits 200 '.cal == 1' calm mail-1 user anna
expect "a device has a temporary CAL" admits 200 '.reason == "cal_temporary_issued"' calm sql-1 device pc1
# CLIENT: many questions over one connection, each with its own request id.
questions() {
    local i
    for i in {1..3000}; do
        [ "$i" = 1 ] || echo next
        printf 'url = http://localhost/v1/admissions\nunix-socket = %s\nheader = "%s"\nwrite-out = "\\n"\n' \
            "$desk/calm.sock" 'Content-Type: application/json'
        printf 'data = "{\\"request_id\\":\\"%016x%016x\\",\\"product\\":\\"mail-1\\",\\"user\\":\\"u%s-%s\\",\\"host\\":1}"\n' \
            "$1" "$i" "$1" "$i"
    done >"questions.$1"
}
loads=()
for i in 1 2 3; do
    questions "$i"
    curl -s --no-progress-meter --max-time 60 --fail-early -K "questions.$i" >"answers.$i" 2>/dev/null &
    loads+=("$!")
    started+=("$!")
done
for ((i = 0; i < 400; i++)); do
    if [ "$(cat answers.? | wc -l)" -gt 30 ]; then break; fi
    sleep 0.05
done
expect "SIGTERM under load ends it with 0" ends 0 "$server"
wait "${loads[@]}"
grep -h '"verdict":"allow"' answers.? | jq -c '[.cal, .expires_at]' | sort >acknowledged
answered=$(wc -l <acknowledged)
expect "it was under load ($answered answered)" [ $((answered > 30 && answered < 9000)) = 1 ]
expect "it starts again" start calm
for i in 1 2 3; do
    lines=$(grep -c '"verdict":"allow"' "answers.$i")
    awk -v n="$lines" '$1 == "next" { if (++seen >= n) exit } { print }' "questions.$i" >again
    curl -s --no-progress-meter -K again
done | jq -c 'select(.repeated and .verdict == "allow") | [.cal, .expires_at]' | sort >repeated
expect "whoever was answered is answered the same" cmp acknowledged repeated

# --- slow clients, who send a byte a second; 27 bytes are more than the 10 s that calmd waits for a head
port=$(sed -n 's|.*listening on http://127.0.0.1:||p' calm.log | tail -n 1)
# NUMBER: what calmd answers in the end goes to slow.NUMBER.
crawl() {
    local text='POST /v1/admissions HTTP/1.1' answer='' i
    trap '' PIPE
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return
    touch "open.$1"
    for ((i = 0; i < ${#text}; i++)); do
        printf %s "${text:i:1}" >&3 || break
        if IFS= read -r -t 1 answer <&3; then break; fi
    done
    echo "$answer" >"slow.$1"
}
crawlers=()
for i in 1 2 3 4 5 6 7 8; do
    crawl "$i" 2>/dev/null &
    crawlers+=("$!")
    started+=("$!")
done
for ((i = 0; i < 100; i++)); do
    if [ "$(find . -name 'open.*' | wc -l)" -eq 8 ]; then break; fi
    sleep 0.05
done
expect "bruno gets a CAL" admits 200 '.verdict == "allow" and .cal > 1' calm mail-1 user bruno
expect "while the slow ones are still at it" [ "$(find . -name 'slow.*' | wc -l)" -eq 0 ]
wait "${crawlers[@]}"
expect "they are sent away in the end" [ "$(grep -l '^HTTP/1.1 408' slow.* | wc -l)" -eq 8 ]
expect "it ends" ends 0 "$server"
finish
