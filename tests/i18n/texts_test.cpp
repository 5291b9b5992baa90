// Every reason and every error code in the source has its texts, in English and in French.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <sstream>

#include <gtest/gtest.h>

#include "core/reason.h"
#include "messages/messages.h"

namespace calm {
namespace {

constexpr std::string_view kProblemTexts[] = {"title", "cause", "remedy"};
constexpr std::string_view kReasonTexts[] = {"title", "cause", "remedy", "sentence"};

bool has_texts(std::string_view section, std::string_view name,
               std::span<const std::string_view> texts) {
    for (const Language language : {Language::en, Language::fr}) {
        for (const auto text : texts) {
            const std::string key =
                std::string(section) + "." + std::string(name) + "." + std::string(text);
            if (!has_message(language, key)) return false;
        }
    }
    return true;
}

std::vector<std::string_view> reason_names() {
    std::vector<std::string_view> names;
    for (const auto& each : NamesOf<Reason>::value)
        names.push_back(each.second);
    return names;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// The code that follows `made` (such as `fail(`) everywhere in `text`.
void collect_codes(std::string_view text, std::string_view made, std::set<std::string>& codes) {
    for (size_t at = text.find(made); at != std::string_view::npos; at = text.find(made, at + 1)) {
        const size_t open = text.find_first_not_of(" \n", at + made.size());
        if (open == std::string_view::npos || text[open] != '"') continue;
        codes.emplace(text.substr(open + 1, text.find('"', open + 1) - open - 1));
    }
}

// The codes of fail("code", …) and Error{"code", …} in programs and libraries, tests left out.
std::set<std::string> codes_in_source() {
    std::set<std::string> codes;
    for (const char* folder : {"src", "apps"}) {
        const auto root = std::filesystem::path(CALM_SOURCE_DIR) / folder;
        for (const auto& each : std::filesystem::recursive_directory_iterator(root)) {
            const std::string name = each.path().filename();
            if (!name.ends_with(".cpp") && !name.ends_with(".h")) continue;
            if (name.ends_with("_test.cpp")) continue;
            const std::string text = read(each.path());
            collect_codes(text, "fail(", codes);
            collect_codes(text, "Error{", codes);
        }
    }
    return codes;
}

// What stands in backticks and begins with `start`, in order.
std::vector<std::string> quoted(std::string_view text, std::string_view start = "") {
    std::vector<std::string> words;
    for (size_t open = text.find('`'); open != std::string_view::npos;) {
        const size_t close = text.find('`', open + 1);
        if (close == std::string_view::npos) break;
        const auto word = text.substr(open + 1, close - open - 1);
        if (word.starts_with(start)) words.emplace_back(word);
        open = text.find('`', close + 1);
    }
    return words;
}

TEST(Texts, every_reason_has_title_cause_remedy_and_sentence_in_both_languages) {
    for (const std::string_view name : reason_names()) {
        EXPECT_TRUE(has_texts("reason", name, kReasonTexts)) << name;
    }
}

TEST(Texts, every_reason_text_belongs_to_a_reason) {
    for (const auto key : message_keys(Language::en)) {
        if (!key.starts_with("reason.")) continue;
        const auto name = key.substr(7, key.find('.', 7) - 7);
        EXPECT_TRUE(from_name<Reason>(name)) << key;
    }
}

TEST(Texts, every_error_code_in_the_source_has_title_cause_and_remedy_in_both_languages) {
    const auto codes = codes_in_source();
    ASSERT_GT(codes.size(), 20U);
    for (const auto& code : codes) {
        EXPECT_TRUE(has_texts("problem", code, kProblemTexts) ||
                    has_texts("reason", code, kProblemTexts))
            << code << ": add problem." << code << " to i18n/en.json and fr.json";
    }
}

// An admission's reason is told of a host, an error of the same name of whoever asked; packs and
// commands are refused in one situation only.
TEST(Texts, a_refused_pack_or_command_reads_the_same_as_reason_and_as_problem) {
    for (const auto& [reason, name] : NamesOf<Reason>::value) {
        const std::string both(name);
        if (static_cast<int>(reason) < 140) continue;
        if (!has_message(Language::en, "problem." + both + ".title")) continue;
        for (const Language language : {Language::en, Language::fr}) {
            for (const auto text : kProblemTexts) {
                const std::string key = "." + both + "." + std::string(text);
                EXPECT_EQ(message(language, "problem" + key), message(language, "reason" + key));
            }
        }
    }
}

// What a person is told must fit on a terminal line or two, and be a sentence.
TEST(Texts, sentences_are_short_and_end_with_a_full_stop) {
    for (const std::string_view name : reason_names()) {
        for (const Language language : {Language::en, Language::fr}) {
            const auto sentence = message(language, "reason." + std::string(name) + ".sentence");
            EXPECT_LE(sentence.size(), 200U) << name;
            EXPECT_TRUE(sentence.ends_with('.')) << name;
            EXPECT_TRUE(quoted(sentence).empty()) << name << ": commands are for administrators";
        }
    }
}

// A refusal that leaves the administrator alone is half a message.
TEST(Texts, the_remedy_of_a_refused_admission_names_a_command) {
    for (const auto& [reason, name] : NamesOf<Reason>::value) {
        if (allows(reason) || static_cast<int>(reason) >= 140) continue;
        const auto remedy = message(Language::en, "reason." + std::string(name) + ".remedy");
        EXPECT_NE(remedy.find("`calm "), std::string_view::npos) << name;
    }
}

// FILE and FICHIER, N and NAME: what the person puts in is called what the language calls it.
std::string without_blanks(std::string_view command) {
    std::string out;
    for (const char c : command) {
        const bool blank = c >= 'A' && c <= 'Z';
        if (!blank || !out.ends_with('_')) out += blank ? '_' : c;
    }
    return out;
}

TEST(Texts, both_languages_name_the_same_commands) {
    for (const auto key : message_keys(Language::en)) {
        auto english = quoted(message(Language::en, key), "calm ");
        auto french = quoted(message(Language::fr, key), "calm ");
        std::ranges::transform(english, english.begin(), without_blanks);
        std::ranges::transform(french, french.begin(), without_blanks);
        std::ranges::sort(english);
        std::ranges::sort(french);
        EXPECT_EQ(english, french) << key;
    }
}

}  // namespace
}  // namespace calm
