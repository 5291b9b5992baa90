// The host's files: what is written is read again, and what is not whole counts as absent. What
// people may try with them is in tampering_test.cpp.
#include "agent/host_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/sealed_file.h"
#include "client/fake_servers.h"

namespace calm {
namespace {

using test::FakeServers;
namespace fs = std::filesystem;

class HostFilesTest : public testing::Test {
  protected:
    HostFilesTest() {
        std::string pattern = (fs::temp_directory_path() / "calm-host-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        files_ = std::make_unique<HostFiles>(directory_.string());
    }
    ~HostFilesTest() override { fs::remove_all(directory_); }

    // The clock of the machine's own file system: what inodes are stamped with.
    static Instant wall() { return Instant{time(nullptr)}; }

    static void write(const fs::path& path, const std::string& text) {
        std::ofstream(path) << text;
    }

    fs::path directory_;
    std::unique_ptr<HostFiles> files_;
    const SecretKey key_ = SecretKey::from_seed(Seed{77});
};

std::string code_of(const auto& result) {
    return result ? std::string("fine") : result.error().code;
}

TEST_F(HostFilesTest, TheKeyIsMadeOnceAndStaysTheHosts) {
    const auto first = files_->key_for_enrolment();
    const auto again = files_->key_for_enrolment();
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->public_key(), again->public_key());
    EXPECT_EQ(fs::status(directory_ / "host.key").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);

    fs::permissions(directory_ / "host.key", fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(code_of(files_->key_for_enrolment()), "host_key_malformed");
    write(directory_ / "host.key", "not a key");
    fs::permissions(directory_ / "host.key", fs::perms::owner_read);
    EXPECT_EQ(code_of(files_->key_for_enrolment()), "host_key_malformed");
}

TEST_F(HostFilesTest, WhereItFollowedIsReadAgainOrCountsAsAbsent) {
    const LedgerId from = ledger_id_of(SecretKey::from_seed(Seed{1}).public_key());
    const LedgerId to = ledger_id_of(SecretKey::from_seed(Seed{2}).public_key());
    Followed step{.from = from,
                  .server = {.address = *parse_server_address("https://ls2.example.org:7443"),
                             .fingerprint = Hash{3},
                             .ca_file = {},
                             .license_server = to}};
    std::vector<Followed> steps{step};
    // And there with another certificate later.
    step.from = to;
    step.server.fingerprint = Hash{4};
    steps.push_back(step);
    EXPECT_TRUE(files_->load_followed(key_).empty());
    ASSERT_TRUE(files_->keep_followed(key_, steps));
    EXPECT_EQ(files_->load_followed(key_), steps);
    EXPECT_TRUE(files_->load_followed(SecretKey::from_seed(Seed{78})).empty());
    std::fstream file(directory_ / "followed.json", std::ios::in | std::ios::out);
    file.seekp(20);
    file.put('~');
    file.close();
    EXPECT_TRUE(files_->load_followed(key_).empty());
}

TEST_F(HostFilesTest, AnEnrolmentIsOfThisKeyAndOfNoOther) {
    EXPECT_EQ(code_of(files_->identity()), "host_not_enrolled");
    const auto key = files_->key_for_enrolment();
    const SampleLedger ledger;
    ASSERT_TRUE(files_->keep_enrolment(*key, {.host = {4},
                                              .ledger = to_string(ledger.id()),
                                              .identity = ledger.identity.public_key().bytes}));
    const auto identity = files_->identity();
    ASSERT_TRUE(identity) << identity.error().detail;
    EXPECT_EQ(identity->host, HostId{4});
    EXPECT_EQ(identity->ledger(), ledger.id());
    EXPECT_EQ(identity->key.public_key(), key->public_key());

    fs::remove(directory_ / "host.key");
    ASSERT_TRUE(files_->key_for_enrolment());
    EXPECT_EQ(code_of(files_->identity()), "host_not_enrolled");
}

TEST_F(HostFilesTest, EachLedgersFilesAreItsOwn) {
    const auto key = files_->key_for_enrolment();
    const SampleLedger first;
    const SampleLedger second(3);
    const auto enrolled = [](const SampleLedger& ledger, HostId host) {
        return wire::Enrolled{.host = host,
                              .ledger = to_string(ledger.id()),
                              .identity = ledger.identity.public_key().bytes};
    };
    HostFiles further(directory_.string(), second.id());
    ASSERT_TRUE(files_->keep_enrolment(*key, enrolled(first, {4})));
    EXPECT_EQ(code_of(further.identity()), "host_not_enrolled");
    ASSERT_TRUE(further.keep_enrolment(*key, enrolled(second, {9})));
    EXPECT_EQ(files_->identity()->host, HostId{4});
    EXPECT_EQ(further.identity()->host, HostId{9});
    EXPECT_EQ(further.identity()->key.public_key(), key->public_key());

    HostState state;
    state.last_contact = FakeServers::kStart;
    ASSERT_TRUE(further.keep_state(*key, state, wall()));
    EXPECT_EQ(further.load_state(*key), state);
    EXPECT_EQ(code_of(files_->load_state(*key)), "host_state_malformed");
    // One ledger's file in another one's place counts as absent.
    const fs::path place = directory_ / "servers" / to_string(second.id());
    fs::copy(place / "state.json", directory_ / "state.json");
    EXPECT_EQ(code_of(files_->load_state(*key)), "host_state_malformed");
    fs::copy(directory_ / "enrolment.json", place / "enrolment.json",
             fs::copy_options::overwrite_existing);
    EXPECT_EQ(code_of(further.identity()), "host_not_enrolled");
}

TEST_F(HostFilesTest, AStateIsReadAsItWasWritten) {
    HostState state;
    state.last_contact = FakeServers::kStart;
    state.products = {{.product = "sql-2012", .outage_days = 7}};
    state.sessions = {{.ask = {.product = "sql-2012", .user = "anna"},
                       .marks = {.service = "sshd", .leader = Leader{.pid = 7, .started = 8}},
                       .cal = {3},
                       .since = FakeServers::kStart,
                       .ask_again_at = FakeServers::kStart + minutes(5)}};
    ASSERT_TRUE(files_->keep_state(key_, state, wall()));
    EXPECT_EQ(files_->load_state(key_), state);
}

TEST_F(HostFilesTest, AStateThatNobodyCanStoreIsSaid) {
    HostFiles nowhere((directory_ / "missing").string());
    EXPECT_EQ(code_of(nowhere.keep_state(key_, {}, wall())), "host_file_unwritable");
    EXPECT_EQ(code_of(nowhere.load_state(key_)), "host_state_malformed");
}

TEST_F(HostFilesTest, ASealedFileOfAnotherPurposeCountsAsAbsent) {
    ASSERT_TRUE(write_sealed_file((directory_ / "state.json").string(), key_, "token", "{}"));
    EXPECT_EQ(code_of(files_->load_state(key_)), "host_state_malformed");
}

}  // namespace
}  // namespace calm
