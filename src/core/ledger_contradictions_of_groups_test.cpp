// Records of a snapshot that contradict each other, each alone, about machines, seats, lines,
// groups and what is remembered: the snapshot is refused.
#include <gtest/gtest.h>

#include "core/state_test_kit.h"

namespace calm {
namespace {

using test::kBefore1970;
using test::kTooLate;
using test::row;
using test::WholeLedger;

constexpr uint8_t kUser = 0;

class AContradictionOfGroups : public testing::Test {
  protected:
    const WholeLedger kit;
    const std::string bytes = kit.bytes();

    void refuses(const char* what, const std::string& from, const std::string& to) const {
        SCOPED_TRACE(what);
        Ledger ledger;
        const auto read = test::read_back(ledger, test::damaged(bytes, from, to));
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().code, "snapshot_malformed");
    }
};

TEST_F(AContradictionOfGroups, OfAMergeIsRefused) {
    const uint64_t sequence = kit.ledger.merges()[0].sequence;
    const auto merged = [&](SubjectId device, SubjectId into, uint64_t entry) {
        return row(device, into, entry);
    };
    const auto stated = row(uint64_t{1}) + merged(kit.twin, kit.laptop, sequence);
    const auto refuses_merge = [&](const char* what, SubjectId device, SubjectId into,
                                   uint64_t entry) {
        refuses(what, stated, row(uint64_t{1}) + merged(device, into, entry));
    };
    refuses_merge("nothing", {}, kit.laptop, sequence);
    refuses_merge("a device that is not", {99}, kit.laptop, sequence);
    refuses_merge("a user", kit.anna, kit.laptop, sequence);
    refuses_merge("into a user", kit.twin, kit.anna, sequence);
    refuses_merge("into what is not", kit.twin, {99}, sequence);
    refuses_merge("an erased device", kit.gone, kit.laptop, sequence);
    refuses_merge("into an erased device", kit.twin, kit.gone, sequence);
    refuses_merge("its entry", kit.twin, kit.laptop, kit.ledger.size());
    refuses_merge("into itself", kit.twin, kit.twin, sequence);
    const auto two = [&](SubjectId a, SubjectId b, SubjectId c, SubjectId d) {
        return row(uint64_t{2}) + merged(a, b, sequence) + merged(c, d, sequence);
    };
    refuses("each into the other", stated, two(kit.laptop, kit.twin, kit.twin, kit.laptop));
    refuses("one twice", stated, two(kit.twin, kit.laptop, kit.twin, kit.kiosk));
}

TEST_F(AContradictionOfGroups, OfADoubtIsRefused) {
    const Doubt doubt = kit.ledger.doubts()[0];
    const auto doubted = [](SubjectId device, SubjectId like, Instant since) {
        return row(device, like, since);
    };
    const auto stated = doubted(kit.alike, kit.kiosk, doubt.since);
    refuses("nothing", stated, doubted({}, kit.kiosk, doubt.since));
    refuses("a user", stated, doubted(kit.anna, kit.kiosk, doubt.since));
    refuses("like a user", stated, doubted(kit.alike, kit.anna, doubt.since));
    refuses("one twice", stated, doubted(kit.accepted, kit.kiosk, doubt.since));
    refuses("its day", stated, doubted(kit.alike, kit.kiosk, kBefore1970));
    refuses("its day", stated, doubted(kit.alike, kit.kiosk, kTooLate));
}

TEST_F(AContradictionOfGroups, OfTheUseOfASeatIsRefused) {
    const Instant until = *kit.ledger.lease_use(kit.leased, kit.front);
    const auto used = [](CalId cal, HostId host, Instant end) { return row(cal, host, end); };
    const auto stated = used(kit.leased, kit.front, until);
    refuses("a CAL that is not", stated, used({99}, kit.front, until));
    refuses("a CAL that is returned", stated, used(kit.returned, kit.front, until));
    refuses("a CAL that is no such seat", stated, used(kit.annas, kit.front, until));
    refuses("no host", stated, used(kit.leased, {}, until));
    refuses("a host that is not", stated, used(kit.leased, {4}, until));
    refuses("its end", stated, used(kit.leased, kit.front, kBefore1970));
    refuses("its end", stated, used(kit.leased, kit.front, kTooLate));
}

TEST_F(AContradictionOfGroups, OfTheLineIsRefused) {
    const Waiting first = kit.ledger.waiting()[0];
    const auto waits = [&](SubjectId holder, uint8_t kind, ProductId product, Instant since,
                           Instant until) { return row(holder, kind, product, since, until); };
    const auto stated = waits(kit.bruno, kUser, first.product, first.since, first.until);
    const auto refuses_place = [&](const char* what, SubjectId holder, uint8_t kind,
                                   ProductId product, Instant since, Instant until) {
        refuses(what, stated, waits(holder, kind, product, since, until));
    };
    refuses_place("nobody", {99}, kUser, first.product, first.since, first.until);
    refuses_place("somebody erased", kit.gone, kUser, first.product, first.since, first.until);
    refuses_place("its kind", kit.bruno, 3, first.product, first.since, first.until);
    refuses_place("no product", kit.bruno, kUser, {}, first.since, first.until);
    refuses_place("a product that is not", kit.bruno, kUser, {99}, first.since, first.until);
    refuses_place("its day", kit.bruno, kUser, first.product, kBefore1970, first.until);
    refuses_place("its end", kit.bruno, kUser, first.product, first.since, kTooLate);
    refuses_place("one twice", kit.dora, kUser, first.product, first.since, first.until);
}

TEST_F(AContradictionOfGroups, OfAGroupIsRefused) {
    const auto group = [](const char* code, SubjectId a, SubjectId b) {
        return row(code, uint64_t{2}, a, b);
    };
    const auto stated = group("sales", kit.anna, kit.kiosk);
    refuses("its code", stated, group("SALES", kit.anna, kit.kiosk));
    refuses("out of order", stated, group("zebra", kit.anna, kit.kiosk));
    refuses("one code twice", stated, group("works", kit.anna, kit.kiosk));
    refuses("nobody in it", stated, row("sales", uint64_t{0}));
    refuses("out of order", stated, group("sales", kit.kiosk, kit.anna));
    refuses("somebody twice", stated, group("sales", kit.anna, kit.anna));
    refuses("nobody", stated, group("sales", kit.anna, {99}));
    refuses("somebody erased", stated, group("sales", kit.anna, kit.gone));
    refuses("a station", stated, group("sales", kit.anna, kit.desk));
}

TEST_F(AContradictionOfGroups, OfWhatIsKeptIsRefused) {
    const auto kept = [](PackId pack, const char* group, uint32_t seats) {
        return row(pack, group, seats);
    };
    const auto sales = kept(kit.users, "sales", 2);
    const auto works = kept(kit.users, "works", 3);
    refuses("its code", sales, kept(kit.users, "Sales", 2));
    refuses("no seat", sales, kept(kit.users, "sales", 0));
    refuses("more than the pack has", sales, kept(kit.users, "sales", 8));
    refuses("one group twice", sales, kept(kit.users, "works", 2));
    refuses("out of order", sales + works, works + sales);
    refuses("of hosts", works, kept(kit.servers, "works", 3));
    Ledger ledger;
    const auto read = test::read_back(ledger, test::damaged(bytes, works, kept({99}, "works", 3)));
    EXPECT_EQ(read.error().detail, "seats are kept of a pack that does not exist");
}

TEST_F(AContradictionOfGroups, OfWhatIsRememberedIsRefused) {
    const Withdrawal gone = kit.ledger.withdrawals()[0];
    const auto withdrawn = [&](CalId cal, ProductId product) {
        return row(cal, product, uint8_t{0}, gone.until);
    };
    const auto stated = withdrawn(gone.cal, gone.product);
    refuses("a CAL that is not", stated, withdrawn({99}, gone.product));
    refuses("no product", stated, withdrawn(gone.cal, {}));
    refuses("a product that is not", stated, withdrawn(gone.cal, {99}));

    const RememberedAnswer& second = *kit.ledger.remembered(test::request_id(2), kit.now);
    const auto answer = [&](uint64_t sequence, uint32_t at, CalId cal, uint8_t reason) {
        return row(second.content, sequence, at, cal, second.expires_at, reason);
    };
    const auto reason = static_cast<uint8_t>(second.reason);
    const auto said = answer(second.sequence, second.at, second.cal, reason);
    refuses("its entry", said, answer(kit.ledger.size(), second.at, second.cal, reason));
    refuses("before the one before", said,
            answer(second.sequence, second.at - 2, second.cal, reason));
    refuses("later than now", said, answer(second.sequence, second.at + 9, second.cal, reason));
    refuses("its CAL", said, answer(second.sequence, second.at, {99}, reason));
    refuses("its reason", said, answer(second.sequence, second.at, second.cal, 250));
}

}  // namespace
}  // namespace calm
