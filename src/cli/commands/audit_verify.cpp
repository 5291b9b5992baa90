// calm audit verify [FILE]: recomputes the log's root, checks the signatures, and compares with
// what was verified before.
#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/known_heads.h"
#include "cli/log_source.h"
#include "cli/log_verifier.h"
#include "cli/progress.h"

namespace calm::cli {
namespace {

struct Options {
    std::string file;
    bool forget = false;
};

struct Outcome {
    TreeHead head;
    std::optional<TreeHead> known;
    bool restored = false;  // a newer epoch has another history than the known head
};

Result<> read_all(Call& call, LogSource& source, const KnownHeads& heads, LogVerifier& log,
                  std::optional<TreeHead>& known) {
    Progress progress(call, "progress.entries");
    return source.each([&](std::string_view line) -> Result<> {
        CALM_TRY(log.add(line));
        if (log.size() == 1 && log.ledger_id()) {
            CALM_TRY_ASSIGN(known, heads.find(*log.ledger_id()));
            if (known && known->size >= log.size()) log.watch(known->size);
        }
        progress.at(log.size(), source.expected());
        return {};
    });
}

// Whether today's log begins with the one that was verified before.
Result<bool> agrees(const LogVerifier& log, const TreeHead& head, const TreeHead& known) {
    if (log.watched_root() && *log.watched_root() == known.root) return true;
    if (head.epoch > known.epoch) return false;
    if (!log.watched_root()) {
        return fail("log_rolled_back", "on " + to_rfc3339(known.time) + " it had " +
                                           std::to_string(known.size) + " entries, now it has " +
                                           std::to_string(head.size));
    }
    return fail("log_forked", "its first " + std::to_string(known.size) +
                                  " entries are not those of " + to_rfc3339(known.time));
}

Result<Outcome> verify(Call& call, LogSource& source, const Options& options) {
    const KnownHeads heads(call.terminal());
    LogVerifier log;
    Outcome outcome;
    CALM_TRY(read_all(call, source, heads, log, outcome.known));
    if (source.head().empty()) return fail("log_incomplete", "there is no signed tree head");
    CALM_TRY_ASSIGN(outcome.head, log.check_head(source.head()));
    if (options.forget) outcome.known.reset();
    if (outcome.known) {
        CALM_TRY_ASSIGN(const bool same, agrees(log, outcome.head, *outcome.known));
        outcome.restored = !same;
    }
    const bool newer =
        !outcome.known || outcome.restored || outcome.head.size > outcome.known->size;
    if (newer) CALM_TRY(heads.keep(outcome.head));
    return outcome;
}

Exit show(Call& call, const Outcome& outcome) {
    const TreeHead& head = outcome.head;
    if (call.json()) {
        boost::json::object document{{"verified", true},
                                     {"license_server_id", to_string(head.ledger)},
                                     {"epoch", head.epoch},
                                     {"entries", head.size},
                                     {"root", to_hex(head.root)},
                                     {"time", to_rfc3339(head.time)},
                                     {"restored", outcome.restored}};
        if (outcome.known) document["compared_with_entries"] = outcome.known->size;
        call.print_json(document);
    } else {
        const auto label = [&](const char* name) { return call.text(std::string("fact.") + name); };
        call.print(fact_lines({{label("license_server_id"), to_string(head.ledger)},
                               {label("epoch"), std::to_string(head.epoch)},
                               {label("entries"), std::to_string(head.size)},
                               {label("root"), to_hex(head.root)},
                               {label("signed_at"), to_rfc3339(head.time)}}));
        if (outcome.known && !outcome.restored) {
            call.say("command.audit.verify.same_as_before",
                     {{"entries", std::to_string(outcome.known->size)},
                      {"time", to_rfc3339(outcome.known->time)}});
        }
        call.say("command.audit.verify.done");
    }
    if (outcome.restored) {
        call.warn("command.audit.verify.restored", {{"epoch", std::to_string(head.epoch)}});
    }
    return Exit::ok;
}

Exit run(Call& call, const Options& options) {
    std::unique_ptr<LogSource> source;
    if (options.file.empty()) {
        auto server = ServerLog::whole(call);
        if (!server) return call.fail_server(server.error());
        source = std::move(*server);
    } else {
        source = std::make_unique<FileLog>(options.file);
    }
    const auto outcome = verify(call, *source, options);
    return outcome ? show(call, *outcome) : call.fail(outcome.error());
}

}  // namespace

Action declare_audit_verify(Form& form) {
    auto& options = form.make<Options>();
    form.is_file(form.optional_argument("FILE", options.file));
    form.flag("--forget", options.forget);
    return [&options](Call& call) { return run(call, options); };
}

}  // namespace calm::cli
