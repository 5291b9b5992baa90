// The pack transfer: a license server states that a key pack is another one's from now on. The file
// travels from the one to the other, and holds the pack itself:
//
//     -----BEGIN CALM PACK TRANSFER-----
//     <identity key>.<node certificate>.<statement>.<key pack>
//     -----END CALM PACK TRANSFER-----
//
// It proves that this pack has ended at the ledger that it names. It does not prove that the
// vendor made the pack: key_pack.h verifies that.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct PackTransfer {
    LedgerId from;
    LedgerId to;
    uint32_t epoch = 0;     // of the log of `from`,
    uint64_t sequence = 0;  // and its entry that says so; never the first one
    Instant at;             // ledger time of `from`
    std::string pack;       // the vendor's signed document, without armour

    bool operator==(const PackTransfer&) const = default;
};

inline constexpr std::string_view kPackTransferLabel = "CALM PACK TRANSFER";
inline constexpr size_t kPackTransferStatementSizeMax = 1024;  // characters

// REQUIRES: `certificate` is of `node`, issued by `identity`, whose ledger is `transfer.from`;
// `transfer.pack` is a signed document.
std::string sign_pack_transfer(const PackTransfer& transfer, const SecretKey& node,
                               const PublicKey& identity, std::string_view certificate);

// ENSURES: a node that the identity key of `from` certified has signed it, and the pack is the one
// that it signed for. Errors: `armour_*`, `document_*`, `certificate_malformed`,
// `transfer_malformed`.
Result<PackTransfer> verify_pack_transfer(std::string_view text);

}  // namespace calm
