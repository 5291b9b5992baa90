#!/bin/bash
# scripts/count-tests: a test that fails, dies, is not there or is skipped is counted as what it is.
set -uo pipefail
count=$(cd "$(dirname "$0")/../.." && pwd)/scripts/count-tests
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# NAME EXPECTED TESTCASE...: the JUnit file of these test cases counts as EXPECTED.
counts() {
    local name=$1 expected=$2 got
    shift 2
    { echo '<testsuite name="x" tests="1">'; printf '%s\n' "$@"; echo '</testsuite>'; } >"$scratch/tests.xml"
    got=$("$count" "$scratch/tests.xml" 2>"$scratch/said")
    if [ "$got" = "$expected" ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: $name: expected $expected, got $got"
        failed=$((failed + 1))
    fi
}
one() { printf '\t<testcase name="%s" classname="%s" time="1" status="%s">\n\t\t%s<system-out>%s</system-out>\n\t</testcase>' "$1" "$1" "$2" "$3" "$4"; }

google=$'[==========] Running 4 tests\n[ RUN      ] A.b\n[  PASSED  ] 4 tests.'
mixed=$'[  PASSED  ] 3 tests.\n[  SKIPPED ] 1 test, listed below:\n[  FAILED  ] 2 tests, listed below:\n[  FAILED  ] A.b\n[  FAILED  ] A.c'
counts 'a GoogleTest program' '4 0 0' "$(one core run '' "$google")"
counts 'a GoogleTest program with failures' '3 2 1' "$(one core fail '<failure message=""/>' "$mixed")"
counts 'a GoogleTest program that died' '0 1 0' "$(one core fail '<failure message="SIGSEGV"/>' '[ RUN      ] A.b')"
counts 'a program that died after its tests' '4 1 0' "$(one core fail '<failure message=""/>' "$google")"
counts 'a script that counts itself' '47 0 0' "$(one s run '' '47 passed, 0 failed')"
counts 'a script that found something' '46 1 0' "$(one s fail '<failure message=""/>' '46 passed, 1 failed')"
counts 'a script that says nothing' '1 0 0' "$(one s run '' 'fine')"
counts 'a script that fails silently' '0 1 0' "$(one s fail '<failure message=""/>' '')"
counts 'a test whose program is not there' '0 1 0' "$(one s notrun '<skipped message="Unable to find executable"/>' 'x')"
counts 'a skipped test' '0 0 1' "$(one ssh notrun '<skipped message="SKIP_RETURN_CODE=77"/>' 'needs root')"
if grep -q 'skipped: ssh: needs root' "$scratch/said"; then
    passed=$((passed + 1))
else
    echo 'FAILED: the skipped test does not say why'
    failed=$((failed + 1))
fi
# NAME LINES: the last file counted told this of what failed.
tells() {
    if [ "$(grep '^failed: ' "$scratch/said")" = "$2" ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: $1: it told"
        cat "$scratch/said"
        failed=$((failed + 1))
    fi
}
asserted=$'[ RUN      ] A.b\na.cpp:7: Failure\nExpected equality\n  one\n[  FAILED  ] A.b (0 ms)\n[  PASSED  ] 3 tests.'
counts 'an assertion' '3 1 0' "$(one core fail '<failure message=""/>' "$asserted")"
tells 'an assertion' $'failed: core: a.cpp:7: Failure\nfailed: core: Expected equality\nfailed: core: one\nfailed: core: [  FAILED  ] A.b (0 ms)'
counts 'a wish' '4 1 0' "$(one s fail '<failure message=""/>' $'FAILED: it is &quot;so&quot;\n4 passed, 1 failed')"
tells 'a wish' $'failed: s: FAILED: it is "so"\nfailed: s: 4 passed, 1 failed'
counts 'a death' '0 1 0' "$(one core fail '<failure message=""/>' $'first\nthen\nSegmentation fault')"
tells 'a death' $'failed: core: first\nfailed: core: then\nfailed: core: Segmentation fault'
counts 'no word' '0 1 0' "$(one s fail '' '')"
tells 'no word' 'failed: s: it said nothing'
counts 'a skipped test' '0 0 1' "$(one ssh notrun '<skipped message="SKIP_RETURN_CODE=77"/>' 'needs root')"
tells 'what was skipped did not fail' ''
counts 'several' '52 2 1' "$(one core run '' "$google")" "$(one s run '' '47 passed, 0 failed')" \
    "$(one t run '' '')" "$(one a fail '' '')" "$(one b fail '' '')" \
    "$(one ssh notrun '<skipped message="SKIP_RETURN_CODE=77"/>' 'needs root')"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq 22 ]
