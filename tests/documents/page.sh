# shellcheck shell=bash
# Sourced by the tests beside it: what the pages in docs/internals show.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
passed=0
failed=0

# NAME: the fenced block of this name ("text pack"), from whichever page has it.
block() {
    awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next } /^```/ { on = 0 } on' "$root"/docs/internals/*.md
}

# WHAT COMMAND...: counts whether the command succeeds.
expect() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what"
        failed=$((failed + 1))
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
