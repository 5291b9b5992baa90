// What this server knows of vendors' clearinghouses, and how it asks them.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "documents/activation.h"
#include "documents/clearinghouse_certificate.h"
#include "server/api.h"

namespace calm {

struct KnownClearinghouse {
    ClearinghouseCertificate certificate;
    std::string document;
};

// The one that a vendor's text names behind the vendor's own document. Nothing: it names none, or
// one that this vendor has not certified.
std::optional<KnownClearinghouse> clearinghouse_in(std::string_view text, const PublicKey& vendor);

// The same of the text that is kept of a trusted vendor.
std::optional<KnownClearinghouse> clearinghouse_of(const Api& api, const KeyBytes& vendor);

// Whether this clearinghouse's document takes the place of the one in a vendor's text: a key that
// was replaced does not come back with an older document.
bool is_newer(std::string_view text, std::string_view document);

// A vendor's text with this certificate's document in the place of the one that it named.
std::string with_clearinghouse(std::string_view text, std::string_view document);

// The trusted vendor that somebody means: its key, its fingerprint or the name in its document;
// empty: the only one. Errors: `vendor_unknown`.
Result<KeyBytes> vendor_named(const Api& api, std::string_view text);

// Whether a pack of the vendor gives CALs only while the server is activated.
bool needs_activation(const Ledger& ledger, const KeyBytes& vendor);

// "activated", "ended" or "not_activated".
std::string_view activation_state(const Ledger& ledger, const KeyBytes& vendor, Instant now);

// Its name as its document states it; empty: the document is not kept here.
std::string vendor_name(const Api& api, const KeyBytes& vendor);

// Sends a request to the clearinghouse at this address: its answer. Blocks; any thread. Errors:
// `clearinghouse_unreachable`, `clearinghouse_refused`.
Result<std::string> ask_clearinghouse(const std::string& address, std::string_view request,
                                      const std::string& ca_file, Language language,
                                      const std::atomic<bool>& stopping);

}  // namespace calm
