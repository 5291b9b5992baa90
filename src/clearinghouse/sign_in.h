// Signing in with a password, by the API or by the page.
#pragma once

#include <functional>
#include <string>

#include "clearinghouse/front.h"

namespace calm::clearinghouse {

using Welcome = std::function<void(const StaffAccount&, http::Responder)>;
using Refused = std::function<void(const Error&, uint32_t wait_s, http::Responder)>;

// Verifies the password off the loop; one of the two is called on it. Errors: `sign_in_failed`,
// `too_many_requests`, `unavailable`.
void verify_staff(Front& front, const http::Request& request, std::string name,
                  std::string password, http::Responder responder, Welcome welcome,
                  Refused refused);

}  // namespace calm::clearinghouse
