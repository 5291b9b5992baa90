// Who asks, and may they.
#include "server/sign_in.h"

#include <algorithm>

#include "documents/host_auth.h"
#include "documents/ledger_id.h"

namespace calm {
namespace {

constexpr size_t kVerifiedMax = 100'000;
constexpr std::string_view kHostTokenPrefix = "v4.public.";

}  // namespace

SignIn::SignIn(LicenseServer& server, const Directory& directory, uint32_t own_uid)
    : server_(server), directory_(directory), own_uid_(own_uid) {}

uint32_t SignIn::id_of(std::string_view account) {
    const auto found = std::ranges::find(account_names_, account);
    if (found == account_names_.end()) {
        account_names_.emplace_back(account);
        return static_cast<uint32_t>(account_names_.size());
    }
    return static_cast<uint32_t>(found - account_names_.begin() + 1);
}

std::string_view SignIn::account_of(const http::Caller& caller) const {
    if (static_cast<Role>(caller.role) == Role::host || caller.id == 0) return {};
    return account_names_[caller.id - 1];
}

Result<http::Caller> SignIn::gate(const http::Request& request, const http::Route& route) {
    CALM_TRY_ASSIGN(const http::Caller caller, who(request));
    if (!role_may(static_cast<Role>(caller.role), route.right)) {
        return fail("forbidden", "the role `" +
                                     std::string(name_of(static_cast<Role>(caller.role))) +
                                     "` may not do this");
    }
    return caller;
}

std::string_view session_cookie_name(const http::Peer& peer) {
    return peer.transport == http::Peer::Transport::tls ? "__Host-calm_session" : "calm_session";
}

std::string session_cookie(const http::Peer& peer, std::string_view token) {
    std::string out(session_cookie_name(peer));
    out += '=';
    out += token;
    out += "; Path=/; HttpOnly; SameSite=Strict";
    if (peer.transport == http::Peer::Transport::tls) out += "; Secure";
    if (token.empty()) out += "; Max-Age=0";
    return out;
}

bool from_another_site(const http::Request& request) {
    const std::string_view site = request.header("sec-fetch-site");
    return !site.empty() && site != "same-origin" && site != "none";
}

const http::SessionTable::Session* SignIn::session_of(std::string_view token,
                                                      const http::Request& request) {
    using Use = http::SessionTable::Use;
    return sessions_.find(token, server_.now(),
                          request.has_header(kBackgroundHeader) ? Use::in_background : Use::counts);
}

Result<SignIn::Presented> SignIn::presented(const http::Request& request) {
    Presented out{.token = http::bearer_token(request.header("authorization"))};
    if (out.token.empty()) {
        out.token =
            http::cookie_value(request.header("cookie"), session_cookie_name(request.peer()));
        out.by_cookie = true;
    }
    const auto* session = session_of(out.token, request);
    if (session == nullptr) return fail("not_signed_in", "there is no such session, or it is over");
    out.caller = session->caller;
    out.expires = session->expires;
    if (!out.by_cookie) return out;
    const bool only_reads =
        request.method() == http::Method::get || request.method() == http::Method::head;
    if (from_another_site(request) ||
        (!only_reads &&
         !http::equal_secrets(request.header(kCsrfHeader), http::csrf_token(out.token)))) {
        return fail("csrf_refused", "the request does not carry its session's CALM-CSRF token");
    }
    return out;
}

Result<http::Caller> SignIn::who(const http::Request& request) {
    const std::string_view authorization = request.header("authorization");
    if (authorization.empty()) {
        const http::Peer& peer = request.peer();
        if (!http::cookie_value(request.header("cookie"), session_cookie_name(peer)).empty()) {
            CALM_TRY_ASSIGN(const Presented session, presented(request));
            return session.caller;
        }
        if (peer.transport == http::Peer::Transport::unix_socket &&
            (peer.uid == 0 || peer.uid == own_uid_)) {
            return http::Caller{.role = static_cast<uint32_t>(Role::owner), .id = 0};
        }
        return fail("not_signed_in", "no token came with the request");
    }
    const std::string_view token = http::bearer_token(authorization);
    if (token.empty()) return fail("not_signed_in", "`Authorization` is not a bearer token");
    if (token.starts_with(kHostTokenPrefix)) return host_of(token);

    if (const auto* session = session_of(token, request)) return session->caller;
    const ApiToken* api_token = directory_.token(to_hex(http::token_hash(token)));
    if (api_token == nullptr ||
        (api_token->expires_at && *api_token->expires_at <= server_.now())) {
        return fail("not_signed_in", "the token is unknown or its time is over");
    }
    const Account* account = directory_.account(api_token->account);
    if (account == nullptr) return fail("not_signed_in", "the token's account is gone");
    return http::Caller{.role = static_cast<uint32_t>(account->role), .id = id_of(account->name)};
}

Result<http::Caller> SignIn::host_of(std::string_view token) {
    const Instant now = server_.now();
    const Ledger& ledger = server_.ledger();
    const auto caller = [](HostId host) {
        return http::Caller{.role = static_cast<uint32_t>(Role::host), .id = host.value};
    };
    if (const auto known = verified_.find(token); known != verified_.end()) {
        if (known->second.until > now && ledger.has_host(known->second.host)) {
            return caller(known->second.host);
        }
        verified_.erase(known);
    }
    CALM_TRY_ASSIGN(const HostClaim claim, read_host_token(token));
    if (!ledger.has_host(claim.host)) {
        return fail("host_token_unknown", "no such host is enrolled here");
    }
    const auto verify_at = [&](Instant at) {
        return verify_host_token(token, PublicKey{ledger.host(claim.host).key},
                                 ledger_id_of(server_.node().identity.public_key()), at);
    };
    const auto verified = verify_at(now);
    if (!verified) {
        // While ledger time stands, hosts go by the machine's clock, as the header Date tells it,
        // and their holders are admitted. Not remembered: the end is another clock's time.
        const bool by_wall = verified.error().code == "host_token_expired" &&
                             verify_at(now + server_.read_clock().difference);
        return by_wall ? Result<http::Caller>(caller(claim.host))
                       : std::unexpected(verified.error());
    }
    if (verified_.size() >= kVerifiedMax) sweep();
    if (verified_.size() >= kVerifiedMax) verified_.clear();
    verified_.emplace(token, KnownHost{verified->host, verified->expires_at});
    return caller(verified->host);
}

std::string SignIn::begin_session(const Account& account) {
    return sessions_.begin({.role = static_cast<uint32_t>(account.role), .id = id_of(account.name)},
                           server_.now());
}

void SignIn::end_sessions_of(std::string_view account, std::string_view but) {
    sessions_.end_all_of(id_of(account), but);
}

void SignIn::set_role_of(std::string_view account, Role role) {
    sessions_.set_role_of(id_of(account), static_cast<uint32_t>(role));
}

void SignIn::sweep() {
    const Instant now = server_.now();
    sessions_.sweep(now);
    std::erase_if(verified_, [&](const auto& each) { return each.second.until <= now; });
}

}  // namespace calm
