// On which hosts a CAL's holder was let in lately.
#include <memory>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace calm::testing {
namespace {

class CalHosts : public ::testing::Test {
  protected:
    void SetUp() override {
        post("/v1/products", R"({"product":"mail-1","requires":"trusted"})");
        post("/v1/packs", R"({"declared":{"product":"mail-1","kind":"per_user","quantity":2}})");
        for (const std::string name : {"fs-1", "fs-2"}) {
            const auto token = post("/v1/hosts/tokens", "{}").json();
            post("/v1/hosts", fmt::format(R"({{"token":"{}","name":"{}","public_key":"{}"}})",
                                          std::string(token.at("token").as_string()), name,
                                          std::string(64, name.back())));
        }
    }
    Answer post(const std::string& path, const std::string& body) {
        return server->ask({.method = "POST", .path = path, .body = body});
    }
    void admit(const std::string& user, int host) {
        const Answer answer =
            post("/v1/admissions",
                 fmt::format(R"({{"product":"mail-1","user":"{}","host":{}}})", user, host));
        ASSERT_EQ(answer.status, 200) << answer.body;
    }
    // Usage is counted in memory and written now and then, and when the server ends.
    void start_again(Instant at) {
        server.reset();
        server = std::make_unique<TestServer>(disk, at);
    }
    Answer hosts(const std::string& query) {
        return server->ask({.path = "/v1/cals/1/hosts" + query});
    }

    store::MemoryDisk disk;
    std::unique_ptr<TestServer> server = std::make_unique<TestServer>(disk, kNow);
};

TEST_F(CalHosts, are_told_with_the_days_and_the_latest_first) {
    admit("anna", 1);
    admit("anna", 1);
    admit("bruno", 2);
    start_again(kNow + days(1));
    admit("anna", 1);
    start_again(kNow + days(2));
    admit("anna", 2);
    start_again(kNow + days(2));

    const Answer all = hosts("");
    ASSERT_EQ(all.status, 200) << all.body;
    EXPECT_EQ(
        all.body,
        R"({"cal":1,"days":30,"hosts":[)"
        R"({"host":2,"name":"fs-2","product":"mail-1","first_day":"2026-01-03","last_day":"2026-01-03","days_used":1,"count":1},)"
        R"({"host":1,"name":"fs-1","product":"mail-1","first_day":"2026-01-01","last_day":"2026-01-02","days_used":2,"count":3}]})");
    const auto today = hosts("?days=1").json();
    ASSERT_EQ(today.at("hosts").as_array().size(), 1U);
    EXPECT_EQ(today.at("hosts").at(0).at("host").as_int64(), 2);
}

TEST_F(CalHosts, of_a_cal_that_never_was_or_of_no_days_are_not_told) {
    EXPECT_EQ(hosts("").code(), "cal_unknown");
    admit("anna", 1);
    for (const char* query : {"?days=0", "?days=367", "?days=-1", "?days=many"})
        EXPECT_EQ(hosts(query).code(), "bad_query") << query;
    start_again(kNow);
    server->advance(days(40));
    EXPECT_EQ(hosts("").body, R"({"cal":1,"days":30,"hosts":[]})");
}

}  // namespace
}  // namespace calm::testing
