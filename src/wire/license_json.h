// API v1: what hosts and computers have been given, as JSON. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "core/ledger.h"

namespace calm::wire {

// Products that may be said to run on one host; the log takes so many in one list.
inline constexpr size_t kHostProductsMax = 64;

// Appends ,"runs":[…],"licenses":[{"pack":…,"product":…,"kind":…,"quantity":…,"since":…}],
// "unlicensed":[{"product":…,"kind":…,"missing":…}]: what runs on the host, what it has, and what
// it lacks. A list that is empty is left out.
void write_host_licenses(std::string& out, const Ledger& ledger, HostId host, Instant now);

// {"product":…,"kind":"server"|"core"|"external_connector","quantity":N}; one, when no number is
// given.
struct HostLicenseRequest {
    std::string product;
    PackKind kind = PackKind::server;
    uint32_t quantity = 1;
};
Result<HostLicenseRequest> parse_host_license(const boost::json::value& json);

// {"product":…,"computer":…}, of a move with "to".
struct InstallationRequest {
    std::string product;
    std::string computer;
    std::string to;
};
Result<InstallationRequest> parse_installation(const boost::json::value& json, bool moves);

// {"pack":…,"product":…,"computer":{"subject":…,"name":…},"since":…}
void write_installation(std::string& out, const Ledger& ledger, const Installation& installation,
                        std::string_view name);

}  // namespace calm::wire
