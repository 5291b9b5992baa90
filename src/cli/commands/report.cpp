// calm report verify: whether a file is what a license server gave out, without asking it.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "cli/known_heads.h"
#include "documents/armour.h"
#include "documents/report_statement.h"

namespace calm::cli {
namespace {

struct Options {
    std::string file;
    std::string signature;
    std::string server_id;
};

// Whose signature it has to be: the one that the person names, or a ledger whose log this person
// has verified before.
Result<> check_server(Call& call, const ReportStatement& statement, const Options& options) {
    const std::string found = "it is signed by the license server " + to_string(statement.ledger);
    if (!options.server_id.empty()) {
        CALM_TRY_ASSIGN(const LedgerId wanted, parse_ledger_id(options.server_id));
        if (wanted != statement.ledger) return fail("report_foreign", found);
        return {};
    }
    CALM_TRY_ASSIGN(const auto known, KnownHeads(call.terminal()).find(statement.ledger));
    if (!known) return fail("report_signer_unnamed", found);
    const bool same_size = known->epoch == statement.epoch && known->size == statement.size;
    if (same_size && known->root != statement.root) {
        return fail("log_forked", "its first " + std::to_string(known->size) +
                                      " entries are not those of " + to_rfc3339(known->time));
    }
    return {};
}

Result<ReportStatement> verify(Call& call, const Options& options) {
    const std::string beside =
        options.signature.empty() ? options.file + ".sig" : options.signature;
    CALM_TRY_ASSIGN(const std::string signature, read_file(beside, kArmouredSizeMax));
    CALM_TRY_ASSIGN(ReportStatement statement, verify_report_signature(signature));
    CALM_TRY(check_server(call, statement, options));
    CALM_TRY_ASSIGN(const std::string bytes, read_file(options.file, kReportBytesMax));
    CALM_TRY(check_report_bytes(statement, bytes));
    return statement;
}

Exit run(Call& call, const Options& options) {
    const auto statement = verify(call, options);
    if (!statement) return call.fail(statement.error());
    if (call.json()) {
        call.print_json(boost::json::object{{"verified", true},
                                            {"file", statement->file},
                                            {"sha256", to_hex(statement->sha256)},
                                            {"license_server_id", to_string(statement->ledger)},
                                            {"epoch", statement->epoch},
                                            {"entries", statement->size},
                                            {"root", to_hex(statement->root)},
                                            {"at", to_rfc3339(statement->at)},
                                            {"made_at", to_rfc3339(statement->made_at)}});
        return Exit::ok;
    }
    const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
    call.print(fact_lines({{label("file"), statement->file},
                           {"SHA-256", to_hex(statement->sha256)},
                           {label("license_server_id"), to_string(statement->ledger)},
                           {label("epoch"), std::to_string(statement->epoch)},
                           {label("entries"), std::to_string(statement->size)},
                           {label("root"), to_hex(statement->root)},
                           {label("as_of"), to_rfc3339(statement->at)},
                           {label("signed_at"), to_rfc3339(statement->made_at)}}));
    call.say("command.report.verify.done", {{"entries", std::to_string(statement->size)}});
    return Exit::ok;
}

}  // namespace

Action declare_report_verify(Form& form) {
    auto& options = form.make<Options>();
    form.is_file(form.argument("FILE", options.file));
    form.is_file(form.option("--signature", "FILE", options.signature));
    form.option("--server-id", "SERVER-ID", options.server_id);
    return [&options](Call& call) { return run(call, options); };
}

}  // namespace calm::cli
