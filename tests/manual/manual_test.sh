#!/bin/bash
# Every page of the manual that shows commands, run as a reader would run it.
#
#   manual_test.sh [--write|--rewrite]    puts what the commands print now into the pages; see run_page
#
# The tours go through the demo of scripts/run; the first steps begin in an empty folder. Both get a copy of
# the tree's shape with the programs of CALM_BIN in it, so that nobody's own demo is touched.
set -uo pipefail
source=${CALM_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
bin=${CALM_BIN:-$source/build/release/bin}
lib=$(dirname "$bin")/lib
run_page=$source/tests/manual/run_page
options=("$@")
unset CALM_SERVER CALM_TOKEN CALM_FINGERPRINT CALM_HOST_SOCKET
export PAGE_SECONDS=${PAGE_SECONDS:-240}
# Pages show the usual ports; a test keeps away from them.
[ $# -gt 0 ] || export CALM_DEMO_PORT=$((20000 + RANDOM % 10000)) CALM_DEMO_SSH_PORT=$((30000 + RANDOM % 2000))

for program in calm calmd calm-hostd calm-token-verify; do
    [ -x "$bin/$program" ] || { echo "manual_test: $bin/$program is not built" >&2; exit 1; }
done

scratch=$(mktemp -d)
demo=
end_demo() {
    if [ -n "$demo" ]; then kill -TERM "$demo" 2>/dev/null && wait "$demo"; fi
    demo=
}
trap 'end_demo; rm -rf "$scratch"' EXIT
chmod 755 "$scratch" # sshd looks into it as somebody else

# A home of its own, so that nobody's `calm login` is used; sudo is for pages that root reads.
mkdir -p "$scratch/home" "$scratch/tools"
export HOME=$scratch/home XDG_CONFIG_HOME=$scratch/home/.config
if [ "$(id -u)" -eq 0 ]; then
    printf '#!/bin/sh\nexec "$@"\n' >"$scratch/tools/sudo"
    chmod 755 "$scratch/tools/sudo"
fi
export PATH=$scratch/tools:$PATH

passed=0
failed=0
# PAGE LANGUAGE: in the present folder.
page() {
    local last
    PAGE_LANG=$2 "$run_page" "${options[@]}" "$source/$1" >"$scratch/report"
    last=$(tail -n 1 "$scratch/report")
    sed '$d' "$scratch/report"
    echo "$1: $last"
    passed=$((passed + $(sed -E 's/^([0-9]+) passed.*/\1/' <<<"$last")))
    failed=$((failed + $(sed -E 's/.* ([0-9]+) failed$/\1/' <<<"$last")))
}

# PAGE LANGUAGE: with the demo of `make run` in the folder.
with_demo() {
    local folder=$scratch/demo
    mkdir -p "$folder/build/release"
    ln -s "$bin" "$folder/build/release/bin"
    ln -s "$lib" "$folder/build/release/lib"
    ln -s "$source/scripts" "$folder/scripts"
    cd "$folder" || exit 1
    LANG=$2 LC_ALL='' LC_CTYPE=C.UTF-8 "$folder/scripts/run" >"$scratch/demo.log" 2>&1 &
    demo=$!
    for ((i = 0; i < 600; i++)); do
        [ ! -S var/demo/hostd.sock ] || [ ! -f var/demo/ready ] || break
        kill -0 "$demo" 2>/dev/null || break
        sleep 0.1
    done
    if [ -S var/demo/hostd.sock ]; then
        page "$1" "$2"
    else
        echo "FAILED: the demo for $1 did not start:"
        cat "$scratch/demo.log"
        failed=$((failed + 1))
    fi
    end_demo
    cd / && rm -rf "$folder"
}

# PAGE LANGUAGE: in an empty folder, with the programs in the path.
from_nothing() {
    local folder=$scratch/empty
    mkdir "$folder" && cd "$folder" || exit 1
    PATH=$bin:$PATH page "$1" "$2"
    cd / && rm -rf "$folder"
}

with_demo README.md C.UTF-8
with_demo docs/fr/visite.md fr_FR.UTF-8
with_demo docs/operating/replacing.md C.UTF-8
from_nothing docs/start.md C.UTF-8
from_nothing docs/fr/demarrage.md fr_FR.UTF-8
from_nothing docs/hosts/policy.md C.UTF-8
from_nothing docs/hosts/doctor.md C.UTF-8
from_nothing docs/fr/strategie.md fr_FR.UTF-8

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
