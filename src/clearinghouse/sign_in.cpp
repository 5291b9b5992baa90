#include "clearinghouse/sign_in.h"

namespace calm::clearinghouse {

void verify_staff(Front& front, const http::Request& request, std::string name,
                  std::string password, http::Responder responder, Welcome welcome,
                  Refused refused) {
    const std::string address(request.peer().address);
    const auto wait = front.staff.limiter().take(name, address, std::chrono::steady_clock::now());
    if (wait.count() > 0) {
        return refused({"too_many_requests", "too many tries for this account from this address"},
                       http::retry_after_seconds(wait), std::move(responder));
    }
    if (front.hashing.full())
        return refused({"unavailable", "too many sign-ins at once"}, 2, std::move(responder));
    const StaffAccount* account = front.staff.account(name);
    const std::string hash = account != nullptr ? account->password_hash : std::string();
    front.hashing.run(
        [hash, password = std::move(password)] { return http::verify_password(hash, password); },
        [&front, name, address, hash, welcome = std::move(welcome), refused = std::move(refused),
         responder = std::move(responder)](bool matches) mutable {
            // The account may have changed meanwhile.
            const StaffAccount* now = front.staff.account(name);
            if (!matches || now == nullptr || now->password_hash != hash) {
                return refused({"sign_in_failed", "account or password is wrong"}, 0,
                               std::move(responder));
            }
            front.staff.limiter().succeeded(name, address);
            welcome(*now, std::move(responder));
        });
}

}  // namespace calm::clearinghouse
