// What toml++ must not be shown, and what looks like it.
#include "base/toml_guard.h"

#include <string>

#include <gtest/gtest.h>

namespace calm {
namespace {

TEST(TomlGuard, OrdinaryTextPasses) {
    EXPECT_FALSE(guard_toml(""));
    EXPECT_FALSE(guard_toml("[a]\nx = [1, 2]\n  [[ b.c ]]\n[\"d\"]\ny = \"[,\"\n# [, { é\n"));
    EXPECT_FALSE(guard_toml("list = [\n  \"a\",\n  'b\\',\n]\n[]\n"));
    EXPECT_FALSE(guard_toml("t = \"{ \\\" é }\"\nl = '{é}'\n"));
}

TEST(TomlGuard, AHeaderWithoutANameIsFoundInItsLine) {
    for (const char* header : {"[,", "[ =", "[[,", "[ [", "[#", "[", "\t[.a]"}) {
        EXPECT_EQ(guard_toml(header).line, 1U) << header;
        EXPECT_EQ(guard_toml(std::string("a = 1\r\n") + header + "\n").line, 2U) << header;
    }
}

TEST(TomlGuard, BracesAndOtherAlphabetsBelongIntoQuotes) {
    EXPECT_EQ(guard_toml("a = 1\nb = [}]\n").line, 2U);
    EXPECT_EQ(guard_toml("a = {}\n").line, 1U);
    EXPECT_EQ(guard_toml("\xEF\xBB\xBF").line, 1U);
    EXPECT_EQ(guard_toml("a = \"x\"\n\nclé = 1\n").line, 3U);
    EXPECT_EQ(guard_toml("a = +\"é\"").line, 1U);
    EXPECT_EQ(guard_toml("a = \"x\"\"é\"").line, 1U);
    EXPECT_EQ(guard_toml("a = \"not closed\nb = {}").line, 2U);
    EXPECT_EQ(guard_toml("b = 1\na = \"\"\"x\ny\"\"\"").line, 2U);
}

}  // namespace
}  // namespace calm
