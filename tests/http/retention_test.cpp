// Names that are kept for so many days, and forgotten then.
#include <chrono>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace calm::testing {
namespace {

class Retention : public ::testing::Test {
  protected:
    void SetUp() override {
        ask("POST", "/v1/products", R"({"product":"mail-1","requires":"trusted","user_days":60})");
        ask("POST", "/v1/packs",
            R"({"declared":{"product":"mail-1","kind":"per_user","quantity":9}})");
        const auto token = ask("POST", "/v1/hosts/tokens", "{}").json();
        ask("POST", "/v1/hosts",
            fmt::format(R"({{"token":"{}","name":"h","public_key":"{}"}})",
                        std::string(token.at("token").as_string()), std::string(64, 'a')));
        admit("anna");
        admit("bruno");
        server.advance(days(100));
        admit("chloe");
    }
    Answer ask(const std::string& method, const std::string& path, const std::string& body = {}) {
        return server.ask({.method = method, .path = path, .body = body});
    }
    void admit(const std::string& user) {
        const Answer answer =
            ask("POST", "/v1/admissions",
                fmt::format(R"({{"product":"mail-1","user":"{}","host":1}})", user));
        ASSERT_EQ(answer.status, 200) << answer.body;
    }
    bool is_known(const std::string& user) {
        return ask("POST", "/v1/subjects/export",
                   fmt::format(R"({{"kind":"user","name":"{}","usage":false}})", user))
                   .status == 200;
    }
    // Waits for what the next seconds bring; false: they did not.
    bool comes(const std::function<bool()>& condition) {
        for (int i = 0; i < 600; ++i) {
            if (condition()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return false;
    }

    store::MemoryDisk disk;
    TestServer server{disk, kNow};
};

TEST_F(Retention, forgets_who_holds_nothing_and_was_not_let_in) {
    // The CALs of 60 days ended 40 days ago, and their expiry is written with the next second.
    ASSERT_TRUE(comes([&] { return ask("GET", "/v1/retention?days=30").json().at("due") == 2; }));
    EXPECT_EQ(ask("GET", "/v1/retention").body, R"({"days":0,"asked":0,"due":0,"first":[]})");
    EXPECT_EQ(ask("GET", "/v1/retention?days=50").json().at("due").as_int64(), 0);
    const auto due = ask("GET", "/v1/retention?days=30").json();
    EXPECT_EQ(due.at("due").as_int64(), 2);
    EXPECT_EQ(due.at("first").at(1).at("name").as_string(), "bruno");

    EXPECT_EQ(ask("PUT", "/v1/retention", R"({"days":50})").body, R"({"days":50})");
    EXPECT_EQ(ask("GET", "/v1/retention").json().at("days").as_int64(), 50);
    EXPECT_TRUE(is_known("anna"));
    admit("bruno");
    EXPECT_EQ(ask("PUT", "/v1/retention", R"({"days":30})").status, 200);
    EXPECT_TRUE(comes([&] { return !is_known("anna"); }));
    EXPECT_TRUE(is_known("bruno"));
    EXPECT_TRUE(is_known("chloe"));
    // A name is gone at once, the log tells of it when it is on disk.
    std::string log;
    EXPECT_TRUE(comes([&] {
        log = ask("GET", "/v1/audit").body;
        return log.find(R"("entry":"subject_erased","subject":1,"why":"period_over"})") !=
               std::string::npos;
    })) << log;
    EXPECT_EQ(log.find(R"("entry":"subject_erased","subject":2)"), std::string::npos);
}

TEST_F(Retention, looks_every_day) {
    EXPECT_EQ(ask("PUT", "/v1/retention", R"({"days":365})").status, 200);
    // Her CAL was hers until 60 days after she was let in.
    server.advance(days(424));
    std::this_thread::sleep_for(std::chrono::seconds(3));
    EXPECT_TRUE(is_known("chloe"));
    server.advance(days(2));
    EXPECT_TRUE(comes([&] { return !is_known("chloe"); }));
}

TEST_F(Retention, takes_days_and_nothing_else) {
    for (const char* body : {"{}", R"({"days":-1})", R"({"days":3651})", R"({"days":"30"})"})
        EXPECT_EQ(ask("PUT", "/v1/retention", body).status, 400) << body;
    EXPECT_EQ(ask("GET", "/v1/retention?days=3651").code(), "bad_query");
    EXPECT_EQ(ask("GET", "/v1/retention").json().at("days").as_int64(), 0);
}

}  // namespace
}  // namespace calm::testing
