// From the command line to a clearinghouse that is ready, and from a signal to a clean end.
#include "clearinghouse/program.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clearinghouse/service.h"
#include "documents/armour.h"
#include "http/own_certificate.h"
#include "messages/detail.h"
#include "messages/messages.h"

namespace calm {
namespace {

using clearinghouse::Service;
using clearinghouse::Settings;

constexpr int kCannotServe = 1;
constexpr int kWrongWords = 2;
constexpr const char* kPassphraseVariable = "CALM_CLEARINGHOUSE_PASSPHRASE";

void tell_error(Language language, const Error& error) {
    fmt::print(stderr, "calm-clearinghouse: {}\n", translated_detail(language, error.detail));
    const std::string remedy = "problem." + error.code + ".remedy";
    if (has_message(language, remedy))
        fmt::print(stderr, "{}: {}\n", message(language, "calmd.remedy"),
                   message(language, remedy));
}

struct CommandLine {
    std::string config = "/etc/calm/clearinghouse.toml";
    bool check_only = false;
};

// nullopt: wrong words; the usage was printed.
std::optional<CommandLine> read_command_line(Language language, int argc, char** argv) {
    CommandLine line;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--config" && i + 1 < argc) {
            line.config = argv[++i];
        } else if (word == "--check") {
            line.check_only = true;
        } else if (word == "--help" || word == "-h") {
            fmt::print("{}\n", message(language, "clearinghouse.usage"));
            std::exit(0);
        } else if (word == "--version") {
            fmt::print("calm-clearinghouse {}\n", CALM_VERSION);
            std::exit(0);
        } else {
            fmt::print(stderr, "calm-clearinghouse: {}\n{}\n",
                       message(language, "calmd.unknown_word", {{"word", word}}),
                       message(language, "clearinghouse.usage"));
            return std::nullopt;
        }
    }
    return line;
}

Result<std::string> whole_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) return fail("settings_unreadable", fmt::format("`{}` cannot be read", path));
    std::string text = content.str();
    if (text.size() > kArmouredSizeMax)
        return fail("settings_unreadable", fmt::format("`{}` is over 64 KiB", path));
    return text;
}

// From the file, the environment or the terminal, in this order.
Result<std::string> key_passphrase(Language language, const Settings& settings) {
    if (!settings.passphrase_file.empty()) {
        CALM_TRY_ASSIGN(const std::string text, whole_file(settings.passphrase_file));
        return text.substr(0, text.find_first_of("\r\n"));
    }
    if (const char* given = std::getenv(kPassphraseVariable)) {
        std::string text = given;
        ::unsetenv(kPassphraseVariable);
        return text;
    }
    if (::isatty(STDIN_FILENO) == 0) {
        return fail("setting_invalid", fmt::format("`signing.passphrase_file` is missing, and so "
                                                   "is {} in the environment",
                                                   kPassphraseVariable));
    }
    const std::string prompt = std::string(message(language, "clearinghouse.passphrase")) + ": ";
    char* typed = ::getpass(prompt.c_str());
    std::string text = typed == nullptr ? "" : typed;
    if (typed != nullptr) sodium_memzero(typed, text.size());
    return text;
}

Result<std::unique_ptr<clearinghouse::Signer>> load_signer(Language language,
                                                           const Settings& settings) {
    CALM_TRY_ASSIGN(const std::string key, whole_file(settings.key_file));
    CALM_TRY_ASSIGN(const std::string certificate, whole_file(settings.certificate_file));
    CALM_TRY_ASSIGN(const std::string vendor, whole_file(settings.vendor_file));
    CALM_TRY_ASSIGN(std::string passphrase, key_passphrase(language, settings));
    auto signer = clearinghouse::open_signer(key, passphrase, certificate, vendor);
    wipe(passphrase);
    return signer;
}

Instant wall_clock() {
    return {std::chrono::duration_cast<std::chrono::seconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

Result<std::optional<http::TlsContext>> load_certificate(const Settings& settings) {
    if (settings.tls_address.empty()) return std::nullopt;
    CALM_TRY_ASSIGN(auto context,
                    http::own_certificate({.certificate_file = settings.tls_certificate,
                                           .key_file = settings.tls_key,
                                           .directory = settings.data_directory},
                                          wall_clock()));
    return std::optional(std::move(context));
}

Result<> serve_until_told(Language language, const Settings& settings) {
    CALM_TRY_ASSIGN(auto signer, load_signer(language, settings));
    const Instant ends = signer->certificate().expires_at;
    if (!check_signing_time(signer->certificate(), wall_clock()))
        spdlog::warn("the clearinghouse's certificate is not valid now: nothing can be signed");
    const std::string vendor = signer->vendor().name;
    CALM_TRY_ASSIGN(auto tls, load_certificate(settings));
    boost::asio::io_context loop(1);
    CALM_TRY_ASSIGN(auto service, Service::start(loop, settings, std::move(signer), wall_clock));
    CALM_TRY(service->listen(tls ? &*tls : nullptr));
    boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        spdlog::info("ending: requests in work are answered first");
        service->stop([&loop] { loop.stop(); });
    });
    spdlog::info("signs for {} until {}", vendor, to_rfc3339(ends));
    if (!settings.socket.empty()) spdlog::info("listening on {}", settings.socket);
    if (tls) {
        spdlog::info("listening on https://{}:{}", settings.tls_address, service->tls_port());
        spdlog::info("certificate fingerprint {}", to_hex(tls->fingerprint()));
    }
    if (service->plain_port() != 0)
        spdlog::info("listening on http://{}:{}", settings.plain_address, service->plain_port());
    spdlog::info("ready");
    loop.run();
    spdlog::info("ended");
    return {};
}

}  // namespace

int run_clearinghouse(int argc, char** argv) {
    if (sodium_init() < 0) return kCannotServe;
    if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) return kCannotServe;
    const Language language = language_from_environment();
    const auto line = read_command_line(language, argc, argv);
    if (!line) return kWrongWords;
    ::umask(0077);
    spdlog::set_default_logger(spdlog::stderr_color_mt("calm-clearinghouse"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S%z %^%l%$ %v");
    const auto text = whole_file(line->config);
    auto settings = text ? clearinghouse::read_settings(*text)
                         : Result<Settings>(std::unexpected(text.error()));
    if (!settings) {
        if (text) settings.error().detail = line->config + ": " + settings.error().detail;
        tell_error(language, settings.error());
        return kWrongWords;
    }
    spdlog::set_level(spdlog::level::from_str(settings->log_level));
    if (line->check_only) return 0;
    if (const auto served = serve_until_told(language, *settings); !served) {
        tell_error(language, served.error());
        return kCannotServe;
    }
    return 0;
}

}  // namespace calm
