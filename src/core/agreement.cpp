// The form of each program's numbers.
#include "core/agreement.h"

#include <algorithm>

#include <fmt/format.h>

namespace calm {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool are_digits(std::string_view text, size_t count) {
    return text.size() == count && std::ranges::all_of(text, is_digit);
}

// 15 capital letters and digits.
bool is_authorization(std::string_view text) {
    return text.size() == 15 &&
           std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

bool is_open_number(std::string_view number) {
    const std::string_view license = number.substr(0, std::min<size_t>(8, number.size()));
    const std::string_view rest = number.substr(license.size());
    return are_digits(license, 8) &&
           (rest.empty() || (rest.front() == '-' && is_authorization(rest.substr(1))));
}

}  // namespace

Result<> check_agreement(const Agreement& agreement) {
    const bool open = agreement.program == AgreementProgram::open;
    if (open ? is_open_number(agreement.number) : are_digits(agreement.number, 7)) return {};
    return fail("bad_agreement",
                fmt::format("a number of the program `{}` is {}", name_of(agreement.program),
                            open ? "8 digits, and behind a dash the 15 characters of its "
                                   "authorization number where it is known"
                                 : "7 digits"));
}

Result<Agreement> parse_agreement(std::string_view text) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return fail("bad_agreement", "there is no colon between program and number");
    }
    std::string name(text.substr(0, colon));
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == ' ' || c == '-') c = '_';
    }
    const auto program = from_name<AgreementProgram>(name);
    if (!program) {
        std::string names;
        for (const auto& [each, spelt] : NamesOf<AgreementProgram>::value)
            names += fmt::format("{}{}", names.empty() ? "" : ", ", spelt);
        return fail("bad_agreement", "the program is none of: " + names);
    }
    Agreement agreement{.program = *program, .number = std::string(text.substr(colon + 1))};
    CALM_TRY(check_agreement(agreement));
    return agreement;
}

}  // namespace calm
