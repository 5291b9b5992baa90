// What vendors say of this license server and of their packs, and what their packs make of it.
#include <algorithm>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {

const VendorState& Ledger::vendor_state(const KeyBytes& vendor) const {
    const auto known = std::ranges::find(vendors_, vendor);
    CALM_ASSERT(known != vendors_.end());
    return vendor_states_[static_cast<size_t>(known - vendors_.begin())];
}

bool Ledger::is_revoked(const KeyBytes& vendor, const Bytes16& document) const {
    return trusts(vendor) && std::ranges::binary_search(vendor_state(vendor).revoked, document);
}

VendorState& Ledger::change_vendor(const KeyBytes& vendor, Undo& undo) {
    const auto index = static_cast<size_t>(std::ranges::find(vendors_, vendor) - vendors_.begin());
    undo.thing = static_cast<uint32_t>(index + 1);
    undo.before = vendor_states_[index];
    return vendor_states_[index];
}

// CALs that came with a pack are the vendor's as that pack is.
void Ledger::tell_pack(Pack& pack) const {
    if (pack.terms.declared || !trusts(pack.terms.vendor)) return;
    const PackId with = pack.terms.included_with;
    const Bytes16& document = with ? this->pack(with).terms.document : pack.terms.document;
    pack.revoked = is_revoked(pack.terms.vendor, document);
    pack.activated_until = vendor_state(pack.terms.vendor).activated_until;
}

void Ledger::tell_packs(const KeyBytes& vendor) {
    for (Pack& pack : packs_) {
        if (pack.terms.vendor == vendor) tell_pack(pack);
    }
}

bool Ledger::undo_vendor(const Undo& undo) {
    if (const auto* state = std::get_if<VendorState>(&undo.before)) {
        vendor_states_[undo.thing - 1] = *state;
        tell_packs(vendors_[undo.thing - 1]);
        return true;
    }
    if (const auto* renewed = std::get_if<entry::PackRenewed>(&undo.before)) {
        entry::PackInstalled& terms = packs_[renewed->pack.value - 1].terms;
        terms.renewal = renewed->renewal;
        terms.expires_at = renewed->expires_at;
        terms.maintained_until = renewed->maintained_until;
        return true;
    }
    return false;
}

bool Ledger::vendors_are_sound() const {
    return vendor_states_.size() == vendors_.size() &&
           std::ranges::all_of(vendor_states_, [](const VendorState& state) {
               return state.activated_until.seconds >= 0 && state.activated_until <= kInstantMax &&
                      std::ranges::adjacent_find(state.revoked, std::greater_equal()) ==
                          state.revoked.end();
           });
}

}  // namespace calm
