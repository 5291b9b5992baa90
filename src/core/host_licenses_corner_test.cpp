// Licenses of hosts and installations at the edges of the rules: what does not serve, what is over,
// and who is not there.
#include <gtest/gtest.h>

#include "core/host_licenses.h"
#include "core/installations.h"
#include "core/play_test_kit.h"
#include "core/test_kit.h"

namespace calm {
namespace {

using test::code_of;
using test::Kit;
using test::problem_of;

constexpr ProductRules kLicensed{
    .temporary_days = 0, .initial_grace_days = 0, .server_license = true};

class LicensesOfHosts : public testing::Test {
  protected:
    Kit kit;
    HostId host;
    PackId old_cores, new_cores, servers, others;

    void SetUp() override {
        kit.set("sql-1", kLicensed);
        kit.set("sql-2", kLicensed);
        kit.set("os", kLicensed);
        kit.set("tool");
        host = kit.host(LicensingMode::per_user);
        old_cores = kit.pack("sql-1", PackKind::core, 8);
        new_cores = kit.pack("sql-2", PackKind::core, 16, kit.now + days(10));
        servers = kit.pack("sql-2", PackKind::server, 1);
        others = kit.pack("os", PackKind::core, 8);
        kit.add(entry::HostSet{.host = host, .processors = 2, .cores = 4, .runs = {"sql-2"}});
    }
    ProductId product(std::string_view code) const { return kit.ledger.find_product(code); }
    Result<Entries> wish(std::string_view code, PackKind kind, uint32_t quantity) const {
        return decide_host_license(
            kit.ledger,
            {.host = host, .product = product(code), .kind = kind, .quantity = quantity}, kit.now);
    }
    uint32_t quantity(PackId pack) const {
        for (const HostLicense& each : kit.ledger.host(host).licenses) {
            if (each.pack == pack) return each.quantity;
        }
        return 0;
    }
};

TEST_F(LicensesOfHosts, AreNotWishedForWhatIsNotThere) {
    const auto of = [&](HostId at, ProductId what) {
        return code_of(decide_host_license(
            kit.ledger, {.host = at, .product = what, .kind = PackKind::server}, kit.now));
    };
    EXPECT_EQ(of(host, {99}), "product_unknown");
    EXPECT_EQ(of(host, {}), "product_unknown");
    EXPECT_EQ(of({9}, product("os")), "host_unknown");
    EXPECT_EQ(code_of(decide_host(kit.ledger, {.host = {9}})), "host_unknown");
    EXPECT_EQ(code_of(decide_host(kit.ledger, {.host = host, .runs = {"no"}})), "product_unknown");
    EXPECT_EQ(code_of(decide_host_removal(kit.ledger, {9})), "host_unknown");
}

TEST_F(LicensesOfHosts, AreForEachProductOnce) {
    const auto set = decide_host(kit.ledger, {.host = host, .runs = {"os", "tool", "os"}});
    EXPECT_EQ(std::get<entry::HostSet>(set->front()).runs,
              (std::vector<std::string>{"os", "tool"}));
}

TEST_F(LicensesOfHosts, GrowInThePackTheyAreOutOf) {
    kit.add(wish("sql-2", PackKind::core, 8));
    EXPECT_EQ(quantity(new_cores), 8u);
    kit.add(wish("sql-2", PackKind::core, 12));
    EXPECT_EQ(quantity(new_cores), 12u);
    EXPECT_EQ(kit.ledger.host(host).licenses.size(), 1u);
}

TEST_F(LicensesOfHosts, OfOtherProductsStayWhenSomeAreTakenBack) {
    kit.add(wish("os", PackKind::core, 8));
    kit.add(wish("sql-1", PackKind::core, 8));
    kit.add(wish("sql-2", PackKind::core, 16));
    kit.add(wish("sql-2", PackKind::core, 9));
    EXPECT_EQ(quantity(new_cores), 9u);
    EXPECT_EQ(quantity(old_cores), 8u);
    EXPECT_EQ(quantity(others), 8u);
    // Those of the earlier version do not serve the later one.
    kit.add(wish("sql-2", PackKind::core, 0));
    EXPECT_EQ(quantity(new_cores), 0u);
    EXPECT_EQ(quantity(old_cores), 8u);
    EXPECT_EQ(quantity(others), 8u);
}

TEST_F(LicensesOfHosts, ThatAreOverAreNotCountedAndNotTakenBackInPart) {
    const PackId one = kit.pack("sql-1", PackKind::core, 1);
    const PackId over = kit.pack("sql-1", PackKind::core, 4, kit.now + days(10));
    kit.add(entry::HostLicensed{host, old_cores, 8});
    kit.add(entry::HostLicensed{host, one, 1});
    kit.add(entry::HostLicensed{host, over, 4});
    const auto count = [&] {
        return licenses_of(kit.ledger, kit.ledger.host(host), PackKind::core, product("sql-1"),
                           kit.now);
    };
    EXPECT_EQ(count(), 13u);
    kit.now = kit.now + days(10);
    EXPECT_EQ(count(), 9u);
    kit.add(wish("sql-1", PackKind::core, 8));
    EXPECT_EQ(quantity(over), 4u);
    EXPECT_EQ(quantity(one), 0u);
    EXPECT_EQ(quantity(old_cores), 8u);
    // Given back whole, those that are over go as well.
    kit.add(wish("sql-1", PackKind::core, 0));
    EXPECT_TRUE(kit.ledger.host(host).licenses.empty());
}

TEST_F(LicensesOfHosts, AreMissedUntilThereAreEnough) {
    const auto lacking = [&] { return unlicensed_on(kit.ledger, host, kit.now); };
    ASSERT_EQ(lacking().size(), 1u);
    EXPECT_EQ(lacking()[0].kind, PackKind::server);
    kit.add(entry::HostLicensed{host, new_cores, 5});
    ASSERT_EQ(lacking().size(), 1u);
    EXPECT_EQ(lacking()[0].kind, PackKind::core);
    EXPECT_EQ(lacking()[0].missing, 3u);
    kit.add(entry::HostLicensed{host, new_cores, 8});
    EXPECT_TRUE(lacking().empty());
    kit.add(entry::HostUnlicensed{host, new_cores});
    const Undo server = kit.add(entry::HostLicensed{host, servers, 1});
    EXPECT_TRUE(lacking().empty());
    kit.ledger.undo(server);
    EXPECT_EQ(unlicensed_hosts(kit.ledger, kit.now).size(), 1u);
    // Of a product that is sold without, and of a host that is gone, none is missed.
    const Undo tool = kit.add(entry::HostSet{.host = host, .runs = {"tool"}});
    EXPECT_TRUE(lacking().empty());
    kit.ledger.undo(tool);
    kit.add(decide_host_removal(kit.ledger, host));
    EXPECT_TRUE(lacking().empty());
}

TEST_F(LicensesOfHosts, AndInstallationsNeedAProductThatIsThere) {
    for (const ProductId none : {ProductId{}, ProductId{99}}) {
        EXPECT_EQ(code_of(decide_claim(kit.ledger, none, {}, kit.now)), "product_unknown");
        EXPECT_EQ(code_of(decide_move(kit.ledger, none, {}, {}, kit.now)), "product_unknown");
        EXPECT_EQ(code_of(decide_unclaim(kit.ledger, none, {}, kit.now)), "product_unknown");
    }
}

TEST_F(LicensesOfHosts, ThatAreStatedAsNoneAreNone) {
    const std::string before = kit.bytes();
    const Undo none =
        kit.ledger.apply({kit.ledger.size(), kit.now, {}, entry::HostLicensed{host, servers, 0}});
    EXPECT_TRUE(kit.ledger.host(host).licenses.empty());
    kit.ledger.undo(none);
    EXPECT_EQ(kit.bytes(), before);
}

TEST(PositionOfHosts, CountsWhatTheyNeedAndWhatTheyHave) {
    EXPECT_EQ(problem_of(R"(
product sql-1 requires none server-license
product sql-2 requires none server-license
product os-1 requires none server-license
product tool requires none
host a processors 1 cores 4 runs sql-1 runs tool
host b processors 1 cores 4 runs sql-2 runs os-1
host c
host gone processors 1 cores 4 runs sql-1
host gone removed
pack S sql-2 server 2
pack C sql-2 core 8
pack O sql-1 core 8
pack E os-1 external_connector 1
pack X os-1 server 2 until 3d
expect required sql-1 server 1
expect required sql-2 server 1
expect short sql-1 server 1
license a sql-1 server
# A later version's serves, and is lent.
expect short sql-1 server 0
expect spare sql-2 server 1
license b os-1 server
license b os-1 external_connector
expect required os-1 external_connector 1
license b sql-2 core 4
expect required sql-2 core 4
expect short sql-2 core 0
# One of its own besides: the cores are more than is needed.
license b sql-2 server
expect required sql-2 core 4
license c sql-1 core 4
expect required sql-1 core 4
expect spare sql-1 core 4
# An earlier version's serve nothing that runs there.
license b sql-1 core 6
expect required sql-1 core 6
expect short sql-2 core 0
# On a larger machine the cores are too few, and its own license is enough.
host b cores 8
expect required sql-2 server 1
expect short sql-2 core 0
advance 3d
expect required os-1 server 1
expect short os-1 server 1
)"),
              "");
}

}  // namespace
}  // namespace calm
