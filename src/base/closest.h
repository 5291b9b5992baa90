// closest: the word that somebody meant when they typed another one.
#pragma once

#include <span>
#include <string_view>

namespace calm {

// The word of `known` that is at most two typing mistakes away from `word`, the nearest if there
// are several; empty if there is none.
std::string_view closest(std::string_view word, std::span<const std::string_view> known);

}  // namespace calm
