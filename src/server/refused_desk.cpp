// Writing in slices, so that nobody who waits for a CAL waits for this.
#include "server/refused_desk.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "server/directory.h"

namespace calm {
namespace {

constexpr uint32_t kWriteTicks = 5;
constexpr size_t kRowsAtOnce = 512;

}  // namespace

RefusedDesk::RefusedDesk(LicenseServer& server, const Directory& directory,
                         RefusedAttempts attempts)
    : server_(server), directory_(directory), attempts_(std::move(attempts)) {
    server_.set_on_refusal([this](const RefusedAttempt& attempt) {
        const bool known = static_cast<bool>(server_.ledger().find_product(attempt.product));
        attempts_.count(attempt, known);
    });
}

RefusedDesk::~RefusedDesk() {
    server_.set_on_refusal({});
}

uint16_t RefusedDesk::days_kept() const {
    const uint16_t names = directory_.names_kept_days();
    return names == 0 ? RefusedAttempts::kDaysKept : std::min(names, RefusedAttempts::kDaysKept);
}

void RefusedDesk::forget(HolderKind kind, std::string_view name, Done<size_t> done) {
    std::vector<store::RecordKey> erases;
    const std::vector<uint64_t> ids = attempts_.forget(kind, name);
    for (const uint64_t id : ids)
        erases.push_back(RefusedAttempts::record_key(id));
    if (erases.empty()) return done(size_t{0});
    server_.keep(
        {}, std::move(erases),
        [count = ids.size(), done = std::move(done)](const Result<Committed>& written) mutable {
            if (!written) return done(std::unexpected(written.error()));
            done(count);
        });
}

void RefusedDesk::tick() {
    const Instant now = server_.now();
    const std::pair today(now.seconds / days(1).count, days_kept());
    if (std::exchange(dropped_, today) != today) attempts_.drop_old(now, today.second);
    if (++ticks_ % kWriteTicks == 0 && !writing_) write();
}

void RefusedDesk::write() {
    if (!attempts_.has_due()) return;
    auto due = attempts_.take_due(kRowsAtOnce);
    writing_ = true;
    server_.keep(std::move(due.puts), std::move(due.erases),
                 [this, ids = std::move(due.ids)](const Result<Committed>& written) {
                     writing_ = false;
                     if (written) return;
                     attempts_.give_back(ids);
                     spdlog::warn("who was refused is not written, and tried again: {}",
                                  written.error().detail);
                 });
}

void RefusedDesk::stop() {
    while (attempts_.has_due())
        write();
}

}  // namespace calm
