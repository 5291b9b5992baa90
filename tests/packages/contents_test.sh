#!/bin/bash
# The Debian packages, made from the build that is there and looked into: what they hold and depend on, their
# units, accounts, maintainer scripts and the entry of the desktop's menu. They stay for the tests after this one.
#
#   tests/packages/contents_test.sh            (ctest sets CALM_BIN and CALM_BUILD)
# shellcheck disable=SC2317  # expect calls the functions
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
source=$root
build=${CALM_BUILD:?CALM_BUILD: the build directory}
packages=$build/packages
tree=$desk/tree
mkdir "$tree"

# What a command says matters only when it fails.
quietly() { "$@" >"$desk/log" 2>&1 || { sed 's/^/    /' "$desk/log"; return 1; }; }
not() { ! "$@"; }

for tool in dh desktop-file-validate systemd-analyze shellcheck; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
rm -rf "$packages"
expect 'they are made' quietly env CALM_DEB_OPTIONS='-Zgzip -z1' "$source/scripts/packages" "$build" "$packages"
[ "$failed" -eq 0 ] || finish

# --- what they hold

names=()
mkdir "$tree/unpacked" "$tree/control"
for package in "$packages"/*.deb; do
    name=$(dpkg-deb -f "$package" Package)
    names+=("$name")
    mkdir "$tree/$name"
    dpkg-deb -x "$package" "$tree/$name"
    dpkg-deb -x "$package" "$tree/unpacked"
    dpkg-deb -e "$package" "$tree/control/$name"
done
held() {
    local name
    for name in "${names[@]}"; do
        (cd "$tree/$name" && find . ! -type d | sed "s|^\.|$name |")
    done | grep -vE ' /usr/share/(doc|calm/products)/' | sed "s|/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/|/MULTIARCH/|" | LC_ALL=C sort
}
version=$(sed -nE 's/^project\(calm VERSION ([0-9.]+) .*/\1/p' "$source/CMakeLists.txt")
expect 'they hold what tests/packages/contents.txt says' diff -u "$source/tests/packages/contents.txt" <(held)
expect 'the manual is in calm-doc' cmp "$source/docs/operating/install.md" "$tree/calm-doc/usr/share/doc/calm/docs/operating/install.md"
expect 'product files are in calm-cli' diff -r "$source/share/products" "$tree/calm-cli/usr/share/calm/products"
expect 'examples are where programmers look' diff -r "$source/examples" "$tree/libcalm-dev/usr/share/doc/libcalm-dev/examples"
for package in "$packages"/*.deb; do
    name=$(dpkg-deb -f "$package" Package)
    expect "$name has the project's version" [ "$(dpkg-deb -f "$package" Version)" = "$version" ]
    expect "$name: every file has its sum" \
        diff <(cd "$tree/$name" && find . -type f -printf '%P\n' | LC_ALL=C sort) <(cut -c 35- "$tree/control/$name/md5sums" | LC_ALL=C sort)
    expect "$name: all belongs to root" not grep -v ' root/root ' <(dpkg-deb -c "$package")
done

# --- manual pages

pages=$tree/unpacked/usr/share/man
for program in "$tree/unpacked/usr/bin"/*; do
    name=$(basename "$program")
    page=$(find "$pages" -name "$name.[18].gz")
    expect "$name has a manual page" [ -n "$page" ]
    expect "$name: whose roff is sound" [ -z "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" ]
done
MANWIDTH=200 man -l "$pages/man1/calm.1.gz" >"$desk/calm.page" 2>/dev/null
# shellcheck disable=SC2016  # the backticks are Markdown's
expect 'that of calm has a section for each command' \
    diff <(sed -n 's/^#* *`\(calm [a-z -]*\)`$/   \1/p' "$source/docs/reference/cli.md") <(grep -E '^   calm [a-z]' "$desk/calm.page")

# --- what they depend on

# PACKAGE: the names that it depends on, with those of its alternatives.
needs() { dpkg-deb -f "$packages/$1"_*.deb Depends | tr ',|' '\n' | sed -E 's/ *\(.*//; s/ //g' | LC_ALL=C sort -u; }
# PACKAGE NAME...: and on nothing else.
needs_only() { diff <(needs "$1") <(printf '%s\n' "${@:2}" | LC_ALL=C sort -u); }
needs_all() { [ -z "$(comm -13 <(needs "$1") <(printf '%s\n' "${@:2}" | LC_ALL=C sort -u))" ]; }
expect 'libcalm1 needs the C library alone' needs_only libcalm1 libc6
expect 'libpam-calm needs that and PAM' needs_only libpam-calm libc6 libpam0g
expect 'libcalm-dev needs libcalm1' needs_only libcalm-dev libcalm1
expect 'calm-console needs what opens a browser' needs_only calm-console xdg-utils
expect 'calm-server needs calm-cli, and what makes its account' needs_all calm-server calm-cli systemd libsodium23
expect 'calm-host needs what makes its account' needs_all calm-host systemd libsodium23
expect 'calm-host needs no server' not grep -E '^calm-|sqlite|pango' <(needs calm-host)
for name in "${names[@]}"; do
    expect "$name needs nothing that is for building" not grep -E -- '-dev$' <(needs "$name" | grep -v '^libcalm')
done

# --- maintainer scripts

for script in "$tree"/control/*/{pre,post}{inst,rm}; do
    [ -f "$script" ] || continue
    expect "${script#"$tree/control/"} is sound" shellcheck -s sh -e SC2086 "$script"
    expect "${script#"$tree/control/"} stops at its first error" grep -qx 'set -e' "$script"
done

# --- units

mkdir -p "$tree/unpacked/etc" "$tree/sandboxless"
# What the units stand between is systemd's own.
cp -rn /lib/systemd/system "$tree/unpacked/lib/systemd/"
# UNIT: where it stands.
is_closed() { systemd-analyze security --offline=true --threshold=15 "$1" >/dev/null 2>&1; }
units=0
for unit in "$tree"/calm-*/lib/systemd/system/*.service; do
    units=$((units + 1))
    name=$(basename "$unit")
    expect "$name: exposed by 1.5 at most" is_closed "$unit"
    grep -vE '^(Protect|Private|SystemCall|Restrict[A-Z])' "$unit" >"$tree/sandboxless/$name"
    expect "$name: that is so because of its sandbox" not is_closed "$tree/sandboxless/$name"
    expect "$name: systemd understands it" quietly systemd-analyze --root="$tree/unpacked" verify "/lib/systemd/system/$name"
    expect "$name: and has nothing to say" not grep -F "$name" "$desk/log"
done
expect 'there are three units' [ "$units" -eq 3 ]

# --- the desktop's menu

entry=$tree/calm-console/usr/share/applications/calm-console.desktop
expect 'the entry is valid' desktop-file-validate "$entry"
for key in Name GenericName Comment Keywords; do
    expect "it has a $key in English" grep -q "^$key=." "$entry"
    expect "it has a $key in French" grep -q "^$key\[fr\]=." "$entry"
done
expect 'its program is there' [ -x "$tree/calm-console/usr/bin/$(sed -n 's/^Exec=//p' "$entry")" ]
expect 'its picture is there' grep -q '<svg' "$tree/calm-console/usr/share/icons/hicolor/scalable/apps/$(sed -n 's/^Icon=//p' "$entry").svg"

# ADDRESS ARGUMENT...: what the browser is told to open.
mkdir "$tree/bin" "$tree/settings"
printf '#!/bin/sh\necho "$@"\n' >"$tree/bin/xdg-open"
chmod 755 "$tree/bin/xdg-open"
opens() {
    local address=$1
    shift
    [ "$(PATH=$tree/bin:$PATH CALM_SETTINGS_DIR=$tree/settings "$tree/calm-console/usr/bin/calm-console" "$@")" = "$address" ]
}
expect 'it opens the console of this machine' opens https://localhost:7443/
printf '[listen]\ntls_address = "::"\ntls_port = 9443  # ours\n' >"$tree/settings/calmd.toml"
expect 'at its port' opens https://localhost:9443/
echo https://licenses.example.org:7443/ >"$tree/settings/console"
expect 'else the one that an administrator has named' opens https://licenses.example.org:7443/
expect 'else the one that is asked for' opens https://other.example.org/ https://other.example.org/

if command -v lintian >/dev/null; then
    expect 'Debian'\''s own checks find no error' quietly lintian --allow-root --fail-on error "$packages"/*.deb
else
    echo 'left out: lintian is not installed'
fi

finish
