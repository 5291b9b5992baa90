// What hosts and computers have been given: seats of packs that no CAL spends.
#include <algorithm>

#include "base/assert.h"
#include "core/ledger.h"

namespace calm {
namespace {

auto place_of(const Installation& installation) {
    return std::pair(installation.pack, installation.computer);
}

}  // namespace

// `quantity` of the pack from now on; zero: none. `since` stays when more are given.
void Ledger::license_host(Host& host, PackId id, uint32_t quantity, Instant at) {
    Pack& pack = packs_[id.value - 1];
    const auto found = std::ranges::lower_bound(host.licenses, id, {}, &HostLicense::pack);
    const bool known = found != host.licenses.end() && found->pack == id;
    if (known) pack.used -= found->quantity;
    pack.used += quantity;
    CALM_ASSERT(pack.used <= pack.quantity());  // I1
    if (known && quantity > 0) {
        found->quantity = quantity;
    } else if (known) {
        host.licenses.erase(found);
    } else if (quantity > 0) {
        host.licenses.insert(found, {.pack = id, .quantity = quantity, .since = at});
    }
}

void Ledger::install(const Installation& installation) {
    Pack& pack = packs_[installation.pack.value - 1];
    ++pack.used;
    CALM_ASSERT(pack.used <= pack.quantity());  // I1
    const auto at = std::ranges::lower_bound(installations_, place_of(installation), {}, place_of);
    installations_.insert(at, installation);
}

Installation Ledger::uninstall(PackId pack, SubjectId computer) {
    const Installation wanted{.pack = pack, .computer = computer, .since = {}};
    const auto at = std::ranges::lower_bound(installations_, place_of(wanted), {}, place_of);
    CALM_ASSERT(at != installations_.end() && place_of(*at) == place_of(wanted));
    const Installation removed = *at;
    installations_.erase(at);
    --packs_[pack.value - 1].used;
    return removed;
}

void Ledger::undo_host(const Undo& undo, const Host& before) {
    Host& host = hosts_[undo.thing - 1];
    for (const HostLicense& each : host.licenses)
        packs_[each.pack.value - 1].used -= each.quantity;
    for (const HostLicense& each : before.licenses)
        packs_[each.pack.value - 1].used += each.quantity;
    host = before;
}

// `before`: what was there; of a claim: what came.
void Ledger::undo_installation(const Undo& undo, const Installation& before) {
    if (applied<entry::InstallationClaimed>(undo)) {
        uninstall(before.pack, before.computer);
        return;
    }
    if (applied<entry::InstallationMoved>(undo)) uninstall(before.pack, SubjectId{undo.thing});
    install(before);
}

bool Ledger::rebuild_hosts() {
    for (const Host& host : hosts_) {
        for (const ProductId id : host.runs) {
            if (!id || id.value > products_.size()) return false;
        }
        PackId last;
        for (const HostLicense& each : host.licenses) {
            if (each.pack <= last || !has_pack(each.pack) || each.quantity == 0 ||
                each.since < Instant{} || each.since > kInstantMax) {
                return false;
            }
            last = each.pack;
            Pack& pack = packs_[each.pack.value - 1];
            if (host.removed || pack.removed || !is_host_kind(pack.terms.kind) ||
                each.quantity > pack.free()) {
                return false;
            }
            pack.used += each.quantity;
        }
    }
    return true;
}

bool Ledger::rebuild_installations() {
    Installation last;
    for (const Installation& each : installations_) {
        if (place_of(each) <= place_of(last) || !has_pack(each.pack) ||
            !has_subject(each.computer) || each.since < Instant{} || each.since > kInstantMax) {
            return false;
        }
        last = each;
        const Subject& computer = subject(each.computer);
        Pack& pack = packs_[each.pack.value - 1];
        if (computer.kind != HolderKind::device || computer.erased != 0 || pack.removed ||
            pack.terms.kind != PackKind::installation || pack.free() == 0) {
            return false;
        }
        ++pack.used;
    }
    return true;
}

}  // namespace calm
