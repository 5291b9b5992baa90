// What a license server tells a host that is being examined.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/host_auth.h"
#include "documents/ledger_id.h"
#include "test_server.h"
#include "wire/checkup_json.h"

namespace calm::testing {
namespace {

class Checkup : public ::testing::Test {
  protected:
    void SetUp() override {
        set("/v1/settings", R"({"initial_grace_days":10})");
        const auto token = post("/v1/hosts/tokens", "{}").json();
        const Answer done =
            post("/v1/hosts",
                 fmt::format(
                     R"({{"token":"{}","name":"room","mode":"per_user","public_key":"{}"}})",
                     std::string(token.at("token").as_string()), to_hex(key.public_key().bytes)));
        ASSERT_EQ(done.status, 201) << done.body;
        const auto status = server.ask({.path = "/v1/status"}).json();
        ledger = *parse_ledger_id(std::string(status.at("license_server_id").as_string()));
    }
    Answer post(const std::string& path, const std::string& body) {
        return server.ask({.method = "POST", .path = path, .body = body});
    }
    void set(const std::string& path, const std::string& body) {
        ASSERT_EQ(
            server
                .ask({.method = "PUT", .path = path, .body = body, .headers = {{"If-Match", "*"}}})
                .status,
            200);
    }
    wire::Checkup told(const std::string& query = "") {
        const Answer answer = server.ask(
            {.path = "/v1/checkup" + query, .token = make_host_token(key, {1}, ledger, now)});
        EXPECT_EQ(answer.status, 200) << answer.body;
        const auto read = wire::parse_checkup(answer.json());
        EXPECT_TRUE(read.has_value()) << answer.body;
        if (!read) return {};
        std::string again;
        wire::write_checkup(again, *read);
        EXPECT_EQ(again, answer.body);
        return *read;
    }

    Instant now = kNow;
    store::MemoryDisk disk;
    TestServer server{disk, kNow};
    SecretKey key = SecretKey::from_seed(Seed{1});
    LedgerId ledger;
};

TEST_F(Checkup, says_who_the_host_is_and_how_the_server_does) {
    const wire::Checkup checkup = told();
    EXPECT_EQ(checkup.host, HostId{1});
    EXPECT_EQ(checkup.name, "room");
    EXPECT_EQ(checkup.mode, LicensingMode::per_user);
    EXPECT_FALSE(checkup.version.empty());
    EXPECT_EQ(checkup.ledger_time, kNow);
    EXPECT_EQ(checkup.clock, wire::ServerClock::agrees);
    EXPECT_TRUE(checkup.issuing);
    EXPECT_FALSE(checkup.restoring);
    EXPECT_TRUE(checkup.not_activated.empty());
    EXPECT_FALSE(checkup.product.has_value());
    set("/v1/hosts/room", R"({"mode":"not_configured"})");
    EXPECT_EQ(told().mode, LicensingMode::not_configured);
}

TEST_F(Checkup, counts_what_serves_a_product_at_the_host) {
    post("/v1/products",
         R"({"product":"p-2012","family":"p","version":2012,"requires":"trusted"})");
    post("/v1/products",
         R"({"product":"p-2016","family":"p","version":2016,"requires":"trusted"})");
    post("/v1/packs", R"({"declared":{"product":"p-2012","kind":"per_user","quantity":5}})");
    post("/v1/packs", R"({"declared":{"product":"p-2016","kind":"per_device","quantity":2}})");
    set("/v1/hosts/room", R"({"mode":"per_device"})");
    EXPECT_EQ(post("/v1/admissions", R"({"product":"p-2016","host":1,"device":"d-1"})").status,
              200);
    const auto newer = told("?product=p-2016").product;
    ASSERT_TRUE(newer.has_value());
    EXPECT_EQ(newer->product, "p-2016");
    EXPECT_EQ(newer->requirement, CalRequirement::trusted);
    EXPECT_EQ(newer->per_user, (wire::CheckupStock{.older = 5}));
    EXPECT_EQ(newer->per_device.seats, 2U);
    EXPECT_EQ(newer->per_device.free, 1U);
    // A later version's CALs serve the earlier one.
    const auto older = told("?product=p-2012").product;
    ASSERT_TRUE(older.has_value());
    EXPECT_EQ(older->per_user, (wire::CheckupStock{.seats = 5, .free = 5}));
    EXPECT_EQ(older->per_device.seats, 2U);
    EXPECT_FALSE(told("?product=unknown").product.has_value());
}

TEST_F(Checkup, says_when_the_initial_grace_ends) {
    post("/v1/products", R"({"product":"p","initial_grace_days":4})");
    post("/v1/products", R"({"product":"q","initial_grace_days":0})");
    EXPECT_EQ(told("?product=p").product->grace_until, kNow + days(4));
    EXPECT_EQ(told("?product=q").product->grace_until, std::nullopt);
    server.advance(days(11));
    now = kNow + days(11);
    EXPECT_EQ(told("?product=p").product->grace_until, kNow + days(4));
}

TEST_F(Checkup, is_for_hosts_that_are_known) {
    EXPECT_EQ(server.ask({.path = "/v1/checkup"}).status, 403);
    EXPECT_EQ(server.ask({.path = "/v1/checkup", .token = "calm-host-v1.x"}).status, 401);
    EXPECT_EQ(
        server.ask({.method = "DELETE", .path = "/v1/hosts/room", .headers = {{"If-Match", "*"}}})
            .status,
        204);
    EXPECT_EQ(
        server.ask({.path = "/v1/checkup", .token = make_host_token(key, {1}, ledger, now)}).status,
        401);
}

}  // namespace
}  // namespace calm::testing
