// The CAL token: what a holder carries and a host verifies without asking anybody. At most 4096
// printable characters:
//
//     calm-cal-v1.IDENTITY.CERTIFICATE.HEAD.CAL.SUBJECT.OPENING.PROOF.PACK
//
// eight parts in base64url: the ledger's identity key; the node certificate and the tree head as
// bare documents (signed_document.h); the log line that states the CAL and the one that added its
// holder; salt and name, which open the holder's commitment; the proof that both lines are in the
// tree; and the vendor's key pack as a bare document, or nothing. docs/internals/documents.md shows
// one.
//
// A token shows what the log said when it was written. What was taken back since is in the
// revocation list; what is over is told by its dates.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"
#include "core/entry.h"
#include "documents/crypto.h"
#include "documents/key_pack.h"
#include "documents/ledger_id.h"
#include "documents/tree_head.h"

namespace calm {

inline constexpr size_t kCalTokenSizeMax = 4096;

// What a server puts into a token. Proofs are inclusion proofs in the tree of the tree head.
struct CalTokenParts {
    PublicKey identity;
    std::string node_certificate;  // document
    std::string tree_head;         // document
    std::string cal_line;
    std::vector<Hash> cal_proof;
    std::string subject_line;
    std::vector<Hash> subject_proof;
    Bytes16 salt{};
    std::string holder;    // its name
    std::string key_pack;  // document (key_pack_document()); empty for a CAL that spends no seat
};

// A pack that would make the token too long is left out; such a token convinces hosts that know the
// license server, and nobody else. Errors: `cal_token_too_large`; `cal_token_malformed` (the parts
// do not belong together).
Result<std::string> encode_cal_token(const CalTokenParts& parts);

// A token taken apart and NOT verified. Holds its bytes itself and allocates nothing.
class CalToken {
  public:
    // Errors: `cal_token_malformed`.
    static Result<CalToken> decode(std::string_view text);

    PublicKey identity() const;
    std::string_view certificate() const { return part(kCertificate); }
    std::string_view head() const { return part(kHead); }
    std::string_view cal_line() const { return part(kCal); }
    std::string_view subject_line() const { return part(kSubject); }
    Bytes16 salt() const;
    std::string_view holder() const;
    std::span<const Hash> proof() const;
    std::string_view pack() const { return part(kPack); }  // may be empty

    // Names everything that its chain is verified from: two tokens with the same key have the same
    // verify_chain().
    Hash chain_key() const;

  private:
    enum Part { kIdentity, kCertificate, kHead, kCal, kSubject, kOpening, kProof, kPack, kParts };

    std::string_view part(Part which) const;

    std::array<unsigned char, kCalTokenSizeMax * 3 / 4> bytes_;
    std::array<uint16_t, kParts + 1> begins_{};  // of each part in bytes_, and the end
};

// The state of a ledger, as its identity key vouches for it.
struct VerifiedHead {
    PublicKey identity;
    TreeHead head;  // ENSURES: head.ledger is the id of `identity`

    bool operator==(const VerifiedHead&) const = default;
};

// The signatures from the identity key to the tree head: two Ed25519 verifications, about 0.1 ms.
// Errors: `cal_token_altered`, `certificate_malformed`, `tree_head_malformed`.
Result<VerifiedHead> verify_chain(const CalToken& token);

struct VerifiedCal {
    CalStatement cal;
    HolderKind holder_kind = HolderKind::user;
    std::string holder;     // its name
    uint64_t sequence = 0;  // of the entry that states the CAL

    bool operator==(const VerifiedCal&) const = default;
};

// That the log with this head states this CAL for this holder: hashes only, about 10 microseconds.
// Errors: `cal_token_altered`, `cal_token_malformed`.
Result<VerifiedCal> verify_leaf(const CalToken& token, const TreeHead& head);

// The vendor's pack in the token. Errors: `cal_token_untrusted` (no pack, or of none of these
// vendors), `cal_token_altered`, `pack_malformed`.
Result<KeyPackDocument> verify_pack(const CalToken& token, std::span<const PublicKey> vendors);

// That this pack stands behind this CAL of this ledger: product, kind and server fit and the CAL
// spends a seat. Errors: `cal_token_mismatch`.
Result<> check_covers(const KeyPackDocument& pack, const CalStatement& cal, const LedgerId& ledger);

// Whom a host believes. A CAL of a known ledger needs no pack; a CAL of another ledger needs a pack
// of a known vendor.
struct TrustAnchors {
    std::vector<PublicKey> vendors;
    std::vector<LedgerId> ledgers;
};

struct TrustedCal {
    VerifiedCal cal;
    VerifiedHead head;
    std::optional<KeyPackDocument> pack;  // when a known vendor's stands behind it
};

// Verifies tokens for one thread and remembers the chains and packs it has verified, so that a
// token whose tree head was seen before costs no Ed25519.
class CalTokenVerifier {
  public:
    explicit CalTokenVerifier(TrustAnchors anchors) : anchors_(std::move(anchors)) {}

    // Errors, in this order: `cal_token_malformed`, `cal_token_altered` (or one of the documents in
    // it: `certificate_malformed`, `tree_head_malformed`, `pack_malformed`), `cal_token_untrusted`,
    // `cal_token_mismatch`, `pack_expired`, `cal_token_from_future` (issued more than a day after
    // `now`), `cal_token_expired`.
    Result<TrustedCal> verify(std::string_view text, Instant now);

    uint64_t signatures_verified() const { return signatures_verified_; }

  private:
    template <class T>
    struct Remembered {
        Hash key{};
        T value;
    };
    static constexpr size_t kRememberedMax = 64;

    Result<VerifiedHead> chain_of(const CalToken& token);
    Result<KeyPackDocument> pack_of(const CalToken& token);

    TrustAnchors anchors_;
    std::vector<Remembered<VerifiedHead>> heads_;  // the oldest is overwritten
    std::vector<Remembered<KeyPackDocument>> packs_;
    size_t next_head_ = 0;
    size_t next_pack_ = 0;
    uint64_t signatures_verified_ = 0;
};

}  // namespace calm
