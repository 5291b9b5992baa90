// Who was refused: counted, listed, told to whom it concerns, forgotten.
#include <chrono>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace calm::testing {
namespace {

class Refused : public ::testing::Test {
  protected:
    void SetUp() override {
        start();
        ask("POST", "/v1/products",
            R"({"product":"files-1","requires":"activated","overuse":"refuse","initial_grace_days":0})");
        const auto token = ask("POST", "/v1/hosts/tokens", "{}").json();
        ask("POST", "/v1/hosts",
            fmt::format(R"({{"token":"{}","name":"gate","public_key":"{}"}})",
                        std::string(token.at("token").as_string()), std::string(64, 'a')));
        ask("POST", "/v1/hosts/1/mode", R"({"mode":"per_user"})");
    }
    void start() { server = std::make_unique<TestServer>(disk, kNow); }
    Answer ask(const std::string& method, const std::string& path, const std::string& body = {},
               const std::vector<std::pair<std::string, std::string>>& headers = {}) {
        return server->ask({.method = method, .path = path, .body = body, .headers = headers});
    }
    void knock(const std::string& user, const std::string& product = "files-1",
               const std::string& more = "", const std::string& device = "pc") {
        const Answer answer =
            ask("POST", "/v1/admissions",
                fmt::format(R"({{"product":"{}","user":"{}","device":"{}","host":1{}}})", product,
                            user, device, more));
        ASSERT_EQ(answer.status, 200) << answer.body;
        ASSERT_EQ(answer.json().at("verdict").as_string(), "deny") << answer.body;
    }
    boost::json::value listed(const std::string& query = "") {
        const Answer answer = ask("GET", "/v1/refusals" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    std::string users(const std::string& query = "") {
        std::string out;
        const auto rows = listed(query).at("refusals");
        for (const auto& row : rows.as_array()) {
            out += out.empty() ? "" : " ";
            out += row.as_object().contains("user") ? row.at("user").as_string().c_str() : "-";
            out += fmt::format(":{}", row.at("attempts").as_int64());
        }
        return out;
    }

    store::MemoryDisk disk;
    std::unique_ptr<TestServer> server;
};

TEST_F(Refused, are_listed_the_latest_first_with_their_totals) {
    knock("anna");
    knock("bruno");
    knock("anna");
    knock("chloe", "unheard-of");
    const auto all = listed();
    EXPECT_EQ(users(), "chloe:1 bruno:1 anna:2");
    EXPECT_EQ(all.at("since").as_string(), "2025-12-03");
    EXPECT_EQ(all.at("until").as_string(), "2026-01-01");
    EXPECT_EQ(all.at("kept_days").as_int64(), 400);
    EXPECT_EQ(
        boost::json::serialize(all.at("totals")),
        R"([{"product":"files-1","reason":"no_cal_available","attempts":3,"who":2,"days":1},)"
        R"({"product":"unheard-of","reason":"product_unknown","attempts":1,"who":1,"days":1}])");
    const auto& anna = all.at("refusals").at(2);
    EXPECT_EQ(anna.at("host_name").as_string(), "gate");
    EXPECT_EQ(anna.at("device").as_string(), "pc");
    EXPECT_EQ(anna.at("reason").as_string(), "no_cal_available");
    EXPECT_FALSE(anna.at("offline").as_bool());
    // French for whoever reads French.
    const Answer french = ask("GET", "/v1/refusals?limit=1", "", {{"Accept-Language", "fr"}});
    const auto sentence = french.json().at("refusals").at(0).at("sentence");
    EXPECT_NE(sentence, all.at("refusals").at(0).at("sentence"));
}

TEST_F(Refused, are_found_by_product_reason_host_name_and_day) {
    knock("anna");
    server->advance(days(2));
    knock("bruno");
    knock("anna", "unheard-of");
    EXPECT_EQ(users("?product=files-1"), "bruno:1 anna:1");
    EXPECT_EQ(users("?reason=product_unknown"), "anna:1");
    EXPECT_EQ(users("?name=run"), "bruno:1");
    EXPECT_EQ(users("?name=pc&product=files-1"), "bruno:1 anna:1");
    EXPECT_EQ(users("?host=gate"), "anna:1 bruno:1 anna:1");
    EXPECT_EQ(users("?since=2026-01-02"), "anna:1 bruno:1");
    EXPECT_EQ(users("?until=2026-01-02"), "anna:1");
    EXPECT_FALSE(listed("?since=2026-01-02").as_object().contains("cursor"));
    // Page by page.
    EXPECT_EQ(users("?limit=2"), "anna:1 bruno:1");
    const auto first = listed("?limit=2");
    const auto rest = listed("?limit=2&cursor=" + std::string(first.at("cursor").as_string()));
    EXPECT_EQ(rest.at("refusals").as_array().size(), 1U);
    EXPECT_FALSE(rest.as_object().contains("totals"));
    EXPECT_FALSE(rest.as_object().contains("cursor"));
    for (const char* bad : {"?since=yesterday", "?reason=bad_mood",
                            "?since=2026-02-01&until=2026-01-01", "?limit=x", "?cursor=x"})
        EXPECT_EQ(ask("GET", std::string("/v1/refusals") + bad).code(), "bad_query") << bad;
    EXPECT_EQ(ask("GET", "/v1/refusals?host=nowhere").code(), "host_unknown");
}

TEST_F(Refused, counts_a_person_once_wherever_it_comes_from) {
    knock("anna");
    knock("anna", "files-1", "", "laptop");
    knock("bruno");
    const auto totals = listed().at("totals");
    EXPECT_EQ(totals.at(0).at("attempts").as_int64(), 3);
    EXPECT_EQ(totals.at(0).at("who").as_int64(), 2);
}

// No entry keeps a refusal: the same question is decided anew.
TEST_F(Refused, are_counted_each_time_that_somebody_asks) {
    const std::string id = R"(,"request_id":"0123456789abcdef0123456789abcdef")";
    knock("anna", "files-1", id);
    knock("anna", "files-1", id);
    EXPECT_EQ(users(), "anna:2");
}

TEST_F(Refused, are_there_after_a_restart) {
    knock("anna");
    knock("anna");
    server.reset();
    start();
    EXPECT_EQ(users(), "anna:2");
    knock("anna");
    EXPECT_EQ(users(), "anna:3");
}

TEST_F(Refused, tells_of_what_a_host_refused_alone) {
    const auto decision = [](const char* at, const char* user, Reason reason) {
        return wire::OfflineDecision{.at = *parse_rfc3339(at),
                                     .product = "files-1",
                                     .user = user,
                                     .device = {},
                                     .reason = reason};
    };
    server->on_loop([&](Service& service) {
        service.license_server().count_offline(
            {1}, {decision("2025-12-31T10:00:00Z", "denis", Reason::server_unreachable),
                  decision("2025-12-31T11:00:00Z", "emil", Reason::offline_outage),
                  decision("2026-06-01T11:00:00Z", "fanny", Reason::server_unreachable)});
    });
    const auto rows = listed().at("refusals");
    ASSERT_EQ(rows.as_array().size(), 1U) << boost::json::serialize(rows);
    EXPECT_EQ(rows.at(0).at("user").as_string(), "denis");
    EXPECT_EQ(rows.at(0).at("day").as_string(), "2025-12-31");
    EXPECT_TRUE(rows.at(0).at("offline").as_bool());
}

TEST_F(Refused, stand_in_the_export_of_a_stranger_and_go_with_its_name) {
    knock("anna");
    knock("bruno");
    const auto told = ask("POST", "/v1/subjects/export", R"({"kind":"user","name":"anna"})").json();
    EXPECT_EQ(told.at("refusals").as_array().size(), 1U);
    EXPECT_EQ(told.at("cals").as_array().size(), 0U);
    EXPECT_EQ(
        ask("POST", "/v1/subjects/erase", R"({"kind":"user","name":"anna","why":"left"})").body,
        R"({"subject":0,"cals_returned":0})");
    EXPECT_EQ(ask("POST", "/v1/subjects/export", R"({"kind":"user","name":"anna"})").status, 404);
    EXPECT_EQ(users(), "bruno:1");
    server.reset();
    start();
    EXPECT_EQ(users(), "bruno:1");
}

TEST_F(Refused, of_a_holder_go_with_its_name_too) {
    ask("POST", "/v1/packs",
        R"({"declared":{"product":"files-1","kind":"per_user","quantity":1}})");
    knock("anna", "unheard-of");
    ask("POST", "/v1/products", R"({"product":"mail-1","requires":"trusted"})");
    ask("POST", "/v1/admissions", R"({"product":"mail-1","user":"anna","host":1})");
    EXPECT_EQ(users(), "anna:1");
    const Answer erased =
        ask("POST", "/v1/subjects/erase", R"({"kind":"user","name":"anna","why":"left"})");
    EXPECT_EQ(erased.status, 200) << erased.body;
    EXPECT_EQ(users(), "");
}

TEST_F(Refused, are_kept_no_longer_than_names_are) {
    EXPECT_EQ(ask("PUT", "/v1/retention", R"({"days":30})").status, 200);
    EXPECT_EQ(listed().at("kept_days").as_int64(), 30);
    knock("anna");
    server->advance(days(30));
    knock("bruno");
    server->advance(days(1));
    // Looked at once a second.
    for (int i = 0; i < 600 && users("?since=2026-01-01") != "bruno:1"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(users("?since=2026-01-01"), "bruno:1");
}

}  // namespace
}  // namespace calm::testing
