// API v1: products, packs, hosts, CALs and settings as JSON. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "core/ledger.h"

namespace calm::wire {

// Reads a product:
// {"product":CODE,"family":…,"version":…,"requires":…,"overuse":…,"temporary_days":…}. Family and
// version follow from the code unless given; rules that are left out keep `base`'s values. Errors:
// `bad_field`, `missing_field`, `bad_product`, `bad_product_code`.
Result<Product> parse_product(const boost::json::value& json, const Product* base = nullptr);
void write_product(std::string& out, const Product& product);

// Where a pack came from: `,"moved_from":{…}`, or nothing.
void append_origin(std::string& out, const std::optional<entry::PackOrigin>& origin);

// A pack that is another license server's now, as it was sold. REQUIRES: it was moved.
void write_moved_pack(std::string& out, const Pack& pack);

// {"product":…,"kind":…,"quantity":…,"channel":…}: CALs of a trusted product entered by hand.
Result<entry::PackInstalled> parse_declaration(const boost::json::value& json);
void write_pack(std::string& out, const Ledger& ledger, PackId pack, Instant now);

// {"default_mode":…,"initial_grace_days":…,"offline_days_max":…,"restore_hours_max":…}; what is
// left out keeps `base`'s value.
Result<Policy> parse_policy(const boost::json::value& json, const Policy& base);
void write_policy(std::string& out, const Policy& policy);

// {"mode":…,"preferred":…,"processors":…,"cores":…,"runs":[…]}; what is left out stays as it is.
Result<entry::HostSet> parse_host_settings(const boost::json::value& json, const Ledger& ledger,
                                           HostId host);
// A station, who is counted there and what it holds: {"station":…,"name":…,"host":…,"kind":…}.
void write_station(std::string& out, const Ledger& ledger, const Station& station,
                   std::string_view name, std::string_view host, Instant now);
void write_host(std::string& out, const Ledger& ledger, HostId host, std::string_view name,
                Instant now);

// `holder` is the holder's name; empty when it was erased.
void write_cal(std::string& out, const Ledger& ledger, CalId cal, std::string_view holder,
               Instant now);

// What a CAL is at `now`: an active one whose time is over shows as expired before it is written.
CalState state_at(const Cal& cal, Instant now);

}  // namespace calm::wire
