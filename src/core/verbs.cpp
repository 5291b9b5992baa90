// Verbs of administration and of time.
#include "core/verbs.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/coverage.h"
#include "core/leases.h"
#include "core/loans.h"
#include "core/machines.h"
#include "core/reservations.h"
#include "core/vendor_word.h"

namespace calm {
namespace {

Result<const Cal*> live_cal(const Ledger& ledger, CalId id, Instant now) {
    if (!ledger.has_cal(id)) {
        return fail("cal_unknown", fmt::format("there is no CAL `{}`", id.value));
    }
    const Cal& cal = ledger.cal(id);
    if (!cal.live(now)) {
        return fail("cal_not_live",
                    fmt::format("CAL `{}` is {} and not held by anybody", id.value,
                                name_of(cal.standing() ? CalState::expired : cal.state)));
    }
    return &cal;
}

// Whether the pack's CALs are, or were when it was sold, of this product's version.
bool is_of_version(const Ledger& ledger, const Pack& pack, ProductId product) {
    const ProductState& asked = ledger.product(product);
    if (ledger.product(pack.product).family != asked.family) return false;
    return ledger.product(pack.product).product.version <= asked.product.version &&
           asked.product.version <= ledger.product(newest_of(ledger, pack)).product.version;
}

bool same_version(const Ledger& ledger, ProductId a, ProductId b) {
    return ledger.product(a).family == ledger.product(b).family &&
           ledger.product(a).product.version == ledger.product(b).product.version;
}

// An agreement belongs to the channel `volume`, and its number looks as its program's do.
Result<> check_sale(const entry::PackInstalled& terms) {
    if (!terms.agreement) return {};
    if (terms.channel != Channel::volume) {
        return fail("bad_agreement", fmt::format("a pack of the channel `{}` has no agreement",
                                                 name_of(terms.channel)));
    }
    return check_agreement(*terms.agreement);
}

// An edition may be sold by core only, or never so (facts rd-licensing 12, "SQL Server 2012").
Result<> check_kind(const Ledger& ledger, std::string_view code, PackKind kind) {
    const ProductRules& rules = ledger.product(ledger.find_product(code)).product.rules;
    if (sold_in(rules, kind)) return {};
    return fail("pack_kind_not_sold",
                fmt::format("`{}` is sold in packs of the kind {}, not {}", code,
                            fmt::join(pack_kind_names(rules.pack_kinds), " or "), name_of(kind)));
}

// How the product is sold, and how much of it (facts rd-licensing 12).
Result<> check_quantity(const Ledger& ledger, const entry::PackInstalled& terms, Instant now) {
    if (terms.quantity == 0) return fail("pack_malformed", "the pack holds no CAL");
    if (terms.metric != PackMetric::named && !is_cal_kind(terms.kind))
        return fail("pack_malformed",
                    "only CALs of users and devices are counted by who is connected");
    const ProductId product = ledger.find_product(terms.product);
    const ProductRules& rules = ledger.product(product).product.rules;
    if (terms.kind == PackKind::server &&
        uint64_t{terms.quantity} * rules.cals_included > kPackQuantityMax)
        return fail("pack_malformed", "more CALs than a pack may hold come with these licenses");
    if (terms.kind == PackKind::core && rules.core_pack > 1 &&
        terms.quantity % rules.core_pack != 0) {
        return fail("pack_malformed", fmt::format("cores of `{}` are sold in packs of {}",
                                                  terms.product, rules.core_pack));
    }
    if (is_cal_kind(terms.kind) && rules.cal_pack > 1 && terms.quantity % rules.cal_pack != 0) {
        return fail("pack_malformed", fmt::format("CALs of `{}` are sold in packs of {}",
                                                  terms.product, rules.cal_pack));
    }
    const auto sizes = stated_sizes(rules.cal_pack_sizes);
    if (is_cal_kind(terms.kind) && !sizes.empty() &&
        std::ranges::find(sizes, terms.quantity) == sizes.end()) {
        return fail("pack_malformed", fmt::format("CALs of `{}` are sold in packs of {}",
                                                  terms.product, fmt::join(sizes, " or ")));
    }
    if (!is_cal_kind(terms.kind) || rules.cals_max == 0) return {};
    uint64_t owned = 0;
    for (const Pack& pack : ledger.packs()) {
        if (!pack.removed && !pack.expired(now) && pack.product == product &&
            is_cal_kind(pack.terms.kind)) {
            owned += pack.quantity();
        }
    }
    if (owned + terms.quantity <= rules.cals_max) return {};
    return fail("pack_over_maximum",
                fmt::format("{} CALs of `{}` are installed, and {} are the most that one license "
                            "server may have",
                            owned, terms.product, rules.cals_max));
}

// What comes with a pack of server licenses: CALs per user, which whoever wants the other kind
// converts before they are held (facts rd-licensing 12, "SBS 2003": either type). Their number of
// a document follows from that of the pack, which no other pack has.
std::optional<entry::PackInstalled> included_cals(const Ledger& ledger,
                                                  const entry::PackInstalled& with) {
    const ProductRules& rules = ledger.product(ledger.find_product(with.product)).product.rules;
    if (with.kind != PackKind::server || rules.cals_included == 0) return {};
    entry::PackInstalled cals = with;
    cals.pack = {with.pack.value + 1};
    cals.kind = PackKind::per_user;
    cals.quantity = with.quantity * rules.cals_included;
    cals.overdraft = 0;
    cals.included_with = with.pack;
    for (uint8_t& byte : cals.document)
        byte = static_cast<uint8_t>(~byte);
    return cals;
}

// What another license server handed over comes in once.
Result<> check_origin(const Ledger& ledger, const entry::PackInstalled& terms) {
    if (!terms.moved_from || terms.moved_from->sequence == 0) return {};
    for (const Pack& pack : ledger.packs()) {
        if (pack.terms.moved_from == terms.moved_from && !pack.terms.included_with) {
            return fail("transfer_used",
                        fmt::format("what this transfer hands over came in before, as pack {}",
                                    pack.terms.pack.value));
        }
    }
    return {};
}

// A signed pack comes in once, and so do the CALs that come with it.
Result<> check_new(const Ledger& ledger, const entry::PackInstalled& terms) {
    const PackId known = terms.declared ? PackId{} : ledger.find_document(terms.document);
    if (!known || ledger.pack(known).may_come_again(terms)) return {};
    return fail("pack_already_installed",
                fmt::format("the pack was installed before, as pack {}", known.value));
}

// A pack and the CALs that came with it, what was converted out of them included.
std::vector<PackId> removed_together(const Ledger& ledger, PackId pack) {
    std::vector<PackId> together{pack};
    for (const Pack& each : ledger.packs()) {
        if (each.terms.included_with == pack && !each.removed) together.push_back(each.terms.pack);
    }
    return together;
}

}  // namespace

CalStatement statement_of(const Ledger& ledger, CalId id) {
    const Cal& cal = ledger.cal(id);
    return {.cal = id,
            .holder = cal.holder,
            .kind = cal.kind(),
            .product = ledger.product(cal.product).product.code,
            .pack = cal.pack,
            .state = cal.state,
            .overuse = cal.overuse(),
            .validated = cal.validated(),
            .converted = cal.pack && ledger.pack(cal.pack).converted_from,
            .issued_at = {cal.issued_at},
            .expires_at = {cal.expires_at},
            .host = {},
            .lease = cal.lease(),
            .borrowed = cal.borrowed()};
}

Result<Entries> decide_validation(const Ledger& ledger, CalId cal, Instant now) {
    CALM_TRY_ASSIGN(const Cal* held, live_cal(ledger, cal, std::max(now, ledger.time())));
    if (held->state != CalState::temporary || held->validated()) return Entries{};
    CalStatement validated = statement_of(ledger, cal);
    validated.validated = true;
    return Entries{entry::CalValidated{validated}};
}

RevocationRoom revocation_room(const Ledger& ledger, ProductId product, Instant now) {
    now = std::max(now, ledger.time());
    RevocationRoom room;
    for (const Pack& pack : ledger.packs()) {
        if (pack.valid(now) && pack.terms.kind == PackKind::per_device && !pack.leases() &&
            is_of_version(ledger, pack, product)) {
            room.installed += pack.quantity();
        }
    }
    std::vector<uint32_t> revoked;  // until when each one counts
    for (const Withdrawal& each : ledger.withdrawals()) {
        if (each.revoked && each.until > now.seconds && same_version(ledger, each.product, product))
            revoked.push_back(each.until);
    }
    room.revoked = revoked.size();
    room.limit = room.installed * ledger.product(product).product.rules.revoke_percent / 100;
    if (room.revoked >= room.limit && room.limit > 0) {
        // So many must stop counting; packs may have gone since, so that is not always one.
        const auto last = revoked.begin() + static_cast<ptrdiff_t>(room.revoked - room.limit);
        std::ranges::nth_element(revoked, last);
        room.next = Instant{static_cast<int64_t>(*last)};
    }
    return room;
}

Result<Entries> decide_revocation(const Ledger& ledger, CalId cal, RevocationReason why,
                                  Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY_ASSIGN(const Cal* held, live_cal(ledger, cal, now));
    if (held->kind() != PackKind::per_device || !held->spends_seat() || held->lease()) {
        return fail(
            "revoke_needs_device_cal",
            fmt::format("CAL `{}` is not an active device CAL; release it instead", cal.value));
    }
    const RevocationRoom room = revocation_room(ledger, held->product, now);
    if (room.revoked < room.limit) {
        Entries entries;
        end_loan(ledger, cal, entries);
        entries.emplace_back(entry::CalRevoked{cal, why});
        return entries;
    }
    const std::string next =
        room.next ? "the next may be revoked after " + to_rfc3339(*room.next) : "it allows none";
    return fail("revoke_limit_reached",
                fmt::format("{} of the {} device CALs of this version are revoked already and "
                            "{} % is the limit; {}",
                            room.revoked, room.installed,
                            ledger.product(held->product).product.rules.revoke_percent, next));
}

Result<Entries> decide_release(const Ledger& ledger, CalId cal, ReturnReason why, Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY_ASSIGN(const Cal* held, live_cal(ledger, cal, now));
    const uint16_t wait = ledger.product(held->product).product.rules.reassign_days;
    const Instant free_at = Instant{held->issued_at} + days(wait);
    // A concurrent seat is nobody's for longer than a session.
    if (why == ReturnReason::reassigned && now < free_at && !held->lease()) {
        return fail("reassignment_too_early",
                    fmt::format("CAL `{}` was given to its holder at {}; it may be reassigned from "
                                "{} on",
                                cal.value, to_rfc3339({held->issued_at}), to_rfc3339(free_at)));
    }
    Entries entries;
    end_loan(ledger, cal, entries);
    entries.emplace_back(entry::CalReturned{cal, why});
    return entries;
}

Result<Entries> decide_conversion(const Ledger& ledger, PackId pack, uint32_t quantity,
                                  Instant now) {
    now = std::max(now, ledger.time());
    if (!ledger.has_pack(pack) || ledger.pack(pack).removed) {
        return fail("pack_unknown", fmt::format("there is no pack `{}`", pack.value));
    }
    const Pack& source = ledger.pack(pack);
    const PackKind kind = source.terms.kind;
    if ((kind != PackKind::per_user && kind != PackKind::per_device) ||
        source.terms.metric != PackMetric::named || source.expired(now) || source.revoked) {
        return fail("pack_not_convertible",
                    fmt::format("pack `{}` is expired or revoked, or not one of CALs for users or "
                                "devices",
                                pack.value));
    }
    CALM_TRY(check_kind(ledger, source.terms.product, other_kind(kind)));
    for (const std::string& code : source.terms.also)
        CALM_TRY(check_kind(ledger, code, other_kind(kind)));
    Entries entries;
    for (const CalId cal : ledger.all_due_in(pack, now))
        entries.emplace_back(entry::CalExpired{cal});
    const auto free = static_cast<uint32_t>(left_for(ledger, pack, SubjectId{}, now));
    if (quantity == 0) quantity = free;
    if (quantity == 0 || quantity > free) {
        return fail("too_few_seats",
                    fmt::format("{} CALs of pack `{}` are held by nobody and kept for no group",
                                free, pack.value));
    }
    entries.emplace_back(
        entry::PackConverted{.source = pack, .pack = ledger.next_pack(), .quantity = quantity});
    return entries;
}

Result<Entries> decide_installation(const Ledger& ledger, const entry::PackInstalled& terms,
                                    Instant now) {
    now = std::max(now, ledger.time());
    if (renewed_by(ledger, terms)) return decide_renewal(ledger, terms, now);
    const ProductId product = ledger.find_product(terms.product);
    if (!product) {
        return fail("pack_product_unknown",
                    fmt::format("the pack is for `{}`, which is not defined here", terms.product));
    }
    if (const auto suite = check_suite(terms.product, terms.also); !suite) {
        return fail("pack_malformed", suite.error().detail);
    }
    for (const std::string& code : terms.also) {
        if (!ledger.find_product(code)) {
            return fail("pack_product_unknown",
                        fmt::format("the suite covers `{}`, which is not defined here", code));
        }
        CALM_TRY(check_kind(ledger, code, terms.kind));
    }
    CALM_TRY(check_kind(ledger, terms.product, terms.kind));
    CALM_TRY(check_quantity(ledger, terms, now));
    CALM_TRY(check_sale(terms));
    if (terms.expires_at && *terms.expires_at <= now) {
        return fail("pack_expired",
                    fmt::format("the pack was valid until {}", to_rfc3339(*terms.expires_at)));
    }
    if (terms.declared) {
        // Of a product without CALs whatever else is sold of it may be entered by hand, too.
        const CalRequirement required = ledger.product(product).product.rules.requirement;
        if (required == CalRequirement::activated ||
            (required == CalRequirement::none && is_cal_kind(terms.kind))) {
            return fail("pack_malformed",
                        fmt::format("CALs of `{}` need a signed pack; only those of "
                                    "trusted products are declared by hand",
                                    terms.product));
        }
    } else {
        if (!ledger.trusts(terms.vendor)) {
            return fail("pack_vendor_unknown", "the pack's vendor is not trusted by this server");
        }
        if (ledger.is_revoked(terms.vendor, terms.document))
            return fail("pack_revoked", "its vendor has taken it back");
        CALM_TRY(check_origin(ledger, terms));
        CALM_TRY(check_new(ledger, terms));
    }
    entry::PackInstalled installed = terms;
    installed.pack = ledger.next_pack();
    Entries entries{installed};
    if (const auto cals = included_cals(ledger, installed)) {
        CALM_TRY(check_new(ledger, *cals));
        entries.emplace_back(*cals);
    }
    return entries;
}

Result<Entries> decide_removal(const Ledger& ledger, PackId pack, Instant now) {
    if (!ledger.has_pack(pack) || ledger.pack(pack).removed) {
        return fail("pack_unknown", fmt::format("there is no pack `{}`", pack.value));
    }
    now = std::max(now, ledger.time());
    if (const PackId with = ledger.pack(pack).terms.included_with) {
        return fail("pack_in_use", fmt::format("the CALs of pack `{}` came with pack `{}`, and are "
                                               "removed with it",
                                               pack.value, with.value));
    }
    Entries entries;
    const std::vector<PackId> together = removed_together(ledger, pack);
    for (const PackId id : together) {
        std::vector<CalId> over = ledger.all_due_in(id, now);
        std::ranges::copy(ledger.all_overdraft_due_in(id, now), std::back_inserter(over));
        const Pack& removed = ledger.pack(id);
        if (const size_t held = removed.used + removed.overdrawn - over.size(); held > 0) {
            return fail("pack_in_use", fmt::format("{} CALs of pack `{}` are held; release them "
                                                   "first",
                                                   held, id.value));
        }
        for (const CalId cal : over) {
            // A loan ends with the pack at the latest.
            if (const Loan* loan = ledger.loan_of(cal))
                entries.emplace_back(entry::CalExpired{loan->stand_in});
            entries.emplace_back(entry::CalExpired{cal});
        }
    }
    expire_left_stand_ins(ledger, together, entries);
    for (const PackId id : together) {
        for (const Reservation& each : ledger.pack(id).reservations)
            entries.emplace_back(entry::SeatsReserved{id, each.group, 0});
        entries.emplace_back(entry::PackRemoved{id});
    }
    return entries;
}

Result<Entries> decide_product(const Ledger& ledger, const Product& product) {
    CALM_TRY(check_product(product));
    for (const std::string& code : product.bases) {
        const ProductId base = ledger.find_product(code);
        if (!base) {
            return fail("bad_product", fmt::format("the base `{}` is not defined here", code));
        }
        if (ledger.product(base).product.family == product.family) {
            return fail("bad_product",
                        fmt::format("the base `{}` is of the same family as `{}`; a newer CAL "
                                    "covers it anyway",
                                    code, product.code));
        }
    }
    const ProductId known = ledger.find_product(product.code);
    if (!known) return Entries{entry::ProductSet{product}};
    const Product& present = ledger.product(known).product;
    if (present.family != product.family || present.version != product.version) {
        return fail("bad_product", fmt::format("family and version of `{}` never change; define "
                                               "another product",
                                               product.code));
    }
    Product stated = product;
    if (!stated.released) stated.released = present.released;
    if (present.released && stated.released != present.released) {
        return fail("bad_product", fmt::format("the day on which `{}` came out never changes; it "
                                               "is {}",
                                               product.code, to_rfc3339(*present.released)));
    }
    if (present == stated) return Entries{};
    return Entries{entry::ProductSet{stated}};
}

Entries decide_expiries(const Ledger& ledger, Instant now, size_t limit) {
    Entries entries;
    for (const CalId cal : ledger.due(std::max(now, ledger.time()), limit))
        entries.emplace_back(entry::CalExpired{cal});
    for (const Waiting& each : ledger.waiting()) {
        if (entries.size() >= limit) break;
        if (!each.live(std::max(now, ledger.time()))) entries.emplace_back(left_line(ledger, each));
    }
    return entries;
}

Result<Entries> decide_erasure(const Ledger& ledger, SubjectId subject, ErasureReason why) {
    if (!ledger.has_subject(subject) || ledger.subject(subject).erased) {
        return fail("subject_unknown", "nobody of this name is known here");
    }
    if (ledger.subject(subject).kind == HolderKind::station)
        return fail("subject_unknown", "a station is no person; remove the station instead");
    Entries entries;
    part(ledger, subject, entries);
    leave_groups(ledger, subject, entries);
    for (CalId id = ledger.subject(subject).first; id; id = ledger.cal(id).next) {
        if (!ledger.cal(id).standing()) continue;
        end_loan(ledger, id, entries);
        entries.emplace_back(entry::CalReturned{id, ReturnReason::erased});
    }
    for (const Installation& each : ledger.installations()) {
        if (each.computer == subject)
            entries.emplace_back(entry::InstallationReleased{each.pack, subject});
    }
    for (const Waiting& each : ledger.waiting()) {
        if (each.holder == subject) entries.emplace_back(left_line(ledger, each));
    }
    entries.emplace_back(entry::SubjectErased{subject, why});
    return entries;
}

}  // namespace calm
