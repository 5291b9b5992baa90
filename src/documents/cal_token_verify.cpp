// Believing a CAL token: from the identity key down to the leaf, and from the vendor to the pack.
#include <algorithm>

#include "documents/cal_token.h"
#include "documents/commitment.h"
#include "documents/entry_codec.h"
#include "documents/merkle.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

// A clock may be set to another time zone by mistake; more than that is not a mistake of this kind.
constexpr Seconds kFutureMax = days(1);

std::unexpected<Error> altered(std::string detail) {
    return fail("cal_token_altered", std::move(detail));
}

Result<std::string_view> open(DocumentKind kind, std::string_view bare, const PublicKey& key,
                              const char* what) {
    const auto payload = verify_bare_document(kind, bare, key);
    if (!payload) return altered(std::string(what) + ": " + payload.error().detail);
    return *payload;
}

template <class Entries>
auto* find(Entries& entries, const Hash& key) {
    const auto found = std::ranges::find(entries, key, [](const auto& each) { return each.key; });
    return found == entries.end() ? nullptr : &found->value;
}

}  // namespace

Result<VerifiedHead> verify_chain(const CalToken& token) {
    const PublicKey identity = token.identity();
    CALM_TRY_ASSIGN(const std::string_view certificate_payload,
                    open(DocumentKind::node_certificate, token.certificate(), identity,
                         "the server's certificate"));
    CALM_TRY_ASSIGN(const NodeCertificate certificate,
                    read_node_certificate(certificate_payload, identity));
    CALM_TRY_ASSIGN(const std::string_view head_payload,
                    open(DocumentKind::tree_head, token.head(), certificate.node, "the tree head"));
    CALM_TRY_ASSIGN(const TreeHead head, read_tree_head(head_payload));
    if (head.ledger != certificate.ledger) return altered("the tree head is of another ledger");
    return VerifiedHead{identity, head};
}

Result<VerifiedCal> verify_leaf(const CalToken& token, const TreeHead& head) {
    const auto malformed = [](const Error& error) {
        return fail("cal_token_malformed", error.detail);
    };
    const auto cal_entry = decode_entry(token.cal_line());
    if (!cal_entry) return malformed(cal_entry.error());
    const auto subject_entry = decode_entry(token.subject_line());
    if (!subject_entry) return malformed(subject_entry.error());
    const CalStatement* const cal = stated_cal(cal_entry->body);
    const auto* const subject = std::get_if<entry::SubjectAdded>(&subject_entry->body);
    if (cal == nullptr || subject == nullptr || subject->subject != cal->holder) {
        return altered("its lines do not state a CAL and its holder");
    }
    if (commitment_to(token.salt(), subject->kind, token.holder()) != subject->commitment) {
        return altered("the holder's name is not the one in the log");
    }
    if (!verify_inclusion_of_two(leaf_hash(token.subject_line()), subject_entry->sequence,
                                 leaf_hash(token.cal_line()), cal_entry->sequence, head.size,
                                 token.proof(), head.root)) {
        return altered("its lines are not in the log that the tree head signs");
    }
    return VerifiedCal{.cal = *cal,
                       .holder_kind = subject->kind,
                       .holder = std::string(token.holder()),
                       .sequence = cal_entry->sequence};
}

Result<KeyPackDocument> verify_pack(const CalToken& token, std::span<const PublicKey> vendors) {
    if (token.pack().empty()) return fail("cal_token_untrusted", "it carries no key pack");
    constexpr size_t kSignatureSize = 64;
    if (token.pack().size() < kSignatureSize) return altered("its key pack is cut short");
    // Read before it is verified, because the key to look for stands in it.
    CALM_TRY_ASSIGN(KeyPackDocument pack,
                    read_key_pack(token.pack().substr(0, token.pack().size() - kSignatureSize)));
    if (std::ranges::find(vendors, pack.vendor_key) == vendors.end()) {
        return fail("cal_token_untrusted", "its key pack is of a vendor that is not trusted here");
    }
    const auto signer = key_pack_signer(pack);
    if (!signer) return altered("the key pack: " + signer.error().detail);
    CALM_TRY(open(DocumentKind::key_pack, token.pack(), *signer, "the key pack"));
    return pack;
}

Result<> check_covers(const KeyPackDocument& pack, const CalStatement& cal,
                      const LedgerId& ledger) {
    const auto mismatch = [](const char* what) { return fail("cal_token_mismatch", what); };
    if (!cal.pack || cal.overuse) return mismatch("the CAL spends no seat of any pack");
    if (pack.product.code != cal.product) return mismatch("the pack is for another product");
    const PackKind kind = cal.converted ? other_kind(cal.kind) : cal.kind;
    if (pack.kind != kind) return mismatch("the pack is of another kind");
    if (pack.license_server && *pack.license_server != ledger) {
        return mismatch("the pack is bound to another license server");
    }
    return {};
}

Result<VerifiedHead> CalTokenVerifier::chain_of(const CalToken& token) {
    const Hash key = token.chain_key();
    if (const auto* known = find(heads_, key)) return *known;
    signatures_verified_ += 2;
    CALM_TRY_ASSIGN(const VerifiedHead head, verify_chain(token));
    if (heads_.size() < kRememberedMax) {
        heads_.push_back({key, head});
    } else {
        heads_[next_head_++ % kRememberedMax] = {key, head};
    }
    return head;
}

Result<KeyPackDocument> CalTokenVerifier::pack_of(const CalToken& token) {
    const Hash key = sha256(token.pack());
    if (const auto* known = find(packs_, key)) return *known;
    ++signatures_verified_;
    CALM_TRY_ASSIGN(KeyPackDocument pack, verify_pack(token, anchors_.vendors));
    if (packs_.size() < kRememberedMax) {
        packs_.push_back({key, pack});
    } else {
        packs_[next_pack_++ % kRememberedMax] = {key, pack};
    }
    return pack;
}

Result<TrustedCal> CalTokenVerifier::verify(std::string_view text, Instant now) {
    CALM_TRY_ASSIGN(const CalToken token, CalToken::decode(text));
    TrustedCal trusted;
    CALM_TRY_ASSIGN(trusted.head, chain_of(token));
    CALM_TRY_ASSIGN(trusted.cal, verify_leaf(token, trusted.head.head));
    const LedgerId& ledger = trusted.head.head.ledger;
    auto pack = pack_of(token);
    if (pack) {
        const auto covers = check_covers(*pack, trusted.cal.cal, ledger);
        if (!covers) return std::unexpected(covers.error());
        if (pack->expires_at && *pack->expires_at <= now) {
            return fail("pack_expired",
                        "its pack was valid until " + to_rfc3339(*pack->expires_at));
        }
        trusted.pack = std::move(*pack);
    } else if (pack.error().code != "cal_token_untrusted" ||
               std::ranges::find(anchors_.ledgers, ledger) == anchors_.ledgers.end()) {
        return std::unexpected(pack.error());
    }
    const CalStatement& cal = trusted.cal.cal;
    if (cal.issued_at > now + kFutureMax) {
        return fail("cal_token_from_future", "it was issued at " + to_rfc3339(cal.issued_at));
    }
    if (cal.expires_at <= now) {
        return fail("cal_token_expired", "it was valid until " + to_rfc3339(cal.expires_at));
    }
    return trusted;
}

}  // namespace calm
