// calm login | logout: a session with a license server, kept in the person's client.toml.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/client_file.h"
#include "cli/commands/declare.h"
#include "cli/passphrase.h"
#include "documents/crypto.h"

namespace calm::cli {
namespace {

struct Options {
    std::string account;
    std::string password_file;
    std::string code;
};

// The first contact with a server whose certificate nobody vouches for: shows its fingerprint, and
// pins it when the person agrees. Nothing secret has been sent before.
Result<std::optional<Hash>> agree_on_certificate(Call& call, const ServerChoice& choice) {
    HttpClient probe({.server = choice.address,
                      .pinned_certificate = choice.fingerprint,
                      .ca_file = choice.ca_file});
    const auto alive = probe.send({.path = "/livez"});
    if (alive) return choice.fingerprint;
    const bool untrusted = alive.error().code == "server_untrusted";
    if (!untrusted || choice.fingerprint || !probe.seen_certificate()) {
        return std::unexpected(alive.error());
    }
    const std::string seen = to_fingerprint(*probe.seen_certificate());
    call.say("command.login.new_certificate",
             {{"server", to_string(choice.address)}, {"fingerprint", seen}});
    CALM_TRY(call.confirm("command.login.question"));
    return probe.seen_certificate();
}

// With an empty code: what the server says about the password alone.
Result<boost::json::value> show(const Options& options, HttpClient& server,
                                const std::string& password, const std::string& code) {
    boost::json::object shown{{"account", options.account}, {"password", password}};
    if (!code.empty()) shown["code"] = code;
    std::string body = boost::json::serialize(shown);
    auto answer = server.json({.method = "POST", .path = "/v1/session", .body = body});
    wipe(body);
    return answer;
}

Result<boost::json::value> open_session(Call& call, const Options& options, HttpClient& server) {
    CALM_TRY_ASSIGN(std::string password, read_password(call, options.password_file, false));
    auto answer = show(options, server, password, options.code);
    if (!answer && answer.error().code == "code_needed") {
        const auto code = call.ask("ask.code", "--code");
        answer = code ? show(options, server, password, *code) : std::unexpected(code.error());
    }
    wipe(password);
    return answer;
}

Exit login(Call& call, const Options& options) {
    const auto choice = choose_server(call.terminal(), call.options());
    if (!choice) return call.fail(choice.error());
    const auto certificate = agree_on_certificate(call, *choice);
    if (!certificate) return call.fail(certificate.error());
    HttpClient server({.server = choice->address,
                       .pinned_certificate = *certificate,
                       .ca_file = choice->ca_file});
    const auto answer = open_session(call, options, server);
    if (!answer) return call.fail(answer.error(), server.last_status());
    const auto path = client_file_path(call.terminal());
    const ClientFile file{.server = to_string(choice->address),
                          .token = text_at(*answer, "token"),
                          .fingerprint = *certificate ? to_fingerprint(**certificate) : "",
                          .ca_file = choice->ca_file};
    if (const auto kept = write_client_file(path, file); !kept) return call.fail(kept.error());
    if (call.json()) {
        call.print_json(boost::json::object{{"server", file.server},
                                            {"account", options.account},
                                            {"role", text_at(*answer, "role")},
                                            {"expires_at", text_at(*answer, "expires_at")}});
    }
    call.say("command.login.done", {{"account", options.account},
                                    {"server", file.server},
                                    {"role", text_at(*answer, "role")},
                                    {"until", text_at(*answer, "expires_at")}});
    return Exit::ok;
}

// The file forgets the token even when the server cannot be told.
Exit logout(Call& call) {
    const auto path = client_file_path(call.terminal());
    auto file = read_client_file(path);
    if (!file) return call.fail(file.error());
    if (file->token.empty()) {
        call.say("command.logout.nobody");
        return Exit::ok;
    }
    const auto ended = call.send({.method = "DELETE", .path = "/v1/session"});
    wipe(file->token);
    file->token.clear();
    if (const auto kept = write_client_file(path, *file); !kept) return call.fail(kept.error());
    if (!ended && call.server_status() != 401) {
        call.warn("command.logout.not_told");
        return call.fail_server(ended.error());
    }
    call.say("command.logout.done", {{"server", file->server}});
    if (call.json()) call.print_json(boost::json::object{{"done", true}});
    return Exit::ok;
}

}  // namespace

Action declare_login(Form& form) {
    auto& options = form.make<Options>();
    form.required_option("--account", "ACCOUNT", options.account);
    form.option("--password-file", "FILE", options.password_file);
    form.option("--code", "CODE", options.code);
    return [&options](Call& call) { return login(call, options); };
}

Action declare_logout(Form&) {
    return logout;
}

}  // namespace calm::cli
