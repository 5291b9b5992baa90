// Enrolment: the host's key is made here, and a license server is told its public half with a token
// that an administrator made there. From then on the host proves who it is with the key.
#pragma once

#include <optional>
#include <string>

#include "agent/host_config.h"
#include "base/result.h"
#include "client/http_client.h"
#include "core/terms.h"
#include "wire/host_json.h"

namespace calm {

struct EnrolmentWish {
    ServerConfig server;
    std::string token;
    std::string name;                   // of the host
    std::optional<LicensingMode> mode;  // absent: the ledger's default
    std::string state_dir;
    bool also = false;  // beside the license server where the host is enrolled already
};

struct Enrolment {
    wire::Enrolled enrolled;
    // The ledger of one at which the host is enrolled also: the first stays the first.
    std::optional<LedgerId> further;
};

// Blocking, 30 seconds at most. May be repeated: the same key under the same name is the same host.
// Errors: those of HttpClient::json() and HostFiles; `enrolment_refused`; what the server says
// (`enrolment_token_invalid`, `host_name_taken`).
Result<Enrolment> enrol_host(const EnrolmentWish& wish);

HttpClientSettings http_settings(const ServerConfig& server);

}  // namespace calm
