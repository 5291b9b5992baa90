// The envelope that all documents share.
#include "documents/signed_document.h"

#include <algorithm>

#include "base/assert.h"

namespace calm {
namespace {

constexpr size_t kSignatureSize = 64;
constexpr std::string_view kFooterHead = R"({"kid":")";
constexpr std::string_view kFooterTail = R"("})";
constexpr size_t kKeyIdSize = 16;

Signature signature_behind(std::string_view bare) {
    Signature signature;
    std::ranges::copy(as_bytes(bare.substr(bare.size() - kSignatureSize)), signature.bytes.begin());
    return signature;
}

}  // namespace

std::string_view assertion_of(DocumentKind kind) {
    switch (kind) {
        case DocumentKind::key_pack: return "calm.key-pack.v1";
        case DocumentKind::vendor: return "calm.vendor.v1";
        case DocumentKind::node_certificate: return "calm.node-certificate.v1";
        case DocumentKind::tree_head: return "calm.tree-head.v1";
        case DocumentKind::revocation_list: return "calm.revocation-list.v1";
        case DocumentKind::host_auth: return "calm.host-auth.v1";
        case DocumentKind::snapshot: return "calm.snapshot.v1";
        case DocumentKind::report: return "calm.report.v1";
        case DocumentKind::pack_transfer: return "calm.pack-transfer.v1";
        case DocumentKind::clearinghouse: return "calm.clearinghouse.v1";
        case DocumentKind::activation_request: return "calm.activation-request.v1";
        case DocumentKind::activation: return "calm.activation.v1";
        case DocumentKind::activation_readout: return "calm.activation-readout.v1";
        case DocumentKind::status_list: return "calm.status-list.v1";
        case DocumentKind::succession: return "calm.succession.v1";
        case DocumentKind::successor: return "calm.successor.v1";
        case DocumentKind::host_certificate: return "calm.host-certificate.v1";
    }
    CALM_ASSERT(!"a document of no kind");
    return {};
}

std::string footer_of(const PublicKey& key) {
    std::string footer(kFooterHead);
    footer += key_id(key);
    footer += kFooterTail;
    return footer;
}

std::string sign_document(DocumentKind kind, const SecretKey& key, std::string_view payload) {
    return paseto_sign(key, payload, footer_of(key.public_key()), assertion_of(kind));
}

Result<std::string> signer_of(std::string_view document, size_t size_max) {
    CALM_TRY_ASSIGN(const PasetoParts parts, paseto_split(document, size_max));
    const std::string_view footer = parts.footer;
    if (footer.size() != kFooterHead.size() + kKeyIdSize + kFooterTail.size() ||
        !footer.starts_with(kFooterHead) || !footer.ends_with(kFooterTail)) {
        return fail("document_malformed", "its footer does not name the signing key");
    }
    const std::string_view id = footer.substr(kFooterHead.size(), kKeyIdSize);
    if (!from_hex(id)) return fail("document_malformed", "its footer does not name a key");
    return std::string(id);
}

Result<std::string> verify_document(DocumentKind kind, std::string_view document,
                                    const PublicKey& key, size_t size_max) {
    CALM_TRY_ASSIGN(PasetoParts parts, paseto_verify(document, key, assertion_of(kind), size_max));
    if (parts.footer != footer_of(key)) {
        return fail("document_malformed", "its footer does not name the signing key");
    }
    return std::move(parts.message);
}

Result<std::string> bare_document(std::string_view document, size_t size_max) {
    CALM_TRY_ASSIGN(PasetoParts parts, paseto_split(document, size_max));
    parts.message += as_text(parts.signature.bytes);
    return std::move(parts.message);
}

Result<std::string_view> verify_bare_document(DocumentKind kind, std::string_view bare,
                                              const PublicKey& key) {
    if (bare.size() < kSignatureSize) return fail("document_malformed", "it is cut short");
    const std::string_view payload = bare.substr(0, bare.size() - kSignatureSize);
    if (!paseto_signature_holds(key, payload, footer_of(key), assertion_of(kind),
                                signature_behind(bare))) {
        return fail("document_altered", "its signature does not fit");
    }
    return payload;
}

std::string document_of(std::string_view bare, const PublicKey& key) {
    CALM_ASSERT(bare.size() >= kSignatureSize);
    return paseto_join({.message = std::string(bare.substr(0, bare.size() - kSignatureSize)),
                        .footer = footer_of(key),
                        .signature = signature_behind(bare)});
}

}  // namespace calm
