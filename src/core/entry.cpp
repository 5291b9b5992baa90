// What can be asked of any entry without knowing its kind.
#include "core/entry.h"

#include <type_traits>

namespace calm {

EntryBody::EntryBody() = default;
EntryBody::EntryBody(const EntryBody&) = default;
EntryBody::EntryBody(EntryBody&&) noexcept = default;
EntryBody& EntryBody::operator=(const EntryBody&) = default;
EntryBody& EntryBody::operator=(EntryBody&&) noexcept = default;
EntryBody::~EntryBody() = default;

bool EntryBody::operator==(const EntryBody& other) const {
    return static_cast<const AnyEntry&>(*this) == static_cast<const AnyEntry&>(other);
}

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
