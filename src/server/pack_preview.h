// What a key pack says and what installing it would change, before anybody decides: POST /v1/packs
// with ?dry_run=yes. Changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/key_pack.h"
#include "documents/vendor.h"
#include "server/api.h"
#include "server/moved_pack.h"

namespace calm {

// As JSON. That the pack cannot be installed yet (its vendor is unknown, it has expired) is part of
// the answer. Errors: `pack_malformed`, `pack_altered`.
Result<std::string> preview_pack(const Api& api, const BroughtPack& brought, Language language);

// The terms that a pack's entry states, but for where it came from.
entry::PackInstalled terms_of(const KeyPackDocument& pack);

// Whether this server may install the pack now, as far as its signature, its dates and its address
// say. Errors: those of verify_key_pack, `pack_for_another_server`, `pack_for_other_hardware`.
Result<KeyPackDocument> admissible_pack(const Api& api, std::string_view text);

// Who is to be trusted: a vendor's own document, or a key pack, which is signed by its vendor too,
// also in a transfer. Errors: those of read_vendor, inspect_key_pack and verify_pack_transfer.
Result<VendorDocument> vendor_shown_by(std::string_view text);

}  // namespace calm
