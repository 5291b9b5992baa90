// Activation: a license server asks a vendor's clearinghouse to certify its key, and the answer
// (facts rd-licensing 4.1). Both travel online or as files; the telephone's form of the answer is
// in readout.h. Whatever the way, the answer says the same: this license server id is certified
// until then.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/terms.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"
#include "documents/product_key.h"

namespace calm {

enum class ActivationPurpose : uint8_t {
    activate,
    reactivate,
    deactivate,  // the server has given up its certificate, and says so
    packs        // an activated server redeems product keys, and fetches what was made for it
};

// Why an activated server is activated again (facts rd-licensing 4.1, "Reactivate reasons").
enum class ReactivationReason : uint8_t {
    redeployed,
    certificate_corrupt,
    key_compromised,
    activation_expired,
    server_upgraded
};

template <>
struct NamesOf<ActivationPurpose> {
    static constexpr Names<ActivationPurpose, 4> value{
        {{ActivationPurpose::activate, "activate"},
         {ActivationPurpose::reactivate, "reactivate"},
         {ActivationPurpose::deactivate, "deactivate"},
         {ActivationPurpose::packs, "packs"}}};
};
template <>
struct NamesOf<ReactivationReason> {
    static constexpr Names<ReactivationReason, 5> value{
        {{ReactivationReason::redeployed, "redeployed"},
         {ReactivationReason::certificate_corrupt, "certificate_corrupt"},
         {ReactivationReason::key_compromised, "key_compromised"},
         {ReactivationReason::activation_expired, "activation_expired"},
         {ReactivationReason::server_upgraded, "server_upgraded"}}};
};

// Drawn for each request, and given back by its answer. Two groups when it is read out.
using ActivationNonce = std::array<uint8_t, 5>;

inline constexpr size_t kRedeemedAtOnceMax = 50;  // product keys in one request

struct ActivationRequest {
    LedgerId server;  // ENSURES: the id of `identity`
    PublicKey identity;
    PublicKey vendor;  // whose clearinghouse is asked
    ActivationNonce nonce{};
    Instant at;  // ledger time of the server
    ActivationPurpose purpose = ActivationPurpose::activate;
    std::optional<ReactivationReason> why;  // if and only if the purpose is to reactivate
    // How far its log has come: what a clone of the server would say differs sooner or later.
    uint32_t epoch = 0;
    uint64_t size = 0;
    std::string company;  // who asks; each 0..200 bytes
    std::string contact;
    std::string country;
    std::vector<ProductKey> keys;  // to be redeemed

    bool operator==(const ActivationRequest&) const = default;
};

inline constexpr std::string_view kActivationRequestLabel = "CALM ACTIVATION REQUEST";
inline constexpr std::string_view kActivationLabel = "CALM ACTIVATION";
inline constexpr size_t kActivationRequestSizeMax = 8192;  // characters without armour
inline constexpr size_t kActivationSizeMax = 4096;
// Bytes of a whole answer: the certificate, the server's key packs and the status list.
inline constexpr size_t kAnswerSizeMax = 4 * 1024 * 1024;

// The armoured request. `server` and `identity` are taken from the key. Errors:
// `activation_malformed`.
Result<std::string> sign_activation_request(ActivationRequest request, const SecretKey& identity);

// ENSURES: the identity key of the server that it names has signed it. Errors:
// `activation_malformed`, `activation_altered`.
Result<ActivationRequest> read_activation_request(std::string_view text);

struct Activation {
    LedgerId server;
    ActivationNonce nonce{};
    uint64_t serial = 0;  // of the certificate; the vendor's next one is greater. Not 0.
    Instant issued_at;
    Instant until;              // the first second in which it certifies no more
    std::string clearinghouse;  // the document that lets its key sign

    bool operator==(const Activation&) const = default;
};

// The armoured answer. Errors: `activation_malformed`; those of read_clearinghouse();
// `clearinghouse_expired`. REQUIRES: `activation.clearinghouse` is of the key.
Result<std::string> sign_activation(const Activation& activation, const SecretKey& clearinghouse);

struct VerifiedActivation {
    Activation activation;
    PublicKey vendor;
};

// ENSURES: a clearinghouse of one of `vendors` has signed it. That it is for this server, and
// answers what the server asked, is the server's to know. Errors: `activation_malformed`,
// `activation_altered`, `clearinghouse_*`, `clearinghouse_untrusted`.
Result<VerifiedActivation> verify_activation(std::string_view text,
                                             std::span<const PublicKey> vendors);

}  // namespace calm
