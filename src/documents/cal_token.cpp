// The token's form: putting it together and taking it apart. Verification is in
// cal_token_verify.cpp.
#include "documents/cal_token.h"

#include <algorithm>

#include "documents/entry_codec.h"
#include "documents/merkle.h"
#include "documents/signed_document.h"

namespace calm {
namespace {

constexpr std::string_view kHeader = "calm-cal-v1";
constexpr size_t kSaltSize = 16;
constexpr size_t kDocumentMax = 8192;

std::unexpected<Error> malformed(std::string detail) {
    return fail("cal_token_malformed", std::move(detail));
}

// The sequences of the two lines, and what they say about each other.
struct Positions {
    uint64_t cal = 0;
    uint64_t subject = 0;
};
Result<Positions> positions_of(const CalTokenParts& parts, uint64_t size) {
    CALM_TRY_ASSIGN(const LedgerEntry cal, decode_entry(parts.cal_line));
    CALM_TRY_ASSIGN(const LedgerEntry subject, decode_entry(parts.subject_line));
    if (subject.sequence >= cal.sequence || cal.sequence >= size) {
        return malformed("its lines do not stand in the log in that order");
    }
    return Positions{cal.sequence, subject.sequence};
}

void append_part(std::string& token, std::string_view bytes) {
    token += '.';
    token += to_base64url(as_bytes(bytes));
}

}  // namespace

Result<std::string> encode_cal_token(const CalTokenParts& parts) {
    CALM_TRY_ASSIGN(const std::string certificate,
                    bare_document(parts.node_certificate, kDocumentMax));
    CALM_TRY_ASSIGN(const std::string head, bare_document(parts.tree_head, kDocumentMax));
    CALM_TRY_ASSIGN(const PasetoParts head_parts, paseto_split(parts.tree_head, kDocumentMax));
    CALM_TRY_ASSIGN(const TreeHead tree, read_tree_head(head_parts.message));
    CALM_TRY_ASSIGN(const Positions at, positions_of(parts, tree.size));
    const Hash cal_leaf = leaf_hash(parts.cal_line);
    const Hash subject_leaf = leaf_hash(parts.subject_line);
    if (!verify_inclusion(cal_leaf, at.cal, tree.size, parts.cal_proof, tree.root) ||
        !verify_inclusion(subject_leaf, at.subject, tree.size, parts.subject_proof, tree.root)) {
        return malformed("a line is not in the tree of the tree head");
    }
    std::string proof;
    for (const Hash& hash :
         join_inclusion(at.subject, parts.subject_proof, at.cal, parts.cal_proof, tree.size)) {
        proof += as_text(hash);
    }

    std::string token(kHeader);
    append_part(token, as_text(parts.identity.bytes));
    append_part(token, certificate);
    append_part(token, head);
    append_part(token, parts.cal_line);
    append_part(token, parts.subject_line);
    append_part(token, std::string(as_text(parts.salt)) + parts.holder);
    append_part(token, proof);
    token += '.';
    if (token.size() > kCalTokenSizeMax) {
        return fail("cal_token_too_large",
                    "it would have " + std::to_string(token.size()) + " characters");
    }
    if (!parts.key_pack.empty()) {
        CALM_TRY_ASSIGN(const std::string pack, bare_document(parts.key_pack, kKeyPackSizeMax));
        const std::string text = to_base64url(as_bytes(pack));
        if (token.size() + text.size() <= kCalTokenSizeMax) token += text;
    }
    return token;
}

Result<CalToken> CalToken::decode(std::string_view text) {
    if (text.size() > kCalTokenSizeMax) return malformed("it is too long");
    if (!text.starts_with(kHeader)) return malformed("it does not begin with `calm-cal-v1`");
    text.remove_prefix(kHeader.size());
    Result<CalToken> token(std::in_place);
    size_t used = 0;
    for (size_t i = 0; i < kParts; ++i) {
        if (!text.starts_with('.')) return malformed("a part is missing");
        text.remove_prefix(1);
        const std::string_view part = text.substr(0, text.find('.'));
        text.remove_prefix(part.size());
        const auto size = from_base64url(part, std::span(token->bytes_).subspan(used));
        if (!size) return malformed("part " + std::to_string(i + 1) + ": " + size.error().detail);
        used += *size;
        token->begins_[i + 1] = static_cast<uint16_t>(used);
    }
    if (!text.empty()) return malformed("it has a part too many");
    if (token->part(kIdentity).size() != 32) return malformed("its identity key is cut short");
    if (token->part(kOpening).size() <= kSaltSize) return malformed("it names no holder");
    if (token->part(kProof).size() % sizeof(Hash) != 0) return malformed("its proof is cut short");
    return token;
}

std::string_view CalToken::part(Part which) const {
    return as_text(std::span(bytes_).subspan(
        begins_[which], static_cast<size_t>(begins_[which + 1] - begins_[which])));
}

PublicKey CalToken::identity() const {
    PublicKey key;
    std::ranges::copy(as_bytes(part(kIdentity)), key.bytes.begin());
    return key;
}

Bytes16 CalToken::salt() const {
    Bytes16 salt;
    std::ranges::copy(as_bytes(part(kOpening).substr(0, kSaltSize)), salt.begin());
    return salt;
}

std::string_view CalToken::holder() const {
    return part(kOpening).substr(kSaltSize);
}

std::span<const Hash> CalToken::proof() const {
    static_assert(sizeof(Hash) == 32 && alignof(Hash) == 1);
    const std::string_view bytes = part(kProof);
    return {reinterpret_cast<const Hash*>(bytes.data()), bytes.size() / sizeof(Hash)};
}

Hash CalToken::chain_key() const {
    // The lengths go in too, so that no two chains run into the same bytes.
    const std::array<uint8_t, 2> certificate_size = {
        static_cast<uint8_t>(part(kCertificate).size() >> 8),
        static_cast<uint8_t>(part(kCertificate).size())};
    return sha256({certificate_size, as_bytes(part(kIdentity)), as_bytes(part(kCertificate)),
                   as_bytes(part(kHead))});
}

}  // namespace calm
