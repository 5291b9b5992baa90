// Issuing: what becomes of a pack that is signed, and of one that ends. All in the caller's
// transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "clearinghouse/office.h"
#include "documents/key_pack.h"
#include "documents/ledger_id.h"

namespace calm::clearinghouse {

// A pack as the books have it.
struct KeptPack {
    std::string id;  // 32 hex digits
    std::string server;
    KeyPackDocument document;
    std::optional<int64_t> order;
    std::optional<int64_t> customer;
    std::optional<std::string> came_from;
    bool live = true;  // neither taken back nor made into another
};

// A product that the vendor has defined. Errors: `product_unknown`.
Result<Product> product_of(Office& office, std::string_view code);

// Draws an id, dates and signs it, and keeps it. `pack.document` has what is sold: product, kind,
// quantity, channel, ends. REQUIRES: `pack.server` is an id. Errors: those of issue_key_pack().
Result<std::string> issue_pack(Office& office, const Actor& actor, KeptPack pack);

// Keeps what was signed elsewhere. `pack.document` is what the armour says.
Result<> keep_pack(Office& office, const Actor& actor, const KeptPack& pack,
                   std::string_view armoured);

// A server that has not asked itself yet, unless it is there.
Result<> note_server(Office& office, std::string_view id, std::string_view state);

// Errors: `pack_unknown`.
Result<KeptPack> pack_named(Office& office, std::string_view id);

// Errors: `pack_ended`: it was taken back, or made into another.
Result<KeptPack> live_pack_named(Office& office, std::string_view id);

// The pack ends: the next status list of its server says so. `into`: what it became; may be empty.
Result<> end_pack(Office& office, const KeptPack& pack, std::string_view why,
                  std::string_view into);

// The armoured status list of one server, as it is now.
Result<std::string> status_list_of(Office& office, const LedgerId& server);

// The armoured packs of a server that may be installed, one after the other.
Result<std::string> packs_of(Office& office, std::string_view server);

// The armoured statements that this server took others' places, those before the last ones too: at
// most kSuccessionsMax, the newest first.
inline constexpr int64_t kSuccessionsMax = 100;
Result<std::string> successions_of(Office& office, const LedgerId& server);

}  // namespace calm::clearinghouse
