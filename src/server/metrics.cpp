// Gauges that read the server when somebody asks.
#include "server/metrics.h"

namespace calm {

namespace {

void register_alerts(http::Metrics& metrics, const AlertBook& alerts) {
    for (const AlertState state : {AlertState::open, AlertState::acknowledged}) {
        for (const auto& [severity, name] : NamesOf<Severity>::value) {
            metrics.gauge_from(
                "calm_alerts", "Alerts that are not resolved",
                [&alerts, state, severity = severity] {
                    return static_cast<double>(alerts.count(state, severity));
                },
                {{"state", std::string(name_of(state))}, {"severity", std::string(name)}});
        }
    }
}

}  // namespace

void register_metrics(http::Metrics& metrics, LicenseServer& server, const AlertBook& alerts) {
    register_alerts(metrics, alerts);
    const auto row = [&](const char* name, const char* help, auto read) {
        metrics.gauge_from(name, help,
                           [&server, read] { return static_cast<double>(read(server)); });
    };
    row("calm_log_entries", "Entries of the log that are on disk",
        [](LicenseServer& s) { return s.durable(); });
    row("calm_answers_waiting", "Answers that wait for the disk",
        [](LicenseServer& s) { return s.waiting(); });
    row("calm_admissions_allowed", "Admissions allowed since the start",
        [](LicenseServer& s) { return s.counters().allowed; });
    row("calm_admissions_denied", "Admissions refused since the start",
        [](LicenseServer& s) { return s.counters().denied; });
    row("calm_admissions_from_memory", "Admissions answered without waiting for the disk",
        [](LicenseServer& s) { return s.counters().from_memory; });
    row("calm_commits", "Transactions committed since the start",
        [](LicenseServer& s) { return s.counters().commits; });
    row("calm_commit_failures", "Transactions that the disk refused since the start",
        [](LicenseServer& s) { return s.counters().failures; });
    row("calm_offline_decisions", "Decisions that hosts made alone and told of afterwards",
        [](LicenseServer& s) { return s.counters().offline; });
    row("calm_sessions_ended", "Sessions that hosts reported as ended",
        [](LicenseServer& s) { return s.counters().sessions_ended; });
    row("calm_cals", "CAL records, whatever their state",
        [](LicenseServer& s) { return s.ledger().cal_count(); });
    row("calm_seats", "Seats of all packs that may be used", [](LicenseServer& s) {
        uint64_t seats = 0;
        const Instant now = s.now();
        for (const Pack& pack : s.ledger().packs())
            seats += pack.usable(now) ? pack.quantity() : 0;
        return seats;
    });
    row("calm_seats_used", "Seats that are spent", [](LicenseServer& s) {
        uint64_t used = 0;
        for (const Pack& pack : s.ledger().packs())
            used += pack.used;
        return used;
    });
    row("calm_cals_overuse", "Over-use CALs that are out", [](LicenseServer& s) {
        uint64_t out = 0;
        for (const ProductState& product : s.ledger().products())
            out += product.overuse;
        return out;
    });
    row("calm_cals_temporary", "Temporary CALs that are out", [](LicenseServer& s) {
        uint64_t out = 0;
        for (const ProductState& product : s.ledger().products())
            out += product.temporary;
        return out;
    });
    row("calm_clock_skew_seconds", "Wall clock minus ledger time",
        [](LicenseServer& s) { return s.read_clock().difference.count; });
    row("calm_issuing", "1: CALs are issued; 0: issuing was stopped",
        [](LicenseServer& s) { return s.stopped() ? 0 : 1; });
}

}  // namespace calm
