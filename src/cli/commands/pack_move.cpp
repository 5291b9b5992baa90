// calm pack move: hands a pack over to another license server.
#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/answer.h"
#include "cli/commands/declare.h"
#include "cli/files.h"
#include "documents/ledger_id.h"

namespace calm::cli {
namespace {

struct MoveOptions {
    uint32_t pack = 0;
    std::string server;
    std::string output;
    bool dry_run = false;
};

// The pack is gone from here once the server has answered; the file can be had again and again.
Exit move(Call& call, const MoveOptions& options) {
    const auto to = parse_ledger_id(options.server);
    if (!to) return call.fail(to.error());
    std::error_code ignored;
    if (!options.dry_run && !options.output.empty() &&
        std::filesystem::exists(options.output, ignored)) {
        return call.fail({"file_exists", fmt::format("`{}` exists already", options.output)});
    }
    const std::string number = std::to_string(options.pack);
    const std::string path = "/v1/packs/" + number + "/move";
    const boost::json::object body{{"to", to_string(*to)}};
    const auto shown = post(call, path + "?dry_run=yes", body);
    const bool again = shown && find_at(*shown, "transfer") != nullptr;
    if (options.dry_run || !shown) {
        return present(call, shown, [&](const boost::json::value& move) {
            call.say(again ? "command.pack.move.moved" : "command.pack.move.would",
                     {{"pack", number},
                      {"cals", text_at(move, "cals")},
                      {"hosts", text_at(move, "hosts")},
                      {"installations", text_at(move, "installations")}});
        });
    }
    if (!again) {
        const auto agreed = call.confirm("command.pack.move.question",
                                         {{"pack", number}, {"cals", text_at(*shown, "cals")}});
        if (!agreed) return call.fail(agreed.error());
    }
    const auto moved = again ? shown : post(call, path, body);
    if (!moved) return call.fail_server(moved.error());
    // A name without a folder, whatever the server calls it.
    const std::string file =
        options.output.empty() ? std::filesystem::path(text_at(*moved, "file")).filename().string()
                               : options.output;
    if (const auto made = create_file(file, text_at(*moved, "transfer"), 0600); !made) {
        call.say("command.pack.move.not_written", {{"pack", number}, {"server", to_string(*to)}});
        return call.fail(made.error());
    }
    return present(call, moved, [&](const boost::json::value&) {
        call.say("command.pack.move.done",
                 {{"pack", number}, {"file", file}, {"server", to_string(*to)}});
    });
}

}  // namespace

Action declare_pack_move(Form& form) {
    auto& options = form.make<MoveOptions>();
    form.argument("PACK", options.pack);
    form.argument("SERVER-ID", options.server);
    form.is_file(form.option("-o,--output", "FILE", options.output));
    form.flag("--dry-run", options.dry_run);
    return [&options](Call& call) { return move(call, options); };
}

}  // namespace calm::cli
