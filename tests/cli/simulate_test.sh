#!/bin/bash
# `calm simulate` on every scenario there is, and on one that is wrong.
set -uo pipefail
# shellcheck source=tests/cli/common.sh
source "$(dirname "$0")/common.sh"
for scenario in "$root"/tests/scenarios/*.calm; do
    expect "${scenario##*/}" says 0 'as expected' calm simulate "$scenario"
done
sed 's/deny  no_cal_available/allow cal_issued/' "$root/tests/scenarios/device_cal_covers_everyone_on_it.calm" >wrong.calm
expect "a wrong expectation is named with its line" says 1 'Line 7' calm simulate wrong.calm
expect "and in JSON" gives 1 '.passed == false and (.lines[-1].as_expected == false)' calm simulate wrong.calm
echo 'frobnicate everything' >nonsense.calm
expect "what is no scenario is refused" says 1 'line 1' calm simulate nonsense.calm
expect "a file that is not there" says 3 '' calm simulate none.calm
expect "standard input" bash -c "calm simulate - <'$root/tests/scenarios/device_cal_covers_everyone_on_it.calm' >/dev/null"
finish
