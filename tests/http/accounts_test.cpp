// Accounts that change: one's own password, and the role that an owner gives somebody.
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace calm::testing {
namespace {

constexpr const char* kOld = "correct horse";
constexpr const char* kNew = "battery staple";

class Accounts : public ::testing::Test {
  protected:
    void make(const std::string& role, const std::string& name) {
        const Answer made = post(
            "/v1/accounts",
            fmt::format(R"({{"account":"{}","role":"{}","password":"{}"}})", name, role, kOld));
        ASSERT_EQ(made.status, 201) << made.body;
    }
    Answer post(const std::string& path, const std::string& body, const std::string& as = {}) {
        return server->ask({.method = "POST", .path = path, .body = body, .token = as});
    }
    Answer sign_in(const std::string& name, const std::string& password = kOld) {
        return post("/v1/session",
                    fmt::format(R"({{"account":"{}","password":"{}"}})", name, password));
    }
    std::string session_of(const std::string& name, const std::string& password = kOld) {
        return std::string(sign_in(name, password).json().at("token").as_string());
    }
    Answer change(const std::string& old, const std::string& wanted, const std::string& as) {
        return post("/v1/session/password",
                    fmt::format(R"({{"password":"{}","new_password":"{}"}})", old, wanted), as);
    }
    Answer give(const std::string& name, const std::string& role, const std::string& as = {}) {
        return server->ask({.method = "PUT",
                            .path = "/v1/accounts/" + name + "/role",
                            .body = fmt::format(R"({{"role":"{}"}})", role),
                            .token = as});
    }
    int status(const std::string& path, const std::string& as) {
        return server->ask({.path = path, .token = as}).status;
    }
    void start_again() {
        server.reset();
        server = std::make_unique<TestServer>(disk, kNow);
    }

    store::MemoryDisk disk;
    std::unique_ptr<TestServer> server = std::make_unique<TestServer>(disk, kNow);
};

TEST_F(Accounts, whoever_is_signed_in_changes_the_own_password) {
    make("viewer", "vera");
    const std::string here = session_of("vera");
    const std::string elsewhere = session_of("vera");
    EXPECT_EQ(change(kOld, kNew, here).status, 204);
    EXPECT_EQ(status("/v1/status", here), 200) << "this session goes on";
    EXPECT_EQ(status("/v1/status", elsewhere), 401) << "the others are over";
    EXPECT_EQ(sign_in("vera").code(), "sign_in_failed");
    start_again();
    EXPECT_EQ(sign_in("vera").code(), "sign_in_failed");
    EXPECT_EQ(sign_in("vera", kNew).status, 200);
}

TEST_F(Accounts, a_password_is_changed_by_nobody_else) {
    make("viewer", "vera");
    make("owner", "otto");
    EXPECT_EQ(change(kOld, kNew, {}).code(), "not_signed_in") << "the machine's root has none";
    const Answer made = post("/v1/accounts/vera/tokens", "{}");
    const std::string token(made.json().at("token").as_string());
    EXPECT_EQ(change(kOld, kNew, token).code(), "not_signed_in") << "a token is no session";
    EXPECT_EQ(change(kOld, kNew, session_of("otto")).status, 204);
    EXPECT_EQ(sign_in("vera").status, 200) << "it was otto's own";
    EXPECT_EQ(status("/v1/status", token), 200);
}

TEST_F(Accounts, a_new_password_follows_the_rules_of_every_password) {
    make("viewer", "vera");
    const std::string here = session_of("vera");
    EXPECT_EQ(change(kOld, "too short", here).code(), "bad_password");
    EXPECT_EQ(change(kOld, std::string(257, 'a'), here).status, 400);
    EXPECT_EQ(post("/v1/session/password", R"({"password":"correct horse"})", here).code(),
              "missing_field");
    EXPECT_EQ(sign_in("vera").status, 200) << "the old one stays";
}

TEST_F(Accounts, guessing_the_old_password_is_stopped_after_ten_tries) {
    make("viewer", "vera");
    const std::string here = session_of("vera");
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(change("wrong horse!", kNew, here).code(), "sign_in_failed");
    const Answer refused = change(kOld, kNew, here);
    EXPECT_EQ(refused.status, 429) << "even with the right one";
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_EQ(sign_in("vera").status, 429) << "one limit for all ways";
}

TEST_F(Accounts, a_password_asked_for_with_a_cookie_needs_the_csrf_token) {
    make("viewer", "vera");
    const Answer begun =
        post("/v1/session", R"({"account":"vera","password":"correct horse","cookie":true})");
    std::string cookie = begun.header("Set-Cookie");
    cookie.resize(cookie.find(';'));
    const std::string csrf(begun.json().at("csrf").as_string());
    Ask forged{
        .method = "POST",
        .path = "/v1/session/password",
        .body = fmt::format(R"({{"password":"{}","new_password":"{}"}})", kOld, kNew),
        .headers = {{"Cookie", cookie}},
    };
    EXPECT_EQ(server->ask(forged).code(), "csrf_refused");
    forged.headers.emplace_back("CALM-CSRF", csrf);
    EXPECT_EQ(server->ask(forged).status, 204);
}

TEST_F(Accounts, a_new_role_counts_at_once_for_sessions_and_tokens) {
    make("owner", "anna");
    make("viewer", "vera");
    const std::string session = session_of("vera");
    const std::string token(post("/v1/accounts/vera/tokens", "{}").json().at("token").as_string());
    EXPECT_EQ(status("/v1/audit", session), 403);
    const Answer given = give("vera", "auditor", session_of("anna"));
    EXPECT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(given.json().at("role").as_string(), "auditor");
    EXPECT_EQ(given.json().at("role_changed_by").as_string(), "anna");
    EXPECT_EQ(status("/v1/audit", session), 200) << "the session goes on";
    EXPECT_EQ(status("/v1/audit", token), 200);
    EXPECT_EQ(server->ask({.path = "/v1/session", .token = session}).json().at("role").as_string(),
              "auditor");
    EXPECT_EQ(give("vera", "viewer").status, 200);
    EXPECT_EQ(status("/v1/audit", session), 403) << "and back";
}

TEST_F(Accounts, a_role_outlives_a_restart_and_so_does_who_gave_it) {
    make("owner", "anna");
    make("viewer", "vera");
    EXPECT_EQ(give("vera", "operator", session_of("anna")).status, 200);
    start_again();
    const Answer listed = server->ask({.path = "/v1/accounts"});
    EXPECT_NE(listed.body.find(R"("account":"vera","role":"operator")"), std::string::npos);
    EXPECT_NE(listed.body.find(R"("role_changed_by":"anna")"), std::string::npos);
    EXPECT_EQ(sign_in("vera").status, 200) << "the password is the same";
}

TEST_F(Accounts, the_last_owner_stays_one) {
    make("owner", "anna");
    make("viewer", "vera");
    EXPECT_EQ(give("anna", "auditor").code(), "last_owner");
    EXPECT_EQ(give("anna", "owner").status, 200) << "what is so already";
    EXPECT_EQ(give("vera", "owner").status, 200);
    const std::string vera = session_of("vera");
    EXPECT_EQ(give("anna", "viewer", vera).status, 200);
    EXPECT_EQ(give("vera", "viewer", vera).code(), "last_owner");
    EXPECT_EQ(server->ask({.method = "DELETE", .path = "/v1/accounts/vera"}).code(), "last_owner");
}

TEST_F(Accounts, of_two_owners_who_are_demoted_at_once_one_stays) {
    make("owner", "anna");
    make("owner", "otto");
    const auto demote = [&](const std::string& name) {
        const std::string body = R"({"role":"viewer"})";
        return server->raw(
            fmt::format("PUT /v1/accounts/{}/role HTTP/1.1\r\nHost: calm\r\n"
                        "Content-Type: application/json\r\nContent-Length: {}\r\n"
                        "Connection: close\r\n\r\n{}",
                        name, body.size(), body));
    };
    std::string otto;
    std::thread other([&] { otto = demote("otto"); });
    const std::string anna = demote("anna");
    other.join();
    const auto done = [](const std::string& answer) { return answer.starts_with("HTTP/1.1 200"); };
    EXPECT_NE(done(anna), done(otto)) << anna << otto;
    const std::string listed = server->ask({.path = "/v1/accounts"}).body;
    EXPECT_NE(listed.find(R"("role":"owner")"), std::string::npos) << listed;
}

TEST_F(Accounts, a_role_is_one_of_five_and_its_account_exists) {
    make("owner", "anna");
    EXPECT_EQ(give("nobody", "viewer").code(), "account_unknown");
    EXPECT_EQ(give("anna", "host").code(), "bad_account");
    EXPECT_EQ(give("anna", "king").status, 400);
}

}  // namespace
}  // namespace calm::testing
