// The five that the format has.
#include "policy/directive.h"

#include <array>
#include <utility>

namespace calm {
namespace {

using What = Directive::What;

// Windows' editor writes `**delvals.`, the format's description `**DelVals`.
constexpr std::array kWhole{std::pair(std::string_view("**deletevalues"), What::delete_some),
                            std::pair(std::string_view("**delvals"), What::delete_all),
                            std::pair(kDeleteAll, What::delete_all),
                            std::pair(std::string_view("**deletekeys"), What::delete_keys),
                            std::pair(std::string_view("**securekey"), What::secure)};

std::vector<std::string> split(std::string_view names) {
    std::vector<std::string> out;
    while (!names.empty()) {
        const size_t end = std::min(names.find(';'), names.size());
        if (end > 0) out.emplace_back(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return out;
}

}  // namespace

std::optional<Directive> directive_of(const PolicyEntry& entry) {
    const std::u16string_view value = entry.value;
    if (!value.starts_with(u"**")) return {};
    if (value.size() > kDeleteOne.size() &&
        same_name(value.substr(0, kDeleteOne.size()), kDeleteOne))
        return Directive{What::delete_one, {utf8_of(value.substr(kDeleteOne.size()))}};
    for (const auto& [name, what] : kWhole) {
        // `**securekey` is followed by `=` and what it should be.
        const bool meant = what == What::secure ? same_name(value.substr(0, name.size()), name)
                                                : same_name(value, name);
        if (meant) return Directive{what, split(text_of(entry).value_or(""))};
    }
    return Directive{};
}

}  // namespace calm
