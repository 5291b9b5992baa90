// This server took another one's place: it says so to the hosts of the old one, and takes them in
// without a token. To its own hosts it says with which certificate it is found: restored on another
// machine, it has a new one.
#include "documents/host_auth.h"
#include "documents/host_certificate.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"
#include "documents/succession.h"
#include "server/host_enrolment.h"
#include "wire/host_json.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// The vendor's word that this server took the place of that one. Errors: `succession_unknown`.
Result<std::string> succession_from(const Api& api, const LedgerId& from) {
    const std::string* text = api.directory.succession(to_string(from));
    if (text != nullptr) return *text;
    return fail("succession_unknown", "this server has not taken the place of " + to_string(from));
}

// GET /v1/succession?of=ID. Of this server itself no vendor needs to say anything.
void show(Api& api, const Request& request, Responder responder) {
    const auto from = parse_ledger_id(request.query("of").value_or(""));
    if (!from) return responder.fail(from.error());
    const Node& node = api.server.node();
    const LedgerId here = ledger_id_of(node.identity.public_key());
    const auto succession = *from == here ? std::string() : succession_from(api, *from);
    if (!succession) return responder.fail(succession.error());
    const auto certificate = array_from_hex<32>(api.fingerprint);
    wire::Successor successor{
        .succession = *succession,
        .identity = node.identity.public_key().bytes,
        .certificates = {},
        .statement = sign_successor({.ledger = here,
                                     .certificate = certificate ? *certificate : Hash{},
                                     .at = api.server.now()},
                                    node.key)};
    for (const entry::NodeAdded& each : api.server.ledger().nodes())
        successor.certificates.push_back(each.certificate);
    std::string out;
    wire::write_successor(out, successor);
    responder.send(Response::json(200, std::move(out)));
}

// The old server's node key that signed the host's certificate. Errors: `document_*`,
// `certificate_malformed`, `host_certificate_untrusted`.
Result<PublicKey> signer_of_host(const wire::Follow& follow) {
    CALM_TRY_ASSIGN(const std::string kid, signer_of(follow.certificate, kHostCertificateSizeMax));
    for (const std::string& document : follow.certificates) {
        CALM_TRY_ASSIGN(const NodeCertificate node,
                        verify_node_certificate(document, PublicKey{follow.identity}));
        if (key_id(node.node) == kid) return node.node;
    }
    return fail("host_certificate_untrusted", "no node of the old server has signed it");
}

// A host of a server whose place this one took: who it was there, proved with its key.
Result<HostCertificate> host_of(const Api& api, const wire::Follow& follow) {
    const LedgerId old = ledger_id_of(PublicKey{follow.identity});
    CALM_TRY(succession_from(api, old));
    CALM_TRY_ASSIGN(const PublicKey node, signer_of_host(follow));
    const Instant now = api.server.now();
    CALM_TRY_ASSIGN(HostCertificate host, verify_host_certificate(follow.certificate, node, now));
    if (host.ledger != old)
        return fail("host_certificate_untrusted", "it is a host of another license server");
    const LedgerId here = ledger_id_of(api.server.node().identity.public_key());
    CALM_TRY_ASSIGN(const HostClaim claim, verify_host_token(follow.proof, host.key, here, now));
    if (claim.host != host.host)
        return fail("host_certificate_untrusted", "the proof names another host");
    return host;
}

void follow(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    const auto follow = wire::parse_follow(**body);
    if (!follow) return responder.fail(follow.error());
    const auto host = host_of(api, *follow);
    if (!host) return responder.fail(host.error());
    if (answer_known_host(api, host->name, host->key.bytes, responder)) return;
    add_host(api,
             {.name = host->name,
              .key = host->key.bytes,
              .mode = host->mode,
              // It may be over, but it does not begin again.
              .grace_until = host->grace_until},
             {}, std::move(responder), [] {});
}

}  // namespace

void add_succession_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/succession", {}, "That this server took another one's place", show,
        http::kUnauthenticated);
    row(Method::post, "/v1/hosts/follow", {}, "Enrol a host of the server that was replaced",
        follow, http::kUnauthenticated);
}

}  // namespace calm
