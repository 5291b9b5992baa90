// Accounts of administrators: sign-in, sessions, passwords and API tokens.
#include <algorithm>

#include <fmt/format.h>

#include "server/api.h"
#include "server/second_step.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

void append_account(std::string& out, const Api& api, const Account& account) {
    const SecondFactor* factor = api.directory.second_factor(account.name);
    out += fmt::format(R"({{"account":"{}","role":"{}","created_at":"{}","second_factor":{})",
                       account.name, name_of(account.role), to_rfc3339(account.created_at),
                       factor != nullptr && factor->on());
    if (factor != nullptr && factor->removed_at) {
        out += fmt::format(R"(,"second_factor_removed_at":"{}")", to_rfc3339(*factor->removed_at));
        if (!factor->removed_by.empty())
            out += fmt::format(R"(,"second_factor_removed_by":"{}")", factor->removed_by);
    }
    if (account.role_changed_at) {
        out += fmt::format(R"(,"role_changed_at":"{}")", to_rfc3339(*account.role_changed_at));
        if (!account.role_changed_by.empty())
            out += fmt::format(R"(,"role_changed_by":"{}")", account.role_changed_by);
    }
    out += '}';
}

// What a program may know about its own session, up to the last brace.
std::string session_text(std::string_view account, Role role, Instant expires) {
    std::string out = fmt::format(R"({{"account":"{}","role":"{}","expires_at":"{}","rights":[)",
                                  account, name_of(role), to_rfc3339(expires));
    for (const auto& [right, name] : kRightNames) {
        if (role_may(role, right))
            out += fmt::format(R"({}"{}")", out.back() == '[' ? "" : ",", name);
    }
    out += ']';
    return out;
}

// The answer to a right password. A browser's token goes into a cookie, and nowhere else.
Response welcome(Api& api, const Account& account, bool cookie, const http::Peer& peer) {
    const std::string token = api.sign_in.begin_session(account);
    std::string text = session_text(account.name, account.role, api.server.now() + hours(12));
    if (!cookie) return Response::json(200, fmt::format(R"({},"token":"{}"}})", text, token));
    Response response =
        Response::json(200, fmt::format(R"({},"csrf":"{}"}})", text, http::csrf_token(token)));
    response.headers.add("Set-Cookie", session_cookie(peer, token));
    return response;
}

struct Credentials {
    std::string name;
    std::string password;
    std::string code;     // of the second step; empty: not asked for yet
    bool cookie = false;  // a browser asks
};

Result<Credentials> credentials_of(Api& api, const Request& request) {
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    Credentials out;
    fields.text("account", out.name, 64);
    fields.text("password", out.password, http::kPasswordBytesMax);
    fields.text("code", out.code, kCodeBytesMax);
    fields.flag("cookie", out.cookie);
    fields.require("account");
    fields.require("password");
    CALM_TRY(fields.finish());
    // A form of another site can send neither this type nor, where browsers tell it, our origin: it
    // must not sign a person in under somebody else's account.
    if (out.cookie && (from_another_site(request) ||
                       !request.header("content-type").starts_with("application/json"))) {
        return fail("csrf_refused", "a sign-in with a cookie comes from this server's own page");
    }
    return out;
}

// The session that a browser had: signing in anew ends it, so that nobody can plant one beforehand.
std::string old_session(const Request& request) {
    return std::string(
        http::cookie_value(request.header("cookie"), session_cookie_name(request.peer())));
}

void sign_in(Api& api, const Request& request, Responder responder) {
    auto credentials = credentials_of(api, request);
    if (!credentials) return responder.fail(credentials.error());
    auto& [name, password, code, cookie] = *credentials;
    const std::string address(request.peer().address);
    auto enter = [&api, name, address, cookie, transport = request.peer().transport,
                  replaced = old_session(request)](Responder on) {
        const Account* account = api.directory.account(name);
        if (account == nullptr) {
            return on.fail({"sign_in_failed", "account or password is wrong"});
        }
        api.sign_in.limiter().succeeded(name, address);
        if (!replaced.empty()) api.sign_in.end_session(replaced);
        on.send(welcome(api, *account, cookie, {.transport = transport}));
    };
    with_password(api, name, std::move(password), address, std::move(responder),
                  [&api, name, code, enter = std::move(enter)](Responder on) mutable {
                      with_code(api, name, code, std::move(on), std::move(enter));
                  });
}

// Who is signed in here, and the CSRF token again for a page that was loaded anew.
void show_session(Api& api, const Request& request, Responder responder) {
    const auto session = api.sign_in.presented(request);
    if (!session) {
        if (api.directory.accounts().empty()) {
            return responder.fail({"no_account_yet", "nobody has an account here yet"});
        }
        return responder.fail(session.error());
    }
    std::string out = session_text(api.sign_in.account_of(session->caller),
                                   static_cast<Role>(session->caller.role), session->expires);
    if (session->by_cookie) out += fmt::format(R"(,"csrf":"{}")", http::csrf_token(session->token));
    out += '}';
    responder.send(Response::json(200, std::move(out)));
}

// Signing out of what is over already is no error; a foreign page may sign nobody out.
void sign_out(Api& api, const Request& request, Responder responder) {
    const auto session = api.sign_in.presented(request);
    if (!session && session.error().code == "csrf_refused") return responder.fail(session.error());
    Response response = Response::no_content();
    if (session) api.sign_in.end_session(session->token);
    if (!session || session->by_cookie) {
        response.headers.add("Set-Cookie", session_cookie(request.peer(), ""));
    }
    responder.send(response);
}

void list(Api& api, const Request&, Responder responder) {
    std::string out = R"({"accounts":[)";
    for (const auto& [name, account] : api.directory.accounts()) {
        if (out.back() == '}') out += ',';
        append_account(out, api, account);
    }
    out += "]}";
    responder.send(Response::json(200, std::move(out)));
}

void keep_account(Api& api, Account account, int status, Responder responder) {
    api.server.keep(
        {Directory::record_of(account)}, {},
        [&api, account, status, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            api.directory.put(account);
            api.sign_in.end_sessions_of(account.name);
            std::string out;
            append_account(out, api, account);
            responder.send(Response::json(status, std::move(out)));
        });
}

// {"account":…,"role":…,"password":…}; without a password it signs in with API tokens only.
void add(Api& api, const Request& request, Responder responder) {
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    Account account{.created_at = api.server.now()};
    std::string password;
    fields.text("account", account.name, 64);
    fields.choice("role", account.role);
    const bool with_password = fields.text("password", password, http::kPasswordBytesMax);
    fields.require("account");
    fields.require("role");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    if (!is_product_code(account.name) || account.role == Role::host) {
        return responder.fail({"bad_account", "an account is named like `anna.b` and is no host"});
    }
    if (api.directory.account(account.name) != nullptr) {
        return responder.fail({"account_exists", "the account `" + account.name + "` exists"});
    }
    if (!with_password) return keep_account(api, std::move(account), 201, std::move(responder));
    if (pool_is_full(api, responder)) return;
    api.workers.run([password = std::move(password)] { return http::hash_password(password); },
                    [&api, account = std::move(account),
                     responder = std::move(responder)](Result<std::string> hash) mutable {
                        if (!hash) return responder.fail(hash.error());
                        if (api.directory.account(account.name) != nullptr) {
                            return responder.fail({"account_exists", "the account exists"});
                        }
                        account.password_hash = *hash;
                        keep_account(api, std::move(account), 201, std::move(responder));
                    });
}

Result<const Account*> named(const Api& api, const Request& request) {
    const std::string name = request.parameter("account");
    const Account* account = api.directory.account(name);
    if (account == nullptr || account->leaving)
        return fail("account_unknown", "there is no account `" + name + "`");
    return account;
}

// Whether nobody else is an owner, whatever is still on its way to the disk.
bool is_last_owner(const Api& api, const Account& account) {
    return std::ranges::none_of(api.directory.accounts(), [&](const auto& each) {
        return each.second.role == Role::owner && !each.second.leaving &&
               each.second.name != account.name;
    });
}

void refuse_last_owner(Responder responder) {
    responder.fail({"last_owner", "this is the last owner; make another one first"});
}

void remove(Api& api, const Request& request, Responder responder) {
    const auto account = named(api, request);
    if (!account) return responder.fail(account.error());
    if ((*account)->role == Role::owner && is_last_owner(api, **account))
        return refuse_last_owner(std::move(responder));
    const std::string name = (*account)->name;
    Account leaving = **account;
    leaving.leaving = true;
    api.directory.put(std::move(leaving));
    api.server.keep({}, api.directory.account_keys(name),
                    [&api, name, responder = std::move(responder)](Result<Committed> done) mutable {
                        if (!done) {
                            Account stays = *api.directory.account(name);
                            stays.leaving = false;
                            api.directory.put(std::move(stays));
                            return responder.fail(done.error());
                        }
                        api.sign_in.end_sessions_of(name);
                        api.directory.erase_account(name);
                        responder.send(Response::no_content());
                    });
}

void use_role(Api& api, Account account) {
    api.sign_in.set_role_of(account.name, account.role);
    api.directory.put(std::move(account));
}

// {"role":…}. It counts at once, so that of two owners who demote each other one stays, and is
// taken back when it cannot be kept.
void set_role(Api& api, const Request& request, Responder responder) {
    const auto account = named(api, request);
    if (!account) return responder.fail(account.error());
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    const Account before = **account;
    Account changed = before;
    fields.choice("role", changed.role);
    fields.require("role");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    if (changed.role == Role::host) return responder.fail({"bad_account", "an account is no host"});
    if (changed.role != Role::owner && before.role == Role::owner && is_last_owner(api, before))
        return refuse_last_owner(std::move(responder));
    changed.role_changed_at = api.server.now();
    changed.role_changed_by = api.sign_in.account_of(request.caller);
    use_role(api, changed);
    api.server.keep(
        {Directory::record_of(changed)}, {},
        [&api, before, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) {
                use_role(api, std::move(before));
                return responder.fail(done.error());
            }
            std::string out;
            append_account(out, api, *api.directory.account(before.name));
            responder.send(Response::json(200, std::move(out)));
        });
}

// {"label":…,"valid_for":…} → a token that acts as the account.
void make_token(Api& api, const Request& request, Responder responder) {
    const auto account = named(api, request);
    if (!account) return responder.fail(account.error());
    const auto body = body_of(api, request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    ApiToken token{.account = (*account)->name};
    std::string valid_for;
    fields.text("label", token.label, 64);
    if (fields.text("valid_for", valid_for, 32)) {
        const auto length = parse_duration(valid_for);
        if (length)
            token.expires_at = std::min(api.server.now() + *length, kInstantMax);
        else
            fields.complain("valid_for", length.error().detail);
    }
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    const http::SecretToken secret = http::make_secret_token("calm_api");
    token.digest = to_hex(secret.hash);
    std::string out = fmt::format(R"({{"token":"{}","account":"{}")", secret.text, token.account);
    if (token.expires_at)
        out += fmt::format(R"(,"expires_at":"{}")", to_rfc3339(*token.expires_at));
    out += '}';
    api.server.keep({Directory::record_of(token)}, {},
                    [&api, token, out = std::move(out),
                     responder = std::move(responder)](Result<Committed> done) mutable {
                        if (!done) return responder.fail(done.error());
                        api.directory.put(token);
                        responder.send(Response::json(201, std::move(out)));
                    });
}

}  // namespace

void add_account_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/session", {}, "Sign in", sign_in, http::kUnauthenticated);
    row(Method::get, "/v1/session", {}, "Show who is signed in", show_session,
        http::kUnauthenticated);
    row(Method::delete_, "/v1/session", {}, "Sign out", sign_out, http::kUnauthenticated);
    row(Method::get, "/v1/accounts", rights::own, "List the accounts", list);
    row(Method::post, "/v1/accounts", rights::own, "Make an account", add);
    row(Method::delete_, "/v1/accounts/{account}", rights::own, "Remove an account", remove);
    row(Method::put, "/v1/accounts/{account}/role", rights::own, "Change an account's role",
        set_role);
    row(Method::post, "/v1/accounts/{account}/tokens", rights::own, "Make an API token",
        make_token);
}

}  // namespace calm
