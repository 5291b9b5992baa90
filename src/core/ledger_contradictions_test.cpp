// Records of a snapshot that contradict each other, each alone, about products, packs and hosts:
// the snapshot is refused.
#include <gtest/gtest.h>

#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::kBefore1970;
using test::kOtherServer;
using test::kTooLate;
using test::row;
using test::state_read_from;
using test::WholeLedger;

constexpr uint8_t kNo = 0;
constexpr uint8_t kYes = 1;

class AContradiction : public testing::Test {
  protected:
    const WholeLedger kit;
    const std::string bytes = kit.bytes();

    void refuses(const char* what, const std::string& from, const std::string& to) const {
        SCOPED_TRACE(what);
        Ledger ledger;
        const auto read = test::read_back(ledger, test::damaged(bytes, from, to));
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, "snapshot_malformed");
        EXPECT_EQ(read.error().detail, "the snapshot's records contradict each other");
    }
    const Pack& pack(PackId id) const { return kit.ledger.pack(id); }
    // A pack as its row begins.
    std::string terms(PackId id, const char* product, PackKind kind, uint32_t quantity,
                      uint8_t channel = 0) const {
        return row(id, pack(id).terms.document, product, kind, quantity, channel);
    }
    // The row's part behind `moved_from`, to `removed`.
    static std::string fate(uint64_t sequence, uint32_t converted, PackId from, uint8_t removed) {
        return row(kNo, sequence, converted, from, removed);
    }
    std::string fate(PackId id) const {
        const Pack& p = pack(id);
        return fate(p.sequence, p.converted, p.converted_from, p.removed ? kYes : kNo);
    }
};

TEST_F(AContradiction, IsNotInTheStateThatIsDamagedHere) {
    EXPECT_EQ(state_read_from(bytes), bytes);
}

TEST_F(AContradiction, OfTheWholeLedgerIsRefused) {
    const auto start = row(kit.ledger.size(), kit.ledger.time(), uint32_t{2}, kYes);
    refuses("time", start, row(kit.ledger.size(), kBefore1970, uint32_t{2}, kYes));
    refuses("time", start, row(kit.ledger.size(), kTooLate, uint32_t{2}, kYes));
    const Restoration& restored = kit.ledger.restoration();
    const auto restoration = row(kYes, restored.sequence, restored.at);
    refuses("its entry", restoration, row(kYes, kit.ledger.size() + 1, restored.at));
    refuses("its day", restoration, row(kYes, restored.sequence, kBefore1970));
    refuses("a mode", row(LicensingMode::per_user, uint16_t{33}), row(uint8_t{9}, uint16_t{33}));
}

TEST_F(AContradiction, OfProductsIsRefused) {
    refuses("a code twice", row("ts-2019", "ts"), row("ts-2022", "ts"));
    const auto version = row("ts-2019", "ts", uint16_t{2019}, kNo);
    refuses("what it requires", version + row(CalRequirement::activated),
            version + row(uint8_t{9}));
    const auto base = row("mailplus", "mailplus", uint16_t{0}, kYes);
    refuses("no such base", base + row("mail"), base + row("mair"));
    refuses("itself as its base", base + row("mail"), base + row("mailplus"));
    const auto released = [&](Instant at, uint64_t sequence) { return row(kYes, at, sequence); };
    const ProductState& latest = kit.ledger.product(kit.ledger.find_product("ts-2025"));
    const auto stated = released(*latest.product.released, latest.sequence);
    refuses("its day", stated, released(kBefore1970, latest.sequence));
    refuses("its day", stated, released(kTooLate, latest.sequence));
    refuses("its entry", stated, released(*latest.product.released, kit.ledger.size()));
}

TEST_F(AContradiction, OfAPacksTermsIsRefused) {
    const auto sold = terms(kit.devices, "ts-2022", PackKind::per_device, 4);
    refuses("its number", sold, row(PackId{99}) + sold.substr(sizeof(uint32_t)));
    refuses("its product", sold, terms(kit.devices, "ts-2023", PackKind::per_device, 4));
    refuses("its kind", sold, terms(kit.devices, "ts-2022", PackKind{9}, 4));
    refuses("a kind that its CALs have not", sold,
            terms(kit.devices, "ts-2022", PackKind::core, 4));
    refuses("no CAL", terms(kit.came, "mail", PackKind::per_user, 2),
            terms(kit.came, "mail", PackKind::per_user, 0));
    refuses("its channel", sold, terms(kit.devices, "ts-2022", PackKind::per_device, 4, 9));
    refuses("fewer CALs than are out", terms(kit.users, "ts-2022", PackKind::per_user, 10, 2),
            terms(kit.users, "ts-2022", PackKind::per_user, 2, 2));
    refuses("fewer seats than are kept", terms(kit.users, "ts-2022", PackKind::per_user, 10, 2),
            terms(kit.users, "ts-2022", PackKind::per_user, 4, 2));

    const Instant begin = pack(kit.users).terms.not_before;
    refuses("its beginning", row(begin), row(kBefore1970));
    const auto end = row(kYes, test::kBegin + days(500));
    refuses("its end", end, row(kYes, kTooLate));
    const auto maintained = row(kYes, test::kBegin + days(400));
    refuses("its maintenance", maintained, row(kYes, kTooLate));
    const auto agreement = row(kYes, AgreementProgram::select, "1234567");
    refuses("its program", agreement, row(kYes, uint8_t{9}, "1234567"));
    refuses("its number", agreement, row(kYes, AgreementProgram::select, "12345"));
}

TEST_F(AContradiction, OfASuiteIsRefused) {
    const auto suite = [](const char* also, uint8_t metric, uint32_t overdraft) {
        return row(kYes, also, metric, overdraft);
    };
    refuses("no such product", suite("mail", 0, 77), suite("mair", 0, 77));
    refuses("its own product", suite("mail", 0, 77), suite("ts-2022", 0, 77));
    refuses("its metric", suite("mail", 0, 77), suite("mail", 9, 77));
}

TEST_F(AContradiction, OfAPacksFateIsRefused) {
    const uint64_t size = kit.ledger.size();
    const Pack& devices = pack(kit.devices);
    refuses("its entry", fate(kit.devices), fate(size, 2, {}, kNo));
    refuses("more converted than it has", fate(kit.devices), fate(devices.sequence, 5, {}, kNo));
    refuses("converted from itself", fate(kit.devices),
            fate(devices.sequence, 2, kit.devices, kNo));
    refuses("removed with CALs out", fate(kit.devices), fate(devices.sequence, 2, {}, kYes));
    const auto included = [&](PackId with) {
        return row(with, kNo, kNo, uint32_t{0}, pack(kit.included).sequence);
    };
    refuses("came with itself", included(kit.servers), included(kit.included));
    const auto counts = [&](uint32_t host) { return fate(kit.per_server) + row(kNo, host); };
    refuses("counts at no host that is", counts(1), counts(4));
}

TEST_F(AContradiction, OfAPacksWayIsRefused) {
    const auto origin = row(kOtherServer, PackSource::reachable, uint32_t{7});
    refuses("its source", origin, row(kOtherServer, uint8_t{9}, uint32_t{7}));
    refuses("a short name", origin,
            row(kOtherServer.substr(1), PackSource::reachable, uint32_t{7}));

    const Departure& left = *pack(kit.went).moved;
    const auto moved = [&](uint8_t removed, const std::string& to, uint64_t sequence, Instant at) {
        return row(removed, kYes, to, left.epoch, sequence, at);
    };
    const auto stated = moved(kYes, kOtherServer, left.sequence, left.at);
    const uint64_t size = kit.ledger.size();
    refuses("moved and here", stated, moved(kNo, kOtherServer, left.sequence, left.at));
    refuses("a short name", stated, moved(kYes, kOtherServer.substr(1), left.sequence, left.at));
    refuses("its entry", stated, moved(kYes, kOtherServer, size, left.at));
    refuses("its day", stated, moved(kYes, kOtherServer, left.sequence, kBefore1970));
}

TEST_F(AContradiction, OfAHostIsRefused) {
    const Host& front = kit.ledger.host(kit.front);
    const auto host = [&](uint8_t mode, uint8_t preferred, uint8_t removed) {
        return row(front.key, mode, preferred, removed);
    };
    const auto stated = host(static_cast<uint8_t>(front.mode), 0, 0);
    refuses("its mode", stated, host(9, 0, 0));
    refuses("its preference", stated, host(static_cast<uint8_t>(front.mode), 9, 0));
    refuses("removed, with licenses", stated, host(static_cast<uint8_t>(front.mode), 0, 1));
    const auto since = row(front.enrolled_at, front.grace_until);
    refuses("its first day", since, row(kBefore1970, front.grace_until));
    refuses("its grace", since, row(front.enrolled_at, kTooLate));
    const auto runs = [](uint16_t product) { return row(uint16_t{5}, uint64_t{1}, product); };
    const ProductId os = kit.ledger.find_product("os");
    refuses("it runs nothing", runs(os.value), runs(0));
    refuses("it runs what is not", runs(os.value), runs(99));
}

TEST_F(AContradiction, OfAHostsLicensesIsRefused) {
    const HostLicense& license = kit.ledger.host(kit.front).licenses[0];
    const auto licensed = [&](PackId id, uint32_t quantity, Instant since) {
        return row(uint64_t{1}, id, quantity, since);
    };
    const auto stated = licensed(kit.servers, 2, license.since);
    refuses("no pack", stated, licensed({}, 2, license.since));
    refuses("a pack that is not", stated, licensed({99}, 2, license.since));
    refuses("a pack of CALs", stated, licensed(kit.devices, 2, license.since));
    refuses("a pack that is gone", stated, licensed(kit.removed, 2, license.since));
    refuses("no license", stated, licensed(kit.servers, 0, license.since));
    refuses("more than there are", stated, licensed(kit.servers, 5, license.since));
    refuses("its day", stated, licensed(kit.servers, 2, kBefore1970));
    refuses("its day", stated, licensed(kit.servers, 2, kTooLate));
    refuses("of a pack that is removed", fate(kit.servers),
            fate(pack(kit.servers).sequence, 0, {}, kYes));
    const auto twice = row(uint64_t{2}, kit.servers, uint32_t{1}, license.since) +
                       row(kit.servers, uint32_t{1}, license.since);
    refuses("one pack twice", stated, twice);
}

}  // namespace
}  // namespace calm
