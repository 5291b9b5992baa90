// Lines, proofs and the holder's opening, put together on a worker.
#include "server/token_desk.h"

#include <fmt/format.h>

#include "documents/cal_token.h"
#include "server/api.h"
#include "server/log_view.h"

namespace calm {

void fetch_token(Api& api, CalId id, Done<std::string> done) {
    const Ledger& ledger = api.server.ledger();
    if (!ledger.has_cal(id)) {
        return done(fail("cal_unknown", fmt::format("there is no CAL `{}`", id.value)));
    }
    const Cal& cal = ledger.cal(id);
    if (!cal.live(api.server.now()) || cal.sequence >= api.server.durable()) {
        return done(
            fail("token_not_available", fmt::format("nobody holds CAL `{}` now", id.value)));
    }
    auto reader = api.server.writer().open_reader();
    if (!reader) return done(std::unexpected(reader.error()));
    if (api.workers.full()) return done(fail("unavailable", "too many long reads at once"));
    CalTokenParts parts{.identity = api.server.node().identity.public_key(),
                        .node_certificate = api.server.node().certificate};
    const std::string* pack =
        cal.pack ? api.directory.pack_document(ledger.sold_as(cal.pack)) : nullptr;
    if (pack != nullptr) parts.key_pack = *pack;
    std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
    api.workers.run(
        [shared, parts = std::move(parts), holder = cal.holder, sequence = cal.sequence,
         added = ledger.subject(cal.holder).added_at()]() mutable -> Result<std::string> {
            CALM_TRY_ASSIGN(const auto name, shared->subject(holder));
            if (!name) return fail("token_not_available", "the holder's name was erased");
            CALM_TRY_ASSIGN(const LogView view, LogView::open(*shared));
            parts.tree_head = view.head_document();
            CALM_TRY_ASSIGN(parts.cal_line, view.line(sequence));
            CALM_TRY_ASSIGN(parts.cal_proof, view.inclusion(sequence));
            CALM_TRY_ASSIGN(parts.subject_line, view.line(added));
            CALM_TRY_ASSIGN(parts.subject_proof, view.inclusion(added));
            parts.salt = name->salt;
            parts.holder = name->name;
            return encode_cal_token(parts);
        },
        std::move(done));
}

}  // namespace calm
