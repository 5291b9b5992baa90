// The key pack: a vendor's signed statement "N CALs of this kind for this product". The file is the
// signed document in armour (armour.h, label "CALM KEY PACK").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/entry.h"
#include "core/product.h"
#include "core/terms.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

inline constexpr std::string_view kKeyPackLabel = "CALM KEY PACK";
inline constexpr size_t kKeyPackSizeMax = 8192;  // characters of the document without armour

struct KeyPackDocument {
    Bytes16 pack_id{};  // drawn by the vendor; a server installs it once
    Product product;
    bool defines_product = false;  // product.rules are the vendor's; else they say nothing
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 1;  // 1..kPackQuantityMax
    Channel channel = Channel::retail;
    std::optional<Agreement> agreement;  // if and only if the channel is volume
    Instant not_before;
    std::optional<Instant> expires_at;  // the first second in which it is no longer valid
    std::string vendor;                 // its name; 1..200 bytes
    PublicKey vendor_key;
    Instant issued_at;
    std::optional<LedgerId> license_server;  // the only one that may install it
    std::string buy_url;                     // where more can be bought; may be empty
    std::vector<std::string> also;  // a suite: the other products that one of its CALs covers
    PackMetric metric = PackMetric::named;
    uint32_t overdraft = 0;  // over-use CALs beyond the quantity that the vendor allows
    std::optional<Instant> maintained_until;  // covers later versions that came out before then
    // The document that lets a clearinghouse sign for the vendor; empty: the vendor's root signs.
    // Such a pack gives CALs while the clearinghouse certifies the license server
    // (core/vendor_word.h).
    std::string clearinghouse;
    uint32_t renewal = 0;  // how often it was renewed; the latest one counts
    // What came with a machine (channel `oem`): only there it may be installed, and it needs no
    // activation. hardware_hash() of what the machine's maker wrote into it.
    std::optional<Hash> hardware;

    bool operator==(const KeyPackDocument&) const = default;
};

// The armoured pack. `document.vendor_key` is taken from the key, or from the clearinghouse's
// certificate. Errors: `pack_malformed` and what is wrong with the document; `bad_agreement`;
// `clearinghouse_*`. REQUIRES: a certificate is of the key.
Result<std::string> issue_key_pack(KeyPackDocument document, const SecretKey& key);

// The key that signs the pack: the vendor's, or that of its clearinghouse. Errors:
// `clearinghouse_*`; `clearinghouse_untrusted` (another vendor's).
Result<PublicKey> key_pack_signer(const KeyPackDocument& pack);

// Of the number that a machine's maker gave it (SMBIOS "UUID"); letter case, hyphens and blanks do
// not count.
Hash hardware_hash(std::string_view id);

// It gives CALs only while the clearinghouse certifies the license server.
inline bool asks_for_activation(const KeyPackDocument& pack) {
    return !pack.clearinghouse.empty() && !pack.hardware;
}

// What is signed.
std::string key_pack_payload(const KeyPackDocument& pack);

// What a pack says, for showing it: its signature is verified with the key that it shows, which
// proves that nobody altered it, not that its vendor is trusted. Errors: `pack_malformed`,
// `pack_altered`.
Result<KeyPackDocument> inspect_key_pack(std::string_view text);

// A pack that may be installed at `now` by a server that trusts `vendors`. Errors, in this order:
// `pack_malformed`, `clearinghouse_*`, `pack_altered`, `pack_vendor_unknown`, `pack_not_yet_valid`,
// `pack_expired`. That it may be installed on this server (license_server, installed twice) is the
// server's to know.
Result<KeyPackDocument> verify_key_pack(std::string_view text, std::span<const PublicKey> vendors,
                                        Instant now);

// Errors: `pack_not_yet_valid`, `pack_expired`.
Result<> check_pack_dates(const KeyPackDocument& pack, Instant now);

// The document inside an armoured pack, as records and CAL tokens keep it. Errors:
// `pack_malformed`.
Result<std::string> key_pack_document(std::string_view text);

// Payload of a pack whose signature was verified. Errors: `pack_malformed`.
Result<KeyPackDocument> read_key_pack(std::string_view payload);

}  // namespace calm
