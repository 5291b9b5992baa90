// The second step of signing in: turned on by oneself, off by oneself or by an owner.
#include <fmt/format.h>
#include <sodium.h>

#include "documents/commitment.h"
#include "http/one_time_code.h"
#include "server/api.h"
#include "server/second_step.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

// Whoever is signed in here, by name. Errors: `not_signed_in`, `csrf_refused`.
Result<std::string> myself(Api& api, const Request& request) {
    CALM_TRY_ASSIGN(const auto session, api.sign_in.presented(request));
    return std::string(api.sign_in.account_of(session.caller));
}

// The one text of a body, under this name.
Result<std::string> text_of(Api& api, const Request& request, std::string_view name,
                            size_t bytes_max) {
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    std::string text;
    fields.text(name, text, bytes_max);
    fields.require(name);
    CALM_TRY(fields.finish());
    return text;
}

bool is_on(const Api& api, std::string_view account) {
    const SecondFactor* factor = api.directory.second_factor(account);
    return factor != nullptr && factor->on();
}

Error is_off() {
    return {"second_factor_unknown", "the account has no second step at sign-in"};
}

void show(Api& api, const Request& request, Responder responder) {
    const auto account = myself(api, request);
    if (!account) return responder.fail(account.error());
    const SecondFactor* factor = api.directory.second_factor(*account);
    const size_t left = factor == nullptr ? 0 : factor->recovery_digests.size();
    responder.send(Response::json(
        200, fmt::format(R"({{"on":{},"recovery_codes_left":{}}})", is_on(api, *account), left)));
}

// The password again, so that a browser that was left open gives nobody the account for good.
void begin(Api& api, const Request& request, Responder responder) {
    const auto account = myself(api, request);
    if (!account) return responder.fail(account.error());
    auto password = text_of(api, request, "password", http::kPasswordBytesMax);
    if (!password) return responder.fail(password.error());
    if (is_on(api, *account)) {
        return responder.fail({"second_factor_exists", "turn it off first to set it up anew"});
    }
    const std::string address(request.peer().address);
    with_password(api, *account, std::move(*password), address, std::move(responder),
                  [&api, account = *account, address](Responder on) {
                      api.sign_in.limiter().succeeded(account, address);
                      const std::string secret = http::new_totp_secret();
                      api.sign_in.begun_second_factors()[account] = secret;
                      // Several license servers, one app: the first group of the id tells which.
                      const std::string label =
                          account + '@' + api.server.node().ledger_id.substr(0, 5);
                      on.send(Response::json(200, fmt::format(R"({{"secret":"{}","uri":"{}"}})",
                                                              http::to_base32(secret),
                                                              http::otpauth_uri(secret, label))));
                  });
}

// A salt stays the same, so that all entries about the account speak of one.
SecondFactor new_factor(const Api& api, const std::string& account, std::string secret) {
    SecondFactor factor{.account = account, .secret = std::move(secret)};
    if (const SecondFactor* before = api.directory.second_factor(account))
        factor.salt = before->salt;
    else
        randombytes_buf(factor.salt.data(), factor.salt.size());
    return factor;
}

void confirm(Api& api, const Request& request, Responder responder) {
    const auto account = myself(api, request);
    if (!account) return responder.fail(account.error());
    const auto code = text_of(api, request, "code", kCodeBytesMax);
    if (!code) return responder.fail(code.error());
    auto& begun = api.sign_in.begun_second_factors();
    const auto found = begun.find(*account);
    if (found == begun.end()) return responder.fail(is_off());
    if (!may_try_code(api, *account, responder)) return;
    SecondFactor factor = new_factor(api, *account, found->second);
    if (!take_code(factor, *code, api.server.wall_now())) {
        return responder.fail({"code_refused", "the code is not the one of this secret now"});
    }
    code_was_right(api, *account);
    begun.erase(found);
    std::string out = R"({"recovery_codes":[)";
    for (size_t i = 0; i < kRecoveryCodes; ++i) {
        const std::string recovery = http::new_recovery_code();
        factor.recovery_digests.push_back(http::recovery_digest(recovery));
        out += fmt::format(R"({}"{}")", i == 0 ? "" : ",", recovery);
    }
    out += "]}";
    api.server.keep({Directory::record_of(factor)}, {},
                    [&api, factor, out = std::move(out),
                     responder = std::move(responder)](Result<Committed> done) mutable {
                        if (!done) return responder.fail(done.error());
                        api.directory.put(factor);
                        responder.send(Response::json(200, std::move(out)));
                    });
}

// The log says that it happened and when; whose it was and who did it stands beside, erasable.
void turn_off(Api& api, const std::string& account, std::string by, Responder responder) {
    const SecondFactor* factor = api.directory.second_factor(account);
    if (factor == nullptr || !factor->on()) return responder.fail(is_off());
    SecondFactor off{.account = account,
                     .salt = factor->salt,
                     .removed_at = api.server.now(),
                     .removed_by = std::move(by)};
    Extras extras;
    extras.puts.push_back(Directory::record_of(off));
    api.server.change(
        Entries{entry::SecondFactorRemoved{commitment_to(off.salt, "account", account)}},
        std::move(extras),
        [&api, off, responder = std::move(responder)](Result<Committed> done) mutable {
            if (!done) return responder.fail(done.error());
            api.directory.put(std::move(off));
            responder.send(Response::no_content());
        });
}

void remove_mine(Api& api, const Request& request, Responder responder) {
    const auto account = myself(api, request);
    if (!account) return responder.fail(account.error());
    const auto code = text_of(api, request, "code", kCodeBytesMax);
    if (!code) return responder.fail(code.error());
    with_code(api, *account, *code, std::move(responder), [&api, account = *account](Responder on) {
        turn_off(api, account, account, std::move(on));
    });
}

void remove_of(Api& api, const Request& request, Responder responder) {
    const std::string account = request.parameter("account");
    if (api.directory.account(account) == nullptr) {
        return responder.fail({"account_unknown", "there is no account `" + account + "`"});
    }
    turn_off(api, account, std::string(api.sign_in.account_of(request.caller)),
             std::move(responder));
}

}  // namespace

void add_second_factor_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::get, "/v1/session/second-factor", {}, "Whether one's sign-in has a second step",
        show, http::kUnauthenticated);
    row(Method::post, "/v1/session/second-factor", {}, "Draw a secret for one's second step", begin,
        http::kUnauthenticated);
    row(Method::post, "/v1/session/second-factor/confirm", {}, "Turn one's second step on", confirm,
        http::kUnauthenticated);
    row(Method::post, "/v1/session/second-factor/remove", {}, "Turn one's second step off",
        remove_mine, http::kUnauthenticated);
    row(Method::delete_, "/v1/accounts/{account}/second-factor", rights::own,
        "Turn somebody's second step off", remove_of);
}

}  // namespace calm
