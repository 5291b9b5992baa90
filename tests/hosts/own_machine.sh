# shellcheck shell=bash
# Sourced after story.sh by stories whose server belongs to the machine as a whole: its /etc, its ports. They
# get a machine of their own, as far as they can tell: namespaces in which /etc and /var may be written to, no
# daemon runs, every port is free, and which take everything with them when they end. There the commands of a
# page of the manual are run as they stand.
# shellcheck disable=SC2034,SC2154  # they are story.sh's

# Starts the story again inside; returns there.
own_machine() {
    if [ -z "${CALM_STORY_MACHINE:-}" ]; then
        unshare --mount --net --uts --pid --fork --mount-proc true 2>/dev/null || skip "no namespaces can be made here"
        CALM_STORY_MACHINE=yes exec unshare --mount --net --uts --pid --fork --kill-child --mount-proc "$BASH" "$0"
    fi
    local modules
    modules=$(dirname "$(compgen -G '/usr/lib/*/security/pam_unix.so' | head -1)")
    mount -t tmpfs -o mode=755 calm-story /run || exit 1
    mkdir /run/story /run/calm
    begin /run/story
    { may_write /etc && may_write /var && may_write "$modules"; } || skip "no overlay can be mounted here"
    mkdir -p /etc/calm
    install -m 644 "$module" "$modules/pam_calm.so"
    hostname story
    printf '127.0.0.1 localhost story\n::1 localhost\n' >/etc/hosts
    ip link set lo up
    # With none but loopback addresses, getaddrinfo() finds no localhost for those who ask with AI_ADDRCONFIG.
    ip address add 2001:db8::1/128 dev lo
    export PATH=$bin:$PATH
    host_toml=/etc/calm/host.toml
    hostd_socket=/run/calm/hostd.sock
}

tidy_up() {
    if declare -F end_server >/dev/null; then end_server >/dev/null 2>&1; fi
}

# DIRECTORY
may_write() {
    local own=$work/overlay$1
    mkdir -p "$own/upper" "$own/work" &&
        mount -t overlay calm-story -o "lowerdir=$1,upperdir=$own/upper,workdir=$own/work" "$1"
}

# VERB UNIT...: what the manual's pages ask of systemd. A story says what restart_UNIT does.
systemctl() {
    local unit
    for unit in "${@:2}"; do
        [ "$unit" != --now ] || continue
        case $1 in
            restart | reload | enable) "restart_${unit//-/_}" || return ;;
            *) return 2 ;;
        esac
    done
}
restart_calm_hostd() { restart_hostd; }

# PAGE [SED-SCRIPT]: runs the commands of the sh blocks before its first heading, one a line, as a reader does in a
# clone of CALM. The script puts in what a reader has to.
follow_page() {
    local line commands=0
    cd "$here/../.." || exit 1
    while read -r line; do
        commands=$((commands + 1))
        eval "$line" >"$work/page.log" 2>&1 </dev/null && continue
        echo "could not do what $1 says: $line"
        sed 's/^/    /' "$work/page.log" "$work/need.log"
        exit 1
    done < <(awk '/^## / { exit } /^```sh/ { on = 1; next } /^```/ { on = 0 } on' "$1" | sed -E "${2:-}")
    cd /
    fact "$1: at most six commands" [ "$commands" -ge 1 -a "$commands" -le 6 ]
}

# --- what every server that refuses people has in common. The story says how to `login PERSON`, and whether
# somebody `was_told SENTENCE`.

in_use='All licenses for this server are in use. Ask your administrator'
silent='The license server does not answer.'

# PERSON REASON: got in, and why.
admitted() {
    login "$1" && [ "$(last_reason "$1")" = "$2" ]
}

# PERSON REASON SENTENCE: was kept out, why, and what was said.
refused() {
    ! login "$1" && [ "$(last_reason "$1")" = "$2" ] && was_told "$3"
}

# The agent's log, for servers that pass no sentence on.
agent_wrote() { tail -n 1 "$work/hostd.log" | grep -F "$1" >/dev/null; }

# Whether the license server has been told of every decision that the agent has made alone, and of each once.
# It counts from its start, which must come after the first of them.
all_was_told() {
    local decided
    decided=$(grep -cF '(no license server answered)' "$work/hostd.log")
    [ "$decided" -gt 0 ] && curl --silent --unix-socket "$work/calmd.sock" http://calmd/metrics |
        grep -x "calm_offline_decisions $decided" >/dev/null
}

# PERSON: with a wrong password.
stays_outside() {
    local before
    before=$(wc -l <"$work/hostd.log")
    ! login "$1" 'not it' && [ "$before" = "$(wc -l <"$work/hostd.log")" ]
}

# PRODUCT, of which there are two CALs.
chapter_three_people_two_cals() {
    echo "# Three people, two CALs"
    fact 'the first is given a CAL' admitted "${people[0]}" cal_issued
    fact 'the second is given the last one' admitted "${people[1]}" cal_issued
    fact 'the third is refused with a sentence' refused "${people[2]}" no_cal_available "$in_use"
    fact 'who holds a CAL gets in again' admitted "${people[0]}" cal_held
    fact 'a wrong password never reaches CALM' stays_outside "${people[0]}"
    fact 'two CALs are out' equals "$(cals_active "$1")" 2
}

# PRODUCT
chapter_outage() {
    echo "# The license server is gone"
    need until_true status_has '.tokens == 2'
    fact 'calmd ends cleanly' stop calmd
    fact 'a holder gets in on the token' admitted "${people[1]}" offline_token
    fact 'a stranger gets in while the outage period lasts' admitted "${people[2]}" offline_outage
    fact 'what was decided is kept' status_has '.untold_decisions > 0'
    restart_hostd 8
    fact 'eight days later a holder still gets in' admitted "${people[0]}" offline_token
    fact 'a stranger does not, with a sentence' refused "${people[2]}" server_unreachable "$silent"
    restart_hostd
    start_calmd
    fact 'when the server is back it is asked again' until_true admitted "${people[1]}" cal_held
    fact 'what was decided meanwhile is told' until_true status_has '.untold_decisions == 0'
    fact 'all of it, and once' all_was_told
    fact 'the stranger is refused as before' refused "${people[2]}" no_cal_available "$in_use"
    need "$bin/calm" cal release "$(cal_of "${people[0]}")" --yes
    fact 'a released CAL is given to the third' admitted "${people[2]}" cal_issued
    fact 'two CALs are out still' equals "$(cals_active "$1")" 2
}

chapter_no_agent() {
    echo "# The agent is gone"
    stop hostd KILL
    fact 'without an agent nobody gets in' not login "${people[1]}"
    start_hostd
    fact 'and all is well when it is back' until_true admitted "${people[1]}" cal_held
}

# PRODUCT: of devices, with one CAL.
chapter_devices() {
    echo "# Devices are charged"
    sed -i "s/^product = .*/product = \"$1\"/; s/^mode = .*/mode = \"device\"/" "$host_toml"
    restart_hostd
    fact 'somebody gets in' login "${people[0]}"
    fact 'the CAL is held by the address they come from' not equals "$(cal_of 127.0.0.1)" null
    fact 'somebody else from there needs no other' login "${people[1]}"
    fact 'one CAL is out' equals "$(cals_active "$1")" 1
}

# PRODUCT: with one concurrent seat. The story says how to `stay PERSON` and `go PERSON`.
chapter_concurrent() {
    echo "# A concurrent seat"
    sed -i "s/^product = .*/product = \"$1\"/; s/^mode = .*/mode = \"user\"/" "$host_toml"
    restart_hostd
    fact 'the first takes the seat' stay "${people[0]}"
    fact 'the agent knows the session' until_true status_has '.sessions == 1'
    fact 'the second is refused' refused "${people[1]}" seats_all_in_use "$seats_in_use"
    fact 'the first leaves' go "${people[0]}"
    fact 'the agent knows it' until_true status_has '.sessions == 0'
    fact 'the seat is free' until_true admitted "${people[1]}" seat_taken
}
seats_in_use='All seats are in use at the moment.'
