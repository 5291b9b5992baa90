// {"from":"…","to":"…","pack_sha256":"…","epoch":0,"sequence":1,"at":"…"}
#include "documents/pack_transfer.h"

#include <array>

#include <fmt/format.h>

#include "documents/armour.h"
#include "documents/json_fields.h"
#include "documents/node_certificate.h"
#include "documents/signed_document.h"
#include "documents/tree_head.h"

namespace calm {
namespace {

// A document is v4.public.payload.footer.
constexpr size_t kDotsInDocument = 3;

// An identity key and three documents behind it, with a dot before each.
Result<std::array<std::string_view, 4>> transfer_parts(std::string_view body) {
    std::array<std::string_view, 4> parts;
    size_t begin = 0;
    for (size_t part = 0; part < parts.size(); ++part) {
        const size_t inner = part == 0 ? 0 : kDotsInDocument;
        size_t end = begin;
        for (size_t dots = 0;; ++end, ++dots) {
            end = body.find('.', end);
            const bool last = part + 1 == parts.size();
            if (last && dots == inner && end == std::string_view::npos) end = body.size();
            if (end == std::string_view::npos)
                return fail("transfer_malformed", "a part is missing");
            if (dots == inner) break;
        }
        parts[part] = body.substr(begin, end - begin);
        begin = end + 1;
    }
    if (begin <= body.size()) return fail("transfer_malformed", "there is a part too many");
    return parts;
}

}  // namespace

std::string sign_pack_transfer(const PackTransfer& transfer, const SecretKey& node,
                               const PublicKey& identity, std::string_view certificate) {
    const std::string payload = fmt::format(
        R"({{"from":"{}","to":"{}","pack_sha256":"{}","epoch":{},"sequence":{},"at":"{}"}})",
        to_string(transfer.from), to_string(transfer.to), to_hex(sha256(transfer.pack)),
        transfer.epoch, transfer.sequence, to_rfc3339(transfer.at));
    return armour(
        kPackTransferLabel,
        fmt::format("{}.{}.{}.{}", to_text(identity), certificate,
                    sign_document(DocumentKind::pack_transfer, node, payload), transfer.pack));
}

Result<PackTransfer> verify_pack_transfer(std::string_view text) {
    CALM_TRY_ASSIGN(const std::string body, unarmour(kPackTransferLabel, text));
    CALM_TRY_ASSIGN(const auto parts, transfer_parts(body));
    const auto identity = parse_public_key(parts[0]);
    if (!identity) return fail("transfer_malformed", "it begins with no identity key");
    CALM_TRY_ASSIGN(const NodeCertificate certificate,
                    verify_node_certificate(parts[1], *identity));
    CALM_TRY_ASSIGN(const std::string payload,
                    verify_document(DocumentKind::pack_transfer, parts[2], certificate.node,
                                    kPackTransferStatementSizeMax));
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "transfer_malformed"));
    PackTransfer transfer{
        .from = fields.ledger("from"),
        .to = fields.ledger("to"),
        .epoch = static_cast<uint32_t>(fields.number("epoch", 0, UINT32_MAX)),
        .sequence = fields.number("sequence", 1, kLogSizeMax),
        .at = fields.time("at"),
        .pack = std::string(parts[3]),
    };
    if (fields.hash("pack_sha256") != sha256(transfer.pack))
        fields.refuse("pack_sha256", "is not the pack's");
    CALM_TRY(fields.finish());
    if (transfer.from != certificate.ledger)
        return fail("transfer_malformed", "it names another ledger than its certificate");
    return transfer;
}

}  // namespace calm
