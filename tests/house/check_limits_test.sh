#!/bin/bash
# scripts/check-limits: finds a file and a function that are too long, and nothing else.
set -uo pipefail
check=$(cd "$(dirname "$0")/../.." && pwd)/scripts/check-limits
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
passed=0
failed=0

lines() { seq -f "$2" "$1"; }  # COUNT FORMAT

# NAME FILE TEXT: FILE is found, and the report begins with TEXT.
finds() {
    local out
    if ! out=$("$check" "$2" 2>&1) && grep -q "^$3" <<<"$out"; then
        passed=$((passed + 1))
    else
        printf 'FAILED: %s: expected "%s" in\n%s\n' "$1" "$3" "$out"
        failed=$((failed + 1))
    fi
}
# NAME FILE
lets_pass() {
    local out
    if out=$("$check" "$2" 2>&1); then
        passed=$((passed + 1))
    else
        printf 'FAILED: %s:\n%s\n' "$1" "$out"
        failed=$((failed + 1))
    fi
}

lines 800 '// %g' >a.cpp
lets_pass 'a file of 800 lines' a.cpp
lines 801 '// %g' >a.cpp
finds 'a file of 801 lines' a.cpp 'a.cpp: 801 lines'
lines 801 '# %g' >a.sh
finds 'a script of 801 lines' a.sh 'a.sh: 801 lines'

{ echo 'namespace calm {'; echo 'int f(int a,'; echo '      int b) {'; lines 67 '    g(%g);'; printf '}\n\n}  // namespace calm\n'; } >f.cpp
lets_pass 'a function of 70 lines' f.cpp
{ echo 'int f(int a,'; echo '      int b) {'; lines 68 '    g(%g);'; echo '}'; } >f.cpp
finds 'a function of 71 lines' f.cpp 'f.cpp:1: 71 lines in one function'
{ echo 'int f() {'; echo '    if (x) {'; lines 40 '        g(%g);'; echo '    }'; lines 40 '    g(%g);'; echo '}'; } >f.cpp
finds 'a long function with short blocks' f.cpp 'f.cpp:1: 84 lines'
{ echo 'class A {'; echo ' public:'; echo '    int f() {'; lines 70 '        g(%g);'; printf '    }\n};\n'; } >f.h
finds 'a long function inside a class' f.h 'f.h:3: 72 lines'
{ echo 'class A {'; lines 90 '    int f%g() {return 1;}'; echo '};'; } >f.h
lets_pass 'a long class of short functions' f.h
{ echo 'constexpr int kTable[] = {'; lines 90 '    %g,'; echo '};'; } >f.cpp
lets_pass 'a long table' f.cpp
{ echo 'namespace {'; for i in 1 2 3; do echo "int f$i() {"; lines 60 '    g(%g);'; echo '}'; done; echo '}  // namespace'; } >f.cpp
lets_pass 'short functions one after the other' f.cpp

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq 10 ]
