// calm host token | list | show | set | license | remove; host_policy.cpp has `calm host policy`.
#include <algorithm>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "messages/local_time.h"

namespace calm::cli {
namespace {

struct TokenOptions {
    uint32_t hosts = 1;
    std::string valid_for = "1d";
};

struct SetOptions {
    std::string host;
    std::optional<std::string> mode;
    std::optional<std::string> preferred;
    std::optional<std::string> console_mode;  // yes or no
    std::optional<uint16_t> processors;
    std::optional<uint16_t> cores;
    std::vector<std::string> runs;
    bool runs_nothing = false;
};

constexpr const char* kFields[] = {"host",         "name",        "mode",        "preferred",
                                   "console_mode", "enrolled_at", "grace_until", "key"};

// "sql-2012 core 8, …": of what it has; "sql-2012 server 1": of what it lacks.
std::string licenses_text(const boost::json::value& host, const char* list, const char* number) {
    std::string out;
    for (const auto& each : array_at(host, list)) {
        if (!out.empty()) out += ", ";
        out += text_at(each, "product") + ' ' + text_at(each, "kind") + ' ' + text_at(each, number);
    }
    return out;
}

std::string runs_text(const boost::json::value& host) {
    std::string out;
    for (const auto& each : array_at(host, "runs"))
        out += (out.empty() ? "" : ", ") + std::string(each.as_string());
    return out;
}

Exit make_token(Call& call, const TokenOptions& options) {
    const boost::json::object body{{"hosts_max", options.hosts}, {"valid_for", options.valid_for}};
    return present(
        call, post(call, "/v1/hosts/tokens", body), [&](const boost::json::value& answer) {
            call.print_line(text_at(answer, "token"));
            call.say("command.host.token.done", {{"hosts", text_at(answer, "hosts_max")},
                                                 {"until", text_at(answer, "expires_at")}});
        });
}

// Which hosts lack a license is told where any does.
Exit list(Call& call) {
    return present(call, call.get("/v1/hosts"), [&](const boost::json::value& answer) {
        const auto& hosts = array_at(answer, "hosts");
        const bool lacking = std::ranges::any_of(
            hosts, [](const auto& host) { return !array_at(host, "unlicensed").empty(); });
        std::vector<Table::Column> columns{
            {call.text("column.host"), true},  {call.text("column.name")},
            {call.text("column.mode")},        {call.text("column.preferred")},
            {call.text("column.enrolled_at")}, {call.text("column.grace_until")}};
        if (lacking) columns.push_back({call.text("column.unlicensed")});
        Table table(std::move(columns));
        for (const auto& host : hosts) {
            std::vector<std::string> cells;
            for (const char* path :
                 {"host", "name", "mode", "preferred", "enrolled_at", "grace_until"}) {
                cells.push_back(cell(call.language(), host, path));
            }
            if (lacking) {
                const std::string text = licenses_text(host, "unlicensed", "missing");
                cells.push_back(text.empty() ? "-" : text);
            }
            table.add(std::move(cells));
        }
        call.print_table(table);
    });
}

Exit show_answer(Call& call, const Result<boost::json::value>& answer) {
    return present(call, answer, [&](const boost::json::value& host) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const char* name : kFields)
            rows.emplace_back(name, cell(call.language(), host, name));
        for (const char* told : {"at", "version", "mode", "mode_from", "servers_from"})
            rows.emplace_back(fmt::format("contact.{}", told),
                              cell(call.language(), host, fmt::format("contact.{}", told)));
        rows.emplace_back("processors", text_at(host, "processors"));
        rows.emplace_back("cores", text_at(host, "cores"));
        rows.emplace_back("runs", runs_text(host));
        rows.emplace_back("licenses", licenses_text(host, "licenses", "quantity"));
        rows.emplace_back("unlicensed", licenses_text(host, "unlicensed", "missing"));
        call.print(fact_lines(rows));
        if (const auto end = parse_rfc3339(text_at(host, "grace_until")))
            call.say("command.host.show.grace", {{"end", local_minute(*end)}});
    });
}

Exit set(Call& call, const SetOptions& options) {
    boost::json::object change;
    if (options.mode) change["mode"] = *options.mode;
    if (options.preferred) change["preferred"] = *options.preferred;
    if (options.console_mode) change["console_mode"] = *options.console_mode == "yes";
    if (options.processors) change["processors"] = int64_t{*options.processors};
    if (options.cores) change["cores"] = int64_t{*options.cores};
    if (!options.runs.empty() || options.runs_nothing)
        change["runs"] = boost::json::value_from(options.runs);
    if (change.empty()) return call.fail({"usage", call.text("usage.nothing_to_change")});
    return show_answer(call, change_at(call, "/v1/hosts/" + url_escape(options.host), change));
}

struct LicenseOptions {
    std::string host;
    std::string product;
    std::string kind;
    uint32_t quantity = 1;
};

Exit license(Call& call, const LicenseOptions& options) {
    const boost::json::object body{
        {"product", options.product}, {"kind", options.kind}, {"quantity", options.quantity}};
    return show_answer(call,
                       call.send({.method = "PUT",
                                  .path = "/v1/hosts/" + url_escape(options.host) + "/licenses",
                                  .body = boost::json::serialize(body)}));
}

struct RemoveOptions {
    std::string host;
    bool dry_run = false;
};

Exit remove(Call& call, const RemoveOptions& options) {
    const std::string& host = options.host;
    if (options.dry_run) return show_answer(call, call.get("/v1/hosts/" + url_escape(host)));
    if (const auto agreed = call.confirm("command.host.remove.question", {{"host", host}});
        !agreed) {
        return call.fail(agreed.error());
    }
    return present(call, remove_at(call, "/v1/hosts/" + url_escape(host)),
                   [&](const boost::json::value&) {
                       call.say("command.host.remove.done", {{"host", host}});
                   });
}

}  // namespace

Action declare_host_token(Form& form) {
    auto& options = form.make<TokenOptions>();
    form.option("--hosts", "N", options.hosts);
    form.option("--valid-for", "DURATION", options.valid_for);
    return [&options](Call& call) { return make_token(call, options); };
}

Action declare_host_list(Form&) {
    return list;
}

Action declare_host_show(Form& form) {
    auto& host = form.make<std::string>();
    form.argument("HOST", host);
    return [&host](Call& call) {
        return show_answer(call, call.get("/v1/hosts/" + url_escape(host)));
    };
}

Action declare_host_set(Form& form) {
    auto& options = form.make<SetOptions>();
    form.argument("HOST", options.host);
    form.only_names_of<LicensingMode>(form.option("--mode", "MODE", options.mode));
    form.only_names_of<PackKind>(form.option("--preferred", "KIND", options.preferred));
    form.only(form.option("--console-mode", "YES-NO", options.console_mode), {"yes", "no"});
    form.option("--processors", "N", options.processors);
    form.option("--cores", "N", options.cores);
    form.option("--runs", "PRODUCT", options.runs);
    form.flag("--runs-nothing", options.runs_nothing);
    return [&options](Call& call) { return set(call, options); };
}

Action declare_host_license(Form& form) {
    auto& options = form.make<LicenseOptions>();
    form.argument("HOST", options.host);
    form.argument("PRODUCT", options.product);
    form.only(form.argument("KIND", options.kind), {"server", "core", "external_connector"});
    form.option("--quantity", "N", options.quantity);
    return [&options](Call& call) { return license(call, options); };
}

Action declare_host_remove(Form& form) {
    auto& options = form.make<RemoveOptions>();
    form.argument("HOST", options.host);
    form.flag("--dry-run", options.dry_run);
    return [&options](Call& call) { return remove(call, options); };
}

}  // namespace calm::cli
