#!/bin/bash
# libcalm.so as other people's programs use it: installed, found by pkg-config and by CMake, and the examples
# in C, C++ and Python asking a real calm-hostd and a real calmd.
#
#   tests/hosts/c_library.sh            (ctest sets CALM_BIN, CALM_BUILD and CALM_SOURCE)
#
# Needs no root: whoever runs the agent may ask it. Exit 77: skipped, and why.
# shellcheck disable=SC2317  # expect calls the functions
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=../product/common.sh
source "${CALM_SOURCE:?}/tests/product/common.sh"
for tool in cc c++ pkg-config cmake jq python3 readelf; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
# Debian's own: another one's ctypes may have been built without a part of it.
python=/usr/bin/python3
[ -x $python ] || python=python3
$python -c 'import ctypes' 2>/dev/null || { echo "skipped: python3 has no ctypes"; exit 77; }

prefix=$desk/prefix
export CALM_SERVER=unix:$desk/calmd.sock
export LANG=en_US.UTF-8 LC_ALL='' PYTHONIOENCODING=utf-8
product=files-2026   # one CAL per user
floating=cad-1       # one concurrent seat

quietly() {
    "$@" >quiet.log 2>&1 || { cat quiet.log; return 1; }
}

# --- what is installed, and programs built against it

expect 'the library is installed' quietly cmake --install "${CALM_BUILD:?}" --prefix "$prefix" --component calm-c
pc=$(find "$prefix" -name calm.pc -printf '%h')
libraries=$(cd "$pc/.." && pwd)
export PKG_CONFIG_PATH=$pc LD_LIBRARY_PATH=$libraries
# shellcheck disable=SC2046  # the words of pkg-config
with_pkg_config() { "$@" $(pkg-config --cflags --libs calm); }

needs_only_libc() {
    [ "$(readelf -d "$libraries/libcalm.so.1" | grep -c NEEDED)" -eq 1 ] &&
        readelf -d "$libraries/libcalm.so.1" | grep NEEDED | grep -qF '[libc.so.6]'
}

strict=(-pedantic -Wall -Wextra -Werror)
expect 'it needs nothing but the C library' needs_only_libc
expect 'its ABI is the one that it had' "$CALM_SOURCE/tests/capi/abi_test.sh" "$libraries/libcalm.so.1"
for standard in c99 c17; do
    expect "the C example builds as $standard" \
        with_pkg_config cc -std=$standard "${strict[@]}" "$CALM_SOURCE/examples/c/admit.c" -o admit_c
done
for standard in c++17 c++23; do
    expect "the C++ example builds as $standard" \
        with_pkg_config c++ -std=$standard "${strict[@]}" "$CALM_SOURCE/examples/cpp/admit.cpp" -o admit_cpp
done
expect 'CMake finds it' quietly cmake -S "$CALM_SOURCE/examples" -B by-cmake -DCMAKE_PREFIX_PATH="$prefix"
expect 'CMake builds the examples with it' quietly cmake --build by-cmake
# It may be moved: nothing in it says where it was.
mv "$prefix" "$desk/elsewhere"
prefix=$desk/elsewhere
libraries=${libraries/prefix/elsewhere}
export PKG_CONFIG_PATH=${pc/prefix/elsewhere} LD_LIBRARY_PATH=$libraries
expect 'moved, it is found as well' \
    with_pkg_config cc -std=c99 "${strict[@]}" "$CALM_SOURCE/examples/c/admit.c" -o admit_moved

# EXAMPLE ARGUMENT...: one of the examples, in place of this shell or a subshell of it.
example() {
    case $1 in
        C) exec ./admit_c "${@:2}" ;;
        C++) exec ./admit_cpp "${@:2}" ;;
        Python) exec "$python" "$CALM_SOURCE/examples/python/admit.py" "${@:2}" ;;
        C-by-CMake) exec by-cmake/admit_c "${@:2}" ;;
        C++-by-CMake) exec by-cmake/admit_cpp "${@:2}" ;;
        C-static) exec env -u LD_LIBRARY_PATH by-cmake/admit_static "${@:2}" ;;
    esac
}

# STATUS TEXT EXAMPLE PRODUCT USER: what one login ends with and says.
says() {
    local status=$1 text=$2 got
    (example "${@:3}" "$desk/hostd.sock") </dev/null >said 2>&1
    got=$?
    if [ "$got" -eq "$status" ] && grep -qF -- "$text" said; then return 0; fi
    echo "$3: exit $got, not $status, or not \`$text\`:"
    sed 's/^/    /' said
    return 1
}

# --- the scene: a license server, and this machine as its host

set_up() {
    local token rules=(--requires activated --overuse refuse --initial-grace-days 0 --outage-days 7)
    configure calmd
    need start calmd
    echo 'a passphrase for the test' >passphrase
    need calm vendor init 'Test Vendor' --output vendor --passphrase-file passphrase
    need calm vendor trust vendor.vendor --yes
    need calm product add $product "${rules[@]}"
    need calm product add $floating "${rules[@]}"
    need calm vendor pack $product 1 --kind per_user --key vendor.key --passphrase-file passphrase --output named.pack
    need calm vendor pack $floating 1 --kind per_user --metric concurrent --key vendor.key \
        --passphrase-file passphrase --output floating.pack
    need calm pack add named.pack
    need calm pack add floating.pack
    token=$(calm host token --json | jq -r .token)
    need env CALM_HOST_SOCKET="$desk/hostd.sock" calm-hostd --config host.toml enrol --name here --mode per_user \
        --server "unix:$desk/calmd.sock" --token "$token" --state-dir "$desk/host" --service "files=$product"
    start_hostd
    need until_true status_has .last_contact
}

start_hostd() {
    CALM_HOST_SOCKET=$desk/hostd.sock calm-hostd --config host.toml >>hostd.log 2>&1 &
    hostd=$!
    started+=("$hostd")
    need until_true status_has .name
}
status_has() {
    CALM_HOST_SOCKET=$desk/hostd.sock calm-hostd --config host.toml status --json | jq -e "$1" >/dev/null
}
end_hostd() {
    kill -TERM "$hostd" && wait "$hostd"
}

# NAME EXAMPLE PRODUCT USER: a session that lasts until finish_session; what it says goes to NAME.said.
declare -A pids=() inputs=()
begin_session() {
    local input
    mkfifo "$1.in"
    (example "${@:2}" "$desk/hostd.sock") <"$1.in" >"$1.said" 2>&1 &
    pids[$1]=$!
    started+=("$!")
    exec {input}>"$1.in"
    inputs[$1]=$input
    until_true grep -q '^admitted' "$1.said" && until_true status_has '.sessions == 1'
}
# NAME: the person logs off; ends with the program's exit code.
finish_session() {
    local input=${inputs[$1]}
    exec {input}>&-
    wait "${pids[$1]}" 2>/dev/null
}

# PRODUCT HOLDER...: the live CALs.
cals_of() { calm cal list --product "$1" --state active --json "${@:2}" | jq -r '.cals[].cal'; }
nobody_has() { [ -z "$(cals_of "$1")" ]; }

in_use_en='All licenses for this server are in use. Ask your administrator'
in_use_fr='Toutes les licences de ce serveur sont utilisées. Demandez à votre administrateur'
examples=(C C++ Python)

set_up
expect 'the first one is given a CAL' says 0 'admitted (cal_issued), days left: 60' C $product anna
for each in "${examples[@]}" C-by-CMake C++-by-CMake C-static; do
    expect "$each: who holds a CAL is admitted" says 0 'admitted (cal_held), days left: 60' "$each" $product anna
    expect "$each: who finds none reads why" says 1 "refused (no_cal_available): $in_use_en" "$each" $product bruno
    LANG=fr_FR.UTF-8 expect "$each: in French too" says 1 "$in_use_fr" "$each" $product bruno
    expect "$each: an unknown product is refused" says 1 'refused (product_unknown)' "$each" nothing-1 anna
    expect "$each: what is no product is an error" says 2 CALM_E_INVALID "$each" ../x anna
done

# The end of a session gives its concurrent seat back.
for each in "${examples[@]}"; do
    expect "$each: the only seat is taken" begin_session "$each" "$each" $floating anna
    expect "$each: nobody else gets it" says 1 'refused (seats_all_in_use)' C $floating bruno
    expect "$each: the session ends" finish_session "$each"
    expect "$each: the seat is free" until_true nobody_has $floating
done
expect 'another session begins' begin_session killed C $floating emma
kill -KILL "${pids[killed]}"
finish_session killed
expect 'of one that was killed the seat is free as well' until_true nobody_has $floating
expect 'and given to the next' says 0 'admitted (seat_taken)' C $floating bruno

# Who loses the right while connected is told, and stays until the program ends the session. The program is
# held meanwhile: while the seat is free it would take it itself.
for each in "${examples[@]}"; do
    expect "$each: anna is in" begin_session "lost-$each" "$each" $product anna
    kill -STOP "${pids[lost-$each]}"
    need calm cal release "$(cals_of $product --holder anna)" --yes
    expect "$each: somebody else gets her CAL" says 0 'admitted (cal_issued)' C $product bruno
    kill -CONT "${pids[lost-$each]}"
    expect "$each: she is told" until_true grep -qF "anna should leave: $in_use_en" "lost-$each.said"
    need calm cal release "$(cals_of $product --holder bruno)" --yes
    expect "$each: and stays until she leaves" finish_session "lost-$each"
    expect "$each: and comes back" says 0 admitted C $product anna
done

# The license server is gone.
need until_true status_has '.tokens >= 1'
expect 'calmd ends' ends 0 "$server"
for each in "${examples[@]}"; do
    expect "$each: a holder gets in on the token" says 0 'admitted (offline_token), days left: 60' "$each" $product anna
    expect "$each: a stranger gets in during the outage period" says 0 'admitted (offline_outage), days left: 7' "$each" $product chloe
done
# And the agent as well: that is an error of its own, and no refusal.
expect 'the agent ends' end_hostd
for each in "${examples[@]}"; do
    expect "$each: without an agent nobody can say" says 2 CALM_E_AGENT_UNREACHABLE "$each" $product anna
    LANG=fr_FR.UTF-8 expect "$each: in French too" says 2 'démarrer calm-hostd' "$each" $product anna
done
finish
