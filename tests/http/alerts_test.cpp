// Alerts from the ledger to the receiver, over the routes, with real receivers on loopback.
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/alert_desk.h"
#include "server/test_receivers.h"
#include "store/temporary_directory.h"
#include "test_server.h"

namespace calm::testing {
namespace {

class Alerts : public ::testing::Test {
  protected:
    void start(Instant at = kNow) {
        server.emplace(disk, at, [this](Settings& settings) {
            if (!receivers) return;
            settings.mail_server = fmt::format("127.0.0.1:{}", receivers->smtp_port());
            settings.mail_security = MailSecurity::none;
            settings.mail_from = "calm@example.org";
            settings.mail_to = {"anna@example.org"};
            settings.webhook_urls = {fmt::format("http://127.0.0.1:{}/x", receivers->http_port())};
            settings.webhook_secret_file = directory.path() / "secret";
            std::ofstream(settings.webhook_secret_file) << "0123456789abcdef\n";
            std::filesystem::permissions(settings.webhook_secret_file,
                                         std::filesystem::perms(0600));
        });
    }
    Answer post(const std::string& path, const std::string& body = "{}") {
        return server->ask({.method = "POST", .path = path, .body = body});
    }
    // A product with ten seats and no host's grace.
    void furnish() {
        post("/v1/products", R"({"product":"mail-1","requires":"trusted"})");
        post("/v1/packs", R"({"declared":{"product":"mail-1","kind":"per_user","quantity":10}})");
        server->ask({.method = "PUT",
                     .path = "/v1/settings",
                     .body = R"({"initial_grace_days":0,"default_mode":"per_user"})",
                     .headers = {{"If-Match", "*"}}});
        const auto token = post("/v1/hosts/tokens").json().at("token").as_string();
        std::string key;
        for (int i = 0; i < 32; ++i)
            key += "ab";
        const Answer host = post("/v1/hosts", R"({"token":")" + std::string(token) +
                                                  R"(","name":"fs1","public_key":")" + key + "\"}");
        ASSERT_EQ(host.status, 201) << host.body;
    }
    void admit(int user) {
        const Answer answer = post(
            "/v1/admissions", fmt::format(R"({{"product":"mail-1","user":"u{}","host":1}})", user));
        ASSERT_EQ(answer.status, 200) << answer.body;
    }
    void fill(int users) {
        for (int i = 1; i <= users; ++i)
            admit(i);
    }
    // A minute of the desk's time.
    void look() {
        server->on_loop([](Service& service) {
            for (int i = 0; i < 60; ++i)
                service.alerts().tick();
        });
    }
    boost::json::array alerts(const std::string& state = "all") {
        const Answer answer = server->ask({.path = "/v1/alerts?state=" + state});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json().at("alerts").as_array();
    }
    // What became of the only alert's messages, once they have this state.
    std::string deliveries(const std::string& wanted) {
        std::string states;
        for (int i = 0; i < 500 && states != wanted; ++i) {
            if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
            states.clear();
            const auto alert = server->ask({.path = "/v1/alerts/1"}).json();
            for (const auto& each : alert.at("deliveries").as_array())
                states += std::string(each.at("state").as_string()) + " ";
        }
        return states;
    }

    store::MemoryDisk disk;
    store::TemporaryDirectory directory;
    std::optional<TestReceivers> receivers;
    std::optional<TestServer> server;
};

TEST_F(Alerts, a_pool_that_fills_is_told_acknowledged_told_again_and_resolved) {
    start();
    furnish();
    fill(7);
    look();
    EXPECT_TRUE(alerts().empty());
    admit(8);
    look();
    const auto open = alerts("open");
    ASSERT_EQ(open.size(), 1U);
    EXPECT_EQ(open[0].at("kind").as_string(), "pool_filling");
    EXPECT_EQ(open[0].at("level").as_int64(), 80);
    EXPECT_EQ(alerts("open&severity=warning").size(), 1U);
    EXPECT_EQ(alerts("open&severity=critical").size(), 0U);
    EXPECT_EQ(open[0].at("about").at("name").as_string(), "mail-1");
    EXPECT_EQ(open[0].at("sentence").as_string(),
              "80 % of the seats per user of mail-1 are used: 8 of 10.");

    const Answer seen = post("/v1/alerts/1/acknowledge");
    EXPECT_EQ(seen.status, 200) << seen.body;
    EXPECT_EQ(seen.json().at("state").as_string(), "acknowledged");
    look();
    EXPECT_EQ(alerts("acknowledged").size(), 1U);
    admit(9);
    look();
    ASSERT_EQ(alerts("open").size(), 1U);
    EXPECT_EQ(alerts("open")[0].at("level").as_int64(), 90);
    EXPECT_EQ(server->ask({.path = "/v1/status"}).json().at("alerts").at("open").as_int64(), 1);
    EXPECT_NE(server->ask({.path = "/metrics"})
                  .body.find(R"(calm_alerts{state="open",severity="warning"} 1)"),
              std::string::npos)
        << server->ask({.path = "/metrics"}).body;

    post("/v1/packs", R"({"declared":{"product":"mail-1","kind":"per_user","quantity":10}})");
    look();
    EXPECT_EQ(alerts("resolved").size(), 1U);
    EXPECT_EQ(server->ask({.path = "/v1/alerts"}).json().at("alerts").as_array().size(), 0U);
    EXPECT_EQ(post("/v1/alerts/1/acknowledge").code(), "alert_resolved");
    EXPECT_EQ(post("/v1/alerts/7/acknowledge").code(), "alert_unknown");
    EXPECT_EQ(server->ask({.path = "/v1/alerts/7"}).code(), "alert_unknown");
    EXPECT_EQ(server->ask({.path = "/v1/alerts?state=moon"}).code(), "bad_query");
    EXPECT_EQ(server->ask({.path = "/v1/alerts?severity=moon"}).code(), "bad_query");
}

TEST_F(Alerts, pages_go_from_the_newest_to_the_oldest) {
    start();
    for (int i = 1; i <= 5; ++i) {
        post("/v1/products", fmt::format(R"({{"product":"p-{}","requires":"trusted"}})", i));
        post("/v1/packs", fmt::format(R"({{"declared":{{"product":"p-{}","kind":"per_user",)"
                                      R"("quantity":1,"expires_at":"2026-01-08T00:00:00Z"}}}})",
                                      i));
    }
    look();
    std::string seen;
    std::string cursor;
    do {
        const auto page =
            server
                ->ask({.path = "/v1/alerts?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)})
                .json();
        for (const auto& each : page.at("alerts").as_array())
            seen += std::to_string(each.at("alert").as_int64());
        const auto* more = page.as_object().if_contains("cursor");
        cursor = more == nullptr ? "" : std::string(more->as_string());
    } while (!cursor.empty());
    EXPECT_EQ(seen, "54321");
}

TEST_F(Alerts, a_clock_that_moved_is_told_until_it_is_right) {
    start();
    server->set_wall(kNow + days(10));
    look();
    ASSERT_EQ(alerts("open").size(), 1U);
    EXPECT_EQ(alerts("open")[0].at("kind").as_string(), "clock_stands");
    EXPECT_EQ(alerts("open")[0].at("severity").as_string(), "critical");
    server->set_wall(kNow);
    look();
    EXPECT_EQ(alerts("open").size(), 0U);
}

TEST_F(Alerts, nothing_is_told_twice_after_a_restart) {
    receivers.emplace();
    start();
    furnish();
    fill(8);
    look();
    EXPECT_EQ(deliveries("sent sent "), "sent sent ");
    server.reset();
    start();
    look();
    EXPECT_EQ(alerts("open").size(), 1U);
    EXPECT_EQ(deliveries("sent sent "), "sent sent ");
    admit(9);
    look();
    EXPECT_TRUE(receivers->wait_for(2, 2));
    EXPECT_EQ(receivers->posts().size(), 2U) << "one for 80 %, one for 90 %";
    EXPECT_EQ(receivers->mails().size(), 2U);
}

TEST_F(Alerts, what_was_not_sent_before_the_end_is_sent_after_the_start) {
    receivers.emplace([](size_t nth) { return nth == 1 ? 503 : 200; });
    start();
    furnish();
    fill(8);
    look();
    EXPECT_TRUE(receivers->wait_for(1, 1));
    server.reset();
    start();
    look();
    EXPECT_EQ(deliveries("sent sent "), "sent sent ");
    EXPECT_EQ(receivers->posts().size(), 2U);
    EXPECT_EQ(receivers->mails().size(), 1U);
}

TEST_F(Alerts, an_alert_tells_who_could_not_be_told_and_why) {
    receivers.emplace([](size_t) { return 404; }, 550);
    start();
    furnish();
    fill(8);
    look();
    EXPECT_EQ(deliveries("failed failed "), "failed failed ");
    const auto alert = server->ask({.path = "/v1/alerts/1"}).json();
    EXPECT_EQ(alert.at("deliveries").at(1).at("why").as_string(), "it answered 404");
    EXPECT_NE(alert.at("deliveries").at(0).at("why").as_string().find("550"), std::string::npos);
}

TEST_F(Alerts, a_test_tells_each_outcome) {
    start();
    EXPECT_EQ(post("/v1/alerts/test").code(), "no_receivers");
    server.reset();
    receivers.emplace([](size_t) { return 500; });
    start();
    const Answer answer = post("/v1/alerts/test");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto outcomes = answer.json().at("receivers").as_array();
    ASSERT_EQ(outcomes.size(), 2U);
    for (const auto& each : outcomes) {
        const bool mail = each.at("receiver").as_string() == "mail";
        EXPECT_EQ(each.at("sent").as_bool(), mail) << answer.body;
    }
    EXPECT_EQ(receivers->posts().size(), 1U) << "a test is tried once";
    EXPECT_NE(receivers->posts()[0].find(R"("test":true)"), std::string::npos);
}

TEST_F(Alerts, a_full_disk_tells_nobody_and_later_everybody_once) {
    receivers.emplace();
    start();
    furnish();
    fill(8);
    // Commits of other things are done; the next one is the alerts'.
    disk.fail_append(1, store::MemoryDisk::Fault::disk_full);
    look();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_TRUE(receivers->posts().empty());
    look();
    EXPECT_EQ(deliveries("sent sent "), "sent sent ");
    EXPECT_EQ(receivers->posts().size(), 1U);
}

TEST_F(Alerts, the_forecast_names_the_day_and_what_it_rests_on) {
    start();
    furnish();
    look();
    const auto early = server->ask({.path = "/v1/forecast?product=mail-1"}).json();
    EXPECT_EQ(early.at("forecasts").at(0).at("outcome").as_string(), "not_enough_history");
    // Every third day one more comes: after 18 days six of ten seats are used.
    for (int day = 1; day <= 18; ++day) {
        server->advance(days(1));
        if (day % 3 == 0) admit(day / 3);
        look();
    }
    const auto forecast =
        server->ask({.path = "/v1/forecast"}).json().at("forecasts").at(0).as_object();
    EXPECT_EQ(forecast.at("outcome").as_string(), "runs_out");
    EXPECT_EQ(forecast.at("used").as_int64(), 6);
    EXPECT_EQ(forecast.at("history_days").as_int64(), 18);
    const double growth = forecast.at("growth_per_day").to_number<double>();
    EXPECT_NEAR(growth, 1.0 / 3, 0.03);
    // Four seats are left.
    const auto ahead = static_cast<int64_t>(std::ceil(4 / growth));
    EXPECT_EQ(forecast.at("day").as_string(), to_rfc3339(kNow + days(18 + ahead)).substr(0, 10));
    EXPECT_EQ(server->ask({.path = "/v1/forecast?product=no-1"}).code(), "product_unknown");
}

}  // namespace
}  // namespace calm::testing
