// Devices become one machine, and two again.
#include "core/machines.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

Result<> check_device(const Ledger& ledger, SubjectId id) {
    if (ledger.has_subject(id) && ledger.subject(id).erased == 0 &&
        ledger.subject(id).kind == HolderKind::device) {
        return {};
    }
    return fail("subject_unknown", "no device of this name is known here");
}

template <class Visit>
void each_cal(const Ledger& ledger, SubjectId holder, Visit&& visit) {
    for (CalId id = ledger.subject(holder).first; id; id = ledger.cal(id).next)
        visit(id, ledger.cal(id));
}

// A seat is worth more than a concurrent one, that more than over-use, and that more than the first
// days of a device.
int worth(const Cal& cal) {
    if (!cal.pack && !cal.overuse()) return 1;
    if (cal.overuse()) return 2;
    return cal.lease() ? 3 : 4;
}

bool does_as_much(const Ledger& ledger, const Cal& a, const Cal& b) {
    return worth(a) >= worth(b) && covers_all(ledger, a, b);
}

bool in_a_loan(const Ledger& ledger, SubjectId device, Instant now) {
    bool found = false;
    each_cal(ledger, device, [&](CalId id, const Cal& cal) {
        found = found || (cal.live(now) && (cal.on_loan() || ledger.is_lent(id, now)));
    });
    return found;
}

class Merging {
  public:
    Merging(const Ledger& ledger, SubjectId into, SubjectId device, Instant now)
        : ledger_(ledger), into_(into), device_(device), now_(now), next_(ledger.next_cal()) {}

    Entries entries() {
        entries_.emplace_back(entry::DevicesMerged{.device = device_, .into = into_});
        each_cal(ledger_, device_, [&](CalId id, const Cal& cal) {
            if (cal.live(now_)) bring(id, cal);
        });
        for (const Installation& each : ledger_.installations()) {
            if (each.computer == device_) bring(each);
        }
        return std::move(entries_);
    }

  private:
    void bring(CalId id, const Cal& cal) {
        bool has = false;
        each_cal(ledger_, into_, [&](CalId, const Cal& own) {
            // A concurrent seat leaves alone what lasts.
            has = has || (own.live(now_) && (!own.lease() || cal.overuse()) &&
                          does_as_much(ledger_, own, cal));
        });
        // The machine asks again, and its sessions take one seat then.
        has = has || cal.lease();
        entries_.emplace_back(
            entry::CalReturned{id, has ? ReturnReason::replaced : ReturnReason::merged});
        if (has) return;
        each_cal(ledger_, into_, [&](CalId own_id, const Cal& own) {
            if (!own.live(now_) || !does_as_much(ledger_, cal, own)) return;
            if (given_up_.insert(own_id).second) entries_.emplace_back(entry::CalReturned{own_id});
        });
        CalStatement carried = statement_of(ledger_, id);
        carried.cal = next_;
        carried.holder = into_;
        ++next_.value;
        entries_.emplace_back(entry::CalIssued{carried});
    }
    void bring(const Installation& installation) {
        const bool has = std::ranges::any_of(ledger_.installations(), [&](const Installation& own) {
            return own.computer == into_ && own.pack == installation.pack;
        });
        if (has) {
            entries_.emplace_back(entry::InstallationReleased{installation.pack, device_});
        } else {
            entries_.emplace_back(entry::InstallationMoved{installation.pack, device_, into_});
        }
    }

    const Ledger& ledger_;
    SubjectId into_;
    SubjectId device_;
    Instant now_;
    CalId next_;
    std::set<CalId> given_up_;
    Entries entries_;
};

class Separation {
  public:
    Separation(const Ledger& ledger, const Merge& merge, Instant now)
        : ledger_(ledger), merge_(merge), machine_(ledger.machine(merge.device)), now_(now) {}

    Entries entries() {
        entries_.emplace_back(entry::DeviceSeparated{merge_.device});
        if (const Doubt* doubt = ledger_.doubt_of(merge_.device); doubt && !doubt->accepted)
            entries_.emplace_back(entry::DeviceAccepted{merge_.device});
        each_cal(ledger_, merge_.device, [&](CalId id, const Cal& cal) {
            if (cal.state != CalState::returned || cal.sequence < merge_.sequence || cal.lease())
                return;
            if (cal.carried() && bring_back(id, cal)) return;
            if (cal.expires_at > now_.seconds) give_again(id, cal);
        });
        return std::move(entries_);
    }

  private:
    CalStatement restored(CalId id, const Cal& as) const {
        CalStatement cal = statement_of(ledger_, id);
        cal.state = worth(as) == 1 ? CalState::temporary : CalState::active;
        cal.validated = as.validated();
        cal.issued_at = {int64_t{as.issued_at}};
        cal.expires_at = {int64_t{as.expires_at}};
        return cal;
    }
    // What went over is still there: it is the device's again.
    bool bring_back(CalId id, const Cal& cal) {
        CalId there;
        const auto better = [&](const Cal& a, const Cal& b) {
            return a.expires_at != b.expires_at ? a.expires_at > b.expires_at
                                                : a.validated() && !b.validated();
        };
        each_cal(ledger_, machine_, [&](CalId own_id, const Cal& own) {
            if (!own.live(now_) || own.lease() || own.on_loan() || ledger_.is_lent(own_id, now_))
                return;
            if (own.pack == cal.pack && own.product == cal.product && worth(own) == worth(cal) &&
                !taken_.contains(own_id) && (!there || better(own, ledger_.cal(there)))) {
                there = own_id;
            }
        });
        if (!there) return false;
        taken_.insert(there);
        entries_.emplace_back(entry::CalReturned{there, ReturnReason::merged});
        entries_.emplace_back(entry::CalIssued{restored(id, ledger_.cal(there))});
        return true;
    }
    void give_again(CalId id, const Cal& cal) {
        if (worth(cal) == 4 && !take_seat(cal.pack)) return;
        if (worth(cal) == 2 && cal.pack && !take_overdraft(cal.pack)) return;
        entries_.emplace_back(entry::CalIssued{restored(id, cal)});
    }
    bool take_seat(PackId id) {
        const Pack& pack = ledger_.pack(id);
        if (!pack.valid(now_) || ledger_.restore_window(now_)) return false;
        uint32_t& given = given_[id];
        if (given < pack.free()) {
            ++given;
            return true;
        }
        const std::vector<CalId> over = ledger_.all_due_in(id, now_);
        const size_t next = given - pack.free();
        if (next >= over.size()) return false;
        ++given;
        entries_.emplace_back(entry::CalExpired{over[next]});
        return true;
    }
    bool take_overdraft(PackId id) {
        const Pack& pack = ledger_.pack(id);
        if (!pack.valid(now_)) return false;
        uint32_t& drawn = drawn_[id];
        const uint32_t left = pack.terms.overdraft - pack.overdrawn;
        if (drawn >= left) {
            const std::vector<CalId> over = ledger_.all_overdraft_due_in(id, now_);
            if (drawn - left >= over.size()) return false;
            entries_.emplace_back(entry::CalExpired{over[drawn - left]});
        }
        ++drawn;
        return true;
    }

    const Ledger& ledger_;
    Merge merge_;
    SubjectId machine_;
    Instant now_;
    std::set<CalId> taken_;
    std::map<PackId, uint32_t> given_;
    std::map<PackId, uint32_t> drawn_;
    Entries entries_;
};

}  // namespace

Result<Entries> decide_merge(const Ledger& ledger, SubjectId device, SubjectId other, Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY(check_device(ledger, device));
    CALM_TRY(check_device(ledger, other));
    const SubjectId into = ledger.machine(device);
    const SubjectId from = ledger.machine(other);
    if (into == from) return Entries{};
    if (in_a_loan(ledger, into, now) || in_a_loan(ledger, from, now))
        return fail("loan_exists", "a CAL of one of them is lent, or on loan");
    return Merging(ledger, into, from, now).entries();
}

Result<Entries> decide_separation(const Ledger& ledger, SubjectId device, Instant now) {
    CALM_TRY(check_device(ledger, device));
    const Merge* merge = ledger.merge_of(device);
    if (merge == nullptr)
        return fail("device_not_merged", "the device is no other name of a machine");
    return Separation(ledger, *merge, std::max(now, ledger.time())).entries();
}

Result<Entries> decide_acceptance(const Ledger& ledger, SubjectId device, Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY(check_device(ledger, device));
    if (!ledger.is_doubted(device))
        return fail("device_not_doubted", "the device looks like no other, or it was decided");
    Entries entries{entry::DeviceAccepted{device}};
    each_cal(ledger, device, [&](CalId id, const Cal& cal) {
        if (cal.state != CalState::temporary || !cal.live(now) || cal.validated()) return;
        CalStatement validated = statement_of(ledger, id);
        validated.validated = true;
        entries.emplace_back(entry::CalValidated{validated});
    });
    return entries;
}

void part(const Ledger& ledger, SubjectId subject, Entries& entries) {
    for (const Merge& each : ledger.merges()) {
        if (each.device != subject && each.into != subject) continue;
        entries.emplace_back(entry::DeviceSeparated{each.device});
        if (const Doubt* doubt = ledger.doubt_of(each.device); doubt && !doubt->accepted)
            entries.emplace_back(entry::DeviceAccepted{each.device});
    }
}

}  // namespace calm
