// "Did you mean …?", for lists of strings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace calm::cli {

// What base/closest.h finds; nothing when it finds nothing.
std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates);

}  // namespace calm::cli
