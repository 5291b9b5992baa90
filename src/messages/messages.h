// Every sentence a person reads, in their language. The texts are i18n/en.json and fr.json, which
// are part of the program; a test fails when a key is missing in one of them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calm {

enum class Language { en, fr };

// What LC_ALL, LC_MESSAGES, LANG (in this order) or an Accept-Language header ask for; English when
// they ask for something else or nothing.
Language language_from_environment();
Language language_from_locale(std::string_view locale);           // "fr_FR.UTF-8"
Language language_from_accept_language(std::string_view header);  // "fr-CH, fr;q=0.9, en;q=0.8"
std::string_view language_code(Language language);                // "en", "fr"

// The text of a key such as "reason.no_cal_available.remedy" (nested objects joined by dots). A key
// that does not exist gives the key itself, so that nothing is ever shown empty. Any thread.
std::string_view message(Language language, std::string_view key);
bool has_message(Language language, std::string_view key);

// The same with {name} replaced by its value; a name without a value stays as it is.
std::string message(Language language, std::string_view key,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> values);

// All keys of a language in alphabetical order (for the tests and `calm explain --list`).
std::vector<std::string_view> message_keys(Language language);

}  // namespace calm
