// calm account list | add | remove | token: who may administer this license server.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/passphrase.h"
#include "documents/crypto.h"

namespace calm::cli {
namespace {

struct AddOptions {
    std::string account;
    std::string role = "viewer";
    std::string password_file;
    bool no_password = false;
};

struct TokenOptions {
    std::string account;
    std::string label;
    std::string valid_for;
};

Exit list(Call& call) {
    return present(call, call.get("/v1/accounts"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.account")},
                     {call.text("column.role")},
                     {call.text("column.created_at")}});
        for (const auto& account : array_at(answer, "accounts")) {
            std::vector<std::string> cells;
            for (const char* path : {"account", "role", "created_at"})
                cells.push_back(cell(call.language(), account, path));
            table.add(std::move(cells));
        }
        call.print_table(table);
    });
}

Exit add(Call& call, const AddOptions& options) {
    boost::json::object body{{"account", options.account}, {"role", options.role}};
    if (!options.no_password) {
        auto password = read_password(call, options.password_file, true);
        if (!password) return call.fail(password.error());
        body["password"] = *password;
        wipe(*password);
    }
    return present(call, post(call, "/v1/accounts", body), [&](const boost::json::value& answer) {
        call.say("command.account.add.done",
                 {{"account", text_at(answer, "account")}, {"role", text_at(answer, "role")}});
    });
}

Exit remove(Call& call, const std::string& account) {
    if (const auto agreed = call.confirm("command.account.remove.question", {{"account", account}});
        !agreed) {
        return call.fail(agreed.error());
    }
    return present(call, remove_at(call, "/v1/accounts/" + url_escape(account)),
                   [&](const boost::json::value&) {
                       call.say("command.account.remove.done", {{"account", account}});
                   });
}

Exit make_token(Call& call, const TokenOptions& options) {
    boost::json::object body;
    if (!options.label.empty()) body["label"] = options.label;
    if (!options.valid_for.empty()) body["valid_for"] = options.valid_for;
    return present(call,
                   post(call, "/v1/accounts/" + url_escape(options.account) + "/tokens", body),
                   [&](const boost::json::value& answer) {
                       call.print_line(text_at(answer, "token"));
                       call.say("command.account.token.done", {{"account", options.account}});
                   });
}

}  // namespace

Action declare_account_list(Form&) {
    return list;
}

Action declare_account_add(Form& form) {
    auto& options = form.make<AddOptions>();
    form.argument("ACCOUNT", options.account);
    form.only(form.option("--role", "ROLE", options.role),
              {"viewer", "operator", "license_administrator", "auditor", "owner"});
    form.option("--password-file", "FILE", options.password_file);
    form.flag("--no-password", options.no_password);
    return [&options](Call& call) { return add(call, options); };
}

Action declare_account_remove(Form& form) {
    auto& account = form.make<std::string>();
    form.argument("ACCOUNT", account);
    return [&account](Call& call) { return remove(call, account); };
}

Action declare_account_token(Form& form) {
    auto& options = form.make<TokenOptions>();
    form.argument("ACCOUNT", options.account);
    form.option("--label", "TEXT", options.label);
    form.option("--valid-for", "DURATION", options.valid_for);
    return [&options](Call& call) { return make_token(call, options); };
}

}  // namespace calm::cli
