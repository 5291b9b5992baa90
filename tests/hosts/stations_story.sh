#!/bin/bash
# The story of one machine with many screens: people sit down at a terminal (through a real login(1) on a pty) and
# at seats of logind (through a display manager's PAM stack), and virtual desktops of libvirt run beside them. The
# host is set up with the commands of docs/hosts/stations.md, on a machine of its own, where no logind runs: what
# logind would write below /run/systemd is written by the story and read by logind's own library.
#
#   tests/hosts/stations_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can log people on" login pamtester virsh python3 curl
own_machine

product=multipoint-services-2016

# --- seats and sessions, as logind writes them

# SEAT...
make_seats() {
    mkdir -p /run/systemd/seats /run/systemd/sessions /run/systemd/users
    local seat
    for seat in "$@"; do
        printf 'IS_SEAT0=%d\nCAN_MULTI_SESSION=1\nCAN_TTY=0\nCAN_GRAPHICAL=1\n' "$([ "$seat" = seat0 ]; echo $((! $?)))" \
            >/run/systemd/seats/"$seat"
    done
}
# SESSION SEAT PERSON [CLASS]
session_begins() {
    cat >/run/systemd/sessions/"$1" <<-END
	UID=$(id -u "$3")
	USER=$3
	ACTIVE=1
	STATE=active
	REMOTE=0
	TYPE=x11
	CLASS=${4:-user}
	SEAT=$2
	SERVICE=lightdm
	LEADER=$$
	END
}
session_ends() { rm /run/systemd/sessions/"$1"; }

# A display manager that knows nothing of CALs, and terminals of our own: the first is pts/0.
make_doors() {
    make_people
    # Root of this machine has a plain shell and a password of its own.
    sed -i -E 's|^(root:.*:)[^:]*$|\1/bin/sh|' /etc/passwd
    echo 'root:story of root' | chpasswd
    printf '%s\n' 'auth required pam_unix.so' 'account required pam_unix.so' 'session required pam_unix.so' \
        >/etc/pam.d/lightdm
    { mount -t devpts -o newinstance,ptmxmode=0666,mode=620 calm-story /dev/pts &&
        mount --bind /dev/pts/ptmx /dev/ptmx; } || skip "no terminals can be made here"
    [ -e /dev/tty1 ] || skip "there is no /dev/tty1 to log on at"
    cat >"$work/at_terminal.py" <<-END
	# LINE PERSON PASSWORD: login(1) on a pty, which is LINE to it; what the person reads goes to standard output.
	import os, pty, subprocess, sys
	line, person, password = sys.argv[1:]
	shown, own = pty.openpty()
	name = os.ttyname(own)
	if line != name:
	    subprocess.run(["mount", "--bind", name, line], check=True)
	child = os.fork()
	if child == 0:
	    os.setsid()
	    terminal = os.open(line, os.O_RDWR)
	    os.close(shown)
	    os.close(own)
	    for fd in 0, 1, 2:
	        os.dup2(terminal, fd)
	    os.execvp("login", ["login", person])
	os.close(own)
	said, sent = b"", 0
	while True:
	    try:
	        piece = os.read(shown, 4096)
	    except OSError:
	        break
	    if not piece:
	        break
	    said += piece
	    if sent == 0 and b"assword:" in said:
	        os.write(shown, password.encode() + b"\n")
	        sent = 1
	    # Refused, it asks for another name: nobody answers.
	    if sent == 1 and said.endswith(b"login: "):
	        break
	    if sent == 1 and said.endswith((b"\$ ", b"# ")):
	        os.write(shown, b"echo i''n; exit\n")
	        sent = 2
	os.close(shown)
	os.waitpid(child, 0)
	if line != name:
	    subprocess.run(["umount", line], check=True)
	sys.stdout.write(said.decode(errors="replace").replace("\r", ""))
	END
}
restart_lightdm() { :; }

# SEAT PERSON [PHASE...]: what a display manager asks of PAM, at a greeter on a seat.
sits_down() {
    pamtester -I tty=:7 -E "XDG_SEAT=$1" lightdm "$2" authenticate "${@:3}" acct_mgmt \
        <<<"story of $2" >"$work/login.err" 2>&1
}
# LINE PERSON
logs_on() {
    timeout 60 python3 "$work/at_terminal.py" "$1" "$2" "story of $2" >"$work/login.err" 2>"$work/terminal.log" </dev/null
    grep -x in "$work/login.err" >/dev/null
}
was_told() { grep -F "$1" "$work/login.err" >/dev/null; }

# HOW... PERSON REASON: got in there, and why.
admitted_at() {
    local how=("${@:1:$#-1}")
    "${how[@]}" && [ "$(last_reason "${how[-1]}")" = "${*: -1}" ]
}
# SENTENCE REASON HOW... PERSON
refused_at() {
    ! "${@:3}" && [ "$(last_reason "${*: -1}")" = "$2" ] && was_told "$1"
}

# NAME JQ-TEST: of a station, as the agent shows it.
station_is() {
    calm-hostd stations --json |
        jq -e --arg name "$1" ".stations[] | select(.name == \$name) | $2" >/dev/null
}
# NAME KIND: as the license server knows it.
is_registered() {
    "$bin/calm" station list --host "$tag" --json |
        jq -e --arg name "$1" --arg kind "$2" '.stations[] | select(.name == $name and .kind == $kind)' >/dev/null
}
# NAME
holds_cal() { [ "$("$bin/calm" station show "$1" --json | jq '.cals | length')" -ge 1 ]; }
uncovered() { "$bin/calm" position --json | jq -r '[.stations.uncovered[].name] | sort | join(" ")'; }
chosen_product() { sed -i "s/^product = .*/product = \"$1\"/" "$host_toml" && restart_hostd; }

first=${people[0]} second=${people[1]} third=${people[2]}

chapter_seats() {
    echo "# People sit down: two CALs, three seats and the console"
    fact 'the console is a station' until_true is_registered seat0 console
    fact 'each other seat too' is_registered seat-1 local
    fact 'nobody has a CAL yet' equals "$(cals_active $product)" 0
    fact 'the first sits down at a seat, which takes a CAL' admitted_at sits_down seat-1 "$first" cal_issued
    fact 'whoever sits there next needs none' admitted_at sits_down seat-1 "$second" cal_held
    fact 'the next seat takes the last CAL' admitted_at sits_down seat-2 "$first" cal_issued
    fact 'the third finds none, and reads why' refused_at "$in_use" no_cal_available sits_down seat-3 "$third"
    fact 'a wrong password never reaches CALM' not sits_down_wrongly
    fact 'who sits nowhere is refused' refused_at 'This station is not registered' station_unknown sits_down nowhere "$third"
    fact 'two CALs are out' equals "$(cals_active $product)" 2
}
sits_down_wrongly() {
    pamtester -I tty=:7 -E XDG_SEAT=seat-1 lightdm "$first" authenticate acct_mgmt <<<'not it' >"$work/login.err" 2>&1
}

chapter_console() {
    echo "# login on a pty"
    fact 'nobody is locked out of the console, CAL or not' admitted_at logs_on /dev/tty1 "$third" console_without_cal
    fact 'it is counted short, with the others that have none' equals "$(uncovered)" 'pts/0 seat-3 seat0'
    fact 'a terminal is a station like another: refused, with a sentence' \
        refused_at "$in_use" no_cal_available logs_on /dev/pts/0 "$third"
    need "$bin/calm" cal release "$(cal_of seat-2)" --yes
    fact 'when a CAL is free it admits' admitted_at logs_on /dev/pts/0 "$third" cal_issued
    need "$bin/calm" cal release "$(cal_of pts/0)" --yes
    fact 'and so does the console, with a CAL of its own' admitted_at logs_on /dev/tty1 "$third" cal_issued
    fact 'which is not short any more' equals "$(uncovered)" 'pts/0 seat-2 seat-3'
    fact 'root needs none' logs_on /dev/pts/0 root
}

chapter_watch() {
    echo "# The agent watches"
    need "$bin/calm" cal release "$(cal_of seat0)" --yes
    session_begins c1 seat-3 "$first" greeter
    session_begins c2 seat-2 "$second"
    fact 'a session without a question at the door takes the CAL of its seat' until_true holds_cal seat-2
    fact 'it is in use' until_true station_is seat-2 '.in_use and .has_cal'
    fact 'a greeter is nobody' station_is seat-3 '.in_use | not'
    session_begins c1 seat-3 "$first"
    fact 'one that finds no CAL is shown with the reason' until_true station_is seat-3 '.reason == "no_cal_available"'
    session_ends c1
    session_ends c2
    fact 'they are free again' until_true station_is seat-3 '.in_use | not'
    fact 'a CAL that is not concurrent stays' holds_cal seat-2
    make_seats seat-4
    fact 'a new seat is registered' until_true is_registered seat-4 local
    rm /run/systemd/seats/seat-4
    fact 'unplugged, it stays so' until_true station_is seat-4 '(.seen | not) and .registered'
    need "$bin/calm" station remove seat-4 --yes
}

chapter_floating() {
    echo "# A concurrent seat comes and goes"
    chosen_product station-floating-1
    session_begins c1 seat-1 "$first"
    fact 'a session takes the seat' until_true holds_cal_of station-floating-1 1
    fact 'at another station nobody sits down' refused_at "$seats_in_use" seats_all_in_use sits_down seat-2 "$second"
    restart_hostd
    fact 'it is the same one over a restart of the agent' until_true station_is seat-1 .in_use
    fact 'still' refused_at "$seats_in_use" seats_all_in_use sits_down seat-2 "$second"
    session_ends c1
    fact 'when it ends, the seat is free' until_true holds_cal_of station-floating-1 0
    fact 'and another station takes it' admitted_at sits_down seat-2 "$second" seat_taken
    chosen_product $product
}
holds_cal_of() { [ "$(cals_active "$1")" = "$2" ]; }

chapter_console_mode() {
    echo "# Console mode"
    need "$bin/calm" host set "$tag" --console-mode yes
    fact 'no station can be used' refused_at 'its stations are out of use' host_in_console_mode sits_down seat-1 "$first"
    fact 'the console can' logs_on /dev/tty1 "$first"
    fact 'the agent says so' until_true console_mode_is_shown
    need "$bin/calm" host set "$tag" --console-mode no
    fact 'and all is as before' admitted_at sits_down seat-1 "$first" cal_held
}
console_mode_is_shown() { LC_ALL=fr_FR.UTF-8 calm-hostd stations | grep -F 'Mode console' >/dev/null; }

chapter_desktops() {
    echo "# Virtual desktops of libvirt"
    chosen_product desk-2016
    sed -i '/^\[stations\]/a desktops = "test:///default"' "$host_toml"
    restart_hostd
    fact 'the machine of test:///default is a virtual desktop' until_true is_registered test virtual_desktop
    fact 'it runs, so it has a CAL' until_true holds_cal test
    need "$bin/calm" station set seat-1 --shows test
    fact 'a seat that shows it costs no other' admitted_at sits_down seat-1 "$first" cal_held
    fact 'one CAL is out' equals "$(cals_active desk-2016)" 1
    make_machines desk-1 desk-2
    sed -i "s|test:///default|test://$work/machines.xml|" "$host_toml"
    restart_hostd
    fact 'other machines are other desktops' until_true is_registered desk-2 virtual_desktop
    fact 'one that libvirt has no more is no station' until_true not is_registered test virtual_desktop
    fact 'its CAL is free for the others' until_true holds_cal_of desk-2016 2
    make_machines desk-2
    fact 'so is that of the next one to go' until_true holds_cal_of desk-2016 1
    fact 'the other stays' is_registered desk-2 virtual_desktop
    sed -i 's|test://.*machines.xml|test:///nowhere|' "$host_toml"
    restart_hostd
    fact 'when libvirt cannot be read nothing is taken away' until_true trouble_is_shown
    fact 'the desktop is there still' is_registered desk-2 virtual_desktop
    sed -i '/^desktops = /d' "$host_toml"
    chosen_product $product
}
trouble_is_shown() { calm-hostd stations --json | jq -e '.troubles[] | test("virsh")' >/dev/null; }
# NAME...: of libvirt's test driver, all running.
make_machines() {
    local name
    {
        echo '<node>'
        for name in "$@"; do
            echo "<domain type='test'><name>$name</name><memory>8192</memory><os><type>hvm</type></os></domain>"
        done
        echo '</node>'
    } >"$work/machines.new"
    mv "$work/machines.new" "$work/machines.xml"
}

chapter_school() {
    echo "# 600 people on 30 stations and the console"
    local seats i
    printf -v seats 'seat-%d ' {1..30}
    chosen_product school-2016
    # shellcheck disable=SC2086  # a list
    make_seats $seats
    printf 'account required pam_calm.so station=seat\n' >/etc/pam.d/school
    fact 'all get in' everybody_sits_down
    fact 'the console is used too' sits_at_console
    fact 'exactly 31 CALs are out of 40' equals "$(cals_active school-2016)" 31
    fact 'all are of stations' equals "$("$bin/calm" position school-2016 --json | jq '[.rows[].stations] | add')" 31
}
sits_at_console() { pamtester -I tty=tty1 school "$first" acct_mgmt >"$work/login.err" 2>&1; }
everybody_sits_down() {
    local i
    for ((i = 1; i <= 600; ++i)); do
        pamtester -I tty=:7 -E "XDG_SEAT=seat-$((1 + i % 30))" school "person-$i" acct_mgmt >"$work/login.err" 2>&1 || return
    done
}

chapter_silence() {
    echo "# The license server is gone"
    chosen_product $product
    fact 'a seat takes a CAL' until_true admitted_at sits_down seat-1 "$first" cal_held
    fact 'calmd ends cleanly' stop calmd
    fact 'the CAL token of the seat admits there, whoever it is' admitted_at sits_down seat-1 "$second" offline_token
    fact 'another seat gets in while the outage period lasts' admitted_at sits_down seat-3 "$first" offline_outage
    restart_hostd 8
    fact 'eight days later the token still counts' admitted_at sits_down seat-1 "$second" offline_token
    fact 'the other seat is refused' refused_at "$silent" server_unreachable sits_down seat-3 "$first"
    fact 'the console is not' admitted_at logs_on /dev/tty1 "$first" console_without_cal
    fact 'what can be seen is shown' station_is seat-1 .seen
    stop hostd
    fact 'also without an agent' seen_without_agent
    start_calmd
    start_hostd
    fact 'when the server is back, it is asked again' until_true admitted_at sits_down seat-1 "$first" cal_held
}
seen_without_agent() { [[ $(calm-hostd stations 2>/dev/null) == *seat-30* ]]; }

echo "# calmd, calm-hostd, a machine with seats, and three people"
make_seats seat0 seat-1 seat-2 seat-3
make_doors
set_up_server
sell $product 2 per_user "${strict[@]}"
sell desk-2016 3 per_user "${strict[@]}"
sell school-2016 40 per_user "${strict[@]}"
sell station-floating-1 1 concurrent "${strict[@]}"
enrol --mode per_user 

follow_page docs/hosts/stations.md
sed -i '/^\[stations\]/a terminals = ["pts/0"]' "$host_toml"
restart_hostd
chapter_seats
chapter_console
chapter_watch
chapter_console_mode
chapter_floating
chapter_desktops
chapter_school
chapter_silence
finish
