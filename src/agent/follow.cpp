// From a statement to an enrolment.
#include "agent/follow.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/enrolment.h"
#include "documents/host_auth.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"
#include "documents/succession.h"

namespace calm {
namespace {

constexpr std::chrono::milliseconds kTimeout{5'000};

Error untrusted(const std::string& detail) {
    return {"successor_untrusted", detail};
}

// The statement of one of the new server's nodes.
Result<SuccessorStatement> statement_of(const wire::Successor& told, const LedgerId& ledger) {
    CALM_TRY_ASSIGN(const std::string kid, signer_of(told.statement, kSuccessorStatementSizeMax));
    for (const std::string& document : told.certificates) {
        CALM_TRY_ASSIGN(const NodeCertificate node,
                        verify_node_certificate(document, PublicKey{told.identity}));
        if (key_id(node.node) != kid) continue;
        CALM_TRY_ASSIGN(const SuccessorStatement statement,
                        verify_successor(told.statement, node.node));
        if (statement.ledger != ledger) break;
        return statement;
    }
    return std::unexpected(untrusted("no node of it has signed what it says of itself"));
}

// The old server itself. What it said before the last contact says nothing: whoever stole the key
// of a certificate that is out of use might repeat it.
Result<ServerConfig> old_one_at(const ServerConfig& address, const wire::Successor& told,
                                const OldServer& old) {
    const auto statement = statement_of(told, ledger_id_of(old.identity));
    if (!statement) return std::unexpected(untrusted(statement.error().detail));
    const bool its_own =
        address.license_server ? address.license_server == statement->ledger : old.first;
    if (!its_own || !address.fingerprint || *address.fingerprint == statement->certificate)
        return fail("succession_unknown", "it is the same license server");
    if (old.state.last_contact && statement->at < *old.state.last_contact)
        return std::unexpected(untrusted("what it says of itself is older than the last contact"));
    ServerConfig again = address;
    again.license_server = statement->ledger;
    again.fingerprint = statement->certificate;
    return again;
}

// Who took the old server's place, as far as its vendors say so.
Result<ServerConfig> successor_at(const ServerConfig& address, const OldServer& old) {
    HttpClientSettings settings = http_settings(address);
    settings.any_certificate = true;  // what is asked for proves itself
    settings.connect_timeout = settings.timeout = kTimeout;
    HttpClient client(std::move(settings));
    const LedgerId from = ledger_id_of(old.identity);
    const std::string path = "/v1/succession?of=" + to_string(from);
    CALM_TRY_ASSIGN(const auto json, client.json({.path = path}));
    CALM_TRY_ASSIGN(const wire::Successor told, wire::parse_successor(json));
    if (PublicKey{told.identity} == old.identity) return old_one_at(address, told, old);
    const auto verified = verify_succession(told.succession, old.state.vendors);
    if (!verified) return std::unexpected(untrusted(verified.error().detail));
    const LedgerId to = ledger_id_of(PublicKey{told.identity});
    if (verified->succession.from != from || verified->succession.to != to)
        return std::unexpected(untrusted("its vendor speaks of other license servers"));
    const auto statement = statement_of(told, to);
    if (!statement) return std::unexpected(untrusted(statement.error().detail));
    ServerConfig successor = address;
    successor.discover.clear();
    successor.license_server = to;
    successor.fingerprint.reset();
    if (successor.ca_file.empty() && address.address.kind == ServerAddress::Kind::https)
        successor.fingerprint = statement->certificate;
    return successor;
}

}  // namespace

Result<Followed> follow_at(const ServerConfig& address, const OldServer& old,
                           const std::string& state_dir, Instant now) {
    CALM_TRY_ASSIGN(const ServerConfig successor, successor_at(address, old));
    const LedgerId from = ledger_id_of(old.identity);
    if (*successor.license_server == from) return Followed{.from = from, .server = successor};
    if (old.state.certificate.empty())
        return fail("host_not_certified", "no contact has brought the host's certificate");
    CALM_TRY_ASSIGN(const SecretKey key, HostFiles(state_dir).key_for_enrolment());
    const wire::Follow follow{
        .identity = old.identity.bytes,
        .certificates = old.state.node_certificates,
        .certificate = old.state.certificate,
        .proof = make_host_token(key, old.host, *successor.license_server, now)};
    std::string body;
    wire::write_follow(body, follow);
    HttpClientSettings settings = http_settings(successor);
    settings.connect_timeout = settings.timeout = kTimeout;
    HttpClient client(std::move(settings));
    CALM_TRY_ASSIGN(const auto json,
                    client.json({.method = "POST", .path = "/v1/hosts/follow", .body = body}));
    CALM_TRY_ASSIGN(const wire::Enrolled enrolled, wire::parse_enrolled(json));
    if (ledger_id_of(PublicKey{enrolled.identity}) != *successor.license_server)
        return std::unexpected(untrusted("it enrols for another ledger than its own"));
    CALM_TRY(HostFiles(state_dir, successor.license_server).keep_enrolment(key, enrolled));
    return Followed{.from = from, .server = successor};
}

std::vector<ServerConfig> after_following(const std::vector<ServerConfig>& servers,
                                          const std::vector<Followed>& followed,
                                          const LedgerId& first) {
    std::vector<ServerConfig> after;
    for (ServerConfig server : servers) {
        // In the order in which it was followed: a server may have been replaced again.
        for (const Followed& step : followed) {
            if (server.license_server.value_or(first) != step.from) continue;
            if (step.server.license_server != step.from) {
                server = step.server;
            } else if (server.address == step.server.address) {
                server.fingerprint = step.server.fingerprint;
            }
        }
        if (std::ranges::find(after, server) == after.end()) after.push_back(std::move(server));
    }
    return after;
}

}  // namespace calm
