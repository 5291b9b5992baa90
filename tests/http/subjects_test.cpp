// What is kept about somebody, and forgetting it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace calm::testing {
namespace {

class Subjects : public ::testing::Test {
  protected:
    void SetUp() override {
        post("/v1/products", R"({"product":"mail-1","requires":"trusted"})");
        post("/v1/packs", R"({"declared":{"product":"mail-1","kind":"per_user","quantity":1}})");
        const auto token = post("/v1/hosts/tokens", "{}").json();
        post("/v1/hosts",
             fmt::format(R"({{"token":"{}","name":"h","public_key":"{}"}})",
                         std::string(token.at("token").as_string()), std::string(64, 'a')));
        const Answer admitted =
            post("/v1/admissions", R"({"product":"mail-1","user":"anna","host":1})");
        ASSERT_EQ(admitted.status, 200) << admitted.body;
    }
    Answer post(const std::string& path, const std::string& body) {
        return server.ask({.method = "POST", .path = path, .body = body});
    }
    store::MemoryDisk disk;
    TestServer server{disk, kNow};
};

TEST_F(Subjects, are_told_with_their_days_of_use_or_without) {
    const auto whole = post("/v1/subjects/export", R"({"kind":"user","name":"anna"})").json();
    EXPECT_TRUE(whole.as_object().contains("usage"));
    const auto rest =
        post("/v1/subjects/export", R"({"kind":"user","name":"anna","usage":false})").json();
    EXPECT_FALSE(rest.as_object().contains("usage"));
    EXPECT_EQ(rest.at("cals"), whole.at("cals"));
}

TEST_F(Subjects, are_forgotten_for_a_reason_that_the_log_keeps) {
    constexpr const char* kErase = "/v1/subjects/erase";
    EXPECT_EQ(post(kErase, R"({"kind":"user","name":"anna"})").code(), "missing_field");
    EXPECT_EQ(post(kErase, R"({"kind":"user","name":"anna","why":"bored"})").code(), "bad_field");
    EXPECT_EQ(post("/v1/subjects/export", R"({"kind":"user","name":"anna","why":"left"})").code(),
              "bad_field");
    const Answer done = post(kErase, R"({"kind":"user","name":"anna","why":"period_over"})");
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_NE(server.ask({.path = "/v1/audit"})
                  .body.find(R"("entry":"subject_erased","subject":1,"why":"period_over"})"),
              std::string::npos);
    EXPECT_EQ(post("/v1/subjects/export", R"({"kind":"user","name":"anna"})").status, 404);
}

}  // namespace
}  // namespace calm::testing
