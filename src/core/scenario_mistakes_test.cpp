// Lines of a scenario that end too early or say what cannot be, each with the message that its
// writer reads.
#include <gtest/gtest.h>

#include "core/scenario.h"

namespace calm::scenario {
namespace {

// Lines that name a user, a device and a station.
constexpr std::string_view kBefore = "admit anna pc p\nstation S1 local on h\n";

std::string message(std::string_view line, std::string_view before = kBefore) {
    const auto scenario = parse_scenario(std::string(before) + std::string(line) + "\n");
    if (scenario) return "(none)";
    EXPECT_EQ(scenario.error().code, "scenario_malformed");
    const std::string& detail = scenario.error().detail;
    const std::string_view number = before.empty() ? "line 1: " : "line 3: ";
    EXPECT_TRUE(detail.starts_with(number)) << detail;
    return detail.substr(std::min(number.size(), detail.size()));
}

// A line, and what is missing at its end.
constexpr std::pair<std::string_view, std::string_view> kTooShort[] = {
    {"product p requires", "what it requires"},
    {"product p requires none temporary", "a number of days"},
    {"product p requires none device", "a number of days"},
    {"product p requires none overuse", "over-use"},
    {"product p requires none revoke", "a percentage"},
    {"product p requires none reassign", "the days"},
    {"product p requires none cal-for", "for whom"},
    {"product p requires none base", "the base's product"},
    {"product p requires none released", "the day"},
    {"product p requires none family", "the family"},
    {"product p requires none version", "the version"},
    {"product p requires none lease", "a number of minutes"},
    {"product p requires none borrow-max", "a number of days"},
    {"product p requires none cores-min", "a number"},
    {"product p requires none cals-max", "how many CALs at most"},
    {"pack", "the pack's name"},
    {"pack P", "the product"},
    {"pack P p", "the kind of CAL"},
    {"pack P p per_user", "the number of CALs"},
    {"pack P p per_user 1 from", "a date"},
    {"pack P p per_user 1 until", "a date"},
    {"pack P p per_user 1 maintained", "a date"},
    {"pack P p per_user 1 also", "a product of the suite"},
    {"pack P p per_user 1 agreement", "PROGRAM:NUMBER"},
    {"pack P p per_user 1 overdraft", "how many CALs beyond"},
    {"pack P p per_user 1 moved-from", "the other license server"},
    {"pack P p per_user 1 moved-from s", "what became of it"},
    {"pack P p per_user 1 moved-from s reachable", "the number of its entry"},
    {"remove", "the pack"},
    {"move", "the pack"},
    {"move P", "the other license server"},
    {"convert", "the pack"},
    {"convert P", "how many CALs, or `all`"},
    {"convert P 1", "the new pack's name"},
    {"host", "the host's name"},
    {"host h mode", "the mode"},
    {"host h preferred", "the preferred kind"},
    {"host h processors", "a number"},
    {"host h cores", "a number"},
    {"host h runs", "the product (or -)"},
    {"station", "the station (or -)"},
    {"station S1 on", "the host"},
    {"station S1 shows", "the virtual desktop (or -)"},
    {"station S1 named", "the station (or -)"},
    {"admit", "the user (or -)"},
    {"admit anna pc", "the product"},
    {"admit anna pc p hardware", "the signal"},
    {"admit anna pc p on", "the host"},
    {"admit anna pc p id", "the request id"},
    {"admit anna pc p admin", "how many administrators are there"},
    {"admit anna pc p at", "the station (or -)"},
    {"admit anna pc p server", "the host that connects"},
    {"admit anna pc p via", "the front end"},
    {"admit anna pc p workload", "the workload"},
    {"admit anna pc p chance", "the chance"},
    {"admit anna pc p deny no_cal_available lacks", "the base's product"},
    {"admit anna pc p deny seat_queued place", "the place in line"},
    {"admit anna pc p allow cal_held expires", "when it expires"},
    {"end", "the user (or -)"},
    {"end anna", "the device (or -)"},
    {"end anna pc", "the product"},
    {"end anna pc p on", "the host"},
    {"assign", "the pack"},
    {"assign P", "the host (or -)"},
    {"logon", "the device (or -)"},
    {"logon pc", "the product"},
    {"release", "a user, a device or a station"},
    {"release anna", "the product"},
    {"erase", "a user, a device or a station"},
    {"lend", "a user, a device or a station"},
    {"lend anna", "the product"},
    {"lend anna p", "`to`, and who stands in,"},
    {"lend anna p to", "the user (or -)"},
    {"lend anna p to bruno", "`until`, and the day,"},
    {"lend anna p to bruno until", "the day"},
    {"recall", "a user, a device or a station"},
    {"recall anna", "the product"},
    {"borrow", "a user, a device or a station"},
    {"borrow anna", "the product"},
    {"borrow anna p", "`until`, and the day,"},
    {"borrow anna p until", "the day"},
    {"group", "the group"},
    {"group g join", "the user (or -)"},
    {"group g join device", "the device (or -)"},
    {"group g leave", "a user, a device or a station"},
    {"reserve", "the pack"},
    {"reserve P", "the group"},
    {"reserve P g", "how many seats are kept"},
    {"license", "the host"},
    {"license h", "the product"},
    {"license h p", "the kind of license"},
    {"install claim", "the device (or -)"},
    {"install claim pc", "the product"},
    {"install move pc", "the device (or -)"},
    {"device quarantine", "for how long"},
    {"device merge", "the device (or -)"},
    {"device merge pc", "the device (or -)"},
    {"restart after", "how long"},
    {"clock ahead", "by how much"},
    {"reassert", "the host"},
    {"holiday", "the first day"},
    {"holiday 2026-01-01", "the last day"},
    {"expect used", "the pack"},
    {"expect free", "the product"},
    {"expect free p", "the kind of CAL"},
    {"expect used P", "how many"},
    {"expect holds", "a user, a device or a station"},
    {"expect holds anna", "the product"},
    {"expect holds anna p active from", "the pack"},
    {"expect holds anna p active expires", "when it expires"},
    {"expect warning overuse", "the product"},
    {"expect warning look-alike", "the device"},
    {"expect warning pool", "the product"},
    {"expect warning pool p", "the kind of CAL"},
    {"expect warning pool p per_user", "the threshold"},
    {"expect warning grace", "the host"},
    {"expect warning pack", "the pack"},
};

// A line, and how its message begins.
constexpr std::pair<std::string_view, std::string_view> kImpossible[] = {
    {"product p requires none user -1d", "`-1d` is not a duration"},
    {"product p requires none device 9d..x", "`x` is not a duration"},
    {"product p requires none device x..9d", "`x` is not a duration"},
    {"product p requires none overuse much", "over-use is `much`, not one of: admit, refuse"},
    {"product p requires none revoke %", "a percentage is like 20%"},
    {"product p requires none revoke -1%", "a percentage is like 20%"},
    {"product p requires none revoke 101", "a percentage is like 20%"},
    {"product p requires none revoke 9999", "a percentage is like 20%"},
    {"product p requires none cal-for cats", "cal-for servers, web, hpc or anonymous"},
    {"product p requires none released 30d", "a product came out on a date like 2026-11-21"},
    {"product p requires none lease 90s", "a number of minutes is like 10m"},
    {"product p requires none linger 100d", "a number of minutes is like 10m"},
    {"product p requires none queue-max 65536", "the number is too large"},
    {"product p requires none cores-min 256", "the number is too large"},
    {"product p requires none version x", "the version is a number, not `x`"},
    {"product p requires none cals-max 12345678901",
     "how many CALs at most is a number, not `12345678901`"},
    {"pack P p per_user 1+", "the number of CALs is a number, not `1+`"},
    {"pack P p per_user 1 agreement open", "`open` is no agreement such as open:12345678"},
    {"pack P p per_user 1 moved-from s lost", "what became of it is `lost`, not one of: "},
    {"pack P p per_user 1 moved-from s reachable 0", "entry 0 begins a ledger"},
    {"pack P p per_user 1 perhaps", "`perhaps` is not understood here"},
    {"host h perhaps", "`perhaps` is not understood here"},
    {"convert P 0 P2", "at least one CAL is converted"},
    {"convert P some P2", "how many CALs, or `all` is a number, not `some`"},
    {"host h cores 65536", "the number is too large"},
    {"host h grace soon", "`soon` is not a duration"},
    {"station - local on h", "the station needs a name"},
    {"station anna local", "`anna` is a user in the lines before and cannot be a station too"},
    {"station S1 named anna", "`anna` is a user in the lines before and cannot be a station too"},
    {"station S1 perhaps", "`perhaps` is not understood here"},
    {"admit anna S1 p", "`S1` is a station in the lines before and cannot be a device too"},
    {"admit anna pc p at pc", "`pc` is a device in the lines before and cannot be a station"},
    {"admit anna pc p workload play", "the workload is `play`, not one of: person, web, "},
    {"admit anna pc p allow much", "the reason is `much`, not one of: "},
    {"admit anna pc p allow cal_held place x", "the place in line is a number, not `x`"},
    {"admit anna pc p allow cal_held expires x", "`x` is not a duration"},
    {"admit anna pc p allow cal_held expires 1d..x", "`x` is not a duration"},
    {"end pc anna p", "`pc` is a device in the lines before and cannot be a user too"},
    {"end anna S1 p", "`S1` is a station in the lines before and cannot be a device too"},
    {"logon anna p", "`anna` is a user in the lines before and cannot be a device too"},
    {"lend anna p to pc", "`pc` is a device in the lines before and cannot be a user too"},
    {"lend anna p to - until 3d", "the stand-in needs a name"},
    {"group g watch anna", "somebody is to `join` the group or to `leave` it"},
    {"group g join -", "a member needs a name"},
    {"group g join pc", "`pc` is a device in the lines before and cannot be a user too"},
    {"group g leave nobody", "`nobody` was not admitted in the lines before"},
    {"license h p gold", "the kind of license is `gold`, not one of: "},
    {"license h p core many", "how many, or `none` is a number, not `many`"},
    {"install sell pc p", "install is to `claim`, `move` or `release`"},
    {"install claim - p", "a computer needs a name"},
    {"install move pc - p", "a computer needs a name"},
    {"install move pc anna p", "`anna` is a user in the lines before and cannot be a device too"},
    {"device sell pc", "a device is to `merge`, `separate` or `accept`, or its `quarantine`"},
    {"device merge pc -", "a device needs a name"},
    {"device accept -", "a device needs a name"},
    {"device quarantine 1h", "`1h` is not a number of whole days"},
    {"restart after 18251d", "`18251d` is too long"},
    {"clock ahead soon", "`soon` is not a duration"},
    {"restore", "each `restore` needs a `backup` before it"},
    {"holiday 3d 2026-01-01", "the first day is a date like 2026-12-24"},
    {"holiday 2026-01-02 2026-01-01", "a holiday ends before it begins"},
    {"expect used P many", "how many is a number, not `many`"},
    {"expect free p gold 1", "the kind of CAL is `gold`, not one of: "},
    {"expect holds nobody p nothing", "`nobody` was not admitted in the lines before"},
    {"expect warning rain", "there are warnings of `pool`, `overuse`, `grace`, `pack`, "},
    {"expect warning clock slow", "a clock `stands` or is `behind`"},
    {"expect warning clock behind 3", "such a warning is `raised`, or there is `none`"},
    {"expect warning overuse p 3", "such a warning is `raised`, or there is `none`"},
    {"expect warning look-alike pc 3", "such a warning is `raised`, or there is `none`"},
    {"expect warning pool p per_user half", "the threshold is a number, not `half`"},
};

TEST(ScenarioMistakes, ALineThatEndsTooEarlySaysWhatIsMissing) {
    for (const auto& [line, what] : kTooShort)
        EXPECT_EQ(message(line), std::string(what) + " is missing") << line;
}

TEST(ScenarioMistakes, ARefusalNeedsItsReason) {
    for (const char* line : {"product p requires none",
                             "pack P p per_user 1",
                             "remove P",
                             "move P s",
                             "convert P all P2",
                             "station S1",
                             "admit anna pc p",
                             "end anna pc p",
                             "assign P -",
                             "logon pc p",
                             "release anna p",
                             "revoke pc p",
                             "erase anna",
                             "lend anna p to bruno until 3d repair",
                             "recall anna p",
                             "borrow anna p until 3d",
                             "group g join bruno",
                             "reserve P g 1",
                             "license h p core",
                             "install claim pc p",
                             "device quarantine 3d",
                             "device accept pc",
                             "reassert h"}) {
        EXPECT_EQ(message(std::string(line) + " refused"), "the reason is missing") << line;
        EXPECT_EQ(message(std::string(line) + " refused why"), "(none)") << line;
        EXPECT_EQ(message(std::string(line) + " refused why now"), "`now` is not understood here")
            << line;
    }
}

TEST(ScenarioMistakes, WhatCannotBeIsSaid) {
    for (const auto& [line, what] : kImpossible)
        EXPECT_TRUE(message(line).starts_with(what)) << line << "\n  gives: " << message(line);
}

TEST(ScenarioMistakes, TimeThatPassesIsBoundedWhereverItPasses) {
    const std::string almost = "advance 18250d\nsweep\n";
    for (const char* line : {"advance 1s", "restart after 1s", "clock ahead 1s"})
        EXPECT_EQ(message(line, almost), "the scenario lasts longer than 50 years") << line;
    EXPECT_EQ(message("clock back 1s", almost), "(none)");
}

TEST(ScenarioMistakes, ARestoreNeedsABackupEachTime) {
    EXPECT_EQ(message("restore", "backup\nrestore\n"), "each `restore` needs a `backup` before it");
    EXPECT_EQ(message("restore", "sweep\nbackup\n"), "(none)");
}

TEST(ScenarioMistakes, WhatIsNoTextIsNotRepeated) {
    EXPECT_EQ(message("sweep \xFF"), "`` is not understood here");
    EXPECT_EQ(message("remove " + std::string(65, '\xFF')), "`…` is longer than 64 bytes");
    for (const char* bad : {"\xE2\x82", "\xE2\x28\xA1", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80",
                            "\xF0\x9F\x98", "\x80"}) {
        EXPECT_EQ(message(std::string("remove ") + bad + "x"),
                  "there is a control character or broken UTF-8");
    }
    for (const char* good : {"\xEE\x80\x80", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"})
        EXPECT_EQ(message(std::string("remove ") + good), "(none)");
    const auto scenario = parse_scenario("# \xFF\n# A rule.\nsweep\n");
    EXPECT_EQ(scenario->rule, "A rule.");
}

TEST(ScenarioMistakes, WhatCanBeSaidTwiceIsUnderstoodTwice) {
    for (const char* line :
         {"host h runs a runs b", "host h runs -",
          "product p requires none cal-for servers cal-for "
          "web cal-for hpc cal-for anonymous",
          "product p requires none revoke 20", "license h p core none", "license h p core 4",
          "pack P p per_user 1 also a also b", "expect warning grace h over early",
          "expect warning pack P 7 early", "group g join device pc", "group g leave pc",
          "station S1 shows - removed"}) {
        EXPECT_EQ(message(line), "(none)") << line;
    }
}

}  // namespace
}  // namespace calm::scenario
