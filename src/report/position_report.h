// A position on paper: the same table as a CSV file for spreadsheets and as a PDF for people, in
// English or French. The same report gives the same bytes. Reads no clock; the PDF reads the
// machine's fonts. Any thread.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "messages/messages.h"
#include "wire/position_json.h"

namespace calm::report {

struct PositionReport {
    wire::PositionTable table;
    std::string license_server_id;
    uint32_t epoch = 0;
    Hash root{};           // of the log's first table.entries entries
    Instant made_at;       // ledger time
    std::string made_for;  // the account that asked; may be empty
    Language language = Language::en;
};

// "position-2026-01-31.csv": what the file is called. `ending`: "csv", "pdf".
std::string file_name(const PositionReport& report, std::string_view ending);

// RFC 4180, UTF-8 with a byte order mark (without one, spreadsheets take é for something else). One
// record a row: `position` for each product and kind, `missing` for each holder without a CAL; a
// column that does not concern a record is empty. Titles are in the report's language, values are
// the API's words. A field that a spreadsheet would take for a formula (= + - @, tab, return) has
// an apostrophe before it.
std::string position_csv(const PositionReport& report);

// Pages of A4. Errors: `report_not_made` (no font on this machine, or no memory).
Result<std::string> position_pdf(const PositionReport& report);

}  // namespace calm::report
