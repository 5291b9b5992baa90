// Deny by default: every verb of every route with every role, against the table below.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "documents/host_auth.h"
#include "documents/ledger_id.h"
#include "http/server.h"
#include "server/access.h"
#include "store/sqlite/sqlite_journal.h"
#include "store/temporary_directory.h"
#include "test_server.h"

namespace calm::testing {
namespace {

// What each role may use, in the words of a person who grants it. A route that is not here is for
// nobody.
const std::map<std::string, std::set<std::string>> kAllowed{
    {"GET /v1/products", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/products", {"license_administrator", "owner"}},
    {"GET /v1/products/{product}",
     {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"PUT /v1/products/{product}", {"license_administrator", "owner"}},
    {"GET /v1/products/{product}/refusals",
     {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/settings", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"PUT /v1/settings", {"license_administrator", "owner"}},
    {"GET /v1/packs", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/packs", {"license_administrator", "owner"}},
    {"GET /v1/packs/{pack}", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"DELETE /v1/packs/{pack}", {"license_administrator", "owner"}},
    {"POST /v1/packs/{pack}/convert", {"license_administrator", "owner"}},
    {"POST /v1/packs/{pack}/move", {"license_administrator", "owner"}},
    {"GET /v1/activations", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/activations", {"license_administrator", "owner"}},
    {"POST /v1/activations/requests", {"license_administrator", "owner"}},
    {"POST /v1/activations/online", {"license_administrator", "owner"}},
    {"POST /v1/activations/read-out", {"license_administrator", "owner"}},
    {"POST /v1/activations/deactivate", {"license_administrator", "owner"}},
    {"POST /v1/status-lists", {"license_administrator", "owner"}},
    {"POST /v1/packs/read-out", {"license_administrator", "owner"}},
    {"GET /v1/vendors", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/vendors", {"owner"}},
    {"GET /v1/hosts", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/hosts/tokens", {"operator", "license_administrator", "owner"}},
    {"GET /v1/hosts/{host}", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"PUT /v1/hosts/{host}", {"operator", "license_administrator", "owner"}},
    {"PUT /v1/hosts/{host}/licenses", {"operator", "license_administrator", "owner"}},
    {"GET /v1/installations", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"PUT /v1/packs/{pack}/host", {"operator", "license_administrator", "owner"}},
    {"PUT /v1/packs/{pack}/reservations", {"operator", "license_administrator", "owner"}},
    {"GET /v1/events", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/groups", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/groups/{group}/join", {"operator", "license_administrator", "owner"}},
    {"POST /v1/groups/{group}/leave", {"operator", "license_administrator", "owner"}},
    {"GET /v1/queue", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/installations", {"operator", "license_administrator", "owner"}},
    {"POST /v1/installations/move", {"operator", "license_administrator", "owner"}},
    {"POST /v1/installations/release", {"operator", "license_administrator", "owner"}},
    {"POST /v1/cals/{cal}/borrow", {"operator", "license_administrator", "owner"}},
    {"POST /v1/cals/{cal}/lend", {"operator", "license_administrator", "owner"}},
    {"POST /v1/cals/{cal}/recall", {"operator", "license_administrator", "owner"}},
    {"GET /v1/devices", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/devices/merge", {"operator", "license_administrator", "owner"}},
    {"POST /v1/devices/separate", {"operator", "license_administrator", "owner"}},
    {"POST /v1/devices/accept", {"operator", "license_administrator", "owner"}},
    {"GET /v1/stations", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/stations", {"operator", "license_administrator", "owner"}},
    {"POST /v1/stations/report", {"host"}},
    {"GET /v1/stations/{station}",
     {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"PUT /v1/stations/{station}", {"operator", "license_administrator", "owner"}},
    {"DELETE /v1/stations/{station}", {"operator", "license_administrator", "owner"}},
    {"DELETE /v1/hosts/{host}", {"operator", "license_administrator", "owner"}},
    {"POST /v1/admissions", {"operator", "license_administrator", "owner", "host"}},
    {"POST /v1/admissions/batch", {"operator", "license_administrator", "owner", "host"}},
    {"GET /v1/admissions/check", {"operator", "license_administrator", "owner", "host"}},
    {"POST /v1/admissions/validate", {"operator", "license_administrator", "owner", "host"}},
    {"POST /v1/admissions/end", {"operator", "license_administrator", "owner", "host"}},
    {"POST /v1/admissions/report", {"operator", "license_administrator", "owner", "host"}},
    {"POST /v1/reassertions", {"host"}},
    {"GET /v1/cals", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/cals/{cal}", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/refusals", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/retention", {"auditor", "owner"}},
    {"PUT /v1/retention", {"owner"}},
    {"GET /v1/cals/{cal}/hosts", {"operator", "license_administrator", "owner"}},
    {"GET /v1/cals/{cal}/token", {"auditor", "owner", "host"}},
    {"POST /v1/cals/{cal}/revoke", {"operator", "license_administrator", "owner"}},
    {"POST /v1/cals/{cal}/release", {"operator", "license_administrator", "owner"}},
    {"GET /v1/alerts", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/alerts/{alert}", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/alerts/{alert}/acknowledge", {"operator", "license_administrator", "owner"}},
    {"POST /v1/alerts/test", {"owner"}},
    {"GET /v1/forecast", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/accounts", {"owner"}},
    {"POST /v1/accounts", {"owner"}},
    {"DELETE /v1/accounts/{account}", {"owner"}},
    {"PUT /v1/accounts/{account}/role", {"owner"}},
    {"POST /v1/accounts/{account}/tokens", {"owner"}},
    {"GET /v1/audit", {"auditor", "owner"}},
    {"GET /v1/audit/actors", {"auditor", "owner"}},
    {"GET /v1/audit/head", {"auditor", "owner", "host"}},
    {"GET /v1/audit/proof", {"auditor", "owner", "host"}},
    {"GET /v1/revocations", {"host"}},
    {"GET /v1/checkup", {"host"}},
    {"POST /v1/subjects/export", {"auditor", "owner"}},
    {"POST /v1/subjects/erase", {"owner"}},
    {"DELETE /v1/accounts/{account}/second-factor", {"owner"}},
    {"GET /v1/backup", {"owner"}},
    {"GET /v1/export/sqlite", {"auditor", "owner"}},
    {"GET /v1/position", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/reports", {"auditor", "owner"}},
    {"GET /v1/reports/{report}", {"auditor", "owner"}},
    {"GET /v1/reports/{report}/signature", {"auditor", "owner"}},
    {"GET /metrics", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"GET /v1/status", {"viewer", "operator", "license_administrator", "auditor", "owner"}},
    {"POST /v1/clock/accept", {"owner"}},
};

// Open to all, because whoever asks cannot be signed in yet, or acts on the own session, which the
// route itself looks for.
const std::set<std::string> kOpen{"POST /v1/hosts",
                                  "POST /v1/hosts/follow",
                                  "GET /v1/succession",
                                  "POST /v1/session",
                                  "DELETE /v1/session",
                                  "GET /livez",
                                  "GET /readyz",
                                  "GET /v1/explain/{reason}",
                                  "GET /problems",
                                  "GET /problems/{code}",
                                  "GET /problems/style.css",
                                  "GET /",
                                  "GET /console/{page}",
                                  "GET /assets/{file}",
                                  "GET /v1/session",
                                  "POST /v1/session/password",
                                  "GET /v1/session/second-factor",
                                  "POST /v1/session/second-factor",
                                  "POST /v1/session/second-factor/confirm",
                                  "POST /v1/session/second-factor/remove"};

// Of a host that enrols now, the first one.
std::string token_of_a_host(TestServer& server) {
    const SecretKey key = SecretKey::from_seed(Seed{1});
    const auto made = server.ask({.method = "POST", .path = "/v1/hosts/tokens", .body = "{}"});
    const boost::json::object host{{"token", made.json().at("token")},
                                   {"name", "room"},
                                   {"public_key", to_hex(key.public_key().bytes)}};
    const Answer done =
        server.ask({.method = "POST", .path = "/v1/hosts", .body = boost::json::serialize(host)});
    EXPECT_EQ(done.status, 201) << done.body;
    const auto status = server.ask({.path = "/v1/status"}).json();
    const auto ledger = parse_ledger_id(std::string(status.at("license_server_id").as_string()));
    EXPECT_TRUE(ledger.has_value());
    return make_host_token(key, {1}, *ledger, kNow);
}

std::map<std::string, std::string> tokens_of_all_roles(TestServer& server) {
    std::map<std::string, std::string> tokens;
    for (const auto& [role, name] : NamesOf<Role>::value) {
        if (role == Role::host) continue;
        const std::string account(name == "operator" ? "operator.one" : std::string(name) + ".one");
        server.ask(
            {.method = "POST",
             .path = "/v1/accounts",
             .body = R"({"account":")" + account + R"(","role":")" + std::string(name) + "\"}"});
        const Answer token = server.ask(
            {.method = "POST", .path = "/v1/accounts/" + account + "/tokens", .body = "{}"});
        EXPECT_EQ(token.status, 201) << token.body;
        tokens[std::string(name)] = std::string(token.json().at("token").as_string());
    }
    tokens["host"] = token_of_a_host(server);
    return tokens;
}

TEST(Roles, every_route_is_in_one_of_the_two_tables) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    std::set<std::string> served;
    server.on_loop([&](Service& service) {
        for (const http::Route& route : service.front().routes().routes()) {
            const std::string name =
                std::string(http::method_name(route.method)) + " " + route.pattern;
            served.insert(name);
            EXPECT_EQ(route.is(http::kUnauthenticated), kOpen.contains(name)) << name;
            EXPECT_EQ(kAllowed.contains(name), !kOpen.contains(name)) << name;
        }
    });
    for (const auto& [name, roles] : kAllowed)
        EXPECT_TRUE(served.contains(name)) << name;
}

// A refused role reads 403 whatever else is wrong with the request; an allowed one reads anything
// else.
TEST(Roles, may_do_what_the_table_says_and_nothing_else) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    const auto tokens = tokens_of_all_roles(server);
    for (const auto& [name, roles] : kAllowed) {
        const std::string method = name.substr(0, name.find(' '));
        std::string path = name.substr(name.find(' ') + 1);
        for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
            path.replace(open, path.find('}') - open + 1, "987654");
        }
        if (path == "/v1/events") path += "?seconds=0";
        for (const auto& [role, token] : tokens) {
            const Answer answer = server.ask({.method = method,
                                              .path = path,
                                              .body = method == "POST" ? "[]" : "",
                                              .token = token});
            EXPECT_EQ(answer.status != 403, roles.contains(role)) << role << ": " << name << "\n"
                                                                  << answer.body;
            EXPECT_NE(answer.status, 500) << name;
        }
        const Answer stranger = server.ask(
            {.method = method, .path = path, .token = "calm_api_" + std::string(43, 'A')});
        EXPECT_EQ(stranger.status, 401) << name;
    }
}

// Whole files leave by these two: the server's own keys are in the one, everybody's use in the
// other.
TEST(Roles, files_of_the_whole_ledger_are_for_few) {
    const store::TemporaryDirectory directory;
    auto journal = store::open_sqlite_journal({.directory = directory.path(), .reserve_bytes = 0});
    ASSERT_TRUE(journal) << journal.error().detail;
    TestServer server(std::move(*journal), kNow);
    for (const auto& [role, token] : tokens_of_all_roles(server)) {
        for (const std::string path : {"/v1/backup", "/v1/export/sqlite"}) {
            const bool may = kAllowed.at("GET " + path).contains(role);
            const Answer answer = server.ask({.path = path, .token = token});
            EXPECT_EQ(answer.status, may ? 200 : 403) << role << ": " << path;
            EXPECT_EQ(answer.body.starts_with("SQLite format 3"), may) << role << ": " << path;
        }
    }
}

TEST(Roles, hosts_have_rights_of_their_own) {
    EXPECT_FALSE(role_may(Role::host, rights::view));
    EXPECT_FALSE(role_may(Role::host, rights::operate));
    EXPECT_FALSE(role_may(Role::host, rights::license));
    EXPECT_FALSE(role_may(Role::host, rights::audit));
    EXPECT_FALSE(role_may(Role::host, rights::own));
    EXPECT_TRUE(role_may(Role::host, rights::ask));
    EXPECT_TRUE(role_may(Role::host, rights::witness));
}

TEST(Roles, a_right_that_no_role_has_lets_nobody_in) {
    for (const auto& [role, name] : NamesOf<Role>::value) {
        EXPECT_FALSE(role_may(role, http::Right{0})) << name;
        EXPECT_FALSE(role_may(role, http::Right{30})) << name;
    }
}

}  // namespace
}  // namespace calm::testing
