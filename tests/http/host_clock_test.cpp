// Hosts prove who they are with the time of day in it: also to a server whose ledger time stands.
#include <gtest/gtest.h>

#include "documents/host_auth.h"
#include "http_runner.h"

namespace calm::testing {
namespace {

class HostClock : public ::testing::Test {
  protected:
    HostClock() { prepare(runner, "host a mode per_user\n"); }

    // What a host is told whose own clock says this.
    Answer contact_at(Instant time) {
        return runner.server().ask(
            {.path = "/v1/revocations",
             .token =
                 make_host_token(runner.host_key("a"), runner.host_id("a"), runner.id(), time)});
    }

    HttpRunner runner;
};

TEST_F(HostClock, WhileLedgerTimeStandsHostsMayGoByTheMachinesClock) {
    const Instant ledger = runner.now();
    runner.server().set_wall(ledger + days(90));
    ASSERT_EQ(runner.now(), ledger) << "it stands";
    EXPECT_EQ(contact_at(ledger + days(90)).status, 200);
    EXPECT_EQ(contact_at(ledger).status, 200);
    EXPECT_EQ(contact_at(ledger + days(45)).code(), "host_token_expired");
    EXPECT_EQ(contact_at(ledger + days(91)).code(), "host_token_expired");
    EXPECT_EQ(contact_at(ledger - days(1)).code(), "host_token_expired");
}

TEST_F(HostClock, OtherwiseOneThatIsOverIsOver) {
    const Instant made = runner.now();
    const std::string token =
        make_host_token(runner.host_key("a"), runner.host_id("a"), runner.id(), made);
    EXPECT_EQ(runner.server().ask({.path = "/v1/revocations", .token = token}).status, 200);
    runner.server().advance(days(1));
    EXPECT_EQ(runner.server().ask({.path = "/v1/revocations", .token = token}).code(),
              "host_token_expired");
}

}  // namespace
}  // namespace calm::testing
