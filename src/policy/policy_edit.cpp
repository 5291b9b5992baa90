// Entries out, entries in.
#include "policy/policy_edit.h"

#include <algorithm>
#include <iterator>

#include "policy/directive.h"

namespace calm {
namespace {

// Data of directives, as Windows' editor writes it.
constexpr std::string_view kBlank = " ";

// Whether the entry says something about the item and about nothing else.
bool is_of(const PolicyEntry& entry, const PolicyItem& item) {
    if (!same_name(entry.key, key_of(item))) return false;
    if (item.form == PolicyForm::list) return true;
    if (same_name(entry.value, item.value)) return true;
    const auto directive = directive_of(entry);
    return directive && directive->what == Directive::What::delete_one &&
           same_name(utf16_of(directive->names.front()), item.value);
}

// The new entries take the place of the first old one.
void replace(RegistryPol& entries, const PolicyItem& item, RegistryPol now) {
    const auto is_old = [&](const PolicyEntry& entry) { return is_of(entry, item); };
    const auto first = std::ranges::find_if(entries, is_old);
    const auto at = std::distance(entries.begin(), first);
    std::erase_if(entries, is_old);
    entries.insert(entries.begin() + at, std::move_iterator(now.begin()),
                   std::move_iterator(now.end()));
}

PolicyEntry clearing(const PolicyItem& item) {
    return text_entry(key_of(item), kDeleteAll, kBlank);
}

}  // namespace

void set_not_configured(RegistryPol& entries, const PolicyItem& item) {
    replace(entries, item, {});
}

void set_disabled(RegistryPol& entries, const PolicyItem& item) {
    switch (item.form) {
        case PolicyForm::flag: return set_number(entries, item, 0);
        case PolicyForm::list: return replace(entries, item, {clearing(item)});
        case PolicyForm::number:
        case PolicyForm::text: break;
    }
    const std::string value = std::string(kDeleteOne) + std::string(item.value);
    replace(entries, item, {text_entry(key_of(item), value, kBlank)});
}

void set_flag(RegistryPol& entries, const PolicyItem& item) {
    set_number(entries, item, 1);
}

void set_number(RegistryPol& entries, const PolicyItem& item, uint32_t number) {
    replace(entries, item, {dword_entry(key_of(item), item.value, number)});
}

void set_text(RegistryPol& entries, const PolicyItem& item, std::string_view text) {
    replace(entries, item, {text_entry(key_of(item), item.value, text)});
}

void set_list(RegistryPol& entries, const PolicyItem& item, const HostPolicy::Pairs& list) {
    RegistryPol now{clearing(item)};
    for (const auto& [name, text] : list)
        now.push_back(text_entry(key_of(item), name, text));
    replace(entries, item, std::move(now));
}

size_t count_others(const RegistryPol& entries) {
    return static_cast<size_t>(std::ranges::count_if(entries, [](const PolicyEntry& entry) {
        return std::ranges::none_of(policy_items(),
                                    [&](const PolicyItem& item) { return is_of(entry, item); });
    }));
}

}  // namespace calm
