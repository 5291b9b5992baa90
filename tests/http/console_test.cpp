// The console as a browser meets it: its files and their headers, and sessions in a cookie.
#include <gtest/gtest.h>

#include "server/sign_in.h"
#include "test_server.h"

namespace calm::testing {
namespace {

constexpr const char* kRight = R"({"account":"anna","password":"correct horse","cookie":true})";
constexpr const char* kWrong = R"({"account":"anna","password":"wrong horse!","cookie":true})";

struct Browser {
    TestServer& server;
    std::string cookie;
    std::string csrf;

    Answer ask(Ask ask) const {
        ask.headers.emplace_back("Cookie", cookie);
        if (ask.method != "GET" && !csrf.empty()) ask.headers.emplace_back("CALM-CSRF", csrf);
        return server.ask(ask);
    }
    Answer sign_in(const char* body = kRight) {
        const Answer answer = ask({.method = "POST", .path = "/v1/session", .body = body});
        if (answer.status != 200) return answer;
        const std::string set = answer.header("Set-Cookie");
        cookie = set.substr(0, set.find(';'));
        csrf = std::string(answer.json().at("csrf").as_string());
        return answer;
    }
};

class Console : public ::testing::Test {
  protected:
    void SetUp() override {
        const Answer made =
            server.ask({.method = "POST",
                        .path = "/v1/accounts",
                        .body = R"({"account":"anna","role":"owner","password":"correct horse"})"});
        ASSERT_EQ(made.status, 201) << made.body;
    }
    store::MemoryDisk disk;
    TestServer server{disk, kNow};
    Browser browser{server, "", ""};
};

const Ask kStatus{.path = "/v1/status"};
const Ask kToken{.method = "POST", .path = "/v1/hosts/tokens", .body = "{}"};

TEST_F(Console, a_session_is_a_cookie_that_no_script_reads_and_no_other_site_sends) {
    const Answer answer = browser.sign_in();
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.header("Set-Cookie").find("; Path=/; HttpOnly; SameSite=Strict"),
              std::string::npos);
    EXPECT_EQ(answer.body.find("calm_session_"), std::string::npos) << "the token itself";
    EXPECT_EQ(browser.ask(kStatus).status, 200);
    const Answer who = browser.ask({.path = "/v1/session"});
    EXPECT_EQ(who.json().at("account").as_string(), "anna");
    EXPECT_EQ(who.json().at("csrf").as_string(), browser.csrf);
}

TEST_F(Console, over_tls_the_cookie_is_bound_to_this_host) {
    const std::string kept = session_cookie({.transport = http::Peer::Transport::tls}, "t");
    EXPECT_EQ(kept, "__Host-calm_session=t; Path=/; HttpOnly; SameSite=Strict; Secure");
    EXPECT_TRUE(session_cookie({.transport = http::Peer::Transport::tls}, "")
                    .ends_with("; Secure; Max-Age=0"));
}

TEST_F(Console, nothing_changes_without_the_sessions_csrf_token) {
    browser.sign_in();
    EXPECT_EQ(browser.ask(kToken).status, 201);
    Browser forged = browser;
    for (const char* token : {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
        forged.csrf = token;
        const Answer refused = forged.ask(kToken);
        EXPECT_EQ(refused.status, 403) << token;
        EXPECT_EQ(refused.json().at("code").as_string(), "csrf_refused");
    }
    Browser other{server, "", ""};
    other.sign_in();
    forged.csrf = other.csrf;
    EXPECT_EQ(forged.ask(kToken).status, 403) << "another session's token";
}

TEST_F(Console, a_request_that_another_site_made_is_refused_even_to_read) {
    browser.sign_in();
    for (const char* site : {"cross-site", "same-site"}) {
        Ask ask = kStatus;
        ask.headers = {{"Sec-Fetch-Site", site}};
        EXPECT_EQ(browser.ask(ask).status, 403) << site;
    }
    Ask own = kStatus;
    own.headers = {{"Sec-Fetch-Site", "same-origin"}};
    EXPECT_EQ(browser.ask(own).status, 200);
}

TEST_F(Console, no_other_site_signs_anybody_in_or_out) {
    Ask form{.method = "POST", .path = "/v1/session", .body = kRight, .content_type = "text/plain"};
    EXPECT_EQ(server.ask(form).status, 403);
    form.content_type = "application/json";
    form.headers = {{"Sec-Fetch-Site", "cross-site"}};
    EXPECT_EQ(server.ask(form).status, 403);
    browser.sign_in();
    Browser forged = browser;
    forged.csrf.clear();
    EXPECT_EQ(forged.ask({.method = "DELETE", .path = "/v1/session"}).status, 403);
    EXPECT_EQ(browser.ask(kStatus).status, 200);
}

TEST_F(Console, signing_in_takes_over_no_session_that_was_there_before) {
    browser.cookie = "calm_session=calm_session_" + std::string(43, 'A');
    browser.sign_in();
    EXPECT_EQ(browser.cookie.find(std::string(43, 'A')), std::string::npos) << "a planted one";
    const Browser before = browser;
    browser.sign_in();
    EXPECT_NE(browser.cookie, before.cookie);
    EXPECT_EQ(before.ask(kStatus).status, 401) << "the old one is over";
    EXPECT_EQ(browser.ask(kStatus).status, 200);
}

TEST_F(Console, signing_out_ends_the_session_and_forgets_the_cookie) {
    browser.sign_in();
    const Answer out = browser.ask({.method = "DELETE", .path = "/v1/session"});
    EXPECT_EQ(out.status, 204);
    EXPECT_NE(out.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(browser.ask(kStatus).status, 401);
    EXPECT_EQ(browser.ask({.method = "DELETE", .path = "/v1/session"}).status, 204) << "again";
}

TEST_F(Console, what_a_page_asks_by_itself_keeps_nobody_signed_in) {
    browser.sign_in();
    Ask background = kStatus;
    background.headers = {{"CALM-Background", "1"}};
    server.advance(minutes(10));
    EXPECT_EQ(browser.ask(background).status, 200);
    server.advance(minutes(4));
    EXPECT_EQ(browser.ask(kStatus).status, 200) << "a person; the quarter of an hour begins anew";
    server.advance(minutes(14));
    EXPECT_EQ(browser.ask(background).status, 200);
    server.advance(minutes(1));
    EXPECT_EQ(browser.ask(background).status, 401);
}

TEST_F(Console, a_session_ends_with_its_account) {
    server.ask({.method = "POST",
                .path = "/v1/accounts",
                .body = R"({"account":"second","role":"owner"})"});
    browser.sign_in();
    EXPECT_EQ(server.ask({.method = "DELETE", .path = "/v1/accounts/anna"}).status, 204);
    EXPECT_EQ(browser.ask(kStatus).status, 401);
}

TEST_F(Console, guessing_a_password_is_stopped_after_ten_tries) {
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(browser.sign_in(kWrong).status, 401);
    const Answer refused = browser.sign_in();
    EXPECT_EQ(refused.status, 429) << "even with the right one";
    EXPECT_FALSE(refused.header("Retry-After").empty());
}

TEST_F(Console, tells_its_rights_to_whoever_is_signed_in) {
    server.ask({.method = "POST",
                .path = "/v1/accounts",
                .body = R"({"account":"vera","role":"viewer","password":"correct horse"})"});
    const Answer answer =
        browser.sign_in(R"({"account":"vera","password":"correct horse","cookie":true})");
    EXPECT_EQ(boost::json::serialize(answer.json().at("rights")), R"(["view"])");
    EXPECT_EQ(browser.ask(kToken).status, 403);
}

TEST(ConsoleFirstRun, says_that_nobody_has_an_account_yet) {
    store::MemoryDisk disk;
    TestServer server(disk, kNow);
    const Answer answer = server.ask({.path = "/v1/session"});
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.json().at("code").as_string(), "no_account_yet");
}

// --- the files

TEST_F(Console, every_page_is_the_same_file_and_runs_nothing_but_its_own) {
    const Answer home = server.ask({.path = "/"});
    ASSERT_EQ(home.status, 200);
    EXPECT_EQ(home.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(home.header("X-Frame-Options"), "DENY");
    EXPECT_EQ(home.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(home.header("Referrer-Policy"), "no-referrer");
    const std::string policy = home.header("Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "))
        << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(home.body.find("<style"), std::string::npos);
    EXPECT_EQ(home.body.find(" style="), std::string::npos);
    EXPECT_EQ(home.body.find("<script>"), std::string::npos);
    EXPECT_EQ(server.ask({.path = "/console/holders"}).body, home.body);
    EXPECT_EQ(server.ask({.path = "/console/a/b"}).status, 404);
}

TEST_F(Console, a_page_that_has_not_changed_is_not_sent_again) {
    const std::string tag = server.ask({.path = "/"}).header("ETag");
    Ask again{.path = "/"};
    again.headers = {{"If-None-Match", tag}};
    const Answer answer = server.ask(again);
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.header("Cache-Control"), "no-cache");
}

TEST_F(Console, its_scripts_are_kept_for_good_under_a_name_that_changes_with_them) {
    const std::string page = server.ask({.path = "/"}).body;
    const size_t begin = page.find("/assets/");
    ASSERT_NE(begin, std::string::npos) << page;
    const std::string path = page.substr(begin, page.find('"', begin) - begin);
    const Answer asset = server.ask({.path = path});
    EXPECT_EQ(asset.status, 200) << path;
    EXPECT_EQ(asset.header("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(asset.header("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(server.ask({.path = "/assets/index.html"}).status, 404);
    EXPECT_EQ(server.ask({.path = "/assets/..%2f..%2fetc%2fpasswd"}).status, 404);
}

// --- what a pack says before anybody decides

TEST_F(Console, a_preview_of_what_is_no_pack_changes_nothing_and_says_so) {
    browser.sign_in();
    Ask ask{.method = "POST",
            .path = "/v1/packs?dry_run=yes",
            .body = "-----BEGIN CALM KEY PACK-----\nnonsense\n-----END CALM KEY PACK-----\n",
            .content_type = "text/plain"};
    const Answer answer = browser.ask(ask);
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(browser.ask({.path = "/v1/packs"}).body, R"({"packs":[],"moved":[]})");
}

}  // namespace
}  // namespace calm::testing
