// calm doctor: looks at everything that a license server needs, and names the mend.
#include <filesystem>
#include <optional>

#include <boost/json.hpp>

#include "cli/checkup.h"
#include "cli/client_file.h"
#include "cli/commands/declare.h"
#include "cli/json_view.h"

namespace calm::cli {
namespace {

using Level = Finding::Level;

struct ServerFindings {
    Findings found;
    std::optional<Instant> ledger_time;  // when the server told it
};

// The server itself, wherever it is.
ServerFindings ask_server(Call& call) {
    const auto choice = choose_server(call.terminal(), call.options());
    if (!choice)
        return {
            .found = {{"server", Level::bad, "server_unknown", {{"why", choice.error().detail}}}}};
    const std::string where = to_string(choice->address);
    const auto status = call.get("/v1/status");
    if (!status) {
        const int http = call.server_status();
        const bool refused = http == 401 || http == 403;
        return {.found = {{"server",
                           refused ? Level::note : Level::bad,
                           refused ? "server_refuses" : "server_silent",
                           {{"server", where}, {"why", status.error().detail}}}}};
    }
    ServerFindings told{
        .found = {{"server",
                   Level::good,
                   "server_good",
                   {{"server", where}, {"id", text_at(*status, "license_server_id")}}}}};
    for (Finding& each : check_status(*status))
        told.found.push_back(std::move(each));
    if (const auto time = parse_rfc3339(text_at(*status, "ledger_time"))) told.ledger_time = *time;
    return told;
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
    ServerFindings server = ask_server(call);
    // Where the clock is wrong, a certificate is not to be replaced for it.
    const Instant now = server.ledger_time.value_or(call.now());
    take({check_clock_synchronised(), check_sqlite()});
    if (runs_here) {
        take(check_data_directory(file.data_directory));
        if (!file.tls_address.empty()) {
            take(check_certificate(file.certificate, now));
            const auto hash = certificate_hash(file.certificate);
            if (hash) take({check_tls(file.tls_address, file.tls_port, *hash)});
        }
        if (!file.socket.empty()) take({check_socket(file.socket)});
    }
    take(std::move(server.found));
    return found;
}

Exit run(Call& call, const std::string& config) {
    const auto file = read_server_file(server_file_path(call.terminal(), config));
    if (!file) return call.fail(file.error());
    const Findings findings = examine(call, *file);
    const Telling telling{.language = call.language(),
                          .texts = "cli.doctor",
                          .color = call.color(call.terminal().out_is_tty),
                          .columns = call.terminal().columns};
    if (call.json()) {
        call.print_json(to_json(findings, telling));
    } else {
        call.print(told(findings, telling));
    }
    return worst_of(findings) == Level::bad ? Exit::error : Exit::ok;
}

}  // namespace

Action declare_doctor(Form& form) {
    auto& config = form.make<std::string>();
    form.option("--config", "FILE", config);
    return [&config](Call& call) { return run(call, config); };
}

}  // namespace calm::cli
