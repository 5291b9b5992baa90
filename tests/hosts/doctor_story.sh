#!/bin/bash
# The doctor's story: a host and its license server, one fault after the other, and what `calm-hostd doctor`
# finds of each. It needs no root and no credentials for the license server.
#
#   tests/hosts/doctor_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
command -v jq >/dev/null || skip "jq is not installed"
begin "$(mktemp -d "/tmp/$tag-XXXXXX")"

# [VARIABLE=VALUE]...: what the doctor says, to $work/doctor.json; its exit code.
doctor() {
    env -u CALM_SERVER "$@" "$bin/calm-hostd" --config "$host_toml" doctor --json >"$work/doctor.json" 2>"$work/login.err"
}
# FINDING: it was found, with a sentence and, unless all is well, a mend.
found() {
    jq -e --arg finding "$1" '.checks | map(select(.finding == $finding and (.sentence | test("[{}]") | not)))
        | length > 0 and all(.level == "good" or (.mend | length > 0))' "$work/doctor.json" >/dev/null
}
# FINDING [VARIABLE=VALUE]...: a doctor who is called now finds it.
finds() {
    local finding=$1
    shift
    doctor "$@"
    found "$finding"
}
finds_bad() { ! doctor "${@:2}" && found "$1"; }
well() { doctor && jq -e '.level != "bad"' "$work/doctor.json" >/dev/null; }
plain() { env -u CALM_SERVER "$@" "$bin/calm-hostd" --config "$host_toml" doctor; }
entries() { "$bin/calm" status --json | jq .entries; }
says() { grep -qF -- "$1" <<<"$2"; }
exits() { local want=$1 status=0; shift; "$@" >"$work/said" 2>&1 || status=$?; [ "$status" -eq "$want" ]; }
calm_host() { "$bin/calm" host "$@" --config "$host_toml"; }

# FROM TO: in host.toml; put_back undoes it.
change_settings() {
    cp "$host_toml" "$work/host.toml.sound"
    sed -i "s|$1|$2|" "$host_toml"
}
put_back() { cp "$work/host.toml.sound" "$host_toml"; }

chapter_before_enrolment() {
    echo "# Before the host is enrolled"
    fact 'there are no settings' finds_bad settings_missing
    printf '[host]\nnmae = "x"\n' >"$host_toml"
    fact 'or they do not read' finds_bad settings_malformed
    printf '[host]\nstate_dir = "%s/host"\nsocket = "%s"\n' "$work" "$hostd_socket" >"$host_toml"
    fact 'or they name no license server' finds_bad servers_none
    printf '\n[[server]]\naddress = "https://127.0.0.1:%s"\n' "$tls_port" >>"$host_toml"
    fact 'or the host is not enrolled' finds_bad enrolment_missing
    fact 'the agent does not run, and no service names a product' found agent_silent
    fact 'which is said as well' found services_none
    rm "$host_toml"
}

chapter_well() {
    echo "# All is well"
    fact 'nothing is bad' well
    for good in settings_good policy_none servers_named services_good agent_good enrolment_good server_good \
        version_same skew_none activation_good mode_good packs_good contact_last tokens_good; do
        fact "$good" found "$good"
    done
    fact 'a person reads it, too' says 'story-1: 2 of 2 CALs free for mode per_user' "$(plain)"
    fact 'in French' says 'story-1 : 2 CAL libres sur 2 pour le mode per_user' "$(plain LC_ALL=fr_FR.UTF-8)"
    fact 'calm host doctor says the same' equals "$(calm_host doctor --json | jq -c '[.checks[].finding]')" \
        "$(jq -c '[.checks[].finding]' "$work/doctor.json")"
    fact 'in French, too' says 'bon' "$(calm_host doctor --lang fr)"
    fact 'calm host status hands over' says "Host $tag" "$(calm_host status)"
    mkdir "$work/elsewhere" && cp "$bin/calm" "$work/elsewhere"
    if [ ! -e /usr/bin/calm-hostd ]; then
        fact 'without the host package it says so' exits 1 env PATH=/nowhere "$work/elsewhere/calm" host doctor
        fact 'and what to install' says 'apt install calm-host' "$(cat "$work/said")"
    fi
}

chapter_test() {
    local before
    echo "# A test"
    before=$(entries)
    fact 'asks the license servers' exits 0 calm_host test
    fact 'and writes nothing' equals "$(entries)" "$before"
    fact 'a product that is unknown there is bad' exits 1 calm_host test story-2
    fact 'with a user it is a question' exits 0 calm_host test --service door --user anna
    fact 'which was given a CAL' says 'anna is admitted: cal_issued' "$(cat "$work/said")"
    fact 'and says so' says 'a CAL that it gave is given' "$(cat "$work/said")"
    fact 'a second one' exits 0 calm_host test story-1 --user bruno
    fact 'the third is refused' exits 5 calm_host test story-1 --user chloe
    fact 'and reads why' says 'All licenses for this server are in use' "$(cat "$work/said")"
    fact 'no CAL is left' finds_bad packs_used_up
}

chapter_modes() {
    echo "# Modes, packs and policy"
    need "$bin/calm" host set "$tag" --mode per_device
    fact 'no CALs of the host'"'"'s mode' finds_bad packs_other_kind
    need "$bin/calm" host set "$tag" --mode not_configured
    fact 'no mode' finds_bad mode_missing
    need "$bin/calm" host set "$tag" --mode per_user
    change_settings '^\[host\]$' '[host]\nmode = "per_user"'
    need "$bin/calm" host policy edit licensing_mode enabled per_device --file "$work/Registry.pol"
    fact 'a policy that says otherwise than the license server' finds mode_differs
    fact 'and than host.toml' found policy_overrides
    need "$bin/calm" host policy edit licensing_mode not_configured --file "$work/Registry.pol"
    echo 'no policy' >"$work/Registry.pol"
    fact 'a policy file that does not read' finds_bad policy_unusable
    rm "$work/Registry.pol"
    put_back
    change_settings 'product = .story-1.' 'product = "story-3"'
    fact 'a product that the license server does not know' finds_bad product_unknown
    put_back
    change_settings 'product = .story-1.' 'product = "story-grace"'
    fact 'a product without CALs in the initial grace' finds grace_runs
    fact 'is not bad yet' equals "$(jq -r '.checks[] | select(.finding == "packs_none").level' "$work/doctor.json")" warning
    put_back
}

chapter_servers() {
    local other
    echo "# Who answers"
    change_settings "127.0.0.1:$tls_port" "no-such-host.invalid:$tls_port"
    fact 'a name without an address' finds_bad name_unknown
    put_back
    change_settings '^fingerprint = .*' "fingerprint = \"$(printf 'ab%.0s' {1..32})\""
    fact 'another certificate' finds_bad server_untrusted
    put_back
    if command -v python3 >/dev/null; then
        other=$(free_port)
        mkdir "$work/web"
        (cd "$work/web" && exec python3 -m http.server --bind 127.0.0.1 "$other" >/dev/null 2>&1) &
        pids[web]=$!
        until_true eval "(: </dev/tcp/127.0.0.1/$other)"
        change_settings "https://127.0.0.1:$tls_port" "http://127.0.0.1:$other"
        fact 'a web server in its place' finds_bad server_nonsense
        put_back
        stop web
    fi
    if [ -n "$faketime" ]; then
        fact 'a clock that is ahead' finds skew_ahead "LD_PRELOAD=$faketime" FAKETIME=+1h FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1
        fact 'while the license server answers all the same' found server_good
    fi
}

chapter_agent() {
    echo "# The agent and its files"
    stop hostd
    fact 'without the agent the rest is examined' finds_bad agent_silent
    fact 'the license server with it' found server_good
    chmod 644 "$work/host/host.key"
    fact 'a key that others may read' finds_bad enrolment_key
    chmod 600 "$work/host/host.key"
    cp "$work/host/state.json" "$work/state.json.sound"
    echo x >"$work/host/state.json"
    fact 'a state that was edited' finds memory_lost
    rm "$work/host/state.json"
    mkdir -p "$work/host/tokens"
    echo x >"$work/host/tokens/ffff"
    fact 'a token that is none' finds tokens_damaged
    if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
        chmod 644 "$host_toml"
        fact 'an account that may not look' exits 1 setpriv --reuid=65534 --clear-groups "$bin/calm-hostd" --config "$host_toml" doctor --json
        fact 'is told so' says enrolment_closed "$(cat "$work/said")"
        chmod 600 "$host_toml"
    fi
    start_hostd
    need until_true status_has .last_contact
    fact 'the next contact heals it' until_true finds contact_last
}

chapter_outage() {
    local later
    echo "# The license server is gone"
    stop calmd
    fact 'it does not answer' finds_bad server_silent
    fact 'and how long that may last' found outage_runs
    fact 'a test says that the host decided alone' exits 0 calm_host test --service door --user dora
    fact 'in words' says 'this host decided alone' "$(cat "$work/said")"
    if [ -n "$faketime" ]; then
        later=("LD_PRELOAD=$faketime" FAKETIME=+8d FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1)
        fact 'after seven days it is over' finds_bad outage_over "${later[@]}"
        restart_hostd 8
        fact 'and a stranger is refused' exits 6 calm_host test --service door --user dora
        restart_hostd
    fi
    start_calmd
    need "$bin/calm" host remove "$tag" --yes
    fact 'a host that was removed is not known there' finds_bad server_knows_no_host
}

echo "# calmd, calm-hostd and their doctor ($tag)"
faketime=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -1)
set_up_server
need "$bin/calm" settings set --default-mode per_user
sell story-1 2 per_user "${strict[@]}"
need "$bin/calm" product add story-grace --overuse refuse --initial-grace-days 30
chapter_before_enrolment
enrol --service door=story-1
sed -i "s|^\[host\]$|[host]\npolicy = [\"$work/Registry.pol\"]|" "$host_toml"
restart_hostd
chapter_well
chapter_test
chapter_modes
chapter_servers
chapter_agent
chapter_outage
finish
