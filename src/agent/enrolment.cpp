// One request; the key is stored before it is sent, the answer after it was checked.
#include "agent/enrolment.h"

#include <cstdio>

#include <fmt/format.h>

#include "agent/host_files.h"
#include "agent/sealed_file.h"
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

namespace {

// Which license server it is turns out by enrolling there.
Result<> put_in_place(const EnrolmentWish& wish, const wire::Enrolled& enrolled) {
    if (const auto first = HostFiles(wish.state_dir).identity();
        first && to_string(first->ledger()) == enrolled.ledger) {
        return fail("enrolment_refused", "it is the one where this host is enrolled already");
    }
    const std::string place = directory_of(wish.state_dir, enrolled.ledger);
    CALM_TRY(make_directory(place));
    for (const char* file : {"/host.key", "/enrolment.json"}) {
        const std::string made = directory_of(wish.state_dir, "new") + file;
        if (std::rename(made.c_str(), (place + file).c_str()) != 0) {
            return fail("host_file_unwritable", fmt::format("cannot write `{}{}`", place, file));
        }
    }
    return {};
}

}  // namespace

std::string directory_of(const std::string& state_dir, const std::string& license_server) {
    return state_dir + "/servers/" + license_server;
}

Result<wire::Enrolled> enrol_host(const EnrolmentWish& wish) {
    if (wish.also) {
        CALM_TRY(make_directory(wish.state_dir));
        CALM_TRY(make_directory(wish.state_dir + "/servers"));
    }
    HostFiles files(wish.also ? directory_of(wish.state_dir, "new") : wish.state_dir);
    CALM_TRY_ASSIGN(const SecretKey key, files.key_for_enrolment());
    std::string body;
    wire::write_enrolment(
        body,
        {.token = wish.token, .name = wish.name, .key = key.public_key().bytes, .mode = wish.mode});
    HttpClient client(http_settings(wish.server));
    CALM_TRY_ASSIGN(const auto json,
                    client.json({.method = "POST", .path = "/v1/hosts", .body = body}));
    CALM_TRY_ASSIGN(const wire::Enrolled enrolled, wire::parse_enrolled(json));
    const std::string named = to_string(ledger_id_of(PublicKey{enrolled.identity}));
    if (named != enrolled.ledger || !enrolled.host) {
        return fail("enrolment_refused", fmt::format("it calls itself `{}`, and its key's id is {}",
                                                     enrolled.ledger.substr(0, 64), named));
    }
    CALM_TRY(files.keep_enrolment(key, enrolled));
    if (wish.also) CALM_TRY(put_in_place(wish, enrolled));
    return enrolled;
}

}  // namespace calm
