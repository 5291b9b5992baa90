// A code is 560 bits: the signature, a number of 32 bits and a day of 16.
#include "documents/readout.h"

#include <algorithm>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/checked_groups.h"
#include "documents/paseto.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr CodeKind kRequestCode{
    .groups = 2, .tone = 9, .error = "bad_readout", .name = "a request code"};
constexpr CodeKind kActivationCode{
    .groups = 28, .tone = 6, .error = "bad_readout", .name = "an activation code"};
constexpr CodeKind kPackCode{
    .groups = 28, .tone = 12, .error = "bad_readout", .name = "a pack code"};

constexpr size_t kSignatureBytes = 64;
using CodeBytes = std::array<uint8_t, kSignatureBytes + 6>;
static_assert(sizeof(CodeBytes) * 8 == 28 * kGroupBits);

CodeBytes code_bytes(const Signature& signature, uint32_t serial, uint16_t day) {
    CodeBytes bytes{};
    std::ranges::copy(signature.bytes, bytes.begin());
    for (size_t i = 0; i < 4; ++i)
        bytes[kSignatureBytes + i] = static_cast<uint8_t>(serial >> (24 - 8 * i));
    bytes[kSignatureBytes + 4] = static_cast<uint8_t>(day >> 8);
    bytes[kSignatureBytes + 5] = static_cast<uint8_t>(day);
    return bytes;
}

struct Code {
    Signature signature;
    uint32_t serial = 0;
    uint16_t day = 0;
};

Result<Code> open_code(std::string_view text, const CodeKind& kind) {
    CALM_TRY_ASSIGN(const auto bytes, read_checked_groups(text, kind));
    Code code;
    std::copy_n(bytes.begin(), kSignatureBytes, code.signature.bytes.begin());
    for (size_t i = 0; i < 4; ++i)
        code.serial = code.serial << 8 | bytes[kSignatureBytes + i];
    code.day = static_cast<uint16_t>(bytes[kSignatureBytes + 4] << 8 | bytes[kSignatureBytes + 5]);
    if (code.serial == 0) return fail(kind.error, "its number is 0");
    return code;
}

std::string activation_words(const ReadOutActivation& activation) {
    return fmt::format(R"({{"server":"{}","nonce":"{}","serial":{},"until":"{}"}})",
                       to_string(activation.server), to_hex(activation.nonce), activation.serial,
                       to_rfc3339(activation.until()));
}

std::unexpected<Error> altered() {
    return fail("readout_altered",
                "each group is sound, and the whole was not made for what was asked here");
}

}  // namespace

std::string readout_request(const ActivationNonce& nonce) {
    return checked_groups(nonce, kRequestCode);
}

Result<ActivationNonce> parse_readout_request(std::string_view text) {
    CALM_TRY_ASSIGN(const auto bytes, read_checked_groups(text, kRequestCode));
    ActivationNonce nonce{};
    std::ranges::copy(bytes, nonce.begin());
    return nonce;
}

std::string read_out_activation(const ReadOutActivation& activation,
                                const SecretKey& clearinghouse) {
    const Signature signature = paseto_signature(clearinghouse, activation_words(activation),
                                                 footer_of(clearinghouse.public_key()),
                                                 assertion_of(DocumentKind::activation_readout));
    return checked_groups(code_bytes(signature, activation.serial, activation.until_day),
                          kActivationCode);
}

Result<ReadOutActivation> read_activation_code(std::string_view code, const LedgerId& server,
                                               const ActivationNonce& nonce,
                                               const PublicKey& clearinghouse) {
    CALM_TRY_ASSIGN(const Code opened, open_code(code, kActivationCode));
    const ReadOutActivation activation{
        .server = server, .nonce = nonce, .serial = opened.serial, .until_day = opened.day};
    if (!paseto_signature_holds(clearinghouse, activation_words(activation),
                                footer_of(clearinghouse),
                                assertion_of(DocumentKind::activation_readout), opened.signature)) {
        return altered();
    }
    return activation;
}

KeyPackDocument pack_of_readout(const ReadOutPack& terms, std::string_view vendor_name,
                                std::string_view clearinghouse) {
    const Instant from = Instant{} + days(terms.from_day);
    KeyPackDocument pack{.product = terms.product,
                         .kind = terms.kind,
                         .quantity = terms.quantity,
                         .not_before = from,
                         .expires_at = terms.expires_at,
                         .vendor = std::string(vendor_name),
                         .issued_at = from,
                         .license_server = terms.server,
                         .clearinghouse = std::string(clearinghouse)};
    const Hash id = sha256(fmt::format("calm pack read out\n{}\n{}\n{}", to_string(terms.server),
                                       terms.serial, clearinghouse));
    std::copy_n(id.begin(), pack.pack_id.size(), pack.pack_id.begin());
    return pack;
}

Result<std::string> read_out_pack(const ReadOutPack& terms, std::string_view vendor_name,
                                  std::string_view clearinghouse, const SecretKey& key) {
    CALM_TRY_ASSIGN(const std::string armoured,
                    issue_key_pack(pack_of_readout(terms, vendor_name, clearinghouse), key));
    CALM_TRY_ASSIGN(const std::string document, key_pack_document(armoured));
    CALM_TRY_ASSIGN(const PasetoParts parts, paseto_split(document, kKeyPackSizeMax));
    return checked_groups(code_bytes(parts.signature, terms.serial, terms.from_day), kPackCode);
}

Result<std::string> read_pack_code(std::string_view code, ReadOutPack terms,
                                   std::string_view vendor_name, std::string_view clearinghouse) {
    CALM_TRY_ASSIGN(const Code opened, open_code(code, kPackCode));
    CALM_TRY_ASSIGN(const auto certificate, read_clearinghouse(clearinghouse));
    terms.serial = opened.serial;
    terms.from_day = opened.day;
    KeyPackDocument pack = pack_of_readout(terms, vendor_name, clearinghouse);
    pack.vendor_key = certificate.vendor;
    const std::string payload = key_pack_payload(pack);
    if (!paseto_signature_holds(certificate.key, payload, footer_of(certificate.key),
                                assertion_of(DocumentKind::key_pack), opened.signature)) {
        return altered();
    }
    return armour(kKeyPackLabel, paseto_join({.message = payload,
                                              .footer = footer_of(certificate.key),
                                              .signature = opened.signature}));
}

}  // namespace calm
