// calm position: what is required, owned, short and spare, and who is not covered; as a table here,
// or as a signed file.
#include <filesystem>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/download.h"
#include "cli/files.h"
#include "core/terms.h"
#include "documents/report_statement.h"

namespace calm::cli {
namespace {

struct Options {
    std::string product;
    std::string at;
    uint32_t limit = 1000;
    std::string csv;
    std::string pdf;
};

// "31 stations", "20 users, 3 stations": who is required.
std::string holders_text(const Call& call, const boost::json::value& row) {
    std::string out;
    for (const char* kind : {"users", "devices", "stations"}) {
        const int64_t count = number_at(row, kind);
        if (count == 0) continue;
        if (!out.empty()) out += ", ";
        out += call.text(std::string("command.position.") + kind + (count == 1 ? "_one" : ""),
                         {{"count", std::to_string(count)}});
    }
    return out;
}

void show_missing(Call& call, const boost::json::value& position, const boost::json::value& row) {
    call.print("\n" +
               call.text("command.position.missing", {{"product", text_at(row, "product")},
                                                      {"kind", text_at(row, "kind")},
                                                      {"holders", holders_text(call, row)},
                                                      {"owned", text_at(row, "owned")},
                                                      {"short", text_at(row, "short")}}) +
               "\n");
    Table table({{call.text("column.holder")},
                 {call.text("column.kind")},
                 {call.text("column.state")},
                 {call.text("column.since")}});
    for (const auto& each : array_at(position, "uncovered")) {
        if (text_at(each, "product") != text_at(row, "product") ||
            text_at(each, "kind") != text_at(row, "kind")) {
            continue;
        }
        std::vector<std::string> cells;
        for (const char* path : {"holder.name", "holder.kind", "state", "since"})
            cells.push_back(cell(call.language(), each, path));
        table.add(std::move(cells));
    }
    if (!table.empty()) call.print_table(table);
}

// "31 stations, 25 CALs, 6 missing: …"
void show_stations(Call& call, const boost::json::value& position) {
    const auto* stations = position.as_object().if_contains("stations");
    if (stations == nullptr) return;
    const auto& uncovered = array_at(*stations, "uncovered");
    std::string names;
    for (const auto& each : uncovered) {
        const std::string name = text_at(each, "name");
        names += (names.empty() ? "" : ", ") + (name.empty() ? text_at(each, "station") : name);
    }
    call.print("\n" +
               call.text(uncovered.empty() ? "command.position.stations_covered"
                                           : "command.position.stations_missing",
                         {{"registered", text_at(*stations, "registered")},
                          {"covered", text_at(*stations, "covered")},
                          {"missing", std::to_string(uncovered.size())},
                          {"names", names}}) +
               "\n");
}

void show_hosts(Call& call, const boost::json::value& position) {
    std::string hosts;
    for (const auto& each : array_at(position, "hosts")) {
        const std::string name = text_at(each, "name");
        hosts += (hosts.empty() ? "" : ", ") + (name.empty() ? text_at(each, "host") : name) +
                 " (" + text_at(each, "product") + ' ' + text_at(each, "kind") + ' ' +
                 text_at(each, "missing") + ')';
    }
    if (hosts.empty()) return;
    call.print("\n" + call.text("command.position.hosts_missing", {{"hosts", hosts}}) + "\n");
}

bool is_of_hosts(const boost::json::value& row) {
    const auto kind = from_name<PackKind>(text_at(row, "kind"));
    return kind && is_host_kind(*kind);
}

void show(Call& call, const boost::json::value& position) {
    const auto& rows = array_at(position, "rows");
    if (rows.empty()) {
        call.say("command.position.nothing");
        return show_stations(call, position);
    }
    Table table({{call.text("column.product")},
                 {call.text("column.kind")},
                 {call.text("column.required"), true},
                 {call.text("column.owned"), true},
                 {call.text("column.short"), true},
                 {call.text("column.spare"), true},
                 {call.text("column.used"), true},
                 {call.text("column.overused"), true},
                 {call.text("column.temporary"), true}});
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const char* path : {"product", "kind", "required", "owned", "short", "spare", "held",
                                 "overuse", "temporary"}) {
            cells.push_back(cell(call.language(), row, path));
        }
        table.add(std::move(cells));
    }
    call.print_table(table);
    for (const auto& row : rows) {
        if (number_at(row, "short") > 0 && !is_of_hosts(row)) show_missing(call, position, row);
    }
    if (const int64_t more = number_at(position, "uncovered_more"); more > 0)
        call.say("command.position.more", {{"count", std::to_string(more)}});
    show_stations(call, position);
    show_hosts(call, position);
}

std::string query_of(const Options& options) {
    std::string path = "/v1/position?limit=" + std::to_string(options.limit);
    if (!options.product.empty()) path += "&product=" + url_escape(options.product);
    if (!options.at.empty()) path += "&at=" + url_escape(options.at);
    return path;
}

Result<> check_download(const std::string& part, const std::string& signature) {
    CALM_TRY_ASSIGN(const ReportStatement statement, verify_report_signature(signature));
    CALM_TRY_ASSIGN(const std::string bytes, read_file(part, kReportBytesMax));
    return check_report_bytes(statement, bytes);
}

// The server makes the report, keeps it for an hour, and gives out the file and its signature.
Result<boost::json::value> fetch(Call& call, const Options& options, std::string_view format,
                                 const std::string& file) {
    std::error_code ignored;
    if (std::filesystem::exists(file + ".sig", ignored))
        return fail("file_exists", "`" + file + ".sig`");
    boost::json::object wish{{"format", format}, {"lang", language_code(call.language())}};
    if (!options.product.empty()) wish["product"] = options.product;
    if (!options.at.empty()) wish["at"] = options.at;
    CALM_TRY_ASSIGN(boost::json::value made, post(call, "/v1/reports", wish));
    const std::string signature = text_at(made, "signature");
    CALM_TRY(
        download_file(call, "/v1/reports/" + url_escape(text_at(made, "report")), file,
                      [&](const std::string& part) { return check_download(part, signature); }));
    if (auto signed_too = create_file(file + ".sig", signature, 0644); !signed_too) {
        std::filesystem::remove(file, ignored);
        return std::unexpected(std::move(signed_too).error());
    }
    return boost::json::object{
        {"file", file}, {"signature", file + ".sig"}, {"sha256", text_at(made, "sha256")}};
}

Exit run(Call& call, const Options& options) {
    if (options.csv.empty() && options.pdf.empty()) {
        return present(call, call.get(query_of(options)),
                       [&](const boost::json::value& position) { show(call, position); });
    }
    boost::json::array files;
    for (const auto& [format, file] :
         {std::pair<std::string_view, const std::string&>{"csv", options.csv},
          std::pair<std::string_view, const std::string&>{"pdf", options.pdf}}) {
        if (file.empty()) continue;
        const auto done = fetch(call, options, format, file);
        if (!done) return call.fail_server(done.error());
        files.push_back(*done);
        call.say("command.position.written", {{"file", file}});
    }
    if (call.json()) call.print_json(boost::json::object{{"files", std::move(files)}});
    return Exit::ok;
}

}  // namespace

Action declare_position(Form& form) {
    auto& options = form.make<Options>();
    form.optional_argument("PRODUCT", options.product);
    form.option("--at", "DAY", options.at);
    form.option("--limit", "N", options.limit);
    form.is_file(form.option("--csv", "FILE", options.csv));
    form.is_file(form.option("--pdf", "FILE", options.pdf));
    return [&options](Call& call) { return run(call, options); };
}

}  // namespace calm::cli
