// The invariants I1 to I6 of design.md 2, each over random histories. What is looked at here is the
// log itself wherever that is possible, so that a mistake of the ledger's own books would be seen.
#include "core/invariants.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/core_runner.h"
#include "moves.h"

namespace calm::sim {
namespace {

using scenario::CoreRunner;
using scenario::fold;
using scenario::state_bytes;

// Plays a history and calls `look(runner, line)` behind each line.
template <class Look>
void play_history(const std::string& text, Look look) {
    const auto parsed = scenario::parse_scenario(text);
    RC_ASSERT(parsed.has_value());
    CoreRunner runner;
    for (const scenario::Line& line : parsed->lines) {
        const auto seen = runner(line.step);
        RC_ASSERT(seen.has_value());
        if (seen->reason) ++decisions[*seen->reason];
        look(runner, line);
    }
}

bool is_admission(const scenario::Line& line) {
    return std::holds_alternative<scenario::Admit>(line.step);
}

// Who holds what, read off the log alone.
class Books {
  public:
    // A new epoch: the log is another one.
    void read(CoreRunner& runner) {
        const uint32_t epoch = runner.ledger().epoch();
        if (epoch != epoch_) {
            *this = {};
            epoch_ = epoch;
        }
        read(std::span(runner.log()));
    }

  private:
    void read(std::span<const LedgerEntry> log) {
        for (; read_ < log.size(); ++read_) {
            const LedgerEntry& entry = log[read_];
            now_ = entry.at;
            if (const CalStatement* stated = stated_cal(entry.body)) cals_[stated->cal] = *stated;
            if (const auto* pack = std::get_if<entry::PackInstalled>(&entry.body))
                packs_[pack->pack] = *pack;
            if (const auto* made = std::get_if<entry::PackConverted>(&entry.body)) {
                packs_[made->pack] = packs_.at(made->source);
                packs_[made->pack].quantity = made->quantity;
                packs_[made->pack].overdraft = 0;
                packs_[made->source].quantity -= made->quantity;
            }
            if (const auto* given = std::get_if<entry::HostLicensed>(&entry.body))
                given_[{given->host, given->pack}] = given->quantity;
            if (const auto* taken = std::get_if<entry::HostUnlicensed>(&entry.body))
                RC_ASSERT(given_.erase({taken->host, taken->pack}) == 1);
            if (const auto* claim = std::get_if<entry::InstallationClaimed>(&entry.body))
                RC_ASSERT(installed_.insert({claim->pack, claim->computer}).second);
            if (const auto* moved = std::get_if<entry::InstallationMoved>(&entry.body)) {
                RC_ASSERT(installed_.erase({moved->pack, moved->computer}) == 1);
                RC_ASSERT(installed_.insert({moved->pack, moved->to}).second);
            }
            if (const auto* back = std::get_if<entry::InstallationReleased>(&entry.body))
                RC_ASSERT(installed_.erase({back->pack, back->computer}) == 1);
            if (const auto* counted = std::get_if<entry::PackAssigned>(&entry.body))
                counts_at_[counted->pack] = counted->host;
            if (const auto* product = std::get_if<entry::ProductSet>(&entry.body))
                products_[product->product.code] = product->product;
            if (const auto* over = std::get_if<entry::CalExpired>(&entry.body)) {
                RC_ASSERT(cals_.at(over->cal).expires_at <= entry.at);  // I5: never before its time
                cals_.erase(over->cal);
            }
            if (const auto* back = std::get_if<entry::CalRevoked>(&entry.body))
                cals_.erase(back->cal);
            if (const auto* back = std::get_if<entry::CalReturned>(&entry.body))
                cals_.erase(back->cal);
            check();
        }
    }

    void check() {
        std::map<PackId, uint64_t> spent;
        std::map<PackId, uint64_t> drawn;
        std::map<std::pair<SubjectId, PackKind>, std::vector<const CalStatement*>> seats;
        for (const auto& [id, cal] : cals_) {
            if (!cal.pack || cal.of) continue;  // a stand-in's uses the seat of the lent one
            ++(cal.overuse ? drawn : spent)[cal.pack];
            if (cal.expires_at > now_) seats[{cal.holder, cal.kind}].push_back(&cal);
        }
        for (const auto& [place, quantity] : given_)
            spent[place.second] += quantity;
        for (const auto& [pack, computer] : installed_)
            ++spent[pack];
        for (const auto& [pack, count] : spent)
            RC_ASSERT(count <= packs_.at(pack).quantity);  // I1
        for (const auto& [pack, count] : drawn)
            RC_ASSERT(count <= packs_.at(pack).overdraft);  // I1
        for (const auto& [holder, held] : seats) {
            for (const CalStatement* a : held) {
                for (const CalStatement* b : held)
                    RC_ASSERT(a == b || !pays_for(*a, *b));  // I4
            }
        }
    }

    // The families that one of its pack's CALs serves, each up to a version.
    std::map<std::string, int> covers(const CalStatement& cal) const {
        const entry::PackInstalled& pack = packs_.at(cal.pack);
        std::vector<std::string> codes = pack.also;
        codes.push_back(pack.product);
        codes.push_back(cal.product);  // a later version, of a maintained pack
        std::map<std::string, int> covers;
        for (const std::string& code : codes) {
            const Product& product = products_.at(code);
            int& version = covers[product.family];
            version = std::max<int>(version, product.version);
        }
        return covers;
    }
    // What is beyond a pack's seats leaves a seat for less alone.
    bool pays_for(const CalStatement& a, const CalStatement& b) const {
        // … and a concurrent seat what lasts.
        if (a.lease && (!b.lease || b.borrowed) && !b.overuse) return false;
        return covers_all(a, b) && (!a.overuse || b.overuse || covers_all(b, a));
    }
    bool covers_all(const CalStatement& more, const CalStatement& less) const {
        const auto counts_at = counts_at_.find(more.pack);
        if (counts_at != counts_at_.end() && more.pack != less.pack) {
            const auto other = counts_at_.find(less.pack);
            if (other == counts_at_.end() || other->second != counts_at->second) return false;
        }
        const auto served = covers(more);
        return std::ranges::all_of(covers(less), [&](const auto& each) {
            const auto found = served.find(each.first);
            return found != served.end() && found->second >= each.second;
        });
    }

    size_t read_ = 0;
    uint32_t epoch_ = 0;
    Instant now_;
    std::map<CalId, CalStatement> cals_;
    std::map<PackId, entry::PackInstalled> packs_;
    std::map<std::pair<HostId, PackId>, uint64_t> given_;
    std::set<std::pair<PackId, SubjectId>> installed_;
    std::map<std::string, Product> products_;
    std::map<PackId, HostId> counts_at_;  // of per-server packs
};

RC_GTEST_PROP(I1, TheCalsOutOfAPackNeverExceedItsQuantity, ()) {
    const std::string text = history(*moves(), {.lying_clocks = true});
    Books books;
    play_history(text, [&](CoreRunner& runner, const auto&) { books.read(runner); });
}

RC_GTEST_PROP(I1, NorDoTheyWhenABackupIsRestored, ()) {
    const std::string text = history(*moves(), {.lying_clocks = true, .restores = true});
    Books books;
    play_history(text, [&](CoreRunner& runner, const auto&) { books.read(runner); });
}

RC_GTEST_PROP(I2, AdmittedIsSaidOnlyWhenWhatItRestsOnIsInTheLog, ()) {
    const std::string text = history(*moves(80), {.lying_clocks = true, .restores = true});
    play_history(text, [&](CoreRunner& runner, const scenario::Line& line) {
        if (!is_admission(line) || !runner.last_asked()) return;
        const auto& [request, product, at, decision] = *runner.last_asked();
        RC_ASSERT(decision.rests_on <= runner.log().size());
        if (decision.verdict() == Verdict::deny || decision.reason == Reason::initial_grace ||
            decision.reason == Reason::restore_window ||
            decision.reason == Reason::administration_over_seats) {
            // Any entry could have made another answer of it.
            RC_ASSERT(decision.rests_on == runner.log().size());
            return;
        }
        const Ledger durable = fold(std::span(runner.log()).first(decision.rests_on));
        const ProductId id = durable.find_product(product);
        RC_ASSERT(id != ProductId{});
        if (decision.reason == Reason::not_required) {
            RC_ASSERT(durable.product(id).product.rules.requirement == CalRequirement::none);
        }
        if (!decision.cal || decision.repeated) return;
        RC_ASSERT(durable.has_cal(decision.cal));
        const Cal& cal = durable.cal(decision.cal);
        RC_ASSERT(cal.live(std::max(at, durable.time())));
        RC_ASSERT(cal.expires_at == decision.expires_at.seconds);
    });
}

struct Told {
    CoreRunner::Asked asked;
    uint64_t rests_on;
};

RC_GTEST_PROP(I3, ARepeatedRequestIdGetsTheSameAnswerWhateverCrashed, ()) {
    const std::string text = history(*moves());
    std::vector<Told> told;
    std::vector<LedgerEntry> log;
    play_history(text, [&](CoreRunner& runner, const scenario::Line& line) {
        log = runner.log();
        if (!is_admission(line) || !runner.last_asked()) return;
        const auto& asked = *runner.last_asked();
        if (asked.request.id && !asked.decision.entries.empty())
            told.push_back({asked, asked.decision.rests_on});
    });
    // A crash loses what was not on disk; answers that rested on it were not given.
    const size_t durable = *rc::gen::inRange<size_t>(1, log.size() + 1);
    const Ledger ledger = fold(std::span(log).first(durable));
    for (const Told& each : told) {
        if (each.rests_on > durable) continue;
        if (ledger.time() >= each.asked.at + RequestMemory::kKept) continue;
        AdmissionRequest again = each.asked.request;
        again.product = each.asked.product;
        const auto answer = decide(ledger, again, ledger.time());
        RC_ASSERT(answer.has_value());
        RC_ASSERT(answer->repeated && answer->entries.empty());
        RC_ASSERT(answer->reason == each.asked.decision.reason);
        RC_ASSERT(answer->cal == each.asked.decision.cal);
        RC_ASSERT(answer->expires_at == each.asked.decision.expires_at);
        ++again.content;
        const auto other = decide(ledger, again, ledger.time());
        RC_ASSERT(!other.has_value() && other.error().code == "request_id_reused");
    }
}

RC_GTEST_PROP(I4, OneHolderNeverPaysTwiceForOneRight, ()) {
    const std::string text = history(*moves(), {.lying_clocks = true, .restores = true});
    Books books;
    play_history(text, [&](CoreRunner& runner, const auto&) {
        books.read(runner);
        const auto broken = broken_invariant(runner.ledger(), runner.now());
        if (broken) RC_FAIL(*broken);
    });
}

RC_GTEST_PROP(I5, AQuestionWithAnEarlierTimeIsAskedAtTheLedgersTime, ()) {
    const std::string text = history(*moves());
    play_history(text, [&](CoreRunner& runner, const scenario::Line& line) {
        if (!is_admission(line) || !runner.last_asked()) return;
        AdmissionRequest request = runner.last_asked()->request;
        request.product = runner.last_asked()->product;
        request.id.reset();
        if (request.user.presence == Party::Presence::stranger ||
            request.device.presence == Party::Presence::stranger) {
            return;
        }
        const Ledger& ledger = runner.ledger();
        const auto then = decide(ledger, request, ledger.time() - days(400));
        const auto now = decide(ledger, request, ledger.time());
        RC_ASSERT(then->reason == now->reason);
        RC_ASSERT(then->cal == now->cal);
        RC_ASSERT(then->expires_at == now->expires_at);
        RC_ASSERT(then->entries == now->entries);
    });
}

// One user's CAL of 60 days under a wall clock that lies: it is honoured for 60 real days, whatever
// the wall clock says; longer only while the wall clock is ahead, because ledger time then stands.
RC_GTEST_PROP(I5, ALyingClockNeitherLengthensARightNorTakesItAway, ()) {
    CoreRunner runner;
    const auto setup = scenario::parse_scenario(
        "product p requires activated renewal 0d\nhost h mode per_user\npack P p per_user 1\n");
    for (const scenario::Line& line : setup->lines)
        RC_ASSERT(runner(line.step)->refused.empty());
    scenario::Admit ask;
    ask.user = "anna";
    ask.product = "p";
    ask.host = "h";
    RC_ASSERT(runner(ask)->reason == Reason::cal_issued);

    int64_t real = 0;
    int64_t lie = 0;
    for (const Move move : *moves(60)) {
        const int64_t size[] = {0, 3600, 86400, 40 * 86400, 400LL * 86400, 3650LL * 86400};
        if (move % 3 == 0) {
            lie = size[move / 3 % 6] * (move / 18 % 2 == 0 ? 1 : -1);
            RC_ASSERT(runner(scenario::SetClock{.by = {lie}}).has_value());
        } else {
            const int64_t passed = static_cast<int64_t>(move / 3 % (3 * 86400));
            real += passed;
            RC_ASSERT(runner(scenario::Advance{{passed}}).has_value());
        }
        const int64_t believed = (runner.now() - scenario::kStart).count;
        RC_ASSERT(believed <= real);
        if (lie <= 0) RC_ASSERT(believed == real);
        scenario::Holds holds{{HolderKind::user, "anna"}, "p"};
        const bool held = runner(holds)->holding->what == scenario::Holding::What::active;
        if (real < 60 * 86400) RC_ASSERT(held);
        if (real >= 60 * 86400 && lie <= 0) RC_ASSERT(!held);
    }
}

RC_GTEST_PROP(I6, TheRightsAreTheFoldOfTheLog, ()) {
    const std::string text = history(*moves(), {.lying_clocks = true});
    const size_t every = *rc::gen::inRange<size_t>(10, 60);
    play_history(text, [&](CoreRunner& runner, const scenario::Line& line) {
        if (line.number % every != 0) return;
        RC_ASSERT(state_bytes(fold(runner.log())) == state_bytes(runner.ledger()));
    });
}

}  // namespace
}  // namespace calm::sim
