// Packs that come from another license server, or go to one: the documents and the words of it.
// core/pack_moves.h has the rules.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "core/entry.h"
#include "server/api.h"

namespace calm {

// What somebody brings to be installed.
struct BroughtPack {
    std::string text;  // the armoured key pack
    std::optional<entry::PackOrigin> origin;
};

// The body is a key pack, or a transfer for this license server that holds one. Of a key pack the
// query may say that it was another server's which cannot hand it over: `moved_from`, its id, and
// `source`, `unreachable` or `dead`. Errors: those of verify_pack_transfer,
// `transfer_for_another_server`, `bad_ledger_id`, `bad_request`.
Result<BroughtPack> brought_pack(const Api& api, const http::Request& request);

// The transfer of a pack that was moved, made from what the ledger says: the same each time.
// Errors: `pack_unknown`. REQUIRES: the pack was moved.
Result<std::string> transfer_of(const Api& api, PackId pack);

}  // namespace calm
