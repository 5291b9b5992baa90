#!/bin/bash
# The PostgreSQL story: people connect to a real database server through PAM, pam_calm.so, calm-hostd and calmd.
# The server is set up with the commands of docs/hosts/postgresql.md, on a machine of its own.
#
#   tests/hosts/postgresql_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can run a database server as somebody else" curl psql pg_createcluster pg_ctlcluster
[ -d /usr/lib/postgresql/15 ] || skip "there is no PostgreSQL 15, which the page is about"
own_machine

log=/var/log/postgresql/postgresql-15-main.log
product=sql-server-2022

# The cluster of Debian's package, empty, without waiting for a disk.
make_cluster() {
    local each person
    for each in /etc/postgresql /var/lib/postgresql /var/log/postgresql; do
        mkdir -p "$each" && mount -t tmpfs -o mode=755 calm-story "$each" || exit 1
    done
    chown postgres: /var/lib/postgresql /var/log/postgresql
    need pg_createcluster 15 main --port 5432 -- --no-sync
    need pg_ctlcluster 15 main start -o '-c fsync=off'
    for person in "${people[@]}"; do as_administrator "CREATE ROLE \"$person\" LOGIN" || exit 1; done
}
end_server() { pg_ctlcluster 15 main stop -m immediate; }
restart_postgresql() { pg_ctlcluster 15 main restart -o '-c fsync=off'; }

# SQL
as_administrator() {
    runuser -u postgres -- psql -qXAt --dbname postgres --command "$1" >"$work/administrator.log" 2>&1
}

# PERSON [PASSWORD]
login() {
    wc -l <"$log" >"$work/log.before"
    PGPASSWORD=${2:-story of $1} psql -qXAt "host=127.0.0.1 dbname=postgres sslmode=require user=$1" \
        --command "SELECT 'in'" </dev/null 2>"$work/login.err" | grep -x in >/dev/null
}

# The client is told no more than that; the sentence is in the server's log.
was_told() {
    grep -qF 'PAM authentication failed' "$work/login.err" &&
        tail -n "+$(($(cat "$work/log.before") + 1))" "$log" | grep -F "PAM layer: $1" >/dev/null
}

echo "# calmd, calm-hostd, PostgreSQL and three accounts"
make_people
make_cluster
set_up_server
sell $product 2 per_user "${strict[@]}"
sell sql-device-1 1 per_device "${strict[@]}"
# shellcheck disable=SC2119
enrol
follow_page docs/hosts/postgresql.md
chapter_three_people_two_cals $product
fact 'the administrator gets in over the socket' as_administrator 'SELECT 1'
chapter_outage $product
chapter_no_agent
fact 'the administrator needs no agent' as_administrator 'SELECT 1'
chapter_devices sql-device-1
finish
