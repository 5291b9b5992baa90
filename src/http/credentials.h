// Passwords and tokens: what proves who somebody is. Nothing here keeps a secret in readable form.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace calm::http {

inline constexpr size_t kPasswordBytesMin = 12;
inline constexpr size_t kPasswordBytesMax = 256;

// How much work one guess costs. `interactive` is libsodium's figure for signing in (64 MiB of
// memory); `cheap` is for tests only.
enum class PasswordCost { interactive, cheap };

// Argon2id (rule R16), in the usual "$argon2id$..." form with its own salt. Takes tens of
// milliseconds: for a WorkerPool, never for the loop. Any thread. Errors: `bad_password` (too short
// or too long).
Result<std::string> hash_password(std::string_view password,
                                  PasswordCost cost = PasswordCost::interactive);

// Does the password belong to the hash? With an empty hash (no such account) it does the same work
// and says no, so that the time tells nothing. As slow as hashing. Any thread.
bool verify_password(std::string_view hash, std::string_view password,
                     PasswordCost cost = PasswordCost::interactive);

// A secret of 256 random bits that its owner sends with each request. The server keeps the hash
// only.
struct SecretToken {
    std::string text;  // "<prefix>_<43 characters of base64url>"
    Hash hash;         // token_hash(text)
};

// `prefix` names the kind ("calm_session", "calm_api"), so that a leaked token can be recognised.
SecretToken make_secret_token(std::string_view prefix);

// What a token is found by. SHA-256 suffices: 256 random bits cannot be guessed from their hash.
Hash token_hash(std::string_view text);

// The token of "Authorization: Bearer <token>"; "" when the header has another form.
std::string_view bearer_token(std::string_view authorization);

// The value of a cookie in a Cookie header ("a=1; b=2"); "" when it is not there.
std::string_view cookie_value(std::string_view header, std::string_view name);

// What a page of ours sends back with whatever changes something, to prove that it could read an
// answer of ours: a hash of the session's token, so nothing more has to be kept.
std::string csrf_token(std::string_view session_token);

// In a time that does not depend on where they differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace calm::http
