// API v1: loans, and devices that are one machine, as JSON. Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "core/ledger.h"

namespace calm::wire {

// {"to":…,"until":…,"why":"absence"|"repair"}. Errors: `bad_field`, `missing_field`.
struct LoanRequest {
    std::string to;
    Instant until;
    LoanReason why = LoanReason::absence;
};
Result<LoanRequest> parse_loan(const boost::json::value& json);

// {"device":…}, of a merger with "other". Errors: `bad_field`, `missing_field`.
struct DeviceRequest {
    std::string device;
    std::string other;
};
Result<DeviceRequest> parse_device(const boost::json::value& json, bool merges);

// {"names":[{"device":{…},"machine":{…}}],"look_alikes":[{"device":{…},"like":{…},"since":…}]}:
// devices that are other names of a machine, and those of which somebody is to decide. `name` says
// what people call a device; empty: it was erased.
using DeviceName = std::function<std::string_view(SubjectId)>;
void write_devices(std::string& out, const Ledger& ledger, const DeviceName& name);

}  // namespace calm::wire
