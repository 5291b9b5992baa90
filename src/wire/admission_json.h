// API v1: admissions as JSON. The only place that knows these field names. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "core/admission.h"

namespace calm::wire {

// What a host asks, in the outside's names. Texts are as sent; the server normalises them.
struct AdmissionQuestion {
    std::optional<RequestId> request_id;
    std::string product;
    std::string user;    // empty: nobody named
    std::string device;  // empty: nothing named
    uint32_t host = 0;   // only administrators name a host; zero: the one who asks
    bool want_token = false;
    bool administration = false;
    bool host_service = false;
    uint32_t administrators_now = 0;
    std::string station;      // where at the host; empty: at none
    std::string from_server;  // another host that connects itself; empty: none
    std::string via;          // the front end that passes user and device on; empty: none
    Workload workload = Workload::person;
    bool outside = false;    // an outside user: neither an employee nor working on the site
    std::string held_token;  // a CAL token of another server, shown with the question
    // What tells a device from others beside its name; empty: not known.
    std::string hardware_id;
    std::string certificate;
    std::string device_mark;  // that the host left on it
    bool wait = false;        // stands in line when all concurrent seats are in use
    // That the host's own policy asks for; absent: the one that this server has of the host.
    std::optional<LicensingMode> mode;
};

// What the server answers.
struct AdmissionAnswer {
    Reason reason = Reason::no_cal_available;
    CalId cal;
    Instant expires_at;
    std::string token;      // when asked for and a CAL admits
    bool repeated = false;  // the request id was answered before, so
    std::string lacks;      // of a refusal: the base product whose CAL is missing
    uint32_t place = 0;     // of one that waits: in line, 1 is the next
    // Of a concurrent seat: from when on a host with a running session asks again; or zero.
    Instant ask_again_at;
};

inline constexpr size_t kNameBytesMax = 256;
inline constexpr size_t kBatchMax = 256;

// 32 lower-case hex digits. Errors: `bad_request_id`.
Result<RequestId> parse_request_id(std::string_view text);
std::string to_text(const RequestId& id);

// {"request_id":…,"product":…,"user":…,"device":…,"want_token":…}. Errors: `bad_field` (unknown
// field, wrong type, too long), `missing_field`, `bad_request_id`.
Result<AdmissionQuestion> parse_admission(const boost::json::value& json);

// {"admissions":[…]} of 1..kBatchMax. Errors: the same.
Result<std::vector<AdmissionQuestion>> parse_admission_batch(const boost::json::value& json);

// Appends {"verdict":…,"reason":…,"cal":…,"expires_at":…,"sentence":…,"token":…}; `sentence` is
// left out when empty.
void write_answer(std::string& out, const AdmissionAnswer& answer, std::string_view sentence);

}  // namespace calm::wire
