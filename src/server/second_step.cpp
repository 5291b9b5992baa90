// Tries of passwords count by account and address; tries of codes, which only somebody with the
// password gets to, by account alone, since six digits do not stand a thousand addresses.
#include "server/second_step.h"

#include <algorithm>

#include "http/one_time_code.h"

namespace calm {
namespace {

// In the place of an address, which it never is.
constexpr std::string_view kCodes = "codes";

bool may_try(Api& api, std::string_view account, std::string_view address,
             http::Responder& responder) {
    const auto wait =
        api.sign_in.limiter().take(account, address, std::chrono::steady_clock::now());
    if (wait.count() == 0) return true;
    responder.fail({"too_many_requests", "too many tries for this account"},
                   http::retry_after_seconds(wait));
    return false;
}

}  // namespace

bool pool_is_full(Api& api, http::Responder& responder) {
    if (!api.workers.full()) return false;
    responder.fail({"unavailable", "too many sign-ins at once"}, 2);
    return true;
}

bool may_try_code(Api& api, const std::string& account, http::Responder& responder) {
    return may_try(api, account, kCodes, responder);
}

void code_was_right(Api& api, const std::string& account) {
    api.sign_in.limiter().succeeded(account, kCodes);
}

void with_password(Api& api, const std::string& account, std::string password,
                   const std::string& address, http::Responder responder, Then then) {
    if (!may_try(api, account, address, responder) || pool_is_full(api, responder)) return;
    const Account* known = api.directory.account(account);
    const std::string hash = known != nullptr ? known->password_hash : std::string();
    api.workers.run(
        [hash, password = std::move(password)] { return http::verify_password(hash, password); },
        [&api, account, hash, responder = std::move(responder),
         then = std::move(then)](bool matches) mutable {
            // The account may have changed meanwhile.
            const Account* now = api.directory.account(account);
            if (!matches || now == nullptr || now->password_hash != hash) {
                return responder.fail({"sign_in_failed", "account or password is wrong"});
            }
            then(std::move(responder));
        });
}

bool take_code(SecondFactor& factor, std::string_view code, Instant wall) {
    if (const auto step = http::totp_match(factor.secret, code, wall, factor.last_step)) {
        factor.last_step = *step;
        return true;
    }
    return std::erase(factor.recovery_digests, http::recovery_digest(code)) > 0;
}

void with_code(Api& api, const std::string& account, std::string_view code,
               http::Responder responder, Then then) {
    const SecondFactor* factor = api.directory.second_factor(account);
    if (factor == nullptr || !factor->on()) return then(std::move(responder));
    if (code.empty()) {
        return responder.fail({"code_needed", "the account asks for a code beside the password"});
    }
    if (!may_try_code(api, account, responder)) return;
    SecondFactor taken = *factor;
    if (!take_code(taken, code, api.server.wall_now())) {
        return responder.fail({"code_refused", "the code is wrong, or it was used already"});
    }
    code_was_right(api, account);
    // At once, so that nobody gets in with the same code while the disk is busy.
    api.directory.put(taken);
    api.server.keep(
        {Directory::record_of(taken)}, {},
        [responder = std::move(responder), then = std::move(then)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            then(std::move(responder));
        });
}

}  // namespace calm
