#include "server/moved_pack.h"

#include "base/assert.h"
#include "documents/armour.h"
#include "documents/key_pack.h"
#include "documents/pack_transfer.h"

namespace calm {
namespace {

LedgerId own_id(const Api& api) {
    return ledger_id_of(api.server.node().identity.public_key());
}

Result<BroughtPack> handed_over(const Api& api, std::string_view text) {
    CALM_TRY_ASSIGN(const PackTransfer transfer, verify_pack_transfer(text));
    if (transfer.to != own_id(api)) {
        return fail("transfer_for_another_server",
                    "the pack was handed over to license server " + to_string(transfer.to));
    }
    return BroughtPack{.text = armour(kKeyPackLabel, transfer.pack),
                       .origin = entry::PackOrigin{.server = to_string(transfer.from),
                                                   .source = PackSource::reachable,
                                                   .epoch = transfer.epoch,
                                                   .sequence = transfer.sequence}};
}

}  // namespace

Result<BroughtPack> brought_pack(const Api& api, const http::Request& request) {
    const auto server = request.query("moved_from");
    const auto source = request.query("source");
    if (request.body.find(kPackTransferLabel) != std::string_view::npos) {
        if (server || source)
            return fail("bad_request", "a transfer says itself where the pack comes from");
        return handed_over(api, request.body);
    }
    BroughtPack brought{.text = std::string(request.body)};
    if (!server && !source) return brought;
    if (!server || !source)
        return fail("bad_request", "`moved_from` and `source` are given together");
    CALM_TRY_ASSIGN(const LedgerId from, parse_ledger_id(*server));
    if (from == own_id(api))
        return fail("bad_request", "`moved_from` is this license server itself");
    const auto became = from_name<PackSource>(*source);
    if (!became || *became == PackSource::reachable) {
        return fail("bad_request",
                    "`source` is `unreachable` or `dead`; a license server that can "
                    "be reached hands the pack over itself");
    }
    brought.origin = entry::PackOrigin{.server = to_string(from), .source = *became};
    return brought;
}

Result<std::string> transfer_of(const Api& api, PackId pack) {
    const std::string* document = api.directory.pack_document(pack);
    const auto& moved = api.server.ledger().pack(pack).moved;
    CALM_ASSERT(moved);
    const auto to = parse_ledger_id(moved->to);
    if (document == nullptr || !to)
        return fail("pack_unknown", "the pack's document is not kept here any more");
    const Node& node = api.server.node();
    return sign_pack_transfer({.from = own_id(api),
                               .to = *to,
                               .epoch = moved->epoch,
                               .sequence = moved->sequence,
                               .at = moved->at,
                               .pack = *document},
                              node.key, node.identity.public_key(), node.certificate);
}

}  // namespace calm
