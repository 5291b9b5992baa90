// Registry.pol: read and written again byte for byte, and whatever is wrong is named by its place.
#include "policy/registry_pol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calm {
namespace {

using testing::HasSubstr;

constexpr std::string_view kKey = R"(Software\Policies\CALM\Host)";

std::string complaint(std::string_view bytes) {
    const auto read = decode_registry_pol(bytes);
    if (read) return "it was read";
    EXPECT_EQ(read.error().code, "registry_pol_malformed");
    return read.error().detail;
}

std::string wide(std::string_view ascii) {
    std::string out;
    for (const char c : ascii)
        out.append({c, '\0'});
    return out;
}

TEST(RegistryPol, AnEntryIsLaidOutAsTheFormatSays) {
    const std::string bytes = encode_registry_pol({dword_entry("K", "V", 0x01020304)});
    EXPECT_EQ(bytes, std::string("PReg\1\0\0\0", 8) + wide(std::string_view("[K\0;V\0;", 7)) +
                         std::string("\4\0\0\0", 4) + wide(";") + std::string("\4\0\0\0", 4) +
                         wide(";") + "\4\3\2\1" + wide("]"));
}

TEST(RegistryPol, WhatIsWrittenIsReadAgain) {
    PolicyEntry odd{.key = u"Software\\\xD800", .value = u"", .type = RegistryType{77}};
    odd.data = std::string("]\0;\0[", 5);
    const RegistryPol entries{text_entry(kKey, "Contact", "appelez le 12\xE2\x82\xAC"),
                              dword_entry(kKey, "BudgetMs", 1500), odd};
    const auto read = decode_registry_pol(encode_registry_pol(entries));
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(*read, entries);
    EXPECT_EQ(text_of((*read)[0]), "appelez le 12\xE2\x82\xAC");
    EXPECT_EQ(dword_of((*read)[1]), 1500);
}

TEST(RegistryPol, AFileWithoutEntriesIsAPolicyThatSetsNothing) {
    const auto read = decode_registry_pol(std::string_view("PReg\1\0\0\0", 8));
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->empty());
}

TEST(RegistryPol, EveryCutIsNamedAndNoneIsRead) {
    const std::string whole = encode_registry_pol({text_entry(kKey, "Contact", "x")});
    for (size_t size = 0; size < whole.size(); ++size) {
        if (size == 8) continue;  // a whole file without entries
        EXPECT_NE(complaint(whole.substr(0, size)), "it was read") << size;
    }
}

TEST(RegistryPol, WhatIsWrongIsNamedByItsPlace) {
    EXPECT_THAT(complaint(""), HasSubstr("does not begin with `PReg`"));
    EXPECT_THAT(complaint(std::string_view("PReg\2\0\0\0", 8)), HasSubstr("version 2"));
    EXPECT_THAT(complaint(std::string_view("PReg\1\0\0\0x\0", 10)),
                HasSubstr("byte 8: there is no `[`"));
    std::string big = encode_registry_pol({text_entry("K", "V", "x")});
    const size_t at = big.find(wide(";") + std::string("\4\0\0\0", 4)) + 2;
    big[at + 3] = '\x7F';
    EXPECT_THAT(complaint(big), HasSubstr("the file ends before"));
    EXPECT_THAT(complaint(std::string(kRegistryPolBytesMax + 1, 'x')), HasSubstr("more than"));
}

TEST(RegistryPol, TextAndNumbersHaveTheirForm) {
    PolicyEntry entry = text_entry("K", "V", "name");
    EXPECT_EQ(dword_of(entry), std::nullopt);
    entry.data += wide(std::string_view("more\0", 5));
    EXPECT_EQ(text_of(entry), "name");  // ends at its first NUL
    entry.data = wide("name");
    EXPECT_EQ(text_of(entry), "name");  // some writers leave it out
    entry.data += 'x';
    EXPECT_EQ(text_of(entry), std::nullopt);
    entry = dword_entry("K", "V", 7);
    EXPECT_EQ(text_of(entry), std::nullopt);
    entry.data.pop_back();
    EXPECT_EQ(dword_of(entry), std::nullopt);
}

TEST(RegistryPol, NamesAreComparedWithoutRegardToCase) {
    EXPECT_TRUE(same_name(u"SOFTWARE\\policies", R"(Software\Policies)"));
    EXPECT_FALSE(same_name(u"Software\\Policies\\", R"(Software\Policies)"));
}

TEST(RegistryPol, CharactersGoBothWays) {
    const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    EXPECT_EQ(utf16_of(text), u"a\u00E9\u20AC\U0001F600");
    EXPECT_EQ(utf8_of(utf16_of(text)), text);
    EXPECT_EQ(utf8_of(u"\xD800x"), "\xEF\xBF\xBDx");
    EXPECT_EQ(utf8_of(u"\xDC00"), "\xEF\xBF\xBD");
    for (const char* bad : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80"})
        EXPECT_EQ(utf16_of(bad).front(), u'\xFFFD') << bad;
}

}  // namespace
}  // namespace calm
