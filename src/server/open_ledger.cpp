// Reading, verifying and folding the log.
#include "server/open_ledger.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/trusted_clock.h"
#include "documents/entry_codec.h"
#include "documents/ledger_id.h"
#include "documents/tree_head.h"
#include "server/log_batch.h"
#include "server/snapshots.h"

namespace calm {
namespace {

constexpr uint64_t kProgressEvery = 100'000;

std::unexpected<Error> damaged(std::string detail) {
    return fail("log_damaged", std::move(detail));
}

// Appends entries outside the writer thread: before anybody can ask.
Result<> append_now(OpenedLedger& opened, const std::vector<EntryBody>& bodies,
                    std::vector<store::Record> records, Instant at, uint32_t epoch) {
    LogBatch batch(opened.frontier);
    for (const EntryBody& body : bodies) {
        const LedgerEntry entry{.sequence = opened.ledger.size(), .at = at, .body = body};
        opened.ledger.apply(entry);
        batch.add(entry);
    }
    batch.batch.puts = std::move(records);
    batch.sign(opened.node, epoch);
    const store::Append outcome = opened.journal->append(batch.batch);
    if (!outcome.is_committed()) return std::unexpected(outcome.error);
    opened.frontier = std::move(batch.after);
    return {};
}

// Applies the entries from the ledger's size on, up to `total` and before `until`; `applied` sees
// each line.
template <class Applied>
Result<> fold(store::JournalReader& reader, Ledger& ledger, uint64_t total, Applied applied,
              std::optional<Instant> until = {}) {
    bool reached = false;
    std::optional<Error> error;
    const auto refuse = [&](uint64_t sequence, const std::string& why) {
        error = Error{"log_damaged", fmt::format("entry {}: {}", sequence, why)};
        return false;
    };
    CALM_TRY(reader.read(ledger.size(), total - ledger.size(),
                         [&](uint64_t sequence, std::string_view line) {
                             const auto entry = decode_entry(line);
                             if (!entry) return refuse(sequence, entry.error().detail);
                             reached = until && entry->at >= *until;
                             if (reached) return false;
                             if (const auto objection = ledger.objection(*entry)) {
                                 return refuse(sequence, *objection);
                             }
                             ledger.apply(*entry);
                             applied(sequence, line);
                             return true;
                         }));
    if (error) return std::unexpected(*error);
    if (!reached && ledger.size() != total) return damaged("the log ends too early");
    ledger.forget_old_requests();
    return {};
}

Result<> check_tree_head(store::JournalReader& reader, const OpenedLedger& opened) {
    CALM_TRY_ASSIGN(const auto stored, reader.latest_tree_head());
    if (!stored) return damaged("the log has no tree head");
    const auto head = verify_tree_head(stored->document, opened.node.key.public_key());
    if (!head) return damaged("the newest tree head: " + head.error().detail);
    if (head->ledger != ledger_id_of(opened.node.identity.public_key())) {
        return damaged("the newest tree head is of another ledger");
    }
    if (head->size != opened.frontier.size() || head->root != opened.frontier.root()) {
        return damaged(
            fmt::format("the log's {} entries are not those that the tree head of {} signs",
                        opened.frontier.size(), head->size));
    }
    return {};
}

Result<> read_names(store::JournalReader& reader, OpenedLedger& opened) {
    std::optional<Error> error;
    opened.names.reserve(opened.ledger.subject_count());
    CALM_TRY(reader.subjects({1}, [&](const store::SubjectName& each) {
        if (!opened.ledger.has_subject(each.subject) ||
            !opened.names.add_if_new(each.subject, each.kind, each.name)) {
            error =
                Error{"database_damaged",
                      fmt::format("the name of subject {} belongs to nobody", each.subject.value)};
            return false;
        }
        return true;
    }));
    if (error) return std::unexpected(*error);
    return {};
}

}  // namespace

Result<OpenedLedger> open_ledger(std::unique_ptr<store::Journal> journal,
                                 const OpenOptions& options) {
    if (journal->size() == 0) {
        OpenedLedger opened{.journal = std::move(journal), .node = Node::make(options.now)};
        CALM_TRY(
            append_now(opened, opened.node.first_entries(), opened.node.records(), options.now, 0));
        return opened;
    }
    CALM_TRY_ASSIGN(const auto reader, journal->open_reader());
    CALM_TRY_ASSIGN(Node node, Node::read(*reader));
    OpenedLedger opened{.journal = std::move(journal), .node = std::move(node)};
    if (!options.snapshots.empty()) {
        CALM_TRY(load_snapshot(options.snapshots, *reader, opened));
    }
    CALM_TRY(fold_rest(*reader, opened, options.progress));
    CALM_TRY(check_tree_head(*reader, opened));
    CALM_TRY(read_names(*reader, opened));
    if (options.restored) {
        const uint32_t epoch = opened.ledger.epoch() + 1;
        TrustedClock clock(opened.ledger.time(), options.now, {});
        const Instant at = std::max(clock.read(options.now, {}).now, opened.ledger.time());
        CALM_TRY(append_now(opened, {entry::EpochStarted{epoch}}, {}, at, epoch));
    }
    return opened;
}

Result<> fold_rest(store::JournalReader& reader, OpenedLedger& opened,
                   const std::function<void(uint64_t done, uint64_t total)>& progress) {
    CALM_TRY_ASSIGN(const uint64_t total, reader.size());
    std::vector<Tile> tiles;  // they are stored already
    return fold(reader, opened.ledger, total, [&](uint64_t sequence, std::string_view line) {
        opened.frontier.append(leaf_hash(line), tiles);
        tiles.clear();
        if (progress && sequence % kProgressEvery == 0) progress(sequence, total);
    });
}

Result<Ledger> fold_from_start(store::JournalReader& reader, uint64_t size) {
    Ledger ledger;
    CALM_TRY(fold(reader, ledger, size, [](uint64_t, std::string_view) {}));
    return ledger;
}

Result<Ledger> fold_before(store::JournalReader& reader, uint64_t size, Instant until) {
    Ledger ledger;
    CALM_TRY(fold(
        reader, ledger, size, [](uint64_t, std::string_view) {}, until));
    return ledger;
}

}  // namespace calm
