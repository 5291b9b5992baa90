// Id<Tag>: a number that names one thing and cannot be mixed up with a number that names another.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace calm {

// Zero names nothing; the first thing is 1.
template <class Tag, class Number = uint32_t>
struct Id {
    Number value = 0;

    constexpr auto operator<=>(const Id&) const = default;
    constexpr explicit operator bool() const { return value != 0; }
};

}  // namespace calm

template <class Tag, class Number>
struct std::hash<calm::Id<Tag, Number>> {
    size_t operator()(calm::Id<Tag, Number> id) const noexcept {
        return std::hash<Number>{}(id.value);
    }
};
