// What must be looked at before toml++ 3.3 reads a text: some mistakes break an assertion of that
// library (or worse, in a build without them) instead of being errors.
#pragma once

#include <cstdint>
#include <string_view>

namespace calm {

struct TomlFault {
    uint32_t line = 0;      // counted from 1; 0: there is none
    std::string_view what;  // in English, as the library's own errors are

    explicit operator bool() const { return line != 0; }
};

// The first thing that toml++ must not be shown: a table header without a name (`[,`), a brace or a
// character outside ASCII that stands in no string and no comment. Our files have neither inline
// tables nor strings of several lines.
TomlFault guard_toml(std::string_view text);

}  // namespace calm
