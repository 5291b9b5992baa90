// Problems and their pages say what is wrong, in both languages, and run nothing.
#include "http/problem.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "http/problem_page.h"
#include "http/response.h"
#include "http/test_client.h"

namespace calm::http {
namespace {

TEST(Problem, every_status_of_the_table_has_its_words_in_both_languages) {
    const ProblemTable table;
    for (const auto& [code, status] : table.entries()) {
        EXPECT_NE(status_phrase(status), "Unknown") << code;
        for (const char* part : {"title", "cause", "remedy"}) {
            const std::string key = "problem." + std::string(code) + "." + part;
            EXPECT_TRUE(has_message(Language::en, key)) << key;
            EXPECT_TRUE(has_message(Language::fr, key)) << key;
        }
    }
}

TEST(Problem, the_layer_above_adds_its_codes_and_what_nobody_listed_is_500) {
    const ProblemTable table{{"no_such_cal", 404}, {"a_first_one", 409}};
    EXPECT_EQ(table.status("no_such_cal"), 404);
    EXPECT_EQ(table.status("a_first_one"), 409);
    EXPECT_EQ(table.status("body_too_large"), 413);
    EXPECT_EQ(table.status("never_heard_of"), 500);
    EXPECT_FALSE(table.has("never_heard_of"));
}

TEST(Problem, is_json_in_the_language_of_the_reader_whatever_the_detail_holds) {
    std::string nasty = "a \"quote\" \\ \n \x01 \x7f é \xff";
    nasty += '\0';
    const auto problem =
        boost::json::parse(problem_json({"bad_request", nasty}, 400, Language::fr));
    EXPECT_EQ(problem.at("type").as_string(), "/problems/bad_request");
    EXPECT_EQ(problem.at("title").as_string(), message(Language::fr, "problem.bad_request.title"));
    EXPECT_EQ(problem.at("status").as_int64(), 400);
    EXPECT_EQ(problem.at("code").as_string(), "bad_request");
    EXPECT_NE(problem.at("detail").as_string().find("\"quote\" \\ \n"), std::string::npos);
    const Error error{"bad_field", "`name` is longer than 64 bytes"};
    EXPECT_EQ(boost::json::parse(problem_json(error, 400, Language::en)).at("detail").as_string(),
              error.detail);
    EXPECT_EQ(boost::json::parse(problem_json(error, 400, Language::fr)).at("detail").as_string(),
              "`name` dépasse 64 octets");
    EXPECT_FALSE(boost::json::parse(problem_json({"internal", "secret"}, 500, Language::en))
                     .as_object()
                     .contains("detail"));
}

// Some are reasons, whose words are theirs.
TEST(Problem, has_the_title_of_the_reason_that_it_is) {
    const auto title = [](std::string code) {
        const auto problem = boost::json::parse(problem_json({code, ""}, 409, Language::fr));
        return std::string(problem.at("title").as_string());
    };
    EXPECT_EQ(title("pack_in_use"), message(Language::fr, "reason.pack_in_use.title"));
    EXPECT_EQ(title("pack_kind_not_sold"),
              message(Language::fr, "reason.pack_kind_not_sold.title"));
    EXPECT_EQ(title("never_heard_of"), "never_heard_of");
}

struct ProblemPage : ::testing::Test {
    testing::RunningServer running{problem_page_routes()};
    testing::RawClient client{running.port()};

    testing::Answer get(std::string_view path, std::string_view language) {
        client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nAccept-Language: " +
                    std::string(language) + "\r\n\r\n");
        return client.read_answer();
    }
};

TEST_F(ProblemPage, explains_a_problem_in_the_language_of_the_reader) {
    const auto english = get("/problems/body_too_large", "en");
    EXPECT_EQ(english.status, 200);
    EXPECT_EQ(english.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_NE(english.body.find("<h1>The request is too large</h1>"), std::string::npos);
    EXPECT_NE(english.body.find("What to do"), std::string::npos);
    const auto french = get("/problems/body_too_large", "fr-CH, en;q=0.5");
    EXPECT_NE(french.body.find("<html lang=\"fr\">"), std::string::npos);
    EXPECT_NE(french.body.find("<h1>La requête est trop grande</h1>"), std::string::npos);
}

TEST_F(ProblemPage, explains_a_reason_too) {
    EXPECT_EQ(get("/problems/no_cal_available", "en").status, 200);
}

TEST_F(ProblemPage, runs_nothing_and_loads_only_its_style_sheet) {
    const auto page = get("/problems", "en");
    EXPECT_TRUE(
        page.header("Content-Security-Policy").starts_with("default-src 'none'; style-src 'self'"));
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
    EXPECT_EQ(page.body.find("style="), std::string::npos);
    EXPECT_NE(page.body.find("href=\"/problems/body_too_large\""), std::string::npos);
    const auto style = get("/problems/style.css", "en");
    EXPECT_EQ(style.status, 200);
    EXPECT_EQ(style.header("Content-Type"), "text/css; charset=utf-8");
    EXPECT_NE(style.body.find("prefers-color-scheme"), std::string::npos);
}

TEST_F(ProblemPage, every_page_that_is_listed_can_be_opened) {
    const std::string list = get("/problems", "fr").body;
    size_t pages = 0;
    for (size_t at = 0; (at = list.find("<a href=\"", at)) != std::string::npos; ++pages) {
        at += std::string_view("<a href=\"").size();
        const std::string path = list.substr(at, list.find('"', at) - at);
        ASSERT_EQ(get(path, "fr").status, 200) << path;
    }
    EXPECT_GT(pages, 50u);
}

TEST_F(ProblemPage, unknown_codes_are_404_and_nothing_is_echoed_as_markup) {
    for (const char* path :
         {"/problems/never_heard_of", "/problems/bad_request.title", "/problems/%3Cb%3E",
          "/problems/%00", "/problems/%ff", "/problems/title"}) {
        const auto answer = get(path, "en");
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << path;
    }
}

}  // namespace
}  // namespace calm::http
