// Taking the newest entry back: the state is then what it was, bit for bit.
#include <algorithm>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {
void Ledger::undo(const Undo& undo) {
    CALM_ASSERT(undo.sequence + 1 == size_);
    if (undo.remembered) requests_.pop_last();
    size_ = undo.sequence;
    time_ = undo.time;
    if (undo.cal) {
        undo_cal(undo);
    } else if (applied<entry::ProductSet>(undo)) {
        undo_product(undo);
    } else {
        undo_rest(undo);
    }
}

void Ledger::undo_cal(const Undo& undo) {
    Cal& cal = cals_[undo.cal.value - 1];
    if (cal.on_loan() && cal.standing()) end_loan(undo.cal);
    if (cal.state == CalState::revoked || cal.state == CalState::returned) withdrawals_.pop_back();
    const bool lease = cal.lease() || (undo.cal_before && undo.cal_before->lease());
    detach(cal);
    if (undo.cal_before) {
        cal = *undo.cal_before;
        attach(undo.cal);
        if (undo.loan) begin_loan(*undo.loan);
    } else {
        subjects_[cal.holder.value - 1].first = cal.next;
        cals_.pop_back();
    }
    if (lease) set_uses(undo.cal, undo.uses);
}

void Ledger::undo_product(const Undo& undo) {
    if (const auto* before = std::get_if<Product>(&undo.before)) {
        ProductState& state = products_[find_product(before->code).value - 1U];
        state.product = *before;
        state.bases = find_products(before->bases);
        state.sequence = undo.stated_before;
        return;
    }
    const ProductState& added = products_.back();
    family_products_[added.family].pop_back();
    if (family_products_[added.family].empty()) {  // a family that it began is the newest
        family_ids_.erase(added.product.family);
        families_.pop_back();
        family_products_.pop_back();
    }
    product_ids_.erase(added.product.code);
    products_.pop_back();
}

void Ledger::undo_rest(const Undo& undo) {
    if (undo_machine(undo) || undo_group(undo) || undo_vendor(undo)) return;
    if (applied<entry::SecondFactorRemoved>(undo)) return;  // it changed nothing
    if (applied<entry::QueueJoined>(undo) || applied<entry::QueueLeft>(undo)) {
        undo_queue(undo);
    } else if (const auto* counted = std::get_if<HostId>(&undo.before)) {
        packs_[undo.thing - 1].host = *counted;
    } else if (const auto* host = std::get_if<Host>(&undo.before)) {
        undo_host(undo, *host);
    } else if (const auto* installation = std::get_if<Installation>(&undo.before)) {
        undo_installation(undo, *installation);
    } else if (const auto* policy = std::get_if<Policy>(&undo.before)) {
        policy_ = *policy;
    } else if (const auto* epoch = std::get_if<Undo::Epoch>(&undo.before)) {
        epoch_ = epoch->number;
        restoration_ = epoch->restoration;
    } else if (const auto* station = std::get_if<Station>(&undo.before)) {
        *std::ranges::lower_bound(stations_, station->subject, {}, &Station::subject) = *station;
    } else if (applied<entry::StationSet>(undo)) {
        std::erase_if(stations_,
                      [&](const Station& each) { return each.subject.value == undo.thing; });
    } else if (applied<entry::LedgerCreated>(undo)) {
        identity_.reset();
    } else if (applied<entry::NodeAdded>(undo)) {
        nodes_.pop_back();
    } else if (applied<entry::VendorTrusted>(undo)) {
        vendors_.pop_back();
        vendor_states_.pop_back();
    } else if (applied<entry::PackInstalled>(undo)) {
        unlink_pack(packs_.back().terms.pack);
        packs_.pop_back();
    } else if (applied<entry::PackConverted>(undo)) {
        packs_[undo.thing - 1].converted -= packs_.back().terms.quantity;
        unlink_pack(packs_.back().terms.pack);
        packs_.pop_back();
    } else if (applied<entry::PackRemoved>(undo)) {
        packs_[undo.thing - 1].removed = false;
    } else if (applied<entry::PackMoved>(undo)) {
        Pack& pack = packs_[undo.thing - 1];
        pack.removed = false;
        pack.moved.reset();
    } else if (applied<entry::HostEnrolled>(undo)) {
        hosts_.pop_back();
    } else if (applied<entry::SubjectAdded>(undo)) {
        subjects_.pop_back();
    } else {
        CALM_ASSERT(applied<entry::SubjectErased>(undo));
        subjects_[undo.thing - 1].erased = 0;
    }
}

}  // namespace calm
