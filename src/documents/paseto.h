// PASETO v4.public (paseto.io, version 4): a message, a footer and an implicit assertion under one
// Ed25519 signature. There is no algorithm field to lie about. What the message says is none of
// this file's business: see signed_document.h.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/crypto.h"

namespace calm {

inline constexpr std::string_view kPasetoHeader = "v4.public.";

// Pre-authentication encoding: what is signed, so that no two lists of parts look alike.
std::string paseto_pae(std::initializer_list<std::string_view> parts);

// The signature of v4.public over its parts, for those who carry them in another form
// (cal_token.h).
Signature paseto_signature(const SecretKey& key, std::string_view message, std::string_view footer,
                           std::string_view implicit_assertion);
bool paseto_signature_holds(const PublicKey& key, std::string_view message, std::string_view footer,
                            std::string_view implicit_assertion, const Signature& signature);

std::string paseto_sign(const SecretKey& key, std::string_view message, std::string_view footer,
                        std::string_view implicit_assertion);

// A token taken apart and NOT verified.
struct PasetoParts {
    std::string message;
    std::string footer;
    Signature signature;
};

// Refuses a token longer than `size_max` characters before it looks into it.
// Errors: `document_too_large`, `document_malformed`.
Result<PasetoParts> paseto_split(std::string_view token, size_t size_max);

// The inverse of paseto_split.
std::string paseto_join(const PasetoParts& parts);

// The message and footer of a token that `key` signed.
// Errors: those of paseto_split; `document_altered`: the signature is not the key's over this.
Result<PasetoParts> paseto_verify(std::string_view token, const PublicKey& key,
                                  std::string_view implicit_assertion, size_t size_max);

}  // namespace calm
