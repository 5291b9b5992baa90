// LedgerEntry ⇄ one line of JSON: the form in which entries are stored, hashed and proved for ever.
// There is exactly one line for each entry, and every other spelling is refused, so that decoding
// and encoding again gives the stored bytes. docs/internals/ledger_log.md describes the fields.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/entry.h"

namespace calm {

// No line is longer; the decoder does not look into one that is.
inline constexpr size_t kEntryLineMax = 2048;  // bytes

// The largest sequence number: what every JSON reader holds exactly.
inline constexpr uint64_t kSequenceMax = (uint64_t{1} << 53) - 1;

// Appends the line of `entry`, without a newline. Allocates only when `out` has to grow.
// REQUIRES: entry.sequence <= kSequenceMax; times within 0..kInstantMax; every id is positive,
// except a CAL's pack and host, which may be zero; product codes and families as is_product_code
// says; a certificate of at most 1024 characters of a PASETO token.
void encode_entry(const LedgerEntry& entry, std::string& out);
std::string encode_entry(const LedgerEntry& entry);

// ENSURES: encode_entry(result) == line. Allocates only what the entry's own strings need.
// Errors: `entry_malformed`, with the byte at which the line stops being an entry.
Result<LedgerEntry> decode_entry(std::string_view line);

// The name that a line gives to this kind of entry, such as "cal_issued".
std::string_view entry_name(const EntryBody& body);

}  // namespace calm
