// A key pack that lies in a file, as a person or a script reads it.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "cli/call.h"
#include "documents/key_pack.h"
#include "documents/vendor.h"

namespace calm::cli {

boost::json::object pack_json(const KeyPackDocument& pack, Instant now);
std::string pack_facts(const Call& call, const KeyPackDocument& pack, Instant now);

boost::json::object vendor_json(const VendorDocument& vendor);
std::string vendor_facts(const Call& call, const VendorDocument& vendor);

// "12ab 34cd …" in four lines under each other, as two people compare it.
std::string fingerprint_block(const PublicKey& key);

}  // namespace calm::cli
