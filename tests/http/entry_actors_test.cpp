// Who asked for an entry: kept for what accounts change, and for nothing else.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http_runner.h"

namespace calm::testing {
namespace {

namespace json = boost::json;

class EntryActors : public ::testing::Test {
  protected:
    EntryActors() {
        prepare(runner,
                "product cad-1 requires activated overuse refuse\nhost a mode per_user\n"
                "pack P cad-1 per_user 3\nadmit anna - cad-1 on a allow cal_issued\n");
    }

    Answer post(const std::string& path, const std::string& body, const std::string& token = "") {
        return runner.server().ask({.method = "POST", .path = path, .body = body, .token = token});
    }
    std::string token_of(const std::string& account, const std::string& role) {
        const auto made =
            post("/v1/accounts", fmt::format(R"({{"account":"{}","role":"{}"}})", account, role));
        EXPECT_EQ(made.status, 201) << made.body;
        const auto token = post(fmt::format("/v1/accounts/{}/tokens", account), "{}");
        return std::string(token.json().at("token").as_string());
    }
    json::array actors(const std::string& query = "?limit=1000") {
        const auto answer = runner.server().ask({.path = "/v1/audit/actors" + query});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json().at("actors").as_array();
    }
    // The kind of an entry, as the log has it.
    std::string kind_of(uint64_t sequence) {
        const auto line =
            runner.server().ask({.path = fmt::format("/v1/audit?from={}&limit=1", sequence)});
        return std::string(line.json().at("entry").as_string());
    }

    HttpRunner runner;
};

TEST_F(EntryActors, AnAccountIsNamedForEachEntryThatItAskedFor) {
    const size_t before = actors().size();
    const std::string token = token_of("olga", "operator");
    EXPECT_EQ(post("/v1/cals/1/release", R"({"why":"left"})", token).status, 200);
    const json::array after = actors();
    ASSERT_EQ(after.size(), before + 1);
    const json::value& last = after.back();
    EXPECT_EQ(last.at("account").as_string(), "olga");
    const auto sequence = last.at("sequence").to_number<uint64_t>();
    EXPECT_EQ(kind_of(sequence), "cal_returned");
    // The log itself names nobody.
    const auto log = runner.server().ask({.path = "/v1/audit?limit=1000"});
    EXPECT_EQ(log.body.find("olga"), std::string::npos);
    // What is refused writes nothing.
    EXPECT_EQ(post("/v1/cals/1/release", R"({"why":"left"})", token).code(), "cal_not_live");
    EXPECT_EQ(actors().size(), before + 1);
    EXPECT_EQ(actors(fmt::format("?from={}&limit=1", sequence)).size(), 1U);
    EXPECT_TRUE(actors(fmt::format("?from={}&limit=1", sequence + 1)).empty());
}

TEST_F(EntryActors, WhoAdministersTheMachineIsLocalAndAdmissionsHaveNoActor) {
    for (const json::value& each : actors()) {
        EXPECT_EQ(each.at("account").as_string(), "(local)");
        const std::string kind = kind_of(each.at("sequence").to_number<uint64_t>());
        EXPECT_TRUE(kind != "cal_issued" && kind != "subject_added") << kind;
    }
    EXPECT_FALSE(actors().empty());
    const std::string token = token_of("anna.b", "operator");
    const size_t before = actors().size();
    const auto asked =
        post("/v1/admissions", R"({"product":"cad-1","user":"bruno","host":1})", token);
    EXPECT_EQ(asked.json().at("reason").as_string(), "cal_issued") << asked.body;
    EXPECT_EQ(actors().size(), before);
}

TEST_F(EntryActors, AnAccountThatIsGoneIsStillNamed) {
    const std::string token = token_of("olga", "operator");
    EXPECT_EQ(post("/v1/cals/1/release", R"({"why":"left"})", token).status, 200);
    EXPECT_EQ(runner.server().ask({.method = "DELETE", .path = "/v1/accounts/olga"}).status, 204);
    EXPECT_EQ(actors().back().at("account").as_string(), "olga");
}

}  // namespace
}  // namespace calm::testing
