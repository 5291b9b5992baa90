// Both languages say everything that the other says, with the same blanks to fill.
#include "messages/messages.h"

#include <set>

#include <gtest/gtest.h>

namespace calm {
namespace {

std::set<std::string> blanks_of(std::string_view text) {
    std::set<std::string> names;
    for (size_t open = text.find('{'); open != std::string_view::npos;
         open = text.find('{', open + 1)) {
        names.emplace(text.substr(open, text.find('}', open) - open));
    }
    return names;
}

TEST(Messages, english_and_french_have_the_same_keys) {
    EXPECT_EQ(message_keys(Language::en), message_keys(Language::fr));
}

TEST(Messages, translations_keep_the_blanks_and_are_not_empty) {
    for (const auto key : message_keys(Language::en)) {
        EXPECT_FALSE(message(Language::en, key).empty()) << key;
        EXPECT_FALSE(message(Language::fr, key).empty()) << key;
        EXPECT_EQ(blanks_of(message(Language::en, key)), blanks_of(message(Language::fr, key)))
            << key;
    }
}

TEST(Messages, a_missing_key_shows_itself) {
    EXPECT_EQ(message(Language::fr, "no.such.key"), "no.such.key");
    EXPECT_FALSE(has_message(Language::en, "no.such.key"));
}

TEST(Messages, language_follows_the_person) {
    EXPECT_EQ(language_from_locale("fr_CH.UTF-8"), Language::fr);
    EXPECT_EQ(language_from_locale("de_DE.UTF-8"), Language::en);
    EXPECT_EQ(language_from_accept_language("de, fr-FR;q=0.9, en;q=0.8"), Language::fr);
    EXPECT_EQ(language_from_accept_language("en-GB, fr"), Language::en);
    EXPECT_EQ(language_from_accept_language(""), Language::en);
}

}  // namespace
}  // namespace calm
