// The vendor's staff: accounts, their tokens and who is signed in. Kept in memory as the books have
// them. Loop thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clearinghouse/access.h"
#include "clearinghouse/books.h"
#include "http/credentials.h"
#include "http/limiter.h"
#include "http/routes.h"
#include "http/sessions.h"

namespace calm::clearinghouse {

struct StaffAccount {
    std::string name;
    StaffRole role = StaffRole::viewer;
    std::string password_hash;  // empty: signs in with tokens only
    Instant created_at;
};

struct StaffToken {
    std::string digest;  // hex of the token's SHA-256
    std::string account;
    std::string label;
    std::optional<Instant> expires_at;
};

// On the books' thread.
Result<> keep_account(Books& books, const StaffAccount& account);
Result<> keep_token(Books& books, const StaffToken& token);
Result<> erase_account(Books& books, std::string_view name);

class Staff {
  public:
    // `own_uid`: whoever runs the clearinghouse is its owner over the Unix socket.
    static Result<Staff> read(Books& books, std::function<Instant()> clock, uint32_t own_uid);

    const std::map<std::string, StaffAccount, std::less<>>& accounts() const { return accounts_; }
    const StaffAccount* account(std::string_view name) const;
    void put(StaffAccount account);  // ends its sessions
    void put(StaffToken token);
    void erase(std::string_view name);

    // The gate of the HTTP front. A session in a cookie reads and changes nothing: what changes
    // something comes with a token. Errors: `not_signed_in`, `forbidden`.
    Result<http::Caller> gate(const http::Request& request, const http::Route& route);

    std::string begin_session(const StaffAccount& account);
    // The token of the session that a browser shows; empty: none.
    static std::string_view cookie_token(const http::Request& request);
    // Who the session's token belongs to, if it runs.
    std::optional<http::Caller> session(std::string_view token);
    bool end_session(std::string_view token) { return sessions_.end(token); }

    Actor actor_of(const http::Caller& caller) const;
    http::SignInLimiter& limiter() { return limiter_; }
    void sweep() { sessions_.sweep(clock_()); }

  private:
    Staff(std::function<Instant()> clock, uint32_t own_uid)
        : clock_(std::move(clock)), own_uid_(own_uid) {}
    Result<http::Caller> who(const http::Request& request);
    uint32_t id_of(std::string_view account);

    std::function<Instant()> clock_;
    uint32_t own_uid_;
    std::map<std::string, StaffAccount, std::less<>> accounts_;
    std::map<std::string, StaffToken, std::less<>> tokens_;
    http::SessionTable sessions_;
    http::SignInLimiter limiter_;
    std::vector<std::string> names_;  // by caller id minus one
};

// The Set-Cookie value that keeps a session, or with an empty token forgets it.
std::string staff_cookie(const http::Peer& peer, std::string_view token);

}  // namespace calm::clearinghouse
