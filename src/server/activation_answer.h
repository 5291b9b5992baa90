// A clearinghouse's answer is taken: the certificate for this server, key packs, and the list of
// packs that the vendor has taken back. However it came (online, as a file), it is the same text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/activation_book.h"
#include "server/api.h"

namespace calm {

// Somebody asks the vendor's clearinghouse on behalf of this server. The request is signed; what a
// certificate will answer is noted in the book, and kept.
struct AskedRequest {
    OpenRequest open;
    std::string text;  // armoured
};
// What a person says about it. `identity`, `server`, `nonce`, `at`, `epoch` and `size` are filled
// in. Errors: `activation_malformed`.
Result<AskedRequest> ask_vendor(Api& api, ActivationRequest wish);

// What came of it, as JSON: {"vendor":…,"serial":…,"activated_until":…,"packs":[…],"renewed":[…],
// "status_list":3,"revoked":[…],"refused":[{"what":…,"code":…,"title":…,"detail":…}]}. What the
// certificate is refused for, the whole answer is refused for; a pack that cannot be installed is
// told, and the others come in. It is written when a later change is. Errors: `activation_*`,
// `clearinghouse_*`.
Result<std::string> take_answer(Api& api, std::string_view text, Language language);

// A status list alone. Errors: `status_list_*`, `clearinghouse_*`.
Result<std::string> take_status_list(Api& api, std::string_view text, Language language);

// The certificate is written; the request that it answers is closed. Errors: those of
// decide_activation and of writing.
void write_activation(Api& api, const entry::ServerActivated& certified,
                      const ActivationNonce& nonce, std::string_view clearinghouse,
                      Done<Committed> done);

}  // namespace calm
