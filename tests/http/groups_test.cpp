// Groups and maintained packs as administrators see them over HTTP. The rules are played by the
// scenarios.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http_runner.h"

namespace calm::testing {
namespace {

Answer join(HttpRunner& runner, std::string_view group, std::string_view body) {
    return runner.server().ask({.method = "POST",
                                .path = fmt::format("/v1/groups/{}/join", group),
                                .body = std::string(body)});
}

Answer reserve(HttpRunner& runner, int pack, std::string_view body) {
    return runner.server().ask({.method = "PUT",
                                .path = fmt::format("/v1/packs/{}/reservations", pack),
                                .body = std::string(body)});
}

TEST(Groups, TheListNamesMembersAndWhatIsKept) {
    HttpRunner runner;
    prepare(runner,
            "product cad-1 requires activated overuse refuse\nhost a mode per_user\n"
            "pack P cad-1 per_user 3\nadmit anna - cad-1 on a allow cal_issued\n"
            "group engineers join anna\ngroup engineers join device pc-1\nreserve P engineers 2\n");
    const auto listed = runner.server().ask({.path = "/v1/groups"}).json();
    EXPECT_EQ(boost::json::serialize(listed),
              R"({"groups":[{"group":"engineers","members":[)"
              R"({"subject":1,"kind":"user","name":"anna"},)"
              R"({"subject":2,"kind":"device","name":"pc-1"}],)"
              R"("reserved":[{"pack":1,"product":"cad-1","seats":2,"used":1}]}]})");
    const auto pack = runner.server().ask({.path = "/v1/packs/1"}).json();
    EXPECT_EQ(boost::json::serialize(pack.at("reserved")),
              R"([{"group":"engineers","seats":2,"used":1}])");
    // Of a person who is erased neither the name nor the membership is left.
    prepare(runner, "admit anna - cad-1 on a allow cal_held\nerase anna\n");
    const auto after = runner.server().ask({.path = "/v1/groups"}).json();
    EXPECT_EQ(after.at("groups").at(0).at("members").as_array().size(), 1U);
    EXPECT_EQ(after.at("groups").at(0).at("reserved").at(0).at("used").to_number<int>(), 0);
}

TEST(Groups, AQuestionThatMakesNoSenseIsRefusedByName) {
    HttpRunner runner;
    prepare(runner, "product cad-1 requires activated\npack P cad-1 per_user 3\n");
    EXPECT_EQ(join(runner, "x", "{}").code(), "missing_field");
    EXPECT_EQ(join(runner, "x", R"({"user":"anna","device":"pc-1"})").code(), "missing_field");
    EXPECT_EQ(join(runner, "x", R"({"user":"anna","role":"chief"})").status, 400);
    EXPECT_EQ(join(runner, "X", R"({"user":"anna"})").code(), "bad_group_code");
    EXPECT_EQ(join(runner, "x", R"({"user":"an\u0007na"})").status, 400);
    // What was refused has made nobody known.
    EXPECT_EQ(
        boost::json::serialize(runner.server().ask({.path = "/v1/groups"}).json().at("groups")),
        "[]");
    EXPECT_EQ(join(runner, "x", R"({"user":"Anna"})").status, 204);
    EXPECT_EQ(reserve(runner, 1, R"({"group":"x"})").code(), "missing_field");
    EXPECT_EQ(reserve(runner, 1, R"({"group":"y","seats":1})").status, 404);
    EXPECT_EQ(reserve(runner, 9, R"({"group":"x","seats":1})").code(), "pack_unknown");
    EXPECT_EQ(reserve(runner, 1, R"({"group":"x","seats":4})").code(), "too_many_reserved");
    EXPECT_EQ(reserve(runner, 1, R"({"group":"x","seats":3})").status, 200);
}

TEST(Groups, AMaintainedPackSaysHowFarItReaches) {
    HttpRunner runner;
    prepare(runner,
            "product sql-2012 requires activated\n"
            "product sql-2014 requires activated released 2026-03-01\n"
            "pack M sql-2012 per_user 2 maintained 2026-06-01\npack N sql-2012 per_user 2\n");
    const auto maintained = runner.server().ask({.path = "/v1/packs/1"}).json();
    EXPECT_EQ(maintained.at("product").as_string(), "sql-2012");
    EXPECT_EQ(maintained.at("reaches").as_string(), "sql-2014");
    EXPECT_EQ(maintained.at("maintained_until").as_string(), "2026-06-01T00:00:00Z");
    EXPECT_FALSE(
        runner.server().ask({.path = "/v1/packs/2"}).json().as_object().contains("reaches"));
    const auto product = runner.server().ask({.path = "/v1/products/sql-2014"}).json();
    EXPECT_EQ(product.at("released").as_string(), "2026-03-01T00:00:00Z");
}

}  // namespace
}  // namespace calm::testing
