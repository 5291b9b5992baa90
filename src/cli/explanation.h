// What an Error.code or a Reason means, in a person's language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/messages.h"

namespace calm::cli {

struct Explanation {
    std::string title;
    std::string cause;
    std::string remedy;
    std::string verdict;  // "allow" or "deny" of a reason; empty of an error
};

// Some codes are both, such as `server_unreachable`: the reason is told of a host, the error of
// whoever asked.
enum class Told { of_an_admission, of_an_error };

// A code that nobody has explained (of a newer server) gives a text that says so.
Explanation explanation_of(std::string_view code, Told told, Language language);
bool is_explained(std::string_view code);

// Every code: the reasons in their order, then the errors by name.
std::vector<std::string> explained_codes();

}  // namespace calm::cli
