// Applying entries to the state, and taking them back.
#include "core/ledger.h"

#include <algorithm>

#include "base/assert.h"
#include "core/coverage.h"

namespace calm {
namespace {

uint8_t flags_of(const CalStatement& statement) {
    uint8_t flags = 0;
    if (statement.kind == PackKind::per_device) flags |= Cal::kDevice;
    if (statement.overuse) flags |= Cal::kOveruse;
    if (statement.validated) flags |= Cal::kValidated;
    if (statement.lease) flags |= Cal::kLease;
    if (statement.borrowed) flags |= Cal::kBorrowed;
    if (statement.of) flags |= Cal::kOnLoan;
    return flags;
}

// A CAL whose change was undone stands twice in its queue.
std::vector<CalId> each_once(std::vector<CalId> cals) {
    std::ranges::sort(cals);
    const auto repeated = std::ranges::unique(cals);
    cals.erase(repeated.begin(), repeated.end());
    return cals;
}

}  // namespace

// One function for each kind of entry; what undo() needs is left in `undo`.
struct EntryApplier {
    Ledger& ledger;
    const LedgerEntry& entry;
    Undo& undo;

    void operator()(const entry::LedgerCreated& e) { ledger.identity_ = e.identity; }
    void operator()(const entry::NodeAdded& e) { ledger.nodes_.push_back(e); }
    void operator()(const entry::EpochStarted& e) {
        undo.before = Undo::Epoch{ledger.epoch_, ledger.restoration_};
        ledger.epoch_ = e.epoch;
        ledger.restoration_ = {.pending = true, .sequence = entry.sequence, .at = entry.at};
    }
    void operator()(const entry::ClockAccepted&) {
        undo.before = Undo::Epoch{ledger.epoch_, ledger.restoration_};
        // The hours that a wrong clock skipped were no hours.
        if (ledger.restoration_.pending) ledger.restoration_.at = entry.at;
    }
    void operator()(const entry::SecondFactorRemoved&) {}  // for auditors; no right hangs on it
    void operator()(const entry::VendorTrusted& e) {
        ledger.vendors_.push_back(e.key);
        ledger.vendor_states_.emplace_back();
    }
    void operator()(const entry::ServerActivated& e) {
        VendorState& state = ledger.change_vendor(e.vendor, undo);
        state.serial = e.serial;
        state.activated_until = e.until;
        ledger.tell_packs(e.vendor);
    }
    void operator()(const entry::ServerDeactivated& e) {
        ledger.change_vendor(e.vendor, undo).activated_until = {};
        ledger.tell_packs(e.vendor);
    }
    void operator()(const entry::PackRevoked& e) {
        auto& revoked = ledger.change_vendor(e.vendor, undo).revoked;
        revoked.insert(std::ranges::lower_bound(revoked, e.document), e.document);
        ledger.tell_packs(e.vendor);
    }
    void operator()(const entry::StatusListTaken& e) {
        ledger.change_vendor(e.vendor, undo).status_list = e.number;
    }

    void operator()(const entry::ProductSet& e) {
        const ProductId known = ledger.find_product(e.product.code);
        if (known) {
            ProductState& state = ledger.products_[known.value - 1U];
            undo.before = state.product;
            undo.stated_before = state.sequence;
            state.product = e.product;
            state.bases = ledger.find_products(e.product.bases);
            state.sequence = entry.sequence;
            return;
        }
        const auto [family, added] = ledger.family_ids_.try_emplace(
            e.product.family, static_cast<uint32_t>(ledger.families_.size()));
        if (added) {
            ledger.families_.emplace_back();
            ledger.family_products_.emplace_back();
        }
        ledger.products_.push_back({.product = e.product,
                                    .sequence = entry.sequence,
                                    .family = family->second,
                                    .bases = ledger.find_products(e.product.bases),
                                    .due = {}});
        const ProductId id{static_cast<uint16_t>(ledger.products_.size())};
        ledger.product_ids_.emplace(e.product.code, id);
        ledger.family_products_[family->second].push_back(id);
    }
    void operator()(const entry::PolicySet& e) {
        undo.before = ledger.policy_;
        ledger.policy_ = e.policy;
    }
    void operator()(const entry::PackInstalled& e) {
        CALM_ASSERT(e.pack == ledger.next_pack());
        ledger.packs_.push_back({.terms = e,
                                 .product = ledger.find_product(e.product),
                                 .suite = ledger.find_products(e.also),
                                 .sequence = entry.sequence,
                                 .due = {}});
        ledger.tell_pack(ledger.packs_.back());
        ledger.link_pack(e.pack);
    }
    void operator()(const entry::PackRenewed& e) {
        entry::PackInstalled& terms = ledger.packs_[e.pack.value - 1].terms;
        undo.before =
            entry::PackRenewed{e.pack, terms.renewal, terms.expires_at, terms.maintained_until};
        terms.renewal = e.renewal;
        terms.expires_at = e.expires_at;
        terms.maintained_until = e.maintained_until;
    }
    void operator()(const entry::PackRemoved& e) {
        Pack& pack = ledger.packs_[e.pack.value - 1];
        undo.thing = e.pack.value;
        CALM_ASSERT(pack.used == 0 && !pack.removed);
        pack.removed = true;
    }

    void operator()(const entry::PackMoved& e) {
        Pack& pack = ledger.packs_[e.pack.value - 1];
        undo.thing = e.pack.value;
        CALM_ASSERT(pack.used == 0 && !pack.removed);
        pack.removed = true;
        pack.moved = Departure{e.to, ledger.epoch_, entry.sequence, entry.at};
    }

    void operator()(const entry::PackConverted& e) {
        CALM_ASSERT(e.pack == ledger.next_pack());
        Pack& source = ledger.packs_[e.source.value - 1];
        CALM_ASSERT(e.quantity <= source.free());
        undo.thing = e.source.value;
        source.converted += e.quantity;
        Pack made{.terms = source.terms,
                  .product = source.product,
                  .suite = source.suite,
                  .sequence = entry.sequence,
                  .converted_from = e.source,
                  .due = {}};
        made.terms.pack = e.pack;
        made.terms.kind = other_kind(source.terms.kind);
        made.terms.quantity = e.quantity;
        made.terms.overdraft = 0;  // stays with the source
        ledger.tell_pack(made);
        ledger.packs_.push_back(std::move(made));
        ledger.link_pack(e.pack);
    }

    void operator()(const entry::HostEnrolled& e) {
        CALM_ASSERT(e.host == ledger.next_host());
        ledger.hosts_.push_back({.commitment = e.commitment,
                                 .key = e.key,
                                 .mode = e.mode,
                                 .preferred = e.preferred,
                                 .asserted_epoch = ledger.epoch_,
                                 .enrolled_at = entry.at,
                                 .grace_until = e.grace_until});
    }
    Host& changed_host(HostId id) {
        Host& host = ledger.hosts_[id.value - 1];
        undo.before = host;
        undo.thing = id.value;
        return host;
    }
    void operator()(const entry::HostSet& e) {
        Host& host = changed_host(e.host);
        host.mode = e.mode;
        host.preferred = e.preferred;
        host.console_mode = e.console_mode;
        host.processors = e.processors;
        host.cores = e.cores;
        host.runs = ledger.find_products(e.runs);
    }
    void operator()(const entry::HostLicensed& e) {
        ledger.license_host(changed_host(e.host), e.pack, e.quantity, entry.at);
    }
    void operator()(const entry::HostUnlicensed& e) {
        ledger.license_host(changed_host(e.host), e.pack, 0, entry.at);
    }
    void operator()(const entry::HostGraceEnded& e) { changed_host(e.host).grace_ended = true; }
    void operator()(const entry::HostRemoved& e) { changed_host(e.host).removed = true; }
    void operator()(const entry::HostReasserted& e) {
        changed_host(e.host).asserted_epoch = ledger.epoch_;
    }

    void operator()(const entry::SubjectAdded& e) {
        CALM_ASSERT(e.subject == ledger.next_subject());
        ledger.subjects_.push_back({.first = {},
                                    .kind = e.kind,
                                    .added_at_high = static_cast<uint16_t>(entry.sequence >> 32),
                                    .added_at_low = static_cast<uint32_t>(entry.sequence)});
    }
    // Stations are few and in the order of their subjects; what is new comes last.
    Station& station(SubjectId id) {
        const auto found = std::ranges::lower_bound(ledger.stations_, id, {}, &Station::subject);
        if (found != ledger.stations_.end() && found->subject == id) {
            undo.before = *found;
            return *found;
        }
        return *ledger.stations_.insert(found, Station{.subject = id});
    }
    void operator()(const entry::StationSet& e) {
        undo.thing = e.station.value;
        Station& changed = station(e.station);
        changed.host = e.host;
        changed.kind = e.kind;
        changed.shows = e.shows;
    }
    void operator()(const entry::StationRemoved& e) {
        undo.thing = e.station.value;
        station(e.station).removed = true;
    }

    void operator()(const entry::SubjectErased& e) {
        undo.thing = e.subject.value;
        ledger.subjects_[e.subject.value - 1].erased = 1;
    }

    void operator()(const entry::InstallationClaimed& e) {
        const Installation claimed{.pack = e.pack, .computer = e.computer, .since = entry.at};
        undo.before = claimed;
        ledger.install(claimed);
    }
    void operator()(const entry::InstallationMoved& e) {
        undo.thing = e.to.value;
        undo.before = ledger.uninstall(e.pack, e.computer);
        ledger.install({.pack = e.pack, .computer = e.to, .since = entry.at});
    }
    void operator()(const entry::InstallationReleased& e) {
        undo.before = ledger.uninstall(e.pack, e.computer);
    }

    void operator()(const entry::CalIssued& e) { ledger.change_cal(e.cal, undo); }
    void operator()(const entry::CalValidated& e) { ledger.change_cal(e.cal, undo); }
    void operator()(const entry::CalRenewed& e) { ledger.change_cal(e.cal, undo); }
    void operator()(const entry::CalMoved& e) { ledger.change_cal(e.cal, undo); }
    void operator()(const entry::CalReasserted& e) { ledger.change_cal(e.cal, undo); }
    void operator()(const entry::SeatLeft& e) { ledger.leave_seat(e.cal, undo); }
    void operator()(const entry::SeatBorrowed& e) { ledger.change_cal(e.cal, undo); }
    void operator()(const entry::PackAssigned& e) {
        Pack& pack = ledger.packs_[e.pack.value - 1];
        undo.thing = e.pack.value;
        undo.before = pack.host;
        pack.host = e.host;
    }
    void operator()(const entry::QueueJoined& e) {
        ledger.join_queue({.holder = e.holder,
                           .kind = e.kind,
                           .product = ledger.find_product(e.product),
                           .since = entry.at,
                           .until = e.until},
                          undo);
    }
    void operator()(const entry::QueueLeft& e) { ledger.leave_queue(e, undo); }
    void operator()(const entry::GroupJoined& e) {
        undo.before = e;
        ledger.join_group(e.group, e.member);
    }
    void operator()(const entry::GroupLeft& e) {
        undo.before = e;
        ledger.leave_group(e.group, e.member);
    }
    void operator()(const entry::SeatsReserved& e) {
        undo.before =
            entry::SeatsReserved{e.pack, e.group, ledger.reserve(e.pack, e.group, e.seats)};
    }
    void operator()(const entry::CalExpired& e) { ledger.end_cal(e.cal, CalState::expired, undo); }
    void operator()(const entry::CalRevoked& e) { ledger.end_cal(e.cal, CalState::revoked, undo); }
    void operator()(const entry::CalReturned& e) {
        ledger.end_cal(e.cal, CalState::returned, undo);
        if (e.why == ReturnReason::merged) ledger.cals_[e.cal.value - 1].flags |= Cal::kCarried;
    }

    void operator()(const entry::CalLent& e) {
        ledger.change_cal(e.cal, undo);
        ledger.begin_loan({.cal = e.cal.of, .stand_in = e.cal.cal, .why = e.why});
    }
    void operator()(const entry::DevicesMerged& e) {
        undo.thing = e.device.value;
        ledger.merge({.device = e.device, .into = e.into, .sequence = entry.sequence});
    }
    void operator()(const entry::DeviceSeparated& e) { undo.before = ledger.separate(e.device); }
    void operator()(const entry::DeviceDoubted& e) {
        undo.thing = e.device.value;
        const auto at = std::ranges::lower_bound(ledger.doubts_, e.device, {}, &Doubt::device);
        ledger.doubts_.insert(at, {.device = e.device, .like = e.like, .since = entry.at});
    }
    void operator()(const entry::DeviceAccepted& e) {
        undo.thing = e.device.value;
        Doubt& doubt = *std::ranges::lower_bound(ledger.doubts_, e.device, {}, &Doubt::device);
        undo.before = doubt;
        doubt.accepted = true;
    }
};

Undo Ledger::apply(const LedgerEntry& entry) {
    CALM_ASSERT(entry.sequence == size_ && entry.at >= time_);
    Undo undo{.sequence = entry.sequence,
              .time = time_,
              .kind = entry.body.index(),
              .cal_before = {},
              .uses = {},
              .before = {}};
    std::visit(EntryApplier{*this, entry, undo}, entry.body);
    if (undo.cal) cals_[undo.cal.value - 1].sequence = entry.sequence;
    if (entry.request) {
        const CalStatement* cal = stated_cal(entry.body);
        requests_.add({.id = entry.request->id,
                       .content = entry.request->content,
                       .sequence = entry.sequence,
                       .at = static_cast<uint32_t>(entry.at.seconds),
                       .cal = undo.cal,
                       .expires_at = cal ? static_cast<uint32_t>(cal->expires_at.seconds) : 0,
                       .reason = entry.request->reason});
        undo.remembered = true;
    }
    size_ = entry.sequence + 1;
    time_ = entry.at;
    return undo;
}

void Ledger::change_cal(const CalStatement& statement, Undo& undo) {
    undo.cal = statement.cal;
    const size_t index = statement.cal.value - 1;
    if (index == cals_.size()) {
        Subject& holder = subjects_[statement.holder.value - 1];
        cals_.push_back(
            {.holder = statement.holder, .pack = {}, .next = holder.first, .product = {}});
        holder.first = statement.cal;
    } else {
        undo.cal_before = cals_[index];
        CALM_ASSERT(cals_[index].holder == statement.holder);
        detach(cals_[index]);
        if (cals_[index].on_loan()) undo.loan = end_loan(statement.cal);
    }
    use_lease(statement, undo.cal_before ? &*undo.cal_before : nullptr, undo);
    Cal& cal = cals_[index];
    cal.pack = statement.pack;
    cal.issued_at = static_cast<uint32_t>(statement.issued_at.seconds);
    cal.expires_at = static_cast<uint32_t>(statement.expires_at.seconds);
    cal.product = find_product(statement.product);
    cal.state = statement.state;
    cal.flags = flags_of(statement);
    attach(statement.cal);
}

void Ledger::end_cal(CalId id, CalState state, Undo& undo) {
    Cal& cal = cals_[id.value - 1];
    undo.cal = id;
    undo.cal_before = cal;
    detach(cal);
    if (cal.lease()) {
        undo.uses = lease_uses(id);
        set_uses(id, {});
    }
    if (cal.on_loan()) undo.loan = end_loan(id);
    cal.state = state;
    if (state != CalState::expired) {
        withdrawals_.push_back({.cal = id,
                                .product = cal.product,
                                .revoked = state == CalState::revoked,
                                .until = cal.expires_at});
    }
}

// Counts the CAL where it belongs and remembers when it ends.
void Ledger::attach(CalId id) {
    const Cal& cal = cals_[id.value - 1];
    if (!cal.standing()) return;
    if (cal.spends_seat()) {
        Pack& pack = packs_[cal.pack.value - 1];
        ++pack.used;
        CALM_ASSERT(pack.used <= pack.quantity());  // I1
        count_for_groups(cal, true);
    } else if (!cal.on_loan()) {
        ProductState& product = products_[cal.product.value - 1U];
        ++(cal.state == CalState::temporary ? product.temporary : product.overuse);
    }
    if (cal.is_overdraft()) {
        Pack& pack = packs_[cal.pack.value - 1];
        ++pack.overdrawn;
        CALM_ASSERT(pack.overdrawn <= pack.terms.overdraft);  // I1
    }
    pool_of(cal).push({cal.expires_at, id}, [&](const DueQueue::Item& item) {
        return in_pool(item, cal.spends_seat() ? cal.pack : PackId{}, cal.product);
    });
}

void Ledger::detach(const Cal& cal) {
    if (!cal.standing()) return;
    if (cal.is_overdraft()) --packs_[cal.pack.value - 1].overdrawn;
    if (cal.spends_seat()) {
        --packs_[cal.pack.value - 1].used;
        count_for_groups(cal, false);
    } else if (!cal.on_loan()) {
        ProductState& product = products_[cal.product.value - 1U];
        --(cal.state == CalState::temporary ? product.temporary : product.overuse);
    }
}

DueQueue& Ledger::pool_of(const Cal& cal) {
    return cal.spends_seat() ? packs_[cal.pack.value - 1].due
                             : products_[cal.product.value - 1U].due;
}

bool Ledger::in_pool(const DueQueue::Item& item, PackId pack, ProductId product) const {
    if (item.cal.value > cals_.size()) return false;
    const Cal& cal = this->cal(item.cal);
    if (!cal.standing() || cal.expires_at != item.at) return false;
    return pack ? cal.spends_seat() && cal.pack == pack
                : !cal.spends_seat() && cal.product == product;
}

Instant Ledger::restore_window_end() const {
    const auto length = hours(policy_.restore_hours_max.value_or(kRestoreHours));
    return std::min(restoration_.at + length, kInstantMax);
}

bool Ledger::restore_window(Instant now) const {
    return restoration_.pending && now < restore_window_end() &&
           std::ranges::any_of(hosts_, [&](const Host& host) { return awaits(host); });
}

bool Ledger::trusts(const KeyBytes& vendor) const {
    return std::ranges::find(vendors_, vendor) != vendors_.end();
}

ProductId Ledger::find_product(std::string_view code) const {
    const auto found = product_ids_.find(code);
    return found == product_ids_.end() ? ProductId{} : found->second;
}

std::span<const PackId> Ledger::family_packs(ProductId product) const {
    return families_[this->product(product).family];
}

std::vector<ProductId> Ledger::find_products(const std::vector<std::string>& codes) const {
    std::vector<ProductId> products;
    for (const std::string& code : codes)
        products.push_back(find_product(code));
    return products;
}

void Ledger::link_pack(PackId id) {
    const Pack& pack = this->pack(id);
    link_pack(id, product(pack.product).family);
    for (const ProductId other : pack.suite)
        link_pack(id, product(other).family);
}

void Ledger::link_pack(PackId id, uint32_t family) {
    auto& packs = families_[family];
    if (std::ranges::find(packs, id) != packs.end()) return;
    const auto before = [&](PackId a, PackId b) {
        const uint16_t version_a = *version_in(*this, pack(a), family);
        const uint16_t version_b = *version_in(*this, pack(b), family);
        if (version_a != version_b) return version_a < version_b;
        const size_t width_a = pack(a).suite.size();
        const size_t width_b = pack(b).suite.size();
        return width_a != width_b ? width_a < width_b : a < b;
    };
    packs.insert(std::ranges::upper_bound(packs, id, before), id);
}

void Ledger::unlink_pack(PackId id) {
    const Pack& pack = this->pack(id);
    std::erase(families_[product(pack.product).family], id);
    for (const ProductId other : pack.suite)
        std::erase(families_[product(other).family], id);
}

PackId Ledger::find_document(const Bytes16& document) const {
    PackId newest;
    for (const Pack& pack : packs_) {
        // A converted pack has its source's document.
        if (!pack.terms.declared && !pack.converted_from && pack.terms.document == document)
            newest = pack.terms.pack;
    }
    return newest;
}

CalId Ledger::due_in(PackId pack, Instant now) const {
    CalId first;
    packs_[pack.value - 1].due.each_due(
        static_cast<uint32_t>(now.seconds),
        [&](const DueQueue::Item& item) { return in_pool(item, pack, {}); },
        [&](const DueQueue::Item& item) {
            first = item.cal;
            return false;
        });
    return first;
}

template <class Visit>
void Ledger::each_overdraft_due(PackId pack, Instant now, Visit&& visit) const {
    // CALs of a maintained pack may state a later product.
    bool goes_on = true;
    for (const ProductId product : family_products(this->pack(pack).product)) {
        if (!goes_on) return;
        if (!is_product_of(*this, this->pack(pack), product)) continue;
        products_[product.value - 1U].due.each_due(
            static_cast<uint32_t>(now.seconds),
            [&](const DueQueue::Item& item) {
                return in_pool(item, {}, product) && cal(item.cal).is_overdraft() &&
                       cal(item.cal).pack == pack;
            },
            [&](const DueQueue::Item& item) { return goes_on = visit(item); });
    }
}

CalId Ledger::overdraft_due_in(PackId pack, Instant now) const {
    CalId first;
    each_overdraft_due(pack, now, [&](const DueQueue::Item& item) {
        first = item.cal;
        return false;
    });
    return first;
}

std::vector<CalId> Ledger::all_overdraft_due_in(PackId pack, Instant now) const {
    std::vector<CalId> cals;
    each_overdraft_due(pack, now, [&](const DueQueue::Item& item) {
        cals.push_back(item.cal);
        return true;
    });
    return each_once(std::move(cals));
}

const Station* Ledger::station(SubjectId id) const {
    const auto found = std::ranges::lower_bound(stations_, id, {}, &Station::subject);
    if (found == stations_.end() || found->subject != id || found->removed) return nullptr;
    return &*found;
}

std::vector<Withdrawal> Ledger::withdrawn(Instant now) const {
    std::vector<Withdrawal> list;
    for (const Withdrawal& each : withdrawals_) {
        if (each.until > now.seconds && !cal(each.cal).live(now)) list.push_back(each);
    }
    // A host that was told of a loan honours the owner's token again when it is told of its end.
    for (const Loan& each : loans_) {
        if (!is_lent(each.cal, now)) continue;
        list.push_back({.cal = each.cal,
                        .product = cal(each.cal).product,
                        .until = cal(each.stand_in).expires_at});
    }
    std::ranges::sort(list, [](const Withdrawal& a, const Withdrawal& b) {
        return a.cal != b.cal ? a.cal < b.cal : a.until > b.until;
    });
    const auto repeated = std::ranges::unique(list, {}, &Withdrawal::cal);
    list.erase(repeated.begin(), repeated.end());
    return list;
}

void Ledger::forget_old_requests() {
    requests_.forget(time_);
    if (withdrawals_.size() < withdrawals_many_) return;
    std::erase_if(withdrawals_,
                  [&](const Withdrawal& each) { return each.until <= time_.seconds; });
    // Each one is looked at a bounded number of times.
    withdrawals_many_ = std::max<size_t>(1024, withdrawals_.size() * 2);
}

std::vector<CalId> Ledger::all_due_in(PackId pack, Instant now) const {
    std::vector<CalId> cals;
    packs_[pack.value - 1].due.each_due(
        static_cast<uint32_t>(now.seconds),
        [&](const DueQueue::Item& item) { return in_pool(item, pack, {}); },
        [&](const DueQueue::Item& item) {
            cals.push_back(item.cal);
            return true;
        });
    return each_once(std::move(cals));
}

std::vector<CalId> Ledger::due(Instant now, size_t limit) const {
    std::vector<CalId> cals;
    const auto found = [&](const DueQueue::Item& item) {
        if (cals.size() < limit) cals.push_back(item.cal);
        return cals.size() < limit;
    };
    const auto second = static_cast<uint32_t>(now.seconds);
    for (const Pack& pack : packs_) {
        if (cals.size() >= limit) break;
        pack.due.each_due(
            second, [&](const DueQueue::Item& item) { return in_pool(item, pack.terms.pack, {}); },
            found);
    }
    for (size_t i = 0; i < products_.size() && cals.size() < limit; ++i) {
        const ProductId product{static_cast<uint16_t>(i + 1)};
        products_[i].due.each_due(
            second, [&](const DueQueue::Item& item) { return in_pool(item, {}, product); }, found);
    }
    return each_once(std::move(cals));
}

}  // namespace calm
