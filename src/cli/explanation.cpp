// Reasons and errors out of the catalogues.
#include "cli/explanation.h"

#include "core/reason.h"

namespace calm::cli {
namespace {

std::string key_of(std::string_view code, Told told) {
    const std::string reason = "reason." + std::string(code);
    std::string problem = "problem." + std::string(code);
    const std::string& first = told == Told::of_an_admission ? reason : problem;
    if (has_message(Language::en, first + ".title")) return first;
    return told == Told::of_an_admission ? problem : reason;
}

}  // namespace

bool is_explained(std::string_view code) {
    return has_message(Language::en, key_of(code, Told::of_an_error) + ".title");
}

Explanation explanation_of(std::string_view code, Told told, Language language) {
    std::string key = key_of(code, told);
    Explanation out;
    if (!has_message(language, key + ".title")) {
        key = "cli.unexplained";
        out.title = message(language, key + ".title", {{"code", code}});
    } else {
        out.title = message(language, key + ".title");
    }
    out.cause = message(language, key + ".cause");
    out.remedy = message(language, key + ".remedy");
    if (const auto reason = from_name<Reason>(code)) out.verdict = name_of(verdict_of(*reason));
    return out;
}

std::vector<std::string> explained_codes() {
    std::vector<std::string> codes;
    for (const auto& [reason, name] : NamesOf<Reason>::value)
        codes.emplace_back(name);
    for (std::string_view key : message_keys(Language::en)) {
        if (!key.starts_with("problem.") || !key.ends_with(".title")) continue;
        const std::string_view code = key.substr(8, key.size() - 8 - 6);
        if (!from_name<Reason>(code)) codes.emplace_back(code);
    }
    return codes;
}

}  // namespace calm::cli
