// What can be asked of any entry without knowing its kind.
#include "core/entry.h"

#include <type_traits>

namespace calm {

const CalStatement* stated_cal(const EntryBody& body) {
    return std::visit(
        [](const auto& each) -> const CalStatement* {
            if constexpr (requires { each.cal.holder; }) {
                return &each.cal;
            } else {
                return nullptr;
            }
        },
        body);
}

}  // namespace calm
