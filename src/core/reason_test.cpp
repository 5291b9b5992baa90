// Words and numbers that stand in logs, in scripts and on screens: none of them ever changes.
#include "core/reason.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace calm {
namespace {

constexpr std::pair<Reason, int> kNumbers[] = {
    {Reason::not_required, 1},
    {Reason::administration, 2},
    {Reason::host_service, 3},
    {Reason::server_to_server, 4},
    {Reason::web_workload, 5},
    {Reason::hpc_workload, 6},
    {Reason::anonymous_access, 7},
    {Reason::cal_held, 10},
    {Reason::cal_renewed, 11},
    {Reason::cal_moved, 12},
    {Reason::cal_upgraded, 13},
    {Reason::cal_issued, 14},
    {Reason::cal_temporary_held, 15},
    {Reason::cal_temporary_issued, 16},
    {Reason::cal_overuse_held, 17},
    {Reason::cal_overuse_issued, 18},
    {Reason::cal_held_elsewhere, 19},
    {Reason::initial_grace, 30},
    {Reason::offline_token, 31},
    {Reason::offline_grace, 32},
    {Reason::offline_outage, 33},
    {Reason::offline_policy, 34},
    {Reason::root_exempt, 35},
    {Reason::console_without_cal, 36},
    {Reason::restore_window, 37},
    {Reason::external_connector, 40},
    {Reason::core_licensed, 41},
    {Reason::seat_taken, 50},
    {Reason::seat_held, 51},
    {Reason::seat_extended, 52},
    {Reason::administration_over_seats, 53},
    {Reason::cal_on_loan, 60},
    {Reason::cal_lent_trusted, 61},
    {Reason::quarantine_begun, 62},
    {Reason::quarantine_held, 63},
    {Reason::product_unknown, 100},
    {Reason::host_unknown, 101},
    {Reason::mode_not_configured, 102},
    {Reason::user_missing, 103},
    {Reason::device_missing, 104},
    {Reason::upgrade_prevented, 105},
    {Reason::temporary_cal_expired, 106},
    {Reason::no_cal_available, 107},
    {Reason::server_unreachable, 108},
    {Reason::station_unknown, 109},
    {Reason::host_in_console_mode, 110},
    {Reason::server_not_activated, 111},
    {Reason::seats_all_in_use, 170},
    {Reason::seat_queued, 171},
    {Reason::host_seats_all_in_use, 172},
    {Reason::seats_reserved, 173},
    {Reason::pack_malformed, 140},
    {Reason::pack_altered, 141},
    {Reason::pack_vendor_unknown, 142},
    {Reason::pack_not_yet_valid, 143},
    {Reason::pack_expired, 144},
    {Reason::pack_already_installed, 145},
    {Reason::pack_in_use, 146},
    {Reason::pack_product_unknown, 147},
    {Reason::pack_over_maximum, 148},
    {Reason::pack_revoked, 149},
    {Reason::pack_kind_not_sold, 150},
    {Reason::revoke_limit_reached, 160},
    {Reason::revoke_needs_device_cal, 161},
    {Reason::cal_not_live, 162},
    {Reason::host_license_unavailable, 163},
    {Reason::installation_taken, 164},
    {Reason::cal_lent, 180},
    {Reason::look_alike_undecided, 181},
};

TEST(Reason, KeepsItsNumberForEver) {
    EXPECT_EQ(std::size(kNumbers), NamesOf<Reason>::value.size());
    for (const auto& [reason, number] : kNumbers)
        EXPECT_EQ(static_cast<int>(reason), number) << name_of(reason);
}

TEST(Reason, AllowsBelowAHundredAndDeniesFromThere) {
    for (const auto& [reason, name] : NamesOf<Reason>::value) {
        EXPECT_EQ(allows(reason), static_cast<int>(reason) < 100) << name;
        EXPECT_EQ(verdict_of(reason), allows(reason) ? Verdict::allow : Verdict::deny) << name;
    }
}

template <class E>
void names_are_unique_and_read_back() {
    std::set<std::string_view> seen;
    for (const auto& [value, name] : NamesOf<E>::value) {
        EXPECT_TRUE(seen.insert(name).second) << name;
        EXPECT_EQ(name_of(value), name);
        EXPECT_EQ(from_name<E>(name), value);
    }
    EXPECT_EQ(from_name<E>("no such word"), std::nullopt);
    EXPECT_EQ(name_of(static_cast<E>(250)), "?");
}

TEST(Terms, EveryNameReadsBack) {
    names_are_unique_and_read_back<Reason>();
    names_are_unique_and_read_back<CalRequirement>();
    names_are_unique_and_read_back<PackKind>();
    names_are_unique_and_read_back<HolderKind>();
    names_are_unique_and_read_back<CalState>();
    names_are_unique_and_read_back<LicensingMode>();
    names_are_unique_and_read_back<Channel>();
    names_are_unique_and_read_back<OverUse>();
    names_are_unique_and_read_back<ReturnReason>();
    names_are_unique_and_read_back<LoanReason>();
    names_are_unique_and_read_back<Verdict>();
}

// Facts rd-licensing 3.2: the policy "Set the Remote Desktop licensing mode".
TEST(Terms, LicensingModesAreThePolicysNumbers) {
    EXPECT_EQ(static_cast<int>(LicensingMode::per_device), 2);
    EXPECT_EQ(static_cast<int>(LicensingMode::per_user), 4);
    EXPECT_EQ(static_cast<int>(LicensingMode::not_configured), 5);
}

// Facts rd-licensing 11: each station takes a per-user CAL.
TEST(Terms, AStationTakesAPerUserCal) {
    EXPECT_EQ(cal_kind_of(HolderKind::station), PackKind::per_user);
    EXPECT_EQ(cal_kind_of(HolderKind::user), PackKind::per_user);
    EXPECT_EQ(cal_kind_of(HolderKind::device), PackKind::per_device);
}

}  // namespace
}  // namespace calm
