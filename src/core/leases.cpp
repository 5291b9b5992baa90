// The end of sessions, seats that are borrowed, the line, and where per-server seats count.
#include "core/leases.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

// Until when the seat is kept when its sessions at this host are over: for those at other hosts,
// and for a while in case its holder comes back.
Instant kept_until(const Ledger& ledger, CalId id, const SessionOver& over, Instant now) {
    const ProductRules& rules = ledger.product(over.product).product.rules;
    Instant until = now + minutes(rules.linger_minutes);
    const PackId pack = ledger.cal(id).pack;
    if (pack && ledger.pack(pack).terms.expires_at)
        until = std::min(until, *ledger.pack(pack).terms.expires_at);
    for (const LeaseUse& use : ledger.lease_uses(id)) {
        if (use.host != over.host) until = std::max(until, use.until);
    }
    return until;
}

void end_sessions_of(const Ledger& ledger, SubjectId holder, const SessionOver& over, Instant now,
                     Entries& entries) {
    if (!ledger.has_subject(holder)) return;
    const ProductState& asked = ledger.product(over.product);
    for (CalId id = ledger.subject(holder).first; id; id = ledger.cal(id).next) {
        const Cal& cal = ledger.cal(id);
        const auto version = version_in(ledger, cal, asked.family);
        if (!cal.passing() || !cal.live(now) || !version || *version < asked.product.version ||
            !ledger.lease_use(id, over.host)) {
            continue;
        }
        const Instant until = kept_until(ledger, id, over, now);
        if (until <= now) {
            entries.emplace_back(entry::CalReturned{id, ReturnReason::ended});
            continue;
        }
        CalStatement left = statement_of(ledger, id);
        left.host = over.host;
        left.expires_at = until;
        entries.emplace_back(entry::SeatLeft{left});
    }
}

bool is_in_line(const Ledger& ledger, const Waiting& waiting, PackKind kind, ProductId product,
                Instant now) {
    return waiting.live(now) && waiting.kind == kind &&
           ledger.product(waiting.product).family == ledger.product(product).family;
}

}  // namespace

std::optional<Instant> ask_again_at(const Ledger& ledger, CalId cal, HostId host, ProductId asked,
                                    Instant now) {
    if (!ledger.has_cal(cal) || !ledger.cal(cal).lease()) return {};
    const Seconds half{minutes(ledger.product(asked).product.rules.lease_minutes).count / 2};
    if (ledger.cal(cal).borrowed())
        return std::min(now + half, Instant{int64_t{ledger.cal(cal).expires_at}});
    const auto until = ledger.lease_use(cal, host);
    if (!until) return {};
    return *until - half;
}

Result<Entries> decide_session_end(const Ledger& ledger, const SessionOver& over, Instant now) {
    now = std::max(now, ledger.time());
    if (!over.product || over.product.value > ledger.products().size())
        return fail("product_unknown", "no such product is defined here");
    Entries entries;
    const Station* station = ledger.station(over.station);
    if (station != nullptr && station->host == over.host) {
        end_sessions_of(ledger, station->shows ? station->shows : station->subject, over, now,
                        entries);
        return entries;
    }
    end_sessions_of(ledger, over.user, over, now, entries);
    end_sessions_of(ledger, ledger.machine(over.device), over, now, entries);
    return entries;
}

Result<Entries> decide_borrowing(const Ledger& ledger, CalId id, Instant until, Instant now) {
    now = std::max(now, ledger.time());
    if (!ledger.has_cal(id))
        return fail("cal_unknown", fmt::format("there is no CAL `{}`", id.value));
    const Cal& cal = ledger.cal(id);
    if (!cal.live(now))
        return fail("cal_not_live", fmt::format("CAL `{}` is not held by anybody", id.value));
    if (!cal.spends_seat() || ledger.pack(cal.pack).terms.metric != PackMetric::concurrent ||
        ledger.subject(cal.holder).kind == HolderKind::station) {
        return fail("borrow_needs_seat",
                    fmt::format("CAL `{}` is not a user's or device's concurrent seat", id.value));
    }
    if (ledger.pack(cal.pack).revoked)
        return fail("pack_revoked", "the pack of this seat was taken back by its vendor");
    const Product& product = ledger.product(cal.product).product;
    const uint16_t days_max = product.rules.borrow_days_max;
    if (days_max == 0) {
        return fail("borrow_not_allowed",
                    fmt::format("seats of `{}` may not be borrowed", product.code));
    }
    if (until.seconds <= cal.expires_at) {
        return fail("bad_borrow_end", fmt::format("CAL `{}` is held until {} anyway", id.value,
                                                  to_rfc3339({int64_t{cal.expires_at}})));
    }
    if (until > now + days(days_max)) {
        return fail("borrow_too_long", fmt::format("seats of `{}` may be borrowed for {} days",
                                                   product.code, days_max));
    }
    CalStatement away = statement_of(ledger, id);
    away.borrowed = true;
    away.expires_at = std::min(until, ledger.pack(cal.pack).terms.expires_at.value_or(kInstantMax));
    return Entries{entry::SeatBorrowed{away}};
}

Result<Entries> decide_assignment(const Ledger& ledger, PackId id, HostId host, Instant now) {
    now = std::max(now, ledger.time());
    if (!ledger.has_pack(id) || ledger.pack(id).removed)
        return fail("pack_unknown", fmt::format("there is no pack `{}`", id.value));
    if (host && !ledger.has_host(host))
        return fail("host_unknown", fmt::format("there is no host `{}`", host.value));
    const Pack& pack = ledger.pack(id);
    if (pack.terms.metric != PackMetric::per_server) {
        return fail("pack_not_per_server",
                    fmt::format("the seats of pack `{}` are counted `{}`, not at one host",
                                id.value, name_of(pack.terms.metric)));
    }
    if (pack.host == host) return Entries{};
    Entries entries;
    for (const CalId cal : ledger.all_due_in(id, now))
        entries.emplace_back(entry::CalExpired{cal});
    for (const CalId cal : ledger.all_overdraft_due_in(id, now))
        entries.emplace_back(entry::CalExpired{cal});
    if (const size_t held = pack.used + pack.overdrawn - entries.size(); held > 0) {
        return fail("pack_in_use", fmt::format("{} seats of pack `{}` are in use; it can go to "
                                               "another host when nobody is connected",
                                               held, id.value));
    }
    entries.emplace_back(entry::PackAssigned{id, host});
    return entries;
}

uint32_t count_ahead(const Ledger& ledger, const Waiting* waiting, PackKind kind, ProductId product,
                     Instant now) {
    uint32_t ahead = 0;
    for (const Waiting& each : ledger.waiting()) {
        if (&each == waiting) break;
        if (is_in_line(ledger, each, kind, product, now)) ++ahead;
    }
    return ahead;
}

std::vector<InLine> line_of(const Ledger& ledger, Instant now) {
    std::vector<InLine> line;
    for (const Waiting& each : ledger.waiting()) {
        if (!each.live(now)) continue;
        line.push_back({each, count_ahead(ledger, &each, each.kind, each.product, now) + 1});
    }
    return line;
}

entry::QueueLeft left_line(const Ledger& ledger, const Waiting& waiting) {
    return {.holder = waiting.holder,
            .kind = waiting.kind,
            .product = ledger.product(waiting.product).product.code};
}

}  // namespace calm
