// Policy files: read one after the other, and noticed when they change.
#include "agent/policy_file.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/sealed_file.h"

namespace calm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PolicyFile : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "calm-policy-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        files_ = {directory_ / "first.pol", directory_ / "second.pol"};
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    static void write(const std::string& file, std::string_view bytes) {
        ASSERT_TRUE(write_file(file, bytes, 0644).has_value());
    }

    std::filesystem::path directory_;
    std::vector<std::string> files_;
    const PolicyEntry one_ = dword_entry("K", "one", 1);
    const PolicyEntry two_ = dword_entry("K", "two", 2);
};

TEST_F(PolicyFile, AFileThatIsNotThereSetsNothing) {
    const PolicyFiles none = read_policy_files(files_);
    EXPECT_THAT(none.entries, IsEmpty());
    EXPECT_THAT(none.found, IsEmpty());
    EXPECT_THAT(none.unusable, IsEmpty());
}

TEST_F(PolicyFile, TheLaterStandsAfterTheEarlier) {
    write(files_[0], encode_registry_pol({one_}));
    write(files_[1], encode_registry_pol({two_}));
    EXPECT_THAT(read_policy_files(files_).entries, ElementsAre(one_, two_));
}

TEST_F(PolicyFile, ADamagedOneIsNamedAndTheOthersCount) {
    write(files_[0], "PReg");
    write(files_[1], encode_registry_pol({two_}));
    const PolicyFiles read = read_policy_files(files_);
    EXPECT_THAT(read.entries, ElementsAre(two_));
    EXPECT_THAT(read.found, ElementsAre(files_[0], files_[1]));
    ASSERT_EQ(read.unusable.size(), 1);
    EXPECT_EQ(read.unusable[0].first, files_[0]);
    EXPECT_EQ(read.unusable[0].second.code, "registry_pol_malformed");
}

TEST_F(PolicyFile, EveryChangeIsNoticed) {
    std::mutex mutex;
    std::condition_variable called;
    int calls = 0;
    const auto seen = PolicyWatch::marks_of(files_);
    // A change before the watch began is one, too.
    write(files_[0], encode_registry_pol({one_}));
    const PolicyWatch watch(files_, seen, [&] {
        const std::scoped_lock lock(mutex);
        ++calls;
        called.notify_all();
    });
    const auto wait_for_call = [&](int number) {
        std::unique_lock lock(mutex);
        called.wait(lock, [&] { return calls >= number; });
    };
    wait_for_call(1);
    write(files_[0], encode_registry_pol({two_}));
    wait_for_call(2);
    std::filesystem::remove(files_[0]);
    wait_for_call(3);
    EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace calm
