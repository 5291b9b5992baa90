// Who would be refused, looked at ahead; whether it comes so is asked of the rules themselves.
#include "core/refusals.h"

#include <gtest/gtest.h>

#include "core/host_licenses.h"
#include "core/position.h"
#include "core/stations.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;

constexpr ProductRules kStrict{
    .overuse = OverUse::refuse, .temporary_days = 0, .initial_grace_days = 0};
constexpr ProductRules kWithGrace{.overuse = OverUse::refuse, .temporary_days = 0};

class RefusalsTest : public testing::Test {
  protected:
    Kit kit;

    SubjectId station(HostId host, StationKind kind = StationKind::local, SubjectId shows = {}) {
        const SubjectId id = kit.ledger.next_subject();
        kit.add(decide_station(kit.ledger, {.host = host, .kind = kind, .shows = shows}));
        return id;
    }
    std::vector<SubjectId> stations(HostId host, int count) {
        std::vector<SubjectId> ids;
        for (int i = 0; i < count; ++i)
            ids.push_back(station(host));
        return ids;
    }
    Decision admit(SubjectId station, HostId host, std::string_view code = "p-1") {
        return kit.admit({.host = host, .product = code, .station = station, .at_station = true});
    }
    Refusals look(MoreCals more = {}, std::string_view code = "p-1") {
        return refusals_of(kit.ledger, kit.ledger.find_product(code), more, kit.now);
    }
    static MoreCals users(uint64_t quantity) { return {PackKind::per_user, quantity}; }
    static MoreCals devices(uint64_t quantity) { return {PackKind::per_device, quantity}; }
};

TEST_F(RefusalsTest, StationsBeyondTheSeatsAreRefusedAtOnce) {
    kit.set("p-1", kStrict);
    kit.pack("p-1", PackKind::per_user, 2);
    const HostId room = kit.host(LicensingMode::per_user);
    const auto all = stations(room, 5);
    EXPECT_EQ(look().stations, 3U);
    EXPECT_EQ(look(users(2)).stations, 1U);
    EXPECT_EQ(look(users(7)), Refusals{});
    // CALs of the other kind serve nobody here.
    EXPECT_EQ(look(devices(7)).stations, 3U);
    EXPECT_EQ(look({PackKind::server, 7}).stations, 3U);
    // It comes so.
    uint64_t refused = 0;
    for (const SubjectId each : all)
        refused += allows(admit(each, room).reason) ? 0 : 1;
    EXPECT_EQ(refused, 3U);
    EXPECT_EQ(look().stations, 3U);
}

TEST_F(RefusalsTest, WhoIsRefusedNowIsShortInThePosition) {
    kit.set("p-1", kStrict);
    kit.set("o-1", ProductRules{.requirement = CalRequirement::trusted});
    kit.set("q-1", kStrict);
    kit.pack("p-1", PackKind::per_user, 2);
    const HostId room = kit.host(LicensingMode::per_user);
    const auto all = stations(room, 5);
    // What they ask for is not known: none of them may lack a CAL of each product.
    EXPECT_EQ(look({}, "q-1").stations, 5U);
    for (const PositionRow& row : position_of(kit.ledger, kit.now).rows)
        EXPECT_EQ(row.refused, 0U);
    admit(all[0], room);
    const auto rows = position_of(kit.ledger, kit.now).rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].refused, 3U);
    EXPECT_EQ(rows[0].short_of, 3U);
    EXPECT_EQ(rows[0].required, 4U);
    EXPECT_EQ(rows[0].spare, 1U);  // of whoever is admitted next
    EXPECT_EQ(rows[0].owned, rows[0].required - rows[0].short_of + rows[0].spare);
}

TEST_F(RefusalsTest, NothingIsWritten) {
    kit.set("p-1", kStrict);
    kit.pack("p-1", PackKind::per_user, 2);
    stations(kit.host(LicensingMode::either), 5);
    const std::string before = kit.bytes();
    look(devices(1));
    EXPECT_EQ(kit.bytes(), before);
}

TEST_F(RefusalsTest, TheInitialGraceAdmitsToItsEnd) {
    kit.set("p-1", kWithGrace);
    const HostId old = kit.host(LicensingMode::per_user, PackKind::per_user, days(10));
    const HostId young = kit.host(LicensingMode::per_user, PackKind::per_user, days(400));
    const HostId over = kit.host(LicensingMode::per_user);
    stations(over, 1);
    stations(young, 4);
    stations(old, 2);
    EXPECT_EQ(look(), (Refusals{.stations = 1, .stations_later = {6, kit.now + days(10)}}));
    // The product's own days count where they are fewer.
    EXPECT_EQ(look(users(1)).stations, 0U);
    kit.now = kit.now + days(10);
    EXPECT_EQ(look(), (Refusals{.stations = 3, .stations_later = {4, test::kBegin + days(120)}}));
    EXPECT_EQ(look(users(7)), Refusals{});
}

TEST_F(RefusalsTest, AFirstCalMayEndTheGrace) {
    ProductRules rules = kWithGrace;
    rules.grace_ends_with_first_cal = true;
    kit.set("p-1", rules);
    const HostId room = kit.host(LicensingMode::per_user, PackKind::per_user, days(10));
    const HostId hall = kit.host(LicensingMode::per_user, PackKind::per_user, days(20));
    stations(room, 3);
    stations(hall, 2);
    EXPECT_EQ(look(), (Refusals{.stations_later = {5, kit.now + days(10)}}));
    // Whoever gets the one CAL ends it for the others of the room.
    EXPECT_EQ(look(users(1)), (Refusals{.stations = 2, .stations_later = {2, kit.now + days(20)}}));
}

TEST_F(RefusalsTest, NobodyIsRefusedWhereOverUseAdmits) {
    kit.set("p-1", ProductRules{.temporary_days = 0, .initial_grace_days = 0});
    kit.set("q-1", ProductRules{.requirement = CalRequirement::trusted});
    kit.set("r-1", ProductRules{.requirement = CalRequirement::none});
    stations(kit.host(LicensingMode::per_user), 3);
    for (const char* code : {"p-1", "q-1", "r-1"})
        EXPECT_EQ(look({}, code), Refusals{}) << code;
    // Devices' CALs are never used beyond the seats.
    stations(kit.host(LicensingMode::per_device), 2);
    EXPECT_EQ(look().stations, 2U);
    EXPECT_EQ(look(devices(1)).stations, 1U);
}

TEST_F(RefusalsTest, CalsOfOneKindDecideWhoIsAskedForWhich) {
    kit.set("p-1", ProductRules{.temporary_days = 0, .initial_grace_days = 0});
    stations(kit.host(LicensingMode::either), 3);
    EXPECT_EQ(look().stations, 0U);
    // As soon as CALs per device are sold, and none per user, stations need them.
    EXPECT_EQ(look(devices(1)).stations, 2U);
    kit.pack("p-1", PackKind::per_device, 1);
    EXPECT_EQ(look().stations, 2U);
}

TEST_F(RefusalsTest, WhoNeedsNoCalIsNotCounted) {
    kit.set("p-1", kStrict);
    const HostId room = kit.host(LicensingMode::per_user);
    station(room, StationKind::console);
    const SubjectId desktop = station(room, StationKind::virtual_desktop);
    station(room, StationKind::local, desktop);
    EXPECT_EQ(look().stations, 1U);
    kit.add(decide_station_removal(kit.ledger, desktop));
    EXPECT_EQ(look().stations, 1U);  // the seat that showed it
    kit.add(decide_host_removal(kit.ledger, room));
    EXPECT_EQ(look(), Refusals{});
}

TEST_F(RefusalsTest, AHostWithoutAModeIsNotMendedByCals) {
    kit.set("p-1", kStrict);
    kit.pack("p-1", PackKind::per_user, 5);
    stations(kit.host(LicensingMode::not_configured), 2);
    EXPECT_EQ(look(users(9)).stations, 2U);
}

TEST_F(RefusalsTest, StationsAskForWhatTheirNeighboursAskFor) {
    kit.set("p-1", kStrict);
    kit.set("p-2", kStrict);
    kit.set("q-1", kStrict);
    kit.pack("p-1", PackKind::per_user, 1);
    const HostId room = kit.host(LicensingMode::per_user);
    const auto all = stations(room, 3);
    EXPECT_EQ(look({}, "q-1").stations, 3U);
    admit(all[0], room);
    EXPECT_EQ(look({}, "q-1").stations, 0U);
    EXPECT_EQ(look().stations, 2U);
    EXPECT_EQ(look({}, "p-2").stations, 2U);  // the one that has a CAL may be content with it
}

TEST_F(RefusalsTest, WhoHoldsATemporaryCalIsRefusedAtItsEnd) {
    kit.set("p-1", ProductRules{.temporary_days = 20, .initial_grace_days = 0});
    const HostId host = kit.host(LicensingMode::per_device);
    kit.pack("p-1", PackKind::per_device, 1);
    for (int i = 0; i < 3; ++i)
        kit.admit(kit.by_device(kit.subject(HolderKind::device), host, "p-1"));
    EXPECT_EQ(look(), (Refusals{.holders_later = {2, kit.now + days(20)}}));
    EXPECT_EQ(look(devices(2)), Refusals{});
    EXPECT_EQ(look(users(2)).holders_later.count, 2U);
    kit.now = kit.now + days(21);
    EXPECT_EQ(look(), Refusals{});  // nobody knows whether they come again
}

TEST_F(RefusalsTest, OverUseThatIsAdmittedNoMoreRunsOut) {
    kit.set("p-1", ProductRules{.initial_grace_days = 0});
    const HostId host = kit.host(LicensingMode::per_user);
    const Decision over = kit.admit(kit.by_user(kit.subject(HolderKind::user), host, "p-1"));
    EXPECT_EQ(over.reason, Reason::cal_overuse_issued);
    EXPECT_EQ(look(), Refusals{});
    kit.set("p-1", kStrict);
    EXPECT_EQ(look(), (Refusals{.holders_later = {1, over.expires_at}}));
    EXPECT_EQ(look(users(1)), Refusals{});
}

TEST_F(RefusalsTest, AVendorsOverdraftAdmitsSoMany) {
    kit.set("p-1", kStrict);
    entry::PackInstalled terms{
        .pack = kit.ledger.next_pack(), .product = "p-1", .quantity = 1, .overdraft = 2};
    terms.vendor = test::key_of(2);
    kit.add(terms);
    stations(kit.host(LicensingMode::per_user), 5);
    EXPECT_EQ(look().stations, 2U);
    EXPECT_EQ(look(users(1)).stations, 1U);
}

}  // namespace
}  // namespace calm
