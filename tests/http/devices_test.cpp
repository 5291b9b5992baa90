// Loans and look-alikes over the routes: what the API says of them, what is kept of a device's
// signals, and the alert.
#include <gtest/gtest.h>

#include "http_runner.h"
#include "server/alert_desk.h"

namespace calm::testing {
namespace {

class Devices : public ::testing::Test {
  protected:
    // Plays these lines; each must come as it says.
    void play(const std::string& text) {
        const auto parsed = scenario::parse_scenario(text);
        ASSERT_TRUE(parsed) << parsed.error().detail;
        const auto report = scenario::play(*parsed, std::ref(runner));
        ASSERT_TRUE(report.passed()) << report.first_problem();
    }
    boost::json::value get(const std::string& path) {
        const Answer answer = runner.server().ask({.path = path});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    // A minute of the desk's time.
    void look() {
        runner.server().on_loop([](Service& service) {
            for (int i = 0; i < 60; ++i)
                service.alerts().tick();
        });
    }

    HttpRunner runner;
};

TEST_F(Devices, a_revocation_says_why_and_the_log_keeps_it) {
    play(
        "product p requires activated temporary 0d\n"
        "pack P p per_device 5\n"
        "admit - pc-1 p allow cal_issued\n");
    const auto revoke = [&](std::string body) {
        return runner.server().ask(
            {.method = "POST", .path = "/v1/cals/1/revoke", .body = std::move(body)});
    };
    EXPECT_EQ(revoke("{}").code(), "missing_field");
    EXPECT_EQ(revoke(R"({"why":"whim"})").code(), "bad_field");
    EXPECT_EQ(revoke(R"({"why":"lost","more":1})").code(), "bad_field");
    EXPECT_EQ(revoke(R"({"why":"set_up_again"})").status, 200);
    EXPECT_EQ(get("/v1/cals/1").at("state").as_string(), "revoked");
    EXPECT_NE(runner.server()
                  .ask({.path = "/v1/audit"})
                  .body.find(R"("entry":"cal_revoked","cal":1,"why":"set_up_again"})"),
              std::string::npos);
}

TEST_F(Devices, a_loan_is_shown_on_both_cals) {
    play(
        "product p requires activated\n"
        "pack P p per_user 1\n"
        "admit anna - p allow cal_issued\n"
        "lend anna p to bruno until 30d\n"
        "admit bruno - p allow cal_on_loan\n");
    const auto own = get("/v1/cals/1");
    EXPECT_EQ(own.at("lent").at("cal").as_int64(), 2);
    EXPECT_EQ(own.at("lent").at("until").as_string(), "2026-01-31T00:00:00Z");
    EXPECT_EQ(own.at("lent").at("why").as_string(), "absence");
    const auto stand_in = get("/v1/cals/2");
    EXPECT_EQ(stand_in.at("of").as_int64(), 1);
    EXPECT_EQ(stand_in.at("holder").at("name").as_string(), "bruno");
    EXPECT_EQ(get("/v1/packs/1").at("used").as_int64(), 1);
    // What a stand-in carries proves the loan.
    EXPECT_TRUE(get("/v1/cals/2/token").as_object().contains("token"));
    const Answer taken =
        runner.server().ask({.method = "POST",
                             .path = "/v1/cals/1/lend",
                             .body = R"({"to":"chloe","until":"2026-01-10T00:00:00Z"})"});
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.code(), "loan_exists");
    for (const char* body :
         {R"({"to":"chloe"})", R"({"until":"2026-01-10T00:00:00Z"})",
          R"({"to":"","until":"2026-01-10T00:00:00Z"})", R"({"to":"chloe","until":"tomorrow"})",
          R"({"to":"chloe","until":"2026-01-10T00:00:00Z","why":"holiday"})"}) {
        const Answer refused = runner.server().ask(
            {.method = "POST", .path = "/v1/cals/1/lend", .body = std::string(body)});
        EXPECT_EQ(refused.status, 400) << body << refused.body;
    }
    EXPECT_EQ(runner.server().ask({.method = "POST", .path = "/v1/cals/9/recall"}).code(),
              "cal_unknown");
}

TEST_F(Devices, a_look_alike_is_listed_and_told_until_it_is_decided) {
    play(
        "product p requires activated temporary 0d\n"
        "pack P p per_device 3\n"
        "admit - pc-1 p hardware serial-4711 allow cal_issued\n"
        "admit - pc-2 p hardware serial-4711 allow quarantine_begun expires 14d\n"
        "restart\n"
        "admit - pc-3 p hardware serial-4711 allow quarantine_begun\n");
    const auto list = get("/v1/devices");
    ASSERT_EQ(list.at("look_alikes").as_array().size(), 2U);
    EXPECT_EQ(list.at("look_alikes").at(0).at("device").at("name").as_string(), "pc-2");
    EXPECT_EQ(list.at("look_alikes").at(0).at("like").at("name").as_string(), "pc-1");
    look();
    const auto open = get("/v1/alerts?state=open").at("alerts").as_array();
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].at("kind").as_string(), "look_alike");
    // The newest first.
    EXPECT_EQ(open[0].at("about").at("name").as_string(), "pc-3");
    EXPECT_EQ(open[1].at("about").at("name").as_string(), "pc-2");
    EXPECT_EQ(open[1].at("about").at("part").as_string(), "pc-1");
    play(
        "admit - pc-2 p\n"
        "device merge pc-1 pc-2\n"
        "device accept pc-3\n");
    look();
    EXPECT_TRUE(get("/v1/alerts?state=open").at("alerts").as_array().empty());
    const auto decided = get("/v1/devices");
    EXPECT_TRUE(decided.at("look_alikes").as_array().empty());
    ASSERT_EQ(decided.at("names").as_array().size(), 1U);
    EXPECT_EQ(decided.at("names").at(0).at("machine").at("name").as_string(), "pc-1");
}

// A signal stands nowhere as it was sent, and is nobody's any more when its device is erased.
TEST_F(Devices, signals_are_kept_hashed_and_go_with_their_device) {
    play(
        "product p requires activated temporary 0d\n"
        "pack P p per_device 3\n"
        "admit - pc-1 p hardware serial-4711 certificate c-1 keeps k-1 allow cal_issued\n");
    size_t records = 0;
    runner.server().on_loop([&](Service& service) {
        auto reader = service.license_server().writer().open_reader();
        ASSERT_TRUE(reader);
        ASSERT_TRUE(
            (*reader)->records("device_signals", [&](std::string_view key, std::string_view value) {
                EXPECT_EQ(key.find("4711"), std::string_view::npos);
                EXPECT_EQ(value.find("4711"), std::string_view::npos);
                ++records;
                return true;
            }));
    });
    EXPECT_EQ(records, 3U);
    const Answer log = runner.server().ask({.path = "/v1/audit?limit=1000"});
    EXPECT_EQ(log.body.find("4711"), std::string::npos);
    play(
        "admit - pc-1 p\n"
        "erase pc-1\n"
        "admit - pc-2 p hardware serial-4711 allow cal_issued\n"
        "admit - pc-3 p hardware serial-4711 allow quarantine_begun\n");
}

}  // namespace
}  // namespace calm::testing
