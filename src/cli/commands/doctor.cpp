// calm doctor: looks at everything that a license server needs, and names the mend.
#include <algorithm>

#include <boost/json.hpp>

#include "cli/checkup.h"
#include "cli/client_file.h"
#include "cli/commands/declare.h"
#include "cli/json_view.h"

namespace calm::cli {
namespace {

using Level = Finding::Level;

// As message() replaces names, for values that are known at run time only.
std::string filled(std::string text, const Finding& finding) {
    for (const auto& [name, value] : finding.values) {
        const std::string slot = "{" + name + "}";
        for (size_t at = text.find(slot); at != std::string::npos;
             at = text.find(slot, at + value.size())) {
            text.replace(at, slot.size(), value);
        }
    }
    return text;
}

std::string sentence(const Call& call, const Finding& finding) {
    return filled(call.text("doctor." + finding.key), finding);
}

std::string mend(const Call& call, const Finding& finding) {
    if (finding.level == Level::good) return {};
    return filled(call.text("doctor." + finding.key + "_mend"), finding);
}

// The server itself, wherever it is; the local checks only where it runs.
Findings ask_server(Call& call) {
    const auto choice = choose_server(call.terminal(), call.options());
    if (!choice)
        return {{"server", Level::bad, "server_unknown", {{"why", choice.error().detail}}}};
    const std::string where = to_string(choice->address);
    const auto status = call.get("/v1/status");
    if (!status) {
        const int http = call.server_status();
        const bool refused = http == 401 || http == 403;
        return {{"server",
                 refused ? Level::note : Level::bad,
                 refused ? "server_refuses" : "server_silent",
                 {{"server", where}, {"why", status.error().detail}}}};
    }
    Findings found{{"server",
                    Level::good,
                    "server_good",
                    {{"server", where}, {"id", text_at(*status, "license_server_id")}}}};
    for (Finding& each : check_status(*status))
        found.push_back(std::move(each));
    return found;
}

Findings examine(Call& call, const ServerFile& file) {
    Findings found;
    std::error_code ignored;
    // A machine without settings and data is somebody's desk, and is not measured.
    const bool runs_here = file.exists || std::filesystem::exists(file.data_directory, ignored);
    const auto take = [&](Findings more) {
        for (Finding& each : more)
            found.push_back(std::move(each));
    };
    take({check_clock_synchronised(), check_sqlite()});
    if (runs_here) {
        take(check_data_directory(file.data_directory));
        if (!file.tls_address.empty()) {
            take(check_certificate(file.certificate, call.now()));
            const auto hash = certificate_hash(file.certificate);
            if (hash) take({check_tls(file.tls_address, file.tls_port, *hash)});
        }
        if (!file.socket.empty()) take({check_socket(file.socket)});
    }
    take(ask_server(call));
    return found;
}

void show(Call& call, const Findings& findings) {
    const bool color = call.color(call.terminal().out_is_tty);
    size_t width = 0;
    for (const Finding& finding : findings)
        width = std::max(width, finding.check.size());
    for (const Finding& finding : findings) {
        const std::string word =
            call.text("doctor.level." + std::string(level_name(finding.level)));
        const char* const paint = !color                            ? ""
                                  : finding.level == Level::bad     ? "\x1b[31m"
                                  : finding.level == Level::warning ? "\x1b[33m"
                                  : finding.level == Level::good    ? "\x1b[32m"
                                                                    : "";
        call.print(paint + word + std::string(10 - std::min<size_t>(display_width(word), 9), ' ') +
                   (*paint != '\0' ? "\x1b[0m" : "") + finding.check +
                   std::string(width - finding.check.size() + 2, ' ') +
                   printable(sentence(call, finding)) + "\n");
        if (const std::string what = mend(call, finding); !what.empty()) {
            call.print(wrap(printable(what), call.terminal().columns, 10));
        }
    }
}

Exit run(Call& call, const std::string& config) {
    const auto file = read_server_file(server_file_path(call.terminal(), config));
    if (!file) return call.fail(file.error());
    const Findings findings = examine(call, *file);
    const auto worst = std::ranges::max(findings, {}, &Finding::level).level;
    if (call.json()) {
        boost::json::array checks;
        for (const Finding& finding : findings) {
            boost::json::object check{{"check", finding.check},
                                      {"level", level_name(finding.level)},
                                      {"finding", finding.key},
                                      {"sentence", sentence(call, finding)}};
            if (const std::string what = mend(call, finding); !what.empty()) check["mend"] = what;
            checks.push_back(std::move(check));
        }
        call.print_json(
            boost::json::object{{"level", level_name(worst)}, {"checks", std::move(checks)}});
    } else {
        show(call, findings);
    }
    return worst == Level::bad ? Exit::error : Exit::ok;
}

}  // namespace

Action declare_doctor(Form& form) {
    auto& config = form.make<std::string>();
    form.option("--config", "FILE", config);
    return [&config](Call& call) { return run(call, config); };
}

}  // namespace calm::cli
