// Read-out codes: activation by telephone (facts rd-licensing 4.1). The customer reads the license
// server id and a request code of two groups; the vendor reads back 28 groups, each of which is
// checked as it is typed. They hold the whole signature, so that the result is worth as much as a
// file's: nobody who could not sign for the vendor can make one up.
//
// A pack is read out in the same way. Its terms are agreed in words (product, kind, quantity, end)
// and typed at both ends; the signature in the code holds for these terms only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "documents/activation.h"
#include "documents/clearinghouse_certificate.h"
#include "documents/crypto.h"
#include "documents/key_pack.h"
#include "documents/ledger_id.h"

namespace calm {

// "ABCDE-FGHJK".
std::string readout_request(const ActivationNonce& nonce);
// Errors: `bad_readout`, naming the wrong group.
Result<ActivationNonce> parse_readout_request(std::string_view text);

// What an activation that is read out says. The time of issue is not in it: it is signed until a
// day.
struct ReadOutActivation {
    LedgerId server;
    ActivationNonce nonce{};
    uint32_t serial = 0;     // not 0
    uint16_t until_day = 0;  // days since 1970-01-01; it certifies to the end of the day before

    Instant until() const { return Instant{} + days(until_day); }
    bool operator==(const ReadOutActivation&) const = default;
};

// 28 groups. REQUIRES: serial > 0.
std::string read_out_activation(const ReadOutActivation& activation,
                                const SecretKey& clearinghouse);

// The activation that the code of this server, asked with this nonce, says. ENSURES: the key has
// signed it. Errors: `bad_readout` (a group is wrong), `readout_altered` (every group is sound, and
// the whole is not for this server, this request or this clearinghouse).
Result<ReadOutActivation> read_activation_code(std::string_view code, const LedgerId& server,
                                               const ActivationNonce& nonce,
                                               const PublicKey& clearinghouse);

// What is agreed about a pack that is read out.
struct ReadOutPack {
    LedgerId server;  // the only one that may install it
    Product product;  // code, family and version; the server knows its rules
    PackKind kind = PackKind::per_user;
    uint32_t quantity = 1;
    std::optional<Instant> expires_at;
    uint32_t serial = 0;    // counted by the clearinghouse: the pack's id follows from it
    uint16_t from_day = 0;  // days since 1970-01-01

    bool operator==(const ReadOutPack&) const = default;
};

// The key pack that these terms and a certificate's document make, whose signature is missing.
// `vendor_name` is the one that the vendor's document states.
KeyPackDocument pack_of_readout(const ReadOutPack& terms, std::string_view vendor_name,
                                std::string_view clearinghouse);

// 28 groups. Errors: those of issue_key_pack().
Result<std::string> read_out_pack(const ReadOutPack& terms, std::string_view vendor_name,
                                  std::string_view clearinghouse, const SecretKey& key);

// The armoured key pack. `terms.serial` and `from_day` are taken from the code. Errors: as of
// read_activation_code; those of read_clearinghouse().
Result<std::string> read_pack_code(std::string_view code, ReadOutPack terms,
                                   std::string_view vendor_name, std::string_view clearinghouse);

}  // namespace calm
