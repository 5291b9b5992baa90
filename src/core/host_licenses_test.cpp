// Licenses of hosts and installations: what the log may say of them, what is counted as spent, and
// that all of it can be undone and read back. The rules themselves are played by tests/scenarios.
#include "core/host_licenses.h"

#include "core/installations.h"
#include "core/invariants.h"
#include "core/position.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::Kit;
using test::state_read_from;

constexpr ProductRules kSold{.temporary_days = 0, .initial_grace_days = 0, .server_license = true};

struct HostLicenses : ::testing::Test {
    Kit kit;
    HostId host;
    PackId server, cores, cals, box;
    SubjectId computer, other;

    HostLicenses() {
        kit.set("sql-2012", kSold);
        kit.set("desktop-7");
        host = kit.host(LicensingMode::per_user);
        server = kit.pack("sql-2012", PackKind::server, 2);
        cores = kit.pack("sql-2012", PackKind::core, 8);
        cals = kit.pack("sql-2012", PackKind::per_user, 5);
        box = kit.pack("desktop-7", PackKind::installation, 1);
        computer = kit.subject(HolderKind::device);
        other = kit.subject(HolderKind::device);
    }

    bool is_refused(const EntryBody& body) const {
        return kit.ledger.objection({kit.ledger.size(), kit.now, {}, body}).has_value();
    }
    // Applied and undone, the state is what it was.
    void add_and_take_back(const EntryBody& body) {
        const std::string before = kit.bytes();
        kit.ledger.undo(kit.ledger.apply({kit.ledger.size(), kit.now, {}, body}));
        EXPECT_EQ(kit.bytes(), before);
        EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
        kit.add(body);
        EXPECT_EQ(broken_invariant(kit.ledger, kit.now), std::nullopt);
    }
    ProductId product(std::string_view code) const { return kit.ledger.find_product(code); }
};

TEST_F(HostLicenses, every_entry_can_be_taken_back) {
    add_and_take_back(
        entry::HostSet{.host = host, .processors = 2, .cores = 4, .runs = {"sql-2012"}});
    add_and_take_back(entry::HostLicensed{host, cores, 6});
    add_and_take_back(entry::HostLicensed{host, server, 1});
    add_and_take_back(entry::HostLicensed{host, cores, 8});
    EXPECT_EQ(kit.ledger.pack(cores).used, 8U);
    add_and_take_back(entry::HostUnlicensed{host, cores});
    EXPECT_EQ(kit.ledger.pack(cores).used, 0U);
    add_and_take_back(entry::InstallationClaimed{box, computer});
    add_and_take_back(entry::InstallationMoved{box, computer, other});
    EXPECT_EQ(kit.ledger.pack(box).used, 1U);
    add_and_take_back(entry::InstallationReleased{box, other});
    EXPECT_EQ(kit.ledger.pack(box).used, 0U);
}

TEST_F(HostLicenses, no_log_may_give_more_than_a_pack_holds) {
    EXPECT_TRUE(is_refused(entry::HostLicensed{host, server, 3}));
    EXPECT_TRUE(is_refused(entry::HostLicensed{host, server, 0}));
    EXPECT_TRUE(is_refused(entry::HostLicensed{host, cals, 1}));
    EXPECT_TRUE(is_refused(entry::HostLicensed{host, box, 1}));
    EXPECT_TRUE(is_refused(entry::HostLicensed{host, {99}, 1}));
    EXPECT_TRUE(is_refused(entry::HostLicensed{{99}, server, 1}));
    EXPECT_TRUE(is_refused(entry::HostUnlicensed{host, server}));
    kit.add(entry::HostLicensed{host, server, 2});
    EXPECT_FALSE(is_refused(entry::HostLicensed{host, server, 2}));
    EXPECT_TRUE(is_refused(entry::PackRemoved{server}));
    EXPECT_TRUE(is_refused(entry::HostRemoved{host}));
    EXPECT_TRUE(is_refused(entry::HostSet{.host = host, .runs = {"nothing-1"}}));
    EXPECT_TRUE(is_refused(entry::HostSet{.host = host, .runs = {"sql-2012", "sql-2012"}}));
}

TEST_F(HostLicenses, no_log_may_bind_an_installation_twice) {
    const SubjectId user = kit.subject(HolderKind::user);
    EXPECT_TRUE(is_refused(entry::InstallationClaimed{box, user}));
    EXPECT_TRUE(is_refused(entry::InstallationClaimed{box, {99}}));
    EXPECT_TRUE(is_refused(entry::InstallationClaimed{server, computer}));
    EXPECT_TRUE(is_refused(entry::InstallationReleased{box, computer}));
    EXPECT_TRUE(is_refused(entry::InstallationMoved{box, computer, other}));
    kit.add(entry::InstallationClaimed{box, computer});
    EXPECT_TRUE(is_refused(entry::InstallationClaimed{box, other}));
    EXPECT_TRUE(is_refused(entry::InstallationMoved{box, computer, computer}));
    EXPECT_TRUE(is_refused(entry::SubjectErased{computer}));
    EXPECT_FALSE(is_refused(entry::SubjectErased{other}));
}

TEST_F(HostLicenses, a_snapshot_holds_them_and_damage_is_seen) {
    kit.add(entry::HostSet{.host = host, .processors = 2, .cores = 4, .runs = {"sql-2012"}});
    kit.add(entry::HostLicensed{host, cores, 8});
    kit.add(entry::InstallationClaimed{box, computer});
    const std::string bytes = kit.bytes();
    EXPECT_EQ(state_read_from(bytes), bytes);
    // 9 cores out of 8: the license's quantity stands behind its pack.
    std::string damaged = bytes;
    const std::string license{"\2\0\0\0\10\0\0\0", 8};
    const size_t at = damaged.find(license);
    ASSERT_NE(at, std::string::npos);
    ASSERT_EQ(damaged.find(license, at + 1), std::string::npos);
    damaged[at + 4] = 9;
    EXPECT_EQ(state_read_from(damaged), "(refused)");
}

// The equations of core/position.h, where licenses serve others than their own product.
TEST_F(HostLicenses, a_position_counts_what_serves_whom) {
    kit.set("sql-2014", kSold);
    const PackId newer = kit.pack("sql-2014", PackKind::server, 3);
    const HostId second = kit.host(LicensingMode::per_user);
    const HostId third = kit.host(LicensingMode::per_user);
    kit.add(entry::HostSet{.host = host, .runs = {"sql-2012"}});
    kit.add(entry::HostSet{.host = second, .runs = {"sql-2012", "sql-2014"}});
    kit.add(entry::HostSet{.host = third, .processors = 2, .cores = 2, .runs = {"sql-2012"}});
    kit.add(entry::HostLicensed{host, newer, 1});    // lent to the older product
    kit.add(entry::HostLicensed{second, newer, 1});  // its own, and the older one beside it
    kit.add(entry::HostLicensed{third, cores, 3});   // one core too few
    const auto rows = position_of(kit.ledger, kit.now).rows;
    const auto row = [&](std::string_view code, PackKind kind) {
        for (const PositionRow& each : rows) {
            if (each.product == product(code) && each.kind == kind) return each;
        }
        ADD_FAILURE() << code;
        return PositionRow{};
    };
    const PositionRow old = row("sql-2012", PackKind::server);
    EXPECT_EQ(old.required, 2U);
    EXPECT_EQ(old.borrowed, 2U);
    EXPECT_EQ(old.short_of, 0U);
    EXPECT_EQ(old.spare, 2U);
    const PositionRow later = row("sql-2014", PackKind::server);
    EXPECT_EQ(later.required, 1U);
    EXPECT_EQ(later.owned, 3U);
    EXPECT_EQ(later.held, 2U);
    EXPECT_EQ(later.lent, 1U);
    EXPECT_EQ(later.spare, 1U);
    const PositionRow core = row("sql-2012", PackKind::core);
    EXPECT_EQ(core.required, 4U);
    EXPECT_EQ(core.held, 3U);
    EXPECT_EQ(core.short_of, 1U);
    EXPECT_EQ(core.spare, 5U);
    EXPECT_EQ(unlicensed_hosts(kit.ledger, kit.now),
              (std::vector{UnlicensedProduct{third, product("sql-2012"), PackKind::core, 1}}));
    for (const PositionRow& each : rows) {
        const uint64_t own = each.required - each.borrowed - each.short_of;
        EXPECT_EQ(each.owned, own + each.lent + each.spare);
    }
}

}  // namespace
}  // namespace calm
