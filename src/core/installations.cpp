// Binding installations to computers.
#include "core/installations.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/coverage.h"

namespace calm {
namespace {

bool serves(const Ledger& ledger, const Pack& pack, ProductId product) {
    const ProductState& asked = ledger.product(product);
    if (pack.terms.kind != PackKind::installation) return false;
    const auto version = reach_in(ledger, pack, asked.family);
    return version && *version >= asked.product.version;
}

// What the computer has for the product, of packs that are over too.
const Installation* any_installation(const Ledger& ledger, SubjectId computer, ProductId product) {
    for (const Installation& each : ledger.installations()) {
        if (each.computer == computer && serves(ledger, ledger.pack(each.pack), product))
            return &each;
    }
    return nullptr;
}

Result<> check_product_known(const Ledger& ledger, ProductId product) {
    if (product && product.value <= ledger.products().size()) return {};
    return fail("product_unknown", "no such product is defined here");
}

// A stranger becomes a device of the ledger first.
SubjectId subject_of(const Ledger& ledger, const Computer& computer, Entries& entries) {
    if (computer.subject) return ledger.machine(computer.subject);
    entries.emplace_back(entry::SubjectAdded{.subject = ledger.next_subject(),
                                             .kind = HolderKind::device,
                                             .commitment = computer.commitment});
    return ledger.next_subject();
}

std::unexpected<Error> none_here(const Ledger& ledger, ProductId product) {
    return fail("installation_unknown", fmt::format("the computer has no installation of `{}`",
                                                    ledger.product(product).product.code));
}

}  // namespace

const Installation* installation_of(const Ledger& ledger, SubjectId computer, ProductId product,
                                    Instant now) {
    computer = ledger.machine(computer);
    for (const Installation& each : ledger.installations()) {
        const Pack& pack = ledger.pack(each.pack);
        if (each.computer == computer && pack.valid(now) && serves(ledger, pack, product))
            return &each;
    }
    return nullptr;
}

Result<Entries> decide_claim(const Ledger& ledger, ProductId product, const Computer& computer,
                             Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY(check_product_known(ledger, product));
    if (installation_of(ledger, computer.subject, product, now) != nullptr) return Entries{};
    const std::string& code = ledger.product(product).product.code;
    uint64_t bound = 0;
    for (const PackId id : ledger.family_packs(product)) {
        const Pack& pack = ledger.pack(id);
        if (!pack.usable(now) || !serves(ledger, pack, product)) continue;
        bound += pack.used;
        if (pack.free() == 0) continue;
        Entries entries;
        const SubjectId subject = subject_of(ledger, computer, entries);
        entries.emplace_back(entry::InstallationClaimed{id, subject});
        return entries;
    }
    if (bound == 0) {
        return fail("pack_unknown",
                    fmt::format("no pack of installations of `{}` is valid here", code));
    }
    return fail(
        "installation_taken",
        fmt::format("all installations of `{}` are bound to other computers: {}", code, bound));
}

Result<Entries> decide_move(const Ledger& ledger, ProductId product, SubjectId from,
                            const Computer& to, Instant now) {
    now = std::max(now, ledger.time());
    CALM_TRY(check_product_known(ledger, product));
    const Installation* present = installation_of(ledger, from, product, now);
    if (present == nullptr) return none_here(ledger, product);
    if (installation_of(ledger, to.subject, product, now) != nullptr) {
        return fail("installation_exists",
                    fmt::format("the other computer has an installation of `{}` already",
                                ledger.product(product).product.code));
    }
    Entries entries;
    const SubjectId subject = subject_of(ledger, to, entries);
    entries.emplace_back(entry::InstallationMoved{present->pack, ledger.machine(from), subject});
    return entries;
}

Result<Entries> decide_unclaim(const Ledger& ledger, ProductId product, SubjectId computer,
                               Instant now) {
    CALM_TRY(check_product_known(ledger, product));
    const Installation* present =
        installation_of(ledger, computer, product, std::max(now, ledger.time()));
    if (present == nullptr) present = any_installation(ledger, ledger.machine(computer), product);
    if (present == nullptr) return none_here(ledger, product);
    return Entries{entry::InstallationReleased{present->pack, present->computer}};
}

}  // namespace calm
