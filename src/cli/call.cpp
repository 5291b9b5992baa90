// What all commands share.
#include "cli/call.h"

#include <array>
#include <chrono>
#include <istream>
#include <ostream>
#include <sstream>

#include <boost/json.hpp>
#include <sodium.h>

#include "base/bytes.h"
#include "cli/client_file.h"
#include "cli/explanation.h"
#include "messages/detail.h"

namespace calm::cli {

Call::Call(Terminal& terminal, Language language, const GlobalOptions& options)
    : terminal_(terminal), language_(language), options_(options) {}

bool Call::color(bool tty) const {
    return tty && !options_.no_color && terminal_.environment("NO_COLOR").empty() &&
           terminal_.environment("TERM") != "dumb";
}

std::string Call::text(std::string_view key, Values values) const {
    return message(language_, "cli." + std::string(key), values);
}

std::string Call::yes_or_no(bool value) const {
    return text(value ? "word.yes" : "word.no");
}

void Call::print(std::string_view data) {
    terminal_.out << data;
}

void Call::print_line(std::string_view line) {
    terminal_.out << printable(line) << '\n';
}

void Call::print_table(const Table& table) {
    terminal_.out << table.text(color(terminal_.out_is_tty));
}

void Call::print_json(const boost::json::value& document) {
    terminal_.out << boost::json::serialize(document) << '\n';
}

void Call::say(std::string_view key, Values values) {
    if (!options_.json) terminal_.err << printable(text(key, values), true) << '\n';
}

void Call::warn(std::string_view key, Values values) {
    const std::string line = printable(text(key, values), true);
    const bool bold = color(terminal_.err_is_tty);
    terminal_.err << (bold ? "\x1b[1;33m" : "") << text("word.warning") << (bold ? "\x1b[0m" : "")
                  << ' ' << line << '\n';
}

Exit Call::fail(const Error& error, int status) {
    const Explanation about = explanation_of(error.code, Told::of_an_error, language_);
    const std::string detail = translated_detail(language_, error.detail);
    if (options_.json) {
        boost::json::object document{{"code", error.code}, {"title", about.title}};
        if (!detail.empty()) document["detail"] = detail;
        if (status != 0) document["status"] = status;
        document["cause"] = about.cause;
        document["remedy"] = about.remedy;
        terminal_.err << boost::json::serialize(document) << '\n';
    } else {
        const bool bold = color(terminal_.err_is_tty);
        std::ostream& err = terminal_.err;
        err << (bold ? "\x1b[1;31m" : "") << text("word.error") << (bold ? "\x1b[0m" : "") << ' '
            << printable(about.title) << '\n';
        // A file may have several mistakes, a line each. Indented, none can pass for ours.
        std::istringstream lines(detail);
        for (std::string line; std::getline(lines, line);)
            err << "  " << printable(line) << '\n';
        err << wrap(about.cause, terminal_.columns, 2);
        err << wrap(text("word.remedy") + " " + about.remedy, terminal_.columns, 2);
    }
    return exit_of(error, status);
}

Result<> Call::confirm(std::string_view key, Values values) {
    if (options_.yes) return {};
    if (options_.no_input || !terminal_.in_is_tty) {
        return calm::fail("input_needed", text("ask.needs_yes"));
    }
    terminal_.err << printable(text(key, values), true) << ' ' << text("ask.yes_or_no") << ' '
                  << std::flush;
    std::string line;
    std::getline(terminal_.in, line);
    const std::string_view accepted = language_ == Language::fr ? "oOyY" : "yY";
    if (!line.empty() && accepted.find(line.front()) != std::string_view::npos) return {};
    return calm::fail("not_confirmed", "");
}

Result<std::string> Call::ask(std::string_view key, std::string_view option) {
    if (options_.no_input || !terminal_.in_is_tty) {
        return calm::fail("input_needed", text("ask.use_option", {{"option", option}}));
    }
    terminal_.err << text(key) << ' ' << std::flush;
    std::string line;
    if (!std::getline(terminal_.in, line)) return calm::fail("input_needed", "");
    return line;
}

Result<std::string> Call::ask_secret(std::string_view key, std::string_view option) {
    if (options_.no_input) {
        return calm::fail("input_needed", text("ask.use_option", {{"option", option}}));
    }
    auto line = terminal_.read_secret(text(key) + " ");
    if (!line) {
        line.error().detail += "; " + text("ask.use_option", {{"option", option}});
    }
    return line;
}

Instant Call::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::seconds>(since).count()};
}

Result<HttpClient*> Call::client() {
    if (!client_) {
        CALM_TRY_ASSIGN(const ServerChoice choice, choose_server(terminal_, options_));
        HttpClientSettings settings{.server = choice.address,
                                    .pinned_certificate = choice.fingerprint,
                                    .ca_file = choice.ca_file,
                                    .bearer_token = choice.token,
                                    .accept_language = std::string(language_code(language_))};
        client_.emplace(std::move(settings));
    }
    return &*client_;
}

Result<boost::json::value> Call::get(const std::string& path) {
    return send({.path = path});
}

Result<boost::json::value> Call::send(const HttpRequest& request) {
    CALM_TRY_ASSIGN(HttpClient* const server, client());
    return server->json(request);
}

int Call::server_status() const {
    return client_ ? client_->last_status() : 0;
}

std::string new_request_id() {
    std::array<uint8_t, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return to_hex(bytes);
}

}  // namespace calm::cli
