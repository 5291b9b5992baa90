// Concurrent seats as hosts and administrators see them over HTTP: when to ask again, who waits,
// where seats are in use. The rules are played by the scenarios.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http_runner.h"

namespace calm::testing {
namespace {

constexpr std::string_view kTwoHosts =
    "product cad-1 requires activated overuse refuse\n"
    "host a mode per_user\nhost b mode per_user\n"
    "pack P cad-1 per_user 1 concurrent\n";

Answer admit(HttpRunner& runner, std::string_view user, uint32_t host, std::string_view more = "") {
    return runner.server().ask(
        {.method = "POST",
         .path = "/v1/admissions",
         .body =
             fmt::format(R"({{"product":"cad-1","user":"{}","host":{}{}}})", user, host, more)});
}

TEST(Seats, TheAnswerSaysWhenToAskAgain) {
    HttpRunner runner;
    prepare(runner, kTwoHosts);
    const auto taken = admit(runner, "anna", 1).json();
    EXPECT_EQ(taken.at("reason").as_string(), "seat_taken");
    const auto time = [](const boost::json::value& text) {
        return *parse_rfc3339({text.as_string().data(), text.as_string().size()});
    };
    EXPECT_EQ(time(taken.at("expires_at")) - time(taken.at("ask_again_at")), minutes(5));
    EXPECT_EQ(admit(runner, "anna", 1).json().at("ask_again_at"), taken.at("ask_again_at"));
    // Of a CAL that lasts there is nothing to ask again.
    prepare(runner, "product sql-1 requires activated\npack S sql-1 per_user 1\n");
    const auto lasting = runner.server()
                             .ask({.method = "POST",
                                   .path = "/v1/admissions",
                                   .body = R"({"product":"sql-1","user":"anna","host":1})"})
                             .json();
    EXPECT_EQ(lasting.at("reason").as_string(), "cal_issued");
    EXPECT_FALSE(lasting.as_object().contains("ask_again_at"));
}

TEST(Seats, ACalTellsWhereItIsInUse) {
    HttpRunner runner;
    prepare(runner, kTwoHosts);
    admit(runner, "anna", 1);
    admit(runner, "anna", 2);
    const auto cal = runner.server().ask({.path = "/v1/cals/1"}).json();
    EXPECT_TRUE(cal.at("lease").as_bool());
    EXPECT_EQ(boost::json::serialize(cal.at("hosts")), "[1,2]");
    // That one of two sessions at the host ended frees nothing.
    runner.server().ask({.method = "POST",
                         .path = "/v1/admissions/end",
                         .body = R"({"product":"cad-1","user":"anna","host":1,"others":true})"});
    EXPECT_EQ(
        boost::json::serialize(runner.server().ask({.path = "/v1/cals/1"}).json().at("hosts")),
        "[1,2]");
    const Answer ended =
        runner.server().ask({.method = "POST",
                             .path = "/v1/admissions/end",
                             .body = R"({"product":"cad-1","user":"anna","host":1})"});
    EXPECT_EQ(ended.status, 204);
    EXPECT_EQ(
        boost::json::serialize(runner.server().ask({.path = "/v1/cals/1"}).json().at("hosts")),
        "[2]");
}

TEST(Seats, ABorrowedSeatSaysSoAndItsTokenRunsToTheDay) {
    HttpRunner runner;
    prepare(runner, kTwoHosts);
    const std::string taken(admit(runner, "anna", 1).json().at("ask_again_at").as_string());
    const auto borrow = [&](int cal, std::string_view body) {
        return runner.server().ask({.method = "POST",
                                    .path = fmt::format("/v1/cals/{}/borrow", cal),
                                    .body = std::string(body)});
    };
    EXPECT_EQ(borrow(1, "{}").code(), "missing_field");
    EXPECT_EQ(borrow(1, R"({"until":"soon"})").status, 400);
    EXPECT_EQ(borrow(9, R"({"until":"2026-01-08T00:00:00Z"})").code(), "cal_unknown");
    EXPECT_EQ(borrow(1, R"({"until":"2026-03-08T00:00:00Z"})").code(), "borrow_too_long");
    EXPECT_EQ(borrow(1, R"({"until":"2025-12-31T00:00:00Z"})").code(), "bad_borrow_end");
    const Answer borrowed = borrow(1, R"({"until":"2026-01-08T00:00:00Z"})");
    EXPECT_EQ(borrowed.status, 200);
    EXPECT_TRUE(borrowed.json().at("borrowed").as_bool());
    EXPECT_EQ(boost::json::serialize(borrowed.json().at("hosts")), "[]");
    EXPECT_EQ(borrowed.json().at("expires_at").as_string(), "2026-01-08T00:00:00Z");
    // A host that asks again is told of the new end, and asks as often as before.
    const auto held = admit(runner, "anna", 2, R"(,"want_token":true)").json();
    EXPECT_EQ(held.at("reason").as_string(), "seat_held");
    EXPECT_EQ(held.at("expires_at").as_string(), "2026-01-08T00:00:00Z");
    EXPECT_EQ(held.at("ask_again_at").as_string(), taken);
    EXPECT_TRUE(held.as_object().contains("token"));
    EXPECT_EQ(
        runner.server()
            .ask(
                {.method = "POST", .path = "/v1/cals/1/release", .body = R"({"why":"reassigned"})"})
            .status,
        200);
    EXPECT_EQ(admit(runner, "bruno", 1).json().at("reason").as_string(), "seat_taken");
}

TEST(Seats, TheLineIsListedWithPlaces) {
    HttpRunner runner;
    prepare(runner, kTwoHosts);
    admit(runner, "anna", 1);
    const auto waits = admit(runner, "bruno", 1, R"(,"wait":true,"want_token":true)").json();
    EXPECT_EQ(waits.at("reason").as_string(), "seat_queued");
    EXPECT_EQ(waits.at("place").as_int64(), 1);
    EXPECT_TRUE(waits.as_object().contains("sentence"));
    const Answer second = runner.server().ask(
        {.path = "/v1/admissions/check?product=cad-1&user=chloe&host=2&wait=yes"});
    EXPECT_EQ(second.status, 403);
    EXPECT_EQ(second.header("X-CALM-Place"), "2");
    const auto line = runner.server().ask({.path = "/v1/queue?product=cad-1"}).json();
    ASSERT_EQ(line.at("waiting").as_array().size(), 2U);
    const auto& first = line.at("waiting").as_array()[0];
    EXPECT_EQ(first.at("holder").at("name").as_string(), "bruno");
    EXPECT_EQ(first.at("place").as_int64(), 1);
    EXPECT_EQ(first.at("kind").as_string(), "per_user");
    EXPECT_EQ(runner.server().ask({.path = "/v1/queue?product=none-1"}).status, 404);
}

TEST(Seats, APerServerPackIsGivenToAHostByNameOrNumber) {
    HttpRunner runner;
    prepare(runner,
            "product f-1 requires activated\nhost a mode per_user\n"
            "pack P f-1 per_user 1 per-server\n");
    const auto give = [&](std::string_view body) {
        return runner.server().ask(
            {.method = "PUT", .path = "/v1/packs/1/host", .body = std::string(body)});
    };
    const Answer given = give(R"({"host":"a"})");
    EXPECT_EQ(given.status, 200);
    EXPECT_EQ(given.json().at("host").as_int64(), 1);
    EXPECT_EQ(given.json().at("metric").as_string(), "per_server");
    EXPECT_FALSE(give("{}").json().as_object().contains("host"));
    EXPECT_EQ(give(R"({"host":"1"})").status, 200);
    EXPECT_EQ(give(R"({"host":"7"})").code(), "host_unknown");
    EXPECT_EQ(give(R"({"hosts":"a"})").status, 400);
    EXPECT_EQ(
        runner.server().ask({.method = "PUT", .path = "/v1/packs/9/host", .body = "{}"}).code(),
        "pack_unknown");
}

}  // namespace
}  // namespace calm::testing
