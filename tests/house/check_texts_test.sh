#!/bin/bash
# scripts/check-texts on small trees: a sound one passes, a text that is not there or there twice is found.
# shellcheck disable=SC2016  # backticks are part of what is expected
set -uo pipefail
check=$(cd "$(dirname "$0")/../.." && pwd)/scripts/check-texts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

sound_tree() {
    rm -rf "$scratch/tree"
    mkdir -p "$scratch/tree"/{i18n,src/store,apps} && cd "$scratch/tree" || exit 1
    echo '{"cli": {"done": "d", "more": "m"}, "reason": {"cal_held": "c"}}' | tee i18n/en.json >i18n/fr.json
    cat >src/store/a.cpp <<'CPP'
auto a = message(language, "cli.done");
auto b = message(
    Language::fr, "cli.more",
    {});
auto c = message(language, "reason." + name);
CPP
    echo 'auto a = message(language, "only.in.a.test");' >src/store/a_test.cpp
}

# NAME EXPECTED-TEXT
refuses() {
    local out
    if ! out=$("$check" "$scratch/tree" 2>&1) && grep -qF -- "$2" <<<"$out"; then
        passed=$((passed + 1))
    else
        printf 'FAILED: %s: expected "%s" in\n%s\n' "$1" "$2" "$out"
        failed=$((failed + 1))
    fi
}

sound_tree
if out=$("$check" "$scratch/tree" 2>&1); then
    passed=$((passed + 1))
else
    printf 'FAILED: a sound tree was refused:\n%s\n' "$out"
    failed=$((failed + 1))
fi

# NAME EXPECTED-TEXT FILE SED-SCRIPT: a sound tree with FILE changed must be refused.
refuses_change() {
    sound_tree
    sed -i "$4" "$3"
    refuses "$1" "$2"
}
refuses_change 'the same key twice' 'en.json: `cli.done` stands there twice' i18n/en.json 's/"done": "d"/&, "done": "e"/'
refuses_change 'the same key twice in French' 'fr.json: `cli.more` stands' i18n/fr.json 's/"more": "m"/&, "more": "e"/'
refuses_change 'a message that does not exist' 'src/store/a.cpp: message `cli.gone`' src/store/a.cpp 's/cli.done/cli.gone/'
refuses_change 'a call broken over lines' 'message `cli.less` does not exist' src/store/a.cpp 's/cli.more/cli.less/'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq 5 ]
