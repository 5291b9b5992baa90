// Backups in scenarios: what hosts hold, what a restored log lacks, and how it comes back.
#include "core/core_runner.h"
#include "core/reassertion.h"

namespace calm::scenario {

// The host keeps a token for what admits.
void CoreRunner::tell(const Admit& step, const Decision& decision) {
    if (!decision.cal) return;
    // What it has it shows first to a server that awaits it.
    const Host& asked = ledger_.host(called_.hosts.at(step.host));
    if (ledger_.awaits(asked) && ledger_.restore_window(now())) return;
    const uint64_t sequence = ledger_.cal(decision.cal).sequence;
    const CalStatement* cal = stated_cal(log_[sequence].body);
    if (cal == nullptr) return;
    const HolderKind kind = ledger_.subject(cal->holder).kind;
    for (const auto& [name, subject] : names_of(kind)) {
        if (subject != cal->holder) continue;
        Token token{.cal = *cal, .document = {}, .epoch = ledger_.epoch(), .sequence = sequence};
        if (cal->pack && !ledger_.pack(cal->pack).terms.declared &&
            !ledger_.pack(cal->pack).terms.included_with)
            token.document = ledger_.pack(cal->pack).terms.document;
        tokens_[{step.host, step.product, kind, name}] = token;
    }
}

Result<Observed> CoreRunner::operator()(const Backup&) {
    saved_ = Saved{log_.size(), called_};
    return Observed{};
}

Result<Observed> CoreRunner::operator()(const Restore&) {
    if (storage_.append)
        return fail("scenario_unsupported", "a backup is not a matter of the journal");
    log_.resize(saved_->entries);
    called_ = saved_->called;
    ledger_ = fold(log_);
    clock_ = TrustedClock(ledger_.time(), real_ + lie_, boot_);
    last_asked_.reset();
    CALM_TRY(write({entry::EpochStarted{ledger_.epoch() + 1}}));
    return Observed{};
}

Result<> CoreRunner::reassert(HostId host, const TokenKey& key, const Token& token) {
    Names& names = names_of(key.kind);
    Reassertion told{.cal = token.cal,
                     .holder_kind = key.kind,
                     .holder = party(key.name, names),
                     .document = token.document,
                     .epoch = token.epoch,
                     .sequence = token.sequence,
                     .host = host};
    const auto entries = decide_reassertion(ledger_, told, now());
    if (!entries) return {};  // there is nothing to give back
    for (const EntryBody& body : *entries) {
        if (const auto* added = std::get_if<entry::SubjectAdded>(&body))
            names[key.name] = added->subject;
    }
    return write(*entries);
}

Result<Observed> CoreRunner::operator()(const Reassert& step) {
    CALM_TRY_ASSIGN(const HostId id, host(step.host));
    const auto reasserted = decide_reasserted(ledger_, id, now());
    if (!reasserted) return perform(reasserted);
    for (const auto& [key, token] : tokens_) {
        if (key.host == step.host) CALM_TRY(reassert(id, key, token));
    }
    return perform(reasserted);
}

}  // namespace calm::scenario
