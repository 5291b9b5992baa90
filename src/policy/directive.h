// Directive: a value name that begins with `**` takes values away instead of setting one (facts
// rd-licensing 3.7). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/registry_pol.h"

namespace calm {

inline constexpr std::string_view kDeleteOne = "**del.";
inline constexpr std::string_view kDeleteAll = "**delvals.";

struct Directive {
    enum class What : uint8_t {
        delete_one,   // the value of this name
        delete_some,  // the values of these names
        delete_all,   // every value of the key
        delete_keys,  // the keys of these names below the key
        secure,       // the key's permissions: nothing to a host
        unknown,
    };

    What what = What::unknown;
    std::vector<std::string> names;
};

// Empty: the entry sets a value.
std::optional<Directive> directive_of(const PolicyEntry& entry);

}  // namespace calm
