# shellcheck shell=bash
# Sourced after story.sh by those who log in through a real sshd on loopback. The machine's own sshd is not touched:
# copies of its binary run under other names, which is what PAM calls their service.
# shellcheck disable=SC2154  # they are story.sh's
doors=() # PAM services of this run
made_run_sshd=
door_port=

ssh_needs=(sshd ssh ssh-keygen sshpass)

tidy_up() {
    local each
    for each in "${doors[@]}"; do rm -f "/etc/pam.d/$each"; done
    [ -z "$made_run_sshd" ] || rmdir /run/sshd 2>/dev/null
}

# The people, and the keys that let them and root in.
set_up_ssh() {
    local person
    make_people
    if [ ! -d /run/sshd ]; then
        mkdir -p /run/sshd && made_run_sshd=yes
    fi
    need ssh-keygen -q -t ed25519 -N '' -f "$work/host_key"
    need ssh-keygen -q -t ed25519 -N '' -f "$work/person_key"
    mkdir "$work/keys"
    for person in root "${people[@]}"; do cp "$work/person_key.pub" "$work/keys/$person"; done
    chmod -R go+rX "$work/keys"
}

# SERVICE PAM-OPTIONS PORT
start_sshd() {
    local service=$1 options=$2 port=$3
    doors+=("$service")
    cp "$(command -v sshd)" "$work/$service"
    cat >"/etc/pam.d/$service" <<-END
	auth     required pam_unix.so
	account  required pam_unix.so
	account  required $module socket=$hostd_socket $options
	session  required pam_unix.so
	session  optional $module socket=$hostd_socket $options
	END
    cat >"$work/$service.conf" <<-END
	Port $port
	ListenAddress 127.0.0.1
	HostKey $work/host_key
	PidFile none
	UsePAM yes
	StrictModes no
	PermitRootLogin yes
	PasswordAuthentication yes
	KbdInteractiveAuthentication no
	AuthorizedKeysFile $work/keys/%u
	PrintMotd no
	PrintLastLog no
	END
    "$work/$service" -D -e -f "$work/$service.conf" 2>>"$work/$service.log" &
    pids[$service]=$!
    need until_true ssh-keyscan -p "$port" 127.0.0.1
}

ssh_options=(-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20
    -o LogLevel=INFO -o PreferredAuthentications=publickey)

# PERSON [PORT [FROM-ADDRESS]]: a login by key. What the person reads goes to login.err.
login() {
    local person=$1 port=${2:-$door_port} from=${3:-127.0.0.1}
    ssh "${ssh_options[@]}" -i "$work/person_key" -o BatchMode=yes -p "$port" -b "$from" \
        "$person@127.0.0.1" 'echo in' </dev/null 2>"$work/login.err" | grep -qx in
}
