// One request; the key is stored before it is sent, the answer after it was checked.
#include "agent/enrolment.h"

#include <fmt/format.h>

#include "agent/as_owner_of.h"
#include "agent/host_files.h"
#include "client/http_client.h"
#include "documents/ledger_id.h"

namespace calm {

HttpClientSettings http_settings(const ServerConfig& server) {
    HttpClientSettings settings;
    settings.server = server.address;
    settings.pinned_certificate = server.fingerprint;
    settings.ca_file = server.ca_file;
    return settings;
}

Result<Enrolment> enrol_host(const EnrolmentWish& wish) {
    HostFiles files(wish.state_dir);
    const AsOwnerOf agent(wish.state_dir);  // what root enrols is for the agent to read
    CALM_TRY_ASSIGN(const SecretKey key, files.key_for_enrolment());
    std::string body;
    wire::write_enrolment(
        body,
        {.token = wish.token, .name = wish.name, .key = key.public_key().bytes, .mode = wish.mode});
    HttpClient client(http_settings(wish.server));
    CALM_TRY_ASSIGN(const auto json,
                    client.json({.method = "POST", .path = "/v1/hosts", .body = body}));
    CALM_TRY_ASSIGN(const wire::Enrolled enrolled, wire::parse_enrolled(json));
    const LedgerId ledger = ledger_id_of(PublicKey{enrolled.identity});
    const std::string named = to_string(ledger);
    if (named != enrolled.ledger || !enrolled.host) {
        return fail("enrolment_refused", fmt::format("it calls itself `{}`, and its key's id is {}",
                                                     enrolled.ledger.substr(0, 64), named));
    }
    if (!wish.also) {
        CALM_TRY(files.keep_enrolment(key, enrolled));
        return Enrolment{enrolled};
    }
    const auto first = files.identity();
    if (first && first->ledger() == ledger) {
        return fail("enrolment_refused", "it is the one where this host is enrolled already");
    }
    CALM_TRY(HostFiles(wish.state_dir, ledger).keep_enrolment(key, enrolled));
    return Enrolment{enrolled, ledger};
}

}  // namespace calm
