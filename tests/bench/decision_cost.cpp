// links: calm_core
// What one decision costs, in instructions that callgrind counts: on a small ledger (one product,
// one pack, one holder) and on a large one (10 products, 100 packs, a million holders). The large
// one may cost at most twice the small one (issue "All the CAL rules"); scripts/decision-cost runs
// it and compares.
//
//   decision_cost small|large held|issued|refused [DECISIONS]
//
// DECISIONS (2000) questions are asked inside measured(), which callgrind is told to collect; what
// they would write is not applied, so that each one meets the same ledger.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/admission.h"

namespace {

using namespace calm;

constexpr Instant kBegin{1'767'225'600};  // 2026-01-01T00:00:00Z

struct Shape {
    uint32_t products = 1;
    uint32_t packs = 1;
    uint32_t holders = 1;
};

class Bench {
  public:
    explicit Bench(Shape shape) : shape_(shape) {
        add(entry::LedgerCreated{});
        for (uint32_t i = 0; i < shape.products; ++i) {
            Product product;
            product.code = "product-" + std::to_string(i + 1);
            product.family = product.code;
            product.rules = {.overuse = OverUse::refuse, .initial_grace_days = 0};
            add(entry::ProductSet{product});
        }
        add(entry::HostEnrolled{
            .host = {1}, .mode = LicensingMode::per_user, .grace_until = kBegin});
        // In each pack one seat stays free.
        const uint32_t per_pack = shape.holders / shape.packs + 1;
        for (uint32_t i = 0; i < shape.packs; ++i) {
            entry::PackInstalled pack{
                .pack = {i + 1}, .product = code(i), .quantity = per_pack, .not_before = kBegin};
            pack.document[0] = static_cast<uint8_t>(i);
            pack.document[1] = static_cast<uint8_t>(i >> 8);
            add(pack);
        }
        for (uint32_t i = 0; i < shape.holders; ++i)
            give(i);
    }

    // Spends the seats that are left; those of the last pack of the first product only if it is
    // told to: a newcomer's seat is then the last one that is looked at.
    void fill(bool last_too) {
        const uint32_t last = (shape_.packs - 1) / shape_.products * shape_.products;
        for (uint32_t pack = 0; pack < shape_.packs; ++pack) {
            if (pack == last && !last_too) continue;
            while (ledger_.pack({pack + 1}).free() > 0)
                give_from(pack);
        }
    }

    AdmissionRequest by_holder(uint32_t holder) const {
        AdmissionRequest request = by_stranger();
        request.user = {.presence = Party::Presence::known, .subject = {holder + 1}};
        return request;
    }
    AdmissionRequest by_stranger() const {
        AdmissionRequest request;
        request.host = {1};
        request.product = first_;
        request.user.presence = Party::Presence::stranger;
        return request;
    }
    // Holders of the first product stand at multiples of the number of packs.
    uint32_t holder_of_first(uint32_t n) const { return (n * shape_.packs) % shape_.holders; }
    const Ledger& ledger() const { return ledger_; }

  private:
    std::string code(uint32_t pack) const {
        return "product-" + std::to_string(pack % shape_.products + 1);
    }
    void give(uint32_t i) { give_from(i % shape_.packs); }
    void give_from(uint32_t pack) {
        const SubjectId holder = ledger_.next_subject();
        add(entry::SubjectAdded{.subject = holder});
        add(entry::CalIssued{{.cal = ledger_.next_cal(),
                              .holder = holder,
                              .product = code(pack),
                              .pack = {pack + 1},
                              .issued_at = kBegin,
                              .expires_at = kBegin + days(60),
                              .host = {1}}});
    }
    void add(EntryBody body) {
        ledger_.apply({.sequence = ledger_.size(), .at = kBegin, .body = std::move(body)});
    }

    Shape shape_;
    Ledger ledger_;
    std::string first_ = "product-1";
};

// Its own function, so that callgrind can be told to count in it only.
[[gnu::noinline]] uint64_t measured(const Bench& bench, std::string_view what, uint64_t decisions) {
    uint64_t allowed = 0;
    for (uint64_t i = 0; i < decisions; ++i) {
        const auto n = static_cast<uint32_t>(i);
        const auto request =
            what == "held" ? bench.by_holder(bench.holder_of_first(n)) : bench.by_stranger();
        const auto decision = decide(bench.ledger(), request, kBegin + days(1));
        if (decision && decision->verdict() == Verdict::allow) ++allowed;
    }
    return allowed;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view size = argc > 1 ? argv[1] : "";
    const std::string_view what = argc > 2 ? argv[2] : "";
    const uint64_t decisions = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 2000;
    const bool known = (size == "small" || size == "large") &&
                       (what == "held" || what == "issued" || what == "refused");
    if (!known || decisions == 0) {
        std::fprintf(stderr, "usage: decision_cost small|large held|issued|refused [DECISIONS]\n");
        return 2;
    }
    Bench bench(size == "small" ? Shape{} : Shape{10, 100, 1'000'000});
    bench.fill(what == "refused");
    const uint64_t allowed = measured(bench, what, decisions);
    std::printf("%llu of %llu admitted\n", static_cast<unsigned long long>(allowed),
                static_cast<unsigned long long>(decisions));
    return allowed == (what == "refused" ? 0 : decisions) ? 0 : 1;
}
