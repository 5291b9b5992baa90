#!/bin/bash
# scripts/check-details on small trees: it finds each way in which a detail is made, and each fault of the catalogue.
# shellcheck disable=SC2016  # backticks are part of what is expected
set -uo pipefail
check=$(cd "$(dirname "$0")/../.." && pwd)/scripts/check-details
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
command -v python3 >/dev/null || { echo 'python3 is missing (scripts/setup test)'; exit 77; }
passed=0
failed=0

sound_tree() {
    rm -rf "$scratch/tree"
    mkdir -p "$scratch/tree"/{i18n,src/core,apps} && cd "$scratch/tree" || exit 1
    cat >src/core/a.cpp <<'CPP'
auto a = fail("code", "it is plain");  // fail("code", "only a comment")
auto b = fail(
    "code", fmt::format("pack `{}` goes to {:02}, "
                        "or stays", pack, to));
auto c = Error{std::string(kCode), "no host `" + name + "` is there"};
auto d = fields.complain("field", big ? "is too big" : "is too small");
auto e = responder.fail({"code", fmt::format("line {}: {}", 1'000, error.detail)});
Error made() { return {"code", "nobody says its type"}; }
auto f = message("this is no detail, and 'neither' is \"this\"");
CPP
    echo 'auto g = fail("code", "only in a test");' >src/core/a_test.cpp
    cat >i18n/details.fr.json <<'JSON'
{
  "details": {
    "is too big": "est trop grand",
    "is too small": "est trop petit",
    "it is plain": "c'est simple",
    "line {}: {}": "ligne {} : {}",
    "no host `{}` is there": "il n'y a pas d'hôte `{}`",
    "nobody says its type": "personne ne dit son type",
    "pack `{}` goes to {}, or stays": "vers {1} va le pack `{0}`, ou il reste"
  },
  "libraries": {},
  "system": {
    "Permission denied": "l'accès est refusé"
  }
}
JSON
}

# NAME EXPECTED-TEXT FILE SED-SCRIPT: a sound tree with FILE changed must be refused.
refuses() {
    local out
    sound_tree
    sed -i "$4" "$3"
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

source=src/core/a.cpp catalogue=i18n/details.fr.json
refuses 'a new sentence' "$source: no French in $catalogue of \"it is simple\"" $source 's/is plain/is simple/'
refuses 'a call over lines' 'of "pack `{}` goes to {}, or goes"' $source 's/or stays/or goes/'
refuses 'a sum' 'of "no host `{}` was there"' $source 's/is there"/was there"/'
refuses 'one side of a choice' 'of "is too large"' $source 's/is too big/is too large/'
refuses 'a format in braces' 'of "row {}: {}"' $source 's/"line {}/"row {}/'
refuses 'an error without its type' 'of "who knows its type"' $source 's/nobody says/who knows/'
refuses 'a sentence that is gone' 'no detail in the source is "it is plain"' $source 's/^auto a.*//'
refuses 'another number of values' 'other values in English than in French: "line {}: {}"' $catalogue 's/ligne {} : {}/ligne {}/'
refuses 'a value twice' 'other values in English than in French: "pack' $catalogue 's/{1}/{0}/'
refuses 'no French' 'the French is empty of "is too big"' $catalogue 's/est trop grand//'
refuses 'another order' '`details` is not sorted' $catalogue '/is too big/{h;d};/is too small/G'
refuses 'the same twice' 'twice there: is too big' $catalogue 's/"is too big".*/&\n&/'
refuses 'an error that no system has' 'no error of the system is "Permission given"' $catalogue 's/Permission denied/Permission given/'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq 14 ]
