// Lines and proofs out of the store.
#include "server/log_view.h"

#include <fmt/format.h>

#include "server/log_batch.h"

namespace calm {

Result<Frontier> frontier_at(store::JournalReader& reader, uint64_t size) {
    std::vector<Hash> last;
    CALM_TRY(reader.read(size - size % kTileWidth, size % kTileWidth,
                         [&](uint64_t, std::string_view line) {
                             last.push_back(leaf_hash(line));
                             return true;
                         }));
    if (last.size() != size % kTileWidth) return fail("log_damaged", "the log ends too early");
    return Frontier::rebuild(size, last, tiles_of(reader));
}

Result<LogView> LogView::open(store::JournalReader& reader) {
    CALM_TRY_ASSIGN(auto head, reader.latest_tree_head());
    if (!head) return fail("log_damaged", "the log has no tree head");
    LogView view(reader);
    view.head_ = std::move(head->document);
    CALM_TRY_ASSIGN(view.frontier_, frontier_at(reader, head->size));
    return view;
}

Result<std::string> LogView::line(uint64_t sequence) const {
    std::string out;
    CALM_TRY(reader_->read(sequence, 1, [&](uint64_t, std::string_view line) {
        out = line;
        return true;
    }));
    if (out.empty()) return fail("entry_unknown", fmt::format("there is no entry {}", sequence));
    return out;
}

Result<std::vector<Hash>> LogView::inclusion(uint64_t sequence) const {
    return inclusion_proof(sequence, size(), frontier_, tiles_of(*reader_));
}

Result<std::vector<Hash>> LogView::consistency(uint64_t first, uint64_t second) const {
    return consistency_proof(first, second, frontier_, tiles_of(*reader_));
}

}  // namespace calm
