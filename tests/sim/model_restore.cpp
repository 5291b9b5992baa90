// A backup is restored, in the naive model: the model of that moment comes back, hosts remember
// what they were told, and give it back before seats are given again.
#include <algorithm>

#include "model.h"

namespace calm::sim {

using scenario::Observed;

namespace {

constexpr int64_t kHours = 24 * 3600;

}  // namespace

bool Model::awaited(const std::string& name) const {
    const auto host = hosts_.find(name);
    return host != hosts_.end() && !host->second.removed && host->second.told_in < epoch_;
}

bool Model::seats_are_kept() const {
    return epoch_ > 0 && now_ < restored_at_ + kHours &&
           std::ranges::any_of(hosts_, [&](const auto& each) { return awaited(each.first); });
}

Observed Model::on(const scenario::SetClock& step) {
    if (step.accept && epoch_ > 0) restored_at_ = now_;
    return {};
}

Observed Model::on(const scenario::Backup&) {
    backup_ = std::make_shared<const Model>(*this);
    return {};
}

Observed Model::on(const scenario::Restore&) {
    const auto tokens = tokens_;
    const int64_t now = now_;
    const auto withdrawn = withdrawn_;
    *this = Model(*backup_);
    withdrawn_ = withdrawn;
    tokens_ = tokens;
    now_ = now;
    ++epoch_;
    restored_at_ = now_;
    common_packs_ = static_cast<int>(packs_.size());
    return {};
}

// The host keeps what it was told of this product and holder.
void Model::tell(const scenario::Admit& q, const Answer& given) {
    if (given.cal < 0) return;
    if (awaited(q.host) && seats_are_kept()) return;  // it keeps what it has until it has told
    const Cal& cal = cals_[given.cal];
    Token token{.cal = cal, .document = {}, .epoch = epoch_};
    const int pack = cal.pack >= 0 ? cal.pack : cal.beyond;
    if (pack >= 0 && !packs_[pack].line.declared) token.document = packs_[pack].line.name;
    const auto keep = [&](HolderKind kind, const std::string& name) {
        tokens_.insert_or_assign(TokenKey{q.host, q.product, kind, name}, token);
    };
    if (!q.user.empty() && cal.holder == holder_of(q.user)) return keep(HolderKind::user, q.user);
    if (!q.device.empty() && cal.holder == machine_of(holder_of(q.device)))
        return keep(HolderKind::device, cal.holder.substr(0, cal.holder.rfind('/')));
    for (const auto& [name, place] : places_) {
        if (place_holder(name) == cal.holder) keep(HolderKind::station, name);
    }
}

// The pack that it came from: one that the backup knows, or has the same document.
int Model::known_pack(const Token& token) const {
    const int index = token.cal.pack >= 0 ? token.cal.pack : token.cal.beyond;
    if (index < 0) return -1;
    if (token.document.empty()) return index < common_packs_ ? index : -1;
    return last_of(token.document);
}

// The same, if it still gives seats of this kind.
int Model::its_pack(const Token& token) const {
    if (token.cal.pack < 0) return -1;
    const auto fits = [&](const Pack& pack) {
        return valid(pack) && pack.line.kind == token.cal.kind &&
               (pack.line.product == token.cal.product || carried_to(pack, token.cal.product));
    };
    const int known = known_pack(token);
    return known >= 0 && fits(packs_[known]) ? known : -1;
}

void Model::give_back(const std::string& holder, const Token& token) {
    if (token.cal.of >= 0) return;  // a loan is made anew by who made it
    if (const int pack = known_pack(token); pack >= 0 && !packs_[pack].moved_to.empty()) return;
    Cal given = token.cal;
    given.holder = holder;
    given.issued = std::min(given.issued, now_);
    given.pack = its_pack(token);
    given.beyond = -1;
    const auto own = [&](const Cal& cal) {
        return cal.holder == holder && cal.kind == given.kind && live(cal) && cal.of < 0;
    };
    if (token.cal.seat() && given.pack >= 0) {
        const bool has_one = std::ranges::any_of(
            cals_, [&](const Cal& cal) { return own(cal) && cal.pack == given.pack; });
        if (!has_one && left_in(given.pack) == 0) given.pack = -1;
    }
    if (given.borrowed && given.pack < 0) return;
    if (token.cal.seat()) given.overuse = given.pack < 0;
    const Product& product = products_.at(given.product);
    given.covers.clear();
    if (given.pack >= 0) {
        Pack as_sold = packs_[given.pack];
        as_sold.maintained = 0;
        given.covers = covered_by(as_sold);
        given.ends = std::min(given.ends, as_sold.until);
    }
    // Of a maintained pack the CAL covers what it stated, and no more.
    int& version = given.covers[product.family];
    version = std::max<int>(version, product.version);
    const int rank = worth(given.temporary, given.overuse, given.lease, given.borrowed);
    const auto same = std::ranges::find_if(cals_, [&](const Cal& cal) {
        return own(cal) && worth(cal.temporary, cal.overuse, cal.lease, cal.borrowed) == rank &&
               cal.pack == given.pack && cal.beyond < 0 && cal.product == given.product;
    });
    if (same != cals_.end()) {
        if (same->ends >= given.ends) return;
        given.validated = given.validated || same->validated;
    } else if (std::ranges::any_of(cals_, [&](const Cal& cal) {
                   return own(cal) &&
                          worth(cal.temporary, cal.overuse, cal.lease, cal.borrowed) >= rank &&
                          covers(cal.covers, given.covers) &&
                          (pack_of(cal) < 0 || reaches(pack_of(cal), given));
               })) {
        return;
    }
    const int in_its_place = same == cals_.end() ? -1 : static_cast<int>(same - cals_.begin());
    for (int i = 0; i < static_cast<int>(cals_.size()); ++i) {
        const Cal& cal = cals_[i];
        if (!own(cal) || worth(cal.temporary, cal.overuse, cal.lease, cal.borrowed) > rank ||
            !covers(given.covers, cal.covers)) {
            continue;
        }
        if (i != in_its_place) end_loan(i);
        cals_[i].gone = true;
    }
    // Lent, it stays so.
    for (Cal& cal : cals_) {
        if (in_its_place >= 0 && cal.of == in_its_place) cal.of = static_cast<int>(cals_.size());
    }
    cals_.push_back(given);
}

Observed Model::on(const scenario::Reassert& step) {
    if (step.host == scenario::kImplicitHost) meet_implicit_host();
    if (!awaited(step.host) || !seats_are_kept()) return refused("restore_window_closed");
    for (const auto& [key, token] : tokens_) {
        if (key.host != step.host || token.epoch >= epoch_ || token.cal.ends <= now_) continue;
        if (!products_.contains(token.cal.product) || (token.cal.lease && !token.cal.borrowed))
            continue;
        if (key.kind != HolderKind::station) {
            give_back(machine_of(holder_of(key.name)), token);
        } else if (places_.contains(key.name) && !places_.at(key.name).removed) {
            give_back(place_holder(key.name), token);
        }
    }
    hosts_.at(step.host).told_in = epoch_;
    return {};
}

}  // namespace calm::sim
