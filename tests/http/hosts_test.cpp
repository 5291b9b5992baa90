// The list of hosts: by name and page by page; and what the status says of all of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "documents/host_auth.h"
#include "documents/ledger_id.h"
#include "test_server.h"
#include "wire/host_told.h"

namespace calm::testing {
namespace {

class Hosts : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(set_grace(10), 200);
        enrol("fs-1.example.org", "per_user");
        enrol("FS-2.example.org", "not_configured");
        ASSERT_EQ(set_grace(100), 200);
        enrol("mail.example.org", "either");
    }
    int set_grace(int days) {
        return server
            .ask({.method = "PUT",
                  .path = "/v1/settings",
                  .body = fmt::format(R"({{"initial_grace_days":{}}})", days),
                  .headers = {{"If-Match", "*"}}})
            .status;
    }
    void enrol(const char* name, const char* mode) {
        const auto token =
            server.ask({.method = "POST", .path = "/v1/hosts/tokens", .body = "{}"}).json();
        const Answer done =
            server.ask({.method = "POST",
                        .path = "/v1/hosts",
                        .body = fmt::format(
                            R"({{"token":"{}","name":"{}","mode":"{}","public_key":"{:064}"}})",
                            std::string(token.at("token").as_string()), name, mode, ++keys)});
        ASSERT_EQ(done.status, 201) << done.body;
    }
    boost::json::value list(const std::string& query) {
        return server.ask({.path = "/v1/hosts" + query}).json();
    }
    int keys = 0;
    store::MemoryDisk disk;
    TestServer server{disk, kNow};
};

TEST_F(Hosts, come_all_at_once_or_page_by_page) {
    const auto all = list("");
    EXPECT_EQ(all.at("hosts").as_array().size(), 3u);
    EXPECT_EQ(all.at("total").as_int64(), 3);
    EXPECT_FALSE(all.as_object().contains("cursor"));
    const auto first = list("?limit=2");
    EXPECT_EQ(first.at("hosts").as_array().size(), 2u);
    EXPECT_EQ(first.at("total").as_int64(), 3);
    const auto rest = list("?limit=2&cursor=" + std::string(first.at("cursor").as_string()));
    EXPECT_EQ(rest.at("hosts").at(0), all.at("hosts").at(2));
    EXPECT_FALSE(rest.as_object().contains("cursor"));
    EXPECT_EQ(server.ask({.path = "/v1/hosts?limit=many"}).code(), "bad_query");
}

TEST_F(Hosts, are_found_by_a_part_of_the_name_in_either_case) {
    EXPECT_EQ(list("?search=Fs-").at("total").as_int64(), 2);
    EXPECT_EQ(list("?search=mail&limit=1").at("hosts").as_array().size(), 1u);
    EXPECT_EQ(list("?search=nobody").at("total").as_int64(), 0);
}

TEST_F(Hosts, in_grace_and_without_a_mode_are_counted_in_the_status) {
    const auto status = server.ask({.path = "/v1/status"}).json();
    const auto& grace = status.at("grace");
    EXPECT_EQ(grace.at("hosts").as_int64(), 3);
    EXPECT_EQ(grace.at("ending").as_int64(), 2);
    EXPECT_EQ(grace.at("first").at(0).at("name").as_string(), "fs-1.example.org");
    EXPECT_EQ(grace.at("first").as_array().size(), 3u);
    EXPECT_EQ(status.at("without_mode").at("hosts").as_int64(), 1);
    EXPECT_EQ(status.at("modes").at("not_configured").as_int64(), 1);
    EXPECT_EQ(status.at("modes").at("per_user").as_int64(), 1);
    EXPECT_EQ(status.at("modes").at("either").as_int64(), 1);
    EXPECT_EQ(status.at("modes").at("per_device").as_int64(), 0);
    server.advance(days(11));
    const auto later = server.ask({.path = "/v1/status"}).json();
    EXPECT_EQ(later.at("grace").at("hosts").as_int64(), 1);
    EXPECT_EQ(later.at("grace").at("ending").as_int64(), 0);
}

// The fourth host, which can prove that it is one.
class HostWithAKey : public Hosts {
  protected:
    void SetUp() override {
        Hosts::SetUp();
        const auto made = server.ask({.method = "POST", .path = "/v1/hosts/tokens", .body = "{}"});
        const Ask enrolment{
            .method = "POST",
            .path = "/v1/hosts",
            .body = fmt::format(R"({{"token":"{}","name":"room","public_key":"{}"}})",
                                std::string(made.json().at("token").as_string()),
                                to_hex(key.public_key().bytes))};
        ASSERT_EQ(server.ask(enrolment).status, 201);
        const auto status = server.ask({.path = "/v1/status"}).json();
        const auto id =
            parse_ledger_id(std::string_view(status.at("license_server_id").as_string()));
        ASSERT_TRUE(id);
        ledger = *id;
    }
    Ask contact_of_the_host() {
        return {.path = "/v1/revocations", .token = make_host_token(key, {4}, *ledger, kNow)};
    }
    const SecretKey key = SecretKey::from_seed(Seed{1});
    std::optional<LedgerId> ledger;
};

TEST_F(HostWithAKey, is_told_what_an_edition_without_cals_of_its_own_asks_for) {
    for (const char* product :
         {R"({"product":"db-1","requires":"activated"})",
          R"({"product":"reports-1","requires":"none","bases":["db-1"],"pack_kinds":["server"]})",
          R"({"product":"cluster-1","requires":"none","pack_kinds":["core"]})"}) {
        const Answer done = server.ask({.method = "POST", .path = "/v1/products", .body = product});
        ASSERT_LT(done.status, 300) << done.body;
    }
    const auto terms = server.ask(contact_of_the_host()).json().at("products").as_array();
    ASSERT_EQ(terms.size(), 3U);
    EXPECT_EQ(terms[1].at("product").as_string(), "reports-1");
    EXPECT_EQ(terms[1].at("requires").as_string(), "activated");
    EXPECT_EQ(terms[2].at("requires").as_string(), "none");
}

TEST_F(HostWithAKey, is_shown_with_what_it_told_at_its_last_contact) {
    const auto show = [&] { return server.ask({.path = "/v1/hosts/room"}); };
    EXPECT_FALSE(show().json().as_object().contains("contact"));
    const std::string tag(show().header("ETag"));
    const auto contact = [&](std::string told) {
        Ask question = contact_of_the_host();
        if (!told.empty()) question.headers = {{"CALM-Host", std::move(told)}};
        ASSERT_EQ(server.ask(question).status, 200);
    };
    contact(wire::write_host_told({.version = "0.9",
                                   .mode = LicensingMode::per_device,
                                   .mode_from = SettingSource::policy,
                                   .servers = {"https://a:7443", "https://b:7443"},
                                   .servers_from = SettingSource::file,
                                   .time = kNow + seconds(90)}));
    const auto told = show().json().at("contact");
    EXPECT_EQ(told.at("version").as_string(), "0.9");
    EXPECT_EQ(told.at("mode").as_string(), "per_device");
    EXPECT_EQ(told.at("mode_from").as_string(), "policy");
    EXPECT_EQ(told.at("servers").as_array().size(), 2u);
    EXPECT_EQ(told.at("clock_difference_s").as_int64(), 90);
    EXPECT_EQ(list("?search=room").at("hosts").at(0).at("contact"), told);
    EXPECT_EQ(show().header("ETag"), tag);
    for (const char* nothing : {"", "not told", R"({"version":"0.9"})"}) {
        contact(nothing);
        const auto now = show().json().at("contact").as_object();
        EXPECT_TRUE(now.contains("at"));
        EXPECT_FALSE(now.contains("version")) << nothing;
    }
}

}  // namespace
}  // namespace calm::testing
