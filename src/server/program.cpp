// From the command line to a server that is ready, and from a signal to a clean end.
#include "server/program.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <malloc.h>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/own_certificate.h"
#include "messages/detail.h"
#include "messages/messages.h"
#include "server/open_ledger.h"
#include "server/service.h"
#include "server/settings.h"
#include "server/snapshot_child.h"
#include "store/sqlite/sqlite_journal.h"

extern char** environ;

namespace calm {
namespace {

namespace fs = std::filesystem;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kForbidden = 4;
constexpr int kInUse = 7;
constexpr const char* kRestoredMark = "restored";  // left by `calm restore`

void tell(Language language, const Error& error) {
    const std::string key = "problem." + error.code;
    fmt::print(stderr, "calmd: {}\n", translated_detail(language, error.detail));
    if (has_message(language, key + ".remedy")) {
        fmt::print(stderr, "{}: {}\n", message(language, "calmd.remedy"),
                   message(language, key + ".remedy"));
    }
}

// The numbers are those of `calm`.
int exit_code_of(const Error& error) {
    static constexpr std::array<std::pair<std::string_view, int>, 5> kCodes{
        {{"database_unwritable", kForbidden},
         {"tls_certificate_unwritable", kForbidden},
         {"listening_forbidden", kForbidden},
         {"database_in_use", kInUse},
         {"address_in_use", kInUse}}};
    const auto* const found =
        std::ranges::find(kCodes, error.code, &std::pair<std::string_view, int>::first);
    return found == kCodes.end() ? kFailed : found->second;
}

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> out;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view variable(*each);
        const size_t equals = variable.find('=');
        if (!variable.starts_with("CALM_") || equals == std::string_view::npos) continue;
        out.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
    return out;
}

struct Options {
    std::string config = "/etc/calm/calmd.toml";
    bool config_named = false;
    bool check_only = false;
};

// nullopt: wrong words; the usage was printed.
std::optional<Options> parse_command_line(Language language, int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--config" && i + 1 < argc) {
            options.config = argv[++i];
            options.config_named = true;
        } else if (word == "--check") {
            options.check_only = true;
        } else if (word == "--help" || word == "-h") {
            fmt::print("{}\n", message(language, "calmd.usage"));
            std::exit(0);
        } else if (word == "--version") {
            fmt::print("calmd {}\n", CALM_VERSION);
            std::exit(0);
        } else {
            fmt::print(stderr, "calmd: {}\n{}\n",
                       message(language, "calmd.unknown_word", {{"word", word}}),
                       message(language, "calmd.usage"));
            return std::nullopt;
        }
    }
    return options;
}

Result<Settings> load_settings(const Options& options) {
    std::string text;
    std::error_code missing;
    if (options.config_named || fs::exists(options.config, missing)) {
        std::ifstream file(options.config, std::ios::binary);
        std::ostringstream content;
        content << file.rdbuf();
        if (!file) {
            return fail("settings_unreadable", fmt::format("`{}` cannot be read", options.config));
        }
        text = content.str();
    }
    auto settings = read_settings(text, environment());
    if (!settings) settings.error().detail = options.config + ": " + settings.error().detail;
    return settings;
}

Result<std::optional<http::TlsContext>> load_tls(const Settings& settings, Instant now) {
    if (settings.tls_address.empty()) return std::nullopt;
    CALM_TRY_ASSIGN(auto context,
                    http::own_certificate({.certificate_file = settings.certificate_file,
                                           .key_file = settings.key_file,
                                           .directory = settings.data_directory,
                                           .names = settings.certificate_names},
                                          now));
    return std::optional(std::move(context));
}

Result<OpenedLedger> load_ledger(const Settings& settings) {
    std::error_code failed;
    fs::create_directories(settings.data_directory, failed);
    if (failed) {
        return fail("database_unwritable", fmt::format("`{}` cannot be made: {}",
                                                       settings.data_directory, failed.message()));
    }
    CALM_TRY_ASSIGN(
        auto journal,
        store::open_sqlite_journal({.directory = settings.data_directory,
                                    .reserve_bytes = uint64_t{settings.disk_reserve_mib} << 20}));
    const fs::path mark = fs::path(settings.data_directory) / kRestoredMark;
    OpenOptions options{.snapshots = settings.data_directory, .now = system_clock().wall};
    options.restored = fs::exists(mark, failed);
    options.progress = [start = system_clock().boot, told = Seconds{}](uint64_t done,
                                                                       uint64_t total) mutable {
        const Seconds now = system_clock().boot;
        if (now.count - start.count < 2 || now == told) return;
        told = now;
        spdlog::info("reading the log: {} of {} entries", done, total);
    };
    CALM_TRY_ASSIGN(auto opened, open_ledger(std::move(journal), options));
    if (options.restored) fs::remove(mark, failed);
    return opened;
}

void announce(Service& service, const Settings& settings,
              const std::optional<http::TlsContext>& tls) {
    const LicenseServer& server = service.license_server();
    spdlog::info("license server id {}", server.node().ledger_id);
    spdlog::info("{} entries, {} CALs", server.ledger().size(), server.ledger().cal_count());
    if (!settings.socket.empty()) spdlog::info("listening on {}", settings.socket);
    if (tls) {
        spdlog::info("listening on https://{}:{}", settings.tls_address, service.tls_port());
        spdlog::info("certificate fingerprint {}", to_hex(tls->fingerprint()));
    }
    if (service.plain_port() != 0) {
        spdlog::info("listening on http://{}:{}", settings.plain_address, service.plain_port());
    }
    const auto clock = service.license_server().read_clock();
    if (clock.state == TrustedClock::State::wall_ahead) {
        spdlog::warn(
            "the machine's clock is {} s ahead of the ledger: nothing expires until `calm clock "
            "accept`",
            clock.difference.count);
    } else if (clock.state == TrustedClock::State::wall_behind) {
        spdlog::warn("the machine's clock is {} s behind the ledger", -clock.difference.count);
    }
    spdlog::info("ready");
}

// The writer frees with each batch what the next one asks for again. By default the C library hands
// such memory back to the kernel in between and faults it in anew, page by page: a tenth of what a
// batch costs. What is larger than a mebibyte still goes back at once.
void keep_freed_memory() {
    ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

Result<> serve(const Settings& settings) {
    keep_freed_memory();
    CALM_TRY_ASSIGN(OpenedLedger opened, load_ledger(settings));
    CALM_TRY_ASSIGN(auto tls, load_tls(settings, system_clock().wall));
    boost::asio::io_context loop(1);
    CALM_TRY_ASSIGN(auto service, Service::start(loop, settings, std::move(opened), system_clock));
    CALM_TRY(service->listen(tls ? &*tls : nullptr));
    boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        spdlog::info("ending: requests in work are answered first");
        service->stop([&loop] { loop.stop(); });
    });
    announce(*service, settings, tls);
    loop.run();
    loop.restart();
    loop.poll();  // what the writer reported last
    spdlog::info("ended; {} entries are on disk", service->license_server().durable());
    return {};
}

}  // namespace

int run_calmd(int argc, char** argv) {
    if (sodium_init() < 0) return kFailed;
    // A file that may not grow (`LimitFSIZE=`) is a full disk, an error that is dealt with.
    if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) return kFailed;
    if (argc == 4 && std::string_view(argv[1]) == "--child")
        return snapshot_child_main(argv[2], argv[3]);
    const Language language = language_from_environment();
    const auto options = parse_command_line(language, argc, argv);
    if (!options) return kUsage;
    ::umask(0077);
    spdlog::set_default_logger(spdlog::stderr_color_mt("calmd"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S%z %^%l%$ %v");
    const auto settings = load_settings(*options);
    if (!settings) {
        tell(language, settings.error());
        return kUsage;
    }
    spdlog::set_level(spdlog::level::from_str(settings->log_level));
    if (options->check_only) return 0;
    if (const auto served = serve(*settings); !served) {
        tell(language, served.error());
        return exit_code_of(served.error());
    }
    return 0;
}

}  // namespace calm
