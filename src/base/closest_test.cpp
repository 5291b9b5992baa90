// A typing mistake finds its word; another word finds nothing.
#include "base/closest.h"

#include <gtest/gtest.h>

namespace calm {
namespace {

constexpr std::string_view kWords[] = {"state_dir", "socket", "language", "name"};

TEST(Closest, ATypingMistakeFindsItsWord) {
    EXPECT_EQ(closest("sate_dir", kWords), "state_dir");
    EXPECT_EQ(closest("state-dir", kWords), "state_dir");
    EXPECT_EQ(closest("socket", kWords), "socket");
    EXPECT_EQ(closest("sokcet", kWords), "socket");
    EXPECT_EQ(closest("names", kWords), "name");
}

TEST(Closest, AnotherWordFindsNothing) {
    EXPECT_EQ(closest("colour", kWords), "");
    EXPECT_EQ(closest("", kWords), "");
    EXPECT_EQ(closest(std::string(100'000, 'n'), kWords), "");
    EXPECT_EQ(closest("socket", {}), "");
    constexpr std::string_view kShort[] = {"a"};
    EXPECT_EQ(closest("b", kShort), "");
}

}  // namespace
}  // namespace calm
