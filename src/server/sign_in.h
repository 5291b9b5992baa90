// SignIn: who a request comes from, and whether they may. Accounts by session or API token, hosts
// by a token signed with their enrolled key, and the machine's own root over the Unix socket. Loop
// thread.
//
// A browser keeps its session in a cookie that its pages cannot read and that other sites' pages
// cannot send. With it whatever changes something must carry the session's CSRF token in a header,
// which only a page that could read an answer of this server knows.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/credentials.h"
#include "http/limiter.h"
#include "http/routes.h"
#include "http/sessions.h"
#include "server/directory.h"
#include "server/license_server.h"

namespace calm {

// The header of the CSRF token, and the one that says "nobody touched anything, the page asks by
// itself", so that the session's idle time runs on.
inline constexpr std::string_view kCsrfHeader = "calm-csrf";
inline constexpr std::string_view kBackgroundHeader = "calm-background";

// A cookie that only TLS carries is named so that no other site of the domain can set it (RFC 6265
// bis, `__Host-`); on loopback without TLS a browser would not keep such a one.
std::string_view session_cookie_name(const http::Peer& peer);
// The Set-Cookie line's value that keeps a session, or with an empty token forgets it.
std::string session_cookie(const http::Peer& peer, std::string_view token);
// Whether another site's page made the browser ask (Sec-Fetch-Site, where the browser sends it).
bool from_another_site(const http::Request& request);

class SignIn {
  public:
    // Both must outlive it. `own_uid`: whoever runs the server is its owner over the Unix socket.
    SignIn(LicenseServer& server, const Directory& directory, uint32_t own_uid);

    // The gate of the HTTP front. Errors: `not_signed_in`, `host_token_*`, `forbidden`.
    Result<http::Caller> gate(const http::Request& request, const http::Route& route);

    // After the password was verified. Gives the session's token.
    std::string begin_session(const Account& account);
    bool end_session(std::string_view token) { return sessions_.end(token); }
    // The session that a request comes with, by header or cookie. Errors: `not_signed_in`,
    // `csrf_refused`.
    struct Presented {
        std::string_view token;  // into the request
        http::Caller caller;
        Instant expires;
        bool by_cookie = false;
    };
    Result<Presented> presented(const http::Request& request);
    // The account's password or existence changed; the session of the token `but` goes on.
    void end_sessions_of(std::string_view account, std::string_view but = {});
    // Its role changed: its sessions may at once what the new one may.
    void set_role_of(std::string_view account, Role role);

    // The account behind a caller; empty for hosts and for the machine's own root.
    std::string_view account_of(const http::Caller& caller) const;

    http::SignInLimiter& limiter() { return limiter_; }
    // Secrets by account that wait for their first code; a restart forgets them.
    std::map<std::string, std::string>& begun_second_factors() { return begun_second_factors_; }
    // Forgets sessions and host tokens that are over. Now and then.
    void sweep();

  private:
    Result<http::Caller> who(const http::Request& request);
    const http::SessionTable::Session* session_of(std::string_view token,
                                                  const http::Request& request);
    Result<http::Caller> host_of(std::string_view token);
    uint32_t id_of(std::string_view account);

    struct KnownHost {
        HostId host;
        Instant until;
    };
    struct TextHash {
        using is_transparent = void;
        size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };

    LicenseServer& server_;
    const Directory& directory_;
    uint32_t own_uid_;
    http::SessionTable sessions_;
    http::SignInLimiter limiter_;
    std::map<std::string, std::string> begun_second_factors_;
    std::vector<std::string> account_names_;  // by caller id minus one
    // Host tokens whose signature was verified, so that a kept connection pays for it once.
    std::unordered_map<std::string, KnownHost, TextHash, std::equal_to<>> verified_;
};

}  // namespace calm
