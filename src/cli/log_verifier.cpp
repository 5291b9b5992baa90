// Recomputing what the signed tree head states.
#include "cli/log_verifier.h"

#include <vector>

#include "documents/entry_codec.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"

namespace calm::cli {

Result<> LogVerifier::add(std::string_view line) {
    const std::string where = "entry " + std::to_string(size()) + ": ";
    const auto entry = decode_entry(line);
    if (!entry) return fail(entry.error().code, where + entry.error().detail);
    if (const auto why = ledger_.objection(*entry)) return fail("log_damaged", where + *why);
    if (watched_ == size()) watched_root_ = frontier_.root();
    ledger_.apply(*entry);
    std::vector<Tile> full;
    frontier_.append(leaf_hash(line), full);
    // Request ids are remembered for a day of ledger time; nothing is undone here.
    if (size() % 4096 == 0) ledger_.forget_old_requests();
    if (watched_ == size()) watched_root_ = frontier_.root();
    return {};
}

void LogVerifier::watch(uint64_t size) {
    watched_ = size;
    if (size == this->size()) watched_root_ = frontier_.root();
}

std::optional<LedgerId> LogVerifier::ledger_id() const {
    if (!ledger_.identity()) return std::nullopt;
    return ledger_id_of(PublicKey{*ledger_.identity()});
}

// The head, once its signature and its signer's certificate hold.
Result<TreeHead> LogVerifier::signed_head(std::string_view document) const {
    if (!ledger_.identity()) return fail("log_damaged", "the log names no identity key");
    const PublicKey identity{*ledger_.identity()};
    CALM_TRY_ASSIGN(const std::string signer, signer_of(document, kTreeHeadSizeMax));
    for (const entry::NodeAdded& node : ledger_.nodes()) {
        const PublicKey key{node.key};
        if (key_id(key) != signer) continue;
        CALM_TRY_ASSIGN(const NodeCertificate certificate,
                        verify_node_certificate(node.certificate, identity));
        if (certificate.node != key) continue;
        return verify_tree_head(document, key);
    }
    return fail("head_untrusted", "no server that this log names has signed the tree head");
}

Result<TreeHead> LogVerifier::check_head(std::string_view document) const {
    CALM_TRY_ASSIGN(TreeHead head, signed_head(document));
    if (head.ledger != ledger_id()) {
        return fail("head_untrusted", "the tree head is of ledger " + to_string(head.ledger));
    }
    if (head.size != size()) {
        return fail("log_incomplete", "the tree head is of " + std::to_string(head.size) +
                                          " entries, there are " + std::to_string(size()));
    }
    if (head.root != root()) {
        return fail("log_forked", "the root of these " + std::to_string(size()) + " entries is " +
                                      to_hex(root()) + ", the tree head states " +
                                      to_hex(head.root));
    }
    return head;
}

}  // namespace calm::cli
