// Thresholds, and what has reached them.
#include "core/warnings.h"

#include <algorithm>

namespace calm {
namespace {

Severity severity_of_days(uint16_t level) {
    if (level <= 1) return Severity::critical;
    return level <= 14 ? Severity::warning : Severity::notice;
}

bool is_dated(WarningKind kind) {
    return kind == WarningKind::initial_grace || kind == WarningKind::pack_expiring ||
           kind == WarningKind::certificate_expiring || kind == WarningKind::activation_ending;
}

// The smallest threshold that is reached at `now`; nothing when none is.
std::optional<uint16_t> reached(const WarningTerms& terms, Instant until, Instant now) {
    if (until <= now) return kLevelOver;
    std::optional<uint16_t> level;
    for (const uint16_t threshold : terms.days_left) {
        if (now >= until - days(threshold)) level = std::min(level.value_or(threshold), threshold);
    }
    return level;
}

void add_seats(Pools& pools, const Pack& pack, Instant now) {
    // That a license of any other kind is used up is what it was bought for.
    if (!pack.valid(now) || !is_cal_kind(pack.terms.kind)) return;
    PoolSeats& pool = pools[{pack.product, pack.terms.kind}];
    pool.owned += pack.quantity();
    pool.used += pack.used;
}

}  // namespace

Pools pools_of(const Ledger& ledger, Instant now) {
    Pools pools;
    for (const Pack& pack : ledger.packs())
        add_seats(pools, pack, now);
    return pools;
}

uint32_t urgency(const Warning& warning) {
    if (is_dated(warning.kind)) return 0x10000U - warning.level;
    return uint32_t{warning.level} + 1;
}

std::optional<Countdown> countdown(const WarningTerms& terms, Instant until, Instant now) {
    std::optional<uint16_t> level = reached(terms, until, now);
    bool early = false;
    for (const Holiday& holiday : terms.holidays) {
        if (now >= holiday.first || now < holiday.first - days(terms.holiday_lead_days)) continue;
        const auto then = reached(terms, until, holiday.after - seconds(1));
        if (!then || (level && *then >= *level)) continue;
        level = then;
        early = true;
    }
    if (!level) return std::nullopt;
    return Countdown{.level = *level, .early = early};
}

bool WarningSweep::step(const Ledger& ledger, Instant now, size_t things) {
    for (; things > 0 && packs_ < ledger.packs().size(); --things)
        look_at_pack(ledger, {static_cast<uint32_t>(++packs_)}, now);
    for (; things > 0 && products_ < ledger.products().size(); --things)
        look_at_product(ledger, {static_cast<uint16_t>(++products_)});
    for (; things > 0 && hosts_ < ledger.hosts().size(); --things)
        look_at_host(ledger, {static_cast<uint32_t>(++hosts_)}, now);
    if (things == 0) return false;
    if (!pools_added_) {
        add_pools(ledger);
        add_look_alikes(ledger);
        add_activations(ledger, now);
    }
    pools_added_ = true;
    return true;
}

void WarningSweep::look_at_pack(const Ledger& ledger, PackId id, Instant now) {
    const Pack& pack = ledger.pack(id);
    if (pack.removed) return;
    add_seats(pools_, pack, now);
    if (!pack.terms.expires_at) return;
    const Instant until = *pack.terms.expires_at;
    if (now >= until + days(kPackToldDays)) return;
    if (const auto said = countdown(terms_, until, now))
        add_dated(WarningKind::pack_expiring, id.value, until, *said);
}

void WarningSweep::look_at_product(const Ledger& ledger, ProductId id) {
    const ProductState& product = ledger.product(id);
    if (product.overuse == 0 || product.product.rules.requirement == CalRequirement::none) return;
    found_.push_back({.kind = WarningKind::over_use,
                      .about = id.value,
                      .severity = Severity::warning,
                      .used = product.overuse});
}

void WarningSweep::look_at_host(const Ledger& ledger, HostId id, Instant now) {
    const Host& host = ledger.host(id);
    if (host.removed || host.grace_ended || host.grace_until <= host.enrolled_at) return;
    if (now >= host.grace_until + days(kGraceToldDays)) return;
    add_dated(WarningKind::initial_grace, id.value, host.grace_until,
              countdown(terms_, host.grace_until, now).value_or(Countdown{kLevelStarted, false}));
}

void WarningSweep::add_pools(const Ledger& ledger) {
    for (const auto& [key, pool] : pools_) {
        const CalRequirement required = ledger.product(key.first).product.rules.requirement;
        if (pool.owned == 0 || required == CalRequirement::none) continue;
        uint16_t level = 0;
        for (const uint16_t percent : terms_.pool_percents) {
            if (pool.used * 100 >= pool.owned * percent) level = std::max(level, percent);
        }
        if (level == 0) continue;
        const bool locks_out = level >= 100 && required == CalRequirement::activated;
        found_.push_back({.kind = WarningKind::pool_filling,
                          .about = key.first.value,
                          .part = static_cast<uint32_t>(key.second),
                          .level = level,
                          .severity = locks_out ? Severity::critical : Severity::warning,
                          .used = pool.used,
                          .owned = pool.owned});
    }
}

// Few: each waits for somebody to decide.
void WarningSweep::add_look_alikes(const Ledger& ledger) {
    if (ledger.policy().quarantine_days == uint16_t{0}) return;
    for (const Doubt& each : ledger.doubts()) {
        if (!ledger.is_doubted(each.device) || ledger.subject(each.device).erased != 0) continue;
        found_.push_back({.kind = WarningKind::look_alike,
                          .about = each.device.value,
                          .part = each.like.value,
                          .severity = Severity::warning});
    }
}

// Only where a pack gives nothing without it.
void WarningSweep::add_activations(const Ledger& ledger, Instant now) {
    for (size_t i = 0; i < ledger.vendors().size(); ++i) {
        const KeyBytes& vendor = ledger.vendors()[i];
        const bool needed = std::ranges::any_of(ledger.packs(), [&](const Pack& pack) {
            return pack.terms.activation && pack.terms.vendor == vendor && pack.valid(now);
        });
        if (!needed) continue;
        const Instant until = ledger.vendor_state(vendor).activated_until;
        const auto said = until == Instant{} ? std::optional(Countdown{.level = kLevelOver})
                                             : countdown(terms_, until, now);
        if (said)
            add_dated(WarningKind::activation_ending, static_cast<uint32_t>(i + 1), until, *said);
    }
}

void WarningSweep::add_dated(WarningKind kind, uint32_t about, Instant until,
                             const Countdown& said) {
    found_.push_back({.kind = kind,
                      .about = about,
                      .level = said.level,
                      .early = said.early,
                      .severity = severity_of_days(said.level),
                      .until = until});
}

std::vector<Warning> warnings(const Ledger& ledger, const WarningTerms& terms, Instant now) {
    WarningSweep sweep(terms);
    while (!sweep.step(ledger, now, SIZE_MAX)) {
    }
    return sweep.found();
}

std::optional<Warning> clock_warning(const TrustedClock::Reading& reading) {
    if (reading.state == TrustedClock::State::agrees) return std::nullopt;
    const bool stands = reading.state == TrustedClock::State::wall_ahead;
    return Warning{.kind = stands ? WarningKind::clock_stands : WarningKind::clock_behind,
                   .severity = stands ? Severity::critical : Severity::warning};
}

std::optional<Warning> certificate_warning(const WarningTerms& terms, Instant until, Instant now) {
    const auto said = countdown(terms, until, now);
    if (!said) return std::nullopt;
    return Warning{.kind = WarningKind::certificate_expiring,
                   .level = said->level,
                   .early = said->early,
                   .severity = severity_of_days(said->level),
                   .until = until};
}

}  // namespace calm
