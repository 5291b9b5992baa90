// Product: server software that people connect to, and the numbers of its rules. Every default is
// the reference's, with its place in the facts about RD Licensing.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"

namespace calm {

// The kinds of pack that a product is sold in. None stated: in every kind.
class PackKinds {
  public:
    constexpr PackKinds() = default;
    constexpr PackKinds(std::initializer_list<PackKind> kinds) {
        for (const PackKind kind : kinds)
            add(kind);
    }

    constexpr void add(PackKind kind) { bits_ |= bit(kind); }
    constexpr bool has(PackKind kind) const { return (bits_ & bit(kind)) != 0; }
    constexpr bool any() const { return bits_ != 0; }

    bool operator==(const PackKinds&) const = default;

  private:
    static constexpr uint8_t bit(PackKind kind) {
        return static_cast<uint8_t>(1U << static_cast<uint8_t>(kind));
    }

    uint8_t bits_ = 0;
};

inline constexpr uint32_t kPackQuantityMax = 100'000'000;

// How many sizes of pack a product may state.
inline constexpr size_t kPackSizesMax = 8;

// The sizes of pack that a product is sold in: ascending, zeros behind them. None: every size.
using PackSizes = std::array<uint32_t, kPackSizesMax>;

struct ProductRules {
    CalRequirement requirement = CalRequirement::activated;
    OverUse overuse = OverUse::admit;  // section 2, "No pool left"
    uint16_t temporary_days = 90;      // section 2, "First connection"; 0: no temporary CALs
    uint16_t user_days = 60;           // section 2, "Permanent validity"
    uint16_t device_days_min = 52;     // section 2, "Permanent validity"
    uint16_t device_days_max = 89;
    uint16_t renewal_days = 7;               // section 2, "Renewal"
    uint16_t initial_grace_days = 120;       // section 3.1; 0: no initial grace
    uint16_t outage_days = 7;                // design.md 1, "outage period"
    uint8_t revoke_percent = 20;             // section 2, "Revocation"
    uint16_t reassign_days = 90;             // section 2, "Reassignment"
    bool prevent_upgrade = false;            // section 3.3, "Prevent license upgrade"
    bool grace_ends_with_first_cal = false;  // section 3.1: not confirmed there, hence off
    // Who needs a CAL although section 12, "No CAL for", exempts it.
    bool cal_for_servers = false;    // the customer's own servers
    bool cal_for_web = false;        // web workloads
    bool cal_for_hpc = false;        // high-performance computing
    bool cal_for_anonymous = false;  // access without a sign-in
    // How it is sold (section 12, "SQL Server 2012" and "SBS 2003"); zero: nothing is said.
    bool server_license = false;  // with a license for each host, which CALs never replace
    uint8_t cores_min = 0;        // by core: a processor counts as so many at least
    uint8_t core_pack = 0;        // by core: in packs of a multiple of this number
    uint32_t cals_max = 0;        // at most so many CALs on one license server
    uint8_t cal_pack = 0;         // packs of CALs hold a multiple of this number
    uint16_t cals_included = 0;   // CALs that come with each license of its server, of either kind
    // Concurrent seats (core/leases.h; facts peers, "heartbeat", "linger" and "queue").
    uint16_t lease_minutes = 10;  // how long a seat is kept for a host that says nothing
    uint16_t linger_minutes = 0;  // … and after its holder's last session ended
    uint16_t queue_minutes = 2;   // how long a place in line is kept for who does not ask
    uint16_t queue_max = 100;     // so many may wait in line; 0: nobody
    // For so many days one may be borrowed; 0: not at all. Our own choice: a journey, or a month's
    // work outside; what is away cannot be called back.
    uint16_t borrow_days_max = 30;
    // So many who administer a host at once need no CAL (section 12, "No CAL for"); 0: nobody.
    uint16_t administrators_max = 2;
    PackKinds pack_kinds;        // section 12, "SQL Server 2012": editions are sold differently
    PackSizes cal_pack_sizes{};  // section 12, "SBS 2003": packs of CALs hold exactly one of these

    bool operator==(const ProductRules&) const = default;
};

// How many products one of them may rest on, and how many more a suite may cover.
inline constexpr size_t kBasesMax = 4;
inline constexpr size_t kSuiteMax = 16;

struct Product {
    std::string code;    // [a-z0-9][a-z0-9._-]{0,63}, e.g. "terminal-services-2022"
    std::string family;  // "terminal-services"; a CAL serves one family
    uint16_t version =
        0;  // ordered within the family; a CAL serves its own version and earlier ones
    std::vector<std::string> bases;   // codes of the products whose CALs are needed as well
    std::optional<Instant> released;  // when it came out; empty: not stated. Never changes then
    ProductRules rules;

    bool operator==(const Product&) const = default;
};

// The kinds' names in their order, and back: names in any order. None: one is no kind's, or is
// there twice.
std::vector<std::string> pack_kind_names(const PackKinds& kinds);
std::optional<PackKinds> pack_kinds_named(const std::vector<std::string>& names);
inline constexpr size_t kPackKindBytesMax = 64;  // of a name

// The sizes without the zeros behind them.
std::span<const uint32_t> stated_sizes(const PackSizes& sizes);

// Whether there are packs of this kind for the product.
constexpr bool sold_in(const ProductRules& rules, PackKind kind) {
    return !rules.pack_kinds.any() || rules.pack_kinds.has(kind);
}

bool is_product_code(std::string_view text);

// Family and version out of a code such as "terminal-services-2022"; a code that does not end in
// -NUMBER is its own family, version 0. Errors: `bad_product_code`.
Result<Product> product_from_code(std::string_view code);

// Errors: `bad_product` (a number out of range, minimum above maximum, a base twice or itself,
// rules about packs of a kind that it is not sold in), `bad_product_code`.
Result<> check_product(const Product& product);

// The other products of a suite: codes, none twice, not the pack's own. Errors: `bad_product`.
Result<> check_suite(std::string_view code, const std::vector<std::string>& also);

}  // namespace calm
