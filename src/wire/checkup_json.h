// What a license server tells a host that is being examined (GET /v1/checkup): its own state, what
// it has registered of the host, and what it has for one product. Both directions. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"

namespace calm::wire {

// How ledger time stands to the server's own clock.
enum class ServerClock : uint8_t { agrees, behind, ahead };

// What is sold of one kind and counts for the product at the host.
struct CheckupStock {
    uint32_t seats = 0;          // of packs that may be used
    uint32_t free = 0;           // of those
    uint32_t not_activated = 0;  // seats of packs that wait for an activation
    uint32_t older = 0;          // seats for earlier versions only, which do not serve
    uint32_t elsewhere = 0;      // seats of per-server packs that were not given to this host

    bool operator==(const CheckupStock&) const = default;
};

struct CheckupProduct {
    std::string product;
    CalRequirement requirement = CalRequirement::activated;
    bool overuse = false;                // users are admitted beyond the seats
    bool temporary = false;              // devices begin with a temporary CAL
    std::optional<Instant> grace_until;  // of the host; absent: it has none, or it ended early
    CheckupStock per_user;
    CheckupStock per_device;

    bool operator==(const CheckupProduct&) const = default;
};

struct Checkup {
    std::string version;  // of the server
    Instant ledger_time;
    ServerClock clock = ServerClock::agrees;
    uint32_t clock_difference_s = 0;
    bool issuing = true;
    bool restoring = false;                  // a backup was restored; hosts are awaited
    std::vector<std::string> not_activated;  // vendors whose packs ask for it
    HostId host;
    std::string name;
    LicensingMode mode = LicensingMode::not_configured;
    std::optional<CheckupProduct> product;  // absent: none was asked for, or it is unknown

    bool operator==(const Checkup&) const = default;
};

// Fields that it does not know are ignored. Errors: `bad_field`, `missing_field`.
Result<Checkup> parse_checkup(const boost::json::value& json);
void write_checkup(std::string& out, const Checkup& checkup);

}  // namespace calm::wire

namespace calm {

template <>
struct NamesOf<wire::ServerClock> {
    static constexpr Names<wire::ServerClock, 3> value{{{wire::ServerClock::agrees, "agrees"},
                                                        {wire::ServerClock::behind, "behind"},
                                                        {wire::ServerClock::ahead, "ahead"}}};
};

}  // namespace calm
