// {"ledger":"…","epoch":0,"size":0,"root":"…","time":"…"}
#include "documents/tree_head.h"

#include <fmt/format.h>

#include "documents/json_fields.h"
#include "documents/signed_document.h"

namespace calm {

std::string sign_tree_head(const TreeHead& head, const SecretKey& node) {
    return sign_document(
        DocumentKind::tree_head, node,
        fmt::format(R"({{"ledger":"{}","epoch":{},"size":{},"root":"{}","time":"{}"}})",
                    to_string(head.ledger), head.epoch, head.size, to_hex(head.root),
                    to_rfc3339(head.time)));
}

Result<TreeHead> verify_tree_head(std::string_view document, const PublicKey& node) {
    CALM_TRY_ASSIGN(const std::string payload,
                    verify_document(DocumentKind::tree_head, document, node, kTreeHeadSizeMax));
    return read_tree_head(payload);
}

Result<TreeHead> read_tree_head(std::string_view payload) {
    CALM_TRY_ASSIGN(JsonFields fields, JsonFields::parse(payload, "tree_head_malformed"));
    const TreeHead head{.ledger = fields.ledger("ledger"),
                        .epoch = static_cast<uint32_t>(fields.number("epoch", 0, UINT32_MAX)),
                        .size = fields.number("size", 0, kLogSizeMax),
                        .root = fields.hash("root"),
                        .time = fields.time("time")};
    CALM_TRY(fields.finish());
    return head;
}

}  // namespace calm
