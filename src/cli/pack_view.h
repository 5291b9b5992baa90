// A key pack that lies in a file, as a person or a script reads it.
#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "cli/call.h"
#include "documents/key_pack.h"
#include "documents/pack_transfer.h"
#include "documents/vendor.h"

namespace calm::cli {

// A pack, or a transfer that holds one.
struct PackFile {
    std::string text;  // as it stands in the file
    KeyPackDocument pack;
    std::optional<PackTransfer> transfer;
};

// Verifies what can be without a server. Errors: those of read_file, inspect_key_pack and
// verify_pack_transfer.
Result<PackFile> read_pack_file(const std::string& file);
void show_pack_file(Call& call, const PackFile& file);

boost::json::object pack_json(const KeyPackDocument& pack, Instant now);
std::string pack_facts(const Call& call, const KeyPackDocument& pack, Instant now);

boost::json::object vendor_json(const VendorDocument& vendor);
std::string vendor_facts(const Call& call, const VendorDocument& vendor);

// "12ab 34cd …" in four lines under each other, as two people compare it.
std::string fingerprint_block(const PublicKey& key);

}  // namespace calm::cli
