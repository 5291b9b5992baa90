// The two steps of showing who somebody is: the password, and the code of an account that asks for
// one. Each answers by itself when it is wrong, and counts tries. Loop thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/api.h"

namespace calm {

inline constexpr size_t kCodeBytesMax = 64;

// What follows a right answer; it answers the request.
using Then = std::move_only_function<void(http::Responder)>;

// Goes on when the password is the account's; hashing runs on the pool. Errors: `sign_in_failed`,
// `too_many_requests`, `unavailable`.
void with_password(Api& api, const std::string& account, std::string password,
                   const std::string& address, http::Responder responder, Then then);

// Goes on when the account has no second step, or `code` counts and it is on disk that it never
// will again: one of the app, or one on paper. Errors: `code_needed`, `code_refused`,
// `too_many_requests`.
void with_code(Api& api, const std::string& account, std::string_view code,
               http::Responder responder, Then then);

// Whether the code counts; `factor` is then as it has to be kept.
bool take_code(SecondFactor& factor, std::string_view code, Instant wall);

// Hashing takes tens of milliseconds of a core: on the pool, and bounded. Answers when it is full.
bool pool_is_full(Api& api, http::Responder& responder);

// Whether `account` may try a code now; answers when it may not.
bool may_try_code(Api& api, const std::string& account, http::Responder& responder);
// It showed the right one.
void code_was_right(Api& api, const std::string& account);

}  // namespace calm
