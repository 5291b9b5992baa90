# shellcheck shell=bash
# Sourced by life_test.sh: a machine of its own, in an overlay of some root and in namespaces without a network,
# which take everything with them when they end. Either only the story runs there (a chroot), or systemd starts it
# like any service of a machine. CALM_STORY_MACHINE says how far in we are: nothing, outside, inside, booted.
# shellcheck disable=SC2154  # `work` is story.sh's

everything=(--mount --net --uts --ipc --pid --fork --kill-child)
inner_environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TERM=dumb HOME=/root
    CALM_BIN=/usr/bin CALM_BUILD=/nowhere CALM_SOURCE=/srv/source)

# ROOT SCRIPT: goes on with SCRIPT in a chroot; what it brings along, `bring DIRECTORY` says.
enter_machine() {
    may_enter "$1"
    if [ -z "${CALM_STORY_MACHINE:-}" ]; then
        CALM_STORY_MACHINE=outside exec unshare "${everything[@]}" --mount-proc "$BASH" "$0" "$1"
    fi
    make_machine "$1"
    mount --rbind /dev dev && mount -t tmpfs -o mode=1777 calm-story tmp && make_place || exit 1
    # shellcheck disable=SC2093  # nothing is left to do here
    exec env -i "${inner_environment[@]}" CALM_STORY_MACHINE=inside chroot . /bin/bash "/srv/source/$2"
}

# ROOT SCRIPT: the same under a systemd that started with the machine.
boot_machine() {
    local status=0
    may_enter "$1"
    [ -x "$1/lib/systemd/systemd" ] || skip "there is no systemd in $1"
    if [ -z "${CALM_STORY_MACHINE:-}" ]; then
        work=$(mktemp -d)
        make_groups || skip 'no control groups can be made here'
        # The time is a guard against a machine that never comes up; nothing is measured by it.
        (join_groups && CALM_STORY_MACHINE=outside CALM_STORY_REPORT=$work \
            exec timeout --kill-after=10 1800 unshare "${everything[@]}" --cgroup "$BASH" "$0" --boot "$1") >"$work/console" 2>&1 || status=$?
        remove_groups
        # What the machine ends with is systemd's affair; what the story ends with is not.
        if [ -s "$work/report" ]; then
            cat "$work/report"
            grep -qxE '[1-9][0-9]* passed, 0 failed' "$work/report"
            status=$?
        else
            cat "$work/console"
            [ "$status" -ne 0 ] || status=1
        fi
        rm -rf "$work"
        exit "$status"
    fi
    make_machine "$1"
    make_kernel_files && make_place || exit 1
    mkdir -p run/report oldroot
    mount --bind "$CALM_STORY_REPORT" run/report || exit 1
    write_unit "$2"
    pivot_root . oldroot && umount -l /oldroot
    # Of what no container has a claim to. systemd tells by `container` that it is in one.
    # shellcheck disable=SC2093
    exec setpriv --bounding-set=-sys_time,-sys_module,-sys_boot,-sys_rawio,-syslog,-mac_admin,-wake_alarm \
        env -i container=calm-story PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --log-target=console --show-status=1
}

may_enter() {
    [ "$(id -u)" -eq 0 ] || skip 'only root can install packages'
    [ -f "$1/etc/debian_version" ] || skip "$1 is no Debian system"
    unshare "${everything[@]}" --mount-proc true 2>/dev/null || skip 'no namespaces can be made here'
}

# ROOT: the overlay of it, which becomes the present folder.
make_machine() {
    # Of the namespace alone, so that nothing is left when it ends.
    work=/run
    mount -t tmpfs -o mode=755 calm-story $work || exit 1
    mkdir -p "$work"/{upper,work,root,goods}
    bring "$work/goods"
    mount -t overlay calm-story -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/work" "$work/root" 2>/dev/null ||
        skip 'no overlay can be mounted here'
    cd "$work/root" || exit 1
    forget_other_doors
    mount -t proc proc proc && mount -t tmpfs -o mode=755 calm-story run || exit 1
    ip link set lo up
    hostname story
}

# Other tests make PAM services of their own meanwhile, which the packages must not meet: a folder that is made
# anew lets nothing through from below.
forget_other_doors() {
    cp -a etc/pam.d etc/pam.d.anew && rm -rf etc/pam.d && mv etc/pam.d.anew etc/pam.d || exit 1
    grep -lF pam_calm.so etc/pam.d/* | xargs -r rm -f
}

make_place() {
    mkdir -p run/story srv/source && mv "$work/goods" run/story/goods &&
        mount --bind "$CALM_SOURCE" srv/source && mount -o remount,ro,bind srv/source
}

# What systemd expects of a container: devices, /sys and /proc/sys that it cannot write to, control groups.
make_kernel_files() {
    local device
    mount --bind proc/sys proc/sys && mount -o remount,ro,bind proc/sys && mount -t sysfs -o ro sysfs sys &&
        mount -t tmpfs -o mode=755 calm-story dev && mkdir dev/pts dev/shm || return
    for device in null zero full random urandom tty; do
        touch "dev/$device" && mount --bind "/dev/$device" "dev/$device" || return
    done
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts && ln -s pts/ptmx dev/ptmx &&
        ln -s /proc/self/fd dev/fd && mount -t tmpfs -o mode=1777 calm-story dev/shm &&
        mount -t tmpfs -o mode=1777 calm-story tmp || return
    if [ -f /sys/fs/cgroup/cgroup.procs ]; then
        mount -t cgroup2 cgroup2 sys/fs/cgroup
    else
        mount -t tmpfs -o mode=755 calm-story sys/fs/cgroup && mkdir sys/fs/cgroup/{systemd,unified} &&
            mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd && mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
    fi
}

# SCRIPT: is what the machine is there for, and it ends with it.
write_unit() {
    local words
    printf -v words '"%s" ' "${inner_environment[@]}"
    cat >etc/systemd/system/calm-story.service <<-END
	[Unit]
	After=multi-user.target
	SuccessAction=exit
	FailureAction=exit
	[Service]
	Type=oneshot
	TimeoutStartSec=infinity
	Environment=$words CALM_STORY_MACHINE=booted
	ExecStart=/bin/bash /srv/source/$1
	StandardOutput=append:/run/report/report
	StandardError=inherit
	END
    mkdir -p etc/systemd/system/multi-user.target.wants
    ln -s ../calm-story.service etc/systemd/system/multi-user.target.wants/
}

# --- control groups: one of the story's own, in each hierarchy that systemd keeps

groups=()
make_groups() {
    local hierarchy
    for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
        [ -f "$hierarchy/cgroup.procs" ] || continue
        mkdir "$hierarchy/calm-story-$$" 2>/dev/null || { remove_groups; return 1; }
        groups+=("$hierarchy/calm-story-$$")
    done
    [ "${#groups[@]}" -gt 0 ]
}
join_groups() {
    local group
    for group in "${groups[@]}"; do echo "$BASHPID" >"$group/cgroup.procs" || return; done
}
remove_groups() {
    local group
    for group in "${groups[@]}"; do find "$group" -depth -type d -exec rmdir {} \; ; done
}
