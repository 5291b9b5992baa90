// Which template an English sentence was made from, and the same values in the French one.
#include "messages/detail.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include <boost/json.hpp>

#include "base/assert.h"

namespace calm {

namespace embedded {
extern const std::string_view i18n_details_fr;
}  // namespace embedded

namespace {

using Texts = std::vector<std::string_view>;

constexpr std::string_view kBlank = "{}";
constexpr size_t kWordLetters = 4;  // fewer letters than a word that says something
constexpr int kDepthMax = 5;
constexpr int kLooksMax = 64;  // so often is one detail looked at, whatever it holds

// "CAL `{}` is lent until {}" → "CAL `", "` is lent until ", "".
Texts pieces_of(std::string_view text) {
    Texts pieces;
    size_t begin = 0;
    for (size_t blank = text.find(kBlank); blank != std::string_view::npos;
         blank = text.find(kBlank, begin)) {
        pieces.push_back(text.substr(begin, blank - begin));
        begin = blank + kBlank.size();
    }
    pieces.push_back(text.substr(begin));
    return pieces;
}

struct Template {
    Template(std::string_view its_english, std::string_view its_french)
        : english(its_english), french(its_french), pieces(pieces_of(its_english)) {
        for (const std::string_view piece : pieces) {
            length += piece.size();
            letters += static_cast<size_t>(
                std::ranges::count_if(piece, [](unsigned char c) { return std::isalpha(c) != 0; }));
        }
    }

    // Like "{}: {}", which says nothing itself and fits nearly everything.
    bool joins() const { return letters < kWordLetters; }
    // Whether the value before piece i + 1 stands in backticks.
    bool quotes(size_t i) const {
        return pieces[i].ends_with('`') && pieces[i + 1].starts_with('`');
    }

    std::string_view english;
    std::string_view french;
    Texts pieces;
    size_t length = 0;
    size_t letters = 0;
};

// The values, if the text was made from the template. Each piece is looked for once, from where the
// one before it ended: that finds a way if there is one, in linear time.
std::optional<Texts> values_in(std::string_view text, const Template& made_from) {
    const Texts& pieces = made_from.pieces;
    if (text.size() < made_from.length || !text.starts_with(pieces.front()) ||
        !text.ends_with(pieces.back()))
        return {};
    Texts values;
    size_t begin = pieces.front().size();
    const size_t end = text.size() - pieces.back().size();
    for (size_t i = 1; i + 1 < pieces.size(); ++i) {
        const size_t at = text.substr(0, end).find(pieces[i], begin);
        if (at == std::string_view::npos) return {};
        values.push_back(text.substr(begin, at - begin));
        begin = at + pieces[i].size();
    }
    if (begin > end) return {};
    values.push_back(text.substr(begin, end - begin));
    return values;
}

// "line 1: the day" of "line 1: the day is missing": what stands before a colon is around the rest,
// and only the last value has something in it.
bool has_swallowed(const Template& made_from, const Texts& values) {
    for (size_t i = 0; i + 1 < made_from.pieces.size(); ++i) {
        const bool last = i + 2 == made_from.pieces.size() && made_from.pieces.back().empty();
        if (!last && !made_from.quotes(i) && values[i].find(": ") != std::string_view::npos)
            return true;
    }
    return false;
}

// `{}` is the next value, `{1}` the second.
std::string filled(std::string_view french, const std::vector<std::string>& values) {
    std::string out;
    size_t next = 0;
    while (!french.empty()) {
        const size_t open = french.find('{');
        out += french.substr(0, open);
        if (open == std::string_view::npos) break;
        french.remove_prefix(open);
        const bool numbered = french.size() > 2 && french[1] >= '0' && french[1] <= '9';
        const size_t size = numbered ? 3 : kBlank.size();
        if (!french.starts_with(kBlank) && !(numbered && french[2] == '}')) {
            out += '{';
            french.remove_prefix(1);
            continue;
        }
        const size_t which = numbered ? static_cast<size_t>(french[1] - '0') : next++;
        if (which < values.size()) out += values[which];
        french.remove_prefix(size);
    }
    return out;
}

class Details {
  public:
    explicit Details(std::string_view json) {
        const boost::json::value read = boost::json::parse(json);
        for (const auto& part : read.as_object()) {
            for (const auto& [english, french] : part.value().as_object()) {
                CALM_ASSERT(french.is_string());
                texts_.emplace(std::string(english), std::string(french.get_string()));
            }
        }
        for (const auto& [english, french] : texts_) {
            if (english.find(kBlank) != std::string::npos) templates_.emplace_back(english, french);
        }
        // What says most comes first: of two that fit it is the one that was meant. Of those that
        // only join others, the one with the fewest to join.
        const auto rank = [](const Template& each) {
            return std::tuple(each.joins() ? each.pieces.size() : 0,
                              -static_cast<int64_t>(each.length), each.english);
        };
        std::ranges::sort(templates_, {}, rank);
    }

    // Nothing when no template is known that `english` could have been made from.
    std::optional<std::string> french(std::string_view english, int depth, int& looks) const {
        if (english.empty() || english.size() > kDetailTranslatedMax || depth > kDepthMax ||
            --looks < 0)
            return {};
        if (const auto whole = texts_.find(english); whole != texts_.end()) return whole->second;
        for (const Template& each : templates_) {
            const auto values = values_in(english, each);
            if (!values || has_swallowed(each, *values)) continue;
            bool known = !each.joins();
            std::vector<std::string> translated;
            for (size_t i = 0; i < values->size(); ++i) {
                auto value = each.quotes(i) ? std::nullopt : french((*values)[i], depth + 1, looks);
                known = known || value.has_value();
                translated.push_back(value ? std::move(*value) : std::string((*values)[i]));
            }
            if (known) return filled(each.french, translated);
        }
        return {};
    }

  private:
    std::map<std::string, std::string, std::less<>> texts_;
    std::vector<Template> templates_;  // views of texts_
};

}  // namespace

std::string translated_detail(Language language, std::string_view english) {
    if (language == Language::en) return std::string(english);
    static const Details details(embedded::i18n_details_fr);
    const auto french = [](std::string_view sentence) {
        int looks = kLooksMax;
        return details.french(sentence, 0, looks);
    };
    if (english.size() > kDetailTranslatedMax || english.find('\n') == std::string_view::npos)
        return french(english).value_or(std::string(english));
    // Several mistakes, a line each.
    std::string out;
    for (size_t begin = 0; begin <= english.size();) {
        const size_t end = std::min(english.find('\n', begin), english.size());
        const std::string_view line = english.substr(begin, end - begin);
        if (begin > 0) out += '\n';
        out += french(line).value_or(std::string(line));
        begin = end + 1;
    }
    return out;
}

}  // namespace calm
