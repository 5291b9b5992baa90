// calm account list | add | remove | role | password | token | add-factor | remove-factor: who may
// administer this license server.
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

struct RoleOptions {
    std::string account;
    std::string role;
};

struct PasswordOptions {
    std::string password_file;
    std::string new_password_file;
};

struct FactorOptions {
    std::string account;  // empty: whoever is signed in
    std::string password_file;
    std::string code;
};

constexpr const char* kMyFactor = "/v1/session/second-factor";
const std::vector<std::string> kRoles{"viewer", "operator", "license_administrator", "auditor",
                                      "owner"};

Exit list(Call& call) {
    return present(call, call.get("/v1/accounts"), [&](const boost::json::value& answer) {
        Table table({{call.text("column.account")},
                     {call.text("column.role")},
                     {call.text("column.second_factor")},
                     {call.text("column.created_at")}});
        for (const auto& account : array_at(answer, "accounts")) {
            std::vector<std::string> cells;
            for (const char* path : {"account", "role", "second_factor", "created_at"})
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

Exit set_role(Call& call, const RoleOptions& options) {
    const auto answer =
        call.send({.method = "PUT",
                   .path = "/v1/accounts/" + url_escape(options.account) + "/role",
                   .body = boost::json::serialize(boost::json::object{{"role", options.role}})});
    return present(call, answer, [&](const boost::json::value& changed) {
        call.say("command.account.role.done",
                 {{"account", text_at(changed, "account")}, {"role", text_at(changed, "role")}});
    });
}

Exit change_password(Call& call, const PasswordOptions& options) {
    auto old = read_password(call, options.password_file, false);
    if (!old) return call.fail(old.error());
    auto wanted = read_password(call, options.new_password_file, true, "--new-password-file");
    if (!wanted) {
        wipe(*old);
        return call.fail(wanted.error());
    }
    const auto answer = post(call, "/v1/session/password",
                             boost::json::object{{"password", *old}, {"new_password", *wanted}});
    wipe(*old);
    wipe(*wanted);
    return present(call, answer,
                   [&](const boost::json::value&) { call.say("command.account.password.done"); });
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

// The codes are shown here and never again, so they are data.
Exit confirm_factor(Call& call, const std::string& code) {
    return present(
        call, post(call, std::string(kMyFactor) + "/confirm", boost::json::object{{"code", code}}),
        [&](const boost::json::value& answer) {
            call.say("command.account.add-factor.done");
            for (const auto& each : array_at(answer, "recovery_codes")) {
                if (const auto* line = each.if_string()) call.print_line(*line);
            }
        });
}

// In two runs where nobody can be asked: the first draws the secret, the second confirms it.
Exit add_factor(Call& call, const FactorOptions& options) {
    if (!options.code.empty()) return confirm_factor(call, options.code);
    auto password = read_password(call, options.password_file, false);
    if (!password) return call.fail(password.error());
    const auto begun = post(call, kMyFactor, boost::json::object{{"password", *password}});
    wipe(*password);
    const Exit shown = present(call, begun, [&](const boost::json::value& answer) {
        call.say("command.account.add-factor.secret");
        call.print_line(text_at(answer, "secret"));
        call.print_line(text_at(answer, "uri"));
    });
    if (shown != Exit::ok) return shown;
    const auto code = call.ask("ask.first_code", "--code");
    if (code) return confirm_factor(call, *code);
    call.say("command.account.add-factor.confirm");
    return Exit::ok;
}

Exit remove_factor(Call& call, const FactorOptions& options) {
    const auto told = [&](const boost::json::value&) {
        call.say("command.account.remove-factor.done");
    };
    if (!options.account.empty()) {
        const auto agreed =
            call.confirm("command.account.remove-factor.question", {{"account", options.account}});
        if (!agreed) return call.fail(agreed.error());
        return present(
            call, remove_at(call, "/v1/accounts/" + url_escape(options.account) + "/second-factor"),
            told);
    }
    const auto code = options.code.empty() ? call.ask("ask.code", "--code") : options.code;
    if (!code) return call.fail(code.error());
    return present(
        call, post(call, std::string(kMyFactor) + "/remove", boost::json::object{{"code", *code}}),
        told);
}

}  // namespace

Action declare_account_list(Form&) {
    return list;
}

Action declare_account_add(Form& form) {
    auto& options = form.make<AddOptions>();
    form.argument("ACCOUNT", options.account);
    form.only(form.option("--role", "ROLE", options.role), kRoles);
    form.option("--password-file", "FILE", options.password_file);
    form.flag("--no-password", options.no_password);
    return [&options](Call& call) { return add(call, options); };
}

Action declare_account_remove(Form& form) {
    auto& account = form.make<std::string>();
    form.argument("ACCOUNT", account);
    return [&account](Call& call) { return remove(call, account); };
}

Action declare_account_role(Form& form) {
    auto& options = form.make<RoleOptions>();
    form.argument("ACCOUNT", options.account);
    form.only(form.argument("ROLE", options.role), kRoles);
    return [&options](Call& call) { return set_role(call, options); };
}

Action declare_account_password(Form& form) {
    auto& options = form.make<PasswordOptions>();
    form.option("--password-file", "FILE", options.password_file);
    form.option("--new-password-file", "FILE", options.new_password_file);
    return [&options](Call& call) { return change_password(call, options); };
}

Action declare_account_token(Form& form) {
    auto& options = form.make<TokenOptions>();
    form.argument("ACCOUNT", options.account);
    form.option("--label", "TEXT", options.label);
    form.option("--valid-for", "DURATION", options.valid_for);
    return [&options](Call& call) { return make_token(call, options); };
}

Action declare_account_add_factor(Form& form) {
    auto& options = form.make<FactorOptions>();
    form.option("--password-file", "FILE", options.password_file);
    form.option("--code", "CODE", options.code);
    return [&options](Call& call) { return add_factor(call, options); };
}

Action declare_account_remove_factor(Form& form) {
    auto& options = form.make<FactorOptions>();
    form.optional_argument("ACCOUNT", options.account);
    form.option("--code", "CODE", options.code);
    return [&options](Call& call) { return remove_factor(call, options); };
}

}  // namespace calm::cli
