// From the pinned identity key to the head and the list.
#include "client/contact.h"

#include <algorithm>
#include <vector>

#include "documents/node_certificate.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

// The certified node key that a document says it was signed with.
Result<PublicKey> signer(std::string_view document, size_t size_max,
                         const std::vector<PublicKey>& nodes) {
    CALM_TRY_ASSIGN(const std::string kid, signer_of(document, size_max));
    const auto found = std::ranges::find(nodes, kid, key_id);
    if (found == nodes.end()) return fail("contact_untrusted", "no certificate for its key");
    return *found;
}

Result<VerifiedContact> verify(const wire::HostContact& contact, const PublicKey& identity) {
    std::vector<PublicKey> nodes;
    for (const std::string& document : contact.certificates) {
        CALM_TRY_ASSIGN(const auto certificate, verify_node_certificate(document, identity));
        nodes.push_back(certificate.node);
    }
    VerifiedContact verified;
    CALM_TRY_ASSIGN(const PublicKey head_key, signer(contact.head, kTreeHeadSizeMax, nodes));
    CALM_TRY_ASSIGN(verified.head, verify_tree_head(contact.head, head_key));
    CALM_TRY_ASSIGN(const PublicKey list_key,
                    signer(contact.revocations, kRevocationListSizeMax, nodes));
    CALM_TRY_ASSIGN(verified.revocations, verify_revocation_list(contact.revocations, list_key));
    const LedgerId ledger = ledger_id_of(identity);
    if (verified.head.ledger != ledger || verified.revocations.ledger != ledger) {
        return fail("contact_untrusted", "it speaks of another ledger");
    }
    if (verified.revocations.since != 0) {
        return fail("contact_untrusted", "its revocation list is not a whole one");
    }
    return verified;
}

}  // namespace

Result<VerifiedContact> verify_contact(const wire::HostContact& contact,
                                       const PublicKey& identity) {
    auto verified = verify(contact, identity);
    if (!verified) return fail("contact_untrusted", verified.error().detail);
    return verified;
}

HeadStep compare_heads(const std::optional<TreeHead>& kept, const TreeHead& shown) {
    if (!kept) return HeadStep::first;
    if (shown.epoch > kept->epoch) return HeadStep::newer_epoch;
    if (shown.epoch < kept->epoch) return HeadStep::older_epoch;
    if (shown.size > kept->size) return HeadStep::longer;
    if (shown.size < kept->size) return HeadStep::shorter;
    return shown.root == kept->root ? HeadStep::same : HeadStep::forked;
}

}  // namespace calm
