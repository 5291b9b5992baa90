// Call: one run of `calm`: what all commands share. The global options, the person's language, ways
// to talk, and the license server. One thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include "base/instant.h"
#include "base/result.h"
#include "cli/exit_code.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "client/http_client.h"
#include "messages/messages.h"

namespace calm::cli {

// What every command understands.
struct GlobalOptions {
    bool json = false;
    bool yes = false;
    bool no_input = false;
    bool no_color = false;
    std::string server;
    std::string token;
    std::string fingerprint;
    std::string ca_file;
    std::string lang;
};

class Call {
  public:
    using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    Call(Terminal& terminal, Language language, const GlobalOptions& options);

    const GlobalOptions& options() const { return options_; }
    Terminal& terminal() const { return terminal_; }
    Language language() const { return language_; }
    bool json() const { return options_.json; }
    bool color(bool tty) const;

    // The text `cli.<key>` in the person's language.
    std::string text(std::string_view key, Values values = {}) const;
    std::string yes_or_no(bool value) const;

    // Data, to standard output.
    void print(std::string_view data);
    void print_line(std::string_view line);
    void print_table(const Table& table);
    void print_json(const boost::json::value& document);  // one line

    // Talk, to standard error; with --json nothing is said but errors and warnings.
    void say(std::string_view key, Values values = {});
    void warn(std::string_view key, Values values = {});

    // Says what is wrong, then why and what to do about it. `status`: of HTTP, 0 without one.
    Exit fail(const Error& error, int status = 0);

    // Asks the person: true at once with --yes. Errors: `not_confirmed` (they said no),
    // `input_needed` (nobody can be asked).
    Result<> confirm(std::string_view key, Values values = {});

    // A line, or a secret, from the person. Errors: `input_needed`, naming `option` to use instead.
    Result<std::string> ask(std::string_view key, std::string_view option);
    Result<std::string> ask_secret(std::string_view key, std::string_view option);

    // Time of this machine; for documents that are made or judged here.
    Instant now() const;

    // The license server that the options, the environment or the person's client.toml name; the
    // same one every time. Errors: `bad_server_address`, `bad_fingerprint`, `client_file_*`, ….
    Result<HttpClient*> client();

    // Asks it. The error's status is server_status().
    Result<boost::json::value> get(const std::string& path);
    Result<boost::json::value> send(const HttpRequest& request);
    int server_status() const;

    // Reports an error that came from the server or on the way to it.
    Exit fail_server(const Error& error) { return fail(error, server_status()); }

  private:
    Terminal& terminal_;
    Language language_;
    GlobalOptions options_;
    std::optional<HttpClient> client_;
};

// 32 hex digits for Idempotency-Key and request_id, drawn anew.
std::string new_request_id();

}  // namespace calm::cli
