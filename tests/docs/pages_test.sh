#!/bin/bash
# The pages of the manual are true of this tree: written references are up to date, links lead somewhere,
# every scenario that a page shows is a file of tests/scenarios, word for word.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0

# STATUS WHAT
count() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: $2"
        failed=$((failed + 1))
    fi
}

mapfile -t pages < <(ls ./*.md; find docs -name '*.md' | LC_ALL=C sort)

scripts/docs --check | head -40
count "${PIPESTATUS[0]}" 'pages written by scripts/docs'

# The anchors that GitHub gives to a page's headings.
anchors() {
    grep -E '^#+ ' "$1" | sed -E 's/^#+ +//; s/[`*]//g' | tr '[:upper:]' '[:lower:]' |
        sed -E 's/[^[:alnum:] _-]//g; s/ /-/g'
}

# FILE: the targets of its links and pictures, code left out.
links() {
    # shellcheck disable=SC2016  # backticks, not a command
    awk '/^```/ { code = !code; next } !code' "$1" | sed -E 's/`[^`]*`//g' |
        grep -oE '\]\([^)]+\)|(src|href)="[^"]+"' | sed -E 's/^\]\(//; s/\)$//; s/^(src|href)="//; s/"$//'
}

for page in "${pages[@]}"; do
    bad=0
    while read -r target; do
        case $target in http://* | https://* | mailto:*) continue ;; esac
        file=${target%%#*}
        path=$page
        if [ -n "$file" ]; then path=$(dirname "$page")/$file; fi
        if [ ! -e "$path" ]; then
            echo "$page: there is no $target"
            bad=1
        elif [[ $target == *'#'* ]] && ! anchors "$path" | grep -qxF -- "${target#*#}"; then
            echo "$page: $target: no such heading"
            bad=1
        fi
    done < <(links "$page")
    count "$bad" "the links of $page"
done

# Every setting that the source knows is on the page of settings.
settings() {
    grep -ohE '"(data|listen|tls|log|alerts|mail|webhook|clearinghouse|oem|hosts)\.[a-z_]+"' src/server/settings.cpp | tr -d '"'
    awk '/^struct ProductRules/ { on = 1 } /^};/ { on = 0 } on' src/core/product.h |
        grep -v operator | grep -oE '[a-z_]+ =' | tr -d ' =' | sed 's/^requirement$/requires/'
    grep -ohE 'host\.[a-z]+\("[a-z_]+"' src/agent/host_config.cpp | sed -E 's/.*"([a-z_]+)"/\1/'
}
missing=0
for setting in $(settings | sort -u); do
    if ! grep -qF -- "\`$setting\`" docs/reference/settings.md; then
        echo "docs/reference/settings.md says nothing about \`$setting\`"
        missing=1
    fi
done
count "$missing" 'every setting is on docs/reference/settings.md'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
shown=0
for page in "${pages[@]}"; do
    # ```calm NAME … ```: one file per block, called NAME.
    rm -f "$scratch"/*
    awk -v into="$scratch/" '/^```calm/ { file = into ($2 == "" ? "without-a-name" : $2); printf "" >file; next }
        /^```/ { file = "" } file != "" { print >file }' "$page"
    for block in "$scratch"/*; do
        [ -f "$block" ] || continue
        name=$(basename "$block")
        diff -u "tests/scenarios/$name.calm" "$block"
        count $? "$page shows tests/scenarios/$name.calm as it is"
        shown=$((shown + 1))
    done
done

echo "$shown scenarios shown in ${#pages[@]} pages"
# The tables of conformance name scenarios that there are, and all of them.
conformance=docs/reference/conformance.md
missing=0
# shellcheck disable=SC2016  # backticks, not a command
while read -r name; do
    [ -f "tests/scenarios/$name.calm" ] && continue
    echo "$conformance: there is no scenario $name"
    missing=1
done < <(grep -oE '`[a-z0-9]+(_[a-z0-9]+)+`' "$conformance" | tr -d '`' | grep -v '^calm_' | sort -u)
for file in tests/scenarios/*.calm; do
    name=$(basename "$file" .calm)
    grep -qF -- "\`$name\`" "$conformance" && continue
    echo "$conformance: the scenario $name is in no row"
    missing=1
done
count "$missing" 'scenarios of the tables of conformance'

# The tables of correspondence name commands that there are.
for page in docs/reference/correspondence.md docs/fr/correspondances.md; do
    missing=0
    named=0
    # shellcheck disable=SC2016  # backticks, not a command
    while read -r command; do
        named=$((named + 1))
        grep -qxE -- "#+ \`$command\`" docs/reference/cli.md && continue
        echo "$page: there is no \`$command\`"
        missing=1
    done < <(grep -oE '`calm [a-z]+( [a-z-]+)?' "$page" | tr -d '`' | sort -u)
    [ "$named" -gt 10 ] || missing=1
    count "$missing" "the commands of $page"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt "${#pages[@]}" ]
