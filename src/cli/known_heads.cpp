// One small JSON file for each ledger. It is this person's own memory, so it is not signed.
#include "cli/known_heads.h"

#include <boost/json.hpp>

#include "cli/files.h"
#include "cli/json_view.h"

namespace calm::cli {

KnownHeads::KnownHeads(const Terminal& terminal) {
    std::filesystem::path base = terminal.environment("XDG_STATE_HOME");
    if (!base.is_absolute()) {
        const std::filesystem::path home = terminal.environment("HOME");
        if (!home.is_absolute()) return;
        base = home / ".local" / "state";
    }
    directory_ = base / "calm" / "heads";
}

Result<std::optional<TreeHead>> KnownHeads::find(const LedgerId& ledger) const {
    if (directory_.empty()) return std::nullopt;
    const auto file = directory_ / (to_string(ledger) + ".json");
    const auto text = read_file(file, 4096);
    if (!text && text.error().code == "file_not_found") return std::nullopt;
    if (!text) return std::unexpected(text.error());
    boost::system::error_code error;
    const auto value = boost::json::parse(*text, error);
    const auto root = array_from_hex<32>(error ? "" : text_at(value, "root"));
    const auto time = parse_rfc3339(error ? "" : text_at(value, "time"));
    const int64_t size = error ? 0 : number_at(value, "size");
    if (!root || !time || size <= 0) {
        return fail("known_head_malformed", "`" + file.string() + "`");
    }
    return TreeHead{.ledger = ledger,
                    .epoch = static_cast<uint32_t>(number_at(value, "epoch")),
                    .size = static_cast<uint64_t>(size),
                    .root = *root,
                    .time = *time};
}

Result<> KnownHeads::keep(const TreeHead& head) const {
    if (directory_.empty()) return {};
    std::error_code ignored;
    std::filesystem::create_directories(directory_, ignored);
    const boost::json::object document{{"epoch", head.epoch},
                                       {"size", head.size},
                                       {"root", to_hex(head.root)},
                                       {"time", to_rfc3339(head.time)}};
    return replace_file(directory_ / (to_string(head.ledger) + ".json"),
                        boost::json::serialize(document) + "\n", 0600);
}

}  // namespace calm::cli
