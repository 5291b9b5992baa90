// Roles and rights of the vendor's staff: who may use which route of the clearinghouse. Deny by
// default: what is not in this table is forbidden.
#pragma once

#include <cstdint>
#include <string>

#include "core/terms.h"
#include "http/routes.h"

namespace calm::clearinghouse {

// Numbers are stored with accounts and never change.
enum class StaffRole : uint8_t { viewer = 1, support = 2, sales = 3, owner = 4 };

namespace rights {
inline constexpr http::Right view{1};   // what was sold, activated, is up for renewal
inline constexpr http::Right serve{2};  // reading out, replacing servers: nothing new is sold
inline constexpr http::Right sell{3};   // customers, orders, product keys, packs
inline constexpr http::Right own{4};    // accounts
}  // namespace rights

constexpr bool role_may(StaffRole role, http::Right right) {
    constexpr auto bit = [](http::Right r) { return 1U << r.value; };
    using namespace rights;
    unsigned may = 0;
    switch (role) {
        case StaffRole::viewer: may = bit(view); break;
        case StaffRole::support: may = bit(view) | bit(serve); break;
        case StaffRole::sales: may = bit(view) | bit(serve) | bit(sell); break;
        case StaffRole::owner: may = bit(view) | bit(serve) | bit(sell) | bit(own); break;
    }
    return (may & bit(right)) != 0;
}

// Who does something, for the record of events. The machine's own owner over the Unix socket is
// called `local`; a customer's request has no account.
struct Actor {
    std::string account;
    StaffRole role = StaffRole::viewer;
};

inline constexpr const char* kLocalAccount = "local";

}  // namespace calm::clearinghouse

template <>
struct calm::NamesOf<calm::clearinghouse::StaffRole> {
    using Role = clearinghouse::StaffRole;
    static constexpr Names<Role, 4> value{{{Role::viewer, "viewer"},
                                           {Role::support, "support"},
                                           {Role::sales, "sales"},
                                           {Role::owner, "owner"}}};
};
