// The signature of a report: a server states which bytes it gave out as a report, of which ledger,
// and after how many entries of it. The signature travels as an armoured file of its own beside the
// report, and holds all that verifying takes but one thing: the license server id, which the reader
// must have from elsewhere.
//
//     -----BEGIN CALM REPORT SIGNATURE-----
//     <identity key>.<node certificate>.<statement>
//     -----END CALM REPORT SIGNATURE-----
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/instant.h"
#include "base/result.h"
#include "documents/crypto.h"
#include "documents/ledger_id.h"

namespace calm {

struct ReportStatement {
    std::string file;  // the name it was given out under, e.g. "position-2026-01-31.csv"
    Hash sha256{};     // of its bytes
    uint64_t bytes = 0;
    LedgerId ledger;
    uint32_t epoch = 0;
    uint64_t size = 0;  // the log's entries that the report is about,
    Hash root{};        // and the root of the tree of exactly these
    Instant at;         // the moment of which it tells
    Instant made_at;    // ledger time

    bool operator==(const ReportStatement&) const = default;
};

inline constexpr std::string_view kReportLabel = "CALM REPORT SIGNATURE";
inline constexpr size_t kReportFileNameMax = 128;            // bytes
inline constexpr size_t kReportBytesMax = 64 * 1024 * 1024;  // of a report that a server makes
inline constexpr size_t kReportStatementSizeMax = 2048;      // characters

// REQUIRES: `file` is 1 to kReportFileNameMax bytes of UTF-8 without control characters;
// `certificate` is of `node`, issued by `identity`.
std::string sign_report(const ReportStatement& statement, const SecretKey& node,
                        const PublicKey& identity, std::string_view certificate);

// What a signature file states. ENSURES: a node that the identity key of `ledger` certified has
// signed it. Whether that is the ledger that one trusts is for the caller to compare. Errors:
// `armour_*`, `document_*`, `certificate_malformed`, `report_malformed`.
Result<ReportStatement> verify_report_signature(std::string_view text);

// Whether these are the bytes. Errors: `report_altered`.
Result<> check_report_bytes(const ReportStatement& statement, std::string_view bytes);

}  // namespace calm
