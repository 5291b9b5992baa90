// The whole of v4.public is one signature over PAE(header, message, footer, implicit assertion).
#include "documents/paseto.h"

#include <algorithm>

namespace calm {
namespace {

void append_le64(std::string& out, uint64_t value) {
    value &= ~(uint64_t{1} << 63);  // the specification keeps it readable for signed languages
    for (int i = 0; i < 8; ++i)
        out += static_cast<char>(value >> 8 * i & 255);
}

std::unexpected<Error> malformed(const char* what) {
    return fail("document_malformed", what);
}

}  // namespace

std::string paseto_pae(std::initializer_list<std::string_view> parts) {
    std::string out;
    size_t size = 8;
    for (const auto part : parts)
        size += 8 + part.size();
    out.reserve(size);
    append_le64(out, parts.size());
    for (const auto part : parts) {
        append_le64(out, part.size());
        out += part;
    }
    return out;
}

Signature paseto_signature(const SecretKey& key, std::string_view message, std::string_view footer,
                           std::string_view implicit_assertion) {
    return key.sign(as_bytes(paseto_pae({kPasetoHeader, message, footer, implicit_assertion})));
}

bool paseto_signature_holds(const PublicKey& key, std::string_view message, std::string_view footer,
                            std::string_view implicit_assertion, const Signature& signature) {
    return verify(key, as_bytes(paseto_pae({kPasetoHeader, message, footer, implicit_assertion})),
                  signature);
}

std::string paseto_sign(const SecretKey& key, std::string_view message, std::string_view footer,
                        std::string_view implicit_assertion) {
    return paseto_join({.message = std::string(message),
                        .footer = std::string(footer),
                        .signature = paseto_signature(key, message, footer, implicit_assertion)});
}

Result<PasetoParts> paseto_split(std::string_view token, size_t size_max) {
    if (token.size() > size_max) return fail("document_too_large", "the document is too long");
    if (!token.starts_with(kPasetoHeader)) {
        return malformed("it does not begin with `v4.public.`");
    }
    token.remove_prefix(kPasetoHeader.size());
    const size_t dot = token.find('.');
    const auto body = from_base64url(token.substr(0, dot));
    if (!body) return malformed("its first part is not base64url");
    PasetoParts parts;
    if (body->size() < parts.signature.bytes.size()) return malformed("it is cut short");
    if (dot != std::string_view::npos) {
        // An empty footer is written without its dot, so that each token has one spelling.
        auto footer = from_base64url(token.substr(dot + 1));
        if (!footer || footer->empty()) return malformed("its footer is not base64url");
        parts.footer = std::move(*footer);
    }
    const size_t message_size = body->size() - parts.signature.bytes.size();
    parts.message = body->substr(0, message_size);
    std::ranges::copy(as_bytes(*body).subspan(message_size), parts.signature.bytes.begin());
    return parts;
}

std::string paseto_join(const PasetoParts& parts) {
    std::string body = parts.message;
    body += as_text(parts.signature.bytes);
    std::string token(kPasetoHeader);
    token += to_base64url(as_bytes(body));
    if (!parts.footer.empty()) {
        token += '.';
        token += to_base64url(as_bytes(parts.footer));
    }
    return token;
}

Result<PasetoParts> paseto_verify(std::string_view token, const PublicKey& key,
                                  std::string_view implicit_assertion, size_t size_max) {
    CALM_TRY_ASSIGN(PasetoParts parts, paseto_split(token, size_max));
    if (!paseto_signature_holds(key, parts.message, parts.footer, implicit_assertion,
                                parts.signature)) {
        return fail("document_altered", "its signature does not fit");
    }
    return parts;
}

}  // namespace calm
