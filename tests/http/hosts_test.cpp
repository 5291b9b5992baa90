// The list of hosts: by name and page by page; and what the status says of all of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

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
    server.advance(days(11));
    const auto later = server.ask({.path = "/v1/status"}).json();
    EXPECT_EQ(later.at("grace").at("hosts").as_int64(), 1);
    EXPECT_EQ(later.at("grace").at("ending").as_int64(), 0);
}

}  // namespace
}  // namespace calm::testing
