#include "clearinghouse/staff.h"

#include <algorithm>

namespace calm::clearinghouse {
namespace {

// One that only TLS carries is named so that no other site of the domain can set it; on loopback
// without TLS a browser would not keep such a one.
std::string_view staff_cookie_name(const http::Peer& peer) {
    return peer.transport == http::Peer::Transport::tls ? "__Host-calm_clearinghouse"
                                                        : "calm_clearinghouse";
}

http::Caller caller_of(StaffRole role, uint32_t id) {
    return {.role = static_cast<uint32_t>(role), .id = id};
}

}  // namespace

Result<> keep_account(Books& books, const StaffAccount& account) {
    return books.run(
        "INSERT INTO accounts(name, role, password_hash, created_at) "
        "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(name) DO UPDATE SET role = ?2, "
        "password_hash = ?3",
        account.name, account.role, account.password_hash, account.created_at);
}

Result<> keep_token(Books& books, const StaffToken& token) {
    return books.run("INSERT INTO tokens(digest, account, label, expires_at) VALUES(?, ?, ?, ?)",
                     token.digest, token.account, token.label, token.expires_at);
}

Result<> erase_account(Books& books, std::string_view name) {
    CALM_TRY(books.run("DELETE FROM tokens WHERE account = ?", name));
    return books.run("DELETE FROM accounts WHERE name = ?", name);
}

Result<Staff> Staff::read(Books& books, std::function<Instant()> clock, uint32_t own_uid) {
    Staff staff(std::move(clock), own_uid);
    CALM_TRY_ASSIGN(auto accounts,
                    books.query("SELECT name, role, password_hash, created_at FROM accounts"));
    while (true) {
        CALM_TRY_ASSIGN(const bool more, accounts.step());
        if (!more) break;
        staff.put(StaffAccount{.name = std::string(accounts.text(0)),
                               .role = static_cast<StaffRole>(accounts.number(1)),
                               .password_hash = std::string(accounts.text(2)),
                               .created_at = {accounts.number(3)}});
    }
    CALM_TRY_ASSIGN(auto tokens,
                    books.query("SELECT digest, account, label, expires_at FROM tokens"));
    while (true) {
        CALM_TRY_ASSIGN(const bool more, tokens.step());
        if (!more) return staff;
        StaffToken token{.digest = std::string(tokens.text(0)),
                         .account = std::string(tokens.text(1)),
                         .label = std::string(tokens.text(2))};
        if (!tokens.is_null(3)) token.expires_at = Instant{tokens.number(3)};
        staff.put(std::move(token));
    }
}

const StaffAccount* Staff::account(std::string_view name) const {
    const auto found = accounts_.find(name);
    return found == accounts_.end() ? nullptr : &found->second;
}

void Staff::put(StaffAccount account) {
    sessions_.end_all_of(id_of(account.name));
    accounts_.insert_or_assign(account.name, std::move(account));
}

void Staff::put(StaffToken token) {
    tokens_.insert_or_assign(token.digest, std::move(token));
}

void Staff::erase(std::string_view name) {
    sessions_.end_all_of(id_of(name));
    std::erase_if(tokens_, [&](const auto& each) { return each.second.account == name; });
    if (const auto found = accounts_.find(name); found != accounts_.end()) accounts_.erase(found);
}

uint32_t Staff::id_of(std::string_view account) {
    const auto found = std::ranges::find(names_, account);
    if (found != names_.end()) return static_cast<uint32_t>(found - names_.begin() + 1);
    names_.emplace_back(account);
    return static_cast<uint32_t>(names_.size());
}

Result<http::Caller> Staff::gate(const http::Request& request, const http::Route& route) {
    CALM_TRY_ASSIGN(const http::Caller caller, who(request));
    const auto role = static_cast<StaffRole>(caller.role);
    if (!role_may(role, route.right))
        return fail("forbidden", "the role `" + std::string(name_of(role)) + "` may not do this");
    return caller;
}

Result<http::Caller> Staff::who(const http::Request& request) {
    const std::string_view authorization = request.header("authorization");
    if (authorization.empty()) {
        const http::Peer& peer = request.peer();
        if (peer.transport == http::Peer::Transport::unix_socket &&
            (peer.uid == 0 || peer.uid == own_uid_)) {
            return caller_of(StaffRole::owner, 0);
        }
        const bool only_reads =
            request.method() == http::Method::get || request.method() == http::Method::head;
        if (only_reads) {
            if (const auto caller = session(cookie_token(request))) return *caller;
        }
        return fail("not_signed_in", "no token came with the request");
    }
    const std::string_view token = http::bearer_token(authorization);
    if (token.empty()) return fail("not_signed_in", "`Authorization` is not a bearer token");
    if (const auto caller = session(token)) return *caller;
    const auto found = tokens_.find(to_hex(http::token_hash(token)));
    if (found == tokens_.end() ||
        (found->second.expires_at && *found->second.expires_at <= clock_())) {
        return fail("not_signed_in", "the token is unknown or its time is over");
    }
    const StaffAccount* known = account(found->second.account);
    if (known == nullptr) return fail("not_signed_in", "the token's account is gone");
    return caller_of(known->role, id_of(known->name));
}

std::string Staff::begin_session(const StaffAccount& account) {
    return sessions_.begin(caller_of(account.role, id_of(account.name)), clock_());
}

std::string_view Staff::cookie_token(const http::Request& request) {
    return http::cookie_value(request.header("cookie"), staff_cookie_name(request.peer()));
}

std::optional<http::Caller> Staff::session(std::string_view token) {
    const auto* found = sessions_.find(token, clock_());
    if (found == nullptr) return std::nullopt;
    return found->caller;
}

Actor Staff::actor_of(const http::Caller& caller) const {
    return {.account = caller.id == 0 ? kLocalAccount : names_[caller.id - 1],
            .role = static_cast<StaffRole>(caller.role)};
}

std::string staff_cookie(const http::Peer& peer, std::string_view token) {
    std::string out(staff_cookie_name(peer));
    out += '=';
    out += token;
    out += "; Path=/; HttpOnly; SameSite=Strict";
    if (peer.transport == http::Peer::Transport::tls) out += "; Secure";
    if (token.empty()) out += "; Max-Age=0";
    return out;
}

}  // namespace calm::clearinghouse
