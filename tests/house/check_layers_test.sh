#!/bin/bash
# scripts/check-layers on small trees: a sound one holds, and every way to break it is found.
set -uo pipefail
check=$(cd "$(dirname "$0")/../.." && pwd)/scripts/check-layers
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# A new tree with one file of every kind, all of it allowed.
sound_tree() {
    rm -rf "$scratch/tree"
    mkdir -p "$scratch/tree" && cd "$scratch/tree" || exit 1
    mkdir -p src/{base,core,documents,http,server,client,agent,capi} apps/{calmd,calm-hostd,calm-token-verify} include/calm
    cat >src/CMakeLists.txt <<'CMAKE'
# calm_library(nonsense DEPS in a comment)
calm_library(base      PURE LINK fmt::fmt)
calm_library(core      PURE DEPS base TEST_LINK calm_server)
calm_library(documents PURE DEPS core)  # base by way of core
calm_library(http      THREADS DEPS base LINK Boost::headers
                       Threads::Threads)
calm_library(server    THREADS DEPS documents http)
calm_library(client    DEPS documents)
calm_library(agent     DEPS client)
calm_library(capi)
CMAKE
    printf '#pragma once\n#include <string>\n' >src/base/result.h
    printf '#include "base/result.h"\n#include "core/ledger.h"\n' >src/core/ledger.cpp
    cat >src/core/ledger.h <<'H'
#pragma once
// It never calls time(0) itself, nor getenv("HOME").
/* rand() neither,
   nor srand(1). */
struct Ledger {
    Instant time() const;
    const char* text = "time(0)";
};
inline Instant later(const Ledger& ledger) { return ledger.time() + runtime(5); }
H
    printf '#include <fstream>\n#include "server/server.h"\n#include "http/front.h"\n' >src/core/ledger_test.cpp
    printf '#include "base/result.h"\n' >src/documents/pack.h
    printf '#include <thread>\n#include "base/result.h"\n' >src/http/front.h
    printf '#include "core/ledger.h"\n#include "http/front.h"\n' >src/server/server.h
    printf '#include "documents/pack.h"\n' >src/client/client.h
    printf '#include "calm/calm.h"\n' >src/capi/calm.cpp
    printf '#include "client/client.h"\n' >src/agent/agent.h
    printf '#include "server/server.h"\n' >apps/calmd/main.cpp
    printf '#include "agent/agent.h"\n' >apps/calm-hostd/main.cpp
    printf '#include "documents/pack.h"\n#include "base/result.h"\n' >apps/calm-token-verify/main.cpp
    printf '#include <stdint.h>\n' >include/calm/calm.h
}

# NAME EXPECTED-TEXT: the tree as it stands must be refused, saying EXPECTED-TEXT.
refuses() {
    local out
    if out=$("$check" "$scratch/tree" 2>&1); then
        echo "FAILED: $1: was not found"
    elif ! grep -qF -- "$2" <<<"$out"; then
        printf 'FAILED: %s: expected "%s" in\n%s\n' "$1" "$2" "$out"
    else
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
}

sound_tree
if out=$("$check" "$scratch/tree" 2>&1); then
    passed=$((passed + 1))
else
    printf 'FAILED: a sound tree was refused:\n%s\n' "$out"
    failed=$((failed + 1))
fi

# NAME EXPECTED-TEXT FILE LINE: a sound tree with LINE added to FILE must be refused.
refuses_line() {
    sound_tree
    printf '%s\n' "$4" >>"$3"
    refuses "$1" "$2"
}

refuses_line 'a folder below is included' 'src/core/ledger.cpp:3: core may not use server' \
    src/core/ledger.cpp '#include "server/server.h"'
refuses_line 'a folder above is included, but not among the DEPS' 'http may not use core' \
    src/http/front.h '#include "core/ledger.h"'
refuses_line 'an include with spaces' 'core may not use http' src/core/ledger.h '  #  include "http/front.h"'
refuses_line 'a test goes beyond its TEST_LINK' 'core may not use agent' \
    src/core/ledger_test.cpp '#include "agent/agent.h"'
refuses_line 'a folder nobody declared is included' 'no such folder' src/http/front.h '#include "magic/wand.h"'
refuses_line 'an include without its folder' 'name the folder too' src/http/front.h '#include "front_parts.h"'
refuses_line 'a public header that uses src' 'public headers only' include/calm/calm.h '#include "base/result.h"'
refuses_line 'a public header used in the middle' 'only capi' src/core/ledger.h '#include "calm/calm.h"'
refuses_line 'a layer below is among the DEPS' 'early may not use late: it is not above it' \
    src/CMakeLists.txt 'calm_library(early DEPS base late)
calm_library(late DEPS base)'
refuses_line 'core depends on more than base' 'core may use nothing but base' \
    src/CMakeLists.txt 'calm_library(core DEPS base documents)'
refuses_line 'a host depends on the front' 'pam is of the hosts and may not use http' \
    src/CMakeLists.txt 'calm_library(pam DEPS http)'
refuses_line 'a host depends on the server by a detour' 'rdp is of the hosts and may not use server' \
    src/CMakeLists.txt 'calm_library(detour DEPS server)
calm_library(rdp
    DEPS detour)'
refuses_line 'the server depends on a host' 'store is of the server and may not use client' \
    src/CMakeLists.txt 'calm_library(store DEPS client)'
refuses_line 'a host program with the server in it' 'both a host and the server' \
    apps/calm-hostd/main.cpp '#include "http/front.h"'
refuses_line 'the server program with a host in it' 'both a host and the server' \
    apps/calmd/main.cpp '#include "client/client.h"'
refuses_line 'the verifier reaches beyond documents' 'must do with documents alone' \
    apps/calm-token-verify/main.cpp '#include "client/client.h"'
refuses_line 'a program in two files' 'a program is only its main.cpp' apps/calmd/extra.cpp 'int x;'
sound_tree
mkdir -p src/undeclared && echo 'int x;' >src/undeclared/a.cpp
refuses 'a folder of src that no line declares' 'src/undeclared/a.cpp: in no folder'
sound_tree
echo '# nothing' >src/CMakeLists.txt
refuses 'no layer is declared' 'declares no layer'

for header in chrono random thread mutex fstream iostream unistd.h sys/stat.h time.h ctime filesystem \
    boost/asio.hpp boost/asio/ip/tcp.hpp boost/beast/core.hpp sqlite3.h condition_variable; do
    refuses_line "a PURE folder includes <$header>" "may not include <$header>" src/core/ledger.cpp "#include <$header>"
done
for call in 'auto t = time(nullptr);' 'auto t = std::time(0);' 'return ::time(&t);' 'f(getenv("HOME"));' \
    'int r = rand();' 'int r = std::rand ();' 'if (clock_gettime(CLOCK_REALTIME, &t)) return;' \
    'randombytes_buf(b, 4);' 'f("// no comment", time(0));' '/* so */ x = rand();' '    srand(4);'; do
    name=$(sed -E 's/.*\b(clock_gettime|randombytes_buf|srand|rand|getenv|time) ?\(.*/\1/' <<<"$call")
    refuses_line "a PURE folder calls $call" "may not call $name()" src/core/ledger.cpp "$call"
done

refuses_line 'toml++ as it is' 'include "base/toml.h"' src/server/server.h '#include <toml++/toml.h>'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 40 ]
