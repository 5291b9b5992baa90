// Seats are given in order, as far as they go; then the rules are asked about whoever is left.
#include "core/refusals.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "core/question.h"

namespace calm {
namespace {

void add_later(Refusals::Later& later, uint64_t count, Instant from) {
    if (count == 0) return;
    if (later.count == 0 || from < later.from) later.from = from;
    later.count += count;
}

class LookAhead {
  public:
    LookAhead(const Ledger& ledger, ProductId product, MoreCals more, Instant now)
        : ledger_(ledger),
          product_id_(product),
          family_(ledger.product(product).family),
          product_(ledger.product(product).product),
          more_(more),
          now_(now) {
        if (is_cal_kind(more.kind) && more.quantity > 0) {
            given_.sold = more.kind;
        } else {
            more_.quantity = 0;
        }
    }

    Refusals refusals() {
        if (product_.rules.requirement != CalRequirement::activated) return {};
        for (const CalId id : without_seat())
            look_at_holder(id);
        const auto lacking = stations_without_cal();
        for (const Station* each : lacking)
            seat(*each);
        for (const auto& [host, unseated] : unseated_)
            judge(host, unseated);
        return found_;
    }

  private:
    // Live temporary and over-use CALs of the product whose holder has no seat beside.
    std::vector<CalId> without_seat() const {
        std::set<CalId> found;
        ledger_.product(product_id_)
            .due.each_due(
                std::numeric_limits<uint32_t>::max(),
                [&](const DueQueue::Item& item) {
                    const Cal& cal = ledger_.cal(item.cal);
                    return cal.expires_at == item.at && cal.product == product_id_ &&
                           cal.live(now_) && !cal.spends_seat() && !cal.on_loan() && !cal.lease() &&
                           !cal.is_overdraft();
                },
                [&](const DueQueue::Item& item) {
                    if (!has_seat(ledger_.cal(item.cal))) found.insert(item.cal);
                    return true;
                });
        return {found.begin(), found.end()};
    }

    bool has_seat(const Cal& cal) const {
        return any_cal(cal.holder, [&](const Cal& other) {
            return other.spends_seat() && other.live(now_) && other.kind() == cal.kind() &&
                   version_in(ledger_, other, family_).value_or(0) >= product_.version;
        });
    }

    template <class Fits>
    bool any_cal(SubjectId holder, Fits fits) const {
        for (CalId id = ledger_.subject(holder).first; id; id = ledger_.cal(id).next) {
            if (version_in(ledger_, ledger_.cal(id), family_) && fits(ledger_.cal(id))) return true;
        }
        return false;
    }

    void look_at_holder(CalId id) {
        const Cal& cal = ledger_.cal(id);
        const Party party{.presence = Party::Presence::known, .subject = cal.holder};
        const AdmissionRequest request{.product = product_.code};
        const Question question(ledger_, request, now_, product_id_, nullptr, &given_);
        if (const PackId pack = question.seat_for(party, cal.kind())) {
            ++given_.seats[pack];
        } else if (more_.quantity > 0 && more_.kind == cal.kind()) {
            --more_.quantity;
        } else if (!cal.overuse() || !question.overuse_admits(cal.kind())) {
            const bool station = ledger_.subject(cal.holder).kind == HolderKind::station;
            add_later(station ? found_.stations_later : found_.holders_later, 1,
                      {int64_t{cal.expires_at}});
        }
    }

    // Those that would ask for the product and have no CAL of its family.
    std::vector<const Station*> stations_without_cal() const {
        std::vector<const Station*> lacking;
        std::set<HostId> asks;
        std::set<HostId> asks_for_others;
        for (const Station& each : ledger_.stations()) {
            if (each.removed || !ledger_.has_host(each.host)) continue;
            if (ledger_.subject(each.subject).first) {
                const bool ours = any_cal(each.subject, [](const Cal&) { return true; });
                (ours ? asks : asks_for_others).insert(each.host);
            }
            const bool needs_none = each.shows || each.kind == StationKind::console ||
                                    ledger_.host(each.host).console_mode;
            if (needs_none || any_cal(each.subject, [&](const Cal& cal) { return cal.live(now_); }))
                continue;
            lacking.push_back(&each);
        }
        std::erase_if(lacking, [&](const Station* each) {
            const Host& host = ledger_.host(each->host);
            if (asks.contains(each->host) || std::ranges::any_of(host.runs, [&](ProductId id) {
                    return ledger_.product(id).family == family_;
                })) {
                return false;
            }
            return !host.runs.empty() || asks_for_others.contains(each->host);
        });
        return lacking;
    }

    Decision answer_to(SubjectId station, HostId host) const {
        const AdmissionRequest request{
            .host = host, .product = product_.code, .station = station, .at_station = true};
        return Question(ledger_, request, now_, product_id_, nullptr, &given_).answer();
    }

    // What a decision gives.
    static const CalStatement* given_by(const Decision& decision) {
        for (const EntryBody& each : decision.entries) {
            if (const CalStatement* cal = stated_cal(each)) return cal;
        }
        return nullptr;
    }

    void seat(const Station& station) {
        const auto found = unseated_.find(station.host);
        if (found != unseated_.end()) {  // what its neighbour did not find is not there
            ++found->second.count;
            return;
        }
        const Decision decision = answer_to(station.subject, station.host);
        const CalStatement* cal = given_by(decision);
        if (cal != nullptr && cal->pack && !cal->overuse) {
            ++given_.seats[cal->pack];
        } else if (cal == nullptr && allows(decision.reason) && !passes(decision.reason)) {
            return;  // a license of the host itself admits
        } else if (more_.quantity > 0 && may_have(more_.kind, ledger_.host(station.host).mode)) {
            --more_.quantity;
        } else {
            unseated_[station.host] = {station.subject, 1};
            return;
        }
        if (product_.rules.grace_ends_with_first_cal) given_.grace_over.insert(station.host);
    }

    static bool passes(Reason reason) {
        return reason == Reason::initial_grace || reason == Reason::restore_window;
    }

    static bool may_have(PackKind kind, LicensingMode mode) {
        return mode == LicensingMode::either ||
               (mode == LicensingMode::per_user && kind == PackKind::per_user) ||
               (mode == LicensingMode::per_device && kind == PackKind::per_device);
    }

    struct Unseated {
        SubjectId first;
        uint64_t count = 0;
    };

    // Stations of one host are answered alike, but for those that a vendor's overdraft admits.
    void judge(HostId host, Unseated unseated) {
        for (; unseated.count > 0; --unseated.count) {
            const Decision decision = answer_to(unseated.first, host);
            const CalStatement* cal = given_by(decision);
            if (cal != nullptr && cal->pack) {
                ++given_.overdrafts[cal->pack];
                continue;
            }
            if (!allows(decision.reason)) {
                found_.stations += unseated.count;
            } else if (decision.reason == Reason::initial_grace) {
                add_later(found_.stations_later, unseated.count,
                          initial_grace_end(ledger_.host(host), product_.rules));
            }
            return;
        }
    }

    const Ledger& ledger_;
    ProductId product_id_;
    uint32_t family_;
    const Product& product_;
    MoreCals more_;
    Instant now_;
    Given given_;
    std::map<HostId, Unseated> unseated_;
    Refusals found_;
};

}  // namespace

Refusals refusals_of(const Ledger& ledger, ProductId product, MoreCals more, Instant now) {
    return LookAhead(ledger, product, more, std::max(now, ledger.time())).refusals();
}

}  // namespace calm
