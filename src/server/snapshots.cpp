// Writing and reading signed states.
#include "server/snapshots.h"

#include <cstring>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "documents/signed_document.h"
#include "server/log_view.h"
#include "server/open_ledger.h"
#include "store/snapshot.h"

namespace calm {
namespace {

constexpr uint32_t kFormat = 1;  // of Ledger::write_state
constexpr size_t kChunk = 256 * 1024;

// What the signature covers.
std::string payload_of(const store::SnapshotHeader& header, const std::string& ledger_id) {
    return boost::json::serialize(boost::json::object{{"ledger", ledger_id},
                                                      {"epoch", header.epoch},
                                                      {"size", header.sequence},
                                                      {"format", header.format},
                                                      {"root", to_hex(header.root)},
                                                      {"state", to_hex(header.state)}});
}

// Hands chunks of a worthwhile size to `write`.
template <class Write>
Result<> write_in_chunks(const Ledger& ledger, Write write) {
    std::string chunk;
    std::optional<Error> error;
    const auto flush = [&] {
        if (!error) {
            if (auto written = write(as_bytes(chunk)); !written) error = written.error();
        }
        chunk.clear();
    };
    ledger.write_state([&](std::span<const uint8_t> bytes) {
        chunk += as_text(bytes);
        if (chunk.size() >= kChunk) flush();
    });
    flush();
    if (error) return std::unexpected(*error);
    return {};
}

// Why the snapshot is not taken, or nothing.
std::optional<std::string> fill(const store::Snapshot& snapshot, store::JournalReader& reader,
                                OpenedLedger& opened) {
    const store::SnapshotHeader& header = snapshot.header();
    if (header.format != kFormat) return "it has another format";
    const auto payload = verify_document(DocumentKind::snapshot, header.document,
                                         opened.node.key.public_key(), 4096);
    if (!payload) return payload.error().detail;
    if (*payload != payload_of(header, opened.node.ledger_id))
        return "its signature covers another state";
    if (snapshot.body_hash() != header.state) return "its state is not the one that was signed";

    Ledger ledger;
    std::span<const uint8_t> rest = snapshot.body();
    const auto read = ledger.read_state([&](std::span<uint8_t> into) {
        if (into.size() > rest.size()) return false;
        std::memcpy(into.data(), rest.data(), into.size());
        rest = rest.subspan(into.size());
        return true;
    });
    if (!read) return read.error().detail;
    if (ledger.size() != header.sequence || !rest.empty()) return "its state is of another size";
    auto frontier = frontier_at(reader, header.sequence);
    if (!frontier) return frontier.error().detail;
    if (frontier->root() != header.root) return "it does not belong to this log";
    opened.ledger = std::move(ledger);
    opened.frontier = std::move(*frontier);
    opened.snapshot_size = header.sequence;
    return std::nullopt;
}

}  // namespace

Result<> load_snapshot(const std::filesystem::path& directory, store::JournalReader& reader,
                       OpenedLedger& opened) {
    CALM_TRY_ASSIGN(const uint64_t size, reader.size());
    for (const auto& file : store::snapshot_files(directory)) {
        const auto snapshot = store::Snapshot::open(file);
        if (snapshot && snapshot->header().sequence > size) continue;
        const auto refused =
            snapshot ? fill(*snapshot, reader, opened) : std::optional(snapshot.error().detail);
        if (!refused) return {};
        spdlog::warn("{} is not used: {}", file.filename().string(), *refused);
    }
    return {};
}

Result<> save_snapshot(const std::filesystem::path& directory, const OpenedLedger& opened) {
    CALM_TRY_ASSIGN(auto writer, store::SnapshotWriter::create(directory));
    CALM_TRY(write_in_chunks(opened.ledger,
                             [&](std::span<const uint8_t> bytes) { return writer.write(bytes); }));
    store::SnapshotHeader header{.sequence = opened.ledger.size(),
                                 .epoch = opened.ledger.epoch(),
                                 .format = kFormat,
                                 .root = opened.frontier.root(),
                                 .state = writer.body_hash()};
    header.document = sign_document(DocumentKind::snapshot, opened.node.key,
                                    payload_of(header, opened.node.ledger_id));
    return writer.finish(header);
}

Result<> fold_and_save(const std::filesystem::path& directory, store::JournalReader& reader) {
    CALM_TRY_ASSIGN(Node node, Node::read(reader));
    OpenedLedger opened{.node = std::move(node)};
    CALM_TRY(load_snapshot(directory, reader, opened));
    CALM_TRY(fold_rest(reader, opened, {}));
    return save_snapshot(directory, opened);
}

Result<> verify_snapshot(const std::filesystem::path& directory, store::JournalReader& reader) {
    CALM_TRY_ASSIGN(const uint64_t size, reader.size());
    const auto found = store::newest_snapshot(directory, size);
    if (!found.snapshot) return {};
    const store::SnapshotHeader& header = found.snapshot->header();
    CALM_TRY_ASSIGN(const Ledger ledger, fold_from_start(reader, header.sequence));
    std::span<const uint8_t> rest = found.snapshot->body();
    bool same = true;
    ledger.write_state([&](std::span<const uint8_t> bytes) {
        same = same && bytes.size() <= rest.size() &&
               std::memcmp(bytes.data(), rest.data(), bytes.size()) == 0;
        if (same) rest = rest.subspan(bytes.size());
    });
    if (!same || !rest.empty()) {
        return fail("snapshot_differs",
                    fmt::format("folding the log's first {} entries gives another state than the "
                                "snapshot holds",
                                header.sequence));
    }
    return {};
}

}  // namespace calm
