// The catalogues, read once at first use.
#include "messages/messages.h"

#include <cstdlib>
#include <map>

#include <boost/json.hpp>

#include "base/assert.h"

namespace calm {

namespace embedded {
extern const std::string_view i18n_en;
extern const std::string_view i18n_fr;
}  // namespace embedded

namespace {

using Catalogue = std::map<std::string, std::string, std::less<>>;

void flatten(const boost::json::object& object, const std::string& prefix, Catalogue& into) {
    for (const auto& [key, value] : object) {
        const std::string path = prefix + std::string(key);
        if (value.is_object()) {
            flatten(value.get_object(), path + ".", into);
        } else {
            CALM_ASSERT(value.is_string());
            into.emplace(path, std::string(value.get_string()));
        }
    }
}

Catalogue read(std::string_view json) {
    Catalogue catalogue;
    flatten(boost::json::parse(json).as_object(), "", catalogue);
    return catalogue;
}

const Catalogue& catalogue(Language language) {
    static const Catalogue english = read(embedded::i18n_en);
    static const Catalogue french = read(embedded::i18n_fr);
    return language == Language::fr ? french : english;
}

}  // namespace

Language language_from_locale(std::string_view locale) {
    return locale.starts_with("fr") ? Language::fr : Language::en;
}

Language language_from_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
            return language_from_locale(value);
        }
    }
    return Language::en;
}

Language language_from_accept_language(std::string_view header) {
    // Browsers list languages by preference; weights that contradict the order do not occur in
    // practice.
    while (!header.empty()) {
        const size_t comma = header.find(',');
        std::string_view tag = header.substr(0, comma);
        while (tag.starts_with(' '))
            tag.remove_prefix(1);
        if (tag.starts_with("fr")) return Language::fr;
        if (tag.starts_with("en")) return Language::en;
        if (comma == std::string_view::npos) break;
        header.remove_prefix(comma + 1);
    }
    return Language::en;
}

std::string_view language_code(Language language) {
    return language == Language::fr ? "fr" : "en";
}

bool has_message(Language language, std::string_view key) {
    return catalogue(language).contains(key);
}

std::string_view message(Language language, std::string_view key) {
    const auto& texts = catalogue(language);
    const auto found = texts.find(key);
    return found == texts.end() ? key : std::string_view(found->second);
}

std::string message(Language language, std::string_view key,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    const std::string_view text = message(language, key);
    std::string out;
    size_t position = 0;
    while (position < text.size()) {
        const size_t open = text.find('{', position);
        out += text.substr(position, open - position);
        if (open == std::string_view::npos) break;
        const size_t close = text.find('}', open);
        if (close == std::string_view::npos) {
            out += text.substr(open);
            break;
        }
        const std::string_view name = text.substr(open + 1, close - open - 1);
        std::string_view replacement = text.substr(open, close - open + 1);
        for (const auto& [key_name, value] : values) {
            if (key_name == name) replacement = value;
        }
        out += replacement;
        position = close + 1;
    }
    return out;
}

std::vector<std::string_view> message_keys(Language language) {
    std::vector<std::string_view> keys;
    for (const auto& [key, text] : catalogue(language))
        keys.emplace_back(key);
    return keys;
}

}  // namespace calm
