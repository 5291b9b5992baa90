// One's own password: changed by whoever is signed in with it.
#include "server/api.h"
#include "server/second_step.h"
#include "wire/fields.h"

namespace calm {
namespace {

using http::Method;
using http::Request;
using http::Responder;

struct Passwords {
    std::string old;
    std::string wanted;
};

Result<Passwords> passwords_of(Api& api, const Request& request) {
    CALM_TRY_ASSIGN(const auto* body, body_of(api, request));
    wire::Fields fields(*body);
    Passwords out;
    fields.text("password", out.old, http::kPasswordBytesMax);
    fields.text("new_password", out.wanted, http::kPasswordBytesMax);
    fields.require("password");
    fields.require("new_password");
    CALM_TRY(fields.finish());
    return out;
}

// Whoever knew the old password is signed out; this session goes on.
void keep_hash(Api& api, const std::string& name, const std::string& before, std::string hash,
               const std::string& session, Responder responder) {
    const Account* now = api.directory.account(name);
    // While it was hashed, somebody else was quicker, or the account has gone.
    if (now == nullptr || now->leaving || now->password_hash != before)
        return responder.fail({"sign_in_failed", "account or password is wrong"});
    Account changed = *now;
    changed.password_hash = std::move(hash);
    api.directory.put(changed);
    api.server.keep({Directory::record_of(changed)}, {},
                    [&api, name, before, session,
                     responder = std::move(responder)](Result<Committed> done) mutable {
                        if (!done) {
                            Account stays = *api.directory.account(name);
                            stays.password_hash = before;
                            api.directory.put(std::move(stays));
                            return responder.fail(done.error());
                        }
                        api.sign_in.end_sessions_of(name, session);
                        responder.send(http::Response::no_content());
                    });
}

void change(Api& api, const Request& request, Responder responder) {
    const auto session = api.sign_in.presented(request);
    if (!session) return responder.fail(session.error());
    auto passwords = passwords_of(api, request);
    if (!passwords) return responder.fail(passwords.error());
    const std::string name(api.sign_in.account_of(session->caller));
    const std::string address(request.peer().address);
    with_password(api, name, std::move(passwords->old), address, std::move(responder),
                  [&api, name, address, wanted = std::move(passwords->wanted),
                   token = std::string(session->token)](Responder on) mutable {
                      api.sign_in.limiter().succeeded(name, address);
                      if (pool_is_full(api, on)) return;
                      const std::string before = api.directory.account(name)->password_hash;
                      api.workers.run(
                          [wanted = std::move(wanted)] { return http::hash_password(wanted); },
                          [&api, name, before, token = std::move(token),
                           on = std::move(on)](Result<std::string> hash) mutable {
                              if (!hash) return on.fail(hash.error());
                              keep_hash(api, name, before, std::move(*hash), token, std::move(on));
                          });
                  });
}

}  // namespace

void add_own_password_routes(Api& api, Routes& routes) {
    const RouteRows row(api, routes);
    row(Method::post, "/v1/session/password", {}, "Change one's own password", change,
        http::kUnauthenticated);
}

}  // namespace calm
