// Seats are given in order, as far as they go; then the rules are asked about whoever is left.
#include "core/refusals.h"

#include <algorithm>
#include <limits>

#include "core/question.h"

namespace calm {
namespace {

void add_later(Refusals::Later& later, uint64_t count, Instant from) {
    if (later.count == 0 || from < later.from) later.from = from;
    later.count += count;
}

bool may_have(PackKind kind, LicensingMode mode) {
    return mode == LicensingMode::either ||
           (mode == LicensingMode::per_user && kind == PackKind::per_user) ||
           (mode == LicensingMode::per_device && kind == PackKind::per_device);
}

// What a decision gives; null: nothing.
const CalStatement* given_by(const Decision& decision) {
    for (const EntryBody& each : decision.entries) {
        if (const CalStatement* cal = stated_cal(each)) return cal;
    }
    return nullptr;
}

}  // namespace

// One step of the sweep, while the ledger stands still.
class RefusalSweep::Slice {
  public:
    Slice(RefusalSweep& sweep, const Ledger& ledger, Instant now)
        : sweep_(sweep),
          ledger_(ledger),
          family_(ledger.product(sweep.product_).family),
          product_(ledger.product(sweep.product_).product),
          now_(now) {}

    // A temporary or over-use CAL takes a seat, if there is one.
    void look_at_cal(CalId id) {
        const Cal& cal = ledger_.cal(id);
        if (cal.product != sweep_.product_ || !cal.live(now_) || cal.spends_seat() ||
            cal.on_loan() || cal.lease() || cal.is_overdraft() || has_seat(cal)) {
            return;
        }
        const Party party{.presence = Party::Presence::known, .subject = cal.holder};
        const AdmissionRequest request{.product = product_.code};
        const Question question(ledger_, request, now_, sweep_.product_, nullptr, &sweep_.given_);
        if (const PackId pack = question.seat_for(party, cal.kind())) {
            ++sweep_.given_.seats[pack];
        } else if (sweep_.more_.quantity > 0 && sweep_.more_.kind == cal.kind()) {
            --sweep_.more_.quantity;
        } else if (!cal.overuse() || !question.overuse_admits(cal.kind())) {
            const bool station = ledger_.subject(cal.holder).kind == HolderKind::station;
            Refusals& found = sweep_.found_;
            add_later(station ? found.stations_later : found.holders_later, 1,
                      {int64_t{cal.expires_at}});
        }
    }

    // What its host asks for, and whether it has no CAL of the family and needs one.
    void look_at_station(const Station& station) {
        if (station.removed || !ledger_.has_host(station.host)) return;
        if (ledger_.subject(station.subject).first) {
            const bool ours = any_cal(station.subject, [](const Cal&) { return true; });
            (ours ? sweep_.asks_ : sweep_.asks_for_others_).insert(station.host);
        }
        const bool needs_none = station.shows || station.kind == StationKind::console ||
                                ledger_.host(station.host).console_mode;
        const auto live = [&](const Cal& cal) { return cal.live(now_); };
        if (!needs_none && !any_cal(station.subject, live))
            sweep_.lacking_.push_back({station.subject, station.host});
    }

    void seat(const Lacking& lacking) {
        const HostId host = lacking.host;
        if (!ledger_.has_host(host) || !asks(host)) return;
        const auto found = sweep_.unseated_.find(host);
        if (found != sweep_.unseated_.end()) {  // what its neighbour did not find is not there
            ++found->second.count;
            return;
        }
        const Decision decision = answer_to(lacking.station, host);
        const CalStatement* cal = given_by(decision);
        if (cal != nullptr && cal->pack && !cal->overuse) {
            ++sweep_.given_.seats[cal->pack];
        } else if (cal == nullptr && allows(decision.reason) && !passes(decision.reason)) {
            return;  // a license of the host itself admits
        } else if (sweep_.more_.quantity > 0 &&
                   may_have(sweep_.more_.kind, ledger_.host(host).mode)) {
            --sweep_.more_.quantity;
        } else {
            sweep_.unseated_[host] = {lacking.station, 1};
            return;
        }
        if (product_.rules.grace_ends_with_first_cal) sweep_.given_.grace_over.insert(host);
    }

    // Stations of one host are answered alike, but for one that a vendor's overdraft admits. True:
    // the host is done with.
    bool judge(HostId host, Unseated& unseated) {
        if (!ledger_.has_host(host)) return true;
        const Decision decision = answer_to(unseated.first, host);
        const CalStatement* cal = given_by(decision);
        if (cal != nullptr && cal->pack) {
            ++sweep_.given_.overdrafts[cal->pack];
            return --unseated.count == 0;
        }
        if (!allows(decision.reason)) {
            sweep_.found_.stations += unseated.count;
            if (const auto kind = kind_for(ledger_.host(host)); kind && counted_here(host))
                sweep_.missing_[static_cast<size_t>(*kind)] += unseated.count;
        } else if (decision.reason == Reason::initial_grace) {
            add_later(sweep_.found_.stations_later, unseated.count,
                      initial_grace_end(ledger_.host(host), product_.rules));
        }
        return true;
    }

  private:
    template <class Fits>
    bool any_cal(SubjectId holder, Fits fits) const {
        for (CalId id = ledger_.subject(holder).first; id; id = ledger_.cal(id).next) {
            if (version_in(ledger_, ledger_.cal(id), family_) && fits(ledger_.cal(id))) return true;
        }
        return false;
    }

    bool has_seat(const Cal& cal) const {
        return any_cal(cal.holder, [&](const Cal& other) {
            return other.spends_seat() && other.live(now_) && other.kind() == cal.kind() &&
                   version_in(ledger_, other, family_).value_or(0) >= product_.version;
        });
    }

    bool asks(HostId id) const {
        const auto& runs = ledger_.host(id).runs;
        const auto ours = [&](ProductId each) { return ledger_.product(each).family == family_; };
        if (sweep_.asks_.contains(id) || std::ranges::any_of(runs, ours)) return true;
        return runs.empty() && !sweep_.asks_for_others_.contains(id);
    }

    // What would admit the stations of the host; null: no CAL does before it has a mode.
    static std::optional<PackKind> kind_for(const Host& host) {
        switch (host.mode) {
            case LicensingMode::per_user: return PackKind::per_user;
            case LicensingMode::per_device: return PackKind::per_device;
            case LicensingMode::either: return host.preferred;
            case LicensingMode::not_configured: break;
        }
        return std::nullopt;
    }

    // A station that may ask for any of several products lacks one CAL, not one of each.
    bool counted_here(HostId id) const {
        const auto& runs = ledger_.host(id).runs;
        if (!runs.empty()) return std::ranges::find(runs, sweep_.product_) != runs.end();
        bool only_family = true;
        for (const ProductState& each : ledger_.products()) {
            if (each.product.rules.requirement != CalRequirement::activated) continue;
            if (each.family != family_) only_family = false;
            if (each.family == family_ && each.product.version > product_.version) return false;
        }
        return only_family || sweep_.asks_.contains(id);
    }

    Decision answer_to(SubjectId station, HostId host) const {
        const AdmissionRequest request{
            .host = host, .product = product_.code, .station = station, .at_station = true};
        return Question(ledger_, request, now_, sweep_.product_, nullptr, &sweep_.given_).answer();
    }

    static bool passes(Reason reason) {
        return reason == Reason::initial_grace || reason == Reason::restore_window;
    }

    RefusalSweep& sweep_;
    const Ledger& ledger_;
    uint32_t family_;
    const Product& product_;
    Instant now_;
};

RefusalSweep::RefusalSweep(ProductId product, MoreCals more) : product_(product), more_(more) {
    if (is_cal_kind(more.kind) && more.quantity > 0) {
        given_.sold = more.kind;
    } else {
        more_.quantity = 0;
    }
}

bool RefusalSweep::step(const Ledger& ledger, Instant now, size_t things) {
    // Nobody is refused a product that is counted only, or not even that.
    if (ledger.product(product_).product.rules.requirement != CalRequirement::activated)
        return true;
    Slice slice(*this, ledger, std::max(now, ledger.time()));
    for (; things > 0 && cals_ < ledger.cal_count(); --things)
        slice.look_at_cal({static_cast<uint32_t>(++cals_)});
    for (; things > 0 && stations_ < ledger.stations().size(); --things)
        slice.look_at_station(ledger.stations()[stations_++]);
    for (; things > 0 && seated_ < lacking_.size(); --things)
        slice.seat(lacking_[seated_++]);
    for (; things > 0 && !unseated_.empty(); --things) {
        const auto next = unseated_.begin();
        if (slice.judge(next->first, next->second)) unseated_.erase(next);
    }
    return things > 0;
}

Refusals refusals_of(const Ledger& ledger, ProductId product, MoreCals more, Instant now) {
    RefusalSweep sweep(product, more);
    sweep.step(ledger, now, std::numeric_limits<size_t>::max());
    return sweep.found();
}

}  // namespace calm
