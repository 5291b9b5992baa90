// Bad input: each with its own message, and nothing lost.
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "messages/detail.h"
#include "test_server.h"

namespace calm::testing {
namespace {

struct Case {
    const char* what;
    Ask ask;
    int status;
    const char* code;
};

std::vector<Case> cases_of_hosts() {
    const std::string deep = std::string(1000, '[') + std::string(1000, ']');
    return {
        {"unknown product",
         {.method = "GET", .path = "/v1/products/nothing-1"},
         404,
         "product_unknown"},
        {"name with a control character",
         {.method = "POST",
          .path = "/v1/admissions",
          .body = "{\"host\":1,\"product\":\"mail-1\",\"user\":\"an\\u0007na\"}"},
         400,
         "bad_name"},
        {"1 MiB body",
         {.method = "POST", .path = "/v1/admissions", .body = std::string(1024 * 1024, ' ')},
         413,
         "body_too_large"},
        {"JSON of depth 1000",
         {.method = "POST", .path = "/v1/admissions", .body = deep},
         400,
         "json_too_deep"},
        {"half a JSON",
         {.method = "POST", .path = "/v1/admissions", .body = "{\"product\":"},
         400,
         "json_malformed"},
        {"a field twice",
         {.method = "POST", .path = "/v1/admissions", .body = R"({"product":"a","product":"b"})"},
         400,
         "json_malformed"},
        {"a field that means nothing",
         {.method = "POST",
          .path = "/v1/products",
          .body = R"({"product":"x-1","requirs":"none"})"},
         400,
         "bad_field"},
        {"a missing field",
         {.method = "POST", .path = "/v1/admissions", .body = "{}"},
         400,
         "missing_field"},
        {"a request id that is none",
         {.method = "POST",
          .path = "/v1/admissions",
          .body = R"({"host":1,"product":"mail-1","user":"a","request_id":"XYZ"})"},
         400,
         "bad_request_id"}};
}

std::vector<Case> cases_of_administration() {
    return {
        {"a product code with blanks",
         {.method = "POST", .path = "/v1/products", .body = R"({"product":"My Product"})"},
         400,
         "bad_product_code"},
        {"days that cannot be",
         {.method = "POST", .path = "/v1/products", .body = R"({"product":"x-1","user_days":0})"},
         400,
         "bad_product"},
        {"a change without having read",
         {.method = "PUT", .path = "/v1/settings", .body = "{}"},
         428,
         "precondition_required"},
        {"a change of something else than was read",
         {.method = "PUT",
          .path = "/v1/settings",
          .body = "{}",
          .headers = {{"If-Match", "\"0\""}}},
         412,
         "precondition_failed"},
        {"a pack that is none",
         {.method = "POST", .path = "/v1/packs", .body = "hello", .content_type = "text/plain"},
         422,
         "pack_malformed"},
        {"a CAL that was never issued",
         {.method = "POST", .path = "/v1/cals/77/release"},
         404,
         "cal_unknown"},
        {"validating what was never issued",
         {.method = "POST", .path = "/v1/admissions/validate", .body = R"({"cal":77})"},
         404,
         "cal_unknown"},
        {"a route that is none", {.method = "GET", .path = "/v1/nothing"}, 404, "no_such_route"},
        {"a verb that is none here",
         {.method = "DELETE", .path = "/v1/status"},
         405,
         "method_not_allowed"},
        {"a cursor that is no number",
         {.method = "GET", .path = "/v1/cals?cursor=x"},
         400,
         "bad_query"},
    };
}

std::string detail_of(const Answer& answer) {
    return std::string(answer.json().at("detail").as_string());
}

TEST(BadInput, has_its_own_message_in_both_languages_and_changes_nothing) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    server.ask({.method = "POST",
                .path = "/v1/products",
                .body = R"({"product":"mail-1","requires":"trusted"})"});
    const auto before = server.ask({.path = "/v1/status"}).json().at("entries");
    std::vector<Case> cases = cases_of_hosts();
    for (Case& each : cases_of_administration())
        cases.push_back(std::move(each));
    for (const Case& each : cases) {
        const Answer answer = server.ask(each.ask);
        EXPECT_EQ(answer.status, each.status) << each.what << ": " << answer.body;
        EXPECT_EQ(answer.code(), each.code) << each.what;
        Ask in_french = each.ask;
        in_french.headers.emplace_back("Accept-Language", "fr");
        EXPECT_EQ(detail_of(server.ask(in_french)),
                  translated_detail(Language::fr, detail_of(answer)))
            << each.what;
        EXPECT_NE(detail_of(server.ask(in_french)), detail_of(answer)) << each.what;
        EXPECT_TRUE(has_message(Language::fr, std::string("problem.") + each.code + ".remedy") ||
                    has_message(Language::fr, std::string("reason.") + each.code + ".remedy"))
            << each.code;
    }
    EXPECT_EQ(server.ask({.path = "/v1/status"}).json().at("entries"), before);
}

TEST(BadInput, a_password_is_not_guessed_a_hundred_times) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    int refused = 0;
    for (int i = 0; i < 12; ++i) {
        const Answer answer =
            server.ask({.method = "POST",
                        .path = "/v1/session",
                        .body = R"({"account":"owner","password":"not the password"})"});
        EXPECT_TRUE(answer.status == 401 || answer.status == 429) << answer.body;
        refused += answer.status == 429 ? 1 : 0;
    }
    EXPECT_EQ(refused, 2);
}

TEST(Session, begins_with_the_password_and_ends_with_it) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    const std::string body =
        R"({"account":"anna","role":"viewer","password":"correct horse battery"})";
    EXPECT_EQ(server.ask({.method = "POST", .path = "/v1/accounts", .body = body}).status, 201);
    const Answer begun =
        server.ask({.method = "POST",
                    .path = "/v1/session",
                    .body = R"({"account":"anna","password":"correct horse battery"})"});
    ASSERT_EQ(begun.status, 200) << begun.body;
    const std::string token(begun.json().at("token").as_string());
    EXPECT_EQ(server.ask({.path = "/v1/cals", .token = token}).status, 200);
    EXPECT_EQ(server.ask({.method = "DELETE", .path = "/v1/session", .token = token}).status, 204);
    EXPECT_EQ(server.ask({.path = "/v1/cals", .token = token}).status, 401);
}

TEST(LastSeat, wanted_by_many_at_once_goes_to_one) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    const auto post = [&](const std::string& path, const std::string& body) {
        return server.ask({.method = "POST", .path = path, .body = body});
    };
    post("/v1/products", R"({"product":"mail-1","requires":"trusted"})");
    post("/v1/packs", R"({"declared":{"product":"mail-1","kind":"per_user","quantity":1}})");
    const auto token = post("/v1/hosts/tokens", "{}").json();
    post("/v1/hosts",
         fmt::format(R"({{"token":"{}","name":"h","public_key":"{}"}})",
                     std::string(token.at("token").as_string()), std::string(64, 'a')));
    std::atomic<int> seated = 0;
    std::atomic<int> beyond = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 100; ++i) {
        clients.emplace_back([&, i] {
            const std::string body =
                fmt::format(R"({{"host":1,"product":"mail-1","user":"u{}"}})", i);
            const std::string answer = server.raw(fmt::format(
                "POST /v1/admissions HTTP/1.1\r\nHost: c\r\nConnection: close\r\nContent-Type: "
                "application/json\r\nContent-Length: {}\r\n\r\n{}",
                body.size(), body));
            if (answer.find("\"cal_issued\"") != std::string::npos) ++seated;
            if (answer.find("\"cal_overuse_issued\"") != std::string::npos) ++beyond;
        });
    }
    for (std::thread& client : clients)
        client.join();
    EXPECT_EQ(seated, 1);
    EXPECT_EQ(beyond, 99);
}

}  // namespace
}  // namespace calm::testing
