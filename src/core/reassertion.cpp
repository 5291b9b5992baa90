// Where a CAL of a lost log finds its place in the present one.
#include "core/reassertion.h"

#include <algorithm>

#include "core/coverage.h"
#include "core/loans.h"

namespace calm {
namespace {

// A seat that lasts is worth more than a concurrent one, the more so when that is not borrowed;
// that more than over-use, and that more than the first days of a device.
int worth_to_return(const Cal& cal) {
    if (cal.state == CalState::temporary) return 1;
    if (cal.overuse()) return 2;
    return cal.passing() ? 3 : cal.lease() ? 4 : 5;
}

class Return {
  public:
    Return(const Ledger& ledger, const Reassertion& told, Instant now)
        : ledger_(ledger), told_(told), now_(now), cal_(told.cal) {}

    Entries entries() {
        // What a pack has given ends when it goes to another license server.
        if (is_of_moved_pack()) return {};
        choose_place();
        // One that was borrowed is nothing beyond a pack's seats; its token admits to its end.
        if (cal_.borrowed && !cal_.pack) return {};
        const CalId same = held_in_its_place();
        if (same && ledger_.cal(same).expires_at >= cal_.expires_at.seconds) return {};
        if (!same && something_as_good()) return {};
        if (expired_ && expired_ != same) entries_.emplace_back(entry::CalExpired{expired_});
        const SubjectId holder = subject();
        each_own([&](CalId id, const Cal& cal) {
            if (id == same || worth_to_return(cal) > worth_to_return(given_) ||
                !covers_all(ledger_, given_, cal))
                return;
            end_loan(ledger_, id, entries_);
            entries_.emplace_back(entry::CalReturned{id});
        });
        cal_.cal = same ? same : ledger_.next_cal();
        cal_.validated = cal_.validated || (same && ledger_.cal(same).validated());
        cal_.holder = holder;
        cal_.host = told_.host;
        cal_.issued_at = std::min(cal_.issued_at, now_);
        entries_.emplace_back(entry::CalReasserted{cal_, told_.epoch, told_.sequence});
        return std::move(entries_);
    }

  private:
    template <class Visit>
    void each_own(Visit&& visit) const {
        if (told_.holder.presence != Party::Presence::known) return;
        for (CalId id = ledger_.subject(told_.holder.subject).first; id;
             id = ledger_.cal(id).next) {
            const Cal& cal = ledger_.cal(id);
            if (cal.live(now_) && cal.kind() == cal_.kind && !cal.on_loan()) visit(id, cal);
        }
    }

    // The pack that it came from, whatever became of that; zero: none, or one that was installed
    // after the backup.
    PackId known_pack() const {
        if (!cal_.pack) return {};
        // A converted pack has its source's document.
        const bool by_document = told_.document && !cal_.converted;
        const PackId id = by_document ? ledger_.find_document(*told_.document) : cal_.pack;
        if (!ledger_.has_pack(id)) return {};
        const bool common =
            by_document || ledger_.pack(id).sequence < ledger_.restoration().sequence;
        return common ? id : PackId{};
    }
    bool is_of_moved_pack() const {
        const PackId id = known_pack();
        return id && ledger_.pack(id).moved;
    }

    PackId its_pack() const {
        const PackId id = known_pack();
        if (!id) return {};
        const Pack& pack = ledger_.pack(id);
        return pack.valid(now_) && pack.terms.kind == cal_.kind &&
                       is_product_of(ledger_, pack, ledger_.find_product(cal_.product))
                   ? id
                   : PackId{};
    }

    void choose_place() {
        const bool seat = cal_.state == CalState::active && !cal_.overuse;
        const PackId pack = seat ? its_pack() : PackId{};
        cal_.pack = {};
        cal_.converted = false;
        if (seat) {
            cal_.overuse = true;
            bool own = false;
            each_own([&](CalId, const Cal& cal) {
                own = own || (cal.spends_seat() && cal.pack == pack);
            });
            if (pack && !own && ledger_.pack(pack).free() == 0)
                expired_ = ledger_.due_in(pack, now_);
            if (pack && (own || ledger_.pack(pack).free() > 0 || expired_)) {
                cal_.pack = pack;
                cal_.overuse = false;
                // The pack's end may have been another one in the lost log.
                cal_.expires_at = std::min(
                    cal_.expires_at, ledger_.pack(pack).terms.expires_at.value_or(kInstantMax));
                cal_.converted = static_cast<bool>(ledger_.pack(pack).converted_from);
            }
        }
        given_ = {.holder = {},
                  .pack = cal_.pack,
                  .next = {},
                  .product = ledger_.find_product(cal_.product),
                  .state = cal_.state,
                  .flags = cal_.overuse    ? Cal::kOveruse
                           : cal_.borrowed ? uint8_t{Cal::kLease | Cal::kBorrowed}
                                           : uint8_t{}};
    }

    // What the holder has at the same place: it is this CAL, perhaps with an earlier end.
    CalId held_in_its_place() const {
        CalId same;
        each_own([&](CalId id, const Cal& cal) {
            if (worth_to_return(cal) == worth_to_return(given_) && cal.pack == given_.pack &&
                cal.product == given_.product && !same)
                same = id;
        });
        return same;
    }
    bool something_as_good() const {
        bool found = false;
        each_own([&](CalId, const Cal& cal) {
            found = found || (worth_to_return(cal) >= worth_to_return(given_) &&
                              covers_all(ledger_, cal, given_));
        });
        return found;
    }

    // A stranger becomes a subject first.
    SubjectId subject() {
        if (told_.holder.presence == Party::Presence::known) return told_.holder.subject;
        const SubjectId next = ledger_.next_subject();
        entries_.emplace_back(entry::SubjectAdded{
            .subject = next, .kind = told_.holder_kind, .commitment = told_.holder.commitment});
        return next;
    }

    const Ledger& ledger_;
    const Reassertion& told_;
    Instant now_;
    CalStatement cal_;  // as it will be stated
    Cal given_;         // the same, for comparing
    CalId expired_;     // whose written expiry frees its seat
    Entries entries_;
};

Result<> check_awaited(const Ledger& ledger, HostId host, Instant now) {
    if (ledger.has_host(host) && ledger.restore_window(now) && ledger.awaits(ledger.host(host)))
        return {};
    return fail("restore_window_closed", "nothing is awaited of this host");
}

}  // namespace

Result<Entries> decide_reassertion(const Ledger& ledger, const Reassertion& told, Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY(check_awaited(ledger, told.host, now));
    if (told.epoch >= ledger.epoch())
        return fail("token_of_this_epoch", "the log that is served knows this CAL");
    if (!ledger.find_product(told.cal.product)) return fail("product_unknown", told.cal.product);
    if (told.cal.expires_at <= now) return fail("cal_not_live", "its time is over");
    if (told.cal.lease && !told.cal.borrowed)
        return fail("cal_not_live", "a concurrent seat is asked for again");
    const bool known = told.holder.presence == Party::Presence::known;
    if (told.holder_kind == HolderKind::station &&
        (!known || ledger.station(told.holder.subject) == nullptr)) {
        return fail("station_unknown", "the station was added after the backup was made");
    }
    // A loan that the backup lacks is made anew by who made it.
    if (told.cal.of) return fail("cal_not_live", "it was on loan");
    Reassertion resolved = told;
    resolved.holder.subject = ledger.machine(told.holder.subject);
    return Return(ledger, resolved, now).entries();
}

Result<Entries> decide_reasserted(const Ledger& ledger, HostId host, Instant now) {
    CALM_TRY(check_awaited(ledger, host, std::max(now, ledger.time())));
    return Entries{entry::HostReasserted{host}};
}

}  // namespace calm
