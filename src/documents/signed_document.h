// A signed document: JSON under a PASETO v4.public signature. The implicit assertion names the kind
// of document, so that none passes for another kind; the footer {"kid":"…"} names the signing key.
// The kinds and their payloads are described in docs/internals/documents.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/crypto.h"
#include "documents/paseto.h"

namespace calm {

enum class DocumentKind : uint8_t {
    key_pack,
    vendor,
    node_certificate,
    tree_head,
    revocation_list,
    host_auth,
    snapshot,
    report,
    pack_transfer,
    clearinghouse,
    activation_request,
    activation,
    activation_readout,  // an activation in the form of readout.h
    status_list,
    succession,
    successor,
    host_certificate
};

// "calm.key-pack.v1" and so on. The number changes with the meaning of the payload.
std::string_view assertion_of(DocumentKind kind);

// {"kid":"<key_id>"}
std::string footer_of(const PublicKey& key);

// REQUIRES: `payload` is JSON text.
std::string sign_document(DocumentKind kind, const SecretKey& key, std::string_view payload);

// Which key a document says it was signed by (its key_id), before anything is verified.
// Errors: `document_too_large`, `document_malformed`.
Result<std::string> signer_of(std::string_view document, size_t size_max);

// The payload of a document that `key` signed as this kind. Nothing of the payload is looked at
// before the signature holds. Errors: `document_too_large`, `document_malformed`,
// `document_altered`.
Result<std::string> verify_document(DocumentKind kind, std::string_view document,
                                    const PublicKey& key, size_t size_max);

// A document without what its reader can work out for itself (header, footer): the payload, then
// the 64 bytes of the signature. CAL tokens carry it so. Errors as those of paseto_split.
Result<std::string> bare_document(std::string_view document, size_t size_max);

// The payload of a bare document that `key` signed as this kind, as a view into it.
// Errors: `document_malformed`, `document_altered`.
Result<std::string_view> verify_bare_document(DocumentKind kind, std::string_view bare,
                                              const PublicKey& key);

// The document again. REQUIRES: `bare` has at least 64 bytes.
std::string document_of(std::string_view bare, const PublicKey& key);

}  // namespace calm
