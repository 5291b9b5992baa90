// What is printed is aligned, and cannot steer a terminal.
#include "cli/table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
    Table table({{"NAME"}, {"N", true}});
    table.add({"anna", "7"});
    table.add({"bruno-chloe", "12345"});
    EXPECT_EQ(table.text(false),
              "NAME             N\n"
              "anna             7\n"
              "bruno-chloe  12345\n");
}

TEST(Table, AccentsTakeOneColumnAndWideCharactersTwo) {
    Table table({{"A"}, {"B"}});
    table.add({"Zoé", "x"});
    table.add({"e\xCC\x81", "x"});  // e and a combining accent
    table.add({"日本", "x"});
    EXPECT_EQ(table.text(false),
              "A     B\n"
              "Zoé   x\n"
              "e\xCC\x81     x\n"
              "日本  x\n");
}

TEST(Table, ALineHasNoSpacesAtItsEnd) {
    Table table({{"A"}, {"B"}});
    table.add({"long", ""});
    EXPECT_EQ(table.text(false), "A     B\nlong\n");
}

TEST(Printable, ControlCharactersAreShownNotObeyed) {
    EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
    EXPECT_EQ(printable("a\nb"), "a\\x0ab");
    EXPECT_EQ(printable("a\nb", true), "a\nb");
    EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");  // CSI as a C1 character
    EXPECT_EQ(printable("a\xE2\x80\xAE"
                        "b"),
              "a\\u202eb");  // turns the direction round
    EXPECT_EQ(printable("Zoé 日本"), "Zoé 日本");
}

TEST(Printable, MalformedUtf8IsReplaced) {
    const std::string mark = "\xEF\xBF\xBD";
    EXPECT_EQ(printable("a\xFF"), "a" + mark);
    EXPECT_EQ(printable("\xC3"), mark);
    EXPECT_EQ(printable("\xC0\xAF"), mark + mark);             // overlong
    EXPECT_EQ(printable("\xED\xA0\x80"), mark + mark + mark);  // a surrogate
}

RC_GTEST_PROP(Printable, WhateverGoesInNothingThatSteersComesOut, (const std::string& text)) {
    const std::string shown = printable(text);
    for (const char c : shown) {
        const auto byte = static_cast<unsigned char>(c);
        RC_ASSERT(byte >= 0x20 && byte != 0x7F);
    }
    RC_ASSERT(printable(shown) == shown);
}

TEST(Wrap, LinesAreBrokenAtSpacesAndIndented) {
    EXPECT_EQ(wrap("one two three four", 10, 2), "  one two\n  three\n  four\n");
    EXPECT_EQ(wrap("", 10, 2), "");
}

TEST(Wrap, WhatStandsInBackticksIsNotBroken) {
    EXPECT_EQ(wrap("run `calm pack add FILE` now", 12, 0), "run\n`calm pack add FILE`\nnow\n");
    EXPECT_EQ(wrap("an open ` tick", 80, 0), "an open ` tick\n");
}

TEST(FactLines, EmptyFactsAreLeftOut) {
    EXPECT_EQ(fact_lines({{"A", "1"}, {"Longer", ""}, {"Bcd", "2"}}), "A       1\nBcd     2\n");
}

}  // namespace
}  // namespace calm::cli
