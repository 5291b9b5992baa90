// The words of one line of a `.calm` file, taken from left to right. Internal to the parser.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/scenario.h"

namespace calm::scenario {

// Every moment of a scenario, and everything that is stated from there, stays within what 32 bits
// hold (2106).
inline constexpr Seconds kPassageMax = days(18'250);
inline constexpr Seconds kStatedMax = days(3650);

// Well-formed UTF-8 without control characters (RFC 3629).
bool is_text(std::string_view bytes);

// The words of one line, taken from left to right. Errors name the line.
class Words {
  public:
    Words(uint32_t line, std::string_view text) : line_(line) {
        constexpr std::string_view kBlank = " \t\r";
        for (size_t i = text.find_first_not_of(kBlank); i != std::string_view::npos;) {
            if (text[i] == '#') break;
            const size_t end = std::min(text.find_first_of(kBlank, i), text.size());
            words_.push_back(text.substr(i, end - i));
            i = text.find_first_not_of(kBlank, end);
        }
    }

    bool empty() const { return next_ == words_.size(); }

    std::unexpected<Error> error(std::string_view what) const {
        return fail("scenario_malformed", fmt::format("line {}: {}", line_, what));
    }

    // `what` says what is missing when the line ends here.
    Result<std::string> word(std::string_view what) {
        if (empty()) return error(fmt::format("{} is missing", what));
        const std::string_view word = words_[next_++];
        if (word.size() > kWordMax) {
            return error(fmt::format("`{}…` is longer than {} bytes",
                                     is_text(word.substr(0, 20)) ? word.substr(0, 20) : "",
                                     kWordMax));
        }
        if (!is_text(word)) return error("there is a control character or broken UTF-8");
        return std::string(word);
    }

    // Takes the next word if it is this one.
    bool take(std::string_view option) {
        if (empty() || words_[next_] != option) return false;
        ++next_;
        return true;
    }

    bool is(std::string_view word) const { return !empty() && words_[next_] == word; }

    // Whether the next word is one of E's names.
    template <class E>
    bool is_name() const {
        return !empty() && from_name<E>(words_[next_]).has_value();
    }

    Result<uint32_t> number(std::string_view what) {
        CALM_TRY_ASSIGN(const std::string text, word(what));
        uint64_t value = 0;
        const bool digits = text.size() <= 10 &&
                            std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
        for (const char c : digits ? text : std::string())
            value = value * 10 + static_cast<uint64_t>(c - '0');
        if (!digits || value > 0xFFFF'FFFF) {
            return error(fmt::format("{} is a number, not `{}`", what, text));
        }
        return static_cast<uint32_t>(value);
    }

    Result<Seconds> duration(std::string_view what) {
        CALM_TRY_ASSIGN(const std::string text, word(what));
        return duration_from(text);
    }

    Result<uint16_t> day_count(std::string_view what) {
        CALM_TRY_ASSIGN(const std::string text, word(what));
        return day_count_from(text);
    }

    // "60d", or "52d..89d".
    Result<std::pair<std::string, std::string>> range(std::string_view what) {
        CALM_TRY_ASSIGN(const std::string text, word(what));
        const size_t dots = text.find("..");
        if (dots == std::string::npos) return std::pair{text, text};
        return std::pair{text.substr(0, dots), text.substr(dots + 2)};
    }

    Result<Seconds> duration_from(std::string_view text) const {
        const auto read = parse_duration(text);
        if (!read) return error(read.error().detail);
        if (*read > kPassageMax) return error(fmt::format("`{}` is too long", text));
        return *read;
    }
    Result<Seconds> stated_duration_from(std::string_view text) const {
        CALM_TRY_ASSIGN(const Seconds length, duration_from(text));
        if (length > kStatedMax) return error(fmt::format("`{}` is longer than 3650d", text));
        return length;
    }
    Result<uint16_t> day_count_from(std::string_view text) const {
        CALM_TRY_ASSIGN(const Seconds length, duration_from(text));
        if (length.count % days(1).count != 0)
            return error(fmt::format("`{}` is not a number of whole days", text));
        return static_cast<uint16_t>(length.count / days(1).count);
    }

    // "2026-11-21", or "30d" from the line's own moment.
    Result<When> when(std::string_view what) {
        CALM_TRY_ASSIGN(const std::string text, word(what));
        if (text.find('-') == std::string::npos) {
            CALM_TRY_ASSIGN(const Seconds after, stated_duration_from(text));
            return When{.date = {}, .after = after};
        }
        const auto date = parse_rfc3339(text + "T00:00:00Z");
        if (!date || *date > kInstantMax)
            return error(fmt::format(
                "`{}` is neither a date like 2026-11-21 nor a duration like 30d", text));
        return When{.date = *date, .after = {}};
    }

    // One of E's names.
    template <class E>
    Result<E> name(std::string_view what) {
        CALM_TRY_ASSIGN(const std::string text, word(what));
        if (const auto value = from_name<E>(text)) return *value;
        std::string names;
        for (const auto& [each, spelt] : NamesOf<E>::value) {
            if (!names.empty()) names += ", ";
            names += spelt;
        }
        return error(fmt::format("{} is `{}`, not one of: {}", what, text, names));
    }

    Result<> end() const {
        if (empty()) return {};
        return error(fmt::format("`{}` is not understood here",
                                 is_text(words_[next_]) ? words_[next_].substr(0, kWordMax) : ""));
    }

  private:
    uint32_t line_;
    std::vector<std::string_view> words_;
    size_t next_ = 0;
};

template <class Number>
Result<> small_number(Words& words, Number& into) {
    CALM_TRY_ASSIGN(const uint32_t number, words.number("a number"));
    if (number > std::numeric_limits<Number>::max()) return words.error("the number is too large");
    into = static_cast<Number>(number);
    return {};
}

// One option of a product's line, with the words that belong to it. Errors name the line.
Result<> product_option(Words& words, Product& product);

}  // namespace calm::scenario
