#!/bin/bash
# The DNS story: a domain names its license servers, and a real calm-hostd finds them through resolv.conf; then the
# name server changes its mind, and goes.
#
#   tests/hosts/dns_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can have a resolv.conf of its own" curl python3
own_machine

product=files-2026
name=license.example.org
echo "127.0.0.1 $name dead.example.org" >>/etc/hosts
rm -f /etc/resolv.conf
echo 'nameserver 127.0.0.1' >/etc/resolv.conf

set_up_server
sell $product 2 per_user "${strict[@]}"

# LINE...: what the domain says from now on.
domain_says() {
    printf '%s\n' "$@" >"$work/records.new"
    mv "$work/records.new" "$work/records"
}
start_dns() {
    python3 "$here/name_server.py" _calm._tcp.example.org "$work/records" 2>>"$work/dns.log" &
    pids[dns]=$!
}
ask_agent() {
    local answer
    answer=$(printf '{"ask":"admit","service":"files","user":"%s","mode":"user"}\n' "$1" |
        python3 -c 'import socket, sys
asking = socket.socket(socket.AF_UNIX)
asking.connect(sys.argv[1])
asking.sendall(sys.stdin.buffer.read())
print(asking.makefile().readline())' "$hostd_socket")
    jq -r .reason <<<"$answer"
}
names() { status | jq -r '.servers[].name' | paste -sd' '; }
names_are() { [ "$(names)" = "$1" ]; }

enrol --service files=$product
sed -i 's/^address = .*/address = "srv:example.org"/' /etc/calm/host.toml
dead_port=$(free_port)
domain_says "10 0 $tls_port $name"
start_dns
restart_hostd

echo "# The domain names one"
fact 'the agent finds it' until_true names_are "https://$name:$tls_port"
fact 'and is answered' until_true status_has '.servers[0].answered'
fact 'somebody is given a CAL' equals "$(ask_agent anna)" cal_issued

echo "# It names two, and the first is dead"
domain_says "10 0 $dead_port dead.example.org" "20 0 $tls_port $name" "1 0 $tls_port elsewhere.example"
restart_hostd
fact 'both are asked in their order, and nobody else' \
    until_true names_are "https://dead.example.org:$dead_port https://$name:$tls_port"
fact 'the second admits' equals "$(ask_agent anna)" cal_held

echo "# No name server answers"
stop dns KILL
fact 'what was found counts' equals "$(ask_agent bruno)" cal_issued
restart_hostd
fact 'an agent that starts then decides alone' equals "$(ask_agent anna)" offline_token
start_dns
fact 'and finds them when the name server is back' until_true names_are \
    "https://dead.example.org:$dead_port https://$name:$tls_port"
fact 'who admit again' equals "$(ask_agent anna)" cal_held
finish
