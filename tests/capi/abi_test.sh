#!/bin/bash
# The ABI of libcalm.so is the one in abi.txt: exported functions with their versions and prototypes, the
# layout of each structure, the value of each enumerator.
#
#   abi_test.sh LIBRARY            (ctest passes it)
#   abi_test.sh --write LIBRARY    writes abi.txt: only after something was added. What is there already stays
#                                  as it is, or programs that were built before do something else with it.
set -uo pipefail
write=
[ "${1:-}" != --write ] || { write=1; shift; }
library=$(realpath "${1:?the library}")
cd "$(dirname "$0")" || exit 1
include=$(cd ../../include && pwd)
header=$include/calm/calm.h
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
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

# The header as the compiler sees it: no comments, one declaration a line.
declarations() {
    gcc -E -P "$header" | tr '\n' ' ' | sed -E 's/[[:space:]]+/ /g; s/([;{}]) ?/\1\n/g; s/\( /(/g'
}

# A program that prints what the compiler makes of each structure and each enumerator.
probe() {
    printf '#include <stdio.h>\n#include <calm/calm.h>\nint main(void) {\n'
    declarations | awk '/^typedef struct calm_[a-z_]+ \{$/ { type = $3; next }
        type && /^}/ { printf "    printf(\"size %s %%zu\\n\", sizeof(%s));\n", type, type; type = ""; next }
        type && match($0, /[a-z_]+(\[[0-9]+\])?;/) {
            field = substr($0, RSTART, RLENGTH); sub(/(\[[0-9]+\])?;/, "", field)
            printf "    printf(\"field %s.%s at %%zu, %%zu bytes\\n\", offsetof(%s, %s), sizeof(((%s*)0)->%s));\n",
                type, field, type, field, type, field
        }'
    declarations | grep -oE '\bCALM_[A-Z0-9_]+ = [0-9]+' | while read -r name _; do
        # shellcheck disable=SC1003  # the backslash is C's
        printf '    printf("value %s %%d\\n", (int)%s);\n' "$name" "$name"
    done
    printf '    return 0;\n}\n'
}

abi() {
    nm -D --defined-only --with-symbol-versions "$library" | awk '$2 == "T" { sub("@@", " ", $3); print "function", $3 }'
    declarations | grep -E '^ ?(calm_status|const char|void|int|typedef void).*\(.*\);$' | sed -E 's/^ ?/prototype /'
    probe >"$scratch/probe.c"
    cc -std=c99 -I"$include" "$scratch/probe.c" -o "$scratch/probe" && "$scratch/probe"
}

if [ "$(getconf LONG_BIT)" != 64 ]; then
    echo 'skipped: abi.txt is that of 64-bit machines'
    exit 77
fi
abi | LC_ALL=C sort >"$scratch/abi.txt"
if [ -n "$write" ]; then
    cp "$scratch/abi.txt" abi.txt
    exit
fi

diff -u abi.txt "$scratch/abi.txt"
count $? 'the ABI is the one in abi.txt (after an addition: abi_test.sh --write)'

# Each kind of change is seen: what the list has and the library has not, and the other way round.
for kind in function prototype size field value; do
    grep -q "^$kind " "$scratch/abi.txt"
    count $? "the ABI has a $kind"
done
# Every function of the header is exported, and nothing else.
comm -3 <(sed -nE 's/^function (calm_[a-z_]+) .*/\1/p' "$scratch/abi.txt") \
    <(declarations | grep -oE '\bcalm_[a-z_]+\(' | tr -d '(' | LC_ALL=C sort -u) >"$scratch/differ"
[ ! -s "$scratch/differ" ]
count $? "header and library have the same functions: $(tr -s '\t\n' ' ' <"$scratch/differ")"
# A sanitizer brings its own; without one nothing but the C library is needed.
needed=$(readelf -d "$library" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | paste -sd' ')
[ "$needed" = libc.so.6 ] || [[ $needed == *san.so.* ]]
count $? "libcalm.so needs $needed"
readelf -d "$library" | grep -qF 'soname: [libcalm.so.1]'
count $? 'its SONAME is libcalm.so.1'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
