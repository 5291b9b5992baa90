// The disk refuses, or does not say: nothing is promised that is not written, and nothing written
// is lost.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test_server.h"

namespace calm::testing {
namespace {

using Fault = store::MemoryDisk::Fault;

constexpr const char* kErase = R"({"kind":"user","name":"anna","why":"requested"})";

class FailingDisk : public ::testing::Test {
  protected:
    FailingDisk() : server_(std::make_unique<TestServer>(disk_, kNow)) {
        post("/v1/products", R"({"product":"mail-1","requires":"trusted"})");
        post("/v1/packs", R"({"declared":{"product":"mail-1","kind":"per_user","quantity":1}})");
        const auto token = post("/v1/hosts/tokens", "{}").json();
        post("/v1/hosts",
             fmt::format(R"({{"token":"{}","name":"h","public_key":"{}"}})",
                         std::string(token.at("token").as_string()), std::string(64, 'a')));
    }

    Answer post(const std::string& path, const std::string& body) {
        return server_->ask({.method = "POST", .path = path, .body = body});
    }
    Answer admit(const std::string& user, const std::string& id = {}) {
        return post("/v1/admissions",
                    fmt::format(R"({{"host":1,"product":"mail-1","user":"{}"{}}})", user,
                                id.empty() ? "" : R"(,"request_id":")" + id + '"'));
    }
    std::string reason(const Answer& answer) {
        return answer.status == 200 ? std::string(answer.json().at("reason").as_string())
                                    : answer.code();
    }
    int64_t entries() {
        return server_->ask({.path = "/v1/status"}).json().at("entries").to_number<int64_t>();
    }

    store::MemoryDisk disk_;
    std::unique_ptr<TestServer> server_;
};

TEST_F(FailingDisk, a_full_disk_refuses_new_cals_and_serves_holders) {
    EXPECT_EQ(reason(admit("anna")), "cal_issued");
    disk_.fail_append(1, Fault::disk_full);
    const Answer refused = admit("bruno");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.code(), "disk_full");
    EXPECT_EQ(reason(admit("anna")), "cal_held");
    EXPECT_EQ(reason(admit("bruno")), "cal_overuse_issued");
}

// Bruno's number is given to Chloe when his entries are taken back: what she uses is hers alone.
TEST_F(FailingDisk, usage_is_of_those_whose_admission_was_written) {
    disk_.fail_append(1, Fault::not_committed);
    EXPECT_EQ(admit("bruno").status, 503);
    EXPECT_EQ(reason(admit("chloe")), "cal_issued");
    EXPECT_EQ(reason(admit("chloe")), "cal_held");
    server_.reset();  // writes what is counted
    const auto journal = store::open_memory_journal(disk_);
    ASSERT_TRUE(journal);
    const auto reader = (*journal)->open_reader();
    ASSERT_TRUE(reader);
    std::vector<store::UsageRow> rows;
    ASSERT_TRUE((*reader)->usage(0, UINT32_MAX, [&](const store::UsageRow& row) {
        rows.push_back(row);
        return true;
    }));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].user, SubjectId{1});
    EXPECT_EQ(rows[0].count, 2U);
}

TEST_F(FailingDisk, what_was_taken_back_never_happened) {
    const int64_t before = entries();
    disk_.fail_append(1, Fault::not_committed);
    EXPECT_EQ(admit("anna").status, 503);
    EXPECT_EQ(entries(), before);
    // The seat that the lost answer would have taken is free again, and the name is new again.
    EXPECT_EQ(reason(admit("bruno")), "cal_issued");
    EXPECT_EQ(reason(admit("anna")), "cal_overuse_issued");
}

TEST_F(FailingDisk, an_unknown_commit_that_was_none_is_refused) {
    disk_.fail_append(1, Fault::unknown);
    EXPECT_EQ(admit("anna").status, 503);
    EXPECT_EQ(reason(admit("bruno")), "cal_issued");
}

TEST_F(FailingDisk, an_unknown_commit_that_was_one_is_answered) {
    disk_.fail_append(1, Fault::committed_as_unknown);
    EXPECT_EQ(reason(admit("anna")), "cal_issued");
    EXPECT_EQ(reason(admit("anna")), "cal_held");
}

TEST_F(FailingDisk, a_refused_erasure_keeps_the_name) {
    EXPECT_EQ(reason(admit("anna")), "cal_issued");
    disk_.fail_append(1, Fault::not_committed);
    EXPECT_EQ(post("/v1/subjects/erase", kErase).status, 503);
    EXPECT_EQ(reason(admit("anna")), "cal_held");
    EXPECT_EQ(post("/v1/subjects/erase", kErase).status, 200);
    EXPECT_EQ(reason(admit("anna")), "cal_issued");
}

TEST_F(FailingDisk, the_same_request_id_gets_the_same_answer_after_a_restart) {
    const std::string id(32, '7');
    EXPECT_EQ(reason(admit("anna", id)), "cal_issued");
    server_.reset();
    server_ = std::make_unique<TestServer>(disk_, kNow);
    EXPECT_EQ(reason(admit("anna", id)), "cal_issued");
    EXPECT_EQ(reason(admit("anna")), "cal_held");
    EXPECT_EQ(admit("bruno", id).code(), "request_id_reused");
}

}  // namespace
}  // namespace calm::testing
