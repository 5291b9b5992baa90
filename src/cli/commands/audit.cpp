// calm audit list | export: the log as it is stored.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "cli/log_source.h"
#include "cli/progress.h"
#include "documents/entry_codec.h"

namespace calm::cli {
namespace {

constexpr uint64_t kActorsMax = 10'000;  // of one answer

struct ListOptions {
    std::optional<uint64_t> from;
    uint64_t limit = 20;
};

// Without --from the newest entries: where the log ends is in the status.
Result<uint64_t> start_of(Call& call, const ListOptions& options) {
    if (options.from) return *options.from;
    CALM_TRY_ASSIGN(const boost::json::value head, call.get("/v1/audit/head"));
    CALM_TRY_ASSIGN(const uint64_t size, head_size(text_at(head, "head")));
    return size > options.limit ? size - options.limit : 0;
}

// The facts of an entry beside its number, time and kind, as the line spells them.
std::string facts_of(const boost::json::value& entry) {
    std::string out;
    const auto* const object = entry.if_object();
    if (object == nullptr) return out;
    for (const auto& [key, value] : *object) {
        if (key == "v" || key == "seq" || key == "at" || key == "entry") continue;
        out += (out.empty() ? "" : " ") + std::string(key) + "=" + text_at(entry, key);
    }
    constexpr size_t kLongest = 100;
    if (out.size() > kLongest) out = out.substr(0, kLongest) + "...";
    return out;
}

// By the number of an entry, the account that asked for it.
Result<std::map<std::string, std::string>> actors_of(Call& call, uint64_t from, uint64_t limit) {
    CALM_TRY_ASSIGN(const boost::json::value answer,
                    call.get(fmt::format("/v1/audit/actors?from={}&limit={}", from,
                                         std::min(limit, kActorsMax))));
    std::map<std::string, std::string> actors;
    for (const boost::json::value& each : array_at(answer, "actors"))
        actors.emplace(text_at(each, "sequence"), text_at(each, "account"));
    return actors;
}

Exit list(Call& call, const ListOptions& options) {
    const auto from = start_of(call, options);
    if (!from) return call.fail_server(from.error());
    std::map<std::string, std::string> actors;
    if (!call.json()) {
        auto known = actors_of(call, *from, options.limit);
        if (!known) return call.fail_server(known.error());
        actors = std::move(*known);
    }
    const auto source = ServerLog::open(call, *from, options.limit);
    if (!source) return call.fail_server(source.error());
    Table table({{call.text("column.sequence"), true},
                 {call.text("column.at")},
                 {call.text("column.entry")},
                 {call.text("column.account")},
                 {call.text("column.facts")}});
    const auto done = (*source)->each([&](std::string_view line) -> Result<> {
        if (call.json()) {
            call.print(std::string(line) + "\n");
            return {};
        }
        boost::system::error_code error;
        const auto entry = boost::json::parse(line, error);
        const std::string sequence = text_at(entry, "seq");
        table.add({sequence, text_at(entry, "at"), text_at(entry, "entry"), actors[sequence],
                   facts_of(entry)});
        return {};
    });
    if (!done) return call.fail_server(done.error());
    if (!call.json()) call.print_table(table);
    return Exit::ok;
}

// Writes the lines and, last, the head that signs them.
Result<uint64_t> write_export(Call& call, std::ostream& out) {
    CALM_TRY_ASSIGN(const boost::json::value answer, call.get("/v1/audit/head"));
    const std::string head = text_at(answer, "head");
    CALM_TRY_ASSIGN(const uint64_t size, head_size(head));
    CALM_TRY_ASSIGN(const auto source, ServerLog::open(call, 0, size));
    Progress progress(call, "progress.entries");
    uint64_t done = 0;
    CALM_TRY(source->each([&](std::string_view line) -> Result<> {
        out << line << '\n';
        progress.at(++done, size);
        if (!out.good()) return fail("file_unwritable", "not everything could be written");
        return {};
    }));
    if (done != size) return fail("log_incomplete", "the server sent fewer entries than it signed");
    out << head_line(head) << '\n' << std::flush;
    if (!out.good()) return fail("file_unwritable", "not everything could be written");
    return size;
}

Exit export_log(Call& call, const std::string& file) {
    if (file == "-") {
        const auto size = write_export(call, call.terminal().out);
        return size ? Exit::ok : call.fail_server(size.error());
    }
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        return call.fail({"file_exists", "`" + file + "`"});
    }
    const std::string part = file + ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    if (!out) return call.fail(write_error(errno, file));
    const auto size = write_export(call, out);
    out.close();
    std::error_code failed;
    if (size) std::filesystem::rename(part, file, failed);
    if (!size || failed) {
        std::filesystem::remove(part, ignored);
        return size ? call.fail(write_error(failed.value(), file)) : call.fail_server(size.error());
    }
    if (call.json()) {
        call.print_json(boost::json::object{{"file", file}, {"entries", *size}});
    }
    call.say("command.audit.export.done", {{"file", file}, {"entries", std::to_string(*size)}});
    return Exit::ok;
}

}  // namespace

Action declare_audit_list(Form& form) {
    auto& options = form.make<ListOptions>();
    form.option("--from", "N", options.from);
    form.option("--limit", "N", options.limit);
    return [&options](Call& call) { return list(call, options); };
}

Action declare_audit_export(Form& form) {
    auto& file = form.make<std::string>();
    form.is_file(form.argument("FILE", file));
    return [&file](Call& call) { return export_log(call, file); };
}

}  // namespace calm::cli
