// Accounts of the staff, their tokens, and signing in.
#include <fmt/format.h>

#include "clearinghouse/front.h"
#include "clearinghouse/sign_in.h"
#include "core/product.h"
#include "wire/fields.h"

namespace calm::clearinghouse {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

std::string account_text(const StaffAccount& account) {
    return fmt::format(R"({{"account":"{}","role":"{}","created_at":"{}"}})", account.name,
                       name_of(account.role), to_rfc3339(account.created_at));
}

void sign_in_by_json(Front& front, const Request& request, Responder responder) {
    http::JsonReader reader;
    const auto body = reader.read(request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    std::string name;
    std::string password;
    fields.text("account", name, 64);
    fields.text("password", password, http::kPasswordBytesMax);
    fields.require("account");
    fields.require("password");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    verify_staff(
        front, request, std::move(name), std::move(password), std::move(responder),
        [&front](const StaffAccount& account, Responder to) {
            to.send(Response::json(
                200, fmt::format(R"({{"account":"{}","role":"{}","token":"{}"}})", account.name,
                                 name_of(account.role), front.staff.begin_session(account))));
        },
        [](const Error& error, uint32_t wait, Responder to) { to.fail(error, wait); });
}

void end_session(Front& front, const Request& request, Responder responder) {
    front.staff.end_session(http::bearer_token(request.header("authorization")));
    responder.send(Response::no_content());
}

void list_accounts(Front& front, const Request&, Responder responder) {
    std::string out;
    for (const auto& [name, account] : front.staff.accounts())
        out += (out.empty() ? "" : ",") + account_text(account);
    responder.send(Response::json(200, R"({"accounts":[)" + out + "]}"));
}

void keep_new_account(Front& front, StaffAccount account, Actor actor, Responder responder) {
    at_desk(
        front, std::move(responder),
        [&front, account, actor = std::move(actor)]() -> Result<StaffAccount> {
            return front.office.books.in_transaction([&]() -> Result<StaffAccount> {
                CALM_TRY(keep_account(front.office.books, account));
                CALM_TRY(front.office.books.note(
                    front.office.now(), actor.account, "account_added", "",
                    fmt::format("{} {}", account.name, name_of(account.role))));
                return account;
            });
        },
        [&front](StaffAccount kept, Responder to) {
            front.staff.put(kept);
            to.send(Response::json(201, account_text(kept)));
        });
}

// {"account":…,"role":…[,"password":…]}; without a password it signs in with tokens only.
void add_account(Front& front, const Request& request, Responder responder) {
    http::JsonReader reader;
    const auto body = reader.read(request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    StaffAccount account{.created_at = front.office.clock()};
    std::string password;
    fields.text("account", account.name, 64);
    fields.choice("role", account.role);
    const bool with_password = fields.text("password", password, http::kPasswordBytesMax);
    fields.require("account");
    fields.require("role");
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    if (!is_product_code(account.name) || account.name == kLocalAccount ||
        account.name == kCustomerAccount) {
        return responder.fail({"bad_account", "an account is named like `anna.b`"});
    }
    if (front.staff.account(account.name) != nullptr)
        return responder.fail({"account_exists", "the account `" + account.name + "` exists"});
    Actor actor = front.staff.actor_of(request.caller);
    if (!with_password)
        return keep_new_account(front, std::move(account), std::move(actor), std::move(responder));
    if (is_full(front.hashing, responder)) return;
    front.hashing.run([password = std::move(password)] { return http::hash_password(password); },
                      [&front, account = std::move(account), actor = std::move(actor),
                       responder = std::move(responder)](Result<std::string> hash) mutable {
                          if (!hash) return responder.fail(hash.error());
                          account.password_hash = *hash;
                          keep_new_account(front, std::move(account), std::move(actor),
                                           std::move(responder));
                      });
}

void remove_account(Front& front, const Request& request, Responder responder) {
    const std::string name = request.parameter("account");
    const StaffAccount* account = front.staff.account(name);
    if (account == nullptr)
        return responder.fail({"account_unknown", "there is no account `" + name + "`"});
    size_t owners = 0;
    for (const auto& [each_name, each] : front.staff.accounts())
        owners += each.role == StaffRole::owner ? 1 : 0;
    if (account->role == StaffRole::owner && owners == 1)
        return responder.fail({"last_owner", "this is the last owner; make another one first"});
    at_desk(
        front, std::move(responder),
        [&front, name, actor = front.staff.actor_of(request.caller)]() -> Result<std::string> {
            return front.office.books.in_transaction([&]() -> Result<std::string> {
                CALM_TRY(erase_account(front.office.books, name));
                CALM_TRY(front.office.books.note(front.office.now(), actor.account,
                                                 "account_removed", "", name));
                return name;
            });
        },
        [&front](const std::string& gone, Responder to) {
            front.staff.erase(gone);
            to.send(Response::no_content());
        });
}

// {"label":…,"valid_for":…} → a token that acts as the account.
void make_token(Front& front, const Request& request, Responder responder) {
    const std::string name = request.parameter("account");
    if (front.staff.account(name) == nullptr)
        return responder.fail({"account_unknown", "there is no account `" + name + "`"});
    http::JsonReader reader;
    const auto body = reader.read(request);
    if (!body) return responder.fail(body.error());
    wire::Fields fields(**body);
    StaffToken token{.account = name};
    std::string valid_for;
    fields.text("label", token.label, 64);
    if (fields.text("valid_for", valid_for, 32)) {
        const auto length = parse_duration(valid_for);
        if (length)
            token.expires_at = std::min(front.office.clock() + *length, kInstantMax);
        else
            fields.complain("valid_for", length.error().detail);
    }
    if (const auto sound = fields.finish(); !sound) return responder.fail(sound.error());
    const http::SecretToken secret = http::make_secret_token("calm_api");
    token.digest = to_hex(secret.hash);
    at_desk(
        front, std::move(responder),
        [&front, token]() -> Result<StaffToken> {
            CALM_TRY(keep_token(front.office.books, token));
            return token;
        },
        [&front, text = secret.text](const StaffToken& kept, Responder to) {
            front.staff.put(kept);
            to.send(Response::json(
                201, fmt::format(R"({{"token":"{}","account":"{}"}})", text, kept.account)));
        });
}

}  // namespace

void add_account_routes(Front& front, RouteList& routes) {
    add_row(front, routes, Method::post, "/v1/session", {}, "Sign in", sign_in_by_json,
            http::kUnauthenticated);
    add_row(front, routes, Method::delete_, "/v1/session", rights::view, "Sign out", end_session);
    add_row(front, routes, Method::get, "/v1/accounts", rights::own, "List the accounts",
            list_accounts);
    add_row(front, routes, Method::post, "/v1/accounts", rights::own, "Make an account",
            add_account);
    add_row(front, routes, Method::delete_, "/v1/accounts/{account}", rights::own,
            "Remove an account", remove_account);
    add_row(front, routes, Method::post, "/v1/accounts/{account}/tokens", rights::own,
            "Make an API token", make_token);
}

}  // namespace calm::clearinghouse
