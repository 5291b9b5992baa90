// Loans and machines.
#include "wire/device_json.h"

#include <iterator>

#include <fmt/format.h>

#include "wire/admission_json.h"
#include "wire/fields.h"

namespace calm::wire {
namespace {

void append_device(std::string& out, std::string_view field, SubjectId device,
                   const DeviceName& name) {
    fmt::format_to(std::back_inserter(out), R"("{}":{{"subject":{})", field, device.value);
    if (const std::string_view text = name(device); !text.empty()) {
        out += R"(,"name":)";
        append_json_string(out, text);
    }
    out += '}';
}

}  // namespace

Result<LoanRequest> parse_loan(const boost::json::value& json) {
    Fields fields(json);
    LoanRequest request;
    std::optional<Instant> until;
    fields.text("to", request.to, kNameBytesMax);
    fields.time("until", until);
    fields.choice("why", request.why);
    fields.require("to");
    fields.require("until");
    CALM_TRY(fields.finish());
    request.until = until.value_or(Instant{});
    return request;
}

Result<DeviceRequest> parse_device(const boost::json::value& json, bool merges) {
    Fields fields(json);
    DeviceRequest request;
    fields.text("device", request.device, kNameBytesMax);
    if (merges) fields.text("other", request.other, kNameBytesMax);
    fields.require("device");
    if (merges) fields.require("other");
    CALM_TRY(fields.finish());
    return request;
}

void write_devices(std::string& out, const Ledger& ledger, const DeviceName& name) {
    out += R"({"names":[)";
    for (const Merge& each : ledger.merges()) {
        if (out.back() == '}') out += ',';
        out += '{';
        append_device(out, "device", each.device, name);
        out += ',';
        append_device(out, "machine", ledger.machine(each.device), name);
        out += '}';
    }
    out += R"(],"look_alikes":[)";
    for (const Doubt& each : ledger.doubts()) {
        if (!ledger.is_doubted(each.device) || ledger.subject(each.device).erased != 0) continue;
        if (out.back() == '}') out += ',';
        out += '{';
        append_device(out, "device", each.device, name);
        out += ',';
        append_device(out, "like", each.like, name);
        out += fmt::format(R"(,"since":"{}"}})", to_rfc3339(each.since));
    }
    out += "]}";
}

}  // namespace calm::wire
