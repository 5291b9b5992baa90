// Slices on the loop, folds on a worker, names at the end.
#include "server/position_desk.h"

#include <chrono>

#include <fmt/format.h>

#include "server/log_view.h"
#include "server/open_ledger.h"

namespace calm {
namespace {

constexpr auto kSlice = std::chrono::milliseconds(1);
constexpr size_t kThings = 2048;  // between two looks at the clock: about 0.1 ms

void fill_in_names(const Api& api, wire::PositionTable& table) {
    for (wire::PositionTable::Missing& each : table.missing)
        each.name = holder_name(api, each.holder);
    for (const SubjectId station : table.stations.uncovered)
        table.station_names.emplace_back(api.directory.station_name(station));
    for (wire::PositionTable::UnlicensedHost& each : table.hosts)
        each.name = api.directory.host_name(each.host);
}

// One look under way; each slice posts the next. `finish` is given the sweep that has seen all.
template <class Sweep, class Finish>
struct Look : std::enable_shared_from_this<Look<Sweep, Finish>> {
    Api& api;
    Instant now;
    uint64_t failures;  // commits that were taken back so far
    Sweep first;        // before it has seen anything
    Sweep sweep;
    Finish finish;

    Look(Api& api_in, Sweep sweep_in, Finish finish_in)
        : api(api_in),
          now(api.server.now()),
          failures(api.server.counters().failures),
          first(sweep_in),
          sweep(std::move(sweep_in)),
          finish(std::move(finish_in)) {}

    void go_on() {
        const Ledger& ledger = api.server.ledger();
        // What was seen may be there no more: from the beginning.
        if (failures != api.server.counters().failures) {
            failures = api.server.counters().failures;
            sweep = first;
        }
        const auto deadline = std::chrono::steady_clock::now() + kSlice;
        while (!sweep.step(ledger, now, kThings)) {
            if (std::chrono::steady_clock::now() < deadline) continue;
            api.server.post([self = this->shared_from_this()] { self->go_on(); });
            return;
        }
        finish(ledger, sweep);
    }
};

template <class Sweep, class Finish>
void look(Api& api, Sweep sweep, Finish finish) {
    std::make_shared<Look<Sweep, Finish>>(api, std::move(sweep), std::move(finish))->go_on();
}

Result<ProvenPosition> prove(store::JournalReader& reader, const PositionQuestion& question,
                             Instant now) {
    CALM_TRY_ASSIGN(const uint64_t size, reader.size());
    CALM_TRY_ASSIGN(const Ledger ledger,
                    fold_before(reader, size, question.before.value_or(kInstantMax)));
    if (ledger.size() == 0) return fail("bad_query", "`at` is before the log begins");
    const Instant at = question.before ? *question.before - seconds(1) : now;
    if (question.product.value > ledger.products().size())
        return fail("product_unknown", "that product was defined later");
    ProvenPosition proven{.table = wire::tabulate(ledger, position_of(ledger, at), question.product,
                                                  question.missing_max),
                          .epoch = ledger.epoch()};
    CALM_TRY_ASSIGN(const Frontier tree, frontier_at(reader, ledger.size()));
    proven.root = tree.root();
    return proven;
}

}  // namespace

Result<std::optional<Instant>> end_of_day(const std::optional<std::string>& at, Instant now) {
    if (!at) return std::nullopt;
    const auto day = parse_rfc3339(*at + "T00:00:00Z");
    if (!day) return fail("bad_query", "`at` is a day such as 2026-01-31");
    if (*day > now) return fail("bad_query", "`at` is a day that is still to come");
    if (*day + days(1) > now) return std::nullopt;
    return *day + days(1);
}

void look_at_position(Api& api, const PositionQuestion& question, Done<wire::PositionTable> done) {
    look(api, PositionSweep{},
         [&api, question, done = std::move(done)](const Ledger& ledger,
                                                  PositionSweep& sweep) mutable {
             wire::PositionTable table =
                 wire::tabulate(ledger, sweep.take(), question.product, question.missing_max);
             fill_in_names(api, table);
             done(std::move(table));
         });
}

void look_at_refusals(Api& api, ProductId product, MoreCals more, Done<Refusals> done) {
    look(api, RefusalSweep(product, more),
         [done = std::move(done)](const Ledger&, RefusalSweep& sweep) mutable {
             done(sweep.found());
         });
}

void look_at_missing(Api& api, Done<std::vector<uint64_t>> done) {
    constexpr Seconds kKept = seconds(5);
    const Instant now = api.server.now();
    const uint64_t failures = api.server.counters().failures;
    if (const auto& kept = api.missing; kept && kept->entries == api.server.ledger().size() &&
                                        kept->failures == failures && now < kept->at + kKept) {
        return done(kept->cals);
    }
    look(api, PositionSweep{},
         [&api, now, failures, done = std::move(done)](const Ledger& ledger,
                                                       PositionSweep& sweep) mutable {
             const Position position = sweep.take();
             std::vector<uint64_t> cals(ledger.products().size());
             for (const PositionRow& row : position.rows) {
                 if (is_cal_kind(row.kind)) cals[row.product.value - 1] += row.short_of;
             }
             api.missing = {position.entries, failures, now, cals};
             done(std::move(cals));
         });
}

void prove_position(Api& api, const PositionQuestion& question, Done<ProvenPosition> done) {
    auto reader = api.server.writer().open_reader();
    if (!reader) return done(std::unexpected(reader.error()));
    if (api.workers.full()) return done(fail("unavailable", "too many long reads at once"));
    std::shared_ptr<store::JournalReader> shared = std::move(*reader);  // copied into the job
    api.workers.run(
        [shared, question, now = api.server.now()] { return prove(*shared, question, now); },
        [&api, done = std::move(done)](Result<ProvenPosition> proven) mutable {
            if (proven) fill_in_names(api, proven->table);
            done(std::move(proven));
        });
}

}  // namespace calm
