// What mail does to a document: forgiven where it is harmless, named where it is not.
#include "documents/armour.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace calm {
namespace {

constexpr std::string_view kLabel = "CALM KEY PACK";

std::string body_of_size(size_t size) {
    std::string body;
    for (size_t i = 0; i < size; ++i)
        body += "ABCDEFGHabcdefgh0123._-"[i % 23];
    return body;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

TEST(Armour, wraps_at_64_columns) {
    EXPECT_EQ(armour("CALM VENDOR", body_of_size(66)),
              "-----BEGIN CALM VENDOR-----\n" + body_of_size(64) + "\n" +
                  body_of_size(66).substr(64) + "\n-----END CALM VENDOR-----\n");
}

RC_GTEST_PROP(Armour, what_goes_in_comes_out, ()) {
    const std::string body = body_of_size(*rc::gen::inRange<size_t>(1, 2000));
    RC_ASSERT((unarmour(kLabel, armour(kLabel, body)) == body));
}

TEST(Armour, harmless_damage_is_forgiven) {
    const std::string body = body_of_size(150);
    const std::string text = armour(kLabel, body);
    EXPECT_EQ(unarmour(kLabel, replaced(text, "\n", "\r\n")), body);
    EXPECT_EQ(unarmour(kLabel, replaced(text, "\n", " \t\n\n")), body);
    EXPECT_EQ(unarmour(kLabel, "\xef\xbb\xbf\n\n" + text + "\n\n"), body);
    EXPECT_EQ(unarmour(kLabel, "Dear customer,\n\nyour pack:\n" + text + "\nRegards\n> older mail"),
              body);
    EXPECT_EQ(unarmour(kLabel, text.substr(0, text.size() - 1)), body);
    EXPECT_EQ(unarmour(kLabel, replaced(text, "\n", "\n   ")), body);
}

struct Damage {
    const char* name;
    std::string text;
    std::string code;
    std::string detail;
};

TEST(Armour, harmful_damage_is_explained) {
    const std::string text = armour(kLabel, body_of_size(100));
    const Damage kCases[] = {
        {"empty", "", "armour_missing", "there is no `-----BEGIN CALM KEY PACK-----` line"},
        {"no end", replaced(text, "-----END", "END"), "armour_damaged",
         "line 4: ` ` does not belong there"},
        {"cut", text.substr(0, 60), "armour_missing",
         "there is no `-----END CALM KEY PACK-----` line"},
        {"quoted", "> " + replaced(text, "\n", "\n> "), "armour_damaged",
         "line 1: it begins with a quoting sign; remove those signs"},
        {"quoted inside", replaced(text, "\nA", "\n>A"), "armour_damaged",
         "line 2: it begins with a quoting sign; remove those signs"},
        {"other kind", replaced(text, "KEY PACK", "VENDOR"), "armour_wrong_kind",
         "it is a `CALM VENDOR`, not a `CALM KEY PACK`"},
        {"end of another kind", replaced(text, "END CALM KEY PACK", "END CALM VENDOR"),
         "armour_damaged", "line 4: the END line names another kind of document"},
        {"two", text + text, "armour_damaged",
         "line 5: there is more than one document in the text"},
        {"nested", replaced(text, "\nA", "\n-----BEGIN CALM KEY PACK-----\nA"), "armour_damaged",
         "line 2: a second BEGIN line before the END line"},
        {"percent", replaced(text, "\nA", "\n%A"), "armour_damaged",
         "line 2: `%` does not belong there"},
        {"control", replaced(text, "\nA", "\n\x01"), "armour_damaged",
         "line 2: `?` does not belong there"},
        {"nothing inside", armour(kLabel, "x").replace(30, 2, ""), "armour_damaged",
         "there is nothing between BEGIN and END"},
        {"huge", std::string(kArmouredSizeMax + 1, '\n'), "document_too_large",
         "the text is longer than any document"},
    };
    for (const auto& each : kCases) {
        const auto result = unarmour(kLabel, each.text);
        ASSERT_FALSE(result) << each.name;
        EXPECT_EQ(result.error().code, each.code) << each.name;
        EXPECT_EQ(result.error().detail, each.detail) << each.name;
    }
}

TEST(Armour, documents_that_stand_one_after_the_other_are_told_apart) {
    const std::string text = "Dear Ana,\n" + armour("CALM VENDOR", "v4.public.a") + "and\n" +
                             armour(kLabel, "v4.public.b") + armour(kLabel, "v4.public.c");
    const auto blocks = armour_blocks(text);
    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->size(), 3U);
    EXPECT_EQ(*unarmour(kLabel, (*blocks)[2]), "v4.public.c");
    EXPECT_EQ(*unarmour(kLabel, armour_block(kLabel, text)), "v4.public.b");
    EXPECT_EQ(armour_block("CALM REPORT", text), text);
    EXPECT_TRUE(armour_blocks("nothing")->empty());
    std::string many;
    for (size_t i = 0; i <= kArmourBlocksMax; ++i)
        many += armour(kLabel, "x");
    EXPECT_EQ(armour_blocks(many).error().code, "document_too_large");
}

}  // namespace
}  // namespace calm
