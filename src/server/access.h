// Roles and rights: who may use which route. Deny by default: what is not in this table is
// forbidden.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/terms.h"
#include "http/routes.h"

namespace calm {

// Numbers are stored with accounts and never change.
enum class Role : uint8_t {
    viewer = 1,
    operator_ = 2,
    license_administrator = 3,
    auditor = 4,
    owner = 5,
    host = 6
};

template <>
struct NamesOf<Role> {
    static constexpr Names<Role, 6> value{{{Role::viewer, "viewer"},
                                           {Role::operator_, "operator"},
                                           {Role::license_administrator, "license_administrator"},
                                           {Role::auditor, "auditor"},
                                           {Role::owner, "owner"},
                                           {Role::host, "host"}}};
};

namespace rights {
inline constexpr http::Right view{1};     // products, packs, hosts, CALs, status
inline constexpr http::Right ask{2};      // admissions, as a host or on behalf of one
inline constexpr http::Right operate{3};  // release and revoke CALs, enrol and remove hosts
inline constexpr http::Right license{4};  // products, packs, vendors, settings
inline constexpr http::Right audit{5};    // the log, subjects' data
inline constexpr http::Right own{6};      // accounts, erasure, backups, the clock
inline constexpr http::Right contact{8};  // what a host fetches for itself
inline constexpr http::Right witness{7};  // proofs and lists that hosts check the log with
}  // namespace rights

// As GET /v1/session calls them, for programs that show only what may be done.
struct RightName {
    http::Right right;
    std::string_view name;
};
inline constexpr RightName kRightNames[] = {
    {rights::view, "view"},       {rights::ask, "ask"},     {rights::operate, "operate"},
    {rights::license, "license"}, {rights::audit, "audit"}, {rights::own, "own"},
    {rights::witness, "witness"}};

constexpr bool role_may(Role role, http::Right right) {
    constexpr auto bit = [](http::Right r) { return 1U << r.value; };
    using namespace rights;
    unsigned may = 0;
    switch (role) {
        case Role::viewer: may = bit(view); break;
        case Role::operator_: may = bit(view) | bit(ask) | bit(operate); break;
        case Role::license_administrator:
            may = bit(view) | bit(ask) | bit(operate) | bit(license);
            break;
        case Role::auditor: may = bit(view) | bit(audit) | bit(witness); break;
        case Role::owner:
            may = bit(view) | bit(ask) | bit(operate) | bit(license) | bit(audit) | bit(own) |
                  bit(witness);
            break;
        case Role::host: may = bit(ask) | bit(witness) | bit(contact); break;
    }
    return (may & bit(right)) != 0;
}

}  // namespace calm
