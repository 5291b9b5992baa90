// The position and its reports over HTTP: who is told what, and that file and signature fit.
#include <gtest/gtest.h>

#include "documents/ledger_id.h"
#include "documents/report_statement.h"
#include "documents/tree_head.h"
#include "test_server.h"

namespace calm::testing {
namespace {

namespace json = boost::json;

std::string text(const json::value& value) {
    return {value.as_string().data(), value.as_string().size()};
}

class PositionRoutes : public ::testing::Test {
  protected:
    store::MemoryDisk disk;
    TestServer server{disk, kNow};

    void SetUp() override {
        add("/v1/products", R"({"product":"ex-2010","requires":"trusted"})");
        add("/v1/packs", R"({"declared":{"product":"ex-2010","kind":"per_user","quantity":2}})");
        const Answer token = add("/v1/hosts/tokens", "{}");
        add("/v1/hosts", R"({"token":")" + text(token.json().at("token")) +
                             R"(","name":"mail","public_key":")" + std::string(64, 'a') + R"("})");
        for (const char* user : {"anna", "bruno", "chloe"})
            admit(user);
    }
    Answer add(const std::string& path, const std::string& body) {
        const Answer answer = server.ask({.method = "POST", .path = path, .body = body});
        EXPECT_LT(answer.status, 300) << path << answer.body;
        return answer;
    }
    void admit(const std::string& user) {
        const Answer answer =
            add("/v1/admissions", R"({"product":"ex-2010","host":1,"user":")" + user + R"("})");
        EXPECT_EQ(text(answer.json().at("verdict")), "allow") << answer.body;
    }
    std::string token_of(const std::string& role) {
        add("/v1/accounts", R"({"account":")" + role + R"(.one","role":")" + role + R"("})");
        return text(add("/v1/accounts/" + role + ".one/tokens", "{}").json().at("token"));
    }
    json::value position(const std::string& query = "", const std::string& token = "") {
        const Answer answer = server.ask({.path = "/v1/position" + query, .token = token});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
};

TEST_F(PositionRoutes, counts_and_names_who_is_not_covered) {
    const json::value all = position();
    const json::value& row = all.at("rows").at(0);
    EXPECT_EQ(row.at("required").as_int64(), 3);
    EXPECT_EQ(row.at("owned").as_int64(), 2);
    EXPECT_EQ(row.at("declared").as_int64(), 2);
    EXPECT_EQ(row.at("short").as_int64(), 1);
    EXPECT_EQ(text(all.at("uncovered").at(0).at("holder").at("name")), "chloe");
    const json::value none = position("?limit=0");
    EXPECT_TRUE(none.at("uncovered").as_array().empty());
    EXPECT_EQ(none.at("uncovered_more").as_int64(), 1);
}

TEST_F(PositionRoutes, a_viewer_sees_how_many_and_not_who) {
    const json::value seen = position("", token_of("viewer"));
    EXPECT_EQ(seen.at("rows").at(0).at("short").as_int64(), 1);
    EXPECT_FALSE(seen.at("uncovered").at(0).at("holder").as_object().contains("name"));
    const json::value audited = position("", token_of("auditor"));
    EXPECT_TRUE(audited.at("uncovered").at(0).at("holder").as_object().contains("name"));
}

TEST_F(PositionRoutes, a_past_day_is_as_its_last_entry_left_it) {
    server.advance(days(2));
    admit("david");
    EXPECT_EQ(position().at("rows").at(0).at("required").as_int64(), 4);
    const json::value then = position("?at=2026-01-01");
    EXPECT_EQ(then.at("rows").at(0).at("required").as_int64(), 3);
    EXPECT_EQ(text(then.at("at")), "2026-01-01T23:59:59Z");
    EXPECT_LT(then.at("entries").as_int64(), position().at("entries").as_int64());
    EXPECT_EQ(position("?at=2026-01-03").at("rows").at(0).at("required").as_int64(), 4);
}

TEST_F(PositionRoutes, what_cannot_be_told_is_refused) {
    for (const char* query : {"?at=yesterday", "?at=2026-01-02", "?at=2025-12-31", "?limit=x"}) {
        EXPECT_EQ(server.ask({.path = std::string("/v1/position") + query}).code(), "bad_query")
            << query;
    }
    EXPECT_EQ(server.ask({.path = "/v1/position?product=nothing"}).code(), "product_unknown");
    for (const char* wish : {"{}", R"({"format":"doc"})", R"({"format":"csv","lang":"de"})",
                             R"({"format":"csv","at":"never"})", R"({"format":"csv","x":1})"}) {
        const Answer answer = server.ask({.method = "POST", .path = "/v1/reports", .body = wish});
        EXPECT_EQ(answer.status, 400) << wish << answer.body;
    }
}

TEST_F(PositionRoutes, a_report_comes_with_its_signature) {
    for (const char* format : {"csv", "pdf"}) {
        const Answer made =
            add("/v1/reports", R"({"lang":"fr","format":")" + std::string(format) + R"("})");
        EXPECT_EQ(made.status, 201);
        const std::string path = "/v1/reports/" + text(made.json().at("report"));
        const Answer file = server.ask({.path = path});
        const Answer signature = server.ask({.path = path + "/signature"});
        EXPECT_EQ(signature.body, text(made.json().at("signature")));
        EXPECT_EQ(file.header("Content-Type"),
                  std::string(format) == "csv" ? "text/csv; charset=utf-8" : "application/pdf");
        EXPECT_TRUE(file.header("Content-Disposition").find(std::string(".") + format) !=
                    std::string::npos);
        const auto statement = verify_report_signature(signature.body);
        ASSERT_TRUE(statement) << statement.error().detail;
        EXPECT_TRUE(check_report_bytes(*statement, file.body));
        EXPECT_EQ(statement->bytes, file.body.size());
        server.on_loop([&](Service& service) {
            EXPECT_EQ(to_string(statement->ledger), service.license_server().node().ledger_id);
            EXPECT_EQ(statement->size, service.license_server().ledger().size());
        });
        std::string altered = file.body;
        altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
        EXPECT_EQ(check_report_bytes(*statement, altered).error().code, "report_altered");
    }
}

TEST_F(PositionRoutes, the_root_that_a_report_states_is_the_one_that_the_log_signs) {
    const Answer made = add("/v1/reports", R"({"format":"csv"})");
    const auto statement = verify_report_signature(text(made.json().at("signature")));
    ASSERT_TRUE(statement);
    server.on_loop([&](Service& service) {
        auto reader = service.license_server().writer().open_reader();
        ASSERT_TRUE(reader);
        const auto head = (*reader)->latest_tree_head();
        ASSERT_TRUE(head && *head);
        const auto read =
            verify_tree_head((*head)->document, service.license_server().node().key.public_key());
        ASSERT_TRUE(read);
        EXPECT_EQ(read->size, statement->size);
        EXPECT_EQ(read->root, statement->root);
    });
}

TEST_F(PositionRoutes, a_report_is_gone_after_an_hour) {
    const Answer made = add("/v1/reports", R"({"format":"csv"})");
    const std::string path = "/v1/reports/" + text(made.json().at("report"));
    EXPECT_EQ(server.ask({.path = path}).status, 200);
    server.advance(hours(1));
    EXPECT_EQ(server.ask({.path = path}).code(), "report_unknown");
    EXPECT_EQ(server.ask({.path = path + "/signature"}).status, 404);
}

}  // namespace
}  // namespace calm::testing
