// Question: one admission as it is being decided, rule by rule. Internal to admission.cpp and the
// question_*.cpp files, each of which holds one group of rules.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/admission.h"
#include "core/coverage.h"
#include "core/refusals.h"

namespace calm {

// A seat that can be given, and the CAL whose written expiry frees it (zero: it is free already).
struct Seat {
    PackId pack;
    CalId expired;
};

// Where a CAL is given: at a seat of a pack, beyond the seats of one, or out of no pack (zero).
struct Place {
    PackId pack;
    bool seat = true;
    bool lease = false;  // a concurrent seat, or what stands for one
};

// One way to cover the request: this party with a CAL of this kind.
struct Way {
    PackKind kind = PackKind::per_user;
    const Party* party = nullptr;
    bool takes = true;  // may be given a new CAL; else only what it holds already counts
};

// At most one way of each kind, in the order in which they are tried.
class Ways {
  public:
    void add(const Way& way) { ways_[size_++] = way; }
    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    Way& operator[](size_t i) { return ways_[i]; }
    const Way* begin() const { return ways_.data(); }
    const Way* end() const { return ways_.data() + size_; }

  private:
    std::array<Way, 2> ways_;
    size_t size_ = 0;
};

// What is sold of one kind and serves the product here: one look at the packs answers all that is
// asked about them.
struct Stock {
    std::array<bool, 3> sold{};         // by metric
    std::array<PackId, 3> with_seat{};  // by metric: the first that has a seat and is not kept
    bool newer = false;                 // some are for later versions, and the rule keeps them
    bool reserved = false;              // some have seats that are kept for groups
    bool overdraft = false;             // some vendor allows more
    bool unactivated = false;           // some would serve if the server were activated

    bool any() const { return sold[0] || sold[1] || sold[2]; }
};

inline Instant initial_grace_end(const Host& host, const ProductRules& rules) {
    return std::min(host.grace_until, host.enrolled_at + days(rules.initial_grace_days));
}

class Question {
  public:
    using Answer = std::optional<Decision>;

    // `so_far`: what the same admission writes for other products that it needs; `given`: what is
    // taken to be gone. Both may be null.
    Question(const Ledger& ledger, const AdmissionRequest& request, Instant now, ProductId product,
             const std::vector<EntryBody>* so_far = nullptr, const Given* given = nullptr)
        : ledger_(ledger),
          request_(request),
          now_(now),
          product_id_(product),
          stated_(ledger.product(product)),
          product_(stated_.product),
          rules_(product_.rules),
          so_far_(so_far),
          given_(given) {}

    // The whole answer: the next five, one after the other.
    Decision answer();

    // The product asks for no CAL, and nothing else does.
    Decision not_required() const { return rest_on_product(Reason::not_required); }
    // Nobody needs a CAL, or nobody can be asked about one.
    Answer exemption() const;
    // Whether a license of the host itself admits to the product. REQUIRES: the host is known.
    Answer host_licensed() const;
    // What the holder has already. REQUIRES: the host is known. Decides who could hold a CAL.
    Answer held();
    // Something new, grace or a refusal. REQUIRES: held() gave nothing.
    Decision lacking();
    // A seat of this pack for the first who may take one; nothing if it cannot be. REQUIRES: held()
    // gave nothing.
    Answer seated_from(PackId pack);
    // The pack of a seat of this kind that counts at every host, for this holder; zero: none.
    PackId seat_for(const Party& holder, PackKind kind) const;
    // Whether over-use admits, and goes on to.
    bool overuse_admits(PackKind kind) const;

  private:
    const Host& host() const { return ledger_.host(request_.host); }
    LicensingMode mode() const { return request_.mode.value_or(host().mode); }
    std::optional<Reason> exempt_workload() const;
    bool in_initial_grace() const;
    // Seats are kept until the hosts have told who holds them.
    bool seats_are_kept() const { return ledger_.restore_window(now_); }
    void choose_ways();
    void choose_takers();
    void add_way(PackKind kind);
    // Of an admission at a station: the holder of its CAL; null: there is no such station here.
    const Station* covered_station() const;
    Answer refused_station() const;
    const Stock& stock(PackKind kind) const;
    bool sold_as(PackKind kind) const { return stock(kind).any(); }
    bool starts_temporary() const;

    Answer seat_held(const Way& way) const;
    Answer lease_held(const Way& way) const;
    Answer overuse_held(const Way& way) const;
    Answer temporary_held(const Way& way) const;
    // Loans and look-alikes (question_machines.cpp).
    Answer on_loan(const Way& way) const;
    Answer while_lent() const;
    bool has_lent(const Way& way) const;
    Answer first_doubt(const Way& way) const;
    bool looks_for_doubles(const Way& way) const;
    bool doubted_so_far() const;
    bool is_doubted(const Way& way) const;
    SubjectId looks_like(const Way& way) const;
    Instant quarantine_end(Instant since) const;
    Decision quarantine(const Way& way, Instant since, SubjectId like) const;
    Answer seated(const Way& way) const;
    PackId growing(const Way& way) const;
    Answer first_temporary(const Way& way) const;
    Decision without_seat() const;
    Reason refusal() const;
    bool sold(PackKind kind, PackMetric metric) const {
        return stock(kind).sold[static_cast<size_t>(metric)];
    }
    bool only_leases_sold(PackKind kind) const;
    bool has_turn(const Way& way) const;
    // Its place in line for this product; null: it does not wait.
    const Waiting* waiting(const Way& way) const;
    void leave_line(const Way& way, Decision& decision) const;
    Answer stand_in_line() const;

    Decision admit_held(CalId id) const;
    Decision admit_lease(CalId id) const;
    Decision admit_as_it_is(Reason reason, CalId id) const;
    Decision move_to_seat(const Way& way, CalId id, const Seat& seat) const;
    Decision issue(const Way& way, const Seat& seat) const;
    Decision issue_overuse(const Way& way, const Seat& beyond) const;
    CalId replace_covered(const Way& way, const Place& place, CalId expired,
                          Decision& decision) const;
    void return_covered(const Way& way, const Place& place, CalId kept, Decision& decision) const;
    // Whether a CAL at `place` takes the place of this one of the same holder.
    bool replaces(const Place& place, const Cal& cal) const {
        // A concurrent seat leaves alone what lasts.
        if (place.lease && !cal.passing() && !cal.overuse()) return false;
        return would_cover(place.pack, cal) &&
               (place.seat || !(cal.spends_seat() || cal.on_loan()));
    }
    // Whether a CAL out of `pack`, or one out of none (zero), would cover all that `cal` does.
    bool would_cover(PackId pack, const Cal& cal) const;

    template <class Fits>
    CalId find_cal(const Way& way, Fits fits) const;
    template <class Fits>
    CalId longest_cal(const Way& way, Fits fits) const;
    // `whole`: only a seat that covers all that this CAL does; may be null.
    std::optional<Seat> free_seat(const Way& way, CalId own_expired, uint16_t at_least,
                                  const Cal* whole = nullptr) const;
    std::optional<Seat> free_seat_of(PackMetric metric, const Way& way, CalId own_expired,
                                     uint16_t at_least, const Cal* whole = nullptr) const;
    std::optional<Seat> overdraft(PackKind kind) const;
    std::optional<Seat> seat_in(PackId pack, const Way& way, CalId own_expired) const;
    bool has_seat(PackId pack) const;
    bool newer_seat_kept_back(const Way& way) const;
    bool kept_for_groups(const Way& way) const;
    bool only_had_temporary(const Way& way) const;
    std::optional<uint16_t> version_here(const Cal& cal) const {
        return version_in(ledger_, cal, stated_.family);
    }
    // Of a CAL that is given out of it now; it may be later than that which was sold.
    uint16_t version_here(const Pack& pack) const {
        return reach_in(ledger_, pack, stated_.family).value_or(0);
    }
    // Whether its seats are for later versions than this, and the rule keeps them.
    bool is_kept_newer(const Pack& pack, uint16_t than) const {
        return rules_.prevent_upgrade &&
               version_in(ledger_, pack, stated_.family).value_or(0) > than;
    }
    const std::string& newest_product(PackId pack) const {
        return ledger_.product(newest_of(ledger_, ledger_.pack(pack))).product.code;
    }
    // REQUIRES: the CAL covers this family.
    bool sufficient(const Cal& cal) const { return *version_here(cal) >= product_.version; }

    // Zero: a stranger, or nobody is named.
    static SubjectId known_holder(const Way& way) {
        const bool known = way.party != nullptr && way.party->presence == Party::Presence::known;
        return known ? way.party->subject : SubjectId{};
    }
    SubjectId holder_of(const Way& way, Decision& decision) const;
    bool written_so_far(CalId id) const;
    CalStatement statement_of(CalId id) const;
    CalStatement new_statement(const Way& way, CalId reused, Decision& decision) const;
    Instant expiry(PackKind kind, PackId pack, bool lease) const;
    Decision allow(Reason reason, const CalStatement& cal) const;
    Decision rest_on_product(Reason reason) const;
    Decision rest_on_everything(Reason reason) const;
    void end_grace(Decision& decision) const;

    const Ledger& ledger_;
    const AdmissionRequest& request_;
    Instant now_;
    ProductId product_id_;
    const ProductState& stated_;
    const Product& product_;
    const ProductRules& rules_;
    const std::vector<EntryBody>* so_far_;
    const Given* given_;
    mutable std::array<std::optional<Stock>, 2> stocks_;  // of users' and devices' CALs
    Party station_;  // of an admission at a station; it stands for user and device
    Ways ways_;
};

// The newest CAL record of the way's party, kind and family that fits, or zero.
template <class Fits>
CalId Question::find_cal(const Way& way, Fits fits) const {
    if (way.party->presence != Party::Presence::known) return {};
    for (CalId id = ledger_.subject(way.party->subject).first; id; id = ledger_.cal(id).next) {
        const Cal& cal = ledger_.cal(id);
        if (cal.kind() == way.kind && version_here(cal) && fits(cal) && !written_so_far(id))
            return id;
    }
    return {};
}

// Among those that fit, the one that ends last; of several, the one of the pack installed first. A
// CAL that is lent admits somebody else.
template <class Fits>
CalId Question::longest_cal(const Way& way, Fits fits) const {
    if (way.party->presence != Party::Presence::known) return {};
    CalId longest;
    for (CalId id = ledger_.subject(way.party->subject).first; id; id = ledger_.cal(id).next) {
        const Cal& cal = ledger_.cal(id);
        if (cal.kind() != way.kind || !version_here(cal) || !fits(cal) || written_so_far(id) ||
            ledger_.is_lent(id, now_)) {
            continue;
        }
        if (!longest || admits_before(ledger_, cal, ledger_.cal(longest), stated_.family))
            longest = id;
    }
    return longest;
}

}  // namespace calm
