#!/bin/bash
# i18n/glossary.md has every word of the trade, in both languages, with its meaning in both, once.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C.UTF-8

awk -F ' *[|] *' -v words=tests/house/glossary_words.txt '
FILENAME == words {
    if ($0 ~ /^#/ || $0 == "") next
    split($0, pair, "=")
    wanted[pair[1]] = 1
    fixed[pair[1]] = pair[2]
    next
}
!/^\|/ || /^\|---/ || $2 == "English" { next }
{
    rows++
    if (NF != 6) bad("a row needs four cells: " $0)
    for (i = 2; i <= 5; i++) if ($i == "") bad("an empty cell: " $0)
    if ($2 in french) bad("`" $2 "` stands there twice")
    french[$2] = $3
    if ($3 in english) bad("`" $3 "` stands for both `" english[$3] "` and `" $2 "`")
    english[$3] = $2
}
function bad(what) { print what; failed++ }
END {
    for (word in wanted) {
        if (!(word in french)) bad("no row for `" word "`")
        else if (fixed[word] != "" && fixed[word] != french[word])
            bad("`" word "` is `" fixed[word] "` in French, not `" french[word] "`")
        else passed++
    }
    if (rows < 80) bad("only " rows " rows were read")
    print passed + 0 " passed, " failed + 0 " failed"
    exit failed > 0
}' tests/house/glossary_words.txt i18n/glossary.md
