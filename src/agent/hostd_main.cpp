// calm-hostd's command line.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/doctor.h"
#include "agent/enrolment.h"
#include "agent/host_config_file.h"
#include "agent/hostd.h"
#include "agent/protocol.h"
#include "agent/sealed_file.h"
#include "agent/socket_server.h"
#include "agent/station_status.h"
#include "core/product.h"
#include "messages/detail.h"

namespace calm {
namespace {

constexpr int kWell = 0;
constexpr int kError = 1;
constexpr int kUsage = 2;
constexpr int kForbidden = 4;
constexpr int kUnreachable = 6;
constexpr int kStatusTimeoutMs = 5'000;

struct Arguments {
    std::string config = kHostConfigDefault;
    std::string server;
    std::string fingerprint;
    std::string ca_file;
    std::string token;
    std::string name;
    std::string mode;
    std::string state_dir;
    std::vector<std::string> services;  // SERVICE=PRODUCT
    TestQuestion test;
    bool json = false;
    bool check = false;
    bool also = false;
};

int report(const Error& error) {
    const Language language = language_from_environment();
    const std::string key = "problem." + error.code;
    const std::string detail = translated_detail(language, error.detail);
    if (has_message(language, key + ".title")) {
        std::cerr << fmt::format(
            "calm-hostd: {}: {}\n  {}\n  {}\n", message(language, key + ".title"), detail,
            message(language, key + ".cause"), message(language, key + ".remedy"));
    } else {
        std::cerr << fmt::format("calm-hostd: {}: {}\n", error.code, detail);
    }
    const bool unreachable =
        error.code == "server_unreachable" || error.code == "agent_unreachable";
    if (unreachable) return kUnreachable;
    return error.code == "host_file_unwritable" ? kForbidden : kError;
}

Result<ServerConfig> server_of(const Arguments& arguments) {
    ServerConfig server{.ca_file = arguments.ca_file};
    CALM_TRY_ASSIGN(server.address, parse_server_address(arguments.server));
    if (!arguments.fingerprint.empty()) {
        CALM_TRY_ASSIGN(server.fingerprint, parse_fingerprint(arguments.fingerprint));
    }
    return server;
}

// `@FILE` and `-` keep a token out of the process list.
Result<std::string> token_of(const std::string& argument) {
    std::string token = argument;
    if (argument == "-") std::getline(std::cin, token);
    if (argument.starts_with('@')) {
        CALM_TRY_ASSIGN(token, read_file(argument.substr(1), 4096));
    }
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
        token.pop_back();
    return token;
}

Result<std::vector<ServiceConfig>> services_of(const std::vector<std::string>& arguments) {
    std::vector<ServiceConfig> services;
    for (const std::string& argument : arguments) {
        const size_t equals = argument.find('=');
        const std::string product = argument.substr(std::min(argument.size(), equals + 1));
        if (equals == 0 || equals == std::string::npos || !is_product_code(product)) {
            return fail("setting_invalid", fmt::format("`{}` is not SERVICE=PRODUCT", argument));
        }
        services.push_back({.name = argument.substr(0, equals), .product = product});
    }
    return services;
}

bool names_server(const HostConfig& config, const ServerConfig& server) {
    return std::ranges::any_of(config.servers, [&](const ServerConfig& each) {
        return each.address == server.address && each.license_server == server.license_server;
    });
}

// At the end of the file, so that what an administrator wrote there stays as it is.
Result<> add_server(const std::string& path, const ServerConfig& server) {
    CALM_TRY_ASSIGN(std::string text, read_file(path, kConfigBytesMax));
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += '\n' + to_toml(server);
    if (const auto sound = parse_host_config(text); !sound) {
        return fail(sound.error().code, fmt::format("{}: {}", path, sound.error().detail));
    }
    return write_file(path, text, 0644);
}

std::string directory_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Whether the settings could be written, asked before a token is spent on them.
Result<> settings_have_a_place(const std::string& config) {
    std::string directory = directory_of(config);
    if (access(directory.c_str(), F_OK) != 0 && errno == ENOENT)
        directory = directory_of(directory);  // write_config() makes one level
    if (faccessat(AT_FDCWD, (directory + "/.").c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
    return fail("host_file_unwritable",
                fmt::format("cannot write `{}`: {}", config, std::strerror(errno)));
}

Result<> write_config(const Arguments& arguments, HostConfig config, const ServerConfig& server) {
    const Language language = language_from_environment();
    const std::string address = to_string(server.address);
    if (access(arguments.config.c_str(), F_OK) == 0) {
        const bool added = server.license_server && !names_server(config, server);
        if (added) CALM_TRY(add_server(arguments.config, server));
        std::cout << message(language, added ? "hostd.config_extended" : "hostd.config_kept",
                             {{"path", arguments.config}, {"address", address}})
                  << '\n';
        return {};
    }
    CALM_TRY_ASSIGN(config.services, services_of(arguments.services));
    config.servers = {server};
    CALM_TRY(make_directory(directory_of(arguments.config), 0755));
    CALM_TRY(write_file(arguments.config, to_toml(config), 0644));
    std::cout << message(language, "hostd.config_written", {{"path", arguments.config}}) << '\n';
    return {};
}

Result<> enrol(const Arguments& arguments) {
    CALM_TRY_ASSIGN(HostConfig config, read_host_config(arguments.config, true));
    if (!arguments.state_dir.empty()) config.state_dir = arguments.state_dir;
    if (!arguments.name.empty()) config.name = arguments.name;
    CALM_TRY_ASSIGN(ServerConfig server, server_of(arguments));
    CALM_TRY(services_of(arguments.services));
    EnrolmentWish wish{.server = server,
                       .name = config.name.empty() ? machine_name() : config.name,
                       .state_dir = config.state_dir,
                       .also = arguments.also};
    CALM_TRY_ASSIGN(wish.token, token_of(arguments.token));
    wish.mode = config.mode;
    if (!arguments.mode.empty()) wish.mode = from_name<LicensingMode>(arguments.mode);
    if (wish.also || access(arguments.config.c_str(), F_OK) != 0)
        CALM_TRY(settings_have_a_place(arguments.config));
    CALM_TRY_ASSIGN(const Enrolment done, enrol_host(wish));
    server.license_server = done.further;
    std::cout << message(language_from_environment(), "hostd.enrolled",
                         {{"host", std::to_string(done.enrolled.host.value)},
                          {"ledger", done.enrolled.ledger}})
              << '\n';
    return write_config(arguments, std::move(config), server);
}

Result<> status(const Arguments& arguments) {
    CALM_TRY_ASSIGN(const HostConfig config, read_host_config(arguments.config, false));
    CALM_TRY_ASSIGN(const std::string line,
                    ask_agent(config.socket, agent_question_line({.verb = AgentVerb::status}),
                              kStatusTimeoutMs));
    if (arguments.json) {
        std::cout << line << '\n';
        return {};
    }
    CALM_TRY_ASSIGN(const std::string text, status_text(line, language_from_environment()));
    std::cout << text;
    return {};
}

// As the agent shows them; without it, what can be seen.
Result<> stations(const Arguments& arguments) {
    CALM_TRY_ASSIGN(const HostConfig config, read_host_config(arguments.config, false));
    const Language language = language_from_environment();
    const auto show = [&](const boost::json::value& json) {
        std::cout << (arguments.json ? boost::json::serialize(json) + "\n"
                                     : stations_text(json, language));
    };
    const auto line = ask_agent(config.socket, agent_question_line({.verb = AgentVerb::status}),
                                kStatusTimeoutMs);
    if (!line) {
        std::cerr << message(language, "hostd.stations.seen_only") << '\n';
        const auto seen = look_at_stations(config.stations.value_or(StationsConfig{}), own_eyes());
        show(boost::json::parse(stations_json(seen)));
        return std::unexpected(line.error());
    }
    boost::system::error_code error;
    const auto status = boost::json::parse(*line, error);
    if (error || !status.is_object()) return fail("answer_malformed", "this is no status");
    const auto* shown = status.get_object().if_contains("stations");
    if (shown == nullptr)
        return fail("setting_invalid",
                    std::string(message(language, "hostd.stations.not_watched")));
    show(*shown);
    return {};
}

Result<> check(const Arguments& arguments) {
    CALM_TRY(read_host_config(arguments.config, false));
    return {};
}

// SIGTERM, SIGINT and SIGHUP are blocked in every thread and waited for in this one; after SIGHUP
// host.toml is read anew.
Result<> run(const Arguments& arguments) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    signal(SIGPIPE, SIG_IGN);
    CALM_TRY_ASSIGN(HostConfig config, read_host_config(arguments.config, false));
    spdlog::set_default_logger(spdlog::stderr_color_mt("calm-hostd"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    while (true) {
        int signal_number = 0;
        CALM_TRY(run_hostd(config, [&] { sigwait(&stop, &signal_number); }));
        if (signal_number != SIGHUP) return {};
        // A mistake in the file must not end an agent that serves.
        auto again = read_host_config(arguments.config, false);
        if (again) config = std::move(*again);
        if (!again) spdlog::error("{}: {}", again.error().code, again.error().detail);
    }
}

CLI::App* add_enrol_command(CLI::App& app, Arguments& arguments) {
    auto* command = app.add_subcommand(
        "enrol",
        "Make this host known to a license server, once\n\nExample:\n  calm-hostd enrol "
        "--server https://license.example.org:8443 --fingerprint AB:CD:… --token @token");
    command->add_option("--server", arguments.server, "https://HOST[:PORT] or unix:/PATH")
        ->required();
    command->add_option("--fingerprint", arguments.fingerprint,
                        "SHA-256 of the server's certificate, as calmd prints it");
    command->add_option("--ca-file", arguments.ca_file,
                        "Authority (PEM) that vouches for it instead");
    command
        ->add_option("--token", arguments.token,
                     "What `calm host token` printed; @FILE or - (standard input) hide it")
        ->required();
    command->add_option("--name", arguments.name, "Name of the host (default: the machine's)");
    command->add_option("--mode", arguments.mode, "Licensing mode (default: the server's)")
        ->check(CLI::IsMember({"per_user", "per_device", "either", "not_configured"}));
    command->add_option("--state-dir", arguments.state_dir, "Where the agent keeps its files");
    command->add_option("--service", arguments.services,
                        "SERVICE=PRODUCT: what the PAM service SERVICE gives access to");

    command->add_flag("--also", arguments.also,
                      "At one more license server, asked after those of the settings file");
    return command;
}

CLI::App* add_test_command(CLI::App& app, Arguments& arguments) {
    auto* command = app.add_subcommand(
        "test",
        "Ask the license servers whether they answer and what they have for this host; with "
        "--user or --device, ask the agent as a service does\n\nExample:\n  calm-hostd test\n  "
        "calm-hostd test --service sshd --user anna");
    command->add_option("product", arguments.test.product, "Product code");
    command->add_option("--user", arguments.test.user, "An ordinary question for this user");
    command->add_option("--device", arguments.test.device, "An ordinary question for this device");
    command->add_option("--service", arguments.test.service,
                        "The PAM service whose settings in host.toml count");
    command->add_flag("--json", arguments.json, "As JSON");
    return command;
}

}  // namespace

int hostd_main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app(
        "The license agent of a host: asks license servers, remembers for when they are "
        "silent, answers pam_calm.so.\n\nExample:\n  calm-hostd --config "
        "/etc/calm/host.toml",
        "calm-hostd");
    app.add_option("--config", arguments.config, "Settings file")->capture_default_str();
    app.add_flag("--check", arguments.check, "Only check the settings file");
    app.require_subcommand(0, 1);
    app.fallthrough();

    auto* enrol_command = add_enrol_command(app, arguments);
    auto* status_command =
        app.add_subcommand("status", "Show what the agent knows\n\nExample:\n  calm-hostd status");
    status_command->add_flag("--json", arguments.json, "As JSON");

    auto* stations_command = app.add_subcommand(
        "stations",
        "Show the stations that the agent sees and keeps registered\n\nExample:\n  calm-hostd "
        "stations");
    stations_command->add_flag("--json", arguments.json, "As JSON");

    auto* doctor_command = app.add_subcommand(
        "doctor",
        "Examine this host: settings, policy, agent, license servers, what they have for it\n\n"
        "Example:\n  calm-hostd doctor");
    doctor_command->add_flag("--json", arguments.json, "As JSON");

    auto* test_command = add_test_command(app, arguments);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kWell : kUsage;
    }
    if (doctor_command->parsed()) return run_doctor(arguments.config, arguments.json);
    if (test_command->parsed()) {
        arguments.test.json = arguments.json;
        const auto code = run_test(arguments.config, arguments.test);
        return code ? *code : report(code.error());
    }
    const auto done = enrol_command->parsed()      ? enrol(arguments)
                      : status_command->parsed()   ? status(arguments)
                      : stations_command->parsed() ? stations(arguments)
                      : arguments.check            ? check(arguments)
                                                   : run(arguments);
    return done ? kWell : report(done.error());
}

}  // namespace calm
