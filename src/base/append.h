// Formatting at the end of a string that grows.
#pragma once

#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace calm {

template <class... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

}  // namespace calm
