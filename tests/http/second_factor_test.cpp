// The second step of signing in, against a clock of the test's own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/one_time_code.h"
#include "test_server.h"

namespace calm::testing {
namespace {

std::string from_base32(std::string_view text) {
    std::string out;
    uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        bits = bits << 5 | static_cast<uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
        if ((held += 5) < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 255);
    }
    return out;
}

constexpr const char* kPath = "/v1/session/second-factor";

class SecondStep : public ::testing::Test {
  protected:
    void SetUp() override {
        make("owner", "anna");
        token = std::string(sign_in("anna").json().at("token").as_string());
    }
    void make(const std::string& role, const std::string& name) {
        const Answer made =
            post("/v1/accounts", fmt::format(R"({{"account":"{}","role":"{}","password":"{}"}})",
                                             name, role, kPassword));
        ASSERT_EQ(made.status, 201) << made.body;
    }
    Answer post(const std::string& path, const std::string& body, const std::string& as = {}) {
        return server->ask({.method = "POST", .path = path, .body = body, .token = as});
    }
    Answer sign_in(const std::string& name, const std::string& code = {}) {
        return post("/v1/session",
                    fmt::format(R"({{"account":"{}","password":"{}"{}}})", name, kPassword,
                                code.empty() ? "" : R"(,"code":")" + code + '"'));
    }
    Answer with_code(const std::string& verb, const std::string& code) {
        return post(std::string(kPath) + verb, fmt::format(R"({{"code":"{}"}})", code), token);
    }
    std::string code(int64_t steps = 0) const {
        return http::hotp(secret, http::totp_step(wall) + static_cast<uint64_t>(steps));
    }
    void advance(Seconds by) {
        wall = wall + by;
        server->advance(by);
    }
    // Turns it on for anna; gives the recovery codes.
    boost::json::array turn_on() {
        const Answer begun = post(kPath, fmt::format(R"({{"password":"{}"}})", kPassword), token);
        EXPECT_EQ(begun.status, 200) << begun.body;
        secret = from_base32(std::string(begun.json().at("secret").as_string()));
        const Answer confirmed = with_code("/confirm", code());
        EXPECT_EQ(confirmed.status, 200) << confirmed.body;
        return confirmed.json().at("recovery_codes").as_array();
    }

    static constexpr const char* kPassword = "correct horse";
    store::MemoryDisk disk;
    Instant wall = kNow;
    std::unique_ptr<TestServer> server = std::make_unique<TestServer>(disk, kNow);
    std::string token;
    std::string secret;
};

TEST_F(SecondStep, is_asked_for_after_the_password_and_only_then) {
    EXPECT_EQ(turn_on().size(), 10u);
    EXPECT_EQ(sign_in("anna").code(), "code_needed");
    const Answer wrong = post("/v1/session", R"({"account":"anna","password":"wrong horse!"})");
    EXPECT_EQ(wrong.code(), "sign_in_failed") << "a stranger does not learn that there is one";
    EXPECT_EQ(sign_in("anna", "000000").code(), "code_refused");
    EXPECT_EQ(sign_in("anna", code(1)).status, 200);
    make("viewer", "vera");
    EXPECT_EQ(sign_in("vera").status, 200) << "nobody else is asked";
}

TEST_F(SecondStep, a_code_counts_once_also_after_a_restart) {
    turn_on();
    EXPECT_EQ(sign_in("anna", code()).code(), "code_refused") << "it confirmed the secret";
    const std::string next = code(1);
    EXPECT_EQ(sign_in("anna", next).status, 200);
    EXPECT_EQ(sign_in("anna", next).code(), "code_refused");
    server.reset();
    server = std::make_unique<TestServer>(disk, wall);
    EXPECT_EQ(sign_in("anna", next).code(), "code_refused");
    advance(seconds(60));
    EXPECT_EQ(sign_in("anna", code()).status, 200);
}

TEST_F(SecondStep, nothing_is_asked_before_the_first_code_was_right) {
    post(kPath, fmt::format(R"({{"password":"{}"}})", kPassword), token);
    EXPECT_EQ(with_code("/confirm", "000000").code(), "code_refused");
    EXPECT_EQ(sign_in("anna").status, 200);
    EXPECT_EQ(post(kPath, R"({"password":"wrong horse!"})", token).code(), "sign_in_failed");
    make("viewer", "vera");
    const Answer vera = sign_in("vera");
    EXPECT_EQ(post(std::string(kPath) + "/confirm", R"({"code":"123456"})",
                   std::string(vera.json().at("token").as_string()))
                  .code(),
              "second_factor_unknown")
        << "what anna began is hers";
}

TEST_F(SecondStep, each_recovery_code_counts_once) {
    const auto codes = turn_on();
    const std::string first(codes[0].as_string());
    EXPECT_EQ(sign_in("anna", first).status, 200);
    EXPECT_EQ(sign_in("anna", first).code(), "code_refused");
    EXPECT_EQ(sign_in("anna", std::string(codes[1].as_string())).status, 200);
    const Answer shown = server->ask({.path = kPath, .token = token});
    EXPECT_EQ(shown.body, R"({"on":true,"recovery_codes_left":8})");
}

TEST_F(SecondStep, guessing_codes_is_stopped_after_ten_tries_from_wherever) {
    turn_on();
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(with_code("/remove", "000000").code(), "code_refused");
    const Answer refused = sign_in("anna", code(1));
    EXPECT_EQ(refused.status, 429) << "even the right one";
    EXPECT_FALSE(refused.header("Retry-After").empty());
}

TEST_F(SecondStep, is_turned_off_with_a_code_and_the_log_says_so) {
    turn_on();
    const Answer again = post(kPath, fmt::format(R"({{"password":"{}"}})", kPassword), token);
    EXPECT_EQ(again.code(), "second_factor_exists");
    EXPECT_EQ(with_code("/remove", code()).code(), "code_refused");
    EXPECT_EQ(with_code("/remove", code(1)).status, 204);
    EXPECT_EQ(sign_in("anna").status, 200);
    EXPECT_EQ(with_code("/remove", code(1)).code(), "second_factor_unknown");
    const Answer log = server->ask({.path = "/v1/audit"});
    EXPECT_NE(log.body.find(R"("entry":"second_factor_removed","account":")"), std::string::npos);
    EXPECT_EQ(log.body.find("anna"), std::string::npos) << "and names nobody";
}

TEST_F(SecondStep, an_owner_turns_it_off_for_somebody_who_lost_it) {
    turn_on();
    make("owner", "otto");
    make("operator", "olga");
    const auto token_of = [&](const char* name) {
        return std::string(sign_in(name).json().at("token").as_string());
    };
    const Ask off{.method = "DELETE", .path = "/v1/accounts/anna/second-factor"};
    Ask olga = off;
    olga.token = token_of("olga");
    EXPECT_EQ(server->ask(olga).status, 403);
    Ask otto = off;
    otto.token = token_of("otto");
    EXPECT_EQ(server->ask(otto).status, 204);
    EXPECT_EQ(server->ask(otto).code(), "second_factor_unknown");
    EXPECT_EQ(sign_in("anna").status, 200);
    const Answer accounts = server->ask({.path = "/v1/accounts"});
    EXPECT_NE(accounts.body.find(R"("second_factor_removed_by":"otto")"), std::string::npos);
    EXPECT_NE(server->ask({.path = "/v1/audit"}).body.find("second_factor_removed"),
              std::string::npos);
}

TEST_F(SecondStep, goes_with_its_account) {
    turn_on();
    make("owner", "otto");
    EXPECT_EQ(server->ask({.method = "DELETE", .path = "/v1/accounts/anna"}).status, 204);
    make("owner", "anna");
    EXPECT_EQ(sign_in("anna").status, 200);
}

}  // namespace
}  // namespace calm::testing
