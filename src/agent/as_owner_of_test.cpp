#include "agent/as_owner_of.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/sealed_file.h"

namespace calm {
namespace {

constexpr uid_t kOwner = 65534;

class AsOwnerOfTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "owner_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    uid_t owner_of_file_written_as_owner_of(const std::string& directory) {
        const std::string path = directory_ + "/file";
        {
            const AsOwnerOf owner(directory);
            EXPECT_TRUE(write_file(path, "text", 0600).has_value());
        }
        struct stat info {};
        EXPECT_EQ(stat(path.c_str(), &info), 0);
        return info.st_uid;
    }

    std::string directory_;
};

TEST_F(AsOwnerOfTest, WhatRootWritesBelongsToTheDirectorysOwner) {
    // The kernel lets nobody but root change its user; CI runs as root, so there it always runs.
    if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    ASSERT_EQ(chown(directory_.c_str(), kOwner, kOwner), 0);
    EXPECT_EQ(owner_of_file_written_as_owner_of(directory_), kOwner);
    EXPECT_EQ(geteuid(), 0U);
}

TEST_F(AsOwnerOfTest, NothingChangesWhereThereIsNothingToBecome) {
    EXPECT_EQ(owner_of_file_written_as_owner_of(directory_), geteuid());
    EXPECT_EQ(owner_of_file_written_as_owner_of(directory_ + "/missing"), geteuid());
}

}  // namespace
}  // namespace calm
