// From one look at the ledger to the next.
#include "server/alert_book.h"

#include <algorithm>

#include "base/assert.h"

namespace calm {
namespace {

constexpr size_t kPrunedAtOnce = 64;

// Days pass in one direction only; everything else may swing.
Seconds quiet_of(const Warning& warning) {
    const bool dated = warning.kind == WarningKind::initial_grace ||
                       warning.kind == WarningKind::pack_expiring ||
                       warning.kind == WarningKind::certificate_expiring ||
                       warning.kind == WarningKind::activation_ending;
    return dated ? Seconds{} : kAlertQuiet;
}

// What is worth a record of its own: numbers of seats change all the time.
bool differs(const Warning& a, const Warning& b) {
    return a.level != b.level || a.severity != b.severity || a.early != b.early ||
           a.until != b.until;
}

}  // namespace

Result<AlertBook> AlertBook::read(store::JournalReader& reader) {
    AlertBook book;
    std::optional<Error> error;
    CALM_TRY(reader.records(kAlertTable, [&](std::string_view key, std::string_view value) {
        auto alert = read_alert(key, value);
        if (!alert) {
            error = alert.error();
            return false;
        }
        book.recount(*alert, 1);
        book.next_id_ = alert->id + 1;
        if (alert->resolved_at) book.resolved_.insert({*alert->resolved_at, alert->id});
        book.current_[key_of(alert->warning)] = {.id = alert->id, .saved = alert->last_seen};
        book.alerts_.emplace(alert->id, std::move(*alert));
        return true;
    }));
    if (error) return std::unexpected(*error);
    return book;
}

const Alert* AlertBook::alert(uint32_t id) const {
    const auto found = alerts_.find(id);
    return found == alerts_.end() ? nullptr : &found->second;
}

void AlertBook::recount(const Alert& alert, int by) {
    size_t& count =
        counts_[static_cast<size_t>(alert.state)][static_cast<size_t>(alert.warning.severity)];
    count = static_cast<size_t>(static_cast<int64_t>(count) + by);
}

Alert& AlertBook::change(uint32_t id) {
    dirty_.insert(id);
    return alerts_.at(id);
}

void AlertBook::set_state(Alert& alert, AlertState state) {
    if (alert.resolved_at) resolved_.erase({*alert.resolved_at, alert.id});
    recount(alert, -1);
    alert.state = state;
    recount(alert, 1);
    if (state != AlertState::resolved) alert.resolved_at.reset();
}

uint32_t AlertBook::make(const Warning& warning, Instant now) {
    const uint32_t id = next_id_++;
    Alert alert{.id = id, .warning = warning, .first_seen = now, .last_seen = now};
    recount(alert, 1);
    raise(alerts_.emplace(id, std::move(alert)).first->second, now);
    return id;
}

void AlertBook::raise(Alert& alert, Instant now) {
    set_state(alert, AlertState::open);
    alert.raised_at = now;
    alert.acknowledged_at.reset();
    alert.acknowledged_by.clear();
    alert.peak = rank_of(alert.warning);
    alert.peak_at = now;
    raised_.insert(alert.id);
    dirty_.insert(alert.id);
}

void AlertBook::see(const Warning& warning, Instant now) {
    Seen& seen = current_[key_of(warning)];
    seen.sweep = sweep_;
    const Alert* const known = seen.id == 0 ? nullptr : alert(seen.id);
    const bool over =
        known != nullptr && known->resolved_at && now - *known->resolved_at >= quiet_of(warning);
    if (known == nullptr || over) {
        seen.id = make(warning, now);
        seen.saved = now;
    } else {
        update(seen, warning, now);
    }
}

void AlertBook::update(Seen& seen, const Warning& warning, Instant now) {
    Alert& alert = alerts_.at(seen.id);
    const bool returns = alert.state == AlertState::resolved;
    bool changed = returns || differs(alert.warning, warning) || now - seen.saved >= days(1);
    recount(alert, -1);
    alert.warning = warning;
    recount(alert, 1);
    alert.last_seen = now;
    const uint32_t rank = rank_of(warning);
    if (returns) {
        set_state(alert, alert.acknowledged_at ? AlertState::acknowledged : AlertState::open);
    }
    if (rank > alert.peak) {
        raise(alert, now);
    } else if (rank == alert.peak) {
        alert.peak_at = now;
    } else if (now - alert.peak_at >= quiet_of(warning)) {
        alert.peak = rank;
        alert.peak_at = now;
        changed = true;
    }
    if (!changed) return;
    seen.saved = now;
    dirty_.insert(alert.id);
}

void AlertBook::resolve(Alert& alert, Instant now) {
    set_state(alert, AlertState::resolved);
    alert.resolved_at = now;
    resolved_.insert({now, alert.id});
    raised_.erase(alert.id);
    dirty_.insert(alert.id);
}

bool AlertBook::resolve_unseen(Instant now, size_t things) {
    if (!resolving_) unseen_at_ = current_.begin();
    resolving_ = true;
    for (; things > 0 && unseen_at_ != current_.end(); --things) {
        const auto& [key, seen] = *unseen_at_;
        Alert& alert = alerts_.at(seen.id);
        const bool ended = alert.state == AlertState::resolved;
        if (ended && now - *alert.resolved_at >= kAlertQuiet) {
            unseen_at_ = current_.erase(unseen_at_);
            continue;
        }
        if (!ended && seen.sweep != sweep_ && key.kind != WarningKind::look_alike) {
            resolve(alert, now);
        }
        ++unseen_at_;
    }
    if (unseen_at_ != current_.end()) return false;
    resolving_ = false;
    prune(now, kPrunedAtOnce);
    return true;
}

void AlertBook::prune(Instant now, size_t things) {
    for (; things > 0 && !resolved_.empty(); --things) {
        const auto [at, id] = *resolved_.begin();
        const bool old = now - at >= kAlertKept;
        if (!old && resolved_.size() <= kResolvedMax) return;
        const auto found = alerts_.find(id);
        const auto newest = current_.find(key_of(found->second.warning));
        if (newest != current_.end() && newest->second.id == id) current_.erase(newest);
        recount(found->second, -1);
        alerts_.erase(found);
        resolved_.erase(resolved_.begin());
        dirty_.insert(id);
    }
}

void AlertBook::end(const AlertKey& key, Instant now) {
    const auto found = current_.find(key);
    if (found == current_.end()) return;
    Alert& alert = alerts_.at(found->second.id);
    if (alert.state != AlertState::resolved) resolve(alert, now);
}

std::vector<uint32_t> AlertBook::take_raised() {
    std::vector<uint32_t> out(raised_.begin(), raised_.end());
    raised_.clear();
    return out;
}

bool AlertBook::acknowledge(uint32_t id, std::string by, Instant now) {
    CALM_ASSERT(alerts_.contains(id));
    if (alerts_.at(id).state != AlertState::open) return false;
    Alert& alert = change(id);
    set_state(alert, AlertState::acknowledged);
    alert.acknowledged_at = now;
    alert.acknowledged_by = std::move(by);
    return true;
}

void AlertBook::begin_deliveries(uint32_t id, std::vector<Delivery> deliveries) {
    change(id).deliveries = std::move(deliveries);
}

void AlertBook::note_delivery(uint32_t id, const Delivery& outcome) {
    const auto found = alerts_.find(id);
    if (found == alerts_.end()) return;
    for (Delivery& each : found->second.deliveries) {
        if (each.receiver != outcome.receiver || each.message != outcome.message) continue;
        each = outcome;
        dirty_.insert(id);
    }
}

std::vector<uint32_t> AlertBook::take_dirty(size_t count_max) {
    std::vector<uint32_t> out;
    while (!dirty_.empty() && out.size() < count_max) {
        out.push_back(*dirty_.begin());
        dirty_.erase(dirty_.begin());
    }
    return out;
}

}  // namespace calm
