// A small ledger for tests: a log in memory with its tree, its keys and one vendor, which makes CAL
// tokens as a license server does. All keys come from fixed seeds, so every byte is the same each
// time.
#pragma once

#include <string>
#include <vector>

#include "base/assert.h"
#include "documents/cal_token.h"
#include "documents/commitment.h"
#include "documents/entry_codec.h"
#include "documents/key_pack.h"
#include "documents/merkle.h"
#include "documents/node_certificate.h"
#include "documents/tree_head.h"

namespace calm {

struct SampleLedger {
    static constexpr Instant kStart{1'795'285'461};  // 2026-11-21T18:24:21Z

    SecretKey identity;
    SecretKey node = SecretKey::from_seed(Seed{2});
    SecretKey vendor = SecretKey::from_seed(Seed{9});
    std::string certificate = issue_node_certificate(identity, node.public_key(), kStart);
    KeyPackDocument pack = sample_pack();
    std::vector<std::string> lines;
    Frontier frontier;
    std::vector<Tile> tiles;
    Bytes16 salt{5, 6, 7};
    std::string holder = "anna";

    // The first entries of a ledger: its creation, its node, its vendor, its product and a pack.
    // Another `seed` makes another ledger.
    explicit SampleLedger(uint8_t seed = 1) : identity(SecretKey::from_seed(Seed{seed})) {
        add(entry::LedgerCreated{identity.public_key().bytes});
        add(entry::NodeAdded{node.public_key().bytes, certificate});
        add(entry::VendorTrusted{vendor.public_key().bytes});
        add(entry::ProductSet{pack.product});
        add(entry::PackInstalled{.pack = {1},
                                 .document = pack.pack_id,
                                 .product = pack.product.code,
                                 .kind = pack.kind,
                                 .quantity = pack.quantity,
                                 .channel = pack.channel,
                                 .vendor = vendor.public_key().bytes,
                                 .not_before = pack.not_before,
                                 .expires_at = pack.expires_at});
    }

    static KeyPackDocument sample_pack() {
        KeyPackDocument pack;
        pack.pack_id = {0xde, 0xad, 0xbe, 0xef};
        pack.product = *product_from_code("sql-2012");
        pack.quantity = 50;
        pack.not_before = kStart - days(1);
        pack.vendor = "Contoso";
        pack.issued_at = kStart - days(2);
        pack.buy_url = "https://contoso.example/buy";
        return pack;
    }

    uint32_t epoch = 0;

    LedgerId id() const { return ledger_id_of(identity.public_key()); }

    uint64_t add(EntryBody body) {
        const uint64_t sequence = lines.size();
        lines.push_back(
            encode_entry({.sequence = sequence, .at = kStart, .body = std::move(body)}));
        frontier.append(leaf_hash(lines.back()), tiles);
        return sequence;
    }

    // A subject of this name, and a CAL of the pack for it; the value is the CAL entry's sequence.
    uint64_t add_subject() {
        return add(entry::SubjectAdded{
            {1}, HolderKind::user, commitment_to(salt, HolderKind::user, holder)});
    }
    static CalStatement sample_cal() {
        return {.cal = {1},
                .holder = {1},
                .kind = PackKind::per_user,
                .product = "sql-2012",
                .pack = {1},
                .issued_at = kStart,
                .expires_at = kStart + days(60),
                .host = {1}};
    }

    TreeHead head() const {
        return {.ledger = id(),
                .epoch = epoch,
                .size = lines.size(),
                .root = frontier.root(),
                .time = kStart};
    }

    TileReader reader() const {
        return [this](uint8_t level, uint64_t index, TileHashes& out) -> Result<> {
            for (const Tile& tile : tiles) {
                if (tile.level != level || tile.index != index) continue;
                std::copy(tile.hashes.begin(), tile.hashes.end(), out.begin());
                return {};
            }
            return fail("not_found", "no such tile");
        };
    }

    CalTokenParts parts(uint64_t subject, uint64_t cal) const {
        return {.identity = identity.public_key(),
                .node_certificate = certificate,
                .tree_head = sign_tree_head(head(), node),
                .cal_line = lines[cal],
                .cal_proof = *inclusion_proof(cal, lines.size(), frontier, reader()),
                .subject_line = lines[subject],
                .subject_proof = *inclusion_proof(subject, lines.size(), frontier, reader()),
                .salt = salt,
                .holder = holder,
                .key_pack = *key_pack_document(*issue_key_pack(pack, vendor))};
    }
};

// The token that docs/internals/documents.md shows and the fuzz corpus starts from.
inline std::string sample_cal_token() {
    SampleLedger ledger;
    const uint64_t subject = ledger.add_subject();
    const uint64_t cal = ledger.add(entry::CalIssued{SampleLedger::sample_cal()});
    const auto token = encode_cal_token(ledger.parts(subject, cal));
    CALM_ASSERT(token.has_value());
    return *token;
}

}  // namespace calm
